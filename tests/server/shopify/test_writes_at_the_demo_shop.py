"""Writes at the simulated shop, which executes the schema: what it then has, what it paid, and whom it mailed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from tests.server.shopify.demo_shop import Shop, living
from tests.server.shopify.test_writes import row

from orders_demo.operations import ordering, parcels, returning
from orders_demo.world.ids import gid
from orders_demo.world.money import Tender
from orders_demo.world.orders import Order
from orders_demo.world.parcels import Parcel, Tracking
from orders_demo.world.returns import Return
from orders_sync.evidence.changes import OrderSeen
from orders_sync.evidence.entities import OrderFields
from orders_sync.external.shopify.sender import ShopifySender
from orders_sync.instants import from_datetime
from orders_sync.outbox.kinds import Kind
from orders_sync.outbox.outcome import Outcome, Refused, Sent
from orders_wire.actions import GivenAddress

Json = dict[str, Any]

ABROAD = Tender("GBP", "CAD", 1_730_000)


@pytest.fixture
async def shop() -> AsyncIterator[Shop]:
    async with living(260) as shop:
        yield shop


async def sent(shop: Shop, kind: Kind, order_id: int = 1, **payload: Any) -> Outcome:
    (outcome,) = await ShopifySender(shop.client()).send([row(kind, order_id, **payload)])
    return outcome


def made(shop: Shop, kind: str = "mutation") -> list[str]:
    """The names of what had an effect."""
    return [entry.name for entry in shop.world.simulation.stage.ledger.entries if entry.kind == kind]


def returned(shop: Shop) -> Return:
    """An open return of a paid order, of which nothing was paid back."""
    orders = shop.world.simulation.stage.shop.orders.values()
    return next(
        entry
        for order in orders
        for entry in order.returns
        if entry.status == "OPEN"
        and not order.refunded
        and order.received
        and not any(x.processed for x in entry.lines)
    )


def owing(shop: Shop) -> Order:
    orders = shop.world.simulation.stage.shop.orders.values()
    return next(
        order
        for order in orders
        if order.owed and not order.cancelled_at and order.tasks and all(task.status == "OPEN" for task in order.tasks)
    )


def parcel(shop: Shop, *numbers: str) -> Parcel:
    order = owing(shop)
    tracking = [Tracking("UPS", number, f"https://example.org/track/{number}") for number in numbers]
    return parcels.send_all(shop.world.simulation.stage.shop, order.tasks[0], tracking, shop.world.now)


async def test_a_refund_is_paid_in_the_currency_that_the_buyer_paid_in(shop: Shop) -> None:
    entry = returned(shop)
    entry.order.tender = ABROAD
    due = returning.due(entry)
    assert await sent(shop, Kind.REFUND, return_id=entry.id) == Sent()
    assert [refund.total for refund in entry.refunds] == [due]
    assert entry.status == "CLOSED"


async def test_what_is_exchanged_is_not_paid_back_and_is_sent(shop: Shop) -> None:
    entry, stage = returned(shop), shop.world.simulation.stage
    due = returning.due(entry)
    variant = min(stage.shop.variants, key=lambda each: each.price)
    swapped = returning.exchange(stage.shop, entry, variant, 1, shop.world.now)
    worth = variant.price + entry.order.tax_on(variant.price)
    assert worth < due
    assert await sent(shop, Kind.REFUND, return_id=entry.id) == Sent()
    assert [refund.total for refund in entry.refunds] == [due - worth]
    assert swapped.processed == 1
    assert [line.variant for line in swapped.lines] == [variant]
    assert entry.status == "CLOSED"


async def test_an_exchange_for_more_pays_nothing_and_says_what_the_customer_owes(shop: Shop) -> None:
    entry, stage = returned(shop), shop.world.simulation.stage
    due = returning.due(entry)
    variant = max(stage.shop.variants, key=lambda each: each.price)
    returning.exchange(stage.shop, entry, variant, 10, shop.world.now)
    assert due < variant.price * 10
    outcome = await sent(shop, Kind.REFUND, return_id=entry.id)
    assert isinstance(outcome, Sent)
    assert outcome.note is not None
    assert outcome.note.startswith("nothing is paid back: the customer owes ")
    assert entry.order.tender.presentment in outcome.note
    assert (entry.refunds, entry.status) == ([], "CLOSED")
    assert await sent(shop, Kind.REFUND, return_id=entry.id) == Sent(), "once more is done already"


async def test_a_return_of_hundreds_of_lines_is_processed_whole(shop: Shop) -> None:
    entry, stage = returned(shop), shop.world.simulation.stage
    line = entry.lines[0]
    sold = line.parcel_line.line
    sold.quantity = sold.current = line.parcel_line.quantity = 310
    for payment in entry.order.payments:
        payment.amount *= 1000
    entry.lines[:] = [
        type(line)(stage.shop.ids.next("ReturnLineItem"), line.parcel_line, 1, line.reason, "") for _ in range(310)
    ]
    assert await sent(shop, Kind.REFUND, return_id=entry.id) == Sent()
    assert [line.processed for line in entry.lines] == [1] * 310
    assert made(shop) == ["returnProcess", "returnProcess", "returnClose"]


async def test_the_last_of_many_fulfilment_orders_is_sent(shop: Shop) -> None:
    order, stage = owing(shop), shop.world.simulation.stage
    variant = stage.shop.variants[0]
    for _ in range(60):
        ordering.add(stage.shop, order, variant, 1, shop.world.now)
    for task in order.tasks[:-1]:
        parcels.send_all(stage.shop, task, [], shop.world.now)
    assert await sent(shop, Kind.FULFILLMENT, order.id) == Sent(made=(order.parcels[-1].id,))
    assert order.owed == 0
    assert made(shop) == ["fulfillmentCreate"]


@pytest.mark.parametrize("notify", [True, False])
async def test_a_fulfilment_mails_the_customer_once_and_only_when_asked(shop: Shop, notify: bool) -> None:
    order = owing(shop)
    for _ in range(2):
        assert isinstance(await sent(shop, Kind.FULFILLMENT, order.id, notify=notify), Sent)
    assert made(shop, "mail") == ["shipping_confirmation"] * len(order.parcels) * notify


async def test_a_placeholder_is_never_told(shop: Shop) -> None:
    order = owing(shop)
    tracking = {"number": "TRK-9XQ2", "carrier": "UPS"}
    assert isinstance(await sent(shop, Kind.FULFILLMENT, order.id, tracking=tracking), Sent)
    assert [entry.tracking for entry in order.parcels] == [[] for _ in order.parcels]
    number: Json = {"fulfillment_id": order.parcels[0].id, "number": "TRK-9XQ2", "before": None}
    assert isinstance(await sent(shop, Kind.TRACKING, **number), Refused)


async def test_a_number_is_given_and_mailed_once(shop: Shop) -> None:
    sent_already = parcel(shop)
    given: Json = {"fulfillment_id": sent_already.id, "number": "1Z9", "carrier": "UPS", "before": None, "notify": True}
    for _ in range(2):
        assert await sent(shop, Kind.TRACKING, **given) == Sent()
    assert [(each.number, each.company) for each in sent_already.tracking] == [("1Z9", "UPS")]
    assert made(shop) == ["fulfillmentTrackingInfoUpdate"]
    assert made(shop, "mail") == ["shipping_update"]


async def test_of_several_numbers_the_first_is_replaced_and_the_others_are_kept(shop: Shop) -> None:
    sent_already = parcel(shop, "A1", "B2", "C3")
    given: Json = {"fulfillment_id": sent_already.id, "number": "1Z9", "before": "A1"}
    assert await sent(shop, Kind.TRACKING, **given) == Sent()
    urls = [f"https://example.org/track/{number}" for number in ("1Z9", "B2", "C3")]
    assert [each.number for each in sent_already.tracking] == ["1Z9", "B2", "C3"]
    assert [each.url for each in sent_already.tracking] == urls
    assert {each.company for each in sent_already.tracking} == {"UPS"}


@pytest.mark.parametrize(("there", "before"), [(["DHL-7"], None), (["DHL-7"], "A1"), ([], "A1")])
async def test_a_number_that_was_changed_in_the_shop_since_is_left_alone(
    shop: Shop, there: list[str], before: str | None
) -> None:
    sent_already = parcel(shop, *there)
    outcome = await sent(shop, Kind.TRACKING, fulfillment_id=sent_already.id, number="1Z9", before=before)
    assert isinstance(outcome, Refused)
    assert (there[0] if there else "removed") in outcome.reason
    assert made(shop) == []


async def test_a_number_finds_the_fulfilment_that_was_made_of_a_parcel_of_ours(shop: Shop) -> None:
    order, stage = owing(shop), shop.world.simulation.stage
    ordering.add(stage.shop, order, stage.shop.variants[0], 1, shop.world.now)
    first = parcels.send_all(stage.shop, order.tasks[0], [], shop.world.now)
    given: Json = {"fulfillment_id": None, "known": [first.id], "number": "1Z9", "before": None}
    outcome = await sent(shop, Kind.TRACKING, order.id, **given)
    assert outcome == Refused("Shopify has no fulfilment of it yet")
    second = parcels.send_all(stage.shop, order.tasks[-1], [], shop.world.now)
    assert await sent(shop, Kind.TRACKING, order.id, **given) == Sent()
    assert ([each.number for each in second.tracking], first.tracking) == (["1Z9"], [])


async def test_a_declined_request_is_mailed_when_asked(shop: Shop) -> None:
    requests = shop.world.simulation.stage.shop.returns.values()
    entry = next(entry for entry in requests if entry.status == "REQUESTED")
    for _ in range(2):
        assert await sent(shop, Kind.RETURN_DENY, return_id=entry.id, notify=True) == Sent()
    assert made(shop, "mail") == ["return_declined"]


async def test_an_accepted_request_is_open_and_mailed_once(shop: Shop) -> None:
    requests = shop.world.simulation.stage.shop.returns.values()
    entry = next(entry for entry in requests if entry.status == "REQUESTED")
    for _ in range(2):
        assert await sent(shop, Kind.RETURN_APPROVE, return_id=entry.id, notify=True) == Sent()
    assert (entry.status, made(shop, "mail")) == ("OPEN", ["return_approved"])
    await sent(shop, Kind.RETURN_DENY, return_id=entry.id)
    assert await sent(shop, Kind.RETURN_APPROVE, return_id=entry.id) == Refused("the return is canceled in Shopify")


def anybody(shop: Shop) -> Order:
    """An order that goes somewhere."""
    orders = shop.world.simulation.stage.shop.orders.values()
    return next(order for order in orders if order.shipping_address and not order.cancelled_at)


async def test_tags_are_added_and_removed_once_whatever_their_case(shop: Shop) -> None:
    order = anybody(shop)
    order.tags = ["Gift", "Red"]
    for _ in range(2):
        outcome = await sent(shop, Kind.TAGS, order.id, add=["rush", "GIFT"], remove=["red", "nowhere"])
        assert isinstance(outcome, Sent)
        (told,) = outcome.changes
        assert isinstance(told, OrderSeen)
        assert told.fields == OrderFields(tags=("Gift", "rush"))
        assert told.stamp.at == from_datetime(order.updated_at)
    assert order.tags == ["Gift", "rush"]
    assert made(shop) == ["tagsAdd", "tagsRemove"]


def address_of(order: Order) -> dict[str, str | None]:
    """Under the names of the request."""
    assert order.shipping_address is not None
    return {name: getattr(order.shipping_address, name) for name in GivenAddress.model_fields}


async def test_an_address_is_overwritten_whole_and_once(shop: Shop) -> None:
    order = anybody(shop)
    before, wanted = address_of(order), address_of(order) | {"address1": "1 New Road", "company": None}
    for _ in range(2):
        outcome = await sent(shop, Kind.ADDRESS, order.id, address=wanted, address_before=before)
        assert isinstance(outcome, Sent)
        (told,) = outcome.changes
        assert isinstance(told, OrderSeen)
        assert told.fields.shipping_address is not None
        assert told.fields.shipping_address.address1 == "1 New Road"
    assert address_of(order) == wanted
    assert made(shop) == ["orderUpdate"]


async def test_an_address_that_was_changed_in_the_shop_since_is_left_alone(shop: Shop) -> None:
    order = anybody(shop)
    before = address_of(order)
    wanted, since = before | {"address1": "1 New Road"}, before | {"address1": "2 Other Road"}
    assert isinstance(await sent(shop, Kind.ADDRESS, order.id, address=since, address_before=before), Sent)
    outcome = await sent(shop, Kind.ADDRESS, order.id, address=wanted, address_before=before)
    assert isinstance(outcome, Refused)
    assert "changed in Shopify since" in outcome.reason
    assert "Road" not in outcome.reason
    assert address_of(order) == since


async def test_what_the_shop_says_against_an_address_is_said_by_field_in_the_words_of_the_request(shop: Shop) -> None:
    order = anybody(shop)
    wanted = address_of(order) | {"last_name": None, "zip": None, "province_code": "ON", "country_code": "US"}
    outcome = await sent(shop, Kind.ADDRESS, order.id, address=wanted, address_before=address_of(order))
    assert isinstance(outcome, Refused)
    assert [error.model_dump() for error in outcome.errors] == [
        {"field": "last_name", "message": "Enter a last name"},
        {"field": "zip", "message": "Enter a ZIP code"},
        {"field": "province_code", "message": "State is not a valid state in United States"},
    ]
    nowhere = address_of(order) | {"country_code": "QQ"}
    outcome = await sent(shop, Kind.ADDRESS, order.id, address=nowhere, address_before=address_of(order))
    assert isinstance(outcome, Refused)
    assert [error.field for error in outcome.errors] == ["country_code"]
    assert made(shop) == []


async def test_an_address_that_was_erased_meanwhile_is_not_written(shop: Shop) -> None:
    outcome = await sent(shop, Kind.ADDRESS, anybody(shop).id, address=None, address_before=None)
    assert outcome == Refused("the customer's data was erased")


async def test_the_shop_refuses_a_refund_in_its_own_currency(shop: Shop) -> None:
    entry = returned(shop)
    entry.order.tender = ABROAD
    parent = next(payment for payment in entry.order.payments if payment.kind in ("SALE", "CAPTURE"))
    paid = {
        "parentId": gid("OrderTransaction", parent.id),
        "transactionAmount": {"amount": "1.00", "currencyCode": "GBP"},
    }
    lines = [{"id": gid("ReturnLineItem", line.id), "quantity": line.quantity} for line in entry.lines]
    given = {
        "returnId": gid("Return", entry.id),
        "returnLineItems": lines,
        "financialTransfer": {"issueRefund": {"orderTransactions": [paid]}},
    }
    query = "mutation P($i: ReturnProcessInput!) { returnProcess(input: $i) { return { id } userErrors { message } } }"
    answer = shop.world.ask(query, i=given)["data"]["returnProcess"]
    assert "presentment currency" in answer["userErrors"][0]["message"]
    assert entry.refunds == []
