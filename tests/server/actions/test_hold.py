"""Hold: contract §3a."""

from __future__ import annotations

from typing import Any

import pytest
from tests.server.conftest import NOON
from tests.support.acting import Desk
from tests.support.desk_orders import gid, held, line, order
from tests.support.relaying import Ledger, relay_to

from orders_sync.instants import HOUR, to_text
from orders_sync.outbox.outcome import Refused
from orders_sync.rules.holds import own_handle
from orders_wire.vocabulary import HoldReason

LATER, LATEST = to_text(NOON + HOUR), to_text(NOON + 2 * HOUR)


async def hold(desk: Desk, reason: str = "fraud", **body: Any) -> tuple[int, dict[str, Any]]:
    return await desk.act("hold", {"orderIds": ["1"], "reason": reason, **body}, X_Operator="ada")


async def test_what_is_owed_is_held_here_at_once_and_queued_for_shopify(desk: Desk) -> None:
    await desk.tell(order(1, None, line(1, quantity=2), line(2, "CAP", 3, owed=1)))
    status, answer = await hold(desk, note="call them", until=LATER)
    assert status == 200, answer
    assert answer["message"].startswith("Held 1 order")
    shown = {"reason": "manual_check", "note": "call them", "since": to_text(NOON), "until": LATER, "by": "ada"}
    assert answer["updatedOrders"] == [{"id": "1", "hold": shown}]
    seen = await desk.order(1)
    assert (seen.state.held, seen.waiting) == ({1: 2, 2: 1}, 1)
    handle = own_handle(answer["actionId"])
    assert await desk.payloads("hold") == [
        {"handle": handle, "reason": "HIGH_RISK_OF_FRAUD", "note": "call them", "lines": None}
    ]
    assert len(handle) <= 64
    assert "note" in seen.timeline


@pytest.mark.parametrize(
    ("reason", "shopify"),
    [
        ("address", "INCORRECT_ADDRESS"),
        ("inventory", "INVENTORY_OUT_OF_STOCK"),
        ("payment", "AWAITING_PAYMENT"),
        ("customer", "OTHER"),
        ("other", "OTHER"),
    ],
)
async def test_each_reason_has_its_word_in_shopify(light_desk: Desk, reason: str, shopify: str) -> None:
    await light_desk.tell(order(1))
    _, answer = await hold(light_desk, reason)
    (sent,) = await light_desk.payloads("hold")
    meant = reason if reason in ("address", "inventory", "payment") else "manual_check"
    assert (sent["reason"], answer["updatedOrders"][0]["hold"]["reason"]) == (shopify, meant)


async def test_some_units_are_held_and_the_rest_is_held_by_the_next(light_desk: Desk) -> None:
    await light_desk.tell(order(1, None, line(1, quantity=5), line(2, "CAP")))
    part = [{"lineId": "gid://shopify/LineItem/1", "quantity": 2}]
    assert (await hold(light_desk, "inventory", lines=part))[0] == 200
    assert (await light_desk.order(1)).state.held == {1: 2}
    assert (await hold(light_desk, "fraud"))[0] == 200
    assert (await light_desk.order(1)).state.held == {1: 5, 2: 1}
    assert [sent["lines"] for sent in await light_desk.payloads("hold")] == [[[1, 2]], [[1, 3], [2, 1]]]


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        ([], "invalid_request"),
        ([("1", 1), ("1", 1)], "invalid_request"),
        ([("1", 1), ("gid://shopify/LineItem/1", 1)], "invalid_request"),
        ([("1", 0)], "invalid_request"),
        ([("1", 6)], "invalid_request"),
        ([("3", 1)], "invalid_request"),
        ([("9", 1)], "not_found"),
        ([("x", 1)], "not_found"),
        ([("1", 4)], "on_hold"),
    ],
)
async def test_lines_are_owed_named_once_and_not_held_yet(light_desk: Desk, lines: Any, code: str) -> None:
    await light_desk.tell(order(1, None, line(1, quantity=5), line(2, "CAP"), line(3, "MUG", owed=0)))
    await hold(light_desk, "inventory", lines=[{"lineId": "1", "quantity": 2}])
    before = await light_desk.order(1)
    given = [{"lineId": line_id, "quantity": count} for line_id, count in lines]
    _, answer = await hold(light_desk, "fraud", lines=given)
    assert (answer["success"], answer["code"]) == (False, code)
    assert await light_desk.order(1) == before


async def test_lines_are_of_one_order(light_desk: Desk) -> None:
    await light_desk.tell(order(1), order(2))
    lines = [{"lineId": "1", "quantity": 1}]
    _, answer = await light_desk.act("hold", {"orderIds": ["1", "2"], "reason": "other", "lines": lines})
    assert answer["code"] == "invalid_request"


async def test_an_order_that_owes_nothing_is_not_held(light_desk: Desk) -> None:
    await light_desk.tell(order(1, None, line(owed=0)), order(2, cancelled_at=NOON), order(3))
    await light_desk.act("fulfill", {"orderIds": ["3"]})
    status, answer = await light_desk.act("hold", {"orderIds": ["1", "2", "3"], "reason": "other"})
    assert status == 409
    assert [failure["code"] for failure in answer["failures"]] == ["order_closed"] * 3


async def test_a_time_in_the_past_is_refused(light_desk: Desk) -> None:
    await light_desk.tell(order(1))
    for until in (to_text(NOON), "2026-03-10T11:59:59Z"):
        assert (await hold(light_desk, until=until))[1]["code"] == "invalid_request"


