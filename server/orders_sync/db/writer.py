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
from orders_sync.db import events, numbering
from orders_sync.db.failures import OutcomeUnknown, Unavailable
from orders_sync.db.group_commit import Done, Failed, Outcome, Queued, RolledBack, run_group
from orders_sync.db.numbering import Numbering
from orders_sync.db.statement import PostgresStatement
from orders_sync.instants import Clock

TRIES = 5
_FIRST_PAUSE_S = 0.04
_LAST_PAUSE_S = 0.5

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Committed:
    """What became of each job, in their order, and what was numbered after it was committed, in order.

    `unnumbered`: something was committed whose events could not be numbered yet. `outbound`: as of a `Tx`.
    """

    outcomes: list[Outcome]
    numbered: Sequence[Numbering] = ()
    unnumbered: bool = False
    outbound: bool = False


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
            return Committed([Failed(error) for _ in group])
        except RolledBack:
            return self._each_alone(group)

    def _each_alone(self, group: Sequence[Queued]) -> Committed:
        outcomes: list[Outcome] = []
        numbered: list[Numbering] = []
        unnumbered = outbound = False
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
            numbered += committed.numbered
            unnumbered = unnumbered or committed.unnumbered
            outbound = outbound or committed.outbound
        return Committed(outcomes, numbered, unnumbered, outbound)

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
            outcomes, outbound = run_group(conn, self.shop_id, self._clock(), group)
            if not any(isinstance(outcome, Done) for outcome in outcomes):
                conn.rollback()
                return Committed(outcomes)
            self._guard()
            if self._postgresql:
                return self._commit_known(conn, outcomes, outbound)
            numbered = [numbering.number(conn, self.shop_id)]
            _commit(conn)
            return Committed(outcomes, numbered, outbound=outbound)

    def _connect(self) -> Connection:
        try:
            conn = self._engine.connect()
        except (DBAPIError, PoolTimeout) as error:
            raise Unavailable("the database cannot be reached") from error
        try:
            conn.begin()
            conn.info.pop(events.XID, None)
        except DBAPIError as error:
            conn.close()
            raise (RolledBack if error.connection_invalidated else Unavailable)("no transaction could begin") from error
        return conn

    def _commit_known(self, conn: Connection, outcomes: list[Outcome], outbound: bool) -> Committed:
        """Commits on PostgreSQL and numbers what there is; when the answer is lost, asks what became of it."""
        xid, unnumbered = conn.info.get(events.XID), True
        try:
            if xid is None:
                ((xid, unnumbered),) = _BEFORE_COMMIT.rows(conn, self.shop_id)
            if not unnumbered:
                conn.commit()
                return Committed(outcomes, outbound=outbound)
            numbered = numbering.commit(conn, self.shop_id)
        except DBAPIError as error:
            if not error.connection_invalidated or xid is None or not self._was_committed(xid):
                raise RolledBack from error
            numbered = self._number_after()
        return Committed(outcomes, [numbered] if numbered else [], numbered is None, outbound)

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

    def _number_after(self) -> Numbering | None:
        """Numbers what is committed, over another connection. A failure leaves that to the next numbering."""
        try:
            with self._engine.begin() as conn:
                return numbering.number(conn, self.shop_id)
        except DBAPIError as error:
            _log.warning("numbering events failed: %s", error.orig)
            return None


_BEFORE_COMMIT = PostgresStatement(
    "SELECT CAST(pg_current_xact_id_if_assigned() AS text),"
    " EXISTS (SELECT 1 FROM events WHERE shop_id = $1 AND n IS NULL)"
)
_STATUS = text("SELECT pg_xact_status(CAST(:xid AS xid8))")


def _commit(conn: Connection) -> None:
    try:
        conn.commit()
    except DBAPIError as error:
        conn.rollback()
        raise RolledBack from error
