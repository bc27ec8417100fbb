"""What holds of each action of §3a as of those of §3: the envelope, keys, versions, roles, delays, failures one by one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import orjson
import pytest
from tests.server.conftest import SettableClock
from tests.server.contract.whole_desk import Body, WholeDesk, whole_desk
from tests.support.desk_orders import gid, line, order, parcel, told

from orders_sync.db.engine import Database
from orders_sync.evidence.changes import OrderChange
from orders_sync.instants import SECOND, to_text
from orders_wire.vocabulary import ActionName

ADDRESS = {"first_name": "Ada", "last_name": "Lovelace", "address1": "2 Engine Way", "city": "London", "zip": "EC1"}
SOLD = (line(1, "TEE-M", 2), line(2, "MUG", 3))
UNKNOWN = "#404"


@dataclass(frozen=True)
class Case:
    """One action: `body` for these orders, as one or several name them; `leaves`: the rows that it queues for one order."""

    name: ActionName
    begins: str
    body: Callable[..., Body]
    leaves: tuple[str, ...]
    sent: bool = False
    several: bool = True

    def orders(self, *ids: int) -> list[OrderChange]:
        """Orders on which it can be done."""
        owed = 0 if self.sent else None
        lines = [line(part.id, part.sku or "", part.quantity, owed) for part in SOLD]
        parcels = [parcel(n, n * 10 + 1) for n in ids] if self.sent else []
        return [*(order(n, None, *lines) for n in ids), *parcels]


def _each(**more: Any) -> Callable[..., Body]:
    return lambda *ids: {"orderIds": list(ids), **more}


def _item(order_id: str) -> Body:
    return {"orderId": order_id, "number": "1Z5", "carrier": "UPS"}


CASES = {
    "lines": Case(
        ActionName.FULFILL, "Marked", _each(lines=[{"lineId": "1", "quantity": 1}]), ("fulfillment",), several=False
    ),
    "tracking": Case(
        ActionName.TRACKING, "Tracking updated", lambda *ids: {"items": list(map(_item, ids))}, ("tracking",), sent=True
    ),
    "hold": Case(ActionName.HOLD, "Held", _each(reason="customer", note="calls back"), ("hold",)),
    "tags": Case(ActionName.TAGS, "Tagged", _each(add=["gift"]), ("tags",)),
    "address": Case(
        ActionName.ADDRESS,
        "Address updated",
        lambda order_id: {"orderId": order_id, "shippingAddress": ADDRESS},
        ("address",),
        several=False,
    ),
}
"""`release` needs a hold first, and is in `test_holding.py`."""

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""For what does not depend on the database."""

each_case = pytest.mark.parametrize("case", CASES.values(), ids=list(CASES))
bulk = pytest.mark.parametrize("case", [case for case in CASES.values() if case.several], ids=lambda case: case.name)


async def rows(desk: WholeDesk, order_id: str | int = "#1") -> list[Body]:
    """The order's rows of the outbox, newest first."""
    found: list[Body] = (await desk.detail(order_id if isinstance(order_id, int) else order_id.lstrip("#")))["outbox"]
    return found


@each_case
@pytest.mark.parametrize("spelling", ["1", gid(1), "#1 "])
async def test_it_is_done_and_ids_are_echoed_as_sent(desk: WholeDesk, case: Case, spelling: str) -> None:
    await told(desk.database, case.orders(1))
    before = await desk.detail(1)
    answer = await desk.done(case.name, case.body(spelling) | {"delaySeconds": 2.5})
    after = await desk.detail(1)
    assert answer["message"].startswith(case.begins)
    assert [item["id"] for item in answer["updatedOrders"]] == [spelling]
    assert answer["versions"] == {spelling: after["version"]}
    assert after["version"] > before["version"]
    assert answer["undoUntil"] == to_text(desk.database.clock() + 2500)
    assert [row["kind"] for row in after["outbox"] if row["target"] == "shopify"] == list(case.leaves)
    assert answer["desk"]["id"] == desk.database.desk_id
    (entry,) = after["audit"]
    assert (entry["action"], entry["result"], entry["action_id"]) == (case.name, "done", answer["actionId"])