async def test_the_same_hold_again_only_changes_its_time_and_note_here(light_desk: Desk) -> None:
    await light_desk.tell(order(1))
    _, first = await hold(light_desk, until=LATER, note="mail")
    _, same = await hold(light_desk, until=LATER, note="mail")
    assert same["versions"] == first["versions"]
    _, later = await hold(light_desk, until=LATEST)
    assert later["updatedOrders"][0]["hold"] | {"until": LATEST, "note": "mail"} == later["updatedOrders"][0]["hold"]
    _, cleared = await hold(light_desk, note=None)
    assert cleared["updatedOrders"][0]["hold"]["note"] is None
    assert len(await light_desk.payloads("hold")) == 1
    await light_desk.act("undo", {"actionId": cleared["actionId"]})
    await light_desk.act("undo", {"actionId": later["actionId"]})
    (stands,) = (await light_desk.order(1)).state.holds
    assert (to_text(stands.until or 0), stands.note) == (LATER, "mail")


async def test_the_time_of_a_part_is_changed_by_naming_it(light_desk: Desk) -> None:
    await light_desk.tell(order(1, None, line(1, quantity=5)))
    part = [{"lineId": "1", "quantity": 2}]
    await hold(light_desk, lines=part)
    assert (await hold(light_desk, lines=part, until=LATER))[0] == 200
    assert (await light_desk.order(1)).state.held == {1: 2}
    assert len(await light_desk.payloads("hold")) == 1


async def test_an_escalation_is_a_hold_for_inventory_of_ours(light_desk: Desk) -> None:
    await light_desk.tell(order(1))
    await light_desk.act("inventory", {"sku": "TEE-M"})
    _, answer = await hold(light_desk, "inventory", until=LATER)
    assert answer["updatedOrders"][0]["hold"]["until"] == LATER
    assert len(await light_desk.payloads("hold")) == 1


async def test_the_time_of_an_escalation_is_changed_by_naming_what_it_holds(light_desk: Desk) -> None:
    await light_desk.tell(order(1, None, line(1, quantity=2), line(2, "CAP")))
    await light_desk.act("inventory", {"sku": "CAP"})
    part = [{"lineId": "2", "quantity": 1}]
    assert (await hold(light_desk, "inventory", lines=part, until=LATER))[0] == 200
    assert len(await light_desk.payloads("hold")) == 1


async def test_what_is_held_for_another_reason_is_held_once_more(light_desk: Desk) -> None:
    await light_desk.tell(order(1), held(1))
    assert (await hold(light_desk))[0] == 200
    assert {entry.word for entry in (await light_desk.order(1)).state.holds} == {HoldReason.ADDRESS, HoldReason.FRAUD}
    assert [sent["lines"] for sent in await light_desk.payloads("hold")] == [None]


async def test_what_is_not_held_is_sent_and_the_hold_stays(light_desk: Desk) -> None:
    await light_desk.tell(order(1, None, line(1, quantity=5), line(2, "CAP")))
    await hold(light_desk, lines=[{"lineId": "1", "quantity": 2}])
    status, _ = await light_desk.act("fulfill", {"orderIds": ["1"]})
    assert status == 200
    assert [sent["lines"] for sent in await light_desk.payloads("fulfillment")] == [[[1, 3], [2, 1]]]
    seen = await light_desk.order(1)
    assert (dict(seen.state.held), len(seen.state.desk_holds)) == ({1: 2}, 1)
    assert (await light_desk.act("fulfill", {"orderIds": ["1"]}))[1]["code"] == "on_hold"


async def test_an_undone_hold_never_leaves(desk: Desk) -> None:
    await desk.tell(order(1))
    _, answer = await hold(desk)
    _, undone = await desk.act("undo", {"actionId": answer["actionId"]})
    assert undone["updatedOrders"] == [{"id": "1", "hold": None}]
    assert [row.state.value for row in await desk.outbox(1)] == ["undone"]
    assert (await desk.order(1)).state.held == {}


@pytest.mark.parametrize("discarded", [False, True])
async def test_a_hold_that_does_not_leave_is_taken_back_and_alerted(desk: Desk, discarded: bool) -> None:
    await desk.tell(order(1))
    await hold(desk, delaySeconds=0)
    if discarded:
        (row,) = await desk.outbox(1)
        await desk.post(f"/sync/outbox/{row.id}/discard")
    else:
        await relay_to(desk.db, Ledger(answers=[Refused("limit reached")])).send_due()
    seen = await desk.order(1)
    assert (list(seen.state.holds), set(seen.alerts)) == ([], {"integration_failed"})
    await hold(desk)
    assert (await desk.order(1)).alerts == frozenset()


async def test_a_refused_escalation_is_taken_back_too(light_desk: Desk) -> None:
    await light_desk.tell(order(1))
    await light_desk.act("inventory", {"sku": "TEE-M", "delaySeconds": 0})
    await relay_to(light_desk.db, Ledger(answers=[Refused("no"), Refused("no")])).send_due()
    assert (await light_desk.order(1)).state.escalations == {}


async def test_every_order_is_held_alone(desk: Desk) -> None:
    await desk.tell(order(1), order(2, None, line(owed=0)))
    status, answer = await desk.act("hold", {"orderIds": ["#1", "2"], "reason": "customer"})
    assert (status, [updated["id"] for updated in answer["updatedOrders"]]) == (200, ["#1"])
    assert [(failure["id"], failure["code"]) for failure in answer["failures"]] == [("2", "order_closed")]
    assert gid(1) == f"gid://shopify/Order/{(await desk.order(1)).state.order_id}"
