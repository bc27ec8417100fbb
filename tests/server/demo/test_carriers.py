"""Tracking numbers that a check digit confirms."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import pytest
from stdnum import ean
from stdnum.iso7064 import mod_37_36

from orders_demo.sample_data import carriers


def _ups(number: str) -> bool:
    values = [int(char) if char.isdigit() else (ord(char) - 63) % 10 for char in number[2:-1]]
    return number.startswith("1Z") and (sum(values[::2]) + 2 * sum(values[1::2]) + int(number[-1])) % 10 == 0


def _s10(number: str) -> bool:
    weighted = sum(int(digit) * weight for digit, weight in zip(number[2:10], (8, 6, 4, 2, 3, 5, 9, 7), strict=True))
    return number.endswith("GB") and {10: 0, 11: 5}.get(11 - weighted % 11, 11 - weighted % 11) == int(number[10])


CHECKS: dict[str, tuple[Callable[[Random], str], int, Callable[[str], bool]]] = {
    "ups": (carriers.ups, 18, _ups),
    "usps": (carriers.usps, 22, lambda number: ean.calc_check_digit(number[:-1]) == number[-1]),
    "dhl_express": (carriers.dhl_express, 10, lambda number: int(number[:9]) % 7 == int(number[9])),
    "dhl_parcel": (carriers.dhl_parcel, 20, lambda number: ean.calc_check_digit(number[:-1]) == number[-1]),
    "royal_mail": (carriers.royal_mail, 13, _s10),
    "dpd": (carriers.dpd, 15, lambda number: bool(mod_37_36.is_valid(number))),
    "fedex": (carriers.fedex, 12, lambda number: number.isdigit()),
}


@pytest.mark.parametrize("carrier", CHECKS)
def test_numbers_have_the_length_and_the_check_digit_of_their_carrier(carrier: str) -> None:
    draw, length, valid = CHECKS[carrier]
    numbers = [draw(Random(seed)) for seed in range(200)]
    assert {len(number) for number in numbers} == {length}
    assert [number for number in numbers if not valid(number)] == []


@pytest.mark.parametrize("number", ["1Z5R89390357567127", "1Z879E930346834440"])
def test_the_check_of_ups_is_that_of_numbers_in_the_wild(number: str) -> None:
    assert _ups(number)
