"""`hold` and `release`: contract §3a."""

from __future__ import annotations

from typing import Any

import pytest
from tests.server.conftest import NOON, SettableClock
from tests.server.contract.whole_desk import Body, WholeDesk
from tests.support.desk_orders import held, line, order, told

from orders_sync.instants import DAY, HOUR, SECOND, to_text

LATER, MUCH_LATER = to_text(NOON + DAY), to_text(NOON + 2 * DAY)
SHOWN_AS = {
    "address": "address",
    "inventory": "inventory",
    "payment": "payment",
    "fraud": "manual_check",
    "customer": "manual_check",
    "other": "manual_check",
}


def hold(reason: str = "customer", order_id: str = "#1", **more: Any) -> Body:
    return {"orderIds": [order_id], "reason": reason, **more}


async def holds(desk: WholeDesk, order_id: int = 1) -> list[Body]:
    found: list[Body] = (await desk.detail(order_id))["holds"]
    return found


async def kinds(desk: WholeDesk, order_id: int = 1) -> list[tuple[str, str]]:
    """The order's rows for the shop, oldest first."""
    return [(row["kind"], row["state"]) for row in (await desk.detail(order_id))["outbox"][::-1]]


async def due(desk: WholeDesk) -> list[Body]:
    """What was said of `hold_due`, oldest first."""
    return [event for event in await desk.events(to_text(NOON - DAY)) if event["type"] == "hold_due"]


@pytest.fixture
async def selling(desk: WholeDesk) -> WholeDesk:
    """Order 1 owes two TEE and three MUG."""
    await told(desk.database, [order(1, None, line(1, "TEE", 2), line(2, "MUG", 3)), order(2)])
    return desk


@pytest.mark.parametrize("reason", SHOWN_AS)
async def test_what_is_owed_is_held_and_shown(selling: WholeDesk, reason: str) -> None:
    answer = await selling.act("hold", hold(reason, note="calls back"), by="bo")
    after = await selling.detail(1)
    assert answer[0] == 200
    assert answer[1]["updatedOrders"] == [{"id": "#1", "hold": after["hold"]}]
    assert after["hold"] == {
        "reason": SHOWN_AS[reason], "note": "calls back", "since": to_text(NOON), "until": None, "by": "bo"
    }  # fmt: skip
    (shown,) = after["holds"]
    assert (shown["reason"], shown["ours"], shown["by"]) == (reason, True, "bo")
    assert after["issue"] == SHOWN_AS[reason]
    assert [item["held"] for item in after["line_items"]] == [2, 3]
    assert (await selling.page(tab="holds"))["metrics"]["total_orders"] == 1
    assert (await selling.act("fulfill", {"orderIds": ["1"]}))[1]["code"] == "on_hold"


async def test_lines_hold_just_these_and_only_what_is_not_held_yet(selling: WholeDesk) -> None:
    await selling.done("hold", hold(lines=[{"lineId": "2", "quantity": 2}]))
    (shown,) = await holds(selling)
    assert [(each["id"], each["sku"], each["quantity"]) for each in shown["lines"]] == [
        ("gid://shopify/LineItem/2", "MUG", 2)
    ]
    assert [item["held"] for item in (await selling.detail(1))["line_items"]] == [0, 2]
    status, refused = await selling.act("hold", hold("fraud", lines=[{"lineId": "2", "quantity": 2}]))
    assert (status, refused["code"]) == (409, "on_hold")
    await selling.done("hold", hold("fraud", lines=[{"lineId": "gid://shopify/LineItem/2", "quantity": 1}]))
    assert [item["held"] for item in (await selling.detail(1))["line_items"]] == [0, 3]


@pytest.mark.parametrize("quantity", [0, -1, 4])
async def test_a_quantity_that_is_not_owed_names_what_is_left(selling: WholeDesk, quantity: int) -> None:
    status, refused = await selling.act("hold", hold(lines=[{"lineId": "2", "quantity": quantity}]))
    assert (status, refused["code"]) == (400, "invalid_request")
    assert "3" in refused["message"]
    assert await holds(selling) == []


