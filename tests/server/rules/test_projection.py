"""The row that an order becomes: what it is found, sorted and valued by, and that its card is ORDER of the wire."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.server.rules.order_states import NOBODY, card, facts, order_state, parcel, placed, projected, sent, told
from tests.support import shop_bodies as shop
from tests.support.shop_bodies import at, clock

from orders_sync.evidence.changes import Change
from orders_sync.instants import Ms
from orders_sync.rules.derive import number_of
from orders_sync.rules.detail import describe
from orders_sync.rules.operator_state import GivenNumber, OperatorState
from orders_sync.rules.order_state import build_order_state
from orders_sync.rules.stock_level import StockLevel
from orders_sync.rules.thresholds import Thresholds
from orders_wire.orders import Order
from orders_wire.vocabulary import UNASSIGNED, Channel


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("#1001", 1001),
        ("EU-1001-B", 1001),
        ("#1166X01", 1166),
        ("2024-1001", 1001),
        ("S2-1001", 1001),
        ("#D", None),
        ("", None),
        ("١٢٣", None),
    ],
)
def test_orders_sort_by_the_number_in_their_name(name: str, number: int | None) -> None:
    assert number_of(name) == number


@given(st.text(max_size=60))
def test_any_name_has_a_number_that_fits_or_none(name: str) -> None:
    number = number_of(name)
    assert number is None or 0 <= number < 10**18


def test_an_order_is_found_by_the_number_of_every_box() -> None:
    boxes = parcel(number="A1", tracking_numbers=["A1", "A 2", "A3"])
    found = {term for kind, term in projected(sent(), boxes).terms if kind == "tracking"}
    assert found == {"a1", "a 2", "a2", "a3"}


def test_an_order_is_found_by_number_mail_sku_and_tracking() -> None:
    customer = {"id": 7, "email": "Other@Example.com"}
    given_number = OperatorState(numbers={22: GivenNumber(action_id="a", number="OUR-9")})
    found = projected(
        sent(customer=customer, email="ADA@example.com"), parcel(21, number="Ab1"), parcel(22), operator=given_number
    )
    assert found.terms == {
        ("number", "1001"),
        ("email", "ada@example.com"),
        ("email", "other@example.com"),
        ("sku", "sku-11"),
        ("tracking", "ab1"),
        ("tracking", "our-9"),
    }


def test_a_cancelled_parcels_number_still_finds_its_order() -> None:
    assert ("tracking", "a1") in projected(sent(), parcel(number="A1", status="cancelled")).terms


@pytest.mark.parametrize(
    ("source", "channel"),
    [
        ("pos", Channel.POS),
        ("shopify_draft_order", Channel.DRAFT),
        ("web", Channel.ONLINE),
        ("755357713", Channel.ONLINE),
    ],
)
def test_channel(source: str, channel: Channel) -> None:
    assert projected(placed(source_name=source)).channel is channel


@pytest.mark.parametrize(
    ("currency", "rates", "usd"),
    [("USD", {}, 2500), ("EUR", {}, None), ("EUR", {"EUR": 1.08}, 2700), ("JPY", {"JPY": 0.0067}, 17)],
)
def test_value_in_usd(currency: str, rates: dict[str, float], usd: int | None) -> None:
    found = projected(placed(currency=currency), thresholds=Thresholds(usd_rates=rates))
    assert (found.currency, found.total_hundredths, found.value_usd_cents) == (currency, 2500, usd)


def test_an_amount_told_alone_is_in_the_currency_that_is_known() -> None:
    alone = told("orders/updated", {"id": 1, "total_price": "30.00", "updated_at": clock("09:00")}, "09:00")
    assert card(placed(), alone)["total"] == {"amount": "30.00", "currency": "EUR"}


def test_a_partial_body_wipes_nothing() -> None:
    alone = told("orders/updated", {"id": 1, "note": "hi", "updated_at": clock("09:00")}, "09:00")
    found, before = projected(placed(), alone), projected(placed())
    assert found.updated_at == at("09:00")
    assert (found.customer_name, found.total_hundredths, found.terms) == (
        before.customer_name,
        before.total_hundredths,
        before.terms,
    )


def test_an_older_body_changes_no_state() -> None:
    newer = placed("10:00", financial_status="paid", tags="new")
    assert projected(newer, placed("09:00", tags="old")).tags == ("new",)


def test_equal_times_are_decided_by_when_the_shop_told() -> None:
    first = told("orders/updated", shop.order(1, "09:00", tags="first"), "09:01")
    second = told("orders/updated", shop.order(1, "09:00", tags="second"), "09:02")
    assert projected(first, second).tags == projected(second, first).tags == ("second",)


def test_without_a_name_or_a_time_it_is_no_order_yet() -> None:
    refund = told("refunds/create", shop.refund(5, "10:00"), "10:00")
    bare = told("orders/updated", {"id": 1, "updated_at": clock("09:00"), "note": "x"}, "09:00")
    assert build_order_state(1, facts(refund), NOBODY, {}, Thresholds()) is None
    assert build_order_state(1, facts(refund, bare), NOBODY, {}, Thresholds()) is None


def test_a_deleted_order_is_none() -> None:
    gone = told("orders/delete", {"id": 1}, "10:00")
    assert build_order_state(1, facts(placed(), gone, placed("11:00")), NOBODY, {}, Thresholds()) is None


def test_references_by_which_later_deliveries_name_it() -> None:
    moved = {
        "original_fulfillment_order": {"id": 41, "order_id": 1, "status": "closed"},
        "moved_fulfillment_order": {"id": 42, "status": "open"},
    }
    returned = told("returns/request", shop.shop_return(status="requested"), "10:00")
    found = projected(placed(), told("fulfillment_orders/moved", moved, "08:30"), returned)
    assert found.references == {("fulfillment_order", 41), ("fulfillment_order", 42), ("return", 31)}


def test_no_parcel_has_a_number() -> None:
    assert projected(placed()).unnumbered_at == at("08:00")
    assert projected(sent(), parcel()).unnumbered_at == at("08:00")
    assert projected(sent(), parcel(21), parcel(22, number="A1", shipment_status="in_transit")).unnumbered_at is None
    assert projected(sent(), parcel(21), parcel(22, number="A1")).untracked_at == at("08:00")


def test_first_fulfilled() -> None:
    early = parcel(21, created_at=clock("08:30"), status="cancelled")
    assert projected(sent(), early, parcel(22)).first_fulfilled_at == at("09:00")


def test_the_latest_refund() -> None:
    refunds = (
        told("refunds/create", shop.refund(5, "10:00"), "10:00"),
        told("refunds/create", shop.refund(6, "11:00"), "11:00"),
        told("refunds/create", shop.refund(7, "11:30", transactions=[]), "11:30"),
    )
    assert projected(placed(), *refunds).refunded_at == at("11:00")
    assert projected(placed("09:00", financial_status="partially_refunded")).refunded_at == at("09:00")
    assert projected(placed()).refunded_at is None


def test_what_was_paid_back_in_all() -> None:
    def refunded(number: int, time: str, **transaction: Any) -> Iterable[Change]:
        paid = shop.transaction(number * 10, "refund", time, **{"amount": "5.00", **transaction})
        return told("refunds/create", shop.refund(number, time, transactions=[paid]), time)

    def paid_back(*told_by: Iterable[Change]) -> tuple[str, str] | None:
        money = card(*told_by)["refunded"]
        return money and (money["amount"], money["currency"])

    whole = card(placed())["total"]
    in_dollars = refunded(7, "12:00", amount="3.10", currency="USD")
    assert paid_back(placed()) is None
    assert paid_back(placed(), refunded(5, "10:00"), refunded(6, "11:00", amount="1.25")) == ("6.25", "EUR")
    assert paid_back(placed(), refunded(5, "10:00"), refunded(6, "11:00", currency=None)) == ("10.00", "EUR")
    assert paid_back(placed(), refunded(5, "10:00"), in_dollars) == ("3.10", "USD")
    assert paid_back(placed("09:00", financial_status="refunded")) == (whole["amount"], whole["currency"])
    assert paid_back(placed("09:00", financial_status="partially_refunded")) is None


def _wire(**read_later: Any) -> Order:
    stored = card(sent(customer=None, tags="a, b"), parcel(number="A1", shipment_status="in_transit"))
    return Order.model_validate_json(orjson.dumps({**stored, **read_later}))


def test_the_card_is_order_of_the_wire() -> None:
    order = _wire(age_hours=4.0, version=3, issue=None, alerts=[], outbound={"waiting": 0, "failed": 0})
    assert order.assigned_to == UNASSIGNED
    assert order.customer_name is None
    assert order.tags == ["a", "b"]
    assert order.value_usd is None
    assert order.total is not None
    assert (order.total.amount, order.total.currency) == ("25.00", "EUR")


def test_the_card_leaves_out_only_what_is_added_when_read() -> None:
    names = {field.alias or name for name, field in Order.model_fields.items()}
    assert names - card(placed()).keys() == {
        *("age_hours", "issue", "alerts", "outbound", "version"),
        *("ready", "blockers", "together"),
    }


def test_everything_that_is_known() -> None:
    stock = {"SKU-11": StockLevel(7, Ms(0))}
    known = facts(placed(note="ring twice"), parcel(number="A1", tracking_company="DHL"))
    found = describe(1, known, NOBODY, stock, Thresholds())
    assert found is not None
    assert found.customer is not None
    assert (found.customer.id, found.customer.name) == ("gid://shopify/Customer/77", "Ada Lovelace")
    assert found.note == "ring twice"
    assert found.shipping_address is not None
    assert found.shipping_address.city == "London"
    assert [(line.sku, line.owed, line.available) for line in found.line_items] == [("SKU-11", 1, 7)]
    assert [(f.id, f.number, f.ours) for f in found.fulfillments] == [("gid://shopify/Fulfillment/21", "A1", False)]
    assert [entry.event for entry in found.timeline] == ["order_placed", "payment_authorized", "fulfillment_submitted"]


def test_hostile_text_is_kept_as_it_is() -> None:
    name = "[red]Ro\u202ebert'); DROP TABLE orders;--\x1b[2J"
    found = order_state(placed(customer={"id": 7, "first_name": name}))
    assert found.order.customer is not None
    assert found.order.customer.name == name
