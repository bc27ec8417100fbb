"""What can go wrong with the database itself, as its callers see it.

`DatabaseError` ┬ `Unavailable`     it cannot be reached, does not answer in time, or keeps taking transactions back: nothing
                │ │                 happened; try again later
                │ └ `ConnectionLost`  another connection may be had at once
                ├ `OutcomeUnknown`  the answer to a commit was lost and cannot be had: it may have happened
                └ `Closed`          this process is stopping
"""

from __future__ import annotations

import sqlite3

from sqlalchemy.exc import DBAPIError, OperationalError


class DatabaseError(Exception):
    """Not the caller's fault: answered as `unavailable` (contract §3)."""


class Unavailable(DatabaseError):
    """Nothing of the job happened."""


class ConnectionLost(Unavailable):
    """The connection went away in the middle of a read."""


class OutcomeUnknown(DatabaseError):
    """The job may have happened; repeating it with its idempotency key or delivery id tells."""


class Closed(DatabaseError):
    """The database is closing: nothing more is taken."""


def of_driver(error: DBAPIError) -> Unavailable | None:
    """What an error of the driver means to whoever asked; null when the statement itself is at fault."""
    if error.connection_invalidated:
        return ConnectionLost(str(error.orig))
    if isinstance(error, OperationalError) and not _is_mistaken(error.orig):
        return Unavailable(f"the database did not answer: {error.orig}")
    return None


def _is_mistaken(error: BaseException | None) -> bool:
    """SQLite's driver calls a wrong statement operational, too."""
    return (
        isinstance(error, sqlite3.OperationalError) and getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_ERROR
    )
