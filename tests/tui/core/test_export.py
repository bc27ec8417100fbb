"""Files for spreadsheets and scripts: no formula in any cell, nobody else reads them, nothing is overwritten."""

from __future__ import annotations

import csv
import io
import json
import stat
from pathlib import Path

import pytest
from tests.tui.core.samples import order

from orders_tui import export
from orders_tui.errors import UsageError
from orders_wire.orders import Order


@pytest.mark.parametrize("name", ["=1+1", "+49", "-5", "@SUM(A1)", "  =1+1", "\t=1"])
def test_a_cell_that_could_be_a_formula_is_text(name: str) -> None:
    (row,) = csv.DictReader(io.StringIO(export.csv_text([order(1, customer_name=name, tags=[name])])))
    assert row["customer_name"].startswith("'")
    assert row["tags"].startswith("'")


def test_ordinary_text_stays_as_it_is() -> None:
    (row,) = csv.DictReader(io.StringIO(export.csv_text([order(1, customer_name='Zoë "Z", 王')])))
    assert row["customer_name"] == 'Zoë "Z", 王'
    assert (row["order_number"], row["amount"], row["currency"]) == ("#1001", "12.50", "EUR")
    assert row["placed_at"] == "2025-11-09T11:00:00Z"


def test_json_reads_back_to_the_same_orders() -> None:
    rows = [order(1), order(2)]
    assert [Order.model_validate(item) for item in json.loads(export.json_text(rows))] == rows


@pytest.mark.parametrize(("name", "start"), [("x.csv", b"\xef\xbb\xbforder_number"), ("x.json", b"[")])
def test_files_are_private_and_a_spreadsheet_sees_utf8(tmp_path: Path, name: str, start: bytes) -> None:
    path = export.write([order(1)], tmp_path / name)
    assert path.read_bytes().startswith(start)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_nothing_is_overwritten_and_odd_places_are_named(tmp_path: Path) -> None:
    export.write([], tmp_path / "x.csv")
    for path, says in (
        (tmp_path / "x.csv", "there already"),
        (tmp_path / "x.xlsx", ".csv or .json"),
        (tmp_path / "no" / "x.csv", "cannot be written"),
    ):
        with pytest.raises(UsageError, match=says):
            export.write([], path)
