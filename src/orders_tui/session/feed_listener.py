"""What the feed tells: the state of the line, alerts, and that the desk moved on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import aclosing
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

from orders_tui.alerts import AlertBook
from orders_tui.errors import ApiError, SignInNeeded, VersionSkew
from orders_tui.feed import Connection, ConnectionState, Feed
from orders_tui.pace import Pace
from orders_tui.session.changes import AlertsChanged, Change, ConnectionChanged

if TYPE_CHECKING:
    from orders_wire.alerts import Event

Ping = Callable[[int, frozenset[str]], None]


class FeedListener:
    """`ping` is called with the desk's version and the orders that an event names; `moved` when the line has another state,
    `back` when it is up (again); `reset` with the desk's id when what was known of it is void.

    Trouble that requests meet (signed out, other version) hides the feed's own state.
    """

    def __init__(
        self,
        feed: Feed,
        pace: Pace,
        *,
        tell: Callable[[Change], None],
        ping: Ping,
        moved: Callable[[], None],
        back: Callable[[], None],
        reset: Callable[[str | None], None],
        hidden: Mapping[str, datetime | None] | None = None,
    ) -> None:
        self._feed, self._pace = feed, pace
        self._tell, self._ping, self._reset = tell, ping, reset
        self._moved, self._back = moved, back
        self._line = Connection(since=pace.now())
        self._troubles: dict[str, Connection] = {}
        self.alerts = AlertBook(hidden)

    @property
    def connection(self) -> Connection:
        """The state of the line as it is to be shown."""
        return next(iter(self._troubles.values()), self._line)

    def broke(self) -> None:
        """The feed is not there: nothing is called live until it is again."""
        if self._line.up:
            reason = "the feed broke and is begun again"
            self._line_is(
                Connection(ConnectionState.RECONNECTING, self._pace.now(), self._line.last_contact, reason=reason)
            )

    def poke(self) -> None:
        """Tries now."""
        self._feed.poke()

    def met(self, source: str, error: ApiError | None) -> None:
        """What a request of this source ran into; None: it went well."""
        before = self.connection
        if isinstance(error, SignInNeeded | VersionSkew):
            state = ConnectionState.SIGNED_OUT if isinstance(error, SignInNeeded) else ConnectionState.SKEWED
            known = self._troubles.get(source)
            if known is None or known.state is not state:
                self._troubles[source] = Connection(state, self._pace.now(), self._line.last_contact, reason=str(error))
        elif error is None:
            self._troubles.pop(source, None)
        self._compare(before)

    async def run(self) -> None:
        """Listens until cancelled, or until the feed breaks."""
        try:
            async with aclosing(cast("Any", self._feed.__aiter__())) as items:
                async for item in items:
                    if isinstance(item, Connection):
                        self._line_is(item)
                    else:
                        self._heard(item.events)
        finally:
            self.broke()

    def _line_is(self, line: Connection) -> None:
        before, was_up = self.connection, self._line.up
        self._line = line
        self._compare(before)
        if line.up and not was_up:
            self._back()

    def _compare(self, before: Connection) -> None:
        now = self.connection
        if (before.state, before.reason, before.retry_at) != (now.state, now.reason, now.retry_at):
            self._tell(ConnectionChanged(now))
        if before.state is not now.state:
            self._moved()

    def _heard(self, events: tuple[Event, ...]) -> None:
        for event in events:
            absorbed = self.alerts.absorb(event)
            if absorbed.reset:
                self._reset(self.alerts.desk_id)
            if absorbed.changed:
                self._tell(AlertsChanged(absorbed.toast))
            self._ping(_version(event), frozenset(event.order_ids or ([event.order_id] if event.order_id else [])))


def _version(event: Event) -> int:
    """The desk's version that an event belongs to: told, or in its id."""
    if event.version is not None:
        return event.version
    number = event.id.rpartition("-")[2]
    return int(number) if number.isdecimal() else 0
