"""How the size of each tab, and of what is ready, went since the client was opened. Pure; time comes from the caller."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from datetime import datetime

EVERY_S = 60.0
"""A sample at most so often."""
SAMPLES = 720
"""Twelve hours; older ones go."""


class Trend:
    """Sizes at moments, newest last."""

    def __init__(self) -> None:
        self._samples: deque[tuple[datetime, Mapping[str, int]]] = deque(maxlen=SAMPLES)
        self._desk_id: str | None = None

    def take(self, at: datetime, tabs: Mapping[str, int], desk_id: str | None = None) -> None:
        """Notes the sizes; within a minute the newest replace the ones before, but for the first, which is the start.
        Another desk's sizes are the start of another way.
        """
        if desk_id != self._desk_id:
            self._samples.clear()
            self._desk_id = desk_id
        fresh = len(self._samples) > 1 and (at - self._samples[-2][0]).total_seconds() < EVERY_S
        if fresh:
            self._samples.pop()
        self._samples.append((at, dict(tabs)))

    def change(self, place: str) -> int:
        """Now against the start; 0 while there is one sample."""
        sizes = self._sizes(place)
        return sizes[-1] - sizes[0] if sizes else 0

    @property
    def since(self) -> datetime | None:
        """When the first sample was taken that is still kept."""
        return self._samples[0][0] if self._samples else None

    def range(self, place: str) -> tuple[int, int]:
        """The lowest and the highest size since then."""
        sizes = self._sizes(place)
        return min(sizes, default=0), max(sizes, default=0)

    def spark(self, place: str, cells: int, most: int, glyphs: str, rows: int = 1, *, below: str = "") -> list[str]:
        """The way from the start to now as so many rows of text, the topmost first: from 0 to `most`, for all alike.
        What is not nothing shows, however small it is. `below`: what stands under the course, where it is not as heavy.
        """
        sizes, full = self._sizes(place) or [0], len(glyphs) - 1
        picked = [sizes[min(len(sizes) - 1, cell * len(sizes) // cells)] for cell in range(cells - 1)]
        levels = [-(-size * rows * full // max(1, most)) for size in [*picked, sizes[-1]]]
        signs = glyphs + (below or glyphs[-1])
        return ["".join(signs[max(0, min(full + 1, level - row * full))] for level in levels) for row in range(rows)][
            ::-1
        ]

    def _sizes(self, place: str) -> list[int]:
        return [tabs.get(place, 0) for _, tabs in self._samples]
