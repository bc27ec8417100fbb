"""Group commit, the synchronous part: several jobs in one transaction, each under a savepoint, each with its own outcome.

A job that fails takes back its own work alone. When the engine undoes the whole transaction (deadlock, serialisation, lost
connection), `RolledBack` is raised: none of the jobs happened, and no outcome may be told.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError, InvalidRequestError

from orders_sync.db import counters, events
from orders_sync.db.failures import of_driver
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


def run_jobs(conn: Connection, shop_id: int, now: Ms, jobs: Sequence[Job]) -> list[Outcome]:
    """Runs the jobs in the open transaction, in this order. Raises RolledBack.

    A job on its own gets no savepoint: when it failed, the caller rolls back.
    """
    savepoint = conn.begin_nested if len(jobs) > 1 else nullcontext
    outcomes: list[Outcome] = []
    counted: list[counters.Tally] = []
    for job in jobs:
        tx = Tx(conn, shop_id, now)
        try:
            with savepoint():
                value = job(tx)
                _announce(tx)
        except (DBAPIError, InvalidRequestError) as error:
            if undid_everything(conn, error):
                raise RolledBack from error
            outcomes.append(Failed(_as_told(error)))
        except Exception as error:  # noqa: BLE001  # a job's outermost frame: its caller gets the error
            outcomes.append(Failed(error))
        else:
            outcomes.append(Done(value))
            counted.append(tx.counted)
    _count(conn, shop_id, counters.total(counted))
    return outcomes


def _count(conn: Connection, shop_id: int, moved: counters.Tally) -> None:
    try:
        counters.apply(conn, shop_id, moved)
    except DBAPIError as error:
        raise RolledBack from error


def _as_told(error: DBAPIError | InvalidRequestError) -> Exception:
    """A statement that ran into a time limit is not the job's fault: nothing of the job happened, and later it may."""
    return (of_driver(error) if isinstance(error, DBAPIError) else None) or error


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
