"""Where things happen to the shop while it lives: one deed at a time, stamped by the clock, announced to whoever listens."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TypeVar

from orders_demo.jobs import Jobs
from orders_demo.ledger import Ledger
from orders_demo.rest import topics
from orders_demo.rest.scalars import dump
from orders_demo.world.shop import Shop

T = TypeVar("T")
Clock = Callable[[], datetime]
"""Aware, UTC."""


@dataclass(frozen=True, slots=True)
class Announcement:
    """One topic with its body as it was when the deed was done; a retry sends these same bytes."""

    topic: str
    body: bytes


Announce = Callable[[Sequence[Announcement], datetime], None]
"""Takes what one deed announces, and when it happened. Called even when nobody is subscribed."""


def system_clock() -> datetime:
    """The machine's clock."""
    return datetime.now(UTC)


@dataclass(slots=True)
class LiveShop:
    """A shop, its clock, its ledger, where its announcements go, and what it was asked for and has not done yet."""

    shop: Shop
    clock: Clock
    ledger: Ledger
    announce: Announce
    jobs: Jobs = field(default_factory=Jobs)

    def now(self) -> datetime:
        """The shop's time: whole seconds."""
        return self.clock().replace(microsecond=0)

    def perform(self, deed: Callable[[datetime], T]) -> T:
        """Do it now; what it announces goes out together, each body as the shop stands when the deed is done."""
        at = self.clock()
        with self.shop.listening() as told:
            result = deed(at.replace(microsecond=0))
        bodies = [Announcement(entry.topic, dump(topics.body(self.shop, entry))) for entry in told]
        if bodies:
            self.announce(bodies, at)
        return result
