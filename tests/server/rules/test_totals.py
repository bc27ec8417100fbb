"""The order's money as a bill has it: contract §3a, `totals`."""

from __future__ import annotations

from typing import Any

import pytest
from tests.server.rules.order_states import order_state, placed, told
from tests.support import shop_bodies as shop

from orders_sync.evidence.changes import Change, OrderSeen, Stamp
from orders_sync.evidence.entities import OrderFields
from orders_sync.evidence.money import money, written
from orders_sync.rules.totals import amounts

PRESENTED: dict[str, Any] = {"currency": "USD"}


def figures(*told_by: tuple[Change, ...]) -> dict[str, str | None]:
    found = amounts(order_state(*told_by))
    return {name: None if part is None else f"{written(part)} {part.currency}" for name, part in found.items()}


def bill(**fields: Any) -> tuple[Change, ...]:
    return placed(
        total_price="30.90",
        subtotal_price="22.50",
        total_tax="3.90",
        total_discounts="4.00",
        shipping_lines=[{"title": "Express", "price": "6.00", "discount_allocations": [{"amount": "1.50"}]}],
        **fields,
    )


def polled(time: str, **fields: str) -> tuple[Change, ...]:
    """Sums that the shop itself told, as of a time."""
    at = shop.at(time)
    sums: dict[str, Any] = {name: money(amount, "EUR") for name, amount in fields.items()}
    return (OrderSeen(1, OrderFields(**sums), Stamp(at, at)),)


def paid(time: str, amount: str, number: int = 1, kind: str = "capture", **fields: Any) -> tuple[Change, ...]:
    return told("order_transactions/create", shop.transaction(number, kind, time, amount=amount, **fields), time)


def back(time: str, amount: str, number: int = 41, **fields: Any) -> tuple[Change, ...]:
    return told("refunds/create", shop.refund(number, time, amount, **fields), time)


def test_lines_shipping_and_tax_come_to_the_total() -> None:
    found = figures(bill())
    assert [found[name] for name in ("subtotal", "shipping", "tax", "discounts")] == [
        "22.50 EUR",
        "4.50 EUR",
        "3.90 EUR",
        "4.00 EUR",
    ]


def test_what_was_paid_back_is_said_once() -> None:
    """The figures are before returns, as the total is."""
    after = bill(current_subtotal_price="10.00", current_total_tax="1.00", financial_status="partially_refunded")
    found = figures(after, paid("08:30", "30.90"), back("10:00", "12.50"))
    assert (found["subtotal"], found["tax"]) == ("22.50 EUR", "3.90 EUR")
    assert (found["captured"], found["refunded"]) == ("30.90 EUR", "12.50 EUR")


def test_what_nobody_told_is_not_known() -> None:
    found = figures(placed(financial_status=None))
    assert dict.fromkeys(found) == found


@pytest.mark.parametrize(
    ("status", "captured", "refunded"),
    [
        ("pending", "0.00 EUR", "0.00 EUR"),
        ("authorized", "0.00 EUR", "0.00 EUR"),
        ("voided", "0.00 EUR", "0.00 EUR"),
        ("expired", "0.00 EUR", "0.00 EUR"),
        ("paid", "25.00 EUR", "0.00 EUR"),
        ("partially_paid", None, "0.00 EUR"),
        ("partially_refunded", None, None),
        ("refunded", None, "25.00 EUR"),
        ("a new word", None, None),
    ],
)
def test_the_status_alone_says_what_is_certain(status: str, captured: str | None, refunded: str | None) -> None:
    found = figures(placed(financial_status=status))
    assert (found["captured"], found["refunded"]) == (captured, refunded)


def test_an_order_that_was_reduced_before_it_was_paid_is_not_said_to_have_brought_its_total() -> None:
    shorter = placed(financial_status="paid", line_items=[shop.line(quantity=2, current_quantity=1)])
    assert figures(shorter)["captured"] is None
    assert figures(shorter, paid("08:30", "12.50", kind="sale"))["captured"] == "12.50 EUR"


