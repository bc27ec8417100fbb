"""What can happen next. Each story does one thing to one order and says what, or null when nobody fits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from orders_demo.erp import Erp
from orders_demo.life.pool import Pool
from orders_demo.live_shop import LiveShop

NEXT = {
    None: "LABEL_PURCHASED",
    "LABEL_PURCHASED": "CONFIRMED",
    "LABEL_PRINTED": "CONFIRMED",
    "CONFIRMED": "IN_TRANSIT",
    "IN_TRANSIT": "OUT_FOR_DELIVERY",
    "DELAYED": "IN_TRANSIT",
    "ATTEMPTED_DELIVERY": "OUT_FOR_DELIVERY",
    "READY_FOR_PICKUP": "DELIVERED",
    "OUT_FOR_DELIVERY": "DELIVERED",
}
"""What a carrier says after what."""


@dataclass(slots=True)
class Scene:
    """What a story works with."""

    stage: LiveShop
    pool: Pool
    erp: Erp
    rng: Random


Story = Callable[[Scene], str | None]
STORIES: list[tuple[int, Story]] = []


def story(weight: int) -> Callable[[Story], Story]:
    """Register a story; it is drawn `weight` times as often as one of weight 1."""

    def register(tell: Story) -> Story:
        STORIES.append((weight, tell))
        return tell

    return register
