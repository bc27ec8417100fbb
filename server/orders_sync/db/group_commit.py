"""Group commit, the synchronous part: several jobs in one transaction, each under a savepoint, each with its own outcome.

Invariant: a transaction locks its orders at once and in the order of their ids, so that no two processes of a fleet wait for
each other. Batch jobs do so themselves; of other jobs several share a transaction only if the orders of all are known ahead.

A job that fails takes back its own work alone. When the engine undoes the whole transaction (deadlock, serialisation, lost
connection), `RolledBack` is raised: none of the jobs happened, and no outcome may be answered.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from itertools import takewhile
from typing import Any, TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError, InvalidRequestError

from orders_sync.db import counters, events, order_documents
from orders_sync.db.failures import meaning
from orders_sync.db.tx import Tx
from orders_sync.instants import Ms

Job = Callable[[Tx], Any]
"""May run more than once: only the run whose transaction is committed counts."""

_UNDONE = frozenset({"40001", "40P01"})  # serialization_failure, deadlock_detected


class RolledBack(Exception):
    """The engine took back the whole transaction: nothing in it happened."""


@dataclass(frozen=True, slots=True)
class Done:
    value: Any


@dataclass(frozen=True, slots=True)
class Failed:
    error: Exception


Outcome = Done | Failed


class BatchJob(ABC):
    """A job that can be done at once with others of its type that wait beside it, at less cost than one after the other."""

    @abstractmethod
    def __call__(self, tx: Tx) -> Any: ...

    @abstractmethod
    def at_once(self, jobs: Sequence[Any]) -> Job:
        """One job that does all of these, itself among them; each is answered with what it returns."""


@dataclass(frozen=True, slots=True)
class Queued:
    """A job that waits. `orders`: whom it will lock, and no others; None when that is not known ahead, and for batch jobs."""

    job: Job
    orders: frozenset[int] | None


Q = TypeVar("Q", bound=Queued)


def next_group(queue: Sequence[Q], most: int) -> tuple[list[Q], list[Q]]:
    """Who shares the next transaction with the first that waits, and who still waits, in the order in which they came.

    All whose orders are known; or batch jobs that follow each other when those are left out; or one alone.
    """
    first = queue[0]
    if first.orders is not None:
        group = [queued for queued in queue if queued.orders is not None][:most]
    elif isinstance(first.job, BatchJob):
        others = (queued for queued in queue if queued.orders is None)
        group = list(takewhile(lambda queued: type(queued.job) is type(first.job), others))[:most]
    else:
        group = [first]
    taken = set(map(id, group))
    return group, [queued for queued in queue if id(queued) not in taken]


def run_group(conn: Connection, shop_id: int, now: Ms, group: Sequence[Queued]) -> list[Outcome]:
    """Runs the jobs in the open transaction, in this order. Raises RolledBack."""
    if len(group) > 1:
        try:
            order_documents.hold(conn, shop_id, (order_id for queued in group for order_id in queued.orders or ()))
        except DBAPIError as error:
            raise RolledBack from error
    return run_jobs(conn, shop_id, now, [queued.job for queued in group])


def run_jobs(conn: Connection, shop_id: int, now: Ms, jobs: Sequence[Job]) -> list[Outcome]:
    """Runs the jobs in the open transaction, in this order. Raises RolledBack.

    A job on its own gets no savepoint: when it failed, the caller rolls back. Batch jobs are done at once, and one by one only
    when that fails: then each has its own outcome again.
    """
    savepoint = conn.begin_nested if len(jobs) > 1 else nullcontext
    ran: list[tuple[Outcome, counters.Tally]] = []
    for part in _parts(jobs):
        if len(part) > 1 and isinstance(part[0], BatchJob):
            outcome, moved = _run(Tx(conn, shop_id, now), part[0].at_once(part), savepoint)
            if isinstance(outcome, Done):
                ran += [(outcome, moved), *((outcome, {}) for _ in part[1:])]
                continue
        ran += [_run(Tx(conn, shop_id, now), job, savepoint) for job in part]
    try:
        counters.apply(conn, shop_id, counters.total(moved for _, moved in ran))
    except DBAPIError as error:
        raise RolledBack from error
    return [outcome for outcome, _ in ran]


def _parts(jobs: Sequence[Job]) -> list[list[Job]]:
    """The jobs in their order: those of a batch type that follow each other together, every other one alone."""
    parts: list[list[Job]] = []
    for job in jobs:
        if parts and isinstance(job, BatchJob) and type(job) is type(parts[-1][0]):
            parts[-1].append(job)
        else:
            parts.append([job])
    return parts


def _run(tx: Tx, job: Job, savepoint: Callable[[], AbstractContextManager[Any]]) -> tuple[Outcome, counters.Tally]:
    """What became of one job, and how it moves the day counters. Raises RolledBack."""
    try:
        with savepoint():
            value = job(tx)
            _announce(tx)
    except (DBAPIError, InvalidRequestError) as error:
        if undid_everything(tx.conn, error):
            raise RolledBack from error
        return Failed(meaning(error)), {}
    except Exception as error:  # noqa: BLE001  # a job's outermost frame: its caller gets the error
        return Failed(error), {}
    return Done(value), tx.counted


def undid_everything(conn: Connection, error: DBAPIError | InvalidRequestError) -> bool:
    """True when an error ended the transaction, not only the statement."""
    if conn.invalidated or (isinstance(error, DBAPIError) and error.connection_invalidated):
        return True
    if conn.dialect.name == "sqlite":
        return not conn.connection.dbapi_connection.in_transaction  # type: ignore[union-attr]
    return isinstance(error, DBAPIError) and getattr(error.orig, "sqlstate", None) in _UNDONE


def _announce(tx: Tx) -> None:
    """The one refresh of a job that changed something: contract §2, refresh pings."""
    if tx.touched or tx.pinged:
        events.append(tx, events.refresh(tx.touched))
