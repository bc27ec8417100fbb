"""Holds, releases, undo and what the shop tells of them, in any order: a release frees its own alone, nothing is held that is not
owed, and every hold is shown once (contract §3a, Holds)."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random
from typing import Any, cast

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.desk_orders import line, order

from orders_sync.actions import hold, release
from orders_sync.actions.context import ActionContext, ActionSettings, Actor
from orders_sync.actions.decision import Decision
from orders_sync.actions.locked_order import LockedOrder, LockedOrders
from orders_sync.actions.undo_record import diff, revert
from orders_sync.db.order_documents import Known
from orders_sync.db.outbox import OutboxRow
from orders_sync.evidence.changes import FulfillmentOrderSeen, HoldAdded, HoldReleased, OrderChange, Stamp
from orders_sync.evidence.entities import HoldPart
from orders_sync.evidence.facts import OrderFacts, dump
from orders_sync.evidence.from_changes import merge
from orders_sync.instants import SECOND, Ms
from orders_sync.outbox.kinds import Kind
from orders_sync.outbox.queue import Switches
from orders_sync.rules import hold_ends
from orders_sync.rules.holds import own_handle
from orders_sync.rules.operator_state import OperatorState
from orders_sync.rules.order_state import OrderState, build_order_state
from orders_sync.rules.thresholds import Thresholds
from orders_wire.actions import GivenLine, HoldBody, ReleaseBody
from orders_wire.vocabulary import ActionName, HoldReason

NOON = Ms(1_773_144_000_000)
LINES = (line(1, "A", 5), line(2, "B", 2), line(3, "C", 1))
PARTS = (41, 42)
SETTINGS = ActionSettings(Thresholds(), Switches(frozenset(), 0), 0, lambda: "0" * 8)


class Order(LockedOrder):
    """An order without a database: nothing of it was sent yet."""

    def state_under(self, operator: OperatorState) -> OrderState:
        found = build_order_state(1, self.facts, operator, {}, Thresholds())
        assert found is not None
        return found

    def outbound(self, kind: Kind) -> list[OutboxRow]:
        return []


@dataclass
class Desk:
    """What is decided and known of one order, and the time."""

    operator: OperatorState = field(default_factory=OperatorState)
    told: list[OrderChange] = field(default_factory=lambda: [order(1, None, *LINES)])
    now: Ms = NOON
    placed: list[str] = field(default_factory=list)

    @property
    def facts(self) -> OrderFacts:
        return merge(OrderFacts(), self.told)

    @property
    def order(self) -> Order:
        operator = self.operator.model_dump_json(exclude_defaults=True).encode()
        known = Known(1, dump(self.facts), operator, None, 1, b"", "", None)
        return Order(known, cast(LockedOrders, None))

    @property
    def state(self) -> OrderState:
        return self.order.state_under(self.operator)

    def settle(self) -> None:
        """What ends by itself ends."""
        ended = hold_ends.ends(self.state, self.now)
        self.operator = hold_ends.without(self.state, ended, self.now)

    def decided(self, decision: object) -> bool:
        if isinstance(decision, Decision):
            self.operator = decision.operator
        return isinstance(decision, Decision)

    def context(self) -> ActionContext:
        self.now = Ms(self.now + 10 * SECOND)
        return ActionContext(ActionName.HOLD, f"a{self.now}", Actor("ada", lead=True), self.now, 0, SETTINGS)

    def stamp(self) -> Stamp:
        self.now = Ms(self.now + 10 * SECOND)
        return Stamp(self.now, self.now)


def _hold(desk: Desk, dice: Random) -> None:
    lines = [GivenLine(line_id=str(part.id), quantity=dice.randint(1, part.quantity)) for part in LINES]
    some = dice.sample(lines, dice.randint(1, 2)) if dice.random() < 0.7 else None
    body = HoldBody(order_ids=["1"], reason=dice.choice([*HoldReason]), lines=some)
    before, context = desk.state, desk.context()
    if desk.decided(hold._decide(desk.order, body, context)) and context.action_id in desk.operator.desk_holds:
        desk.placed.append(own_handle(context.action_id))
        for given_line in some or ():
            held = before.held.get(int(given_line.line_id), 0)
            assert desk.state.held[int(given_line.line_id)] == held + given_line.quantity


def _release(desk: Desk, dice: Random) -> None:
    before = {each.id for each in desk.state.holds}
    named = {dice.choice(sorted(before))} if before and dice.random() < 0.7 else None
    gone = named or {each.id for each in desk.state.holds if each.asked_by is not None}
    operator = desk.operator
    body = ReleaseBody(order_ids=["1"], hold_ids=sorted(named) if named else None)
    if not desk.decided(release._decide(desk.order, body, desk.context())):
        return
    assert {each.id for each in desk.state.holds} == before - gone
    if dice.random() < 0.3:
        undone = revert(desk.operator, diff(operator, desk.operator))
        assert undone is not None
        desk.operator = undone
        assert {each.id for each in desk.state.holds} == before


def _told_hold(desk: Desk, dice: Random) -> None:
    """The shop tells of a hold: its side of one of ours, or another's."""
    handle = dice.choice([*desk.placed, None, "theirs"])
    part = HoldPart(id=str(dice.randint(51, 56)), reason=dice.choice(["other", "high_risk_of_fraud"]), handle=handle)
    taken = {key.partition("/")[2] for key, _ in desk.facts.entities("hold")}
    if part.id not in taken:
        desk.told.append(HoldAdded(dice.choice(PARTS), 1, part, desk.stamp()))


