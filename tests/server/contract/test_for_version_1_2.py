"""Whatever operators of this desk do, a client of version 1.2, which reads Core alone, is told nothing new but `hold_due`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

import orjson
import pytest
from tests.server.conftest import NOON, SettableClock
from tests.server.contract.whole_desk import Body, WholeDesk
from tests.support.desk_orders import line, order, parcel, told
from tests.support.relaying import Ledger, relay_to

from orders_sync.instants import DAY, SECOND, to_text
from orders_sync.outbox.outcome import Refused

ALERTS = {
    "shipment_delay", "order_overdue", "inventory_hold", "return_update", "support_escalated", "integration_failed",
    "tracking_pending",
}  # fmt: skip
EVENTS = {
    *(f"order_{word}" for word in ("placed", "cancelled", "edited")),
    *(f"payment_{word}" for word in ("authorized", "captured", "failed", "refunded", "voided", "disputed")),
    "inventory_hold", "inventory_release",
    *(f"fulfillment_{word}" for word in ("submitted", "in_transit", "out_for_delivery", "delivered", "delayed", "cancelled")),
    "support_escalated", "assigned", "note",
}  # fmt: skip


def _time(value: object) -> bool:
    return isinstance(value, str) and value.endswith("Z") and datetime.fromisoformat(value) is not None


def _text(value: object) -> bool:
    return isinstance(value, str)


def _number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _or_null(check: Callable[[object], bool]) -> Callable[[object], bool]:
    return lambda value: value is None or check(value)


def _words(*words: str) -> Callable[[object], bool]:
    return lambda value: value in words


def _texts(value: object) -> bool:
    return isinstance(value, list) and all(map(_text, value))


def _timeline(value: object) -> bool:
    assert isinstance(value, list)
    return len(value) <= 10 and all(
        entry.keys() == {"ts", "event", "details"}
        and _time(entry["ts"])
        and entry["event"] in EVENTS
        and _text(entry["details"])
        for entry in value
    )


ORDER: dict[str, Callable[[object], bool]] = {
    "id": _text,
    "order_number": _text,
    "placed_at": _time,
    "ship_by": _or_null(_time),
    "status": _words(
        "cancelled", "refunded", "awaiting_fulfillment", "awaiting_tracking", "in_transit", "fulfilled"
    ),
    "priority": _words("vip", "rush", "standard"),
    "value_usd": _or_null(_number),
    "issue": _or_null(_words("payment", "address", "inventory", "carrier", "manual_check")),
    "assigned_to": _text,
    "age_hours": _number,
    "support_thread": _or_null(_text),
    "timeline": _timeline,
    "channel": _words("online", "pos", "draft"),
    "tags": _texts,
}  # fmt: skip
PANELS = {
    ("shipments", "tracking_pending"): {"order_id": _text, "order_number": _text, "owner": _text},
    ("shipments", "delayed"): {"order_id": _text, "order_number": _text, "delay_hours": _number},
    ("inventory_blocks",): {"sku": _text, "name": _text, "orders_waiting": _number, "on_hand": _number},
}
METRICS = (
    "total_orders", "awaiting_fulfillment", "awaiting_tracking", "overdue", "overdue_pct", "avg_fulfillment_hours", "breaches",
)  # fmt: skip


def _misread(row: Body, checks: Mapping[str, Callable[[object], bool]]) -> Iterable[str]:
    return (
        f"{name}: {row.get(name, 'missing')!r}"
        for name, check in checks.items()
        if name not in row or not check(row[name])
    )


async def read_page(desk: WholeDesk) -> Body:
    """The page, read as version 1.2 reads it."""
    page = await desk.page(pageSize="250")
    for row in page["orders"]["items"]:
        assert not list(_misread(row, ORDER)), row["order_number"]
    for path, checks in PANELS.items():
        rows: Any = page
        for name in path:
            rows = rows[name]
        for row in rows:
            assert not list(_misread(row, checks))
    assert all(_number(page["metrics"][name]) for name in METRICS)
    assert _texts(page["alerts"])
    assert _texts(page["data_gaps"])
    return page


def read_events(events: list[Body]) -> list[str]:
    """The toasts that these events make, in their order."""
    toasts = []
    for event in events:
        assert _text(event["id"])
        assert _time(event["created_at"])
        if event["type"] == "refresh":
            assert "message" not in event
            continue
        assert event["type"] in ALERTS | {"hold_due", "data_gap"}, event
        assert event["status"] in ("open", "cleared")
        assert ("message" in event) is (event["status"] == "open"), event
        if "message" in event:
            toasts.append(event["message"])
    return toasts


async def read_stream(desk: WholeDesk, last_id: str, count: int) -> list[Body]:
    """So many events of a stream that goes on after this one. Only unnamed events reach an `onmessage`."""
    headers = {"Accept": "text/event-stream", "Last-Event-ID": last_id}
    found: list[Body] = []
    async with desk.client.get("/sync/orders/alerts", headers=headers) as response:
        async for raw in response.content:
            name, _, value = raw.decode().rstrip("\n").partition(":")
            assert name in ("", "id", "data", "retry"), raw
            if name == "data":
                found.append(orjson.loads(value))
            if len(found) == count:
                break
    return found


def each(*ids: str, **more: Any) -> Body:
    return {"orderIds": list(ids), **more}


TOMORROW = to_text(NOON + DAY)
DONE: list[tuple[str, Body]] = [
    ("fulfill", each("1", lines=[{"lineId": "1", "quantity": 1}], tracking={"number": "1Z1"}, notify=True)),
    ("fulfill", each("1", lines=[{"lineId": "2", "quantity": 1}])),
    ("fulfill", each("1")),
    ("tracking", {"items": [{"orderId": "2", "fulfillmentId": "21", "number": "TRK-AB12"}]}),
    ("tracking", {"items": [{"orderId": "2", "fulfillmentId": "21", "number": "1Z2", "url": "https://x.example/1"}]}),
    ("fulfill", each("3", tracking={"number": "1Z3"})),
    *(
        ("hold", each(str(n), reason=reason, note="why", until=TOMORROW))
        for n, reason in enumerate(("address", "inventory", "payment", "fraud", "customer", "other"), 4)
    ),
    ("hold", each("10", reason="other", until=TOMORROW, then="release")),
    ("hold", each("11", reason="customer", lines=[{"lineId": "1", "quantity": 2}])),
    ("fulfill", each("11")),
    ("tags", each("12", "13", add=["vip", "gift"], remove=["late"])),
    ("address", {"orderId": "14", "shippingAddress": {"address1": "2 Engine Way", "city": "London"}}),
    ("hold", each("15", reason="address")),
    ("address", {"orderId": "15", "shippingAddress": {"address1": "3 Engine Way"}, "release": True}),
    ("hold", each("16", reason="customer")),
    ("release", each("16", note="reached")),
]


async def everything(desk: WholeDesk, clock: SettableClock) -> None:
    """A history with every action of §3a: done, undone, sent, refused by the shop, due."""
    owing = [order(n, None, line(1, "TEE", 2), line(2, "MUG", 3), tags=("late",)) for n in (1, *range(4, 17))]
    sent = [order(n, None, line(1, "TEE", 2, 0)) for n in (2, 3)]
    await told(desk.database, [*owing, *sent, parcel(2, 21), parcel(3, 31)])
    for action, body in DONE:
        answer = await desk.done(action, body)
        await desk.done("undo", {"actionId": answer["actionId"]})
        await desk.done(action, body | {"delaySeconds": 0})
        clock.advance(SECOND)
    shop = Ledger(answers=[Refused("the shop does not take it")] * 4)
    relay = relay_to(desk.database, shop)
    for _ in range(8):
        await relay.send_due()
    clock.advance(DAY + SECOND)
    await desk.sweep()
    await desk.done("release", each("9"))


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_it_reads_the_page_and_is_told_nothing_new_but_hold_due(desk: WholeDesk, clock: SettableClock) -> None:
    await everything(desk, clock)
    page = await read_page(desk)
    events = await desk.events(to_text(NOON - DAY))
    toasts = read_events(events)
    assert {event["type"] for event in events} >= {"hold_due", "integration_failed", "inventory_hold", "refresh"}
    assert set(page["alerts"]) <= set(toasts)
    for opened in (event for event in events if event["type"] == "hold_due" and event["status"] == "open"):
        assert opened["order_number"] in opened["message"]
    assert await read_stream(desk, events[0]["id"], len(events) - 1) == events[1:]


@pytest.mark.parametrize(("number", "leaves"), [("1Z9", ["tracking"]), ("TRK-9f2C", [])])
async def test_its_number_on_a_sent_order_reaches_the_shop_unless_it_invented_it(
    desk: WholeDesk, number: str, leaves: list[str]
) -> None:
    await told(desk.database, [order(1, None, line(1, "TEE", 2, 0)), parcel(1, 11), parcel(1, 12)])
    asked = {
        "orderIds": ["gid://shopify/Order/1"],
        "tracking": {"number": number},
        "shop_domain": "desk-test.myshopify.com",
    }
    answer = await desk.done("fulfill", asked)
    assert answer["updatedOrders"] == [
        {"id": "gid://shopify/Order/1", "fulfillmentStatus": "fulfilled", "tracking": {"number": number}}
    ]
    after = await desk.detail(1)
    assert [row["kind"] for row in after["outbox"]] == leaves
    assert [each["number"] for each in after["fulfillments"]] == [number, None]
