"""Guessing the carrier: the shape names it, the check digit confirms it, and nothing is ever refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orders_tui.carriers import guesses, normalise


@pytest.mark.parametrize(
    ("number", "carrier"),
    [
        ("1Z999AA10123456784", "UPS"),
        ("1Z5R89390357567127", "UPS"),
        ("00340434292135100186", "DHL"),
        ("0034 0434 2921 3510 0186", "DHL"),
        ("RB123456785GB", "Royal Mail"),
        ("9205590164917312751089", "USPS"),
        ("420942209205590164917312751089", "USPS"),
        ("986578788855", "FedEx"),
    ],
)
def test_real_shapes_with_a_fitting_check_digit(number: str, carrier: str) -> None:
    first = guesses(number)[0]
    assert (first.carrier, first.checked) == (carrier, True)
    assert "check digit ok" in first.reason


@pytest.mark.parametrize("number", ["1Z999AA10123456785", "00340434292135100187", "RB123456784GB", "986578788856"])
def test_one_wrong_digit_is_noticed(number: str) -> None:
    assert guesses(number)[-1].checked is False
    assert "check digit wrong" in guesses(number)[-1].reason


@pytest.mark.parametrize(
    ("number", "carrier"),
    [
        ("JJD000390007000000000", "DHL"),
        ("01234567890", "GLS"),
        ("TBA123456789012", "Amazon"),
    ],
)
def test_shapes_without_a_check_digit(number: str, carrier: str) -> None:
    assert (guesses(number)[0].carrier, guesses(number)[0].checked) == (carrier, None)


def test_a_fitting_check_digit_comes_before_one_that_does_not() -> None:
    checked = [guess.checked for guess in guesses("01505094569848" + "X")]
    assert checked == sorted(checked, key=[True, None, False].index)


def test_nothing_known_is_no_guess() -> None:
    assert guesses("hello") == []


@given(st.text())
def test_any_text_is_taken(text: str) -> None:
    assert all(guess.carrier and guess.reason for guess in guesses(text))
    assert normalise(normalise(text)) == normalise(text)
