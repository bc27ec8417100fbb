"""The writer's thread: commits a group of jobs, numbers its events, and says what became of each job.

Invariant: an outcome is answered only when it is known. A commit whose answer was lost is asked after by its transaction id;
what the engine took back is retried, each job alone, a bounded number of times.
"""

from __future__ import annotations

import logging
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_attempt

from orders_sync import backoff
from orders_sync.db import events
from orders_sync.db.failures import OutcomeUnknown, Unavailable
from orders_sync.db.group_commit import Done, Failed, Outcome, Queued, RolledBack, run_group
from orders_sync.instants import Clock

TRIES = 5
_FIRST_PAUSE_S = 0.04
_LAST_PAUSE_S = 0.5

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Committed:
    """What became of each job, in their order; `newest` is the newest event number, None when there was none to give.

    `unnumbered`: something was committed whose events could not be numbered yet.
    """

    outcomes: list[Outcome]
    newest: int | None
    unnumbered: bool = False


class Writer:
    """All writes of a process. Only one thread may call `commit`. `sleep` takes seconds.

    `guard` is asked before each commit, and raises Unavailable where it would go nowhere.
    """

    def __init__(
        self,
        engine: Engine,
        shop_id: int,
        clock: Clock,
        dice: random.Random,
        sleep: Callable[[float], None],
        *,
        guard: Callable[[], None] = lambda: None,
    ) -> None:
        self.shop_id = shop_id
        self._engine = engine
        self._clock = clock
        self._dice = dice
        self._sleep = sleep
        self._guard = guard
        self._postgresql = engine.dialect.name == "postgresql"

    def dispose(self) -> None:
        self._engine.dispose()

    def commit(self, group: Sequence[Queued]) -> Committed:
        """Commits the jobs in one transaction, or, when the engine takes that back, each in one of its own."""
        try:
            return self._transaction(group)
        except (Unavailable, OutcomeUnknown) as error:
            return Committed([Failed(error) for _ in group], None)
        except RolledBack:
            return self._each_alone(group)

    def _each_alone(self, group: Sequence[Queued]) -> Committed:
        outcomes: list[Outcome] = []
        newest: int | None = None
        unnumbered = False
        for queued in group:
            try:
                committed = self._again(queued)
            except (Unavailable, OutcomeUnknown) as error:
                outcomes.append(Failed(error))
                if isinstance(error.__cause__, RolledBack):
                    continue
                outcomes += [Failed(error) for _ in group[len(outcomes) :]]
                break
            outcomes += committed.outcomes
            newest = committed.newest or newest
            unnumbered = unnumbered or committed.unnumbered
        return Committed(outcomes, newest, unnumbered)

    def _again(self, queued: Queued) -> Committed:
        tries, again = stop_after_attempt(TRIES), retry_if_exception_type(RolledBack)
        retrying = Retrying(stop=tries, retry=again, wait=self._pause, sleep=self._sleep, reraise=True)
        try:
            return retrying(self._transaction, [queued])
        except RolledBack as error:
            raise Unavailable("the database keeps taking the transaction back") from error

    def _pause(self, state: RetryCallState) -> float:
        return self._dice.uniform(0, backoff.ceiling(state.attempt_number, _FIRST_PAUSE_S, _LAST_PAUSE_S))

    def _transaction(self, group: Sequence[Queued]) -> Committed:
        """One transaction. Raises RolledBack, Unavailable, OutcomeUnknown."""
        with self._connect() as conn:
            outcomes = run_group(conn, self.shop_id, self._clock(), group)
            if not any(isinstance(outcome, Done) for outcome in outcomes):
                conn.rollback()
                return Committed(outcomes, None)
            self._guard()
            if not self._postgresql:
                newest = events.number(conn, self.shop_id)
                _commit(conn)
                return Committed(outcomes, newest)
            if not self._commit_known(conn):
                return Committed(outcomes, None)
            numbered = self._number_after(conn)
            return Committed(outcomes, numbered, unnumbered=numbered is None)

    def _connect(self) -> Connection:
        try:
            conn = self._engine.connect()
        except (DBAPIError, PoolTimeout) as error:
            raise Unavailable("the database cannot be reached") from error
        try:
            conn.begin()
        except DBAPIError as error:
            conn.close()
            raise (RolledBack if error.connection_invalidated else Unavailable)("no transaction could begin") from error
        return conn

    def _commit_known(self, conn: Connection) -> bool:
        """Commits on PostgreSQL, and when the answer is lost, asks what became of it. True when there are events to number."""
        try:
            xid, unnumbered = conn.execute(_BEFORE_COMMIT, {"shop_id": self.shop_id}).one()
        except DBAPIError as error:
            raise RolledBack from error
        try:
            conn.commit()
        except DBAPIError as error:
            if not error.connection_invalidated or xid is None or not self._was_committed(xid):
                raise RolledBack from error
        return bool(unnumbered)

    def _was_committed(self, xid: str) -> bool:
        """What became of a transaction, by its id. Raises OutcomeUnknown when the database does not come back in time."""
        for attempt in range(TRIES):
            try:
                with self._engine.connect() as conn:
                    status = conn.execute(_STATUS, {"xid": xid}).scalar_one()
            except DBAPIError:
                status = None
            if status in ("committed", "aborted"):
                return bool(status == "committed")
            self._sleep(_LAST_PAUSE_S * (attempt + 1))
        raise OutcomeUnknown("the answer to a commit was lost")

    def _number_after(self, conn: Connection) -> int | None:
        """Numbers what is committed, in a short transaction of its own. A failure leaves that to the next numbering."""
        try:
            newest = events.number(conn, self.shop_id)
            conn.commit()
        except DBAPIError as error:
            _log.warning("numbering events failed: %s", error.orig)
            return None
        return newest


_BEFORE_COMMIT = text(
    "SELECT CAST(pg_current_xact_id_if_assigned() AS text),"
    " EXISTS (SELECT 1 FROM events WHERE shop_id = :shop_id AND n IS NULL)"
)
_STATUS = text("SELECT pg_xact_status(CAST(:xid AS xid8))")


def _commit(conn: Connection) -> None:
    try:
        conn.commit()
    except DBAPIError as error:
        conn.rollback()
        raise RolledBack from error
