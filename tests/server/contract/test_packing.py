"""From lines to a counted parcel, as whoever holds the contract sees it: contract §3a, Packing, over HTTP alone."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from tests.server.contract.whole_desk import Body, WholeDesk
from tests.support.desk_orders import line, order, told

from orders_sync.evidence.entities import AddressPart, CustomerPart

HOME = AddressPart(address1="5 Main St", zip="02139", country_code="US")
ANA = CustomerPart(id=7, name="Ana")


async def lines(desk: WholeDesk, *ids: str, **headers: str) -> tuple[int, Body]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    async with desk.client.post("/sync/orders/lines", json={"orderIds": list(ids)}, headers=named) as answer:
        return answer.status, await answer.json()


async def test_a_parcel_from_its_lines_to_its_number(guarded: WholeDesk) -> None:
    desk = guarded
    two = [order(n, None, line(n, "MUG", 2), customer=ANA, shipping_address=HOME) for n in (1, 2)]
    await told(desk.database, two)
    first, second = (await desk.page())["orders"]["items"]
    assert first["together"] == second["together"] is not None
    status, read = await lines(desk, "1", "#2", Authorization="Bearer vic")
    assert (status, read["failures"]) == (200, [])
    (mugs,) = read["orders"][0]["lines"]
    parcel: dict[str, Any] = {
        "orderIds": ["1"],
        "expectedVersions": {"1": read["orders"][0]["version"]},
        "lines": [{"lineId": mugs["lineId"], "quantity": mugs["sendable"]}],
        "tracking": {"number": "1Z999AA10123456784"},
        "packed": {"scanned": 1, "byHand": 1},
    }
    assert (await desk.act("fulfill", parcel, by="vic"))[1]["code"] == "forbidden"
    await desk.done("fulfill", parcel, by="oda")
    (audited,) = (await desk.detail(1))["audit"]
    assert audited["details"].startswith("by oda, packed: 1 scanned, 1 by hand, ")
    status, read = await lines(desk, "1", "#2", Authorization="Bearer vic")
    assert [[each["owed"] for each in of["lines"]] for of in read["orders"]] == [[0], [2]]
    assert {row["together"] for row in (await desk.page())["orders"]["items"]} == {None}
    status, stale = await desk.act("fulfill", parcel | {"lines": None}, by="oda")
    assert (status, stale["code"]) == (409, "version_conflict")


async def test_whoever_shows_no_token_reads_no_lines(guarded: WholeDesk) -> None:
    await told(guarded.database, [order(1)])
    status, refused = await lines(guarded, "1")
    assert (status, refused["code"], refused["updatedOrders"]) == (401, "unauthorized", [])


@pytest.mark.parametrize(
    ("headers", "refused"),
    [
        ({"Host": "evil.example"}, (403, "forbidden")),
        ({"Origin": "https://evil.example", "Content-Type": "text/plain"}, (400, "invalid_request")),
        ({"Content-Type": "application/x-www-form-urlencoded"}, (400, "invalid_request")),
        ({"X-Shop-Domain": "another.example"}, (403, "unknown_shop")),
    ],
)
async def test_no_page_of_somebody_else_reads_lines(
    desk: WholeDesk, headers: dict[str, str], refused: tuple[int, str]
) -> None:
    await told(desk.database, [order(1)])
    sent = {"Content-Type": "application/json", **headers}
    body = orjson.dumps({"orderIds": ["1"]})
    async with desk.client.post("/sync/orders/lines", data=body, headers=sent) as answer:
        assert (answer.status, (await answer.json())["code"]) == refused
