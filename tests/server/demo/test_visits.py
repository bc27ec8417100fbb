"""The simulated colleagues have orders open, as everybody at the desk sees."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

import aiohttp
from tests.server.demo.test_colleagues import NOBODY

from orders_demo.dashboard import Dashboard, Row
from orders_demo.visits import DOING, LOOKS_S, PAUSE_S, WORKS_S, Visits
from orders_wire.presence import GONE_AFTER_S


@dataclass
class Seen:
    """Who was where, as a server would be told, and for how long."""

    said: list[tuple[str, str | None, str | None]] = field(default_factory=list)
    slept: list[float] = field(default_factory=list)

    async def rows(self, _tab: str, _owner: str | None, most: int) -> list[Row]:
        return [Row(f"gid://shopify/Order/{n}", 1.0, 1) for n in range(1, most + 1)]

    async def be_at(self, name: str, order_id: str | None, doing: str | None = None) -> None:
        self.said.append((name, order_id, doing))

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        if len(self.slept) > 60:
            await asyncio.Event().wait()


async def visited(seed: int) -> Seen:
    seen = Seen()
    async with Visits(seen, seed, ["maya", "bo"], seen.sleep).going_on():  # type: ignore[arg-type]
        for _ in range(200):
            await asyncio.sleep(0)
    return seen


async def test_one_after_another_they_open_an_order_work_on_it_and_leave() -> None:
    seen = await visited(7)
    looks, works, leaves = seen.said[0::3], seen.said[1::3], seen.said[2::3]
    assert len(leaves) > 15
    for (name, order_id, nothing), (same, there, doing), (gone, nowhere, _) in zip(looks, works, leaves, strict=False):
        assert (name, order_id) == (same, there)
        assert (gone, nothing, nowhere) == (name, None, None)
        assert doing in DOING
    assert {name for name, *_ in looks} == {"maya", "bo"}
    for n, (least, most) in enumerate((PAUSE_S, LOOKS_S, WORKS_S)):
        assert all(least <= seconds <= most for seconds in seen.slept[n::3])
    assert WORKS_S[1] < GONE_AFTER_S


async def test_the_same_seed_draws_the_same_visits() -> None:
    assert (await visited(7)).said == (await visited(7)).said != (await visited(8)).said


async def test_a_server_that_is_away_is_let_be() -> None:
    async with aiohttp.ClientSession() as session:
        slept: list[float] = []

        async def sleep(seconds: float) -> None:
            slept.append(seconds)

        await Visits(Dashboard(session, NOBODY), 7, ["bo"], sleep).visit()
        await Dashboard(session, NOBODY).be_at("bo", "gid://shopify/Order/1")
        assert slept == []
