"""Handing an order on: what is told to its row is what deriving it again would come to, whatever is known of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.server.rules.order_states import NOBODY, NOON, facts, placed
from tests.support.lives import ORDERS, decisions, life

from orders_sync.evidence.changes import OrderChange
from orders_sync.evidence.facts import OrderFacts
from orders_sync.evidence.from_changes import merge
from orders_sync.instants import MINUTE, SECOND, Ms
from orders_sync.rules.derive import derive
from orders_sync.rules.operator_state import Entry, Escalation, OperatorState
from orders_sync.rules.projection import Projection
from orders_sync.rules.thresholds import Thresholds
from orders_sync.settle import owner_change

OWNERS = (None, "ana", "bo", "assistant")
ESCALATED = Escalation(action_id="e", at=NOON, by="ana")


def assigned(of: str, at: int, details: str = "x, by y") -> Mapping[str, Entry]:
    return {f"assigned:{of}": Entry(ts=Ms(at), event="assigned", details=details)}


def note(of: str, at: int) -> Mapping[str, Entry]:
    return {f"note:{of}": Entry(ts=Ms(at), event="note", details="done")}


def handed_on(before: OperatorState, owner: str | None, added: Mapping[str, Entry], **more: Any) -> OperatorState:
    entries = {**added, **before.entries}
    return before.model_copy(update={"assigned_to": owner, "owner_action": "new", "entries": entries, **more})


def drawn_pair(dice: Random, before: OperatorState) -> tuple[OperatorState, OperatorState]:
    """Decisions with a history, and what they might be next: mostly another owner, sometimes more than that."""
    moments = [NOON + SECOND * dice.randrange(-4, 4) for _ in range(14)]
    moments += [NOON - MINUTE * 10 * dice.randrange(0, 24) for _ in range(14)]
    entries: dict[str, Entry] = {}
    for _ in range(dice.choice([0, 1, 3, 14])):
        entries |= dice.choice([assigned, assigned, note])(f"{dice.randrange(1000)}", dice.choice(moments))
    escalation = dice.choice([None] * 6 + [ESCALATED])
    before = before.model_copy(
        update={"assigned_to": dice.choice(OWNERS), "entries": entries, "escalation": escalation}
    )
    more: dict[str, Any] = dice.choice(
        [{}] * 6 + [{"thread": "t"}, {"cleared_numbers": (1,)}, {"entries": {}}, {"escalation": None}]
    )
    added = dice.choice([assigned] * 6 + [note])(f"{dice.randrange(1000)}", dice.choice(moments))
    return before, handed_on(before, dice.choice(OWNERS), dice.choice([added, added, {}]), **more)


def only(before: OperatorState, after: OperatorState) -> bool:
    return owner_change.only_owner(before, after, after.moved_from(before))


def derived(order_id: int, known: OrderFacts, operator: OperatorState) -> Projection | None:
    return derive(order_id, known, operator, {}, Thresholds(), now=NOON)


@settings(deadline=None, database=None, max_examples=150)
@given(seed=st.integers(0, 2**32))
def test_an_order_that_is_handed_on_is_as_if_derived_again(seed: int) -> None:
    dice = Random(seed)
    told = [change for delivery in life(dice) for change in delivery.changes if isinstance(change, OrderChange)]
    decided = decisions(dice)
    for order_id in ORDERS:
        known = merge(OrderFacts(), [change for change in told if change.order_id == order_id])
        before, after = drawn_pair(dice, decided.get(order_id, NOBODY))
        was, comes_to = derived(order_id, known, before), derived(order_id, known, after)
        if only(before, after) and was is not None:
            row_json = owner_change.with_owner(was.row_json, after)
            assert replace(was, assigned_to=after.assigned_to, row_json=row_json) == comes_to


PLAIN = OperatorState(assigned_to="ana", owner_action="old", entries=dict(assigned("old", NOON)))


def test_another_owner_alone_is_a_handover() -> None:
    assert only(PLAIN, handed_on(PLAIN, "bo", assigned("new", NOON)))
    assert only(PLAIN, handed_on(PLAIN, None, assigned("new", NOON)))
    assert only(NOBODY, handed_on(NOBODY, "bo", assigned("new", NOON)))


@pytest.mark.parametrize(
    "after",
    [
        PLAIN,
        handed_on(PLAIN, "ana", assigned("new", NOON)),
        handed_on(PLAIN, "bo", note("new", NOON)),
        handed_on(PLAIN, "bo", {}, entries={}),
        handed_on(PLAIN, "bo", {}, entries=dict(assigned("old", NOON, "reworded"))),
        handed_on(PLAIN, "bo", {}, thread="conversation:1"),
        handed_on(PLAIN, "bo", {}, escalation=ESCALATED),
    ],
    ids=["nothing", "same owner", "note", "entry gone", "entry reworded", "thread", "escalated"],
)
def test_what_differs_in_more_or_less_than_the_owner_is_none(after: OperatorState) -> None:
    assert not only(PLAIN, after)


def test_whoever_owns_an_escalated_order_decides_its_alert() -> None:
    escalated = PLAIN.model_copy(update={"escalation": ESCALATED})
    assert not only(escalated, handed_on(escalated, "bo", assigned("new", NOON)))


def test_assignments_of_one_second_stand_as_the_whole_timeline_has_them() -> None:
    known = facts(placed())
    before = PLAIN.model_copy(update={"entries": {**assigned("m", NOON), **assigned("k", NOON)}})
    for of in ("a", "l", "z"):
        after = handed_on(before, "bo", assigned(of, NOON, of))
        was, comes_to = derived(1, known, before), derived(1, known, after)
        assert was is not None
        assert comes_to is not None
        assert owner_change.with_owner(was.row_json, after) == comes_to.row_json