@on_sqlite
@pytest.mark.parametrize("case", [CASES["hold"], CASES["tags"]], ids=["hold", "tags"])
async def test_one_order_in_two_spellings_is_done_once_and_echoed_twice(desk: WholeDesk, case: Case) -> None:
    await told(desk.database, case.orders(1))
    answer = await desk.done(case.name, case.body("1", gid(1)))
    after = await desk.detail(1)
    assert [item["id"] for item in answer["updatedOrders"]] == ["1", gid(1)]
    assert set(answer["versions"]) == {"1", gid(1)}
    assert len(after["outbox"]) == len(after["audit"]) == 1


@bulk
async def test_each_order_succeeds_or_fails_alone_and_both_are_counted(desk: WholeDesk, case: Case) -> None:
    await told(desk.database, case.orders(1, 2))
    status, answer = await desk.act(case.name, case.body("1", UNKNOWN, "2"))
    assert status == 200
    assert [item["id"] for item in answer["updatedOrders"]] == ["1", "2"]
    assert [(failure["id"], failure["code"]) for failure in answer["failures"]] == [(UNKNOWN, "not_found")]
    assert "2" in answer["message"], answer["message"]
    assert "1 failed" in answer["message"]


@on_sqlite
@each_case
async def test_when_none_is_done_the_first_failure_answers(desk: WholeDesk, case: Case) -> None:
    names = (UNKNOWN, "#405") if case.several else (UNKNOWN,)
    status, answer = await desk.act(case.name, case.body(*names))
    assert (status, answer["success"], answer["code"], answer["updatedOrders"]) == (404, False, "not_found", [])
    assert [failure["id"] for failure in answer["failures"]] == list(names)


@on_sqlite
@bulk
async def test_251_are_too_large_and_250_are_not(desk: WholeDesk, case: Case) -> None:
    many = [f"#{n}" for n in range(1000, 1251)]
    status, answer = await desk.act(case.name, case.body(*many))
    assert (status, answer["code"], answer["updatedOrders"]) == (413, "too_large", [])
    assert (await desk.act(case.name, case.body(*many[1:])))[0] == 404


@each_case
async def test_another_version_than_the_operator_saw_is_a_conflict(desk: WholeDesk, case: Case) -> None:
    await told(desk.database, case.orders(1))
    version = (await desk.detail(1))["version"]
    status, answer = await desk.act(case.name, case.body("#1") | {"expectedVersions": {"#1": version + 1}})
    assert (status, answer["code"], answer["version"]) == (409, "version_conflict", version)
    assert await rows(desk) == []
    await desk.done(case.name, case.body("#1") | {"expectedVersions": {"#1": version}})


@each_case
async def test_the_same_request_again_gets_the_same_answer_and_does_nothing(desk: WholeDesk, case: Case) -> None:
    await told(desk.database, case.orders(1))
    body = orjson.dumps(case.body("#1"))
    first = await desk.raw(case.name, body, key="k")
    before = await desk.detail(1)
    assert await desk.raw(case.name, body, key="k") == first
    assert first[0] == 200
    assert await desk.detail(1) == before
    status, answer = await desk.act(case.name, case.body("1"), key="k")
    assert (status, answer["code"]) == (422, "idempotency_mismatch")


@on_sqlite
@each_case
async def test_a_viewer_may_not_and_an_operator_may(guarded: WholeDesk, case: Case) -> None:
    await told(guarded.database, case.orders(1))
    before = await guarded.detail(1)
    for by, status, code in ((None, 401, "unauthorized"), ("vic", 403, "forbidden")):
        got, answer = await guarded.act(case.name, case.body("#1"), by=by)
        assert (got, answer["code"], answer["updatedOrders"]) == (status, code, [])
    assert await guarded.detail(1) == before
    await guarded.done(case.name, case.body("#1"), by="oda")
    assert (await guarded.detail(1))["audit"][0]["actor"] == "oda"


