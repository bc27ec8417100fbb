"""Release: contract §3a."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from tests.support.acting import Desk, serve
from tests.support.desk_orders import line, order, stamp
from tests.support.relaying import Ledger, relay_to

from orders_sync.evidence.changes import HoldAdded, HoldReleased
from orders_sync.evidence.entities import HoldPart
from orders_sync.http.app_keys import Caller
from orders_sync.http.auth import Tokens
from orders_sync.instants import SECOND
from orders_sync.outbox.outcome import Refused
from orders_sync.rules.holds import own_handle
from orders_wire.vocabulary import Role

THEIRS = "gid://shopify/FulfillmentHold/77"


def added(desk: Desk, number: int, reason: str = "other", handle: str | None = None) -> HoldAdded:
    part = HoldPart(id=str(number), reason=reason, handle=handle)
    return HoldAdded(10, 1, part, stamp(desk.db.clock()))


def gone(desk: Desk, number: int) -> HoldReleased:
    return HoldReleased(10, 1, str(number), stamp(desk.db.clock() + SECOND))


async def hold(desk: Desk, reason: str = "other", **body: Any) -> str:
    """The hold's handle."""
    _, answer = await desk.act("hold", {"orderIds": ["1"], "reason": reason, "delaySeconds": 0, **body})
    return own_handle(answer["actionId"])


async def release(desk: Desk, *hold_ids: str, **headers: str) -> tuple[int, dict[str, Any]]:
    named = {"holdIds": list(hold_ids)} if hold_ids else {}
    return await desk.act("release", {"orderIds": ["1"], **named}, **headers)


async def held(desk: Desk) -> list[str]:
    return [each.id for each in (await desk.order(1)).state.holds]


async def states(desk: Desk) -> list[tuple[str, str]]:
    return [(row.kind, row.state.value) for row in await desk.outbox(1)]


async def test_a_hold_that_was_not_sent_is_withdrawn(desk: Desk) -> None:
    await desk.tell(order(1))
    await hold(desk)
    status, answer = await release(desk)
    assert (status, answer["updatedOrders"]) == (200, [{"id": "1", "hold": None}])
    assert answer["message"].startswith("Released 1 order")
    assert await states(desk) == [("hold", "undone")]
    assert (await desk.order(1)).waiting == 0
    await desk.act("undo", {"actionId": answer["actionId"]})
    assert await states(desk) == [("hold", "queued")]
    assert ((await desk.order(1)).state.held, (await desk.order(1)).waiting) == ({1: 1}, 1)


async def test_a_hold_that_was_sent_is_released_in_shopify_by_its_handle(desk: Desk) -> None:
    await desk.tell(order(1))
    handle = await hold(desk)
    await relay_to(desk.db, Ledger()).send_due()
    await desk.tell(added(desk, 5, handle=handle))
    _, answer = await release(desk)
    assert await held(desk) == []
    assert await desk.payloads("release_hold") == [{"handle": handle, "hold_ids": []}]
    await desk.act("undo", {"actionId": answer["actionId"]})
    assert await held(desk) == [handle]
    assert await states(desk) == [("hold", "done"), ("release_hold", "undone")]


async def test_one_that_is_on_its_way_is_waited_for(light_desk: Desk) -> None:
    await light_desk.tell(order(1))
    await hold(light_desk)
    await light_desk.claim("shopify")
    await light_desk.act("release", {"orderIds": ["1"], "delaySeconds": 0})
    assert await states(light_desk) == [("hold", "claimed"), ("release_hold", "queued")]
    assert await light_desk.claim("shopify") == []


async def test_releasing_one_frees_no_other(desk: Desk) -> None:
    await desk.tell(order(1, None, line(1, quantity=4), line(2, "CAP")), added(desk, 77))
    await desk.act("inventory", {"sku": "CAP", "delaySeconds": 0})
    fraud, payment = await hold(desk, "fraud"), await hold(desk, "payment")
    await relay_to(desk.db, Ledger()).send_due()
    await release(desk, fraud)
    left = await held(desk)
    assert (len(left), fraud in left, payment in left, THEIRS in left) == (3, False, True, True)
    await release(desk)
    assert await held(desk) == [THEIRS]


