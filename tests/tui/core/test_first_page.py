"""A page that is only looked at is shown as it came, or not at all: nothing of another kind is left to be painted."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.tui.core.samples import NOON, order, page

from orders_tui import wording
from orders_tui.startup import first_page
from orders_wire.vocabulary import Ready

PAGE = json.loads(page([order(1)]).model_dump_json(by_alias=True))

HOLD = {
    "reason": "address",
    "note": None,
    "since": "2025-11-09T10:00:00Z",
    "until": "2025-11-10T10:00:00Z",
    "by": "ana",
}


def with_order(**fields: Any) -> dict[str, Any]:
    row = {**PAGE["orders"]["items"][0], **fields}
    return {**PAGE, "orders": {**PAGE["orders"], "items": [row]}}


def test_a_page_is_shown() -> None:
    assert first_page.read(PAGE).orders.items[0].order_number == "#1001"


def test_a_hold_has_its_time() -> None:
    hold = first_page.read(with_order(hold=HOLD)).orders.items[0].hold
    assert hold is not None
    assert wording.hold_until(hold.until, NOON).word == "Mon 10:00"


def test_what_can_be_sent_is_shown() -> None:
    shown = first_page.read(with_order(ready="part", blockers=["stock:MUG"], together="t1")).orders.items[0]
    assert (shown.ready, shown.blockers, shown.together) == (Ready.PART, ["stock:MUG"], "t1")
    bare = {name: value for name, value in with_order()["orders"]["items"][0].items() if name != "blockers"}
    assert first_page.read({**PAGE, "orders": {**PAGE["orders"], "items": [bare]}}).orders.items[0].blockers == []


@pytest.mark.parametrize(
    "strange",
    [
        with_order(order_number=5),
        with_order(placed_at=None),
        with_order(assigned_to={}),
        with_order(customer_name=[]),
        with_order(tags="vip"),
        with_order(ready="perhaps"),
        with_order(blockers="payment"),
        with_order(together=5),
        with_order(total=3),
        with_order(hold="x"),
        with_order(hold={**HOLD, "until": 5}),
        with_order(hold={**HOLD, "by": []}),
        with_order(status=[]),
        {**PAGE, "metrics": {"overdue": "many"}},
        {**PAGE, "metrics": []},
        {**PAGE, "tabs": {"all": "x"}},
        {**PAGE, "tabs": 5},
        {**PAGE, "orders": {}},
    ],
)
def test_a_strange_page_is_not_shown(strange: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="not"):
        first_page.read(strange)


def test_a_time_in_the_first_year_is_one_that_can_be_shown() -> None:
    shown = first_page.read(with_order(placed_at="0001-01-01T00:00:00+14:00")).orders.items[0]
    assert shown.placed_at.year == 1900