@each_case
async def test_it_is_taken_back_by_its_operator_or_a_lead_until_claimed(guarded: WholeDesk, case: Case) -> None:
    await told(guarded.database, case.orders(1, 2))
    for order_id, by in ((1, "oda"), (2, "lea")):
        before = await guarded.detail(order_id)
        answer = await guarded.done(case.name, case.body(str(order_id)), by="oda")
        assert (await guarded.act("undo", {"actionId": answer["actionId"]}, by="omar"))[0] == 403
        undone = await guarded.done("undo", {"actionId": answer["actionId"]}, by=by)
        after = await guarded.detail(order_id)
        assert undone["message"].startswith("Undone")
        assert [item["id"] for item in undone["updatedOrders"]] == [str(order_id)]
        assert [row["state"] for row in after["outbox"]] == ["undone"]
        assert (await guarded.act("undo", {"actionId": answer["actionId"]}, by="oda"))[1]["code"] == "not_found"
        for told_anew in ("version", "timeline", "audit", "outbox"):
            before.pop(told_anew), after.pop(told_anew)
        assert after == before


@on_sqlite
@each_case
async def test_undo_leaves_the_entry_and_adds_a_note(desk: WholeDesk, clock: SettableClock, case: Case) -> None:
    await told(desk.database, case.orders(1))
    answer = await desk.done(case.name, case.body("1"))
    acted = (await desk.detail(1))["timeline"]
    clock.advance(SECOND)
    await desk.done("undo", {"actionId": answer["actionId"]})
    undone = (await desk.detail(1))["timeline"]
    assert undone[:-1] == acted
    assert undone[-1]["event"] == "note"


@on_sqlite
@each_case
async def test_once_it_was_claimed_it_is_not_taken_back(desk: WholeDesk, case: Case) -> None:
    await told(desk.database, case.orders(1))
    answer = await desk.done(case.name, case.body("1") | {"delaySeconds": 0})
    await desk.claim()
    status, refused = await desk.act("undo", {"actionId": answer["actionId"]})
    assert (status, refused["code"]) == (409, "already_sent")


@on_sqlite
@each_case
async def test_with_writes_off_nothing_can_claim_it(db: Database, case: Case) -> None:
    async with whole_desk(db, shopify_writes=False) as desk:
        await told(desk.database, case.orders(1))
        answer = await desk.done(case.name, case.body("1"))
        assert answer["undoUntil"] is None
        await desk.done("undo", {"actionId": answer["actionId"]})


@on_sqlite
@each_case
async def test_what_is_not_known_is_ignored_and_wrong_types_are_named(desk: WholeDesk, case: Case) -> None:
    await told(desk.database, case.orders(1))
    for wrong in ({"delaySeconds": "5"}, {"delaySeconds": 61}, {"expectedVersions": [1]}, {"shop_domain": 5}):
        status, answer = await desk.act(case.name, case.body("1") | wrong)
        assert (status, answer["code"], answer["updatedOrders"]) == (400, "invalid_request", [])
        assert next(iter(wrong)) in answer["message"]
    for body in (b"", b"[1]", b"null", b"{", b"\xff"):
        got, raw = await desk.raw(case.name, body)
        assert (got, orjson.loads(raw)["code"]) == (400, "invalid_request")
    assert await rows(desk) == []
    await desk.done(case.name, case.body("1") | {"mood": {"good": True}})


@on_sqlite
@each_case
async def test_every_change_is_one_refresh_without_a_message(desk: WholeDesk, case: Case) -> None:
    await told(desk.database, case.orders(1))
    head = (await desk.events())[-1]["id"]
    await desk.done(case.name, case.body("1"))
    pings = [event for event in await desk.events(head) if event["type"] == "refresh"]
    assert len(pings) == 1
    assert "message" not in pings[0]


