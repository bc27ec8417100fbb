"""Lets things happen: one every few seconds on average, or on request."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from orders_demo.life import selling, sending, taking_back
from orders_demo.life.stories import STORIES, Scene, Story
from orders_demo.webhooks.deliveries import Sleep

log = logging.getLogger(__name__)

KINDS = (selling, sending, taking_back)
BY_NAME: dict[str, Story] = {tell.__name__: tell for _, tell in STORIES}
TRIES = 12


@dataclass(slots=True)
class Life:
    """Draws stories. `every_s` is the mean time between two; paused, only `tick` moves."""

    scene: Scene
    sleep: Sleep
    every_s: float = 3.0
    paused: bool = False
    happened: int = 0

    async def run(self) -> None:
        """Live until cancelled."""
        while True:
            await self.sleep(self.scene.rng.expovariate(1 / self.every_s))
            if not self.paused:
                self.tick()

    def tick(self, name: str | None = None) -> str | None:
        """One thing happens: the named story, or one drawn by weight that finds somebody. Says what, null for nothing.

        Raises KeyError for a name that is no story.
        """
        self.scene.pool.refresh()
        if name is not None:
            return self._tell(name, BY_NAME[name])
        for _, tell in self.scene.rng.choices(STORIES, [weight for weight, _ in STORIES], k=TRIES):
            if told := self._tell(tell.__name__, tell):
                return told
        return None

    def _tell(self, name: str, tell: Story) -> str | None:
        subject = tell(self.scene)
        if subject is None:
            return None
        self.happened += 1
        told = f"{name} {subject}"
        log.debug(told)
        return told
