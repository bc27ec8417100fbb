"""The alerts channel: one interface, by stream or by polling, and the state of the connection.

Nothing else in the client knows which way runs: events are the same, in the same order, by stream and by poll. Only who is
where comes by stream alone, since it is true of a moment.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeAlias

from orders_tui.feed.connection import Connection, ConnectionState

if TYPE_CHECKING:
    from orders_wire.alerts import Event
    from orders_wire.presence import PresenceEvent

__all__ = ["Connection", "ConnectionState", "Events", "Feed", "FeedItem"]


@dataclass(frozen=True, slots=True)
class Events:
    """Events in the server's order, as many as came together; never empty."""

    events: tuple[Event, ...]


def starts_over(event: Event) -> bool:
    """True for a reset that no snapshot follows: it came in the middle of a stream (contract §2, the end of the back-fill).
    The one that a stream begins with has the number 0.
    """
    return bool(event.reset) and not event.id.endswith("-0")


FeedItem: TypeAlias = "Events | Connection | PresenceEvent"


class Feed(Protocol):
    """An endless source of items. Raises nothing but cancellation: every failure is a `Connection` with its reason."""

    def __aiter__(self) -> AsyncIterator[FeedItem]:
        """Starts (or restarts) listening, after the last event that was yielded."""
        ...

    def poke(self) -> None:
        """Tries again at once instead of waiting out the delay (the operator pressed refresh, or signed in again)."""
        ...
