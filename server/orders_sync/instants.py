"""Instants inside the server: integer milliseconds since the epoch, UTC. Text only at the border."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from typing import NewType

Ms = NewType("Ms", int)
"""Milliseconds since 1970-01-01T00:00:00Z."""

Clock = Callable[[], Ms]
"""Where "now" comes from; tests pass their own."""

SECOND = 1_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR

FOREVER = Ms(2**53)
"""Later than any instant a shop can send, and exact in every client."""


def system_clock() -> Ms:
    """The machine's clock."""
    return from_datetime(datetime.now(UTC))


def from_datetime(value: datetime) -> Ms:
    """An aware datetime as milliseconds. Raises ValueError for a naive one: an instant needs an offset."""
    if value.tzinfo is None:
        raise ValueError("an instant needs an offset from UTC")
    return Ms(round(value.timestamp() * 1000))


def to_datetime(value: int) -> datetime:
    """Milliseconds as an aware datetime in UTC."""
    return datetime.fromtimestamp(value / 1000, UTC)


@lru_cache(maxsize=4096)
def parse_instant(text: str) -> Ms:
    """RFC 3339 text with any offset. Raises ValueError when it is malformed or has no offset."""
    return from_datetime(datetime.fromisoformat(text))


EARLIEST = parse_instant("1900-01-01T00:00:00Z")
LATEST = parse_instant("2999-12-31T00:00:00Z")
"""A time outside these is none (contract §7, What comes in)."""


@lru_cache(maxsize=4096)
def to_text(value: int) -> str:
    """RFC 3339 in UTC with `Z`; milliseconds only where there are any."""
    moment = to_datetime(value)
    return moment.isoformat(timespec="milliseconds" if value % 1000 else "seconds").replace("+00:00", "Z")
