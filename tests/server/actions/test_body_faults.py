"""Bodies that do not read: each fault is a plain sentence that names its field as the request has it."""

from __future__ import annotations

import re
from typing import Any

import orjson
import pytest

from orders_sync.actions.registry import ACTIONS
from orders_sync.http.problems import Refused
from orders_sync.routes.actions import read_action
from orders_wire.actions import Action
from orders_wire.vocabulary import ActionName

WHOLE: dict[ActionName, dict[str, Any]] = {
    ActionName.FULFILL: {
        "orderIds": ["1"],
        "lines": [{"lineId": "1", "quantity": 1}],
        "tracking": {"number": "1Z", "carrier": "UPS"},
        "notify": True,
        "packed": {"scanned": 5, "byHand": 1},
    },
    ActionName.TRACKING: {
        "items": [
            {"orderId": "1", "fulfillmentId": "2", "number": "1Z", "carrier": "UPS", "url": "https://ups.example"}
        ]
    },
    ActionName.HOLD: {
        "orderIds": ["1"],
        "reason": "fraud",
        "note": "n",
        "until": "2026-03-11T12:00:00Z",
        "then": "remind",
        "lines": [{"lineId": "1", "quantity": 1}],
        "expectedVersions": {"1": 2},
        "delaySeconds": 3,
        "shop_domain": "x",
    },
    ActionName.RELEASE: {"orderIds": ["1"], "holdIds": ["1"]},
    ActionName.TAGS: {"orderIds": ["1"], "add": ["a"], "remove": ["b"]},
    ActionName.ADDRESS: {"orderId": "1", "shippingAddress": {"city": "Bonn", "country_code": "DE"}, "release": True},
    ActionName.ASSIGN: {"orderIds": ["1"], "assignee": "maya"},
    ActionName.SUPPORT: {"orderId": "1", "conversationId": "c", "note": "n"},
    ActionName.RETURNS: {"orderId": "1", "action": "deny", "returnId": "7"},
    ActionName.INVENTORY: {"sku": "TEE", "orderIds": ["1"]},
    ActionName.NOTE: {"orderIds": ["1"], "note": "n", "noteId": "1-a"},
    ActionName.CANCEL: {
        "orderId": "1",
        "reason": "customer",
        "refund": "original",
        "restock": True,
        "notify": False,
        "note": "n",
    },
    ActionName.UNDO: {"actionId": "a"},
}
WRONG: tuple[Any, ...] = (
    None, True, "", " ", "yes", "a,b", "x" * 6000, 0, -1, 61, 1.5, [], [[]], [5], [""], {}, "2026-13-01T00:00:00Z",
    "2026-03-11T12:00:00", "x\0",
)  # fmt: skip
OF_THE_LIBRARY = re.compile(
    r"\bInput\b|\bshould\b|valid|dictionary|instance|tzinfo|timezone|\bString\b|\bList\b|after val"
)


def faults(model: type[Action], body: object) -> list[str]:
    try:
        read_action(orjson.dumps(body), model)
    except Refused as refused:
        return refused.message.split("; ")
    return []


@pytest.mark.parametrize("name", ActionName)
def test_every_fault_is_a_sentence_about_a_field_of_the_request(name: ActionName) -> None:
    model, whole = ACTIONS[name].body, WHOLE[name]
    assert faults(model, whole) == []
    bodies = [(f"{field}", {**whole, field: wrong}) for field in whole for wrong in WRONG]
    for field, inner in ((field, inner) for field, inner in whole.items() if isinstance(inner, (list, dict))):
        parts = inner[0] if isinstance(inner, list) else inner
        if isinstance(parts, dict):
            news = [{**parts, part: wrong} for part in parts for wrong in WRONG] + [{}]
            bodies += [(field, {**whole, field: [new] if isinstance(inner, list) else new}) for new in news]
    found = [(field, fault) for field, changed in bodies for fault in faults(model, changed)]
    assert found
    for field, fault in found:
        assert re.match(rf"({field}|body)[]\[.\w]*: \w", fault), fault
        assert not OF_THE_LIBRARY.search(fault), fault


@pytest.mark.parametrize(
    ("name", "changes", "said"),
    [
        (ActionName.TAGS, {"add": ["a", "b,c"]}, "add[1]: a comma separates tags, so it cannot be in one"),
        (ActionName.TAGS, {"add": ["x" * 41]}, "add[0]: has at most 40 characters"),
        (ActionName.FULFILL, {"lines": [{"lineId": "1"}]}, "lines[0].quantity: is needed"),
        (ActionName.FULFILL, {"tracking": {"number": " "}}, "tracking.number: may be neither null nor blank"),
        (ActionName.FULFILL, {"packed": {"scanned": 5}}, "packed.byHand: is needed"),
        (ActionName.FULFILL, {"packed": {"scanned": -1, "byHand": 0}}, "packed.scanned: has to be 0 or more"),
        (
            ActionName.FULFILL,
            {"packed": {"scanned": 0, "byHand": 1_000_001}},
            "packed.byHand: has to be 1000000 or less",
        ),
        (ActionName.HOLD, {"then": "x"}, "then: allowed are 'remind' or 'release'"),
        (ActionName.HOLD, {"delaySeconds": 61}, "delaySeconds: has to be 60 or less"),
    ],
)
def test_it_says_what_is_allowed(name: ActionName, changes: dict[str, Any], said: str) -> None:
    assert faults(ACTIONS[name].body, {**WHOLE[name], **changes}) == [said]
