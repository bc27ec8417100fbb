"""Holds: what stands, what was released, and when an operator's escalation ends (contract §1, §3)."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest
from tests.server.rules.order_states import events, order_state, placed, projected, sent, told
from tests.support import shop_bodies as shop
from tests.support.shop_bodies import Body, at, clock

from orders_sync.instants import Ms
from orders_sync.rules.holds import own_handle
from orders_sync.rules.operator_state import DeskHold, Entry, InventoryHold, OperatorState, UnitsOfLine
from orders_sync.rules.stock_level import StockLevel
from orders_sync.rules.timeline import key
from orders_wire.vocabulary import HoldReason

ESCALATED = OperatorState(
    holds={"SKU-11": InventoryHold(action_id="a1", at=at("09:00"), by="ada")},
    entries={key("inventory_hold", "SKU-11/a1"): Entry(ts=at("09:00"), event="inventory_hold", details="SKU-11")},
)


def _owner(status: str = "on_hold", **fields: Any) -> Body:
    return {"id": 41, "order_id": 1, "status": status, **fields}


def _added(hold: Body, time: str) -> Any:
    return told("fulfillment_holds/added", {"fulfillment_order": _owner(), "fulfillment_hold": hold}, time)


def _released(hold: Body, time: str) -> Any:
    return told("fulfillment_holds/released", {"fulfillment_order": _owner(), "fulfillment_hold": hold}, time)


def _read(time: str, *holds: Body, status: str = "on_hold") -> Any:
    body = _owner(status, fulfillment_holds=list(holds), updated_at=clock(time))
    return told("fulfillment_orders/resource", body, time)


def _standing(*told_by: Any, operator: OperatorState | None = None) -> list[str]:
    return [hold.key for hold in order_state(placed(), *told_by, operator=operator or OperatorState()).holds]


def test_a_hold_stands_until_it_is_released() -> None:
    hold = shop.hold(51)
    assert _standing(_added(hold, "08:30")) == ["41/51"]
    assert _standing(_added(hold, "08:30"), _released(hold, "08:40")) == []


def test_stacked_holds_are_released_one_by_one() -> None:
    first, second = shop.hold(51), shop.hold(52, "other")
    placed_on_hold = {
        "fulfillment_order": _owner(fulfillment_holds=[first, second]),
        "created_fulfillment_hold": second,
    }
    both = told("fulfillment_orders/placed_on_hold", placed_on_hold, "08:30")
    assert _standing(both) == ["41/51", "41/52"]
    assert _standing(both, _released(first, "08:40")) == ["41/52"]


def test_hold_released_frees_all_of_the_fulfilment_order() -> None:
    all_free = told("fulfillment_orders/hold_released", {"fulfillment_order": _owner("open")}, "08:40")
    assert _standing(_added(shop.hold(51), "08:30"), _added(shop.hold(52), "08:31"), all_free) == []


def test_hold_released_while_others_stand_frees_none_by_itself() -> None:
    one_free = told("fulfillment_orders/hold_released", {"fulfillment_order": _owner("on_hold")}, "08:40")
    assert _standing(_added(shop.hold(51), "08:30"), one_free) == ["41/51"]


def test_a_reading_without_the_hold_frees_it() -> None:
    added = _added(shop.hold(51), "08:30")
    assert _standing(added, _read("09:00", shop.hold(52))) == ["41/52"]
    assert _standing(added, _read("08:20")) == ["41/51"]


def test_a_fulfilment_order_that_is_not_on_hold_has_none() -> None:
    going = told("fulfillment_orders/order_routing_complete", {"fulfillment_order": _owner("open")}, "08:40")
    assert _standing(_added(shop.hold(51), "08:30"), going) == []


def test_a_hold_without_an_id_is_told_by_its_content() -> None:
    bare = {"reason": "other", "reason_notes": "wait"}
    assert len(_standing(_read("08:30", bare), _read("08:40", bare))) == 1


def test_it_does_not_matter_how_it_is_told() -> None:
    hold = shop.hold(51)
    ways = permutations((_added(hold, "08:30"), _read("08:35", hold), _released(hold, "08:40"), _read("08:20")))
    assert {tuple(_standing(*way)) for way in ways} == {()}


def test_the_tab_sorts_by_the_oldest_hold() -> None:
    assert projected(placed(), _added(shop.hold(51), "08:40"), _added(shop.hold(52), "08:30")).held_at == at("08:30")


def test_a_hold_that_names_no_sku_is_for_all_that_are_owed() -> None:
    lines = [shop.line(11), shop.line(12), shop.line(13, fulfillable_quantity=0)]
    found = projected(placed(line_items=lines), _added(shop.hold(51), "08:30"))
    assert [(owed.sku, owed.held) for owed in found.owed_skus] == [("SKU-11", True), ("SKU-12", True)]


def test_an_address_hold_blocks_no_sku() -> None:
    found = projected(placed(), _added(shop.hold(51, "incorrect_address"), "08:30"))
    assert [owed.held for owed in found.owed_skus] == [False]


def test_an_escalation_holds_the_order_for_its_sku() -> None:
    lines = [shop.line(11), shop.line(12)]
    found = projected(placed(line_items=lines), operator=ESCALATED)
    assert [(owed.sku, owed.held) for owed in found.owed_skus] == [("SKU-11", True), ("SKU-12", False)]
    assert found.held_at == at("09:00")


@pytest.mark.parametrize(
    ("level", "stands"),
    [
        (StockLevel(-3, at("10:00")), True),
        (StockLevel(0, at("10:00")), False),
        (StockLevel(5, at("08:00")), True),  # known before the escalation
        (StockLevel(None, None), True),
    ],
)
def test_it_ends_when_a_newer_inventory_update_shows_the_sku_at_zero_or_more(
    level: StockLevel, *, stands: bool
) -> None:
    found = order_state(placed(), operator=ESCALATED, stock={"SKU-11": level})
    assert bool(found.escalations) is stands


def test_an_escalation_whose_hold_is_known_ends_only_by_that_holds_release() -> None:
    own, other = shop.hold(51, handle=own_handle("a1")), shop.hold(52)
    known = (_added(own, "09:05"), _added(other, "09:06"), _released(other, "09:30"))
    assert order_state(placed(), *known, operator=ESCALATED).escalations
    assert order_state(placed(), *known, _released(own, "09:40"), operator=ESCALATED).escalations == {}


def test_the_release_of_a_hold_with_another_name_is_not_that_of_ours() -> None:
    named = shop.hold(51, handle="theirs")
    assert order_state(placed(), _added(named, "09:10"), _released(named, "09:30"), operator=ESCALATED).escalations


def test_a_release_that_names_ours_ends_it_though_its_placing_was_never_told() -> None:
    own = shop.hold(51, handle=own_handle("a1"))
    assert order_state(placed(), _released(own, "09:30"), operator=ESCALATED).escalations == {}
    held = DeskHold(action_id="a1", at=at("09:00"), by="ada", reason=HoldReason.FRAUD)
    desk = OperatorState(desk_holds={"a1": held})
    assert order_state(placed(), operator=desk).desk_holds
    assert order_state(placed(), _released(own, "09:30"), operator=desk).desk_holds == {}


def test_what_is_held_is_counted_once_where_its_fulfilment_order_was_read() -> None:
    lines = [shop.line(11, quantity=5, current_quantity=5, fulfillable_quantity=5), shop.line(12)]
    units = (UnitsOfLine(id=11, quantity=2),)
    held = DeskHold(action_id="a1", at=at("09:00"), by="ada", reason=HoldReason.FRAUD, lines=units)
    desk = OperatorState(desk_holds={"a1": held})
    body = {"line_item_id": 11, "fulfillable_quantity": 2}
    hold = shop.hold(51, handle=own_handle("a1"))
    resource = _owner(fulfillment_holds=[hold], line_items=[body], updated_at=clock("09:05"))
    read = told("fulfillment_orders/resource", resource, "09:06")
    for evidence in ((), (_added(hold, "09:05"),), (read,)):
        assert order_state(placed(line_items=lines), *evidence, operator=desk).held == {11: 2}
    assert order_state(placed(line_items=lines), read).held == {11: 2}
    assert order_state(placed(line_items=lines), _added(shop.hold(52), "09:10")).held == {11: 5, 12: 1}


def test_lines_that_were_read_before_it_was_held_say_nothing() -> None:
    lines = [shop.line(11, quantity=5, current_quantity=5, fulfillable_quantity=5)]
    body = {"line_item_id": 11, "fulfillable_quantity": 1}
    first = _owner(fulfillment_holds=[shop.hold(51)], line_items=[body], updated_at=clock("08:30"))
    read = told("fulfillment_orders/resource", first, "08:31")
    later = (_released(shop.hold(51), "08:40"), _added(shop.hold(52), "09:00"))
    assert order_state(placed(line_items=lines), read).held == {11: 1}
    assert order_state(placed(line_items=lines), read, *later).held == {11: 5}


def test_it_ends_when_shopify_releases_the_hold() -> None:
    hold = shop.hold(51)
    assert order_state(placed(), _added(hold, "09:10"), _released(hold, "09:30"), operator=ESCALATED).escalations == {}


def test_a_release_before_it_does_not_end_it() -> None:
    hold = shop.hold(51)
    assert order_state(placed(), _added(hold, "08:10"), _released(hold, "08:30"), operator=ESCALATED).escalations


def test_the_release_of_another_kind_of_hold_does_not_end_it() -> None:
    hold = shop.hold(51, "incorrect_address")
    assert order_state(placed(), _added(hold, "09:10"), _released(hold, "09:30"), operator=ESCALATED).escalations


def test_it_ends_when_the_order_is_no_longer_open() -> None:
    assert order_state(placed(cancelled_at=clock("10:00")), operator=ESCALATED).escalations == {}
    assert order_state(sent(), operator=ESCALATED).escalations == {}


def test_an_escalation_and_the_shops_hold_that_it_asked_for_are_one() -> None:
    echo = _added(shop.hold(51, handle=own_handle("a1")), "09:05")
    assert _standing(echo, operator=ESCALATED) == ["escalation SKU-11 a1"]
    assert events(placed(financial_status=None), echo, operator=ESCALATED)[1:] == ["09:00 inventory_hold"]
    assert (
        order_state(placed(), echo, stock={"SKU-11": StockLevel(1, Ms(at("10:00")))}, operator=ESCALATED).holds[0].key
        == "41/51"
    )


def _asked_for(status: str = "on_hold") -> Body:
    return {"fulfillment_order": _owner(status), "fulfillment_hold": shop.hold(51, handle=own_handle("a1"))}


def test_a_release_of_all_that_held_for_another_reason_does_not_end_it() -> None:
    address = _added(shop.hold(51, "incorrect_address"), "09:10")
    all_free = told("fulfillment_orders/hold_released", {"fulfillment_order": _owner("open")}, "09:30")
    assert order_state(placed(), address, all_free, operator=ESCALATED).escalations


def test_a_release_of_all_of_what_was_never_told_ends_it() -> None:
    all_free = told("fulfillment_orders/hold_released", {"fulfillment_order": _owner("open")}, "09:30")
    assert order_state(placed(), all_free, operator=ESCALATED).escalations == {}


def test_an_escalation_that_the_shop_confirms_and_releases_is_one_hold_and_one_release() -> None:
    echo = told("fulfillment_holds/added", _asked_for(), "09:05")
    free = told("fulfillment_holds/released", _asked_for("open"), "09:30")
    ended = {
        key("inventory_hold", "SKU-11/a1"): Entry(ts=at("09:00"), event="inventory_hold", details="SKU-11, by ada"),
        key("inventory_release", "SKU-11/a1"): Entry(ts=at("09:31"), event="inventory_release", details="SKU-11"),
    }
    found = events(placed(financial_status=None), echo, free, operator=OperatorState(entries=ended))
    assert found[1:] == ["09:00 inventory_hold", "09:30 inventory_release"]


def test_a_hold_of_another_app_that_is_named_like_ours_is_told() -> None:
    echo = told("fulfillment_holds/added", _asked_for(), "09:05")
    assert events(placed(financial_status=None), echo)[1:] == ["09:05 inventory_hold"]
