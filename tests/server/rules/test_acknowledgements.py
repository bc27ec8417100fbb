"""Several acknowledgements, and what Shopify's fulfilments make of each (contract §3a, Acknowledgements)."""

from __future__ import annotations

from itertools import permutations

import pytest
from tests.server.rules.order_states import events, order_state, placed
from tests.support import shop_bodies as shop
from tests.support.shop_bodies import at

from orders_sync.evidence.changes import Change
from orders_sync.rules.operator_state import Acknowledgement, OperatorState, UnitsOfLine
from orders_sync.rules.order_state import OrderState

SHIRT, CAP, MUG = 11, 12, 13


def asked(action: str, minute: int, *, whole: bool = False, **fields: object) -> Acknowledgement:
    """An acknowledgement at 10:`minute`; `lines` as a mapping."""
    lines = fields.pop("lines", None)
    units = None if lines is None else tuple(UnitsOfLine(id=n, quantity=q) for n, q in dict(lines).items())  # type: ignore[call-overload]
    return Acknowledgement.model_validate(
        {"action_id": action, "at": at(f"10:{minute:02}"), "whole": whole, "lines": units, **fields}
    )


def owing(**left: int) -> tuple[Change, ...]:
    """Three of each; `left`: what the shop still owes of them, as of 12:00."""
    lines = [
        shop.line(line, quantity=3, current_quantity=3, fulfillable_quantity=left.get(name, 3))
        for line, name in ((SHIRT, "shirt"), (CAP, "cap"), (MUG, "mug"))
    ]
    return placed("12:00", line_items=lines, financial_status=None)


def made(fulfillment_id: int, minute: int, *, status: str = "success", **units: int) -> tuple[Change, ...]:
    """A fulfilment that Shopify made at 11:`minute`."""
    of = {"shirt": SHIRT, "cap": CAP, "mug": MUG}
    lines = [shop.line(of[name], quantity=quantity, fulfillable_quantity=None) for name, quantity in units.items()]
    body = shop.fulfillment(fulfillment_id, 1, f"11:{minute:02}", line_items=lines, status=status)
    body["created_at"] = body["updated_at"]
    return shop.read("fulfillments/create", body, f"11:{minute:02}")


def ours(state: OrderState) -> dict[str, dict[int, int]]:
    """What is left of each acknowledgement."""
    return {p.of_action: {line.id: line.quantity for line in p.lines} for p in state.parcels if p.of_action}


def owed(state: OrderState) -> tuple[int, ...]:
    return tuple(line.owed for line in state.lines)


def acknowledged(*found: Acknowledgement) -> OperatorState:
    return OperatorState(acknowledgements=found)


A = asked("a", 1, lines={SHIRT: 2})
B = asked("b", 2, lines={CAP: 1})
REST = asked("rest", 3, lines={SHIRT: 1, CAP: 2, MUG: 3}, whole=True)


def test_each_is_a_parcel_with_its_lines_and_the_rest_stays_owed() -> None:
    found = order_state(owing(), operator=acknowledged(A, B))
    assert ours(found) == {"a": {SHIRT: 2}, "b": {CAP: 1}}
    assert owed(found) == (1, 2, 3)
    assert len({p.id for p in found.parcels}) == 2


@pytest.mark.parametrize(
    ("fulfillment", "left"),
    [
        pytest.param(
            made(21, 1, cap=1), {"a": {SHIRT: 2}, "rest": {SHIRT: 1, CAP: 2, MUG: 3}}, id="exactly these lines"
        ),
        pytest.param(made(21, 1, mug=1), {"a": {SHIRT: 2}, "b": {CAP: 1}}, id="else the one for all that was owed"),
        pytest.param(made(21, 1), {"a": {SHIRT: 2}, "b": {CAP: 1}}, id="so does one whose lines are not told"),
    ],
)
def test_what_a_fulfilment_replaces(fulfillment: tuple[Change, ...], left: dict[str, dict[int, int]]) -> None:
    assert ours(order_state(owing(), fulfillment, operator=acknowledged(A, B, REST))) == left


def test_without_one_for_all_it_cuts_the_oldest_that_shares_a_line() -> None:
    later = asked("c", 3, lines={SHIRT: 1})
    left = owing(shirt=2)
    found = order_state(left, made(21, 1, shirt=1, mug=1), operator=acknowledged(A, B, later))
    assert ours(found) == {"a": {SHIRT: 1}, "b": {CAP: 1}, "c": {SHIRT: 1}}