async def test_a_line_of_another_order_is_not_found(selling: WholeDesk) -> None:
    status, refused = await selling.act("hold", hold(lines=[{"lineId": "99", "quantity": 1}]))
    assert (status, refused["code"]) == (404, "not_found")


@pytest.mark.parametrize(
    "told_of", [[order(1, None, line(1, "TEE", 2, 0))], [order(1, None, line(1, "TEE", 2), cancelled_at=NOON)]],
    ids=["sent", "cancelled"],
)  # fmt: skip
async def test_where_nothing_is_owed_the_order_is_closed(desk: WholeDesk, told_of: list[Any]) -> None:
    await told(desk.database, told_of)
    status, refused = await desk.act("hold", hold())
    assert (status, refused["code"]) == (409, "order_closed")


async def test_the_same_reason_again_is_kept_here_and_nothing_is_sent(selling: WholeDesk) -> None:
    await selling.done("hold", hold(until=LATER, note="one"))
    before = await selling.detail(1)
    same = await selling.done("hold", hold(until=LATER, note="one"))
    unchanged = await selling.detail(1)
    assert same["updatedOrders"][0]["hold"]["until"] == LATER
    assert same["undoUntil"] is None
    assert unchanged | {"audit": []} == before | {"audit": []}
    for more in ({"until": MUCH_LATER, "note": "one"}, {"until": MUCH_LATER, "note": "two"}):
        answer = await selling.done("hold", hold(**more))
        assert answer["undoUntil"] is None
        (shown,) = await holds(selling)
        assert (shown["until"], shown["note"]) == (more["until"], more["note"])
        assert shown["since"] == before["holds"][0]["since"]
    assert await kinds(selling) == [("hold", "queued")]


async def test_until_reminds_once_within_ten_seconds(selling: WholeDesk, clock: SettableClock) -> None:
    await selling.done("hold", hold(until=LATER, note="calls back"))
    clock.now = NOON + DAY - SECOND  # type: ignore[assignment]
    await selling.sweep()
    assert await due(selling) == []
    clock.now = NOON + DAY + 9 * SECOND  # type: ignore[assignment]
    for _ in range(3):
        await selling.sweep()
    (event,) = await due(selling)
    assert (event["status"], event["order_number"]) == ("open", "#1")
    assert event["message"] in (await selling.page())["alerts"]
    assert (await selling.detail(1))["alerts"].count("hold_due") == 1
    assert len(await holds(selling)) == 1


@pytest.mark.parametrize("ends", ["release", "later", "undo", "sent", "cancelled"])
async def test_a_reminder_is_cleared_when_the_hold_ends_or_gets_a_later_time(
    selling: WholeDesk, clock: SettableClock, ends: str
) -> None:
    answer = await selling.done("hold", hold(until=LATER) | {"delaySeconds": 60})
    clock.advance(DAY + SECOND)
    await selling.sweep()
    assert [event["status"] for event in await due(selling)] == ["open"]
    if ends == "release":
        await selling.done("release", {"orderIds": ["1"]})
    elif ends == "later":
        await selling.done("hold", hold(until=MUCH_LATER))
    elif ends == "undo":
        await selling.done("undo", {"actionId": answer["actionId"]})
    else:
        now = {"cancelled_at": clock.now} if ends == "cancelled" else {}
        left = (line(1, "TEE", 2, 0), line(2, "MUG", 3, 0))
        await told(selling.database, [order(1, None, *left, at=clock.now, **now)])
    opened, cleared = await due(selling)
    assert (cleared["status"], cleared.get("message")) == ("cleared", None)
    assert opened["alert_id"] == cleared["alert_id"]
    assert "hold_due" not in (await selling.detail(1))["alerts"]


async def test_a_later_time_reminds_anew(selling: WholeDesk, clock: SettableClock) -> None:
    await selling.done("hold", hold(until=LATER))
    clock.advance(DAY + SECOND)
    await selling.sweep()
    await selling.done("hold", hold(until=MUCH_LATER))
    clock.advance(DAY)
    await selling.sweep()
    assert [event["status"] for event in await due(selling)] == ["open", "cleared", "open"]