WRONG: list[tuple[str, Body, str]] = [
    ("fulfill", {"orderIds": ["1"], "lines": "all"}, "lines"),
    ("fulfill", {"orderIds": ["1"], "lines": []}, "lines"),
    ("fulfill", {"orderIds": ["1"], "lines": [{"lineId": "1"}]}, "quantity"),
    ("fulfill", {"orderIds": ["1"], "lines": [{"lineId": "1", "quantity": "2"}]}, "quantity"),
    ("fulfill", {"orderIds": ["1"], "lines": [{"lineId": "1", "quantity": True}]}, "quantity"),
    ("fulfill", {"orderIds": ["1"], "lines": [{"lineId": "1", "quantity": 1.5}]}, "quantity"),
    ("fulfill", {"orderIds": ["1"], "lines": [{"lineId": ["1"], "quantity": 1}]}, "lineId"),
    ("fulfill", {"orderIds": ["1"], "lines": [{"lineId": "1\0", "quantity": 1}]}, "lineId"),
    ("fulfill", {"orderIds": ["1"], "lines": [{"lineId": "1", "quantity": 1}] * 2}, "line"),
    (
        "fulfill",
        {"orderIds": ["1"], "lines": [{"lineId": n, "quantity": 1} for n in ("1", "gid://shopify/LineItem/1")]},
        "line",
    ),
    ("fulfill", {"orderIds": ["1", "2"], "lines": [{"lineId": "1", "quantity": 1}]}, "order"),
    ("fulfill", {"orderIds": ["1"], "notify": "yes"}, "notify"),
    ("tracking", {}, "items"),
    ("tracking", {"items": []}, "items"),
    ("tracking", {"items": {}}, "items"),
    ("tracking", {"items": [{"number": "1Z"}]}, "orderId"),
    ("tracking", {"items": [{"orderId": "1"}]}, "number"),
    ("tracking", {"items": [{"orderId": "1", "number": None}]}, "number"),
    ("tracking", {"items": [{"orderId": "1", "number": ""}]}, "number"),
    ("tracking", {"items": [{"orderId": "1", "number": "\u00a0\u200b\ufeff"}]}, "number"),
    ("tracking", {"items": [{"orderId": "1", "number": 15}]}, "number"),
    ("tracking", {"items": [{"orderId": "1", "number": "1\0Z"}]}, "number"),
    ("tracking", {"items": [{"orderId": "1", "number": "1Z", "carrier": 5}]}, "carrier"),
    ("tracking", {"items": [{"orderId": "1", "number": "1Z", "url": "javascript:alert(1)"}]}, "url"),
    ("tracking", {"items": [{"orderId": "1", "number": "1Z", "url": "ftp://x.example/1Z"}]}, "url"),
    ("tracking", {"items": [{"orderId": "1", "number": "1Z", "url": "https://"}]}, "url"),
    ("tracking", {"items": [{"orderId": "1", "number": "1Z", "url": 5}]}, "url"),
    ("tracking", {"items": [{"orderId": "1", "number": "1Z"}], "notify": 1}, "notify"),
    ("hold", {"orderIds": ["1"]}, "reason"),
    ("hold", {"orderIds": ["1"], "reason": "because"}, "reason"),
    ("hold", {"orderIds": ["1"], "reason": "manual_check"}, "reason"),
    ("hold", {"orderIds": ["1"], "reason": "fraud", "note": 5}, "note"),
    ("hold", {"orderIds": ["1"], "reason": "fraud", "note": "a\0b"}, "note"),
    ("hold", {"orderIds": ["1"], "reason": "fraud", "until": "soon"}, "until"),
    ("hold", {"orderIds": ["1"], "reason": "fraud", "until": "2026-03-10T11:59:59Z"}, "until"),
    ("hold", {"orderIds": ["1"], "reason": "fraud", "until": "2026-03-11T00:00:00Z", "then": "sell"}, "then"),
    ("hold", {"orderIds": ["1"], "reason": "fraud", "lines": []}, "lines"),
    ("hold", {"orderIds": ["1", "2"], "reason": "fraud", "lines": [{"lineId": "1", "quantity": 1}]}, "order"),
    ("hold", {"orderIds": ["1"], "reason": "fraud", "lines": [{"lineId": "1", "quantity": 1}] * 2}, "line"),
    ("release", {}, "orderIds"),
    ("release", {"orderIds": ["1"], "holdIds": []}, "holdIds"),
    ("release", {"orderIds": ["1"], "holdIds": "7"}, "holdIds"),
    ("release", {"orderIds": ["1"], "note": 5}, "note"),
    ("tags", {"orderIds": ["1"], "add": "gift"}, "add"),
    ("tags", {"orderIds": ["1"], "add": [5]}, "add"),
    ("tags", {"orderIds": ["1"], "add": ["a,b"]}, "add"),
    ("tags", {"orderIds": ["1"], "remove": ["a,b"]}, "remove"),
    ("tags", {"orderIds": ["1"], "add": ["t" * 41]}, "add"),
    ("tags", {"orderIds": ["1"], "add": ["\u2060 "]}, "add"),
    ("tags", {"orderIds": ["1"], "add": ["g\0ft"]}, "add"),
    ("tags", {"orderIds": ["1"], "add": ["Gift"], "remove": ["gIFT"]}, "add"),
    ("address", {"orderId": "1"}, "shippingAddress"),
    ("address", {"orderId": "1", "shippingAddress": "London"}, "shippingAddress"),
    ("address", {"orderId": "1", "shippingAddress": {**ADDRESS, "zip": 10115}}, "zip"),
    ("address", {"orderId": "1", "shippingAddress": {**ADDRESS, "city": "Lon\0don"}}, "city"),
    ("address", {"orderId": "1", "shippingAddress": ADDRESS, "release": "yes"}, "release"),
    ("address", {"orderId": 1, "shippingAddress": ADDRESS}, "orderId"),
]


