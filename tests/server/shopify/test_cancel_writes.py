"""Cancelling at the simulated shop: asked once, never again by itself, and read until it says that the order is cancelled."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from tests.server.shopify.demo_shop import Shop, living
from tests.server.shopify.test_writes import row
from tests.support.shopify import ScriptedShop, page

from orders_demo.operations import ordering, parcels, payments, returning
from orders_demo.world.ids import gid
from orders_demo.world.orders import Order
from orders_sync.db.outbox import OutboxRow
from orders_sync.evidence.changes import OrderSeen
from orders_sync.external.shopify.cancel_writes import ENDED, Asked
from orders_sync.external.shopify.errors import NoAnswer
from orders_sync.external.shopify.sender import ShopifySender
from orders_sync.instants import MINUTE, SECOND, Ms, from_datetime
from orders_sync.outbox.kinds import Kind
from orders_sync.outbox.outcome import Begun, Later, Outcome, Refused, Sent, Undecided, Unknown

WISH = {"reason": "customer", "refund": "original", "restock": True, "notify": False, "note": None, "by": "ana"}
ORDER = {"id": "gid://shopify/Order/1", "updatedAt": "2026-03-10T12:00:00Z", "cancelledAt": None}
FREE: dict[str, Any] = {"order": {**ORDER, "fulfillments": [], "returns": page()}}


@pytest.fixture
async def shop() -> AsyncIterator[Shop]:
    async with living(100) as shop:
        shop.world.simulation.stage.jobs.after_s = 2
        yield shop


def wish(order_id: int, now: Ms, *, sent: bool = False, asked: Asked | None = None, **more: Any) -> OutboxRow:
    kept = {} if asked is None else {"asked": asdict(asked)}
    return row(Kind.CANCEL, order_id, **{**WISH, **kept, **more}, now=now, sent=sent)


async def cancelled(shop: Shop, order: Order, kept: Outcome | None = None, **more: Any) -> Outcome:
    """What comes of it, given what came of it before."""
    asked = Asked(**kept.kept["asked"]) if isinstance(kept, Begun) else None  # type: ignore[arg-type]
    given = wish(order.id, shop.clock(), sent=asked is not None, asked=asked, **more)
    (outcome,) = await ShopifySender(shop.client()).send([given])
    return outcome


def unsent(shop: Shop, *, paid: bool = True) -> Order:
    """An order of which nothing was sent or given back; paid, or to be paid."""
    order = next(
        order
        for order in shop.world.simulation.stage.shop.orders.values()
        if order.owed and not order.cancelled_at and not order.parcels and not order.refunds and not order.returns
        if order.received == order.total and order.email
    )
    if not paid:
        order.payments.clear()
    return order


def made(shop: Shop, *kinds: str) -> list[str]:
    entries = shop.world.simulation.stage.ledger.entries
    return [
        f"{entry.kind} {entry.name}" for entry in entries if entry.kind in (kinds or ("mutation", "refund", "mail"))
    ]


@pytest.mark.parametrize(("refund", "notify"), [("original", True), ("none", False)])
async def test_it_is_asked_for_once_and_done_when_the_order_says_so(shop: Shop, refund: str, notify: bool) -> None:
    order = unsent(shop)
    first = await cancelled(shop, order, refund=refund, notify=notify, note="fed up")
    assert isinstance(first, Begun)
    assert first.after_ms == SECOND
    second = await cancelled(shop, order, first)
    assert isinstance(second, Begun), "its job has not ended"
    shop.later(seconds=2)
    done = await cancelled(shop, order, second)
    assert isinstance(done, Sent)
    (seen,) = done.changes
    assert isinstance(seen, OrderSeen)
    assert order.cancelled_at is not None
    assert seen.fields.cancelled_at == from_datetime(order.cancelled_at)
    money, mail = ["refund orderCancel"] * (refund == "original"), ["mail order_cancelled"] * notify
    assert made(shop) == ["mutation orderCancel", *money, *mail]
    assert (order.staff_note, order.cancel_reason) == ("fed up", "CUSTOMER")
    assert order.refunded == (order.received if refund == "original" else 0)
    assert await cancelled(shop, order) == done, "asked for again, it is there"
    assert made(shop, "mutation") == ["mutation orderCancel"]


async def test_what_was_authorised_is_voided_whatever_becomes_of_the_money(shop: Shop) -> None:
    order, stage = unsent(shop, paid=False), shop.world.simulation.stage
    payments.authorize(stage.shop, order, shop.world.now)
    first = await cancelled(shop, order, refund="none")
    shop.later(seconds=2)
    assert isinstance(await cancelled(shop, order, first), Sent)
    assert [payment.kind for payment in order.payments] == ["AUTHORIZATION", "VOID"]


@pytest.mark.parametrize("against", ["parcel", "return"])
async def test_what_shopify_would_cancel_all_the_same_is_refused_before_it_is_asked(shop: Shop, against: str) -> None:
    """An order that was not paid: recordings show that its parcels and returns keep it from nothing."""
    order, stage = unsent(shop, paid=False), shop.world.simulation.stage
    sent = parcels.send_all(stage.shop, order.tasks[0], [], shop.world.now)
    told = f"in Shopify fulfilment {sent.name} is neither cancelled nor failed"
    if against == "return":
        entry = returning.request(stage.shop, order, [(sent.lines[0], 1)], shop.world.now)
        parcels.call_back(stage.shop, sent, shop.world.now)
        told = f"in Shopify return {entry.name} is requested"
    assert await cancelled(shop, order) == Refused(told)
    assert made(shop) == []


async def test_an_order_that_somebody_cancels_meanwhile_is_done(shop: Shop) -> None:
    order, stage = unsent(shop), shop.world.simulation.stage
    asked = "mutation($id: ID!) { orderCancel(orderId: $id, reason: OTHER, restock: true) { job { id } } }"
    shop.world.ask(asked, id=gid("Order", order.id))
    first = await cancelled(shop, order)
    assert isinstance(first, Begun)
    assert first.reason == "Shopify was cancelling the order already"
    assert made(shop, "mutation") == ["mutation orderCancel"]
    shop.later(seconds=2)
    assert isinstance(await cancelled(shop, order, first), Sent)
    other = unsent(shop)
    stage.perform(lambda at: ordering.cancel(stage.shop, other, "OTHER", at))
    assert isinstance(await cancelled(shop, other), Sent)


async def test_a_job_that_ends_without_cancelling_is_refused_after_two_looks(shop: Shop) -> None:
    order = unsent(shop)
    shop.world.simulation.stage.jobs.fruitless = 1
    first = await cancelled(shop, order)
    shop.later(seconds=5)
    second = await cancelled(shop, order, first)
    assert isinstance(second, Begun)
    assert second.after_ms == 30 * SECOND
    shop.later(seconds=20)
    third = await cancelled(shop, order, second)
    assert isinstance(third, Begun), "somebody looks too early"
    shop.later(seconds=10)
    assert await cancelled(shop, order, third) == Refused(ENDED)
    assert made(shop) == ["mutation orderCancel"]


async def test_what_may_have_been_asked_for_is_read_for_ten_minutes_and_never_sent(shop: Shop) -> None:
    order, start, pauses = unsent(shop), shop.clock(), []
    outcome: Outcome = Begun("", 0, {"asked": asdict(Asked(None, start))})
    while isinstance(outcome, Begun):
        shop.later(seconds=outcome.after_ms / SECOND)
        pauses.append(outcome.after_ms)
        outcome = await cancelled(shop, order, outcome)
    assert outcome == Undecided("whether Shopify cancels the order is not known, after 10 minutes: look there first")
    assert shop.clock() - start >= 10 * MINUTE
    assert max(pauses) <= MINUTE
    assert made(shop) == []


async def test_one_whose_job_does_not_end_is_given_up_after_ten_minutes_and_read_again_when_it_is_retried(
    shop: Shop,
) -> None:
    order = unsent(shop)
    shop.world.simulation.stage.jobs.after_s = 3600
    first = await cancelled(shop, order)
    assert isinstance(first, Begun)
    shop.later(minutes=10)
    assert await cancelled(shop, order, first) == Undecided(
        "Shopify is cancelling the order, after 10 minutes: look there first"
    )
    job = Asked(**first.kept["asked"]).job  # type: ignore[arg-type]
    (again,) = await ShopifySender(shop.client()).send([wish(order.id, shop.clock(), asked_before=job)])
    assert isinstance(again, Begun), "its job goes on"
    assert made(shop) == ["mutation orderCancel"]


async def test_a_look_that_fails_says_nothing_and_one_that_is_denied_is_for_people() -> None:
    lost = ScriptedShop(Cancelled=[NoAnswer("cut"), FREE])
    (outcome,) = await ShopifySender(lost).send([wish(1, Ms(0), sent=True)])
    assert isinstance(outcome, Begun)
    assert outcome.reason == "whether Shopify has cancelled the order could not be read: cut"
    denied = ScriptedShop(Cancelled={"order": {**ORDER, "updatedAt": "soon"}})
    (outcome,) = await ShopifySender(denied).send([wish(1, Ms(0), sent=True)])
    assert isinstance(outcome, Undecided)


async def test_before_it_is_asked_nothing_has_happened_and_after_that_it_is_not_known() -> None:
    before = ScriptedShop(Cancellable=NoAnswer("cut"))
    assert await ShopifySender(before).send([wish(1, Ms(0))]) == [Later("cut")]
    after = ScriptedShop(Cancellable=FREE, CancelOrder=NoAnswer("cut"))
    assert await ShopifySender(after).send([wish(1, Ms(0))]) == [Unknown("cut")]
    silent = ScriptedShop(Cancellable=FREE, CancelOrder={"orderCancel": {"job": None, "userErrors": []}})
    (outcome,) = await ShopifySender(silent).send([wish(1, Ms(0))])
    assert isinstance(outcome, Unknown)


async def test_the_request_never_says_refund_and_no_more_of_the_note_than_fits() -> None:
    job = {"id": "gid://shopify/Job/1", "done": False}
    shop = ScriptedShop(Cancellable=FREE, CancelOrder={"orderCancel": {"job": job, "userErrors": []}})
    await ShopifySender(shop).send([wish(1, Ms(0), refund="none", note="x" * 300)])
    assert shop.asked("CancelOrder") == [
        {
            "id": "gid://shopify/Order/1",
            "reason": "CUSTOMER",
            "refund": {"originalPaymentMethodsRefund": False},
            "restock": True,
            "notify": False,
            "note": "x" * 255,
        }
    ]


@pytest.mark.shared
@pytest.mark.parametrize("case", ["staffNoteTooLong", "alreadyCancelled"])
async def test_what_a_live_shop_refuses_is_refused_in_its_words(shared_dir: Path, case: str) -> None:
    path = shared_dir / "shopify" / "graphql" / "orderCancel-error-messages-2026-04.json"
    answer = json.loads(path.read_text())["expected"][case]["response"]["payload"]["data"]
    shop = ScriptedShop(Cancellable=[FREE, FREE], CancelOrder=answer)
    (told,) = answer["orderCancel"]["orderCancelUserErrors"]
    assert await ShopifySender(shop).send([wish(1, Ms(0))]) == [Refused(told["message"])]
