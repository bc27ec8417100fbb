"""Whether the database of the settings is where a person means it, asked before it is opened (contract §7, Databases)."""

from __future__ import annotations

from pathlib import Path

from orders_sync.db import presence
from orders_sync.db.location import parse
from orders_sync.settings import Settings, default_database


def to_look_at(settings: Settings) -> Settings:
    """For a command that reads what is there. Raises NoDatabase."""
    presence.require(parse(settings.database_url))
    return settings


def to_begin(settings: Settings, *, create: bool, besides: Path | None = None) -> Settings:
    """For a command that may begin a desk: in the default place, where `create` says so, or where none was begun before.

    `besides`: a file that is no sign of another desk. Raises NoDatabase.
    """
    usual = settings.database_url == default_database()
    presence.require_place(parse(settings.database_url), create=create or usual, besides=besides)
    return settings
