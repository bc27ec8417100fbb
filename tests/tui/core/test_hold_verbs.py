"""`hold` and `release` on the command line, down to the request and the exit status."""

from __future__ import annotations

import pytest
from tests.tui.core.cli_desk import ME, Call, Capture, Desk
from tests.tui.core.samples import NOON


@pytest.fixture
def noon(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is noon."""
    monkeypatch.setattr("orders_tui.cli.actions.utc_now", lambda: NOON)


def test_orders_are_held_and_released(call: Call, desk: Desk) -> None:
    assert call("hold", "1001", "#1002", "--reason", "address", "--note", "no number") == 0
    assert call("release", "1001", "--hold", "77", "--hold", "78", "--note", "called") == 0
    assert call("release", "1001", "1002") == 0
    assert desk.bodies() == [
        {"orderIds": ["1001", "#1002"], "reason": "address", "note": "no number"},
        {"orderIds": ["1001"], "holdIds": ["77", "78"], "note": "called"},
        {"orderIds": ["1001", "1002"]},
    ]


@pytest.mark.usefixtures("noon")
@pytest.mark.parametrize(
    "told",
    [
        ("Europe/Berlin", "mon 9:00", "2025-11-10T08:00:00Z"),
        ("America/New_York", "tomorrow", "2025-11-10T05:00:00Z"),
        ("UTC", "3d", "2025-11-12T12:00:00Z"),
        ("Asia/Tokyo", "2025-11-09 22:00", "2025-11-09T13:00:00Z"),
    ],
)
def test_until_is_a_time_of_the_desk(
    call: Call, desk: Desk, monkeypatch: pytest.MonkeyPatch, told: tuple[str, str, str]
) -> None:
    zone, typed, at = told
    monkeypatch.setitem(ME, "time_zone", zone)
    assert call("hold", "1001", "--reason", "customer", "--until", typed, "--then", "release") == 0
    assert (desk.bodies()[0]["until"], desk.bodies()[0]["then"]) == (at, "release")


@pytest.mark.usefixtures("noon")
def test_csv_holds_alike_orders_together(call: Call, desk: Desk) -> None:
    rows = "order,reason,note,until,then\n#1,address,no number,,\n#2,customer,,2025-11-12,release\n#3,address,no number,,\n"
    assert call("hold", stdin=rows) == 0
    assert desk.bodies() == [
        {"orderIds": ["#1", "#3"], "reason": "address", "note": "no number"},
        {"orderIds": ["#2"], "reason": "customer", "until": "2025-11-12T00:00:00Z", "then": "release"},
    ]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("hold", "1"), "address, inventory, payment, fraud, customer, other"),
        (("hold", "1", "--reason", "other", "--until", "soon"), "mon 9:00"),
        (("hold", "1", "--reason", "other", "--until", "2020-01-01"), "is past"),
        (("hold", "order,reason,then\n1,other,wait\n"), "remind, release"),
        (("hold", "order,reason\n1,bored\n"), "bored"),
        (("hold", "1", "2", "--reason", "other", "--line", "A-1=1"), "one order"),
        (("release", "1", "2", "--hold", "7"), "one order"),
        (("release",), "no orders"),
    ],
)
def test_usage(call: Call, desk: Desk, capsys: Capture, arguments: tuple[str, ...], says: str) -> None:
    *words, last = arguments
    given = {"stdin": last} if "\n" in last else {}
    assert call(*words, *([] if given else [last]), **given) == 2
    assert says in capsys.readouterr().err
    assert desk.bodies() == []


@pytest.mark.parametrize("line", ["=2", "A-1=", "A-1=0", "A-1=-1", "A-1=two", ""])
def test_a_line_is_a_sku_and_a_count(call: Call, line: str) -> None:
    with pytest.raises(SystemExit, match="2"):
        call("hold", "1", "--reason", "other", "--line", line)


def test_lines_travel_by_their_ids(call: Call, desk: Desk) -> None:
    assert call("hold", "1001", "--reason", "inventory", "--line", "a-1=1") == 0
    assert desk.bodies()[0]["lines"] == [{"lineId": "l", "quantity": 1}]


def test_a_line_that_is_not_there_is_refused(call: Call, desk: Desk, capsys: Capture) -> None:
    assert call("hold", "1001", "--reason", "inventory", "--line", "B-9=1") == 1
    assert "has no line B-9; it owes A-1" in "".join(capsys.readouterr())
    assert desk.bodies() == []
