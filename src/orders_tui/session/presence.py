"""Who else has which order open, as the live stream says it (contract §3a, Presence).

While the stream lives the server says who comes and who goes, and that holds. From its last word on it holds for half a minute
more: who is not named again by then is forgotten, so that nobody is said to be where they may have left. Polling tells nothing.
Nothing waits, and nothing is drawn, while nobody moves.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from orders_tui.feed import Connection, ConnectionState
from orders_tui.pace import Pace, wait_for
from orders_tui.session.changes import Change, PresenceChanged

if TYPE_CHECKING:
    from orders_wire.detail import Present
    from orders_wire.presence import PresenceEvent, Whereabouts

GONE_AFTER_S = 30.0
"""After the stream's last word."""
MOST = 2000
"""So many people are known at once; the first of more are forgotten."""

People = Mapping[str, "tuple[Present, ...]"]
"""Those who are at an order, the first to come first, by its id."""


class Presence:
    """`others` is what is to be shown. Nobody is, before it is known under which name this client runs. What is said of a name is
    all that is known of it: where it came to last, and where else it is.
    """

    def __init__(self, pace: Pace, tell: Callable[[Change], None]) -> None:
        self._pace, self._tell = pace, tell
        self._places: dict[str, PresenceEvent] = {}
        self._until_s: dict[str, float] = {}
        self._wake = asyncio.Event()
        self._live = False
        self._me: str | None = None
        self.others: People = {}

    def known_as(self, name: str) -> None:
        """Whose client this is: their own presence, from wherever, is not shown."""
        if name.casefold() != self._me:
            self._me = name.casefold()
            self._show()

    def absorb(self, said: PresenceEvent) -> None:
        """Somebody came, began something, or left."""
        who = said.name.casefold()
        self._places.pop(who, None)
        self._until_s.pop(who, None)
        if said.order_id is not None:
            self._places[who] = said
            if len(self._places) > MOST:
                self._forget(next(iter(self._places)))
        self._show()

    def follow(self, line: Connection) -> None:
        """The stream lives, or does not: then what it has said is good for a while after its last word."""
        was_live, self._live = self._live, line.state is ConnectionState.LIVE
        if self._live or not was_live or not self._places:
            return
        now = self._pace.now()
        silent_s = (now - line.last_contact).total_seconds() if line.last_contact is not None else 0.0
        ends_s = self._pace.monotonic() + max(0.0, GONE_AFTER_S - silent_s)
        for who in self._places:
            self._until_s.setdefault(who, ends_s)
        self._wake.set()

    async def run(self) -> None:
        """Forgets those whose time is over; without a limit on anybody it waits for one."""
        while True:
            self._wake.clear()
            next_s = min(self._until_s.values(), default=None)
            if not await wait_for(self._wake, None if next_s is None else next_s - self._pace.monotonic()):
                for who in [who for who, until_s in self._until_s.items() if until_s <= self._pace.monotonic()]:
                    self._forget(who)
                self._show()

    def _forget(self, who: str) -> None:
        self._places.pop(who, None)
        self._until_s.pop(who, None)

    def _show(self) -> None:
        """Tells which orders somebody else came to, or left."""
        before, self.others = self.others, self._by_order()
        changed = {
            order_id for order_id in {*before, *self.others} if before.get(order_id) != self.others.get(order_id)
        }
        if changed:
            self._tell(PresenceChanged(frozenset(changed)))

    def _by_order(self) -> People:
        if self._me is None or not self._places:
            return {}
        from orders_wire.detail import Present

        found: dict[str, list[Present]] = {}
        for who, said in self._places.items():
            places: list[PresenceEvent | Whereabouts] = [said, *said.elsewhere] if who != self._me else []
            for order_id, here in {place.order_id: place for place in reversed(places)}.items():
                if order_id is not None:
                    found.setdefault(order_id, []).append(Present(name=said.name, doing=here.doing, since=here.since))
        return {order_id: tuple(sorted(people, key=lambda each: each.since)) for order_id, people in found.items()}
