"""Assign: contract §3, Owner."""

from __future__ import annotations

from tests.support.acting import Desk
from tests.support.desk_orders import gid, order


async def test_the_new_owner_stands_with_history_timeline_and_a_queued_metafield(desk: Desk) -> None:
    await desk.tell(order(1))
    status, answer = await desk.act("assign", {"orderIds": [gid(1)], "assignee": "maya"}, X_Operator="bo")

    assert status == 200
    assert answer["success"] is True
    assert answer["message"] == "Assigned 1 order to maya"
    assert answer["updatedOrders"] == [{"id": gid(1), "assignedTo": "maya"}]
    seen = await desk.order(1)
    assert seen.operator.assigned_to == "maya"
    assert seen.timeline[-1] == "assigned"
    assert answer["versions"] == {gid(1): seen.version}
    (owner,) = await desk.owners(1)
    assert (owner.assignee, owner.assigned_by) == ("maya", "bo")
    (row,) = await desk.outbox(1)
    assert (row.target, row.kind, row.state) == ("shopify", "owner", "queued")
    assert seen.waiting == 1


async def test_the_audit_says_who_did_what_from_where(light_desk: Desk) -> None:
    await light_desk.tell(order(1))
    await light_desk.act("assign", {"orderIds": ["#1"], "assignee": "maya"}, X_Operator="bo", User_Agent="desk/1")
    (entry,) = await light_desk.audited(1)
    assert (entry.actor, entry.action, entry.result, entry.details) == ("bo", "assign", "done", "nobody → maya")
    assert entry.client == "127.0.0.1 desk/1"


async def test_the_present_owner_again_is_a_success_that_changes_nothing(light_desk: Desk) -> None:
    await light_desk.tell(order(1))
    await light_desk.act("assign", {"orderIds": [gid(1)], "assignee": "maya"})
    before = await light_desk.order(1)
    status, answer = await light_desk.act("assign", {"orderIds": [gid(1)], "assignee": " maya "})

    assert status == 200
    assert answer["updatedOrders"] == [{"id": gid(1), "assignedTo": "maya"}]
    assert answer["undoUntil"] is None
    after = await light_desk.order(1)
    assert (after.version, after.timeline) == (before.version, before.timeline)
    assert len(await light_desk.outbox(1)) == 1
    assert len(await light_desk.owners(1)) == 1
    assert [entry.result for entry in await light_desk.audited(1)] == ["done", "unchanged"]


async def test_unassigned_clears_the_owner(light_desk: Desk) -> None:
    await light_desk.tell(order(1))
    await light_desk.act("assign", {"orderIds": ["1"], "assignee": "maya"})
    _, answer = await light_desk.act("assign", {"orderIds": ["1"], "assignee": "unassigned"})

    assert answer["message"].startswith("Assigned")
    assert answer["updatedOrders"] == [{"id": "1", "assignedTo": "unassigned"}]
    assert (await light_desk.order(1)).operator.assigned_to is None
    assert [owner.assignee for owner in await light_desk.owners(1)] == ["maya", "unassigned"]
    assert [payload["value"] for payload in await light_desk.payloads("owner")] == ["maya", "unassigned"]


async def test_no_shop_evidence_changes_the_owner(light_desk: Desk) -> None:
    await light_desk.tell(order(1))
    await light_desk.act("assign", {"orderIds": ["1"], "assignee": "maya"})
    await light_desk.tell(order(1, note="edited in Shopify", at=light_desk.db.clock() + 1000))
    assert (await light_desk.order(1)).operator.assigned_to == "maya"
