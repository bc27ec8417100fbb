"""Support: contract §3."""

from __future__ import annotations

import re

from tests.support.acting import Desk
from tests.support.desk_orders import gid, order

from orders_sync.outbox.kinds import Kind


async def test_an_escalation_reassigns_opens_a_thread_and_tells_the_queue(desk: Desk) -> None:
    await desk.tell(order(1, "#1001"))
    status, answer = await desk.act("support", {"orderId": "#1001", "note": "angry"}, X_Operator="bo")
    assert status == 200
    assert answer["message"].startswith("Support requested")
    (updated,) = answer["updatedOrders"]
    assert updated["id"] == "#1001"
    thread = updated["supportThread"]
    assert re.fullmatch(r"conversation:[0-9a-f]{8}", thread)
    seen = await desk.order(1)
    assert (seen.operator.assigned_to, seen.operator.thread) == ("assistant", thread)
    assert seen.alerts == {"support_escalated"}
    assert "support_escalated" in seen.timeline
    assert [(row.target, row.kind) for row in await desk.outbox(1)] == [
        ("support", "escalation"),
        ("shopify", "owner"),
        ("shopify", "thread"),
    ]
    (message,) = await desk.payloads(Kind.ESCALATION)
    assert message["type"] == "support.escalated"
    assert message["data"] == {
        "order_id": gid(1),
        "order_number": "#1001",
        "conversation_id": thread,
        "by": "bo",
        "note": "angry",
    }
    assert [owner.assignee for owner in await desk.owners(1)] == ["assistant"]


async def test_the_note_may_be_left_out(light_desk: Desk) -> None:
    await light_desk.tell(order(1))
    status, _ = await light_desk.act("support", {"orderId": "1"})
    assert status == 200


async def test_a_given_conversation_is_taken_and_later_kept(light_desk: Desk) -> None:
    await light_desk.tell(order(1))
    await light_desk.act("support", {"orderId": "1", "conversationId": "chat-9"})
    _, answer = await light_desk.act("support", {"orderId": "1"})
    assert answer["updatedOrders"] == [{"id": "1", "supportThread": "chat-9"}]
    assert [payload["value"] for payload in await light_desk.payloads(Kind.THREAD)] == ["chat-9"]
    assert [payload["value"] for payload in await light_desk.payloads(Kind.OWNER)] == ["assistant"]
    assert len(await light_desk.owners(1)) == 1


async def test_somebody_taking_the_order_ends_the_alert_for_good(light_desk: Desk) -> None:
    await light_desk.tell(order(1))
    await light_desk.act("support", {"orderId": "1"})
    await light_desk.act("assign", {"orderIds": ["1"], "assignee": "maya"})
    assert (await light_desk.order(1)).alerts == frozenset()
    await light_desk.act("assign", {"orderIds": ["1"], "assignee": "assistant"})
    assert (await light_desk.order(1)).alerts == frozenset()


async def test_a_new_escalation_is_a_new_alert(light_desk: Desk) -> None:
    await light_desk.tell(order(1))
    await light_desk.act("support", {"orderId": "1"})
    await light_desk.act("assign", {"orderIds": ["1"], "assignee": "maya"})
    await light_desk.act("support", {"orderId": "1"})
    assert (await light_desk.order(1)).alerts == {"support_escalated"}


async def test_a_long_note_is_whole_for_the_queue_and_brief_in_the_timeline(light_desk: Desk) -> None:
    await light_desk.tell(order(1))
    await light_desk.act("support", {"orderId": "1", "note": "n" * 5000})
    (message,) = await light_desk.payloads(Kind.ESCALATION)
    assert len(message["data"]["note"]) == 5000
    (entry,) = (await light_desk.order(1)).operator.entries.values()
    assert len(entry.details) == 280
