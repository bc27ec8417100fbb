"""`pick`: lists and slips for scripts and printers, without the screen."""

from __future__ import annotations

import csv
import io
import json
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.tui.core.cli_desk import Call, Capture, Desk
from tests.tui.core.samples import gid, order, page
from tests.tui.core.test_programs import script


class PickDesk(Desk):
    """Six orders on two pages: two ship together, one is not paid, one waits for stock, one is gone, the last is ana's."""

    total = 6
    told: Mapping[int, dict[str, Any]] = {
        1: {"together": "g"},
        2: {"blockers": ["payment"]},
        3: {},
        4: {"together": "g"},
        5: {},
        6: {"assigned_to": "ana"},
    }

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == "/sync/orders/lines":
            self.asked.append(request)
            return httpx.Response(200, json=self.lines(json.loads(request.content)["orderIds"]))
        if request.url.path == "/sync/orders" and request.method == "GET":
            self.asked.append(request)
            second = request.url.params.get("cursor") == "ofs:3"
            numbers = (4, 5, 6) if second else (1, 2, 3)
            info: dict[str, Any] = {} if second or not self.total else {"next_cursor": "ofs:3", "has_next_page": True}
            rows = [order(n, customer_name="=1+1", **self.told[n]) for n in numbers if n in self.told]
            body = page(rows, total=self.total, **info)
            return httpx.Response(200, json=body.model_dump(mode="json", by_alias=True))
        return super().__call__(request)

    @staticmethod
    def lines(ids: list[str]) -> dict[str, object]:
        line = {"lineId": "l", "sku": "TEE", "title": "<b>Tee", "quantity": 2, "owed": 2, "sendable": 2}
        rows = [
            {"id": each, "version": 1, "lines": [line | ({"sendable": 1} if each == gid(3) else {})]}
            for each in ids
            if each != gid(5)
        ]
        return {"orders": rows, "failures": [{"id": gid(5), "code": "not_found", "message": "there is no such order"}]}


@pytest.fixture
def desk() -> PickDesk:
    return PickDesk()


LEFT_OUT = "left out: 1 line waits for stock; not paid: #1002; not read: there is no such order: #1005"


def test_a_list_is_printed_with_what_is_left_out_beside_it(call: Call, capsys: Capture, desk: Desk) -> None:
    assert call("pick", "owner:none", "--by", "sku") == 1, "one order could not be read"
    said = capsys.readouterr()
    assert "[ ]    7 x TEE  <b>Tee" in said.out
    assert "#1001 (2), #1004 (2), #1003, #1006 (2)" in said.out
    assert said.err.splitlines() == ["4 orders, 7 units", LEFT_OUT]
    params = desk.asked[0].url.params
    assert (params["tab"], params["assigned_to"], params["pageSize"]) == ("unfulfilled", "unassigned", "250")
    assert not [each for each in desk.asked if each.url.path == "/sync/orders/assign"]


def test_slips_go_into_a_new_file_of_ones_own_in_the_form_that_its_name_says(
    call: Call, capsys: Capture, tmp_path: Path
) -> None:
    for name, begins in (("a.html", "<!doctype html>"), ("a.csv", "\ufefforder,"), ("a.txt", "=====")):
        assert call("pick", "--by", "order", "--output", str(tmp_path / name)) == 1
        assert (tmp_path / name).read_text("utf-8").startswith(begins)
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600
        assert f"4 orders, 7 units written to {tmp_path / name}" in capsys.readouterr().err
    assert call("pick", "--output", str(tmp_path / "a.csv")) == 2
    assert "a.csv is there already" in capsys.readouterr().err


def test_csv_on_stdout_is_csv_alone(call: Call, capsys: Capture) -> None:
    assert call("pick", "--by", "order", "--format", "csv") == 1
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [(row["order"], row["ship_with"], row["quantity"]) for row in rows] == [
        ("#1001", "#1004", "2"),
        ("#1004", "#1001", "2"),
        ("#1003", "", "1"),
        ("#1006", "", "2"),
    ]
    assert rows[0]["customer"] == "'=1+1"


def test_what_is_picked_is_taken_where_that_is_asked_for(call: Call, capsys: Capture, desk: Desk) -> None:
    assert call("pick", "--take", "--format", "html") == 1
    (taken,) = [json.loads(each.content) for each in desk.asked if each.url.path == "/sync/orders/assign"]
    assert (taken["orderIds"], taken["assignee"]) == ([gid(1), gid(4), gid(3)], "ana")
    assert "Assigned" in capsys.readouterr().err
    before = len(desk.asked)
    assert call("pick", "--take", "--read-only") == 1
    assert "read only" in capsys.readouterr().err
    assert len(desk.asked) == before
    assert call("pick", "--read-only") == 1, "a list changes nothing"
    assert "TEE" in capsys.readouterr().out


def test_it_goes_to_the_printer_that_is_configured(call: Call, capsys: Capture, tmp_path: Path) -> None:
    told = tmp_path / "told"
    (tmp_path / "config.toml").write_text(
        f'[defaults]\nprint_command = ["{script(tmp_path / "lp", f"#!/bin/sh{chr(10)}cat > {told}{chr(10)}")}"]\n'
    )
    assert call("pick", "--print") == 1
    said = capsys.readouterr()
    assert (said.out, said.err.splitlines()[0]) == ("", "4 orders, 7 units printed by lp")
    assert "7 x TEE" in told.read_text()
    assert call("pick", "--print", "--format", "html") == 2
    assert "print_command takes text, not html" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--print",), "--print needs print_command in "),
        (("--output", "list.pdf"), "what is in list.pdf? Its name ends in .html, .txt, .csv, or --format says it"),
        (("--by", "skus"), "'skus' is none of sku, order (did you mean sku?)"),
        (("--print", "--output", "a.txt"), "not allowed with argument"),
    ],
)
def test_what_makes_no_sense_is_said_before_anything_is_asked(
    arguments: tuple[str, ...], says: str, call: Call, capsys: Capture, desk: Desk
) -> None:
    try:
        status = call("pick", *arguments)
    except SystemExit as ended:
        status = int(str(ended.code))
    assert (status, desk.asked) == (2, [])
    assert says in capsys.readouterr().err


def test_more_orders_than_one_carries_are_refused_at_the_first_page(
    call: Call, capsys: Capture, desk: PickDesk
) -> None:
    desk.total = 1240
    assert call("pick") == 2
    assert "1,240 orders are too many for one pick, 1,000 are the most" in capsys.readouterr().err
    assert len(desk.asked) == 1


def test_that_nothing_matches_is_said_as_that(call: Call, capsys: Capture, desk: PickDesk) -> None:
    desk.told, desk.total = {}, 0
    assert call("pick", "1001", "1002") == 0
    assert "no order that owes something matches" in capsys.readouterr().err


def test_where_nothing_can_be_sent_nothing_is_written(
    call: Call, capsys: Capture, desk: PickDesk, tmp_path: Path
) -> None:
    desk.told = {n: {"blockers": ["payment"]} for n in range(1, 7)}
    assert call("pick", "--output", str(tmp_path / "a.txt")) == 1
    assert "nothing can be sent now" in capsys.readouterr().err
    assert not (tmp_path / "a.txt").exists()
    call("pick", "--format", "csv")
    assert capsys.readouterr().out == "sku,barcode,quantity,title,variant,properties,orders\r\n"
