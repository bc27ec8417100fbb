"""`orders-tui alerts`: every open alert, page by page, narrowed, for people and for programs."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest
from tests.tui.core.cli_desk import Call, Capture, Desk


def alert(n: int, **more: Any) -> dict[str, Any]:
    return {
        "id": f"d-{n}",
        "alert_id": f"a{n}",
        "type": "order_overdue",
        "status": "open",
        "severity": "critical",
        "order_number": f"#{n}",
        "message": f"#{n} is overdue: it was due 2025-11-09 0{n}:00",
        "created_at": "2025-11-09T10:00:00Z",
        **more,
    }


def page(*alerts: dict[str, Any], following: str | None = None) -> httpx.Response:
    return httpx.Response(200, json={"alerts": list(alerts), "next": following})


def asked(desk: Desk) -> list[dict[str, str]]:
    return [dict(each.url.params) for each in desk.asked if each.url.path == "/sync/alerts"]


def test_pages_are_followed_to_their_end(call: Call, desk: Desk, capsys: Capture) -> None:
    desk.answers = [page(alert(1), alert(2), following="k2"), page(alert(2), alert(3, type="tracking_pending"))]
    assert call("alerts") == 0
    assert [line.split() for line in capsys.readouterr().out.splitlines()] == [
        ["SEVERITY", "ALERT", "ORDER", "AGE", "WHAT"],
        *(["critical", "overdue", f"#{n}", "2h", *f"is overdue: it was due 0{n}:00".split()] for n in (1, 2)),
        ["critical", "tracking", "pending", "#3", "2h", *["is", "overdue:", "it", "was", "due", "03:00"]],
    ]
    assert asked(desk) == [{"pageSize": "250"}, {"pageSize": "250", "cursor": "k2"}]


def test_json_is_what_the_server_gives(call: Call, desk: Desk, capsys: Capture) -> None:
    desk.answers = [page(alert(1), {"id": 1}, alert(2, severity="info"))]
    assert call("alerts", "--json") == 0
    assert json.loads(capsys.readouterr().out) == [alert(1), alert(2, severity="info")]


@pytest.mark.parametrize(
    ("options", "sent", "shown"),
    [
        (("--type", "hold_due"), {"type": "hold_due"}, ["#2"]),
        (("--severity", "info", "--assigned-to", "bo"), {"severity": "info", "assigned_to": "bo"}, ["#2"]),
        (("--mine", "--type", "hold_due", "--type", "return_update"), {"assigned_to": "ana"}, ["#2", "#3"]),
    ],
)
def test_they_are_narrowed_by_type_severity_and_owner(
    call: Call, desk: Desk, capsys: Capture, *, options: tuple[str, ...], sent: dict[str, str], shown: list[str]
) -> None:
    narrowed = [alert(2, type="hold_due", severity="info"), alert(3, type="return_update")]
    desk.answers = [page(*(narrowed if len(shown) == 2 else narrowed[:1]), *([alert(1)] if len(shown) == 2 else []))]
    assert call("alerts", "--json", *options) == 0
    assert [each["order_number"] for each in json.loads(capsys.readouterr().out)] == shown
    assert asked(desk) == [{**sent, "pageSize": "250"}]


@pytest.mark.parametrize("told", ["", "{"])
def test_a_server_without_the_pages_tells_what_a_stream_begins_with(
    call: Call, desk: Desk, capsys: Capture, told: str
) -> None:
    lacks = httpx.Response(404, json={"success": False, "message": "no"}) if told else httpx.Response(404, text="none")
    gap, ping = alert(3, type="data_gap"), {"id": "d-4", "type": "refresh", "created_at": "2025-11-09T10:00:00Z"}
    desk.answers = [lacks, httpx.Response(200, json={"alerts": [alert(1), alert(2), gap, ping], "cursor": "d-4"})]
    assert call("alerts", "--json") == 0
    said = capsys.readouterr()
    assert [each["order_number"] for each in json.loads(said.out)] == ["#2", "#1"]
    assert "older and tells of the first 50" in said.err
    desk.answers = [httpx.Response(404, text="none")]
    assert call("alerts", "--mine") == 1
    assert "cannot tell whose" in capsys.readouterr().err


def test_pages_without_an_end_are_given_up(
    call: Call, desk: Desk, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("orders_tui.session.all_alerts.MOST_PAGES", 5)
    desk.answers = [page(alert(n), following=f"k{n}") for n in range(1, 9)]
    assert call("alerts") == 3
    assert "lead nowhere" in capsys.readouterr().err
    assert len(asked(desk)) == 6


def test_what_goes_wrong_has_the_status_of_the_contract(call: Call, desk: Desk, capsys: Capture) -> None:
    desk.answers = [page()]
    assert call("alerts") == 0
    assert capsys.readouterr().err == "no alert is open\n"
    desk.answers = [page(alert(1), following="k1"), page(alert(1), following="k1")]
    assert call("alerts") == 3
    assert "lead nowhere" in capsys.readouterr().err
    desk.answers = [httpx.ConnectError("no")]
    assert call("alerts", "--json") == 3
    with pytest.raises(SystemExit) as ended:
        call("alerts", "--type", "overdue")
    assert ended.value.code == 2
    assert "order_overdue" in capsys.readouterr().err
