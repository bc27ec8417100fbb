"""The outbox as leads see it and decide on it: contract §3, Outbound."""

from __future__ import annotations

import pytest
from tests.server.conftest import SettableClock
from tests.support.acting import Desk, serve
from tests.support.desk_orders import gid, line, order, parcel
from tests.support.relaying import Ledger, relay_to

from orders_sync.instants import MINUTE
from orders_sync.outbox.outcome import Later, Refused, Unknown
from orders_wire.vocabulary import Status

FULFILL = {"orderIds": ["1"], "delaySeconds": 0}


async def only_row(desk: Desk) -> str:
    (row,) = await desk.outbox(1)
    return f"/sync/outbox/{row.id}"


async def dead(desk: Desk) -> str:
    """A fulfilment that Shopify refused; its path."""
    await desk.tell(order(1))
    await desk.act("fulfill", FULFILL)
    await relay_to(desk.db, Ledger(answers=[Refused("no")])).send_due()
    return await only_row(desk)


async def test_the_list_shows_the_newest_first_with_counts(desk: Desk) -> None:
    await desk.tell(order(1, "#1001"), order(2, "#1002"))
    await desk.act("assign", {"orderIds": ["#1001"], "assignee": "maya"})
    _, undone = await desk.act("assign", {"orderIds": ["#1002"], "assignee": "maya"})
    await desk.act("undo", {"actionId": undone["actionId"]})
    status, answer = await desk.get("/sync/outbox")
    assert status == 200
    assert [(row["order_number"], row["state"]) for row in answer["items"]] == [
        ("#1002", "undone"),
        ("#1001", "queued"),
    ]
    assert answer["counts"] == {"queued": 1, "undone": 1}
    row = answer["items"][1]
    assert (row["target"], row["kind"], row["order_id"], row["attempts"]) == ("shopify", "owner", gid(1), 0)
    _, one_state = await desk.get("/sync/outbox?state=queued")
    assert [row["order_number"] for row in one_state["items"]] == ["#1001"]


async def test_a_state_that_is_none_is_refused_with_those_that_are(light_desk: Desk) -> None:
    status, answer = await light_desk.get("/sync/outbox?state=lost")
    assert (status, answer["code"]) == (400, "invalid_request")
    assert "needs_review" in answer["message"]
    assert "updatedOrders" not in answer


async def test_a_dead_write_is_tried_again_and_its_alert_ends(desk: Desk) -> None:
    path = await dead(desk)
    status, answer = await desk.post(f"{path}/retry", X_Operator="lea")
    assert (status, answer["success"], answer["updatedOrders"]) == (200, True, [])
    seen = await desk.order(1)
    assert (seen.alerts, seen.waiting, seen.failed) == (frozenset(), 1, 0)
    shop = Ledger()
    await relay_to(desk.db, shop).send_due()
    assert len(shop.effects) == 1
    assert (await desk.outbox(1))[0].state == "done"
    assert [(entry.actor, entry.action) for entry in await desk.audited(1)][-1] == ("lea", "outbox_retry")


async def test_a_write_that_dies_again_raises_a_new_alert(light_desk: Desk, clock: SettableClock) -> None:
    path = await dead(light_desk)
    await light_desk.post(f"{path}/retry")
    clock.advance(MINUTE)
    await relay_to(light_desk.db, Ledger(answers=[Refused("still no")])).send_due()
    assert (await light_desk.order(1)).alerts == {"integration_failed"}


async def test_a_dead_write_that_is_discarded_leaves_an_alert_while_the_goods_are_owed(light_desk: Desk) -> None:
    path = await dead(light_desk)
    assert (await light_desk.post(f"{path}/discard"))[0] == 200
    seen = await light_desk.order(1)
    assert (sorted(seen.alerts), seen.waiting, seen.failed) == (["integration_failed"], 0, 0)
    now = light_desk.db.clock() + 1000
    await light_desk.tell(order(1, None, line(owed=0), at=now), parcel(1, 70, at=now, number="N"))
    assert (await light_desk.order(1)).alerts == frozenset()


