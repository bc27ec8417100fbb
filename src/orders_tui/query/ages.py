"""Ages in the search language: `age:>2d` is "placed more than two days ago", resolved against the clock when it is sent."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

_UNITS = {"m": 60, "h": 3600, "d": 86_400, "w": 604_800}
_AGE = re.compile(r"(\d{1,4})([mhdw])", re.IGNORECASE)
AGE_HELP = "an age is >2d (older) or <36h (younger); units are m, h, d and w"


class AgeError(ValueError):
    """An age that cannot be read. The message says how one is written."""


@dataclass(frozen=True, slots=True)
class AgeBound:
    """A length of time before now, kept as it was typed (`2d`, `36h`, `90m`, `1w`)."""

    amount: int
    unit: str

    @classmethod
    def parse(cls, text: str) -> AgeBound:
        """Reads `2d`. Raises AgeError."""
        match = _AGE.fullmatch(text)
        if match is None:
            raise AgeError(AGE_HELP)
        return cls(int(match[1]), match[2].lower())

    def __str__(self) -> str:
        return f"{self.amount}{self.unit}"

    def instant(self, now: datetime) -> datetime:
        """The instant this long before `now`, at its whole minute."""
        then = now.astimezone(UTC) - timedelta(seconds=self.amount * _UNITS[self.unit])
        return then.replace(second=0, microsecond=0)

    def start_param(self, now: datetime) -> str:
        """As `date_start`: placed at or after."""
        return self.instant(now).strftime("%Y-%m-%dT%H:%M:%SZ")

    def end_param(self, now: datetime) -> str:
        """As `date_end`: placed at or before. Never exactly midnight, which would mean the whole day after (contract §1)."""
        return self.instant(now).strftime("%Y-%m-%dT%H:%M:%S.001Z")
