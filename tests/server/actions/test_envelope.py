"""Every answer is the version 1.2 envelope, and what is wrong with a request is named: contract §3."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from tests.support.acting import Desk
from tests.support.desk_orders import gid, order

from orders_sync.http.problems import Refused
from orders_sync.instants import SECOND, to_text
from orders_sync.routes.actions import read_action
from orders_wire.actions import Action, AssignBody, FulfillBody, InventoryBody, ReturnsBody, SupportBody, UndoBody
from orders_wire.vocabulary import ErrorCode

ASSIGN = {"orderIds": ["1"], "assignee": "maya"}

MODELS: dict[str, type[Action]] = {
    "assign": AssignBody,
    "fulfill": FulfillBody,
    "support": SupportBody,
    "returns": ReturnsBody,
    "inventory": InventoryBody,
    "undo": UndoBody,
}

WRONG: list[tuple[str, dict[str, Any], str]] = [
    ("assign", {"assignee": "maya"}, "orderIds"),
    ("assign", {"orderIds": [], "assignee": "maya"}, "orderIds"),
    ("assign", {"orderIds": "1", "assignee": "maya"}, "orderIds"),
    ("assign", {"orderIds": [1], "assignee": "maya"}, "orderIds[0]"),
    ("assign", {"orderIds": ["1"]}, "assignee"),
    ("assign", {"orderIds": ["1"], "assignee": ""}, "assignee"),
    ("assign", {"orderIds": ["1"], "assignee": "   "}, "assignee"),
    ("assign", {"orderIds": ["1"], "assignee": "m" * 121}, "assignee"),
    ("assign", {"orderIds": ["1"], "assignee": None}, "assignee"),
    ("assign", {"orderIds": ["1"], "assignee": "ma\0ya"}, "assignee"),
    ("assign", {**ASSIGN, "delaySeconds": -1}, "delaySeconds"),
    ("assign", {**ASSIGN, "delaySeconds": 61}, "delaySeconds"),
    ("assign", {**ASSIGN, "delaySeconds": "5"}, "delaySeconds"),
    ("assign", {**ASSIGN, "expectedVersions": {"1": "2"}}, "expectedVersions.1"),
    ("assign", {**ASSIGN, "expectedVersions": [2]}, "expectedVersions"),
    ("assign", {**ASSIGN, "shop_domain": 5}, "shop_domain"),
    ("fulfill", {"orderIds": ["1"], "tracking": {"carrier": "DHL"}}, "tracking.number"),
    ("fulfill", {"orderIds": ["1"], "tracking": {"number": ""}}, "tracking.number"),
    ("fulfill", {"orderIds": ["1"], "tracking": "1Z"}, "tracking"),
    ("support", {"note": "help"}, "orderId"),
    ("support", {"orderId": "1", "note": 5}, "note"),
    ("returns", {"orderId": "1"}, "action"),
    ("returns", {"orderId": "1", "action": "refuse"}, "action"),
    ("inventory", {"note": "none left"}, "sku"),
    ("undo", {}, "actionId"),
]


@pytest.mark.parametrize(("action", "body", "field"), WRONG)
def test_a_wrong_field_is_named(action: str, body: dict[str, Any], field: str) -> None:
    with pytest.raises(Refused) as refused:
        read_action(orjson.dumps(body), MODELS[action])
    assert refused.value.code is ErrorCode.INVALID_REQUEST
    assert field in refused.value.message


@pytest.mark.parametrize("action", list(MODELS))
async def test_a_refused_request_is_answered_in_the_envelope(light_desk: Desk, action: str) -> None:
    status, answer = await light_desk.act(action, {})
    assert (status, answer["code"]) == (400, "invalid_request")
    assert answer["success"] is False
    assert answer["updatedOrders"] == []


@pytest.mark.parametrize("body", [b"", b"{", b"[1]", b'"x"', b"null", b'{"assignee": "\\ud800"}', b"\xff"])
def test_a_body_that_is_no_json_object_is_refused(body: bytes) -> None:
    with pytest.raises(Refused) as refused:
        read_action(body, AssignBody)
    assert refused.value.code is ErrorCode.INVALID_REQUEST


async def test_more_than_250_ids_are_too_large(light_desk: Desk) -> None:
    status, answer = await light_desk.act("assign", {"orderIds": ["1"] * 251, "assignee": "maya"})
    assert (status, answer["code"], answer["updatedOrders"]) == (413, "too_large", [])


async def test_250_ids_are_not(light_desk: Desk) -> None:
    await light_desk.tell(order(1))
    status, answer = await light_desk.act("assign", {"orderIds": ["1"] * 250, "assignee": "maya"})
    assert status == 200
    assert len(answer["updatedOrders"]) == 250
    assert answer["message"] == "Assigned 1 order to maya"


async def test_fields_that_are_not_known_are_ignored(light_desk: Desk) -> None:
    await light_desk.tell(order(1))
    status, _ = await light_desk.act("assign", {**ASSIGN, "mood": {"good": True}})
    assert status == 200


@pytest.mark.parametrize(("domain", "header"), [("other.myshopify.com", None), (None, "other.myshopify.com")])
async def test_another_shop_is_unknown(light_desk: Desk, domain: str | None, header: str | None) -> None:
    body = ASSIGN if domain is None else {**ASSIGN, "shop_domain": domain}
    headers = {} if header is None else {"X_Shop_Domain": header}
    status, answer = await light_desk.act("assign", body, **headers)
    assert (status, answer["code"], answer["updatedOrders"]) == (403, "unknown_shop", [])


async def test_the_shop_may_be_named_in_any_case_or_not_at_all(light_desk: Desk) -> None:
    await light_desk.tell(order(1))
    for domain in ("desk-test.myshopify.com", "Desk-Test.MyShopify.com", "", None):
        status, _ = await light_desk.act("assign", {**ASSIGN, "shop_domain": domain})
        assert status == 200


async def test_a_success_carries_its_action_its_undo_time_its_versions_and_the_desk(desk: Desk) -> None:
    await desk.tell(order(1))
    before = desk.db.version
    _, answer = await desk.act("assign", {**ASSIGN, "delaySeconds": 2.5})
    assert len(answer["actionId"]) == 32
    assert answer["undoUntil"] == to_text(desk.db.clock() + 2500)
    assert answer["versions"] == {"1": (await desk.order(1)).version}
    assert answer["desk"] == {"id": desk.db.desk_id, "version": desk.db.version}
    assert desk.db.version > before


async def test_undo_waits_as_long_as_the_settings_say_when_the_request_does_not(light_desk: Desk) -> None:
    await light_desk.tell(order(1))
    _, answer = await light_desk.act("assign", ASSIGN)
    assert answer["undoUntil"] == to_text(light_desk.db.clock() + 10 * SECOND)


async def test_a_refusal_changes_nothing_and_pings_nobody(desk: Desk) -> None:
    await desk.tell(order(1))
    before, version = await desk.order(1), desk.db.version
    status, answer = await desk.act("returns", {"orderId": gid(1), "action": "deny"})
    assert status == 409
    assert await desk.order(1) == before
    assert desk.db.version == version
    assert answer["desk"] == {"id": desk.db.desk_id, "version": version}
    assert await desk.outbox(1) == []