async def test_a_queued_fulfilment_that_is_discarded_drops_its_acknowledgement(desk: Desk) -> None:
    await desk.tell(order(1))
    await desk.act("fulfill", FULFILL)
    assert (await desk.post(f"{await only_row(desk)}/discard"))[0] == 200
    seen = await desk.order(1)
    assert seen.state.status is Status.AWAITING_FULFILLMENT
    assert seen.alerts == {"integration_failed"}
    assert (await desk.outbox(1))[0].state == "discarded"
    assert await relay_to(desk.db, Ledger()).send_due() == 0


async def test_other_writes_are_discarded_without_an_alert(light_desk: Desk) -> None:
    await light_desk.tell(order(1))
    await light_desk.act("assign", {"orderIds": ["1"], "assignee": "maya"})
    await light_desk.post(f"{await only_row(light_desk)}/discard")
    seen = await light_desk.order(1)
    assert (seen.alerts, seen.waiting, seen.operator.assigned_to) == (frozenset(), 0, "maya")


async def test_what_left_can_be_neither_retried_nor_discarded(light_desk: Desk) -> None:
    await light_desk.tell(order(1))
    await light_desk.act("fulfill", FULFILL)
    await light_desk.claim("shopify")
    path = await only_row(light_desk)
    for what in ("retry", "discard"):
        status, answer = await light_desk.post(f"{path}/{what}")
        assert (status, answer["code"], answer["updatedOrders"]) == (409, "already_sent", [])


async def test_a_row_within_its_time_to_undo_is_not_sent_off_early(light_desk: Desk) -> None:
    await light_desk.tell(order(1))
    await light_desk.act("fulfill", {"orderIds": ["1"]})
    status, answer = await light_desk.post(f"{await only_row(light_desk)}/retry")
    assert (status, answer["code"]) == (409, "illegal_transition")


@pytest.mark.parametrize("outcome", [Later("down"), Unknown("no answer")])
async def test_a_row_that_waits_for_its_next_try_may_be_sent_off_now(
    light_desk: Desk, outcome: Later | Unknown
) -> None:
    await light_desk.tell(order(1))
    await light_desk.act("fulfill", FULFILL)
    relay = relay_to(light_desk.db, Ledger(answers=[outcome]))
    await relay.send_due()
    assert await relay.send_due() == 0
    assert (await light_desk.post(f"{await only_row(light_desk)}/retry"))[0] == 200
    assert await relay.send_due() == 1


async def test_reviewed_writes_leave(light_desk: Desk) -> None:
    async with serve(light_desk.db, shopify_writes=False) as offline:
        await light_desk.tell(order(1))
        await offline.act("fulfill", FULFILL)
        path = await only_row(light_desk)
        status, answer = await offline.post(f"{path}/retry")
        assert (status, answer["code"]) == (409, "illegal_transition")
    shop = Ledger()
    relay = relay_to(light_desk.db, shop)
    await relay.step()
    assert (await light_desk.post(f"{path}/retry"))[0] == 200
    await relay.step()
    assert len(shop.effects) == 1


async def test_an_old_owner_never_overwrites_a_newer_one(desk: Desk) -> None:
    await desk.tell(order(1))
    await desk.act("assign", {"orderIds": ["1"], "assignee": "maya", "delaySeconds": 0})
    relay = relay_to(desk.db, Ledger(answers=[Refused("no")]))
    await relay.send_due()
    path = await only_row(desk)
    await desk.act("assign", {"orderIds": ["1"], "assignee": "bo", "delaySeconds": 0})
    await relay.send_due()
    status, answer = await desk.post(f"{path}/retry")
    assert status == 200
    assert "discarded" in answer["message"]
    assert [row.state for row in await desk.outbox(1)] == ["discarded", "done"]
    assert (await desk.order(1)).alerts == frozenset()


@pytest.mark.parametrize("row", ["999", "x", "9" * 25])
async def test_a_row_that_is_not_there_is_not_found(light_desk: Desk, row: str) -> None:
    for what in ("retry", "discard"):
        status, answer = await light_desk.post(f"/sync/outbox/{row}/{what}")
        assert (status, answer["code"]) == (404, "not_found")
