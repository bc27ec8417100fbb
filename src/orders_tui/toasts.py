"""Which notices pop up: at most three at a time, the same sentence once; the action log keeps them all. Pure."""

from __future__ import annotations

from collections.abc import Callable

AT_MOST = 3
SHOWN_S = 6.0


class Toasts:
    """Decides; shows nothing itself."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._up: dict[str, float] = {}
        self.held_back = 0

    def admit(self, text: str) -> bool:
        """True when the sentence may pop up now."""
        now = self._monotonic()
        self._up = {said: until for said, until in self._up.items() if until > now}
        if text in self._up:
            return False
        if len(self._up) >= AT_MOST:
            self.held_back += 1
            return False
        self._up[text] = now + SHOWN_S
        return True
