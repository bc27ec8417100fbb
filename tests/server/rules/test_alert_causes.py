"""Why alerts are raised, what they say, and when time alone changes that (contract §2, Alerts)."""

from __future__ import annotations

import re
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from tests.server.rules.order_states import parcel, placed, projected, sent, told
from tests.support import shop_bodies as shop
from tests.support.shop_bodies import at, clock

from orders_sync.instants import DAY, HOUR, MINUTE, Ms
from orders_sync.rules.operator_state import (
    Acknowledgement,
    Escalation,
    FailedWrite,
    InventoryHold,
    OperatorState,
    ReturnMove,
)
from orders_sync.rules.projection import Cause
from orders_sync.rules.thresholds import Thresholds
from orders_wire.vocabulary import AlertType, ReturnState

DUE = Ms(at("08:00") + 24 * HOUR)


def _causes(*told_by: Any, now: int, **how: Any) -> dict[AlertType, list[Cause]]:
    found: dict[AlertType, list[Cause]] = {}
    for cause in projected(*told_by, now=Ms(now), **how).causes:
        found.setdefault(cause.type, []).append(cause)
    return found


def test_a_fresh_order_raises_nothing() -> None:
    assert _causes(placed(), now=at("12:00")) == {}


def test_overdue_once_the_due_time_has_passed() -> None:
    assert _causes(placed(), now=DUE) == {}
    (cause,) = _causes(placed(), now=DUE + 1)[AlertType.ORDER_OVERDUE]
    assert cause.key == str(DUE)
    assert cause.message == "#1001 is overdue: it was due 2026-03-11 08:00"


def test_the_due_time_is_told_in_the_desks_zone() -> None:
    thresholds = Thresholds(zone=ZoneInfo("America/New_York"))
    (cause,) = _causes(placed(), now=DUE + 1, thresholds=thresholds)[AlertType.ORDER_OVERDUE]
    assert cause.message == "#1001 is overdue: it was due 2026-03-11 04:00"


def test_what_is_fulfilled_or_over_is_not_overdue() -> None:
    assert _causes(sent(), now=DUE + DAY) == {}
    assert _causes(placed(cancelled_at=clock("09:00")), now=DUE + DAY) == {}


def _late(now: int, **fields: Any) -> dict[AlertType, list[Cause]]:
    fields = {"number": "A1", "shipment_status": "in_transit", "tracking_company": "DHL", **fields}
    return _causes(sent(), parcel(time="10:00", **fields), now=now)


def test_a_parcel_without_an_update_for_a_day_is_delayed() -> None:
    update = at("10:00")
    assert _late(update + DAY - 1) == {}
    (cause,) = _late(update + DAY)[AlertType.SHIPMENT_DELAY]
    assert cause.key == f"21 {update}"
    assert cause.message == "#1001 is delayed: DHL last reported 2026-03-10 10:00"
    assert _late(update + 30 * DAY) == {}


@pytest.mark.parametrize("state", ["label_printed", "ready_for_pickup", "attempted_delivery", "delivered", "failure"])
def test_only_what_the_carrier_should_report_on_is_delayed(state: str) -> None:
    assert _late(at("10:00") + 2 * DAY, shipment_status=state) == {}


def test_an_acknowledged_delay_stays_cleared_until_the_next_update() -> None:
    going = parcel(time="10:00", number="A1", shipment_status="in_transit")
    operator = OperatorState(cleared_delays={21: at("10:00")})
    assert _causes(sent(), going, now=at("10:00") + 2 * DAY, operator=operator) == {}
    newer = parcel(time="11:00", number="A1", shipment_status="in_transit")
    found = _causes(sent(), going, newer, now=at("11:00") + 2 * DAY, operator=operator)
    assert [cause.key for cause in found[AlertType.SHIPMENT_DELAY]] == [f"21 {at('11:00')}"]


def test_a_live_parcel_without_a_number_for_over_two_hours() -> None:
    since = at("09:00") + 2 * HOUR
    assert _causes(sent(), parcel(), now=since) == {}
    (cause,) = _causes(sent(), parcel(), now=since + 1)[AlertType.TRACKING_PENDING]
    assert cause.key == "21"
    assert cause.message == "#1001 has no tracking number: it was fulfilled 2026-03-10 09:00"


def test_an_order_without_any_parcel_is_not_pending() -> None:
    assert _causes(placed(), now=at("12:00")) == {}


def test_every_parcel_counts_for_itself() -> None:
    found = _causes(sent(), parcel(21), parcel(22), parcel(23, number="A1"), now=at("12:00"))
    assert [cause.key for cause in found[AlertType.TRACKING_PENDING]] == ["21", "22"]


