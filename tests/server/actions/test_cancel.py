"""Cancel: contract §3a. `cancelling` alone changes until Shopify says that the order is cancelled."""

from __future__ import annotations

import asyncio
import random
from typing import Any

import orjson
import pytest
from tests.server.actions.test_address import everything
from tests.server.conftest import SettableClock
from tests.support.acting import Desk, serve
from tests.support.desk_orders import PLACED, order, parcel, refunded, returned, stamp
from tests.support.relaying import Ledger, relay_to

from orders_sync.backoff import MAX_TRIES
from orders_sync.db.engine import Database
from orders_sync.evidence.changes import CustomerRedacted
from orders_sync.evidence.entities import MoneyPart
from orders_sync.ingest import privacy
from orders_sync.instants import HOUR, MINUTE, SECOND
from orders_sync.outbox.outcome import Begun, Later, Refused, Sent, Undecided, Unknown
from orders_sync.relay.consequence import Delivered
from orders_sync.relay.recording import OutcomeJob
from orders_sync.rules.integration_failed import causes
from orders_sync.rules.row_json import row_json
from orders_sync.rules.thresholds import Thresholds

WISH = {"orderId": "1", "reason": "customer", "refund": "original", "restock": True}


async def cancel(desk: Desk, **more: Any) -> dict[str, Any]:
    status, answer = await desk.act("cancel", {**WISH, **more}, X_Operator="ana")
    assert status == 200, answer
    return answer


async def refusal(desk: Desk, action: str = "cancel", **body: Any) -> dict[str, Any]:
    status, answer = await desk.act(action, {**(WISH if action == "cancel" else {}), **body})
    assert status == 409, answer
    return answer


async def row_of(desk: Desk) -> dict[str, Any]:
    """ORDER, as pages have it."""
    row: dict[str, Any] = orjson.loads(row_json((await desk.order(1)).state))
    return row


async def test_what_is_ordered_is_queued_and_nothing_but_cancelling_changes(desk: Desk) -> None:
    await desk.tell(order(1))
    before = await row_of(desk)
    answer = await cancel(desk, note=" fed up ", notify=True)
    assert answer["message"] == "Cancellation ordered for #1"
    assert answer["updatedOrders"] == [{"id": "1", "cancelling": True}]
    after = await row_of(desk)
    assert after["cancelling"] == {"by": "ana", "at": "2026-03-10T12:00:00Z", "sends_at": "2026-03-10T12:00:10Z"}
    told = after["timeline"][-1]["details"]
    assert told == (
        "Cancellation ordered (customer, refunded as it was paid, restocked, the customer is mailed), by ana: fed up"
    )
    assert {name for name in after if after[name] != before[name]} == {"cancelling", "timeline"}
    (payload,) = await desk.payloads("cancel")
    assert payload == {
        "reason": "customer",
        "refund": "original",
        "restock": True,
        "notify": True,
        "note": "fed up",
        "by": "ana",
    }
    assert "fed up" in (await desk.audited(1))[-1].details


@pytest.mark.parametrize(
    ("told", "named"),
    [
        ([parcel(1, 5, name="#1.1")], "fulfilment #1.1 is neither cancelled nor failed"),
        (
            [parcel(1, 5, name="#1.1", shipment_status="in_transit")],
            "#1.1 (in transit) is neither cancelled nor failed",
        ),
        ([parcel(1, 5, name="#1.1", shipment_status="delivered")], "#1.1 (delivered) is neither cancelled nor failed"),
        ([returned(1, 9, name="#1-R1")], "return #1-R1 is awaiting label"),
        ([returned(1, 9, name="#1-R1", status="requested")], "return #1-R1 is requested"),
    ],
)
async def test_what_stands_against_it_is_named(light_desk: Desk, told: list[Any], named: str) -> None:
    await light_desk.tell(order(1), *told)
    answer = await refusal(light_desk)
    assert (answer["code"], answer["allowed_actions"]) == ("illegal_transition", [])
    assert named in answer["message"]
    assert answer["message"].startswith("#1 cannot be cancelled: ")
    assert await light_desk.outbox(1) == []


