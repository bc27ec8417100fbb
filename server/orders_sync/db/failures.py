"""What can go wrong with the database itself, as its callers see it.

`DatabaseError` ┬ `Unavailable`     it cannot be reached, or keeps taking transactions back: nothing happened; try again later
                ├ `OutcomeUnknown`  the answer to a commit was lost and cannot be had: it may have happened
                └ `Closed`          this process is stopping
"""

from __future__ import annotations


class DatabaseError(Exception):
    """Not the caller's fault: answered as `unavailable` (contract §3)."""


class Unavailable(DatabaseError):
    """Nothing of the job happened."""


class OutcomeUnknown(DatabaseError):
    """The job may have happened; repeating it with its idempotency key or delivery id tells."""


class Closed(DatabaseError):
    """The database is closing: nothing more is taken."""
