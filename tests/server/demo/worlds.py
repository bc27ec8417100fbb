"""A simulation whose clock stands until a test moves it, and whose announcements are kept instead of sent."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from orders_demo.identity import Secrets
from orders_demo.live_shop import Announcement
from orders_demo.simulation import Plan, Simulation, simulate
from orders_demo.webhooks.manners import POLITE

NOW = datetime(2026, 3, 10, 15, 4, 5, tzinfo=UTC)
SECRETS = Secrets(
    "hush", "shpat_test", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"
)


@dataclass
class World:
    """A simulation whose announcements are kept instead of sent, and whose time a test sets."""

    simulation: Simulation
    told: list[Announcement] = field(default_factory=list)
    now: datetime = NOW
    seconds: float = 0.0

    def later(self, **delta: float) -> None:
        """Move both clocks."""
        self.now += timedelta(**delta)
        self.seconds += timedelta(**delta).total_seconds()

    def ask(self, text: str, /, **variables: Any) -> dict[str, Any]:
        """One request to the Admin API."""
        return self.simulation.admin.answer({"query": text, "variables": variables})

    def topics(self) -> list[str]:
        """What was announced since the last call."""
        topics = [entry.topic for entry in self.told]
        self.told.clear()
        return topics


def make(orders: int) -> World:
    """A fresh simulation with so many orders; it stands still, delivers politely, and waits for nobody."""
    plan = Plan(orders, 7, SECRETS, still=True, manners=POLITE, job_s=0)
    world: list[World] = []
    simulation = simulate(
        plan,
        clock=lambda: world[0].now if world else NOW,
        seconds=lambda: world[0].seconds if world else 0.0,
    )
    world.append(World(simulation))
    simulation.stage.announce = lambda batch, _at: world[0].told.extend(batch)
    return world[0]
