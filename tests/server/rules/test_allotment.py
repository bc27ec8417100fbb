"""Covered or short: contract §3a. Of a SKU there is what open orders owe plus `available`; who is served last goes without."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.naive_allotment import without
from tests.support.projections import projection

from orders_sync.instants import FOREVER
from orders_sync.rules.allotment import Short, Taken, by_line, short
from orders_sync.rules.projection import OwedUnits, Turn
from orders_sync.rules.readiness import LineUnits

LAST_FIRST = [Taken(30, Turn.HELD, 2, 2), Taken(20, Turn.BLOCKED, 1, 0), Taken(10, Turn.FIRST, 4, 1)]
"""Order 10 is served first and owes four, of which one could not be sent anyway."""


@pytest.mark.parametrize(
    ("available", "goes_without"),
    [
        (5, {}),
        (0, {}),
        (-1, {30: (1, 0)}),
        (-2, {30: (2, 0)}),
        (-3, {30: (2, 0), 20: (1, 1)}),
        (-4, {30: (2, 0), 20: (1, 1), 10: (1, 0)}),
        (-6, {30: (2, 0), 20: (1, 1), 10: (3, 2)}),
        (-9, {30: (2, 0), 20: (1, 1), 10: (4, 3)}),
    ],
)
def test_those_served_last_go_without(available: int, goes_without: dict[int, tuple[int, int]]) -> None:
    found = short(available, LAST_FIRST)
    assert found == {n: Short(*units, first=n == 10) for n, units in goes_without.items()}
    assert sum(each.missing for each in found.values()) == min(7, max(0, -available))


turns = st.builds(
    OwedUnits,
    sku=st.just("MUG"),
    turn=st.sampled_from(Turn),
    due=st.sampled_from([1, 2, FOREVER]),
    units=st.integers(1, 4),
    stuck=st.integers(0, 1),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(turns, min_size=1, max_size=6), st.integers(-25, 3))
def test_walking_back_what_is_short_is_dealing_out_what_is_there(owed: list[OwedUnits], available: int) -> None:
    orders = [projection(n, owed_units=(each,)) for n, each in enumerate(owed, 1)]
    last_first = sorted(enumerate(owed, 1), key=lambda one: (one[1].turn, one[1].due, one[0]), reverse=True)
    found = short(available, (Taken(n, each.turn, each.units, each.stuck) for n, each in last_first))
    dealt = without(orders, {"MUG": available})
    assert {n: (each.missing, each.lost) for n, each in found.items()} == {n: of["MUG"] for n, of in dealt.items()}
    there, given_out = max(0, sum(each.units for each in owed) + available), sum(each.units for each in owed)
    assert given_out - sum(each.missing for each in found.values()) <= max(there, given_out if available >= 0 else 0)


def test_of_one_order_what_could_not_be_sent_goes_without_first() -> None:
    lines = {
        1: LineUnits("MUG", held=0, stuck=0, free=2),
        2: LineUnits("TEE", held=0, stuck=0, free=1),
        3: LineUnits("MUG", held=0, stuck=1, free=1),
        4: LineUnits(None, held=0, stuck=0, free=1),
        5: LineUnits("MUG", held=2, stuck=0, free=0),
    }
    assert by_line(lines, {"MUG": 1}) == {1: 0, 2: 0, 3: 0, 4: 0, 5: 1}
    assert by_line(lines, {"MUG": 3}) == {1: 0, 2: 0, 3: 1, 4: 0, 5: 2}
    assert by_line(lines, {"MUG": 5}) == {1: 1, 2: 0, 3: 2, 4: 0, 5: 2}
    assert by_line(lines, {}) == dict.fromkeys(lines, 0)
