"""Covered or short: contract §3a. Of a SKU there is what open orders owe plus `available`; who is served last goes without."""

from __future__ import annotations

import pytest

from orders_sync.evidence.entities import LinePart
from orders_sync.rules.owed import OwedLine
from orders_sync.rules.stock_coverage import by_line, missing

LAST_FIRST = [(30, 2), (20, 1), (10, 4)]
"""Order 10 is served first and owes four."""


@pytest.mark.parametrize(
    ("available", "short"),
    [
        (5, {30: 0, 20: 0, 10: 0}),
        (0, {30: 0, 20: 0, 10: 0}),
        (-1, {30: 1, 20: 0, 10: 0}),
        (-2, {30: 2, 20: 0, 10: 0}),
        (-3, {30: 2, 20: 1, 10: 0}),
        (-4, {30: 2, 20: 1, 10: 1}),
        (-9, {30: 2, 20: 1, 10: 4}),
    ],
)
def test_those_served_last_go_without(available: int, short: dict[int, int]) -> None:
    assert {order_id: missing(order_id, available, LAST_FIRST) for order_id in short} == short
    assert sum(short.values()) == min(7, max(0, -available))


def test_what_was_not_read_far_enough_is_not_known() -> None:
    assert missing(10, -9, LAST_FIRST[:2]) is None


def _line(line_id: int, sku: str | None, owed: int) -> OwedLine:
    part = LinePart(
        id=line_id, sku=sku, title="", quantity=9, current_quantity=9, fulfillable_quantity=9, requires_shipping=True
    )
    return OwedLine(part, owed)


def test_the_first_lines_of_a_sku_are_served_first() -> None:
    lines = [_line(1, "MUG", 2), _line(2, "TEE", 1), _line(3, "MUG", 1), _line(4, None, 1), _line(5, "CAP", 1)]
    assert by_line(lines, {"MUG": 2, "CAP": None}) == {1: 1, 2: 0, 3: 1, 4: 0, 5: None}