async def test_ours_is_named_by_its_number_in_shopify_too(light_desk: Desk) -> None:
    await light_desk.tell(order(1))
    handle = await hold(light_desk)
    await relay_to(light_desk.db, Ledger()).send_due()
    await light_desk.tell(added(light_desk, 5, handle=handle))
    assert (await release(light_desk, "5"))[0] == 200
    assert await light_desk.payloads("release_hold") == [{"handle": handle, "hold_ids": []}]


@pytest.mark.parametrize("refused", [False, True])
async def test_a_hold_of_another_app_is_asked_for_and_shown_again_when_shopify_refuses(
    desk: Desk, refused: bool
) -> None:
    await desk.tell(order(1), added(desk, 77))
    assert (await release(desk))[1]["code"] == "not_found"
    _, answer = await desk.act("release", {"orderIds": ["1"], "holdIds": [THEIRS], "delaySeconds": 0})
    assert answer["updatedOrders"] == [{"id": "1", "hold": None}]
    assert await desk.payloads("release_hold") == [{"handle": None, "hold_ids": [77]}]
    answers = [Refused("another app holds it")] if refused else []
    await relay_to(desk.db, Ledger(answers=[*answers])).send_due()
    seen = await desk.order(1)
    assert (await held(desk), seen.alerts) == (([THEIRS], {"integration_failed"}) if refused else ([], frozenset()))
    if refused:
        await desk.tell(gone(desk, 77))
        assert await held(desk) == []


async def test_a_release_that_is_refused_shows_our_hold_again(desk: Desk) -> None:
    await desk.tell(order(1))
    handle = await hold(desk, "fraud", note="wait", lines=[{"lineId": "1", "quantity": 1}])
    await relay_to(desk.db, Ledger()).send_due()
    await desk.act("release", {"orderIds": ["1"], "delaySeconds": 0})
    await relay_to(desk.db, Ledger(answers=[Refused("no")])).send_due()
    seen = await desk.order(1)
    assert [(each.id, each.note, each.lines) for each in seen.state.holds] == [(handle, "wait", {1: 1})]
    assert seen.alerts == {"integration_failed"}


async def test_what_shopify_released_is_ended_here(desk: Desk) -> None:
    await desk.tell(order(1))
    handle = await hold(desk)
    await relay_to(desk.db, Ledger()).send_due()
    await desk.tell(added(desk, 5, handle=handle))
    assert await held(desk) == [handle]
    await desk.tell(gone(desk, 5))
    assert ((await desk.order(1)).operator.desk_holds, await held(desk)) == ({}, [])
    assert await states(desk) == [("hold", "done")]
    assert (await desk.order(1)).timeline.count("note") == 2


@pytest.mark.parametrize(("reason", "code"), [("payment", "forbidden"), ("fraud", "forbidden"), ("customer", None)])
async def test_holds_for_payment_and_fraud_are_released_by_a_lead(light_desk: Desk, reason: str, code: str) -> None:
    people = {"oda": Role.OPERATOR, "lea": Role.LEAD}
    tokens = Tokens({hashlib.sha256(name.encode()).hexdigest(): Caller(name, role) for name, role in people.items()})
    await light_desk.tell(order(1))
    await hold(light_desk, reason)
    async with serve(light_desk.db, tokens) as guarded:
        _, answer = await release(guarded, Authorization="Bearer oda")
        assert answer.get("code") == code
        if code:
            assert (await release(guarded, Authorization="Bearer lea"))[0] == 200


async def test_what_is_not_there_is_not_found(light_desk: Desk) -> None:
    await light_desk.tell(order(1), order(2, cancelled_at=1))
    assert (await release(light_desk))[1]["code"] == "not_found"
    handle = await hold(light_desk)
    _, answer = await release(light_desk, handle, "999")
    assert (answer["code"], "999" in answer["message"]) == ("not_found", True)
    assert await held(light_desk) == [handle]
    assert (await light_desk.act("release", {"orderIds": ["2"]}))[1]["code"] == "order_closed"
