"""The list parameters of contract §3a: each finds what the orders themselves show, whatever happened; its exclusion the rest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal

import pytest
from tests.server.conftest import NOON, SettableClock
from tests.server.contract.whole_desk import Body, WholeDesk
from tests.support.desk_orders import held, line, order, parcel, refunded, stamp, told

from orders_sync.evidence.changes import FulfillmentOrderSeen, HoldAdded, OrderChange
from orders_sync.evidence.entities import AddressPart, CustomerPart, HoldPart, MoneyPart
from orders_sync.instants import DAY, HOUR, to_text

SKUS = ("TEE-M", "MUG", "-ODD", r"\ODD", "straße")
OF_HOLD = ("address", "inventory", "payment", "fraud", "customer", "other")
OF_ISSUE = ("payment", "address", "inventory", "carrier", "manual_check")
WORDS = {
    "hold": (*OF_HOLD, "any", "none"),
    "issue": (*OF_ISSUE, "none"),
    "delivery": ("shipping", "local", "pickup", "none"),
    "country": ("DE", "fr", "SE", "JP"),
    "has": ("note",),
}
SPELT = {r"\-odd": "-ODD", r"\odd": r"\ODD", "STRASSE": "straße", "tee-m": "TEE-M", "MUG": "MUG", "TEE": None}
MALFORMED = [
    *(("hold", value, (*OF_HOLD, "any", "none")) for value in ("", "-", "Fraud", "--any", "fraud,other")),
    *(("issue", value, (*OF_ISSUE, "none")) for value in ("any", "INVENTORY", " none")),
    *(("delivery", value, ("shipping", "local", "pickup", "none")) for value in ("any", "pick_up")),
    *(("country", value, ("ISO 3166-1 alpha-2",)) for value in ("DEU", "D", "", "--de", "D1")),
    *(("has", value, ("note",)) for value in ("", "notes", "none")),
    *(("sku", value, ("SKU",)) for value in ("", "-", "\u200b")),
    *(("customer", value, ("gid://shopify/Customer/",)) for value in ("", "-17", "Ada", "17.0", "9" * 30)),
    *(("value_min", value, ("decimal number",)) for value in ("", "-1", "1e3", "NaN", "1,5", "∞")),
    *(("value_max", value, ("decimal number",)) for value in ("-0", "1_0", "$5")),
]  # fmt: skip
ADDRESS = {"first_name": "Ada", "address1": "Engine Way 1", "city": "Tours", "zip": "37000"}


def money(cents: int, currency: str = "USD") -> MoneyPart:
    return MoneyPart(hundredths=cents, currency=currency)


def shop() -> list[OrderChange]:
    """Orders that differ in all that is asked for, and in what may be missing of it."""
    de, fr = AddressPart(city="Bonn", country_code="DE"), AddressPart(city="Nice", country_code="FR")
    ada, bob = CustomerPart(id=17, name="Ada"), CustomerPart(id=170, name="Bob")
    return [
        order(1, None, line(1, "TEE-M", 2), line(2, "MUG", 3), shipping_address=de, customer=ada),
        order(2, None, line(3, "-ODD"), shipping_address=fr, customer=ada, total=money(9999)),
        order(3, None, line(4, r"\ODD"), shipping_address=None, total=money(10000)),
        order(4, None, line(5, "straße"), customer=bob, total=money(10001, "EUR")),
        order(5, None, line(6, "mug", 2), shipping_address=de, customer=bob, total=money(0)),
        order(6, shipping_address=fr, cancelled_at=NOON),
        order(7, None, line(7, "TEE-M", 1, 0), shipping_address=de),
        order(8, financial_status="voided"),
        *(order(n, shipping_address=de, total=money(10000)) for n in range(9, 13)),
        held(5, "awaiting_payment"),
        HoldAdded(51, 5, HoldPart(id="second", reason="high_risk_of_fraud"), stamp()),
        held(6), held(7), held(2, "awaiting_return_items"),
        parcel(7, 71, number="1Z", shipment_status="in_transit"),
        refunded(7, None),
        *(FulfillmentOrderSeen(n * 10, n, stamp(), status="open", method=how)
          for n, how in ((8, "pick_up"), (9, "local"), (10, "none"), (11, "pickup_point"))),
    ]  # fmt: skip


@pytest.fixture
async def shelves(desk: WholeDesk) -> WholeDesk:
    await told(desk.database, shop())
    return desk


def asked(shown: Body) -> Iterator[tuple[str, set[str]]]:
    """What an order is to be found by, by parameter, as itself and its row show it."""
    reasons = {hold["reason"] for hold in shown["holds"]}
    yield "hold", reasons | ({"any"} if reasons else {"none"})
    yield "issue", {shown["issue"] or "none"}
    yield "delivery", {shown["delivery"]}
    yield "country", {(shown["shipping_address"] or {}).get("country_code") or ""}
    yield "has", {"note"} if shown["notes"] else set()
    yield "sku", {each["sku"].casefold() for each in shown["line_items"]}


def numbered(page: Body) -> list[int]:
    found = [int(row["id"].rpartition("/")[2]) for row in page["orders"]["items"]]
    assert page["metrics"]["total_orders"] == len(found), "the pager counts the rows"
    return sorted(found)


async def agrees(desk: WholeDesk) -> Mapping[str, Mapping[str, list[int]]]:
    """Holds each parameter against what the orders show; what each word of each finds."""
    everything = numbered(await desk.page(pageSize="250"))
    details = {n: dict(asked(await desk.detail(n))) for n in everything}
    found: dict[str, dict[str, list[int]]] = {}
    for name, words in {**WORDS, "sku": tuple(SPELT)}.items():
        for word in words:
            meant = (SPELT[word] or word).casefold() if name == "sku" else word.upper() if name == "country" else word
            expected = [n for n in everything if meant in details[n][name]]
            given = await desk.page(pageSize="250", **{name: word})
            others = await desk.page(pageSize="250", **{name: f"-{word}"})
            assert numbered(given) == expected, (name, word)
            assert numbered(others) == [n for n in everything if n not in expected], (name, f"-{word}")
            found.setdefault(name, {})[word] = expected
    return found


async def test_every_parameter_finds_what_orders_show_and_its_exclusion_all_others(shelves: WholeDesk) -> None:
    found = await agrees(shelves)
    assert found["hold"] == {
        "address": [7], "inventory": [], "payment": [5], "fraud": [5], "customer": [], "other": [2],
        "any": [2, 5, 7], "none": [1, 3, 4, 6, 8, 9, 10, 11, 12],
    }  # fmt: skip
    assert found["delivery"]["pickup"] == [8]
    assert found["delivery"]["local"] == [9]
    assert found["delivery"]["none"] == [10]
    assert found["country"]["DE"] == [1, 5, 7, 9, 10, 11, 12]
    assert found["sku"] == {
        r"\-odd": [2], r"\odd": [3], "STRASSE": [4], "tee-m": [1, 6, 7, 8, 9, 10, 11, 12], "MUG": [1, 5], "TEE": []
    }  # fmt: skip


async def test_values_change_at_once_with_what_is_done(shelves: WholeDesk, clock: SettableClock) -> None:
    desk = shelves
    placed = await desk.done("hold", {"orderIds": ["1"], "reason": "customer", "delaySeconds": 60})
    await desk.done("hold", {"orderIds": ["4"], "reason": "fraud", "until": to_text(NOON + DAY), "then": "release"})
    await desk.done("inventory", {"sku": "mug", "orderIds": ["5"], "note": "gone"})
    noted = await desk.done("note", {"orderIds": ["3", "6", "12"], "note": "calls back"})
    found = await agrees(desk)
    assert found["has"]["note"] == [3, 6, 12]
    assert (found["hold"]["customer"], found["hold"]["fraud"]) == ([1], [4, 5])
    assert found["hold"]["inventory"] == [5]
    for taken_back in (placed, noted):
        await desk.done("undo", {"actionId": taken_back["actionId"]})
    await desk.done("address", {"orderId": "3", "shippingAddress": {**ADDRESS, "country_code": "SE"}})
    moved = await desk.done("address", {"orderId": "1", "shippingAddress": {**ADDRESS, "country_code": "fr"}})
    await desk.done("release", {"orderIds": ["5"]})
    found = await agrees(desk)
    assert (found["hold"]["customer"], found["hold"]["inventory"], found["has"]["note"]) == ([], [], [])
    assert found["country"]["fr"] == [1, 2, 6]
    assert found["country"]["SE"] == [3]
    await desk.done("undo", {"actionId": moved["actionId"]})
    clock.advance(DAY + HOUR)
    await desk.sweep()
    found = await agrees(desk)
    assert (found["country"]["fr"], found["hold"]["fraud"], found["issue"]["carrier"]) == ([2, 6], [5], [])


async def test_what_is_erased_or_deleted_is_found_no_more(shelves: WholeDesk) -> None:
    desk = shelves
    await desk.done("hold", {"orderIds": ["9"], "reason": "fraud"})
    await desk.done("address", {"orderId": "1", "shippingAddress": {**ADDRESS, "country_code": "SE"}})
    await desk.webhook("customers/redact", {"customer": {"id": 17}, "orders_to_redact": [1, 2]})
    assert (await agrees(desk))["country"]["SE"] == []
    await desk.webhook("orders/delete", {"id": 9})
    found = await agrees(desk)
    assert (found["hold"]["fraud"], found["country"]["DE"]) == ([5], [5, 7, 10, 11, 12])


async def test_a_customer_and_a_value(shelves: WholeDesk) -> None:
    rows = {row["order_number"]: row["value_usd"] for row in (await shelves.page(pageSize="250"))["orders"]["items"]}
    assert rows["#4"] is None
    for low, high in (
        ("99.99", None),
        ("99.995", None),
        (None, "100"),
        ("100", "100.00"),
        (None, "0"),
        ("25.01", "99.98"),
    ):
        bounds = {name: text for name, text in (("value_min", low), ("value_max", high)) if text}
        expected = [
            int(name[1:])
            for name, value in rows.items()
            if value is not None and Decimal(low or "0") <= Decimal(str(value)) <= Decimal(high or "9999")
        ]
        assert numbered(await shelves.page(pageSize="250", **bounds)) == sorted(expected), bounds
    for customer, expected in (("17", [1, 2]), ("gid://shopify/Customer/170", [4, 5]), ("1", [])):
        assert numbered(await shelves.page(customer=customer)) == expected


async def test_they_join_with_each_other_a_tab_a_search_a_sort_and_cursors(shelves: WholeDesk) -> None:
    desk = shelves
    assert numbered(await desk.page(hold="fraud", sku="MUG", country="de", customer="170", value_max="0")) == [5]
    assert numbered(await desk.page(tab="holds", hold="-fraud", country="-de")) == [2]
    assert numbered(await desk.page(tab="unfulfilled", q="bob", hold="none")) == [4]
    wanted: dict[str, str] = {"sku": "tee-m", "hold": "-any", "country": "DE", "pageSize": "2"}
    for sort in ({}, {"sort": "-value_usd"}, {"sort": "order_number"}):
        seen: list[str] = []
        cursor: dict[str, str] = {}
        for _ in range(9):
            page = await desk.page(**wanted, **sort, **cursor)
            assert page["metrics"]["total_orders"] == 5
            info = page["orders"]["page_info"]
            again = await desk.page(**wanted, **sort, cursor=info["shopifyCursor"])
            assert again["orders"]["items"] == page["orders"]["items"]
            seen += [row["order_number"] for row in page["orders"]["items"]]
            if not info["hasNextPage"]:
                break
            cursor = {"cursor": info["nextCursor"]}
        assert sorted(seen, key=lambda name: int(name[1:])) == ["#1", "#9", "#10", "#11", "#12"]


async def test_what_is_malformed_names_the_parameter_and_what_is_allowed(desk: WholeDesk) -> None:
    for name, value, allowed in MALFORMED:
        async with desk.client.get("/sync/orders", params={name: value}) as response:
            body: Body = await response.json()
        assert (response.status, body["code"]) == (400, "invalid_request"), (name, value)
        assert body["message"].startswith(f"{name}: ")
        assert [word for word in allowed if word not in body["message"]] == []
