"""The same job without a screen: contract §6, the command line's stdout, stderr and exit status."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from datetime import datetime

import pytest
from tests.e2e.conftest import Desk

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("demo")]


def test_list_prints_json_of_one_page(desk: Desk) -> None:
    done = desk.run("list", "--tab", "overdue", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)


def test_list_prints_csv_with_a_header(desk: Desk) -> None:
    done = desk.run("list", "--tab", "holds", "--csv")
    assert done.returncode == 0, done.stderr
    rows = list(csv.reader(io.StringIO(done.stdout.lstrip("\ufeff"))))
    assert len(rows) > 1
    assert len({len(row) for row in rows}) == 1


def test_what_can_leave_is_listed_by_when_it_is_due(desk: Desk) -> None:
    done = desk.run("list", "--view", "Ready", "--all", "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert {(each["ready"], *each["blockers"]) for each in told} == {("yes",)}
    due = [each["ship_by"] for each in told]
    assert due == sorted(due)


def test_show_prints_one_order(desk: Desk) -> None:
    listed = json.loads(desk.run("list", "--tab", "all", "--json").stdout)
    first = (listed["orders"]["items"] if isinstance(listed, dict) and "orders" in listed else listed)[0]
    done = desk.run("show", first["order_number"], "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["id"] == first["id"]


def test_every_open_alert_is_listed_the_most_severe_and_newest_first(desk: Desk) -> None:
    done = desk.run("alerts", "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert len({each["alert_id"] for each in told}) == len(told) > 50, "more than a stream begins with"
    worst = ["critical", "warning", "info"]
    order = [(worst.index(each["severity"]), -datetime.fromisoformat(each["created_at"]).timestamp()) for each in told]
    assert order == sorted(order)
    late = [each["order_number"] for each in told if each["type"] == "order_overdue"]
    table = desk.run("alerts", "--type", "order_overdue", "--assigned-to", "unassigned").stdout
    assert {line.split()[2] for line in table.splitlines()[1:]} < set(late)


def test_a_refused_parameter_is_a_message_on_stderr_and_status_2_or_1(desk: Desk) -> None:
    done = desk.run("list", "--tab", "everything")
    assert done.returncode in {1, 2}
    assert "tab" in done.stderr.lower()
    assert not done.stdout
    assert "Traceback" not in done.stderr


def test_an_unknown_order_is_refused(desk: Desk) -> None:
    done = desk.run("show", "#no-such-order")
    assert (done.returncode, done.stdout) == (1, "")
    assert "no-such-order" in done.stderr


def test_a_server_out_of_reach_is_status_3() -> None:
    command = [sys.executable, "-m", "orders_tui", "--server", "http://127.0.0.1:9", "list", "--tab", "all"]
    done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (3, "")
    assert "127.0.0.1:9" in done.stderr


def test_without_a_terminal_the_client_names_the_headless_commands_and_exits_2() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "orders_tui"],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=60,
        check=False,
    )
    assert done.returncode == 2
    assert "orders-tui list" in done.stderr
