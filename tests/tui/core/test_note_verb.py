"""`note` on the command line, down to the request and the exit status."""

from __future__ import annotations

import json

import httpx
import pytest
from tests.tui.core.cli_desk import Call, Capture, Desk


def test_a_note_is_written_about_orders(call: Call, desk: Desk) -> None:
    assert call("note", "1001", "#1002", "--text", " called,\nno answer ") == 0
    assert desk.bodies() == [{"orderIds": ["1001", "#1002"], "note": "called,\nno answer"}]


def test_the_text_comes_from_stdin(call: Call, desk: Desk) -> None:
    assert call("note", "1001", "--text", "-", stdin="first\nsecond\n") == 0
    assert desk.bodies() == [{"orderIds": ["1001"], "note": "first\nsecond"}]


def test_csv_notes_alike_orders_together(call: Call, desk: Desk) -> None:
    assert call("note", stdin="order,note,note_id\n#1,called,\n#2,mailed,2-a\n#3,called,\n") == 0
    assert desk.bodies() == [
        {"orderIds": ["#1", "#3"], "note": "called"},
        {"orderIds": ["#2"], "note": "mailed", "noteId": "2-a"},
    ]


def test_an_own_note_is_changed_and_deleted(call: Call, desk: Desk, capsys: Capture) -> None:
    assert call("note", "1001", "--note-id", "1-a", "--text", "no, mailed") == 0
    desk.answers = [httpx.Response(200, json={"success": True, "message": "Note deleted", "actionId": "a9"})]
    capsys.readouterr()
    assert call("note", "1001", "--note-id", "1-a", "--delete", "--json", "--key", "k") == 0
    said = capsys.readouterr()
    assert json.loads(said.out)["actions"] == [{"actionId": "a9", "undoUntil": None, "message": "Note deleted"}]
    assert "orders-tui undo a9" in said.err
    assert desk.bodies() == [{"orderIds": ["1001"], "note": "no, mailed", "noteId": "1-a"}]
    assert (desk.asked[-1].method, desk.asked[-1].url.path) == ("DELETE", "/sync/orders/note/1-a")
    assert desk.asked[-1].headers["idempotency-key"] == "k"


@pytest.mark.parametrize("more", [["--text", "x"], ["--note-id", "1-a", "--delete"]])
def test_what_is_refused_is_status_1(call: Call, desk: Desk, capsys: Capture, more: list[str]) -> None:
    told = {"success": False, "message": "The note is bo's; only they may change or delete it", "code": "forbidden"}
    desk.answers = [httpx.Response(403, json=told)]
    assert call("note", "1001", *more) == 1
    assert "The note is bo's" in capsys.readouterr().err


def test_an_answer_that_did_not_come_is_asked_for_with_the_same_key(
    call: Call, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("orders_tui.cli.actions.FIRST_WAIT_S", 0.0)
    done = httpx.Response(200, json={"success": True, "message": "Note deleted", "actionId": "a9"})
    desk.answers = [httpx.ReadTimeout("late"), done]
    assert call("note", "1001", "--note-id", "1-a", "--delete") == 0
    assert len({request.headers["idempotency-key"] for request in desk.asked}) == 1
    assert len(desk.asked) == 2


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("note", "1"), "--text TEXT, --text - for stdin"),
        (("note", "1", "--text", " "), "what is noted on 1?"),
        (("note", "1", "--text", "x" * 5001), "at most 5000 characters, this one has 5001"),
        (("note", "1", "2", "--note-id", "1-a", "--text", "x"), "of one order"),
        (("note", "1", "--delete"), "which note of 1 is deleted?"),
        (("note", "1", "--delete", "--note-id", "1-a", "--text", "x"), "takes no text"),
        (("note", "--text", "-"), "name"),
        (("note",), "no orders"),
    ],
)
def test_usage(call: Call, desk: Desk, capsys: Capture, arguments: tuple[str, ...], says: str) -> None:
    assert call(*arguments, stdin="#1\n" if arguments[-1] == "-" else "") == 2
    assert says in capsys.readouterr().err
    assert desk.asked == []
