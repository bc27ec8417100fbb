"""Pasted tracking numbers, one line for each order."""

from __future__ import annotations

import pytest
from tests.tui.screens.desk_data import order

from orders_tui.dialogs.parcel_lines import read

ORDERS = [order(1001), order(1002), order(1003)]
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