async def test_parcels_that_ended_and_returns_that_are_over_are_no_obstacle(light_desk: Desk) -> None:
    await light_desk.tell(
        order(1),
        parcel(1, 5, status="cancelled"),
        parcel(1, 6, status="failure"),
        returned(1, 9, status="declined"),
    )
    await cancel(light_desk)


async def test_a_fulfilment_of_ours_that_waits_stands_against_it_until_it_is_undone(light_desk: Desk) -> None:
    await light_desk.tell(order(1))
    _, fulfilled = await light_desk.act("fulfill", {"orderIds": ["1"]})
    answer = await refusal(light_desk)
    assert answer["message"] == "#1 cannot be cancelled: a fulfilment of this desk is on its way to Shopify"
    await light_desk.act("undo", {"actionId": fulfilled["actionId"]})
    await cancel(light_desk)


async def test_a_cancelled_order_is_closed_and_one_that_was_refunded_in_full_is_not(light_desk: Desk) -> None:
    await light_desk.tell(order(1, cancelled_at=PLACED), order(2, financial_status="refunded"))
    answer = await refusal(light_desk)
    assert (answer["code"], answer["message"]) == ("order_closed", "#1 is cancelled")
    await cancel(light_desk, orderId="2")


CLOSED = {
    "fulfill": {"orderIds": ["1"]},
    "hold": {"orderIds": ["1"], "reason": "fraud"},
    "tracking": {"items": [{"orderId": "1", "number": "1Z999AA10123456784"}]},
    "address": {"orderId": "1", "shippingAddress": {"city": "Umeå"}},
    "inventory": {"sku": "TEE-M", "orderIds": ["1"]},
}
OPEN = {
    "assign": {"orderIds": ["1"], "assignee": "maya"},
    "support": {"orderId": "1", "note": "why"},
    "tags": {"orderIds": ["1"], "add": ["called"]},
}


@pytest.mark.parametrize("action", [*CLOSED, *OPEN])
async def test_what_is_possible_while_it_is_cancelled(light_desk: Desk, action: str) -> None:
    await light_desk.tell(order(1))
    await cancel(light_desk)
    status, answer = await light_desk.act(action, (CLOSED | OPEN)[action])
    if action in OPEN:
        assert status == 200, answer
        return
    assert (status, answer["code"]) == (409, "order_closed")
    assert answer["message"] == (
        "#1 is being cancelled, as ana ordered: undo the cancellation, or discard it in the outbox, first"
    )


async def test_the_same_again_changes_nothing_and_anything_else_is_refused(light_desk: Desk) -> None:
    await light_desk.tell(order(1))
    await cancel(light_desk)
    version = (await light_desk.order(1)).version
    again = await cancel(light_desk)
    assert again["versions"] == {"1": version}
    assert len(await light_desk.outbox(1)) == 1
    answer = await refusal(light_desk, refund="none")
    assert (answer["code"], "is being cancelled, as ana ordered" in answer["message"]) == ("order_closed", True)


async def test_undo_takes_it_back_until_its_row_is_claimed(desk: Desk, clock: SettableClock) -> None:
    await desk.tell(order(1))
    ordered = await cancel(desk)
    assert ordered["undoUntil"] == "2026-03-10T12:00:10Z"
    clock.advance(SECOND)
    status, answer = await desk.act("undo", {"actionId": ordered["actionId"]}, X_Operator="ana")
    assert (status, answer["updatedOrders"]) == (200, [{"id": "1", "cancelling": False}])
    row = await row_of(desk)
    assert row["cancelling"] is None
    assert row["timeline"][-1]["details"] == "cancel undone, by ana"
    assert [each.state for each in await desk.outbox(1)] == ["undone"]
    assert (await desk.act("fulfill", {"orderIds": ["1"]}))[0] == 200

    await desk.tell(order(2))
    ordered = await cancel(desk, orderId="2", delaySeconds=0)
    await desk.claim("shopify")
    assert (await desk.act("undo", {"actionId": ordered["actionId"]}))[1]["code"] == "already_sent"


