"""The law of parcels on a database: what operators do over HTTP, what the relay sends, what the shop makes of it and tells."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

import pytest
from tests.support.acting import Desk
from tests.support.relaying import Ledger, relay_to
from tests.support.shop_of_lines import Report, ShopOfLines, holds_always, holds_once_all_is_told, some

from orders_sync.db.outbox import OutboxRow
from orders_sync.outbox.outcome import Outcome, Refused, Sent


@dataclass
class Shopify(Ledger):
    """Takes fulfilments and numbers of the shop's one order; refuses some; counts the mails of each fulfilment."""

    shop: ShopOfLines = field(default_factory=ShopOfLines)
    dice: Random = field(default_factory=Random)
    mails: Counter[int] = field(default_factory=Counter)

    async def send(self, rows: Sequence[OutboxRow]) -> list[Outcome]:
        return [self._write(row.kind, row.payload) for row in rows]

    def _write(self, kind: str, payload: dict[str, Any]) -> Outcome:
        if self.dice.random() < 0.15:
            return Refused("no")
        made = payload.get("fulfillment_id") if kind == "tracking" else self.shop.fulfill(dict(payload["lines"]))
        if made is None:
            return Sent()
        self.mails[made] += bool(payload.get("notify"))
        return Sent(made=(made,) if kind == "fulfillment" else ())


@dataclass
class Life:
    desk: Desk
    dice: Random
    shopify: Shopify
    untold: list[Report] = field(default_factory=list)
    actions: list[str] = field(default_factory=list)
    taken_back: int = 0

    async def tell(self) -> None:
        self.collect()
        if self.untold:
            report = self.dice.choice(self.untold)
            await self.desk.tell(*report)
            if self.dice.random() < 0.7:
                self.untold.remove(report)

    def collect(self) -> None:
        self.untold += self.shopify.shop.reports
        self.shopify.shop.reports.clear()

    async def fulfill(self) -> None:
        state = (await self.desk.order(1)).state
        units = some(self.dice, {line.part.id: line.owed for line in state.lines})
        lines = [{"lineId": str(line), "quantity": quantity} for line, quantity in units.items()]
        await self._act("fulfill", {"orderIds": ["1"], "lines": lines} if lines else {"orderIds": ["1"]})

    async def fulfill_whole(self) -> None:
        await self._act("fulfill", {"orderIds": ["1"]})

    async def give_number(self) -> None:
        parcels = [parcel for parcel in (await self.desk.order(1)).state.parcels if parcel.alive]
        if parcels:
            number = {
                "orderId": "1",
                "fulfillmentId": self.dice.choice(parcels).gid,
                "number": f"N{self.dice.random()}",
            }
            await self._act("tracking", {"items": [number]})

    async def _act(self, action: str, body: dict[str, Any]) -> None:
        how = {"delaySeconds": self.dice.choice([0, 60]), "notify": self.dice.choice([True, True, False])}
        status, answer = await self.desk.act(action, body | how)
        assert status == 200, answer
        if "actionId" in answer:
            self.actions.append(answer["actionId"])

    async def undo(self) -> None:
        if self.actions:
            before = await self._of_ours()
            await self.desk.act("undo", {"actionId": self.actions.pop()})
            self.taken_back += before - await self._of_ours()

    async def send(self) -> None:
        before = await self._of_ours()
        await relay_to(self.desk.db, self.shopify).send_due()
        self.taken_back += before - await self._of_ours()

    async def _of_ours(self) -> int:
        return len((await self.desk.order(1)).operator.acknowledgements)

    async def happen(self) -> None:
        """Something that the shop does of itself."""
        shop, dice = self.shopify.shop, self.dice
        alive = sorted(shop.made.keys() - shop.cancelled)
        what = dice.choice(["fulfill", "fulfill", "cancel", "remove", "add"])
        if what == "fulfill":
            shop.fulfill(some(dice, shop.left()))
        elif what == "cancel" and alive:
            shop.cancel(dice.choice(alive))
        elif what == "remove":
            shop.remove(dice.choice(list(shop.lines)), 1)
        else:
            shop.add(dice.randint(1, len(shop.lines) + 1), 1)


STEPS = (
    *(Life.tell,) * 3,
    *(Life.fulfill,) * 3,
    *(Life.send,) * 2,
    Life.fulfill_whole,
    Life.give_number,
    Life.happen,
    Life.undo,
)


@pytest.mark.parametrize("seed", range(3))
async def test_the_law_holds_whatever_happens(desk: Desk, seed: int) -> None:
    dice = Random(seed)
    shop = ShopOfLines.drawn(dice)
    life = Life(desk, dice, Shopify(shop=shop, dice=dice))
    await desk.tell(*shop.reports[0])
    for _ in range(24):
        await dice.choice(STEPS)(life)
        holds_always((await desk.order(1)).state)
    life.collect()
    dice.shuffle(life.untold)
    for report in life.untold * 2:
        await desk.tell(*report)
    holds_once_all_is_told((await desk.order(1)).state, shop, undone=life.taken_back)
    assert max(life.shopify.mails.values(), default=0) <= 1