async def test_until_releases_where_that_was_wanted(selling: WholeDesk, clock: SettableClock) -> None:
    await selling.done("hold", hold(until=LATER, then="release") | {"delaySeconds": 0})
    await selling.claim()
    await selling.done("hold", hold("fraud", order_id="2"))
    clock.advance(DAY - SECOND)
    await selling.sweep()
    assert len(await holds(selling)) == 1
    clock.advance(2 * SECOND)
    await selling.sweep()
    await selling.sweep()
    assert await holds(selling) == []
    assert [kind for kind, _ in await kinds(selling)] == ["hold", "release_hold"]
    assert await due(selling) == []
    assert len(await holds(selling, 2)) == 1


@pytest.mark.parametrize("then", ["remind", "release"])
async def test_until_never_comes_for_an_order_that_ended(selling: WholeDesk, clock: SettableClock, then: str) -> None:
    await selling.done("hold", hold(until=LATER, then=then) | {"delaySeconds": 0})
    await selling.claim()
    await told(selling.database, [order(1, None, line(1, "TEE", 2), at=NOON + HOUR, cancelled_at=NOON + HOUR)])
    ended = await selling.detail(1)
    clock.advance(DAY + SECOND)
    await selling.sweep()
    assert await due(selling) == []
    after = await selling.detail(1)
    assert (after["outbox"], after["timeline"], after["holds"]) == (ended["outbox"], ended["timeline"], [])


async def test_a_hold_that_was_not_sent_yet_is_withdrawn(selling: WholeDesk) -> None:
    await selling.done("hold", hold())
    answer = await selling.done("release", {"orderIds": ["#1"], "note": "paid"})
    after = await selling.detail(1)
    assert answer["message"].startswith("Released")
    assert answer["updatedOrders"] == [{"id": "#1", "hold": None}]
    assert (after["hold"], after["holds"], after["issue"]) == (None, [], None)
    assert await kinds(selling) == [("hold", "undone")]


async def test_releasing_one_frees_no_other(selling: WholeDesk) -> None:
    await selling.done("hold", hold("customer", lines=[{"lineId": "1", "quantity": 1}]) | {"delaySeconds": 0})
    await selling.done("hold", hold("fraud", lines=[{"lineId": "2", "quantity": 1}]) | {"delaySeconds": 0})
    await selling.claim()
    await told(selling.database, [held(1, at=NOON)])
    shown = await holds(selling)
    fraud = next(each for each in shown if each["reason"] == "fraud")
    await selling.done("release", {"orderIds": ["1"], "holdIds": [fraud["id"]]})
    assert {each["id"] for each in await holds(selling)} == {each["id"] for each in shown} - {fraud["id"]}
    await selling.done("release", {"orderIds": ["1"]})
    (theirs,) = await holds(selling)
    assert theirs["ours"] is False


async def test_a_hold_that_the_order_does_not_have_is_not_found(selling: WholeDesk) -> None:
    await selling.done("hold", hold())
    await selling.done("hold", hold(order_id="2"))
    (other,) = await holds(selling, 2)
    for hold_id in ("99", "gid://shopify/FulfillmentHold/99", other["id"]):
        status, refused = await selling.act("release", {"orderIds": ["1"], "holdIds": [hold_id]})
        assert (status, refused["code"]) == (404, "not_found")
    assert len(await holds(selling)) == 1


async def test_payment_and_fraud_are_released_by_leads_alone(guarded: WholeDesk) -> None:
    for order_id, reason in enumerate(SHOWN_AS, 1):
        await told(guarded.database, [order(order_id)])
        await guarded.done("hold", hold(reason, str(order_id)), by="oda")
        status, refused = await guarded.act("release", {"orderIds": [str(order_id)]}, by="oda")
        assert status == (403 if reason in ("payment", "fraud") else 200), reason
        if status == 403:
            assert (refused["code"], refused["updatedOrders"]) == ("forbidden", [])
            assert len(await holds(guarded, order_id)) == 1
            await guarded.done("release", {"orderIds": [str(order_id)]}, by="lea")
        assert await holds(guarded, order_id) == []
