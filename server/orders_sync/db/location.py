"""Where a database is: the URLs that a person writes, read into what the engines need. Contract §6, `DATABASE_URL`."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

ALLOWED = "a database URL is sqlite:///path or postgresql://user@host/name"


class LocationError(ValueError):
    """A database URL that names no database here. The message says what is allowed."""


def parse(text: str) -> URL:
    """The SQLAlchemy URL for `sqlite:///path` or `postgresql://…`. Raises LocationError."""
    try:
        url = make_url(text)
    except (ArgumentError, ValueError) as error:
        raise LocationError(ALLOWED) from error
    name = url.drivername.partition("+")[0]
    if name == "sqlite" and url.database not in (None, "", ":memory:"):
        return url.set(drivername="sqlite")
    if name in ("postgresql", "postgres"):
        return url.set(drivername="postgresql+psycopg")
    raise LocationError(ALLOWED)


def is_sqlite(url: URL) -> bool:
    return url.drivername == "sqlite"


def sqlite_path(url: URL) -> Path:
    """The file of a SQLite database."""
    return Path(url.database or "")


def password(text: str) -> str | None:
    """The password in a database URL, before its host or as a parameter; None where there is none, and of what is no URL."""
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        return None
    found = url.password or url.query.get("password")
    return found if isinstance(found, str) else None


def without_password(text: str) -> str:
    """A database URL for people to see, whichever way its password is written; of what is no URL nothing is told."""
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        return "***"
    hidden = {name: "***" for name in url.query if name.lower() in ("password", "passfile", "sslpassword")}
    return url.update_query_dict(hidden).render_as_string(hide_password=True)
