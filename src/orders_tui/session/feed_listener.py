"""What the feed reports: the state of the connection, alerts, mentions, who is where, and that the desk moved on."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import aclosing
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

from orders_tui.alerts import AlertBook
from orders_tui.errors import ApiError, SignInNeeded, VersionSkew
from orders_tui.feed import Connection, ConnectionState, Events, Feed
from orders_tui.pace import Pace
from orders_tui.session.changes import AlertsChanged, Change, ConnectionChanged
from orders_tui.session.mentions import Mentions
from orders_tui.session.presence import Presence
from orders_wire.vocabulary import EventType

if TYPE_CHECKING:
    from orders_wire.alerts import Event


class FeedListener:
    """`desk_moved` is called with the desk's version and the orders that an event names; `state_changed` when the connection has
    another state, `connected` when it is up (again); `reset` with the desk's id when what was known of it is void.

    Trouble that requests meet (signed out, other version) hides the feed's own state.
    """

    def __init__(
        self,
        feed: Feed,
        pace: Pace,
        hidden_alerts: Mapping[str, datetime | None] | None,
        *,
        tell: Callable[[Change], None],
        desk_moved: Callable[[int, frozenset[str]], None],
        state_changed: Callable[[], None],
        connected: Callable[[], None],
        reset: Callable[[str | None], None],
        mentions: Mentions,
        presence: Presence,
    ) -> None:
        self._feed, self._pace = feed, pace
        self._tell, self._desk_moved, self._reset = tell, desk_moved, reset
        self._state_changed, self._connected = state_changed, connected
        self._mentions, self._presence = mentions, presence
        self._reported = Connection(since=pace.now())
        self._troubles: dict[str, Connection] = {}
        self.alerts = AlertBook(hidden_alerts)

    @property
    def connection(self) -> Connection:
        """The state of the connection as it is to be shown."""
        return next(iter(self._troubles.values()), self._reported)

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
                last_contact = self._reported.last_contact
                self._troubles[source] = Connection(state, self._pace.now(), last_contact, reason=str(error))
        elif error is None:
            self._troubles.pop(source, None)
        self._compare(before)

    async def run(self) -> None:
        """Listens until cancelled, or until the feed breaks: then nothing is called live until it is there again."""
        broke = True
        try:
            async with aclosing(cast("Any", self._feed.__aiter__())) as items:
                async for item in items:
                    if isinstance(item, Connection):
                        self._report(item)
                    elif isinstance(item, Events):
                        self._received(item.events)
                    else:
                        self._presence.absorb(item)
        except asyncio.CancelledError:
            broke = False
            raise
        finally:
            if broke and self._reported.up:
                state, reason = ConnectionState.RECONNECTING, "the feed broke and is begun again"
                self._report(Connection(state, self._pace.now(), self._reported.last_contact, reason=reason))

    def _report(self, connection: Connection) -> None:
        before, was_up = self.connection, self._reported.up
        self._reported = connection
        self._presence.follow(connection)
        back = connection.up and not was_up
        self._compare(before, page_follows=back)
        if back:
            self._connected()

    def _compare(self, before: Connection, *, page_follows: bool = False) -> None:
        now = self.connection
        if (before.state, before.reason, before.retry_at) != (now.state, now.reason, now.retry_at):
            self._tell(ConnectionChanged(now, page_follows))
        if before.state is not now.state:
            self._state_changed()

    def _received(self, events: tuple[Event, ...]) -> None:
        for event in events:
            absorbed = self.alerts.absorb(event)
            if absorbed.reset:
                self._reset(self.alerts.desk_id)
            self._mentions.absorb(event)
            if event.type is EventType.MENTION:
                continue  # the note that it is of has a ping of its own
            if absorbed.changed:
                self._tell(AlertsChanged(absorbed.toast, page_follows=True))
            named = event.order_ids or ([event.order_id] if event.order_id else [])
            self._desk_moved(_version(event), frozenset(named))


def _version(event: Event) -> int:
    """The desk's version that an event belongs to: given, or in its id."""
    if event.version is not None:
        return event.version
    number = event.id.rpartition("-")[2]
    return int(number) if number.isdecimal() else 0
