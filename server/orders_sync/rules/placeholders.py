"""Tracking numbers that a page invents: shown as it shows them, never told to the shop (contract §3a, Placeholders)."""

from __future__ import annotations

import re
from dataclasses import dataclass

DEFAULT = "TRK-[A-Za-z0-9]{4}"


@dataclass(frozen=True, slots=True)
class Placeholders:
    """Numbers that are wholly of this pattern are placeholders."""

    pattern: str = DEFAULT

    def match(self, number: str) -> bool:
        """True for a number that nobody but a page knows."""
        return re.fullmatch(self.pattern, number.strip()) is not None
