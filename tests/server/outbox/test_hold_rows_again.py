"""Rows for holds that are over, or were taken back: what a failure, a retry and a discard of them come to."""

from __future__ import annotations

import pytest
from tests.server.conftest import NOON, SettableClock
from tests.support.acting import Desk, serve
from tests.support.desk_orders import line, order, stamp
from tests.support.relaying import Ledger, relay_to
from tests.support.shopify import ScriptedShop

from orders_sync.evidence.changes import HoldAdded, HoldReleased
from orders_sync.evidence.entities import HoldPart
from orders_sync.external.shopify.sender import ShopifySender
from orders_sync.instants import DAY, HOUR, MINUTE, SECOND, to_text
from orders_sync.outbox.outcome import Outcome, Refused, Sent, Unknown

RELEASE = {"orderIds": ["1"], "delaySeconds": 0}
HOLD = {**RELEASE, "reason": "customer", "note": "calls", "until": to_text(NOON + DAY), "then": "release"}


async def rows(desk: Desk) -> list[tuple[str, str]]:
    return [(row.kind, row.state.value) for row in await desk.outbox(1) if row.target == "shopify"]


async def sent(desk: Desk, *answers: Outcome, times: int = 1) -> Ledger:
    """What the shop was told, and answered."""
    shop = Ledger(answers=list(answers))
    for _ in range(times):
        await relay_to(desk.db, shop).send_due()
    return shop


async def decide(desk: Desk, what: str, place: int = 0) -> str:
    """Retries, or discards, the row at this place."""
    row = (await desk.outbox(1))[place]
    status, answer = await desk.post(f"/sync/outbox/{row.id}/{what}")
    assert status == 200, answer
    return str(answer["message"])


async def held(desk: Desk, *answers: Outcome) -> None:
    await desk.tell(order(1))
    assert (await desk.act("hold", HOLD))[0] == 200
    await sent(desk, *answers)


async def test_a_release_of_what_is_over_is_refused_once(desk: Desk) -> None:
    await held(desk)
    await desk.tell(order(1, None, line(owed=0), at=desk.db.clock() + 1000))
    assert await rows(desk) == [("hold", "done"), ("release_hold", "queued")]
    await sent(desk, *[Refused("no")] * 5, times=5)
    assert await rows(desk) == [("hold", "done"), ("release_hold", "dead")]
    await decide(desk, "discard", 1)
    assert await rows(desk) == [("hold", "done"), ("release_hold", "discarded")]


async def test_a_hold_that_died_stands_again_with_its_terms_when_it_is_tried_again(
    desk: Desk, clock: SettableClock
) -> None:
    await held(desk, Refused("no"))
    before = await desk.order(1)
    assert before.operator.desk_holds == {}
    assert before.alerts == {"integration_failed"}
    assert "queued again" in await decide(desk, "retry")
    after = await desk.order(1)
    (hold,) = after.operator.desk_holds.values()
    assert (hold.until, hold.then, hold.note) == (NOON + DAY, "release", "calls")
    assert after.alerts == frozenset()
    clock.advance(MINUTE)
    await sent(desk, Refused("no"))
    assert (await desk.order(1)).operator.desk_holds == {}
    assert (await desk.order(1)).alerts == {"integration_failed"}


async def test_an_escalation_that_died_stands_again_when_it_is_tried_again(light_desk: Desk) -> None:
    desk = light_desk
    await desk.tell(order(1))
    await desk.act("inventory", {"sku": "TEE-M", "delaySeconds": 0})
    await sent(desk, Refused("no"))
    assert (await desk.order(1)).operator.holds == {}
    await decide(desk, "retry", [row.kind for row in await desk.outbox(1)].index("hold"))
    assert list((await desk.order(1)).operator.holds) == ["TEE-M"]


@pytest.mark.parametrize("ends", ["release", "sent"])
async def test_a_hold_that_is_over_is_not_sent_by_a_review(desk: Desk, clock: SettableClock, ends: str) -> None:
    """Its outcome was unknown when writes were switched off; the hold ended meanwhile."""
    await held(desk, Unknown("?"))
    async with serve(desk.db, shopify_writes=False):
        await relay_to(desk.db, Ledger(), targets=()).step()
    if ends == "release":
        assert (await desk.act("release", RELEASE))[0] == 200
    else:
        await desk.tell(order(1, None, line(owed=0), at=desk.db.clock() + 1000))
    await relay_to(desk.db, Ledger()).step()
    clock.advance(MINUTE)
    assert (await rows(desk))[0] == ("hold", "needs_review")
    assert "the hold is over" in await decide(desk, "retry")
    assert (await rows(desk))[0] == ("hold", "discarded")
    assert (await desk.order(1)).alerts == frozenset()


@pytest.mark.parametrize("decided", ["dies", "retry", "discard"])
async def test_of_a_hold_that_was_released_already_nothing_comes_back(desk: Desk, decided: str) -> None:
    await held(desk, Unknown("?"))
    _, released = await desk.act("release", {"orderIds": ["1"], "delaySeconds": 60})
    if decided == "dies":
        desk.db.clock.advance(MINUTE)  # type: ignore[attr-defined]
        await sent(desk, Refused("no"))
    else:
        await decide(desk, decided)
    assert (await rows(desk))[0] == ("hold", "dead" if decided == "dies" else "discarded")
    assert (await desk.order(1)).alerts == frozenset()
    status, answer = await desk.act("undo", {"actionId": released["actionId"]})
    assert (status, answer.get("code")) == (409, "version_conflict")
    assert (await desk.order(1)).operator.desk_holds == {}


async def test_a_release_that_died_is_one_again_when_it_is_tried_again(desk: Desk, clock: SettableClock) -> None:
    await held(desk)
    await desk.tell(HoldAdded(10, 1, HoldPart(id="77", reason="other"), stamp(clock.now)))
    ids = [hold.name for hold in (await desk.order(1)).state.holds]
    assert len(ids) == 2
    await desk.act("release", {**RELEASE, "holdIds": ids})
    await sent(desk, Refused("no"), Refused("no"), times=2)
    assert len((await desk.order(1)).state.holds) == 2
    for place in (1, 2):
        await decide(desk, "retry", place)
    after = await desk.order(1)
    assert (after.state.holds, after.alerts) == ((), frozenset())
    clock.advance(MINUTE)
    await sent(desk, Refused("no"), Refused("no"), times=2)
    assert len((await desk.order(1)).state.holds) == 2


async def test_a_hold_that_shopify_released_before_its_outcome_was_known_is_not_placed_again(
    desk: Desk, clock: SettableClock
) -> None:
    await held(desk, Unknown("?"))
    (payload,) = await desk.payloads("hold")
    hold = HoldPart(id="77", reason="other", handle=payload["handle"])
    await desk.tell(HoldAdded(10, 1, hold, stamp(clock.now)))
    await desk.tell(HoldReleased(10, 1, "77", stamp(clock.advance(SECOND)), hold))
    clock.advance(HOUR)
    shop = await sent(desk)
    assert [row.payload.get("over") for row in shop.seen] == [True]
    assert await ShopifySender(ScriptedShop()).send(shop.seen) == [Sent()]
    assert await rows(desk) == [("hold", "done")]
