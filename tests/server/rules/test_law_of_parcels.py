"""The law of parcels (contract §3a): owed is never below 0; parcels and what is owed are what was ordered less what was removed.

Over random lives of one order: parts that operators send, what their writes make, Shopify's own fulfilments, cancellations,
removals, edits and undo, told in any order and any number of times.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import chain
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.desk_orders import PLACED
from tests.support.shop_of_lines import (
    Report,
    ShopOfLines,
    Units,
    holds_always,
    holds_once_all_is_told,
    in_parcels,
    some,
)

from orders_sync.evidence.facts import OrderFacts
from orders_sync.evidence.from_changes import merge
from orders_sync.instants import Ms
from orders_sync.rules.operator_state import Acknowledgement, OperatorState, UnitsOfLine
from orders_sync.rules.order_state import OrderState, build_order_state
from orders_sync.rules.parcels import fulfillment_ids
from orders_sync.rules.thresholds import Thresholds
from orders_sync.rules.timeline import timeline


@dataclass
class Life:
    """An order's shop and desk. `untold`: reports on their way; `unsent`: acknowledgements whose write has not left.

    `interfered`: lines that others than our own answered writes touched; `vague`: something of ours was not answered, or stood
    for all that was owed, so that fulfilments of Shopify's may take its place by rule.
    """

    dice: Random
    shop: ShopOfLines
    facts: OrderFacts = field(default_factory=OrderFacts)
    operator: OperatorState = field(default_factory=OperatorState)
    untold: list[Report] = field(default_factory=list)
    unsent: dict[str, Units] = field(default_factory=dict)
    interfered: set[int] = field(default_factory=set)
    vague: bool = False

    def state(self) -> OrderState:
        found = build_order_state(self.shop.order_id, self.facts, self.operator, {}, Thresholds())
        assert found is not None
        return found

    def collect(self) -> None:
        """What the shop has to tell since."""
        self.untold += self.shop.reports
        self.shop.reports.clear()

    def tell(self) -> None:
        self.collect()
        if self.untold:
            told = self.dice.choice(self.untold)
            self.facts = merge(self.facts, told)
            if self.dice.random() < 0.7:
                self.untold.remove(told)

    def acknowledge(self) -> None:
        owed = {line.part.id: line.owed for line in self.state().lines if line.owed}
        units = some(self.dice, owed) if owed else {}
        if not units:
            return
        action = f"a{len(self.operator.entries)}-{self.dice.random()}"
        whole = units == owed
        self.vague = self.vague or whole
        own = Acknowledgement(
            action_id=action,
            at=Ms(PLACED + len(self.operator.acknowledgements)),
            known=fulfillment_ids(self.facts),
            lines=tuple(UnitsOfLine(id=line, quantity=n) for line, n in units.items()),
            whole=whole,
        )
        self.operator = self.operator.with_acknowledgement(own)
        self.unsent[action] = units

    def send(self) -> None:
        """A write of ours leaves; now and then it makes two fulfilments, or its answer is lost."""
        if not self.unsent:
            return
        action = self.dice.choice(list(self.unsent))
        units = self.unsent.pop(action)
        line = next(iter(units))
        parts = [{line: units.pop(line)}, units] if len(units) > 1 and self.dice.random() < 0.4 else [units]
        made = [each for part in parts if (each := self.shop.fulfill(part)) is not None]
        lost = self.dice.random() < 0.2
        self.vague = self.vague or lost or not made
        self.operator = self.operator.answered(action, () if lost else made)

    def admin(self) -> None:
        left = {line: quantity for line, quantity in self.shop.left().items() if quantity > 0}
        if left:
            units = some(self.dice, left)
            self.interfered |= units.keys()
            self.shop.fulfill(units)

    def cancel(self) -> None:
        alive = sorted(self.shop.made.keys() - self.shop.cancelled)
        if alive:
            gone = self.dice.choice(alive)
            self.interfered |= self.shop.made[gone].keys()
            self.shop.cancel(gone)

    def change_order(self) -> None:
        line = self.dice.randint(1, len(self.shop.lines) + 1)
        self.interfered.add(line)
        if line in self.shop.lines and self.dice.random() < 0.6:
            self.shop.remove(line, self.dice.randint(1, 2))
        else:
            self.shop.add(line, self.dice.randint(1, 2))

    def undo(self) -> None:
        standing = {each.acknowledgement.action_id for each in self.state().settled if not each.heirs}
        mine = sorted(standing & self.unsent.keys())
        if mine:
            gone = self.dice.choice(mine)
            del self.unsent[gone]
            others = tuple(each for each in self.operator.acknowledgements if each.action_id != gone)
            self.operator = self.operator.model_copy(update={"acknowledgements": others})


STEPS = (
    *(Life.tell,) * 4,
    *(Life.acknowledge,) * 3,
    *(Life.send,) * 2,
    Life.admin,
    Life.cancel,
    Life.change_order,
    Life.undo,
)


def lived(dice: Random) -> Life:
    life = Life(dice, ShopOfLines.drawn(dice))
    life.facts = merge(life.facts, life.shop.reports[0])
    for _ in range(dice.randint(4, 18)):
        dice.choice(STEPS)(life)
        holds_always(life.state())
    return life


@settings(max_examples=150)
@given(st.integers(0, 2**32), st.integers(0, 2**32))
def test_parcels_and_what_is_owed_are_what_was_ordered(seed: int, other: int) -> None:
    life = lived(Random(seed))
    life.collect()
    rest, known = life.untold * 2, life.facts
    Random(other).shuffle(rest)
    life.facts = merge(known, chain.from_iterable(rest))
    state = life.state()
    holds_once_all_is_told(state, life.shop)
    life.facts = merge(known, chain.from_iterable(rest[::-1]))
    again = life.state()
    assert (again.parcels, again.lines, timeline(again)) == (state.parcels, state.lines, timeline(state))


@settings(max_examples=150)
@given(st.integers(0, 2**32))
def test_what_waits_of_a_line_is_neither_freed_nor_doubled_by_what_happens_to_others(seed: int) -> None:
    life = lived(Random(seed))
    life.collect()
    life.facts = merge(life.facts, chain.from_iterable(life.untold))
    ours, waiting = in_parcels(life.state(), ours=True), list(life.unsent.values())
    for line in life.shop.lines.keys() - life.interfered if not life.vague else ():
        assert ours.get(line, 0) == sum(units.get(line, 0) for units in waiting)
