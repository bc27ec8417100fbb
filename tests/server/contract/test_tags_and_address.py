"""`tags` and `address`: contract §3a."""

from __future__ import annotations

from functools import partial
from typing import Any

from sqlalchemy import Table, select
from tests.server.conftest import NOON
from tests.server.contract.whole_desk import Body, WholeDesk
from tests.support.desk_orders import order, told

from orders_sync.db.tables import metadata
from orders_sync.db.tx import Reading

WHOLE = {
    "first_name": "Ada",
    "last_name": "Lovelace",
    "company": None,
    "address1": "2 Engine Way",
    "address2": None,
    "city": "London",
    "province_code": None,
    "zip": "EC1",
    "country_code": "GB",
    "phone": None,
}


def tags(**more: Any) -> Body:
    return {"orderIds": ["#1"], **more}


async def test_tags_are_shown_at_once_and_filter(desk: WholeDesk) -> None:
    await told(desk.database, [order(1, tags=("Gift", "late"))])
    answer = await desk.done("tags", tags(add=["VIP"], remove=["LATE"]))
    after = await desk.detail(1)
    assert answer["updatedOrders"] == [{"id": "#1", "tags": after["tags"]}]
    assert set(after["tags"]) == {"Gift", "VIP"}
    assert after["priority"] == "vip"
    assert (await desk.page(tag="vip"))["metrics"]["total_orders"] == 1
    assert (await desk.page(tag="late"))["metrics"]["total_orders"] == 0


async def test_the_first_spelling_stays_and_what_is_there_changes_nothing(desk: WholeDesk) -> None:
    await told(desk.database, [order(1, tags=("Gift",))])
    before = await desk.detail(1)
    answer = await desk.done("tags", tags(add=["gIFT"], remove=["absent"]))
    assert answer["updatedOrders"] == [{"id": "#1", "tags": ["Gift"]}]
    assert answer["undoUntil"] is None
    assert (await desk.detail(1)) | {"audit": []} == before | {"audit": []}
    await desk.done("tags", tags(add=["New", "nEW", " new "]))
    assert sorted((await desk.detail(1))["tags"]) == ["Gift", "New"]


async def test_forty_characters_are_a_tag(desk: WholeDesk) -> None:
    await told(desk.database, [order(1)])
    await desk.done("tags", tags(add=["t" * 40]))
    assert (await desk.detail(1))["tags"] == ["t" * 40]


async def test_an_address_is_shown_at_once_and_whole(desk: WholeDesk) -> None:
    await told(desk.database, [order(1)])
    answer = await desk.done("address", {"orderId": "#1", "shippingAddress": {**WHOLE, "company": " \u200b"}})
    assert answer["updatedOrders"] == [{"id": "#1"}]
    shown = (await desk.detail(1))["shipping_address"]
    assert {name: shown[name] for name in WHOLE} == WHOLE


async def test_an_address_ends_the_issue_of_an_order_that_had_none(desk: WholeDesk) -> None:
    await told(desk.database, [order(1, shipping_address=None)])
    assert (await desk.detail(1))["issue"] == "address"
    answer = await desk.done("address", {"orderId": "1", "shippingAddress": WHOLE})
    assert (await desk.detail(1))["issue"] is None
    await desk.done("undo", {"actionId": answer["actionId"]})
    assert (await desk.detail(1))["issue"] == "address"


async def test_a_cancelled_order_takes_no_address(desk: WholeDesk) -> None:
    await told(desk.database, [order(1, cancelled_at=NOON)])
    status, refused = await desk.act("address", {"orderId": "1", "shippingAddress": WHOLE})
    assert (status, refused["code"]) == (409, "order_closed")


async def test_our_address_hold_stays_until_the_shop_took_the_address(desk: WholeDesk) -> None:
    await told(desk.database, [order(1)])
    await desk.done("hold", {"orderIds": ["1"], "reason": "address"})
    await desk.done("address", {"orderId": "1", "shippingAddress": WHOLE, "release": True})
    assert len((await desk.detail(1))["holds"]) == 1


async def test_a_redacted_customer_leaves_no_word_of_an_address(desk: WholeDesk) -> None:
    secret = "Sesame Street 99"
    await told(desk.database, [order(1)])
    await desk.done("address", {"orderId": "1", "shippingAddress": {**WHOLE, "address1": secret}})
    await desk.webhook("customers/redact", {"customer": {"id": 1}, "orders_to_redact": [1]})
    for table in metadata.sorted_tables:
        assert secret not in await desk.database.read(partial(_written, table=table)), table.name


def _written(conn: Reading, table: Table) -> str:
    """All that a table holds."""
    return repr(list(conn.execute(select(table))))
