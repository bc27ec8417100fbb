"""Which carrier a tracking number belongs to, by its shape and check digit. A guess that says why; never a gate."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Guess:
    """`reason` reads `20 digits, check digit ok`; `checked` is True/False where the carrier has a check digit, else None."""

    carrier: str
    reason: str
    checked: bool | None


def guesses(number: str) -> list[Guess]:
    """Carriers whose numbers look like this, likeliest first; one whose check digit fails comes last."""
    raise NotImplementedError


def normalise(number: str) -> str:
    """Without spaces, dots and dashes, upper case."""
    raise NotImplementedError
