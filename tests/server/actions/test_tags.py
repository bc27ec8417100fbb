"""Tags: contract §3a. Shown at once, until Shopify has taken them or will not."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select
from tests.support.acting import Desk
from tests.support.desk_orders import PLACED, gid, order, stamp
from tests.support.relaying import Ledger, relay_to

from orders_sync.db.tables import order_tags
from orders_sync.evidence.changes import OrderSeen
from orders_sync.evidence.entities import OrderFields
from orders_sync.instants import SECOND
from orders_sync.outbox.outcome import Outcome, Refused, Sent

NOW: dict[str, Any] = {"delaySeconds": 0}


async def tagged(desk: Desk, *add: str, remove: tuple[str, ...] = (), **more: Any) -> dict[str, Any]:
    status, answer = await desk.act("tags", {"orderIds": ["1"], "add": add, "remove": remove, **more})
    assert status == 200, answer
    return answer


async def shown(desk: Desk) -> list[str]:
    """The tags of order 1."""
    return list((await desk.order(1)).state.order.tags)


def taken(*tags: str, at: int) -> Sent:
    """Shopify has it, and shows these tags as of then."""
    return Sent(changes=(OrderSeen(1, OrderFields(tags=tags), stamp(at)),))


async def leave(desk: Desk, *outcomes: Outcome) -> None:
    """What waits leaves, and comes to this."""
    await relay_to(desk.db, Ledger(answers=list(outcomes))).send_due()


async def test_tags_are_shown_at_once_and_queued(desk: Desk) -> None:
    await desk.tell(order(1, tags=("Gift", "vip")))
    answer = await tagged(desk, " Rush ", remove=("GIFT",), delaySeconds=0)
    assert answer["message"] == "Tagged 1 order"
    assert answer["updatedOrders"] == [{"id": "1", "tags": ["Rush", "vip"]}]
    assert await shown(desk) == ["Rush", "vip"]
    assert await desk.payloads("tags") == [{"add": ["Rush"], "remove": ["Gift"]}]
    seen = await desk.order(1)
    assert (seen.timeline[-1], seen.waiting) == ("note", 1)
    assert b'"tags":["Rush","vip"]' in seen.known.card
    filtered = await desk.db.read(lambda conn: conn.execute(select(order_tags.c.tag)).scalars().all())
    assert sorted(filtered) == ["rush", "vip"]


async def test_what_is_so_already_changes_nothing(light_desk: Desk) -> None:
    await light_desk.tell(order(1, tags=("Gift",)))
    before = await light_desk.order(1)
    answer = await tagged(light_desk, "gift", remove=("nowhere",))
    assert answer["updatedOrders"] == [{"id": "1", "tags": ["Gift"]}]
    assert answer["undoUntil"] is None
    assert (await light_desk.order(1)).version == before.version
    assert await light_desk.outbox(1) == []


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({}, "add and remove"),
        ({"add": [], "remove": []}, "add and remove"),
        ({"add": ["a, b"]}, "add[0]"),
        ({"remove": ["ok", "x" * 41]}, "remove[1]"),
        ({"add": [" \u200b"]}, "add[0]"),
        ({"add": ["x", "VIP"], "remove": ["vip"]}, "add[1]"),
        ({"add": "vip"}, "add"),
    ],
)
async def test_what_cannot_be_a_tag_is_refused_by_name(light_desk: Desk, body: dict[str, Any], named: str) -> None:
    await light_desk.tell(order(1))
    status, answer = await light_desk.act("tags", {"orderIds": ["1"], **body})
    assert (status, answer["code"]) == (400, "invalid_request")
    assert named in answer["message"]
    assert "Value error" not in answer["message"]


async def test_an_older_webhook_does_not_take_them_away_and_the_shops_answer_settles_it(desk: Desk) -> None:
    await desk.tell(order(1, tags=("Gift",)))
    await tagged(desk, "rush", **NOW)
    await desk.tell(order(1, tags=("Gift",), at=PLACED + SECOND))
    assert await shown(desk) == ["Gift", "rush"]
    await leave(desk, taken("Gift", "rush", at=PLACED + 9 * SECOND))
    seen = await desk.order(1)
    assert (seen.operator.tag_changes, await shown(desk)) == ({}, ["Gift", "rush"])
    await desk.tell(order(1, tags=("Gift",), at=PLACED + 5 * SECOND))
    assert await shown(desk) == ["Gift", "rush"], "told late, of before the write"
    await desk.tell(order(1, tags=("Gift",), at=PLACED + 20 * SECOND))
    assert await shown(desk) == ["Gift"], "removed in Shopify since"


async def test_the_shops_own_tags_show_beside_ours(light_desk: Desk) -> None:
    await light_desk.tell(order(1, tags=("Gift",)))
    await tagged(light_desk, "rush", remove=("gift",))
    await light_desk.tell(order(1, tags=("Gift", "Loyal"), at=PLACED + SECOND))
    assert await shown(light_desk) == ["Loyal", "rush"]


@pytest.mark.parametrize("end", ["dies", "discarded"])
async def test_a_row_that_does_not_leave_takes_back_its_own_tags(desk: Desk, end: str) -> None:
    await desk.tell(order(1, tags=("Gift",)))
    await tagged(desk, "rush", remove=("Gift",), **NOW)
    await tagged(desk, "later", delaySeconds=60)
    first = (await desk.outbox(1))[0]
    if end == "dies":
        await leave(desk, Refused("Order does not exist"))
    else:
        await desk.post(f"/sync/outbox/{first.id}/discard")
    seen = await desk.order(1)
    assert await shown(desk) == ["Gift", "later"]
    assert seen.alerts == {"integration_failed"}
    assert "not done in Shopify" in list(seen.operator.entries.values())[-1].details
    await tagged(desk, "rush", **NOW)
    assert (await desk.order(1)).alerts == frozenset(), "done anew"


async def test_undo_takes_back_one_change_and_leaves_the_other(desk: Desk) -> None:
    await desk.tell(order(1, tags=("Gift",)))
    first = await tagged(desk, "rush", remove=("gift",))
    await tagged(desk, "loyal")
    status, answer = await desk.act("undo", {"actionId": first["actionId"]})
    assert status == 200
    assert answer["updatedOrders"] == [{"id": "1", "tags": ["Gift", "loyal"]}]
    assert await shown(desk) == ["Gift", "loyal"]
    assert [row.state for row in await desk.outbox(1)] == ["undone", "queued"]


async def test_what_has_left_is_not_undone(light_desk: Desk) -> None:
    await light_desk.tell(order(1))
    answer = await tagged(light_desk, "rush", **NOW)
    await leave(light_desk, taken("rush", at=PLACED + SECOND))
    status, refused = await light_desk.act("undo", {"actionId": answer["actionId"]})
    assert (status, refused["code"]) == (409, "already_sent")


async def test_many_orders_are_tagged_each_as_it_needs(light_desk: Desk) -> None:
    await light_desk.tell(order(1), order(2, tags=("rush",)))
    body = {"orderIds": [gid(1), "2", "999"], "add": ["Rush"]}
    status, answer = await light_desk.act("tags", body)
    assert status == 200
    assert answer["message"] == "Tagged 2 orders; 1 failed"
    assert answer["updatedOrders"] == [{"id": gid(1), "tags": ["Rush"]}, {"id": "2", "tags": ["rush"]}]
    assert len(await light_desk.payloads("tags")) == 1


async def test_a_tag_decides_the_priority_at_once(light_desk: Desk) -> None:
    await light_desk.tell(order(1))
    await tagged(light_desk, "VIP")
    assert b'"priority":"vip"' in (await light_desk.order(1)).known.card
