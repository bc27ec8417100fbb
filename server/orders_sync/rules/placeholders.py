"""Tracking numbers that a page invents: shown as it shows them, never told to the shop (contract §3a, Placeholders)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from orders_wire.vocabulary import PLACEHOLDER_NUMBERS


@dataclass(frozen=True, slots=True)
class Placeholders:
    """Numbers that are wholly of this pattern are placeholders."""

    pattern: str = PLACEHOLDER_NUMBERS

    def match(self, number: str) -> bool:
        """True for a number that nobody but a page knows."""
        return re.fullmatch(self.pattern, number.strip()) is not None