def test_one_that_shares_none_replaces_none() -> None:
    found = order_state(owing(cap=0), made(21, 1, cap=3), operator=acknowledged(A))
    assert (ours(found), owed(found)) == ({"a": {SHIRT: 2}}, (1, 0, 3))


def test_lines_that_are_not_told_replace_no_part() -> None:
    assert ours(order_state(owing(), made(21, 1), operator=acknowledged(A, B))) == {"a": {SHIRT: 2}, "b": {CAP: 1}}


def test_its_own_write_knows_its_fulfilment_whatever_came_between() -> None:
    own = A.model_copy(update={"answered": (22,)})
    told = (owing(shirt=0), made(21, 1, shirt=1), made(22, 2, shirt=2))
    for order in permutations(told):
        found = order_state(*order, operator=acknowledged(own, B))
        assert (ours(found), owed(found)) == ({"b": {CAP: 1}}, (0, 2, 3))


def test_one_whose_write_has_answered_waits_for_its_own_alone() -> None:
    own = A.model_copy(update={"answered": (22,)})
    found = order_state(owing(shirt=2), made(21, 1, shirt=1), operator=acknowledged(own))
    assert (ours(found), owed(found)) == ({"a": {SHIRT: 2}}, (0, 3, 3))


def test_of_one_that_became_several_the_rest_stays_until_all_are_seen() -> None:
    own = asked("a", 1, lines={SHIRT: 2, CAP: 1}, number="A1", answered=(22, 21))
    first = order_state(owing(shirt=1), made(22, 1, shirt=2), operator=acknowledged(own))
    assert (ours(first), owed(first)) == ({"a": {CAP: 1}}, (1, 2, 3))
    assert [(p.id, p.number) for p in first.parcels if not p.ours] == [(22, "A1")]
    assert [p.number for p in first.parcels if p.ours] == [None]
    both = order_state(owing(shirt=1, cap=2), made(22, 1, shirt=2), made(21, 2, cap=1), operator=acknowledged(own))
    assert (ours(both), owed(both)) == ({}, (1, 2, 3))


def test_one_that_was_known_replaces_nothing() -> None:
    known = A.model_copy(update={"known": (21,)})
    assert ours(order_state(owing(), made(21, 1, shirt=2), operator=acknowledged(known))) == {"a": {SHIRT: 2}}


def test_each_fulfilment_settles_one() -> None:
    twin = asked("c", 3, lines={SHIRT: 2})
    one = order_state(owing(shirt=1), made(21, 1, shirt=2), operator=acknowledged(A, twin))
    assert ours(one) == {"c": {SHIRT: 1}}, "as far as the shop owes it"


def test_a_cancelled_one_counts_as_well() -> None:
    found = order_state(owing(), made(21, 1, shirt=2, status="cancelled"), operator=acknowledged(A))
    assert (ours(found), owed(found)) == ({}, (3, 3, 3))


def test_what_the_shop_owes_no_more_is_in_no_parcel() -> None:
    found = order_state(owing(shirt=1), operator=acknowledged(A, B, asked("c", 3, lines={SHIRT: 1})))
    assert (ours(found), owed(found)) == ({"a": {SHIRT: 1}, "b": {CAP: 1}}, (0, 2, 3))


def test_a_line_that_is_added_afterwards_is_owed() -> None:
    found = order_state(owing(), operator=acknowledged(asked("a", 1, lines={SHIRT: 3, CAP: 3}, whole=True)))
    assert owed(found) == (0, 0, 3)


def test_one_entry_for_each_parcel() -> None:
    told = (owing(shirt=2), made(21, 1, shirt=1))
    assert events(*told, operator=acknowledged(A, B))[1:] == [
        "10:01 fulfillment_submitted",
        "10:02 fulfillment_submitted",
        "11:01 fulfillment_submitted",
    ]
    assert events(*told, made(22, 2, cap=1), operator=acknowledged(A, B))[1:] == [
        "10:01 fulfillment_submitted",
        "11:01 fulfillment_submitted",
        "11:02 fulfillment_submitted",
    ]


def test_what_landed_releases_stored_is_read() -> None:
    stored = {"acknowledgement": {"action_id": "a1", "at": at("10:00"), "number": "A1"}, "cleared_numbers": [0, 21]}
    operator = OperatorState.model_validate(stored)
    found = order_state(owing(), operator=operator)
    assert (list(ours(found).values()), owed(found)) == ([{SHIRT: 3, CAP: 3, MUG: 3}], (0, 0, 0))
    assert operator.cleared_numbers == (found.parcels[0].id, 21)
    assert ours(order_state(owing(shirt=2), made(21, 1, shirt=1), operator=operator)) == {}