async def test_undo_works_though_it_was_put_off_since(light_desk: Desk) -> None:
    await light_desk.tell(order(1))
    ordered = await cancel(light_desk)
    await relay_to(light_desk.db, Ledger(), []).step()  # writes to Shopify were switched off
    assert (await row_of(light_desk))["cancelling"]["sends_at"] is None
    assert (await light_desk.act("undo", {"actionId": ordered["actionId"]}))[0] == 200


async def test_when_it_leaves_follows_the_switch_the_review_and_the_retry(desk: Desk, clock: SettableClock) -> None:
    await desk.tell(order(1))
    async with serve(desk.db, shopify_writes=False) as offline:
        answer = await cancel(offline)
    assert answer["undoUntil"] is None
    assert (await row_of(desk))["cancelling"]["sends_at"] is None
    clock.advance(MINUTE)
    await relay_to(desk.db, Ledger()).step()
    (row,) = await desk.outbox(1)
    assert row.state == "needs_review"
    assert (await row_of(desk))["cancelling"]["sends_at"] is None
    assert (await desk.post(f"/sync/outbox/{row.id}/retry"))[0] == 200
    assert (await row_of(desk))["cancelling"]["sends_at"] == "2026-03-10T12:01:00Z"


async def test_what_shopify_refuses_is_taken_back_and_told_and_may_be_tried_again(desk: Desk) -> None:
    await desk.tell(order(1))
    await cancel(desk, delaySeconds=0)
    await relay_to(desk.db, Ledger(answers=[Refused("no permission to refund")])).send_due()
    seen = await desk.order(1)
    assert seen.operator.cancelling is None
    assert seen.alerts == {"integration_failed"}
    assert seen.failed == 1
    assert (await row_of(desk))["timeline"][-1][
        "details"
    ] == "Cancellation: not done in Shopify: no permission to refund"
    (row,) = await desk.outbox(1)
    await desk.post(f"/sync/outbox/{row.id}/retry")
    seen = await desk.order(1)
    assert seen.operator.cancelling is not None
    assert (seen.operator.cancelling.by, seen.alerts) == ("ana", frozenset())


async def test_a_dead_one_is_not_tried_again_beside_a_parcel_or_a_later_one(light_desk: Desk) -> None:
    await light_desk.tell(order(1))
    await cancel(light_desk, delaySeconds=0)
    await relay_to(light_desk.db, Ledger(answers=[Refused("no")])).send_due()
    (dead,) = await light_desk.outbox(1)
    _, fulfilled = await light_desk.act("fulfill", {"orderIds": ["1"]})
    status, answer = await light_desk.post(f"/sync/outbox/{dead.id}/retry")
    assert (status, "is on its way to Shopify" in answer["message"]) == (409, True)
    await light_desk.act("undo", {"actionId": fulfilled["actionId"]})
    await cancel(light_desk)
    _, answer = await light_desk.post(f"/sync/outbox/{dead.id}/retry")
    assert answer["message"].endswith("discarded: the order was ordered to be cancelled anew")
    seen = await light_desk.order(1)
    assert (seen.operator.cancelling is not None, seen.alerts) == (True, frozenset())


async def test_a_dead_fulfilment_is_not_tried_again_while_the_order_is_cancelled(light_desk: Desk) -> None:
    await light_desk.tell(order(1))
    await light_desk.act("fulfill", {"orderIds": ["1"], "delaySeconds": 0})
    await relay_to(light_desk.db, Ledger(answers=[Refused("no")])).send_due()
    (dead,) = await light_desk.outbox(1)
    await cancel(light_desk)
    status, answer = await light_desk.post(f"/sync/outbox/{dead.id}/retry")
    assert (status, "#1 is being cancelled, as ana ordered" in answer["message"]) == (409, True)


async def test_one_that_is_discarded_is_an_alert_until_the_order_is_sent_or_cancelled(desk: Desk) -> None:
    for order_id in (1, 2):
        await desk.tell(order(order_id))
        await cancel(desk, orderId=str(order_id))
        (row,) = await desk.outbox(order_id)
        assert (await desk.post(f"/sync/outbox/{row.id}/discard"))[0] == 200
        seen = await desk.order(order_id)
        assert seen.operator.cancelling is None
        assert seen.alerts == {"integration_failed"}
    await desk.tell(parcel(1, 5), order(2, cancelled_at=PLACED + SECOND, at=PLACED + SECOND))
    left = [(await desk.order(order_id)).alerts for order_id in (1, 2)]
    assert not any("integration_failed" in alerts for alerts in left)


