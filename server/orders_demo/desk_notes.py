"""What colleagues write to each other about orders: notes of the desk's own, some of which name somebody."""

from __future__ import annotations

from random import Random

TO_NOBODY = (
    "Called back: a later delivery is fine",
    "Third order this month, and always in a hurry",
    "Pack this one well, the last arrived broken",
    "Carrier says the depot has it, they look for it today",
    "Wants it before the weekend",
)
TO_SOMEBODY = (
    "@{name} the customer has called twice about this one, can you send it first?",
    "@{name} could you look at the address? The postcode does not fit the town",
    "@{name} she asks for the green one instead, I told her that you decide",
    "@{name} goes with yours of yesterday if it is still there: same street",
)
ANSWERS = ("On it, I ask the depot", "Told the customer that we look into it", "Thanks, seen")


def text(rng: Random, to: str | None = None) -> str:
    """A note, that names somebody or nobody."""
    return rng.choice(TO_NOBODY) if to is None else rng.choice(TO_SOMEBODY).format(name=to)
