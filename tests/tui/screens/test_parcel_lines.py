"""Pasted tracking numbers, one line for each order."""

from __future__ import annotations

import pytest
from tests.tui.screens.desk_data import NOW, order

from orders_tui.dialogs.parcel_lines import read
from orders_wire.detail import Fulfillment
from orders_wire.vocabulary import Status

ORDERS = [order(number, status=Status.AWAITING_FULFILLMENT) for number in (1001, 1002, 1003)]
IDS = [each.id for each in ORDERS]


@pytest.mark.parametrize("line", ["#1002\tABC123\tDHL", "1002,ABC123,DHL", "1002;ABC123;DHL", "#1002  ABC123  DHL"])
def test_separators(line: str) -> None:
    parcels = read(line, ORDERS).parcels
    assert {order_id: (parcel.number, parcel.carrier) for order_id, parcel in parcels.items()} == {
        IDS[1]: ("ABC123", "DHL")
    }


def test_bare_numbers_go_to_the_orders_from_the_top() -> None:
    parcels = read("A1\nB2\n", ORDERS).parcels
    assert [parcels[order_id].number for order_id in IDS[:2]] == ["A1", "B2"]


def test_a_header_is_passed_over() -> None:
    assert len(read("order,tracking number\n1001,A1", ORDERS).parcels) == 1


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("1001,A1\n9999,B2", "9999 is not one of these orders"),
        ("1001", "1001 has no tracking number"),
        ("1001,A1\n#1001,B2", "#1001 stands there twice"),
        ("1001,A1\n1002,A1", "A1 is given twice"),
        ("A1\nB2\nC3\nD4", "4 numbers for 3 orders"),
    ],
)
def test_what_cannot_be_right_is_said(text: str, fault: str) -> None:
    assert fault in read(text, ORDERS).faults


def shipped(at: int, number: str) -> Fulfillment:
    return Fulfillment(id=f"f{at}", name=f"#1004-F{at}", status="success", number=number, created_at=NOW)


SENT = order(1004, status=Status.FULFILLED)
PARCELS = {SENT.id: [shipped(1, "A1"), shipped(2, "B2")], IDS[0]: [shipped(1, "C3")]}


@pytest.mark.parametrize(
    ("text", "parcel"),
    [("1004,N1,DHL", None), ("1004,N1,DHL,F2", "f2"), ("1004\tN1\t\t#1004-F1", "f1"), ("1004;N1;;2", "f2")],
)
def test_a_number_of_what_was_sent_goes_to_its_parcel(text: str, parcel: str | None) -> None:
    found = read(text, [*ORDERS, SENT], PARCELS)
    assert found.parcels == {}
    assert [(number.order_id, number.number, number.parcel) for number in found.numbers] == [(SENT.id, "N1", parcel)]


def test_a_named_parcel_of_an_order_that_owes_is_meant_and_not_what_is_owed() -> None:
    found = read("1001,N1,,F1\n1001,N2", ORDERS, PARCELS)
    assert [number.parcel for number in found.numbers] == ["f1"]
    assert found.parcels[IDS[0]].number == "N2"


def test_parcels_that_are_not_known_yet_are_asked_for() -> None:
    assert read("1004,N1,,F2", [SENT]).unknown == {SENT.id}
    assert read("1004,N1,,F9", [SENT], PARCELS).faults == ("#1004 has no parcel F9; it has #1004-F1, #1004-F2",)
    assert read("1004,N1,,F1\n1004,N2,,1", [SENT], PARCELS).faults == ("1 stands there twice",)


def test_a_cell_may_hold_blanks() -> None:
    parcel = read("1001,0034 0434 2921 3510 0186,DHL Express", ORDERS).parcels[IDS[0]]
    assert (parcel.number, parcel.carrier) == ("00340434292135100186", "DHL Express")
