"""`orders-tui mentions` and what `show` and `watch` say of people, for scripts and for people without a screen."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest
from tests.tui.core.cli_desk import ME, Call, Capture, Desk
from tests.tui.core.samples import NOON, gid, order

from orders_tui.cli.main import run
from orders_wire.detail import OrderDetail, Present
from orders_wire.mentions import Mention, Mentions

SOME = [
    Mention(id="8", order_id=gid(2), order_number="#1002", note_id="n2", by="bo", at=NOON, text="@ana \x1b[31mcall"),
    Mention(id="7", order_id=gid(1), order_number="#1001", note_id="n1", by="zoe", at=NOON, text=""),
]


def told(*mentions: Mention) -> httpx.Response:
    return httpx.Response(200, text=Mentions(mentions=list(mentions)).model_dump_json())


def test_the_list_says_which_are_unread(call: Call, desk: Desk, capsys: Capture) -> None:
    desk.answers = [told(SOME[0]), told(*SOME)]
    assert call("mentions") == 0
    out = capsys.readouterr().out.splitlines()
    assert out[0].split() == ["ID", "WHEN", "STATE", "ORDER", "BY", "TEXT"]
    assert out[1].split()[0] == "8"
    assert "unread" in out[1]
    assert "\x1b" not in out[1]
    assert out[2].endswith("the text was erased")
    assert [request.url.query for request in desk.asked if "mentions" in request.url.path] == [b"state=unread", b""]


def test_unread_ones_as_json(call: Call, desk: Desk, capsys: Capture) -> None:
    desk.answers = [told(SOME[0])]
    assert call("mentions", "--unread", "--json") == 0
    (found,) = json.loads(capsys.readouterr().out)
    assert (found["id"], found["order_number"], found["by"], found["unread"]) == ("8", "#1002", "bo", True)


def test_none_is_an_empty_list_and_a_word_beside_it(call: Call, desk: Desk, capsys: Capture) -> None:
    desk.answers = [told()]
    assert call("mentions", "--unread") == 0
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", "no mention is unread\n")


def test_reading_sends_each_id_once_and_says_so(call: Call, desk: Desk, capsys: Capture) -> None:
    desk.answers = [told(*SOME)]
    assert call("mentions", "read", "8", "7", "8") == 0
    request = desk.asked[-1]
    assert (request.url.path, json.loads(request.content)) == ("/sync/mentions/read", {"ids": ["8", "7"]})
    assert capsys.readouterr().err == "2 read\n"


def test_what_was_not_unread_is_not_said_to_be_read_now(call: Call, desk: Desk, capsys: Capture) -> None:
    desk.answers = [told(SOME[0])]
    assert call("mentions", "read", "8", "999") == 0
    assert capsys.readouterr().err == "1 read; not among your unread ones: 999\n"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["read"], "which are read? mentions read ID"),
        (["list", "8"], "the list takes no ids (8)"),
        (["read", "8", "--json"], "--unread and --json go with the list"),
    ],
)
def test_what_makes_no_sense_is_usage(call: Call, desk: Desk, capsys: Capture, words: list[str], said: str) -> None:
    assert call("mentions", *words) == 2
    assert said in capsys.readouterr().err
    assert desk.asked == []


@pytest.mark.parametrize("words", [["mentions"], ["mentions", "read", "8"]])
@pytest.mark.parametrize("body", [{"detail": "Not Found"}, {"success": False, "code": "not_found", "message": "no"}])
def test_an_earlier_server_is_called_that(words: list[str], body: dict[str, Any], capsys: Capture) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json=ME) if request.url.path == "/sync/me" else httpx.Response(404, json=body)

    assert run([*words, "--server", "http://127.0.0.1:1"], httpx.MockTransport(answer)) == 1
    assert "this server knows no mentions: it is of an earlier release" in capsys.readouterr().err


def test_what_is_no_sync_server_is_called_that(capsys: Capture) -> None:
    nobody = httpx.MockTransport(lambda _: httpx.Response(404, text="<html>"))
    assert run(["mentions", "--server", "http://127.0.0.1:1"], nobody) == 3
    assert "is this the address of a Sync server?" in capsys.readouterr().err


def test_show_says_who_else_is_there(call: Call, desk: Desk, capsys: Capture) -> None:
    here = [Present(name="Ana", since=NOON), Present(name="bo", doing="hold", since=NOON)]
    detail = OrderDetail(**dict(order(1)), present=here)
    desk.answers = [httpx.Response(200, text=detail.model_dump_json(by_alias=True))]
    assert call("show", "1001") == 0
    assert "bo is here, holding\n" in capsys.readouterr().out


def test_watch_prints_a_mention_without_its_text(capsys: Capture) -> None:
    event = {
        "id": "d-4", "type": "mention", "order_id": gid(1), "order_number": "#1001", "note_id": "n1", "by": "bo",
        "created_at": "2025-11-09T12:00:00Z",
    }  # fmt: skip
    presence = {"name": "bo", "order_id": gid(1), "since": "2025-11-09T12:00:00Z"}
    blocks = f"event: presence\ndata: {json.dumps(presence)}\n\nid: d-4\ndata: {json.dumps(event)}\n\n"
    asked = 0

    def answer(_: httpx.Request) -> httpx.Response:
        nonlocal asked
        asked += 1
        if asked > 2:
            raise KeyboardInterrupt
        return httpx.Response(200, headers={"content-type": "text/event-stream"}, content=f"retry: 0\n\n{blocks}")

    for as_json in ([], ["--json"]):
        asked = 0
        assert run(["watch", *as_json, "--server", "http://127.0.0.1:1"], httpx.MockTransport(answer)) == 0
        out = capsys.readouterr().out
        if as_json:
            assert json.loads(out) == event
        else:
            assert out == "12:00:00  mention    bo mentioned you on #1001\n"
