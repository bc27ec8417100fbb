"""Several tracking numbers in one field: the first is shown, all find the order (contract §1)."""

from __future__ import annotations

from typing import Any

import pytest
from tests.server.rules.order_states import card, parcel, placed, projected, sent

from orders_sync.rules.operator_state import Acknowledgement, GivenNumber, OperatorState
from orders_sync.rules.tracking_numbers import several

FIRST, SECOND = "1Z999AA10123456784", "1Z999AA10123456795"


@pytest.mark.parametrize(
    "between", [", ", ",", ";", " ; ", "，", "、", "\n", " ", "\u00a0", " / ", " & ", "|", ",\u200b,"]
)
def test_two_numbers_in_one_field(between: str) -> None:
    assert several(f"{FIRST}{between}{SECOND}") == (FIRST, SECOND)


@pytest.mark.parametrize(
    "one",
    [
        "1Z 999 AA1 01 2345 6784",
        "RR 123456789 DE",
        "AB/12",
        "JD014600006281230701",
        "☠1☢\n---\n4321",
        "00 34043412 3456789012",
    ],
)
def test_a_number_in_groups_is_one(one: str) -> None:
    assert several(one) == (one,)


def test_blank_and_repeated_ones_are_none() -> None:
    assert several(" ", None, "\u00a0, A1", "A1,,", "\u200b") == ("A1",)


def terms(*told: Any, **how: Any) -> set[str]:
    return {term for kind, term in projected(*told, **how).terms if kind == "tracking"}


BOTH = {FIRST.lower(), SECOND.lower()}


@pytest.mark.parametrize(
    "fields",
    [
        {"number": f"{FIRST}, {SECOND}"},
        {"number": f"{FIRST}, {SECOND}", "tracking_numbers": [f"{FIRST}, {SECOND}"]},
        {"number": "\u00a0", "tracking_numbers": ["", FIRST, SECOND]},
        {"number": None, "tracking_numbers": f"{FIRST}, {SECOND}"},
    ],
)
def test_the_shops(fields: dict[str, Any]) -> None:
    assert card(sent(), parcel(**fields))["tracking"][0]["number"] == FIRST
    assert terms(sent(), parcel(**fields)) == BOTH


def test_the_operators() -> None:
    given = GivenNumber(action_id="a", number=f"{FIRST}; {SECOND}")
    operator = OperatorState(numbers={21: given})
    assert card(sent(), parcel(), operator=operator)["tracking"][0]["number"] == FIRST
    assert terms(sent(), parcel(), operator=operator) == BOTH
    ours = OperatorState(
        acknowledgements=(Acknowledgement(action_id="a", at=projected(placed()).placed_at, number=given.number),)
    )
    assert card(placed(), operator=ours)["tracking"][0]["number"] == FIRST
    assert terms(placed(), operator=ours) == BOTH