def _told_release(desk: Desk, dice: Random) -> None:
    known = [hold for hold in desk.state.shop_holds if hold.ended_at is None]
    if known:
        gone = dice.choice(known)
        before = {each.id for each in desk.state.holds}
        sides = [each for each in known if each.name == gone.name]
        desk.told.append(HoldReleased(int(gone.fulfillment_order), 1, gone.number, desk.stamp()))
        desk.settle()
        assert before - {each.id for each in desk.state.holds} <= ({gone.id} if len(sides) == 1 else set())


def _read(desk: Desk, dice: Random) -> None:
    """The poll reads a fulfilment order with the holds on it, and what it has to send."""
    part = dice.choice(PARTS)
    there = [hold for hold in desk.state.shop_holds if hold.ended_at is None and hold.fulfillment_order == str(part)]
    holds = tuple(HoldPart(id=each.number or "", reason=each.reason, handle=each.handle) for each in there)
    lines = tuple((each.id, dice.randint(1, each.quantity)) for each in dice.sample(LINES, 2))
    status = "on_hold" if holds else "open"
    desk.told.append(
        FulfillmentOrderSeen(part, 1, desk.stamp(), status=status, holds=holds, held_lines=lines if holds else ())
    )


STEPS = (_hold, _hold, _release, _told_hold, _told_release, _read)


def _lawful(desk: Desk) -> None:
    state = desk.state
    owed = {each.part.id: each.owed for each in state.lines}
    assert all(0 < count <= owed[of] for of, count in state.held.items())
    ids = [each.id for each in state.holds]
    assert len(ids) == len(set(ids)), "shown once"
    standing = {own_handle(of) for of in state.desk_holds}
    assert standing <= set(ids)
    for each in state.own_holds:
        asked = each.lines or owed
        if not [hold for hold in state.shop_holds if hold.handle == each.handle]:
            assert all(state.held.get(of, 0) >= min(count, owed[of]) for of, count in asked.items())


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32))
def test_a_release_frees_its_own_and_nothing_is_held_twice(seed: int) -> None:
    dice, desk = Random(seed), Desk()
    for _ in range(14):
        dice.choice(STEPS)(desk, dice)
        desk.settle()
        _lawful(desk)
    mixed: Any = desk.told[:]
    dice.shuffle(mixed)
    assert merge(OrderFacts(), mixed) == desk.facts