def test_only_payments_that_came_in_count() -> None:
    order = placed(financial_status="partially_paid")
    tried = paid("08:10", "25.00", 1, "sale", status="failure") + paid("08:11", "25.00", 2, "authorization")
    assert figures(order, tried)["captured"] is None
    assert figures(order, tried, paid("08:20", "5.00", 3), paid("08:21", "2.50", 4, "sale"))["captured"] == "7.50 EUR"


def test_after_the_shops_own_sums_only_what_came_since_is_added() -> None:
    known = placed(), paid("08:30", "25.00"), back("09:30", "5.00"), polled("10:00", received="25.00", refunded="5.00")
    assert [figures(*known)[name] for name in ("captured", "refunded")] == ["25.00 EUR", "5.00 EUR"]
    more = figures(*known, paid("11:00", "1.00", 2), back("11:30", "2.00", 42))
    assert (more["captured"], more["refunded"]) == ("26.00 EUR", "7.00 EUR")


def test_what_was_paid_in_the_buyers_currency_is_not_added_to_the_shops() -> None:
    order = placed(financial_status="partially_refunded")
    foreign = paid("08:30", "27.00", **PRESENTED)
    returned = back(
        "09:30", "5.40", transactions=[shop.transaction(410, "refund", "09:30", amount="5.40", **PRESENTED)]
    )
    assert [figures(order, foreign, returned)[name] for name in ("captured", "refunded")] == [None, None]
    told_then = polled("10:00", received="25.00", refunded="5.00")
    known = figures(order, foreign, returned, told_then)
    assert (known["captured"], known["refunded"]) == ("25.00 EUR", "5.00 EUR")


def test_a_refund_whose_sum_nobody_told_leaves_the_whole_unknown() -> None:
    untold = {name: value for name, value in shop.refund(43, "10:00").items() if name != "transactions"}
    order = placed(financial_status="partially_refunded")
    assert figures(order, back("09:30", "5.00"), told("refunds/create", untold, "10:00"))["refunded"] is None


def test_a_currency_without_decimals_has_none() -> None:
    found = figures(
        placed(
            currency="JPY",
            total_price="1000",
            subtotal_price="900",
            shipping_lines=[{"title": "Kuroneko", "price": "100"}],
            financial_status="paid",
        )
    )
    assert (found["subtotal"], found["shipping"], found["captured"]) == ("900 JPY", "100 JPY", "1000 JPY")
    assert found["refunded"] == "0 JPY"


def test_an_amount_told_alone_is_in_the_shops_currency() -> None:
    bare = placed(currency=None, subtotal_price="22.50", total_price="25.00", financial_status="pending")
    found = figures(bare, polled("07:00", received="0.0"), tuple(_currency("EUR")))
    assert (found["subtotal"], found["captured"]) == ("22.50 EUR", "0.00 EUR")


def _currency(code: str) -> list[Change]:
    at = shop.at("09:00")
    return [OrderSeen(1, OrderFields(currency=code), Stamp(at, at))]


def test_shipping_that_was_taken_off_again_costs_nothing() -> None:
    gone = {"title": "Express", "price": "9.00", "is_removed": True}
    assert figures(placed(shipping_lines=[gone, {"title": "Standard", "price": "4.00"}]))["shipping"] == "4.00 EUR"


def test_shipping_without_lines_is_what_the_order_says() -> None:
    told_sum = {"shop_money": {"amount": "7.00", "currency_code": "EUR"}}
    assert figures(placed(shipping_lines=[], total_shipping_price_set=told_sum))["shipping"] == "7.00 EUR"
    assert figures(placed(shipping_lines=[]))["shipping"] == "0.00 EUR"
    assert figures(placed(shipping_lines=[{"title": "Standard"}]))["shipping"] is None
