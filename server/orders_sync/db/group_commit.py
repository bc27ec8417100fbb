"""Group commit, the synchronous part: several jobs in one transaction, each with its own outcome.

Invariant: a transaction locks its orders at once and in the order of their ids, so that no two processes of a fleet wait for
each other. Batch jobs do so themselves; of other jobs several share a transaction only if the orders of all are known ahead.
What orders share (counters, what is allotted of a SKU) is locked after all orders, in an order of its own (`finish`).

A job that fails takes back its own work alone. When the engine undoes the whole transaction (deadlock, serialisation, lost
connection), `RolledBack` is raised: none of the jobs happened, and no outcome may be answered.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from itertools import takewhile
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError, InvalidRequestError

from orders_sync.db import allotment, counters, events, order_documents
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


class Ran(NamedTuple):
    """What became of each job, in their order. `outbound`: as of a `Tx`, of any of them."""

    outcomes: list[Outcome]
    outbound: bool


class BatchJob(ABC):
    """A job that can be done at once with others of its type that wait beside it, at less cost than one after the other."""

    @abstractmethod
    def __call__(self, tx: Tx) -> Any: ...

    @abstractmethod
    def at_once(self, jobs: Sequence[Any]) -> Job:
        """One job that does all of these, itself among them; each is answered with what it returns."""


@dataclass(frozen=True, slots=True)
class Queued:
    """A job that waits. `orders`: whom it will lock, and no others; None when that is not known ahead: also of a batch job, which
    then shares a transaction with its like alone."""

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


def run_group(conn: Connection, shop_id: int, now: Ms, group: Sequence[Queued]) -> Ran:
    """Runs the jobs in the open transaction, in this order. Raises RolledBack."""
    if len(group) > 1:
        try:
            order_documents.hold(conn, shop_id, (order_id for queued in group for order_id in queued.orders or ()))
        except DBAPIError as error:
            raise RolledBack from error
    return run_jobs(conn, shop_id, now, [queued.job for queued in group])


def run_jobs(conn: Connection, shop_id: int, now: Ms, jobs: Sequence[Job]) -> Ran:
    """Runs the jobs in the open transaction, in this order. Raises RolledBack.

    Batch jobs that follow each other are done at once, and one by one only when that fails: then each has its own outcome again.
    What has the transaction to itself gets no savepoint: of one job that failed the caller rolls it back, of several batch jobs
    this raises RolledBack, and they are tried each alone.
    """
    parts = _parts(jobs)
    savepoint = conn.begin_nested if len(parts) > 1 else nullcontext
    outcomes: list[Outcome] = []
    done: list[Tx] = []

    def run(job: Job) -> Outcome:
        tx = Tx(conn, shop_id, now)
        outcome = _run(tx, job, savepoint)
        if isinstance(outcome, Done):
            done.append(tx)
        return outcome

    for part in parts:
        if len(part) > 1 and isinstance(part[0], BatchJob):
            outcome = run(part[0].at_once(part))
            if isinstance(outcome, Done):
                outcomes += [outcome] * len(part)
                continue
            if len(parts) == 1:
                raise RolledBack from outcome.error
        outcomes += [run(job) for job in part]
    try:
        finish(conn, shop_id, now, done)
    except DBAPIError as error:
        raise RolledBack from error
    return Ran(outcomes, any(tx.outbound for tx in done))


def finish(conn: Connection, shop_id: int, now: Ms, done: Sequence[Tx]) -> None:
    """What these jobs moved that others' orders share, last in their transaction: the counters, which are locked from here to the
    commit, and then what is allotted of SKUs that they changed."""
    changed: dict[str, bool] = {}
    for tx in done:
        changed |= {sku: level or changed.get(sku, False) for sku, level in tx.allotted.items()}
    counters.apply(conn, shop_id, allotment.held_by(changed) | counters.total(tx.counted for tx in done))
    after = Tx(conn, shop_id, now, silent=all(tx.silent for tx in done))
    allotment.allot(after, changed)
    after.touched.difference_update(*(tx.touched for tx in done))
    _announce(after)


def _parts(jobs: Sequence[Job]) -> list[list[Job]]:
    """The jobs in their order: those of a batch type that follow each other together, every other one alone."""
    parts: list[list[Job]] = []
    for job in jobs:
        if parts and isinstance(job, BatchJob) and type(job) is type(parts[-1][0]):
            parts[-1].append(job)
        else:
            parts.append([job])
    return parts


def _run(tx: Tx, job: Job, savepoint: Callable[[], AbstractContextManager[Any]]) -> Outcome:
    """What became of one job. Raises RolledBack."""
    try:
        with savepoint():
            value = job(tx)
            _announce(tx)
    except (DBAPIError, InvalidRequestError) as error:
        if undid_everything(tx.conn, error):
            raise RolledBack from error
        return Failed(meaning(error))
    except Exception as error:  # noqa: BLE001  # a job's outermost frame: its caller gets the error
        return Failed(error)
    return Done(value)


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