def test_a_number_that_an_operator_does_without() -> None:
    assert _causes(sent(), parcel(), now=at("12:00"), operator=OperatorState(cleared_numbers=(21,))) == {}


def test_an_acknowledgement_that_shopify_never_confirms_lacks_a_number_too() -> None:
    operator = OperatorState(acknowledgements=(Acknowledgement(action_id="a1", at=at("09:00")),))
    (cause,) = _causes(placed(), now=at("12:00"), operator=operator)[AlertType.TRACKING_PENDING]
    assert cause.key == "a1"


def test_inventory_holds_and_no_others() -> None:
    def held(reason: str) -> Any:
        body = {"fulfillment_order": {"id": 41, "order_id": 1}, "fulfillment_hold": shop.hold(51, reason)}
        return told("fulfillment_holds/added", body, "08:30")

    (cause,) = _causes(placed(), held("inventory_out_of_stock"), now=at("12:00"))[AlertType.INVENTORY_HOLD]
    assert (cause.key, cause.message) == ("41/51", "#1001 is held for inventory")
    assert _causes(placed(), held("incorrect_address"), now=at("12:00")) == {}


def test_an_escalation_names_its_sku() -> None:
    operator = OperatorState(holds={"SKU-11": InventoryHold(action_id="a1", at=at("09:00"), by="ada")})
    (cause,) = _causes(placed(), now=at("12:00"), operator=operator)[AlertType.INVENTORY_HOLD]
    assert (cause.key, cause.message) == ("escalation SKU-11 a1", "#1001 is held for inventory: SKU-11")


def test_a_return_alerts_in_every_state_that_is_not_terminal() -> None:
    request = told("returns/request", shop.shop_return(status="requested"), "10:00")
    (cause,) = _causes(placed(), request, now=at("12:00"))[AlertType.RETURN_UPDATE]
    assert (cause.key, cause.message) == ("31 awaiting_label", "#1001: return #1001-R1 waits for its label")
    moved = OperatorState(returns={31: ReturnMove(action_id="a1", at=at("11:00"), state=ReturnState.DENIED)})
    assert _causes(placed(), request, now=at("12:00"), operator=moved) == {}


@pytest.mark.parametrize(("owner", "raised"), [("assistant", True), (None, True), ("bea", False)])
def test_an_escalated_order_until_somebody_takes_it(owner: str | None, *, raised: bool) -> None:
    escalation = Escalation(action_id="a1", at=at("09:00"), by="ada", note="angry")
    found = _causes(placed(), now=at("12:00"), operator=OperatorState(escalation=escalation, assigned_to=owner))
    assert (AlertType.SUPPORT_ESCALATED in found) is raised


def test_writes_that_failed() -> None:
    failed = FailedWrite(target="shopify", kind="fulfillment", at=at("09:00"))
    assert AlertType.INTEGRATION_FAILED in _causes(
        placed(), now=at("12:00"), operator=OperatorState(failed={7: failed})
    )


def test_messages_name_the_order_and_hold_no_figure_that_ages() -> None:
    everything = (
        sent(),
        parcel(21, "10:00", number="A1", shipment_status="in_transit"),
        parcel(22),
        told("returns/request", shop.shop_return(status="requested"), "10:00"),
    )
    early = projected(*everything, now=Ms(at("10:00") + 2 * DAY)).causes
    late = projected(*everything, now=Ms(at("10:00") + 9 * DAY)).causes
    assert early == late
    assert all(cause.message.startswith("#1001") for cause in early)
    assert not any(re.search(r"\b(ago|hours?|days?)\b", cause.message) for cause in early)


def test_the_next_instant_that_matters_is_known() -> None:
    assert projected(placed(), now=at("12:00")).wake_at == DUE + 1
    assert projected(placed(), now=Ms(DUE + 1)).wake_at is None
    pending = projected(sent(), parcel(), now=at("10:00"))
    assert pending.wake_at == at("09:00") + 2 * HOUR + 1
    assert projected(sent(), parcel(), now=at("12:00")).wake_at == at("09:00") + 30 * DAY
    going = parcel(time="10:00", number="A1", shipment_status="in_transit")
    assert projected(sent(), going, now=at("12:00")).wake_at == at("10:00") + DAY
    assert projected(sent(), parcel(number="A1"), now=at("12:00")).wake_at is None


def test_causes_change_at_no_other_instant() -> None:
    everything = (
        placed(line_items=[shop.line()]),
        parcel(21, "09:30", number="A", shipment_status="delayed"),
        parcel(22),
    )
    now = at("09:31")
    while (wake := projected(*everything, now=now).wake_at) is not None:
        before = projected(*everything, now=Ms(wake - 1)).causes
        assert before == projected(*everything, now=now).causes
        assert wake - now > 0
        now = wake
    assert now > at("09:31") + MINUTE
