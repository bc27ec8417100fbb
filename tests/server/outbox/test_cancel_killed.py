"""Killed at every step of a cancellation, before each request and before each answer is recorded: the shop was asked once, paid
back once, mailed once, and the row ends as what the shop has.

In one process: who is killed records nothing more, and another goes on once the lease has run out.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from random import Random
from typing import Any, NoReturn

import pytest
from tests.server.conftest import SettableClock
from tests.server.demo.worlds import SECRETS
from tests.server.shopify.demo_shop import Shop, living
from tests.support.acting import SHOP, Desk, serve
from tests.support.desk_orders import line
from tests.support.desk_orders import order as told_order

from orders_demo.identity import DOMAIN
from orders_demo.operations import parcels
from orders_demo.world.ids import gid
from orders_demo.world.orders import Order
from orders_sync.db.engine import Database
from orders_sync.external.shopify.answers import Answer
from orders_sync.external.shopify.cancel_writes import ENDED
from orders_sync.external.shopify.client import ShopifyClient, endpoint
from orders_sync.external.shopify.documents import Document
from orders_sync.external.shopify.sender import ShopifySender
from orders_sync.instants import SECOND
from orders_sync.outbox.kinds import Target
from orders_sync.relay.relay import LEASE_MS, Chance, Relay
from orders_sync.rules.thresholds import Thresholds
from orders_wire.vocabulary import OutboundState

STEP_S = 40
WITHOUT_KILL = 4
"""Requests of one cancellation: what stands against it, the mutation, a look at its job, and one more when that has ended."""

_owners = (f"relay {n}" for n in itertools.count())


class Killed(BaseException):
    """The process is gone: nothing that it would have recorded is."""


class MortalClient(ShopifyClient):
    """Kills its process at a request: before it leaves, or when its answer has come."""

    dies_at = 0
    answered = False
    calls = 0

    async def execute(self, document: Document, variables: Mapping[str, Any] | None = None) -> Answer:
        self.calls += 1
        dies = self.calls == self.dies_at
        if dies and not self.answered:
            raise Killed
        answer = await super().execute(document, variables)
        if dies:
            raise Killed
        return answer


@dataclass
class World:
    desk: Desk
    shop: Shop
    clock: SettableClock

    def later(self, seconds: float) -> None:
        self.clock.advance(round(seconds * SECOND))
        self.shop.later(seconds=seconds)

    def process(self, dies_at: int = 0, *, answered: bool = False) -> Relay:
        """A process that has just started."""
        at = endpoint(DOMAIN, self.shop.url)
        client = MortalClient(self.shop.session, at, SECRETS.admin_token, self.clock)
        client.dies_at, client.answered = dies_at, answered
        chance = Chance(lambda: 0.0, lambda: next(_owners))
        return Relay(self.desk.db, {Target.SHOPIFY: ShopifySender(client)}, Thresholds(), self.clock, chance)

    async def order(self) -> Order:
        """One that can be cancelled, and is known to the desk."""
        orders = self.shop.world.simulation.stage.shop.orders.values()
        found = next(
            each
            for each in orders
            if each.owed and each.received == each.total and each.email
            if not (each.cancelled_at or each.parcels or each.refunds or each.returns)
            if all(task.status == "OPEN" and not task.holds for task in each.tasks) and each.requires_shipping
        )
        lines = (line(each.id, each.sku or "", each.quantity) for each in found.lines if each.requires_shipping)
        await self.desk.tell(told_order(found.id, found.name, *lines))
        return found

    async def cancel(self, order: Order) -> None:
        body = {"orderId": str(order.id), "reason": "fraud", "refund": "original", "restock": True, "notify": True}
        status, answer = await self.desk.act("cancel", {**body, "delaySeconds": 0})
        assert status == 200, answer

    async def state(self, order: Order) -> OutboundState:
        (row,) = await self.desk.outbox(order.id)
        return OutboundState(row.state)

    async def working(self, relay: Relay) -> NoReturn:
        """For ever, or until it is killed."""
        while True:
            await relay.step()
            self.later(1)

    async def to_the_end(self, order: Order, relay: Relay) -> list[OutboundState]:
        """The states that its row is in on its way; a lead has it sent again once nobody can say what became of it."""
        states: list[OutboundState] = []
        while (state := await self.state(order)) is not OutboundState.DONE:
            states.append(state)
            assert len(states) < 100, states
            if state is OutboundState.NEEDS_REVIEW:
                seen = await self.desk.order(order.id)
                assert seen.operator.cancelling is not None
                assert seen.alerts == {"integration_failed"}
                (row,) = await self.desk.outbox(order.id)
                assert (await self.desk.post(f"/sync/outbox/{row.id}/retry"))[0] == 200
            await relay.step()
            self.later(STEP_S)
        return states

    def books(self, order: Order) -> Counter[str]:
        entries = self.shop.world.simulation.stage.ledger.entries
        return Counter(f"{each.kind} {each.name}" for each in entries if each.subject == gid("Order", order.id))


ONCE = {"mutation orderCancel": 1, "refund orderCancel": 1, "mail order_cancelled": 1}


async def test_a_cancellation_is_asked_for_once_wherever_its_process_is_killed(
    db: Database, clock: SettableClock
) -> None:
    async with living(260) as shop, serve(db) as desk:
        shop.world.simulation.stage.jobs.after_s = 2
        world = World(desk, shop, clock)
        for dies_at, answered in itertools.product(range(1, WITHOUT_KILL + 1), (False, True)):
            order = await world.order()
            await world.cancel(order)
            mortal = world.process(dies_at, answered=answered)
            with pytest.raises(BaseExceptionGroup):
                await world.working(mortal)
            world.later(LEASE_MS / SECOND)
            states = await world.to_the_end(order, world.process())
            where = f"killed at request {dies_at}, {'answered' if answered else 'not sent'}"
            assert world.books(order) == ONCE, where
            seen = await desk.order(order.id)
            assert (seen.operator.cancelling, seen.state.cancelled, seen.failed) == (None, True, 0), where
            asked = dies_at > 2 or (dies_at == 2 and answered)
            assert (OutboundState.NEEDS_REVIEW not in states) is asked, where


async def test_no_order_is_both_sent_and_cancelled_whatever_is_wished_undone_and_killed(
    sqlite_url: str, clock: SettableClock
) -> None:
    db, dice = await Database.open(sqlite_url, SHOP, clock, migrating=False), Random(14)
    async with living(400) as shop, serve(db) as desk:
        world, ends = World(desk, shop, clock), Counter[str]()
        for _ in range(9):
            order, done = await world.order(), list[str]()
            for _ in range(12):
                await one_step(world, order, dice, done)
            books = world.books(order)
            assert books["mutation orderCancel"] + books["mutation fulfillmentCreate"] <= 1, books
            assert books["refund orderCancel"] <= 1, books
            ends.update(books.keys())
            if not order.cancelled_at and not order.parcels:
                parcels.send_all(shop.world.simulation.stage.shop, order.tasks[0], [], shop.world.now)
    await db.close()
    assert {"refund orderCancel", "mutation fulfillmentCreate"} <= ends.keys(), "some of each"


async def one_step(world: World, order: Order, dice: Random, done: list[str]) -> None:
    """Somebody wishes something, takes something back, or a process works a while, and may be killed."""
    of, soon = str(order.id), {"delaySeconds": dice.choice([0, 0, 5])}
    wishes: list[tuple[str, dict[str, Any]]] = [
        ("cancel", {"orderId": of, "reason": "other", "refund": "original", "restock": True, **soon}),
        ("fulfill", {"orderIds": [of], **soon}),
        ("undo", {"actionId": done.pop() if done else "none"}),
    ]
    if dice.random() < 0.5:
        name, body = dice.choice(wishes)
        _, answer = await world.desk.act(name, body)
        done += [answer["actionId"]] if "actionId" in answer else []
        return
    relay = world.process(dice.choice([0, 1, 2, 3, 4]), answered=dice.random() < 0.5)
    with suppress(BaseExceptionGroup):
        for _ in range(dice.randint(1, 4)):
            await relay.step()
            world.later(dice.choice([1, 5, 61]))


@pytest.mark.parametrize("answered", [False, True])
async def test_one_that_shopify_ended_is_sent_again_by_people_and_what_came_of_it_before_says_nothing(
    db: Database, clock: SettableClock, *, answered: bool
) -> None:
    async with living(100) as shop, serve(db) as desk:
        world = World(desk, shop, clock)
        shop.world.simulation.stage.jobs.fruitless = 1
        order, relay = await world.order(), world.process()
        await world.cancel(order)
        while await world.state(order) is not OutboundState.DEAD:
            await relay.step()
            world.later(STEP_S)
        assert (await desk.order(order.id)).operator.cancelling is None
        (row,) = await desk.outbox(order.id)
        assert row.last_error == ENDED
        await desk.post(f"/sync/outbox/{row.id}/retry")
        with pytest.raises(BaseExceptionGroup):
            await world.working(
                world.process(3, answered=answered)
            )  # a look at its first job, at the order, the mutation
        world.later(LEASE_MS / SECOND)
        states = await world.to_the_end(order, world.process())
        assert world.books(order) == {**ONCE, "mutation orderCancel": 2}
        assert (OutboundState.NEEDS_REVIEW in states) is not answered


async def test_two_processes_ask_once(db: Database, clock: SettableClock) -> None:
    async with living(100) as shop, serve(db) as desk:
        world = World(desk, shop, clock)
        order = await world.order()
        await world.cancel(order)
        one, other = world.process(), world.process()
        while await world.state(order) is not OutboundState.DONE:
            await one.step()
            await other.step()
            world.later(1)
        assert world.books(order) == ONCE