async def test_when_shopify_cancels_it_the_row_is_done_and_does_not_leave(desk: Desk) -> None:
    """Whoever it was, and though its own answer is still on its way."""
    gone: Any = {"cancelled_at": PLACED + SECOND, "at": PLACED + SECOND}
    for order_id in (1, 2):
        await desk.tell(order(order_id))
        await cancel(desk, orderId=str(order_id), delaySeconds=0 if order_id == 2 else None)
    (held,) = await desk.claim("shopify", owner="r")
    await desk.tell(order(1, **gone), order(2, **gone), refunded(2, None))
    for order_id, why in ((1, "Shopify cancelled the order before this was sent"), (2, None)):
        seen = await desk.order(order_id)
        (row,) = await desk.outbox(order_id)
        assert (seen.operator.cancelling, seen.waiting, seen.failed) == (None, 0, 0)
        assert (row.state, row.last_error) == ("done", why)
        told = [entry.details for entry in seen.operator.entries.values()]
        assert any(text.startswith("Cancelled in Shopify before the cancellation that ana") for text in told) is bool(
            why
        )
    await desk.db.write(OutcomeJob(Delivered("r", held, Refused("already cancelled"), 0.0), Thresholds()))
    seen = await desk.order(2)
    assert (seen.failed, seen.alerts) == (0, frozenset())
    assert {"order_cancelled", "payment_refunded"} <= set(seen.timeline)


async def test_a_dead_one_is_over_once_the_order_is_cancelled(light_desk: Desk) -> None:
    await light_desk.tell(order(1))
    await cancel(light_desk, delaySeconds=0)
    await relay_to(light_desk.db, Ledger(answers=[Refused("no")])).send_due()
    await light_desk.tell(order(1, cancelled_at=PLACED + SECOND, at=PLACED + SECOND))
    seen = await light_desk.order(1)
    assert (seen.alerts, seen.failed) == (frozenset(), 0)
    assert [row.state for row in await light_desk.outbox(1)] == ["discarded"]


async def test_of_a_fulfilment_and_a_cancellation_at_once_one_wins(db: Database, desk: Desk) -> None:
    dice = random.Random(14)
    for order_id in range(1, 25):
        await desk.tell(order(order_id))
        wishes = [
            ("cancel", {**WISH, "orderId": str(order_id)}, "illegal_transition"),
            ("fulfill", {"orderIds": [str(order_id)]}, "order_closed"),
        ]
        dice.shuffle(wishes)
        answers = await asyncio.gather(*(desk.act(action, body) for action, body, _ in wishes))
        assert sorted(status for status, _ in answers) == [200, 409]
        lost = next(n for n, (status, _) in enumerate(answers) if status == 409)
        assert answers[lost][1]["code"] == wishes[lost][2]
        (row,) = await desk.outbox(order_id)
        assert (row.kind == "cancel") is (wishes[lost][0] == "fulfill")


async def test_its_note_is_left_nowhere_once_the_customer_is_redacted(db: Database, desk: Desk) -> None:
    for order_id, delay_s in ((1, 60), (2, 0)):
        await desk.tell(order(order_id, total=MoneyPart(hundredths=100, currency="USD")))
        await desk.act(
            "cancel",
            {**WISH, "orderId": str(order_id), "note": "Öberg asks", "delaySeconds": delay_s},
            key=f"k{order_id}",
        )
    await relay_to(db, Ledger(answers=[Refused("no")])).send_due()
    assert "Öberg" in await everything(db)
    gone = CustomerRedacted(None, None, (1, 2), stamp(PLACED + SECOND))
    await db.write(lambda tx: privacy.erase(tx, [gone], Thresholds()))
    assert "Öberg" not in await everything(db)
    assert [(await desk.outbox(n))[0].state for n in (1, 2)] == ["queued", "dead"]
    assert (await desk.payloads("cancel"))[0]["note"] is None


