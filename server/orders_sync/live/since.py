"""What a poll's `since` says: the number of an event, or an instant (contract §2). Pure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from orders_sync.instants import Ms

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def instant(text: str) -> Ms | None:
    """RFC 3339 with any offset and fraction, rounded up to a millisecond; null for anything else.

    A `+` that arrived as a space is read as what it was: a query string turns one into the other.
    """
    before, space, offset = text.strip().rpartition(" ")
    for spelling in (text.strip(), f"{before}+{offset}" if space else ""):
        moment = _aware(spelling)
        if moment is not None:
            return Ms(-((_EPOCH - moment) // _MILLISECOND))
    return None


def _aware(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text.upper())
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else None
