"""An order's detail shows every hold, of whomever, and what is held of its lines (contract §3a)."""

from __future__ import annotations

from typing import Any

from tests.server.rules.order_states import facts, placed, told
from tests.support import shop_bodies as shop
from tests.support.shop_bodies import at

from orders_sync.rules.detail import describe
from orders_sync.rules.holds import own_handle
from orders_sync.rules.operator_state import DeskHold, InventoryHold, OperatorState, UnitsOfLine
from orders_sync.rules.thresholds import Thresholds
from orders_wire.vocabulary import HoldReason


def _added(hold: dict[str, Any], time: str) -> Any:
    owner = {"id": 41, "order_id": 1, "status": "on_hold"}
    return told("fulfillment_holds/added", {"fulfillment_order": owner, "fulfillment_hold": hold}, time)


def test_every_hold_has_its_id_its_reason_and_who_placed_it() -> None:
    operator = OperatorState(
        holds={"SKU-12": InventoryHold(action_id="e1", at=at("09:00"), by="bo")},
        desk_holds={
            "a1": DeskHold(
                action_id="a1",
                at=at("09:10"),
                by="ada",
                reason=HoldReason.CUSTOMER,
                until=at("18:00"),
                lines=(UnitsOfLine(id=11, quantity=2),),
            )
        },
    )
    known = facts(
        placed(line_items=[shop.line(11, quantity=3, current_quantity=3, fulfillable_quantity=3), shop.line(12)]),
        _added(shop.hold(51, "high_risk_of_fraud"), "08:30"),
        _added(shop.hold(52, "other", handle=own_handle("a1")), "09:11"),
    )
    found = describe(1, known, operator, {}, Thresholds())
    assert found is not None
    shown = [(each.id, each.reason.value, each.by, each.ours, len(each.lines)) for each in found.holds]
    assert shown == [
        ("gid://shopify/FulfillmentHold/51", "fraud", None, False, 0),
        (own_handle("e1"), "inventory", "bo", True, 1),
        (own_handle("a1"), "customer", "ada", True, 1),
    ]
    assert [(line.sku, line.quantity) for line in found.holds[1].lines] == [("SKU-12", 1)]
    (line,) = found.holds[2].lines
    assert (line.id, line.sku, line.quantity) == ("gid://shopify/LineItem/11", "SKU-11", 2)
    assert [line.held for line in found.line_items] == [3, 1]
