"""Who is where: contract §3a, Presence."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from orders_wire.scalars import Instant, Wire

REPEAT_S = 20.0
"""How often whoever is somewhere has to say so again, at least."""

GONE_AFTER_S = 30.0
"""Whoever has not said so for this long is gone."""

LONGEST_DOING = 40


class PresenceBody(Wire):
    """`PUT /sync/presence`: where the caller is now; null: nowhere. `doing`: an action's name."""

    shop_domain: str | None = None
    order_id: Annotated[str, StringConstraints(strict=True, min_length=1, max_length=300)] | None = Field(
        alias="orderId"
    )
    doing: Annotated[str, StringConstraints(strict=True, max_length=LONGEST_DOING)] | None = None


class Whereabouts(Wire):
    """An order that somebody has open, what they do to it, and since when they are there."""

    order_id: str
    doing: str | None = None
    since: Instant


class PresenceEvent(Wire):
    """`data` of an SSE event `presence`, which has no id and is kept nowhere: all that is known of this name, instead of what was
    told before. `order_id` null: gone, and `since` is when.

    `elsewhere`: the orders that the same name has open at other terminals; `order_id` is where it came to last.
    """

    name: str
    order_id: str | None = None
    doing: str | None = None
    since: Instant
    elsewhere: list[Whereabouts] = []
