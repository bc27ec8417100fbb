"""A shop with five orders."""

from __future__ import annotations

import pytest
from tests.server.conftest import SettableClock
from tests.server.shopify.world import World, told


@pytest.fixture
def world(clock: SettableClock) -> World:
    """Five orders; the shop's pages hold two."""
    world = World(clock)
    world.put(*(told(number) for number in range(1, 6)))
    return world
