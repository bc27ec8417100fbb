"""`ready` and `blockers` of one order, were all of it in stock: contract §3a. Each sentence by itself."""

from __future__ import annotations

from typing import Any

import pytest
from tests.server.rules.order_states import facts, order_state, placed, sent, told
from tests.support import shop_bodies as shop
from tests.support.shop_bodies import at, clock

from orders_sync.evidence.facts import REDACTED, OrderFacts, join
from orders_sync.instants import Ms
from orders_sync.rules.issue import static_issue
from orders_sync.rules.operator_state import Cancelling, DeskHold, OperatorState, UnitsOfLine
from orders_sync.rules.order_state import build_order_state
from orders_sync.rules.projection import OwedUnits, Turn
from orders_sync.rules.readiness import LineUnits, Readiness, line_units, readiness, with_stock
from orders_sync.rules.thresholds import ReadyWhen, Thresholds
from orders_wire.vocabulary import HoldReason

PAID = {"financial_status": "paid"}
TWO = [shop.line(11, quantity=2, current_quantity=2, fulfillable_quantity=2), shop.line(12)]


def ready(*told_by: Any, when: ReadyWhen = ReadyWhen.PAID, operator: OperatorState | None = None) -> tuple[str, ...]:
    """`ready`, then the blockers."""
    state = order_state(*told_by, operator=operator or OperatorState(), thresholds=Thresholds(ready_when=when))
    found = readiness(state)
    return (str(found.ready), *found.blockers)


def of_shop(number: int, status: str, *units: tuple[int, int], time: str = "08:30", **fields: Any) -> Any:
    """A fulfilment order with these units of the order's lines."""
    lines = [{"line_item_id": line, "fulfillable_quantity": count} for line, count in units]
    body = {"id": number, "order_id": 1, "status": status, "updated_at": clock(time), "line_items": lines, **fields}
    return told("fulfillment_orders/resource", body, time)


def held(*units: tuple[int, int], reason: HoldReason = HoldReason.INVENTORY) -> OperatorState:
    lines = tuple(UnitsOfLine(id=line, quantity=count) for line, count in units) or None
    hold = DeskHold(action_id="a1", at=at("09:00"), by="ada", reason=reason, lines=lines)
    return OperatorState(desk_holds={"a1": hold})


def test_what_is_owed_and_paid_and_whose_address_is_known_can_be_sent() -> None:
    assert ready(placed(**PAID, line_items=TWO)) == ("yes",)


def test_nothing_is_said_of_an_order_that_owes_nothing() -> None:
    assert readiness(order_state(sent(**PAID))) == Readiness()
    assert readiness(order_state(placed(**PAID, cancelled_at=clock("09:00")))) == Readiness()
    assert readiness(order_state(placed(financial_status="refunded"))) == Readiness()
    digital = [shop.line(requires_shipping=False)]
    assert readiness(order_state(placed(financial_status="pending", line_items=digital))) == Readiness()


@pytest.mark.parametrize(
    ("status", "ready_when"),
    [
        ("paid", "paid authorized any"),
        ("partially_refunded", "paid authorized any"),
        ("authorized", "authorized any"),
        *((status, "any") for status in ("pending", "partially_paid", "voided", "expired", "something_new", None)),
    ],
)
def test_it_has_to_be_paid_as_the_shop_ships(status: str | None, ready_when: str) -> None:
    for when in ReadyWhen:
        expected = ("yes",) if when in ready_when.split() else ("no", "payment")
        assert ready(placed(financial_status=status), when=when) == expected


def test_what_costs_nothing_is_paid() -> None:
    assert ready(placed(financial_status="pending", total_price="0.00")) == ("yes",)


def test_an_address_has_to_be_known_where_one_is_needed() -> None:
    nowhere = placed(**PAID, shipping_address=None)
    assert ready(nowhere) == ("no", "address")
    assert ready(nowhere, of_shop(41, "open", delivery_method={"method_type": "pick_up"})) == ("yes",)
    assert ready(nowhere, of_shop(41, "open", delivery_method={"method_type": "local"})) == ("no", "address")


def test_where_an_erased_address_was_nothing_can_be_sent() -> None:
    """It is no issue that anybody could settle."""
    erased = join(facts(placed(**PAID)), OrderFacts(first={REDACTED: {"": at("09:00")}}))
    state = build_order_state(1, erased, OperatorState(), {}, Thresholds())
    assert state is not None
    assert (readiness(state).blockers, static_issue(state)) == (("address",), None)


