"""Whatever is told, in whatever order, and whatever operators do meanwhile: nothing is shipped twice and nothing is forgotten.

Owed is never below 0; what is in parcels and what is owed is what was ordered less what was removed; a parcel has one entry in
the timeline, and one mail at most (contract §3a, Acknowledgements). `ORDERS_LIVES` sets how many lives are tried,
`ORDERS_FIRST_LIFE` with which.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from random import Random
from typing import Any

import pytest
from tests.server.conftest import SettableClock
from tests.server.contract.admin_api import AdminApi
from tests.server.contract.small_shop import Order, SmallShop
from tests.server.contract.whole_desk import Body, WholeDesk, whole_desk

from orders_sync.db.engine import Database
from orders_sync.instants import SECOND
from orders_sync.outbox.kinds import Target
from orders_sync.relay.relay import Chance, Relay
from orders_sync.rules.thresholds import Thresholds

LIVES = int(os.environ.get("ORDERS_LIVES", "6"))
FIRST = int(os.environ.get("ORDERS_FIRST_LIFE", "0"))
STEPS = 14
ENDED = ("cancelled", "failure", "error")


def number(gid: str) -> int:
    return int(gid.rpartition("/")[2])


@dataclass
class Life:
    """One order, from its sale to a moment at which everything has been told and sent."""

    desk: WholeDesk
    shop: SmallShop
    relay: Relay
    clock: SettableClock
    dice: Random
    order: Order
    actions: list[str] = field(default_factory=list)
    trace: list[str] = field(default_factory=list)

    async def live(self) -> None:
        steps: list[Callable[[], Coroutine[Any, Any, str]]] = [
            self.fulfill, self.fulfill, self.fulfill_all, self.undo, self.number, self.hold, self.release, self.sent, self.sent,
            self.admin, self.admin_cancels, self.refund, self.hear, self.hear, self.hear,
        ]  # fmt: skip
        await self.hear_all(1)
        for _ in range(STEPS):
            self.clock.advance(self.dice.choice([1, 2, 30, 90]) * SECOND)
            self.trace.append(await self.dice.choice(steps)())
            self.hold_law(await self.detail())
        await self.come_to_rest()

    async def detail(self) -> Body:
        return await self.desk.detail(self.order.id)

    async def act(self, action: str, body: Body) -> str:
        status, answer = await self.desk.act(action, body | {"delaySeconds": self.dice.choice([0, 0, 60])})
        assert status in (200, 400, 404, 409), answer
        if status == 200 and action != "undo":
            self.actions.append(answer["actionId"])
        return f"{action} {body}: {answer['message']}"

    # -- operators

    async def fulfill(self) -> str:
        lines = [
            {"lineId": item["id"], "quantity": self.dice.randint(1, item["owed"])}
            for item in (await self.detail())["line_items"]
            if item["owed"] > 0 and self.dice.random() < 0.6
        ]
        asked = {"orderIds": [str(self.order.id)], "lines": lines, "notify": self.dice.random() < 0.5}
        return await self.act("fulfill", asked)

    async def fulfill_all(self) -> str:
        return await self.act(
            "fulfill", {"orderIds": [str(self.order.id)], "tracking": {"number": f"1Z{self.clock.now}"}}
        )

    async def number(self) -> str:
        parcels = (await self.detail())["fulfillments"]
        if not parcels:
            return "no parcel"
        item = {
            "orderId": str(self.order.id),
            "number": f"1Z{self.clock.now}",
            "fulfillmentId": self.dice.choice(parcels)["id"],
        }
        return await self.act("tracking", {"items": [item], "notify": self.dice.random() < 0.5})

    async def hold(self) -> str:
        owed = [item for item in (await self.detail())["line_items"] if item["owed"] > item["held"]]
        lines = (
            {"lines": [{"lineId": self.dice.choice(owed)["id"], "quantity": 1}]}
            if owed and self.dice.random() < 0.7
            else {}
        )
        reason = self.dice.choice(["customer", "other"])
        return await self.act("hold", {"orderIds": [str(self.order.id)], "reason": reason, **lines})

    async def release(self) -> str:
        return await self.act("release", {"orderIds": [str(self.order.id)]})

    async def undo(self) -> str:
        if not self.actions:
            return "nothing to undo"
        return await self.act("undo", {"actionId": self.actions.pop(self.dice.randrange(len(self.actions)))})

    # -- the relay, and the shop

    async def sent(self) -> str:
        await self.relay.send_due()
        return f"sent what was due: {await self.rows()}"

    async def rows(self) -> list[tuple[str, str]]:
        return [(row["kind"], row["state"]) for row in (await self.detail())["outbox"]]

    async def admin(self) -> str:
        left = +self.order.left
        lines = {line: self.dice.randint(1, n) for line, n in left.items() if self.dice.random() < 0.6}
        if not lines or self.order.cancelled_at:
            return "nothing for the admin"
        self.shop.fulfill(self.order, lines)
        return f"fulfilled in the admin: {lines}"

    async def admin_cancels(self) -> str:
        if not self.order.live or self.dice.random() < 0.5:
            return "nothing to cancel"
        which = self.dice.choice(self.order.live)
        self.shop.cancel_fulfillment(self.order, which)
        return f"cancelled in the admin: {which.id}"

    async def refund(self) -> str:
        left = list((+self.order.left).items())
        if not left or self.dice.random() < 0.5:
            return "nothing to refund"
        line, quantity = self.dice.choice(left)
        self.shop.refund(self.order, line, self.dice.randint(1, quantity))
        return f"refunded in the admin: {self.order.removed}"

    async def hear(self) -> str:
        return await self.hear_all(self.dice.randint(1, 4))

    async def hear_all(self, most: int) -> str:
        heard = []
        for _, (topic, body) in zip(range(most), self.shop.tellings(), strict=False):
            await self.desk.webhook(topic, body)
            heard.append(f"{topic} {body['updated_at']}")
        return f"heard {heard}"

    # -- the law

    @staticmethod
    def lines_of(parcel: Body) -> Counter[int]:
        return Counter({number(line["id"]): line["quantity"] for line in parcel["lines"]})

    def hold_law(self, detail: Body) -> None:
        alive = (each for each in detail["fulfillments"] if each["status"] not in ENDED)
        packed: Counter[int] = sum((self.lines_of(each) for each in alive), Counter())
        for item in detail["line_items"]:
            assert 0 <= item["held"] <= item["owed"], item
            assert 0 <= item["sendable"] <= item["owed"] - item["held"], item
            assert packed[number(item["id"])] + item["owed"] <= item["quantity"], (item, detail["fulfillments"])

    async def come_to_rest(self) -> None:
        """Everything that waits leaves, everything is heard: then the desk says what the shop's books say."""
        self.shop.lost = 0
        for _ in range(40):
            self.clock.advance(120 * SECOND)
            self.trace.append("rest: " + await self.sent())
            self.trace.append("rest: " + await self.hear_all(100))
            detail = await self.detail()
            waiting = [row for row in detail["outbox"] if row["state"] in ("queued", "claimed", "unknown")]
            if not waiting and not self.shop.told:
                break
        else:
            raise AssertionError(f"it does not come to rest: {waiting}")
        self.hold_law(detail)
        parcels = {number(each["id"]): self.lines_of(each) for each in detail["fulfillments"] if not each["ours"]}
        assert parcels == {each.id: each.lines for each in self.order.fulfillments}
        assert [each for each in detail["fulfillments"] if each["ours"]] == []
        owed = {number(item["id"]): item["owed"] for item in detail["line_items"]}
        assert owed == dict(self.order.left)
        assert max(Counter(self.shop.mails).values(), default=0) <= 1, self.shop.mails
        events = [entry["event"] for entry in detail["timeline"]]
        given_up = sum(row["kind"] == "fulfillment" and row["state"] in ("dead", "undone") for row in detail["outbox"])
        assert 0 <= events.count("fulfillment_submitted") - len(parcels) <= given_up


@pytest.fixture
async def desk(db: Database) -> Any:
    async with whole_desk(db) as running:
        yield running


async def test_the_law(desk: WholeDesk, clock: SettableClock) -> None:
    for seed in range(FIRST, FIRST + LIVES):
        await one_life(desk, clock, seed)


async def one_life(desk: WholeDesk, clock: SettableClock, seed: int) -> None:
    dice = Random(seed)
    shop = SmallShop(clock, dice, first_id=10_000 * (seed + 1))
    relay = Relay(
        desk.database,
        dict.fromkeys(Target, AdminApi(shop, dice.choice([1, 1, 2]))),
        Thresholds(),
        clock,
        Chance(lambda: 0.0, lambda: f"{seed}-{dice.random()}"),
    )
    order = shop.sell([dice.randint(1, 3) for _ in range(dice.randint(1, 3))])
    life = Life(desk, shop, relay, clock, dice, order)
    try:
        await life.live()
    except AssertionError:
        print(f"life {seed} of order {order.id}, {dict(order.ordered)}", *life.trace, sep="\n  ")
        raise