@on_sqlite
@pytest.mark.parametrize(("action", "body", "named"), WRONG)
async def test_what_is_wrong_is_named(desk: WholeDesk, action: str, body: Body, named: str) -> None:
    await told(desk.database, [order(1, None, *SOLD), order(2, None, *SOLD)])
    before = await desk.detail(1)
    status, answer = await desk.act(action, body)
    assert (status, answer["code"], answer["updatedOrders"]) == (400, "invalid_request", []), answer
    assert named.lower() in answer["message"].lower(), answer["message"]
    after = await desk.detail(1)
    assert after | {"audit": []} == before | {"audit": []}


@on_sqlite
async def test_openapi_lists_the_paths_with_the_codes_that_they_answer(desk: WholeDesk) -> None:
    paths = (await desk.get("/openapi.json"))["paths"]
    expected = {
        "fulfill": {"invalid_request", "not_found", "ambiguous", "on_hold", "order_closed", "version_conflict"},
        "tracking": {"invalid_request", "not_found", "ambiguous", "version_conflict", "too_large"},
        "hold": {"invalid_request", "not_found", "on_hold", "order_closed", "version_conflict", "too_large"},
        "release": {"invalid_request", "not_found", "forbidden", "version_conflict", "too_large"},
        "tags": {"invalid_request", "not_found", "version_conflict", "too_large"},
        "address": {"invalid_request", "not_found", "order_closed", "version_conflict"},
    }
    for action, codes in expected.items():
        responses = paths[f"/sync/orders/{action}"]["post"]["responses"]
        described = {code for each in responses.values() for code in each["description"].split(", ")}
        assert codes <= described, (action, codes - described)
        schema = paths[f"/sync/orders/{action}"]["post"]["requestBody"]["content"]["application/json"]["schema"]
        assert schema
