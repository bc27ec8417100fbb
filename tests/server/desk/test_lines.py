"""`POST /sync/orders/lines`: of each order what its detail says, in one read however many are named (contract §3a, Packing)."""

from __future__ import annotations

from typing import Any

import pytest
from tests.support.desk_client import DeskClient
from tests.support.desk_orders import PLACED, gid, held, line, order, stamp, told
from tests.support.statements import statements

from orders_sync.db.tx import Reading
from orders_sync.desk.lines import lines_of
from orders_sync.desk.page import View
from orders_sync.evidence.changes import Change, Delivery, InventoryItemSeen, InventoryLevelSeen
from orders_sync.evidence.entities import LineProperty
from orders_sync.ingest.apply import apply
from orders_sync.routes import lines as route

ALL = range(1, 251)
SHOWN = ("sku", "barcode", "title", "variant_title", "properties", "quantity", "owed", "held", "sendable")


async def ask(desk: DeskClient, *ids: object) -> tuple[int, Any]:
    async with desk.client.post("/sync/orders/lines", json={"orderIds": list(ids)}) as answer:
        return answer.status, await answer.json()


async def three(desk: DeskClient) -> None:
    """One with all kinds of lines, one that is held, one of which a unit is short."""
    mug = line(11, "MUG", 3, owed=2).model_copy(
        update={"variant_title": "Black", "properties": (LineProperty(name="Engraving", value="Ana"),)}
    )
    await told(desk.database, [
        order(1, None, mug, line(12, "CAP", 1, owed=0), barcodes=((11, "4006381333931"),)),
        order(2, None, line(21, "TEE", 2)), held(2),
        order(3, None, line(31, "POT", 2)),
    ])  # fmt: skip
    seen: tuple[Change, ...] = (InventoryItemSeen(5, "POT", stamp()), InventoryLevelSeen(5, 1, -1, stamp()))
    news = Delivery("webhook", None, "inventory_levels/update", PLACED, seen)
    await desk.database.write(lambda tx: apply(tx, news, desk.thresholds))


async def test_a_line_says_what_the_detail_says(desk: DeskClient) -> None:
    await three(desk)
    status, body = await ask(desk, gid(1), "#2", "3")
    assert (status, body["failures"]) == (200, [])
    assert [of["id"] for of in body["orders"]] == [gid(1), "#2", "3"]
    for n, of in enumerate(body["orders"], 1):
        _, whole = await desk.get(f"/sync/orders/{n}")
        assert of["version"] == whole["version"] > 0
        assert [each["lineId"] for each in of["lines"]] == [each["id"] for each in whole["line_items"]]
        for mine, its in zip(of["lines"], whole["line_items"], strict=True):
            assert {name: mine[name] for name in SHOWN} == {name: its[name] for name in SHOWN}
            assert mine.keys() == {"lineId", *SHOWN}
    mug, cap = body["orders"][0]["lines"]
    assert (mug["barcode"], mug["properties"]) == ("4006381333931", [{"name": "Engraving", "value": "Ana"}])
    counts = [[each[name] for name in ("quantity", "owed", "held", "sendable")] for each in (mug, cap)]
    assert counts == [[3, 2, 0, 2], [1, 0, 0, 0]]
    assert [of["lines"][0]["sendable"] for of in body["orders"]] == [2, 0, 1]


async def test_what_names_no_order_is_a_failure_beside_the_others(desk: DeskClient) -> None:
    await told(desk.database, [order(1, "#7"), order(2, "#8"), order(3, "#8"), held(4)])
    status, body = await ask(desk, "#8", "7", gid(9), "4", " #7 ", "", "7")
    assert status == 400
    assert body["message"] == "orderIds[5]: needs at least 1 character(s)"
    status, body = await ask(desk, "#8", "7", gid(9), "4", " #7 ", "7")
    assert (status, [of["id"] for of in body["orders"]]) == (200, ["7", " #7 ", "7"])
    assert body["failures"] == [
        {"id": "#8", "code": "ambiguous", "message": "2 orders are called #8; name one by its id"},
        {"id": gid(9), "code": "not_found", "message": f"There is no order {gid(9)}"},
        {"id": "4", "code": "not_found", "message": "There is no order 4"},
    ]
    status, body = await ask(desk, "#none")
    assert (status, body["orders"], len(body["failures"])) == (200, [], 1)


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        (b'{"orderIds": []}', 400, "orderIds: needs at least 1 of them"),
        (b"{}", 400, "orderIds: is needed"),
        (b'{"orderIds": "1"}', 400, "orderIds: has to be a list"),
        (b'{"orderIds": ["1", 2]}', 400, "orderIds[1]: has to be text"),
        (b'{"orderIds": ["1", null]}', 400, "orderIds[1]: may be neither null nor blank"),
        (b"orderIds=1", 400, "The body is not JSON"),
        (b'{"orderIds": [' + b",".join([b'"1"'] * 251) + b"]}", 413, "orderIds: at most 250 at once"),
        (b'{"orderIds": ["1"], "shop_domain": "another.example"}', 403, "another.example"),
    ],
)
async def test_a_refusal_says_what_is_allowed(desk: DeskClient, body: bytes, status: int, said: str) -> None:
    async with desk.client.post("/sync/orders/lines", data=body) as answer:
        told = await answer.json()
    assert (answer.status, told["success"], told["updatedOrders"]) == (status, False, [])
    assert said in told["message"]


async def test_an_answer_is_bounded_and_one_order_always_fits(
    desk: DeskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    await three(desk)
    monkeypatch.setattr(route, "LARGEST_BYTES", 200)
    status, body = await ask(desk, "1", "2")
    assert (status, body["code"]) == (413, "too_large")
    assert body["message"].endswith("these 2 orders are more than one answer holds; ask for fewer orders at once")
    assert (await ask(desk, "1"))[0] == 200


async def test_many_orders_cost_as_many_statements_as_one(desk: DeskClient) -> None:
    """Also where each is named by its number, and has SKUs of its own."""
    await told(desk.database, [order(n, None, *(line(n * 10 + m, f"SKU-{n}-{m}") for m in range(3))) for n in ALL])
    view = View(desk.database.shop_id, desk.database.clock(), desk.thresholds)

    def asked(conn: Reading, *spellings: str) -> list[str]:
        with statements(conn) as said:
            found = lines_of(conn, view, spellings)
        assert [of.id for of in found.orders] == list(spellings)
        return said

    one = await desk.database.read(lambda conn: asked(conn, "#1"))
    every = await desk.database.read(lambda conn: asked(conn, *(f"#{n}" for n in ALL)))
    assert len(one) == len(every) > 3
    assert not any("FOR UPDATE" in each for each in every)
