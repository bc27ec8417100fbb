"""The list parameters of contract §3a: what each takes, what it refuses, and that they find what the rows show."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest
from tests.server.conftest import SettableClock
from tests.support.desk_client import DeskClient, numbers
from tests.support.desk_orders import PLACED, held, order, parcel, stamp, told

from orders_sync.db.selection import ANY, Amounts, Filters, Wanted
from orders_sync.desk.parameter import BadParameter
from orders_sync.desk.query import read
from orders_sync.evidence.changes import HoldAdded, OrderSeen
from orders_sync.evidence.entities import AddressPart, HoldPart
from orders_sync.instants import HOUR
from orders_wire.vocabulary import HoldFilter


def filters(**parameters: str) -> Filters:
    return read(parameters.items(), ZoneInfo("UTC")).selection.filters


@pytest.mark.parametrize(
    ("parameter", "value", "read_as"),
    [
        ("hold", "fraud", Wanted("fraud")),
        ("hold", "-fraud", Wanted("fraud", excluded=True)),
        ("hold", "none", Wanted(ANY, excluded=True)),
        ("hold", "-none", Wanted(ANY)),
        ("hold", "-any", Wanted(ANY, excluded=True)),
        ("issue", "none", Wanted(ANY, excluded=True)),
        ("delivery", "none", Wanted("none")),
        ("delivery", "-none", Wanted("none", excluded=True)),
        ("has", "-note", Wanted("note", excluded=True)),
        ("country", "de", Wanted("DE")),
        ("country", "-De", Wanted("DE", excluded=True)),
        ("sku", " TEE 1 ", Wanted("TEE 1")),
        ("sku", "-TEE", Wanted("TEE", excluded=True)),
        ("sku", r"\-TEE", Wanted("-TEE")),
        ("sku", r"-\-TEE", Wanted("-TEE", excluded=True)),
        ("sku", r"\TEE", Wanted(r"\TEE")),
        ("customer", "gid://shopify/Customer/17", 17),
        ("customer", "17", 17),
        ("value_min", "0.001", Amounts(1, None)),
        ("value_max", "12.509", Amounts(None, 1250)),
    ],
)
def test_a_parameter_is_read(parameter: str, value: str, read_as: object) -> None:
    found = filters(**{parameter: value})
    assert getattr(found, "value" if parameter.startswith("value") else parameter) == read_as


@pytest.mark.parametrize(
    ("name", "value", "allowed"),
    [
        ("hold", "Fraud", "address, inventory, payment, fraud, customer, other, any, none; with - first"),
        ("hold", "--fraud", "any, none"),
        ("issue", "any", "carrier, manual_check, none; with - first"),
        ("delivery", "post", "shipping, local, pickup, none; with - first"),
        ("has", "notes", "note; with - first"),
        ("country", "DEU", "ISO 3166-1 alpha-2"),
        ("country", "ДЕ", "ISO 3166-1 alpha-2"),
        ("country", "-", "ISO 3166-1 alpha-2"),
        ("sku", " ", r"a whole SKU; \- first where it begins with -; with - first"),
        ("sku", "-", "a whole SKU"),
        ("customer", "-17", "gid://shopify/Customer/"),
        ("customer", "gid://shopify/Order/17", "gid://shopify/Customer/"),
        ("value_min", "-5", "a decimal number"),
        ("value_max", "1,5", "a decimal number"),
        ("value_max", "٣", "a decimal number"),
        ("priority", "-vip", "vip, rush, standard"),
    ],
)
def test_what_is_not_allowed_is_refused_by_name(name: str, value: str, allowed: str) -> None:
    with pytest.raises(BadParameter) as refused:
        filters(**{name: value})
    assert str(refused.value).startswith(f"{name}: ")
    assert allowed in str(refused.value)


def test_the_lower_bound_is_at_most_the_upper_one() -> None:
    with pytest.raises(
        BadParameter, match=r"^value_min: '2' is not allowed; allowed: at most value_max, which is 1.99"
    ):
        filters(value_min="2", value_max="1.99")
    assert filters(value_min="1.001", value_max="1.009").value == Amounts(101, 100)


def shipped(order_id: int, country: str | None) -> OrderSeen:
    return order(order_id, shipping_address=AddressPart(city="Bonn", country_code=country))


async def test_a_country_is_that_of_the_shipping_address(desk: DeskClient) -> None:
    await told(desk.database, [shipped(1, "de"), shipped(2, "US"), shipped(3, None), shipped(4, "Germany")])
    assert numbers(await desk.page(country="DE")) == [1]
    assert sorted(numbers(await desk.page(country="-de"))) == [2, 3, 4]
    await told(desk.database, [order(1, at=PLACED + HOUR, shipping_address=AddressPart(country_code="SE"))])
    assert (numbers(await desk.page(country="DE")), numbers(await desk.page(country="SE"))) == ([], [1])


async def test_a_hold_of_the_shop_is_found_by_what_it_means(desk: DeskClient) -> None:
    meant = {
        "incorrect_address": ["address"],
        "inventory_out_of_stock": ["inventory"],
        "awaiting_payment": ["payment"],
        "high_risk_of_fraud": ["fraud"],
        "awaiting_return_items": ["other"],
        "other": ["other", "payment"],
    }
    await told(desk.database, [*(order(n) for n in range(1, 8)), *(held(n, word) for n, word in enumerate(meant, 1))])
    await told(desk.database, [HoldAdded(61, 6, HoldPart(id="second", reason="awaiting_payment"), stamp())])
    words = {n: {*found, "any"} for n, found in enumerate(meant.values(), 1)} | {7: {"none"}}
    for word in HoldFilter:
        expected = {n for n, found in words.items() if word in found}
        assert {*numbers(await desk.page(hold=word))} == expected, word
        assert {*numbers(await desk.page(hold=f"-{word}"))} == words.keys() - expected, word


async def test_a_delay_is_an_issue_as_long_as_the_row_says_so(desk: DeskClient, clock: SettableClock) -> None:
    await told(desk.database, [order(1), parcel(1, 11, number="1Z", shipment_status="in_transit")])
    seen = set()
    for _ in range(40):
        row = (await desk.page()).orders.items[0]
        word = row.issue.value if row.issue else "none"
        for asked in ("carrier", "manual_check", "none"):
            page, others = await desk.page(issue=asked), await desk.page(issue=f"-{asked}")
            assert (len(page.orders.items), page.metrics.total_orders) == ((1, 1) if asked == word else (0, 0))
            assert others.metrics.total_orders == len(others.orders.items) == (asked != word)
        seen.add(word)
        clock.advance(20 * HOUR)
    assert seen == {"carrier", "none"}
