"""What can go wrong with the database itself, as its callers see it.

`DatabaseError` ┬ `Unavailable`     it cannot be reached, does not answer in time, or keeps taking transactions back: nothing
                │ │                 happened; try again later
                │ ├ `ConnectionLost`  another connection may be had at once
                │ └ `Damaged`         what is stored cannot be read: it has to be put right by hand
                ├ `OutcomeUnknown`  the answer to a commit was lost and cannot be had: it may have happened
                └ `Closed`          this process is stopping
"""

from __future__ import annotations

import re
import sqlite3

from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError

from orders_sync.db.tables import metadata

DriverError = SQLAlchemyError
"""What SQLAlchemy and the drivers under it raise, before it has a meaning here (`of_driver`)."""


class DatabaseError(Exception):
    """Not the caller's fault: answered as `unavailable` (contract §3)."""


class Unavailable(DatabaseError):
    """Nothing of the job happened."""


class ConnectionLost(Unavailable):
    """The connection went away in the middle of a read."""


class Damaged(Unavailable):
    """The database is damaged, or not all of it is there."""


class OutcomeUnknown(DatabaseError):
    """The job may have happened; repeating it with its idempotency key or delivery id tells."""


class Closed(DatabaseError):
    """The database is closing: nothing more is taken."""


_NOT_NOW = frozenset(
    {
        "25006",  # read_only_sql_transaction: a standby, or default_transaction_read_only
        "42501",  # insufficient_privilege
        "53000",  # insufficient_resources, and its kinds
        "53100",  # disk_full
        "53200",  # out_of_memory
        "53300",  # too_many_connections: of the server, the database or the role
        "53400",  # configuration_limit_exceeded
        "58000",  # system_error, and its kinds
        "58030",  # io_error
        "58P01",  # undefined_file
    }
)
"""PostgreSQL's states in which the statement is right and the database cannot do it (PostgreSQL, appendix A)."""

_DAMAGED_STATES = frozenset({"XX001", "XX002"})  # data_corrupted, index_corrupted
_UNDEFINED_TABLE = "42P01"
_MISSING = re.compile(r"(?:no such table: |relation \")(\w+)")
_DAMAGED_CODES = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})


def of_driver(error: DBAPIError) -> Unavailable | None:
    """What an error of the driver means to whoever asked; None when the statement itself is at fault."""
    if error.connection_invalidated:
        return ConnectionLost(str(error.orig))
    if _is_damaged(error.orig):
        return Damaged(f"the database is damaged: {error.orig}")
    lacking = getattr(error.orig, "sqlstate", None) in _NOT_NOW
    if lacking or (isinstance(error, OperationalError) and not _is_mistaken(error.orig)):
        return Unavailable(f"the database did not answer: {error.orig}")
    return None


def meaning(error: Exception) -> Exception:
    """The same of any error; itself where it is no error of the database. Nothing of the job happened, and later it may."""
    return (of_driver(error) if isinstance(error, DBAPIError) else None) or error


def _is_damaged(error: BaseException | None) -> bool:
    if isinstance(error, sqlite3.Error):
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        return code in _DAMAGED_CODES or (code == sqlite3.SQLITE_ERROR and _names_our_table(error))
    state = getattr(error, "sqlstate", None)
    return state in _DAMAGED_STATES or (state == _UNDEFINED_TABLE and _names_our_table(error))


def _names_our_table(error: BaseException | None) -> bool:
    """True when the table that is not there is one that the desk has made, and no slip of who wrote the statement."""
    missing = _MISSING.search(str(error))
    return missing is not None and missing[1] in metadata.tables


def _is_mistaken(error: BaseException | None) -> bool:
    """SQLite's driver calls a wrong statement operational, too."""
    code = getattr(error, "sqlite_errorcode", None)
    return isinstance(error, sqlite3.OperationalError) and code == sqlite3.SQLITE_ERROR
