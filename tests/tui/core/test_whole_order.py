"""What only the detail tells, without a screen: money, variants, properties, the customer's orders."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.tui.core.samples import NOON, order

from orders_tui.plain.order_lines import describe
from orders_tui.widgets.order_text import counts_down
from orders_tui.wording import whole_order
from orders_wire.detail import (
    CustomerOrders,
    FulfilledLine,
    Fulfillment,
    LineItem,
    LineProperty,
    OrderDetail,
    OutboxEntry,
    Totals,
)
from orders_wire.orders import Cancelling, Money
from orders_wire.vocabulary import OutboundState, Status


def euro(amount: str) -> Money:
    return Money(amount=amount, currency="EUR")


def detail(totals: Totals | None = None, **more: object) -> OrderDetail:
    return OrderDetail(**dict(order(1, total=euro("1214.50"))), totals=totals, **more)


def test_amounts_stand_on_their_decimal_points_and_nothing_is_said_of_nothing() -> None:
    given = Totals(
        subtotal=euro("1209.60"), discounts=euro("10.00"), shipping=euro("4.9"), tax=euro("0.00"), refunded=euro("0")
    )
    assert whole_order.totals(detail(given)) == [
        ("subtotal", "1,219.60 €"),
        ("discounts", "  -10.00 €"),
        ("shipping", "    4.90 €"),
        ("total", "1,214.50 €"),
    ]


@pytest.mark.parametrize("amount", ["none", "1e400", "-1e999999", "nan", "9" * 300, ""])
def test_a_discount_that_is_no_amount_leaves_the_rest(amount: str) -> None:
    told = whole_order.totals(detail(Totals(subtotal=euro("5.00"), discounts=euro(amount), tax=euro("1.00"))))
    assert dict(told)["tax"].strip() == "1.00 €"


def test_a_total_alone_and_what_nobody_told_is_no_list() -> None:
    assert whole_order.totals(detail(None)) == []
    assert whole_order.totals(detail(Totals(subtotal=euro("0.00")))) == []


@pytest.mark.parametrize("amount", ["none", "-5", "1e400", "9" * 300, ""])
def test_what_is_no_amount_is_shown_as_it_came(amount: str) -> None:
    told = whole_order.totals(detail(Totals(tax=Money(amount=amount, currency="EUR"), captured=euro("1.00"))))
    assert amount in dict(told)["tax"].replace(".00", "").replace(",", "")


def test_currencies_without_decimals_stand_on_their_last_digit() -> None:
    yen = Totals(subtotal=Money(amount="12000", currency="JPY"), shipping=Money(amount="900", currency="JPY"))
    told = OrderDetail(**dict(order(1, total=None)), totals=yen)
    assert whole_order.totals(told, symbols=False) == [("subtotal", "12,000 JPY"), ("shipping", "   900 JPY")]


@pytest.mark.parametrize(
    ("told", "said"),
    [
        (None, ""),
        (CustomerOrders(count=1, open=1, returned=0), "this one alone"),
        (CustomerOrders(count=7, open=2, returned=1), "7, 2 open, 1 returned"),
        (CustomerOrders(count=3, open=0, returned=0), "3"),
    ],
)
def test_the_customers_orders_are_counted(told: CustomerOrders | None, said: str) -> None:
    assert whole_order.customer_orders(told) == said


def test_a_plain_order_has_all_that_the_screen_has() -> None:
    cup = LineItem(
        id="l",
        title="Cup",
        sku="A-1",
        quantity=2,
        owed=1,
        requires_shipping=True,
        variant_title="Blue",
        barcode="4006381333931",
        properties=[LineProperty(name="Engraving", value="Ana"), LineProperty(name="_bundle", value="secret")],
    )
    plate = cup.model_copy(update={"title": "Plate", "variant_title": "Default Title", "barcode": None})
    customers = CustomerOrders(count=7, open=2, returned=1)
    told = detail(Totals(subtotal=euro("9.60"), tax=euro("1.20")), line_items=[cup, plate], customer_orders=customers)
    said = describe(told, NOON, "UTC")
    assert "  2× Cup  [A-1]  Blue  barcode 4006381333931  Engraving: Ana  1 to ship\n" in said
    assert "  2× Plate  [A-1]  Engraving: Ana  1 to ship\n" in said
    assert "MONEY\n   subtotal      9.60 EUR\n        tax      1.20 EUR\n      total  1,214.50 EUR\n" in said
    assert "   orders  7, 2 open, 1 returned\n" in said
    assert "secret" not in said


def parcel(status: str, *lines: str) -> Fulfillment:
    inside = [FulfilledLine(id=line, quantity=1) for line in lines]
    return Fulfillment(id=status, status=status, created_at=NOON, lines=inside)


@pytest.mark.parametrize(
    ("status", "parcels", "unsent"),
    [
        (Status.CANCELLED, [], {"a", "b"}),
        (Status.CANCELLED, [parcel("cancelled", "a")], {"a", "b"}),
        (Status.REFUNDED, [parcel("success", "a")], {"b"}),
        (Status.AWAITING_FULFILLMENT, [], {"a", "b"}),
        (Status.FULFILLED, [], set()),
        (Status.CANCELLED, [parcel("success")], set()),
    ],
)
def test_nothing_is_called_sent_that_never_left(status: Status, parcels: list[Fulfillment], unsent: set[str]) -> None:
    owed = {"a": 0, "b": 0, "c": 1}
    lines = [LineItem(id=each, title="Cup", quantity=1, owed=n, requires_shipping=True) for each, n in owed.items()]
    told = OrderDetail(**dict(order(1, status=status)), line_items=lines, fulfillments=parcels)
    assert whole_order.unsent(told) == unsent


@pytest.mark.parametrize(("seconds", "counts"), [(8, True), (0, True), (-1, True), (-2, False)])
def test_what_counts_down_is_drawn_until_it_says_that_the_moment_is_past(seconds: int, counts: bool) -> None:
    leaves = NOON + timedelta(seconds=seconds)
    row = order(1, cancelling=Cancelling(by="ana", at=NOON, sends_at=leaves))
    write = OutboxEntry(
        id="1", target="shopify", kind="cancel", state=OutboundState.QUEUED, attempts=0, created_at=NOON
    )
    assert counts_down(row, None, NOON) is counts
    assert counts_down(order(1), detail(outbox=[write.model_copy(update={"not_before": leaves})]), NOON) is counts
    assert not counts_down(order(1), detail(outbox=[write]), NOON)
    assert not counts_down(None, None, NOON)