LOOK = Begun("Shopify is cancelling the order", 5 * SECOND, {"asked": {"job": "gid://shopify/Job/1", "at": 0}})


async def test_what_was_begun_is_looked_at_again_and_never_queued(desk: Desk, clock: SettableClock) -> None:
    await desk.tell(order(1))
    ordered = await cancel(desk, delaySeconds=0)
    shopify = Ledger(answers=[LOOK, LOOK, LOOK])
    relay = relay_to(desk.db, shopify)
    for _ in range(2):
        await relay.step()
        clock.advance(5 * SECOND)
    (row,) = await desk.outbox(1)
    assert (row.state, row.last_error, row.attempts) == ("unknown", "Shopify is cancelling the order", 1)
    assert (await desk.payloads("cancel"))[0]["asked"] == LOOK.kept["asked"]
    assert [each.payload["sent"] for each in shopify.seen] == [False, True]
    assert (await desk.act("undo", {"actionId": ordered["actionId"]}))[1]["code"] == "already_sent"
    _, answer = await desk.post(f"/sync/outbox/{row.id}/retry")
    assert answer["message"].endswith("it is read again what became of it")
    await relay.step()
    assert shopify.seen[-1].payload["sent"]
    cancelled = order(1, cancelled_at=clock.now, at=clock.now)
    shopify.answers = [Sent(changes=(cancelled,))]
    clock.advance(5 * SECOND)
    await relay.step()
    seen = await desk.order(1)
    assert (seen.operator.cancelling, seen.state.cancelled) == (None, True)
    assert [each.state for each in await desk.outbox(1)] == ["done"]


@pytest.mark.parametrize("decided", ["retry", "discard"])
async def test_what_nobody_can_say_is_told_and_somebody_decides(desk: Desk, decided: str) -> None:
    await desk.tell(order(1))
    await cancel(desk, delaySeconds=0)
    shopify = Ledger(answers=[Undecided("whether Shopify cancels the order is not known")])
    await relay_to(desk.db, shopify).step()
    seen, (row,) = await desk.order(1), await desk.outbox(1)
    assert row.state == "needs_review"
    assert seen.alerts == {"integration_failed"}
    assert (await row_of(desk))["cancelling"]["sends_at"] is None
    (cause,) = causes(seen.state)
    assert cause.message.startswith(
        "#1: Cancellation is not confirmed by Shopify: whether Shopify cancels the order is"
    )
    assert (await desk.post(f"/sync/outbox/{row.id}/{decided}"))[0] == 200
    seen = await desk.order(1)
    if decided == "retry":
        assert seen.alerts == frozenset()
        assert seen.operator.cancelling is not None
        await relay_to(desk.db, shopify).step()
        assert not shopify.seen[-1].payload["sent"], "a lead has it sent again"
        return
    assert seen.operator.cancelling is None
    assert seen.alerts == {"integration_failed"}
    told = [entry.details for entry in seen.operator.entries.values()]
    assert "Cancellation: discarded; Shopify may have done it all the same" in told


async def test_when_it_leaves_follows_what_keeps_it_from_leaving(light_desk: Desk, clock: SettableClock) -> None:
    await light_desk.tell(order(1))
    await cancel(light_desk, delaySeconds=0)
    await relay_to(light_desk.db, Ledger(answers=[Later("throttled", 30 * SECOND)])).step()
    assert (await row_of(light_desk))["cancelling"]["sends_at"] == "2026-03-10T12:00:30Z"


async def test_one_that_is_lost_again_and_again_is_for_people_and_not_dead(
    light_desk: Desk, clock: SettableClock
) -> None:
    await light_desk.tell(order(1))
    await cancel(light_desk, delaySeconds=0)
    relay = relay_to(light_desk.db, Ledger(answers=[Unknown("cut")] * MAX_TRIES))
    for _ in range(MAX_TRIES):
        await relay.step()
        clock.advance(HOUR)
    assert [row.state for row in await light_desk.outbox(1)] == ["needs_review"]
    assert (await light_desk.order(1)).operator.cancelling is not None