def test_an_order_that_is_being_cancelled_stays() -> None:
    leaving = OperatorState(cancelling=Cancelling(action_id="a1", at=at("09:00"), by="ada", sends_at=None))
    assert ready(placed(**PAID), operator=leaving) == ("no", "cancelling")


def test_a_hold_keeps_what_it_holds() -> None:
    told_by = placed(**PAID, line_items=TWO)
    assert ready(told_by, operator=held()) == ("no", "hold:inventory")
    assert ready(told_by, operator=held((11, 1), reason=HoldReason.FRAUD)) == ("part", "hold:fraud")
    found = readiness(order_state(told_by, operator=held((11, 1))))
    assert (found.sendable, found.owed) == (
        2,
        (
            OwedUnits("SKU-11", Turn.BLOCKED, Ms(at("08:00") + 24 * 3_600_000), 1, waits=True),
            OwedUnits("SKU-11", Turn.HELD, Ms(at("08:00") + 24 * 3_600_000), 1, 1, waits=True),
            OwedUnits("SKU-12", Turn.BLOCKED, Ms(at("08:00") + 24 * 3_600_000), 1),
        ),
    )


def test_what_the_shop_does_not_let_be_fulfilled_stays() -> None:
    told_by = placed(**PAID, line_items=TWO)
    service: dict[str, Any] = {"supported_actions": ["cancel_fulfillment_order"]}
    assert ready(told_by, of_shop(41, "open", supported_actions=["create_fulfillment", "move"])) == ("yes",)
    assert ready(told_by, of_shop(41, "scheduled")) == ("no", "shop")
    assert ready(told_by, of_shop(41, "open", **service)) == ("no", "shop")
    parts = (of_shop(41, "open"), of_shop(42, "in_progress", (11, 1), **service))
    assert ready(told_by, *parts) == ("part", "shop")
    assert line_units(order_state(told_by, *parts)) == {
        11: LineUnits("SKU-11", 0, 1, 1),
        12: LineUnits("SKU-12", 0, 0, 1),
    }
    assert ready(told_by, *parts, of_shop(42, "closed", time="09:00", supported_actions=[])) == ("yes",)


def test_what_the_shop_holds_stays_though_no_hold_was_told() -> None:
    told_by = placed(**PAID, line_items=TWO)
    assert ready(told_by, of_shop(41, "on_hold")) == ("no", "shop")
    assert ready(told_by, of_shop(41, "open"), of_shop(42, "on_hold", (11, 1))) == ("part", "shop")
    assert ready(told_by, of_shop(41, "on_hold", fulfillment_holds=[shop.hold()])) == ("no", "hold:inventory")
    assert ready(told_by, of_shop(41, "on_hold"), operator=held()) == ("no", "hold:inventory")
    assert ready(told_by, of_shop(41, "on_hold"), of_shop(41, "open", time="09:00")) == ("yes",)


def test_where_it_is_not_known_what_the_shop_keeps_all_of_it_stays() -> None:
    assert ready(placed(**PAID, line_items=TWO), of_shop(41, "open"), of_shop(42, "scheduled")) == ("no", "shop")


def test_what_the_shop_allows_is_as_new_as_its_status() -> None:
    earlier = of_shop(41, "open", supported_actions=["cancel_fulfillment_order"])
    assert ready(placed(**PAID), earlier, of_shop(41, "open", time="09:00")) == ("yes",)


def test_blockers_come_together() -> None:
    told_by = placed(financial_status="pending", shipping_address=None)
    assert ready(told_by, of_shop(41, "scheduled"), operator=held(reason=HoldReason.ADDRESS)) == (
        "no",
        "payment",
        "address",
        "hold:address",
    )


@pytest.mark.parametrize(
    ("own", "lost", "comes_to"), [("yes", 1, "part"), ("yes", 3, "no"), ("part", 0, "part"), ("no", 0, "no")]
)
def test_stock_comes_on_top(own: str, lost: int, comes_to: str) -> None:
    sendable = 0 if own == "no" else 3
    assert with_stock(own, sendable, lost, short=True) == comes_to
    assert with_stock(own, sendable, 0, short=False) == own
    assert with_stock(None, 0, 0, short=False) is None
