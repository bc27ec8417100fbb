"""Which orders go to the same place: contract §3a, `together`."""

from __future__ import annotations

from typing import Any

import pytest
from tests.server.rules.order_states import NOON, placed, projected, sent, told
from tests.support import shop_bodies as shop

from orders_sync.evidence.changes import Change
from orders_sync.rules.operator_state import Cancelling, OperatorState

HOME = {"address1": "12a Haupt-Straße", "address2": "Apt 5", "zip": "10115", "city": "Berlin", "country_code": "DE"}


def destination(*more: tuple[Change, ...], customer: Any = 77, address: Any = HOME, **how: Any) -> str | None:
    buyer = None if customer is None else {"id": customer, "first_name": "Ada"}
    return projected(placed(customer=buyer, shipping_address=address), *more, **how).destination


def at(**fields: Any) -> str | None:
    return destination(address={**HOME, **fields})


def method(word: str) -> tuple[Change, ...]:
    body = {**shop.fulfillment_order(41, "open"), "order_id": 1, "delivery_method": {"method_type": word}}
    return told("fulfillment_orders/rescheduled", {"fulfillment_order": body}, "08:30")


@pytest.mark.parametrize(
    "typed",
    [
        {"address1": "12A HAUPTSTRASSE"},
        {"address1": "12 a, Hauptstr."},
        {"address1": "12a  Haupt Str", "address2": "apartment 5"},
        {"address1": "12a Hauptstraße Apt. 5", "address2": None},
        {"zip": " 10 115"},
        {"city": "berlin (Mitte)", "name": "A. Lovelace", "phone": "1"},
        {"country_code": "de"},
        {"country_code": None, "country": "DE"},
    ],
)
def test_an_address_is_the_same_however_it_was_typed(typed: dict[str, Any]) -> None:
    assert at(**typed) == at() is not None


@pytest.mark.parametrize(
    "elsewhere",
    [
        {"address1": "12b Hauptstraße"},
        {"address1": "1 2a Hauptstraße"},
        {"address2": "Apt 6"},
        {"zip": "10117"},
        {"country_code": "AT"},
    ],
)
def test_another_address_is_another_one(elsewhere: dict[str, Any]) -> None:
    assert at(**elsewhere) not in (at(), None)


def test_a_zip_code_says_where_in_five_digits() -> None:
    street = {"address1": "5 Main Street", "country_code": "US", "address2": None}
    assert at(**street, zip="02139-4307") == at(**street | {"address1": "5 Main St."}, zip="02139")
    assert at(**street | {"country_code": "DE"}, zip="02139-4307") != at(**street | {"country_code": "DE"}, zip="02139")


def test_numbers_stay_apart() -> None:
    assert at(address1="1/11 Main St") != at(address1="11/1 Main St") != at(address1="111 Main St")


def test_without_a_postal_code_the_city_says_where() -> None:
    assert at(zip=None) == at(zip=None, city="BERLIN") != at(zip=None, city="Bonn")


@pytest.mark.parametrize(
    "nowhere",
    [
        {"address": None},
        {"address": {"name": "Ada"}},
        {"address": {**HOME, "address1": " - ", "address2": None}},
        {"address": {**HOME, "zip": None, "city": None}},
        {"customer": None},
        {"operator": OperatorState(cancelling=Cancelling(action_id="a", at=NOON, by="bea"))},
    ],
)
def test_what_goes_nowhere_goes_with_none(nowhere: dict[str, Any]) -> None:
    assert destination(**nowhere) is None


def test_only_what_is_owed_and_brought_goes_somewhere() -> None:
    cancelled = placed(cancelled_at=shop.clock("09:00"), customer={"id": 77}, shipping_address=HOME)
    assert projected(cancelled).destination is None
    assert projected(sent(customer={"id": 77}, shipping_address=HOME)).destination is None
    assert [destination(method(word)) for word in ("pick_up", "none")] == [None, None]
    assert destination(method("local")) != destination(method("shipping")) == destination()


def test_nobody_shares_a_place_with_another_customer() -> None:
    assert destination(customer=78) not in (destination(), None)
