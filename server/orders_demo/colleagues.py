"""Who else works at the desk: a few people who own part of what is open, and now and then take an order, hand one on
or write something about one.

They do so at dashboards of their own, and touch only what nobody owns or what one of them does. The same seed on the same orders
gives the same owners.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from random import Random
from typing import TypeVar

from orders_demo import desk_notes
from orders_demo.dashboard import OPEN_TABS, UNASSIGNED, Dashboard, Row

T = TypeVar("T")

COLLEAGUES = {"maya": 4, "anton": 3, "bo": 3, "ines": 2}
"""Their names, and how much of the work falls to each."""

SPARE_NAME = "kim"
"""Of the colleague who is called as the operator is."""

YOURS = 0.08
"""The share of what nobody owns that is the operator's when the desk opens."""

PAUSE_S = (20.0, 40.0)
"""How long it takes until the next of them does something."""

OWNED_AT_MOST = 0.65
OWNED_BY_HALF_HOURS = 12.0
"""The share of very old orders that somebody owns, and the age at which it is half of that."""

NEAR_THE_TOP = 40
"""How far down a queue they look."""

NOTED_IN = "unfulfilled"
NOTED_EACH = 2
"""The queue in whose first orders of each of them there is a note when the desk opens, and of how many."""

ASKED = 0.4
"""The share of their notes that ask the operator something."""

NOTES = (
    "Customer asks where the parcel is",
    "Wants another delivery address",
    "Says that one item is missing",
    "Asks for an invoice with a VAT number",
)


def others_than(operator: str) -> dict[str, int]:
    """The colleagues of an operator; nobody else has the operator's name."""
    same = operator.casefold()
    return {SPARE_NAME if name == same else name: load for name, load in COLLEAGUES.items()}


def first_owner(seed: int, row: Row, operator: str = "") -> str | None:
    """Whose an open order is when the desk opens: the older, the likelier a colleague's; a few are the operator's."""
    rng = Random(f"{seed}/owner/{row.id}")
    share = OWNED_AT_MOST * row.age_hours / (row.age_hours + OWNED_BY_HALF_HOURS)
    if rng.random() < share:
        return _one_of(others_than(operator), rng)
    return operator if operator and rng.random() < YOURS else None


@dataclass(slots=True)
class Colleagues:
    """All of them, in front of one desk. `operator`: who sits at the client, if anybody does."""

    dashboard: Dashboard
    seed: int
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    operator: str = ""
    _rng: Random = field(init=False)
    _names: dict[str, int] = field(init=False)

    def __post_init__(self) -> None:
        self._rng = Random(f"{self.seed}/colleagues")
        self._names = others_than(self.operator)

    async def share_out(self) -> None:
        """Each takes a part of the open orders that nobody owns, in one request; the operator is given a few."""
        rows = {row.id: row for tab in OPEN_TABS for row in await self.dashboard.rows(tab, UNASSIGNED)}
        shares: dict[str, list[Row]] = defaultdict(list)
        for row in rows.values():
            if owner := first_owner(self.seed, row, self.operator):
                shares[owner].append(row)
        for owner, share in shares.items():
            by = owner if owner in self._names else next(iter(self._names))
            await self.dashboard.assign(by, share, owner)

    async def leave_notes(self) -> None:
        """What they wrote to each other before the desk opened; to the operator about what is theirs, if anything is."""
        rng, operator = Random(f"{self.seed}/notes"), self.operator
        for name in (*self._names, *filter(None, [operator])):
            for row in (await self.dashboard.rows(NOTED_IN, name))[:NOTED_EACH]:
                by = _one_of(self._names, rng)
                await self.dashboard.note(by, row, desk_notes.text(rng, None if by == name else name))
        if operator and (asked := await self.dashboard.rows(NOTED_IN, operator, 1)):
            await self.dashboard.note(_one_of(self._names, rng), asked[0], rng.choice(desk_notes.ANSWERS))

    @asynccontextmanager
    async def working(self) -> AsyncIterator[None]:
        """They work until the block ends."""
        work = asyncio.create_task(self._work())
        try:
            yield
        finally:
            work.cancel()
            await asyncio.gather(work, return_exceptions=True)

    async def act(self) -> None:
        """One of them does one thing, if there is an order for it."""
        deeds = {self._take: 14, self._hand_on: 5, self._escalate: 1, self._note: 3}
        await _one_of(deeds, self._rng)(_one_of(self._names, self._rng))

    async def _work(self) -> None:
        while True:
            await self.sleep(self._rng.uniform(*PAUSE_S))
            await self.act()

    async def _take(self, name: str) -> None:
        if row := await self._find(UNASSIGNED):
            await self.dashboard.assign(name, [row], name)

    async def _hand_on(self, name: str) -> None:
        if row := await self._find(name):
            others = {other: load for other, load in self._names.items() if other != name}
            await self.dashboard.assign(name, [row], _one_of(others, self._rng))

    async def _escalate(self, name: str) -> None:
        if row := await self._find(name):
            await self.dashboard.escalate(name, row, self._rng.choice(NOTES))

    async def _note(self, name: str) -> None:
        """About an order of theirs; now and then they ask the operator for something about one of the operator's."""
        asked = self.operator if self.operator and self._rng.random() < ASKED else None
        if row := await self._find(asked or name):
            await self.dashboard.note(name, row, desk_notes.text(self._rng, asked))

    async def _find(self, owner: str) -> Row | None:
        """An order of theirs in one of the queues, the higher up the likelier."""
        rows = await self.dashboard.rows(self._rng.choice(OPEN_TABS), owner, NEAR_THE_TOP)
        return rows[int(len(rows) * self._rng.random() ** 2)] if rows else None


def _one_of(weights: dict[T, int], rng: Random) -> T:
    return rng.choices(list(weights), list(weights.values()))[0]
