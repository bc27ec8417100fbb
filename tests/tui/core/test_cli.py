"""The command line: what scripts may rely on. One table or JSON on stdout, messages on stderr, and the exit status."""

from __future__ import annotations

import csv
import gc
import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import httpx
import pytest
from tests.tui.core.cli_desk import Call, Capture, Desk
from tests.tui.core.samples import gid

from orders_tui.cli import main
from orders_tui.cli.main import FRAMES_A_SECOND, run
from orders_wire.version import __version__


def test_version_needs_nothing_of_the_screen_or_the_server() -> None:
    code = (
        "import sys; from orders_tui.cli.main import run; run(['--version']);"
        "print([m for m in ('textual', 'httpx', 'pydantic', 'orders_sync', 'asyncio', 'argparse') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == f"orders-tui {__version__}\n[]\n"


def test_the_arguments_are_read_without_models_or_network() -> None:
    code = (
        "import sys; from orders_tui.cli.parser import build; build().parse_args(['list']);"
        "print([m for m in ('textual', 'httpx', 'pydantic', 'orders_sync', 'asyncio') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_the_first_frame_waits_for_no_model_and_no_session() -> None:
    code = (
        "import sys, orders_tui.app, orders_tui.startup.start;"
        "print([m for m in ('httpx', 'pydantic', 'orders_tui.session', 'orders_tui.store.store') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_without_a_terminal_it_names_the_headless_commands(call: Call, capsys: Capture) -> None:
    assert call() == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert all(command in said.err for command in ("list", "show", "watch", "serve"))


@pytest.mark.parametrize("words", [["list"], ["show", "1001"], ["assign", "1001", "1002", "--to", "ana"]])
def test_where_no_server_answers_it_says_what_can_be_done_instead(
    call: Call, desk: Desk, capsys: Capture, words: list[str]
) -> None:
    desk.answers = [httpx.ConnectError("refused")] * 9
    assert call(*words) == 3
    said = capsys.readouterr().err
    for command in ("orders-tui demo", "orders-tui init", "--server URL"):
        assert said.count(command) == 1


@pytest.mark.parametrize(("content", "given"), [("[defaults]\nplain = true\n", ()), ("", ("--plain",))])
def test_it_opens_plain_by_the_flag_or_by_the_profile_and_without_a_terminal(
    call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, content: str, given: tuple[str, ...]
) -> None:
    from orders_tui.plain import run as plain

    monkeypatch.setattr(plain, "run", lambda *_: 7)
    (tmp_path / "config.toml").write_text(content)
    assert call(*given) == 7


@pytest.mark.parametrize(("set_to", "is_then"), [(None, FRAMES_A_SECOND), ("30", "30")])
def test_the_screen_is_painted_often_unless_one_says_otherwise(
    monkeypatch: pytest.MonkeyPatch, capsys: Capture, set_to: str | None, is_then: str
) -> None:
    environment = {} if set_to is None else {"TEXTUAL_FPS": set_to}
    monkeypatch.setattr(os, "environ", environment)
    monkeypatch.setattr(gc, "disable", lambda: None)
    for stream in (sys.stdin, sys.stderr):
        monkeypatch.setattr(stream, "isatty", lambda: True)
    assert run(["--profile", "nowhere"]) == 2
    assert "nowhere" in capsys.readouterr().err
    assert environment["TEXTUAL_FPS"] == is_then


def test_server_commands_become_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    became: list[list[str]] = []

    def execv(_: str, arguments: list[str]) -> None:
        became.append(arguments)
        raise SystemExit(0)

    monkeypatch.setattr(os, "execv", execv)
    with pytest.raises(SystemExit):
        run(["demo", "--orders", "20", "--headless"])
    assert became == [[sys.executable, "-m", "orders_sync", "demo", "--orders", "20", "--headless"]]


def test_a_list_is_a_table_with_messages_aside(call: Call, capsys: Capture) -> None:
    assert call("list", "--tab", "overdue") == 0
    said = capsys.readouterr()
    lines = said.out.splitlines()
    assert lines[0].split() == ["ORDER", "AGE", "STATUS", "OWNER", "CUSTOMER", "TOTAL", "SHIP-BY", "FLAGS"]
    assert lines[1].split()[:3] == ["#1001", "1h", "unfulfilled"]
    assert "3 of 7 orders" in said.err


def test_filters_are_the_search_language_as_words_or_options(call: Call, desk: Desk) -> None:
    assert (
        call("list", "--tab", "all", "owner:me", "berlin", "--tag", "gift wrap", "--sort", "-value_usd", "--limit", "9")
        == 0
    )
    assert dict(desk.asked[-1].url.params) == {
        "tab": "all",
        "pageSize": "9",
        "assigned_to": "ana",
        "tag": "gift wrap",
        "q": "berlin",
        "sort": "-value_usd",
    }


@pytest.mark.parametrize(
    ("given", "asked"),
    [
        (["-hold:any", "--issue", "none"], {"hold": "-any", "issue": "none"}),
        (["--hold", "-fraud", "--value", ">100"], {"hold": "-fraud", "value_min": "100.01"}),
        (["--sku", r"\-odd", "--country", "de"], {"sku": r"\-odd", "country": "DE"}),
        (["--not", "sku:TEE 1", "-has:note"], {"sku": "-TEE 1", "has": "-note"}),
        (
            ["-value:>100", "--placed", "2025-11-01"],
            {"value_max": "100"} | dict.fromkeys(("date_start", "date_end"), "2025-11-01"),
        ),
    ],
)
def test_what_is_excluded_is_so_as_words_and_as_options(
    call: Call, desk: Desk, given: list[str], asked: dict[str, str]
) -> None:
    assert call("list", *given) == 0
    assert dict(desk.asked[-1].url.params) == {"tab": "all", "pageSize": "50"} | asked


def test_json_is_what_the_wire_says(call: Call, capsys: Capture) -> None:
    assert call("list", "--json") == 0
    assert [row["order_number"] for row in json.loads(capsys.readouterr().out)] == ["#1001", "#1002", "#1003"]


def test_csv_has_no_formula(call: Call, capsys: Capture) -> None:
    assert call("list", "--csv") == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert rows[0]["customer_name"] == "'=1+1 Müller"


def test_one_order(call: Call, capsys: Capture) -> None:
    assert call("show", "#1001") == 0
    said = capsys.readouterr().out
    assert "#1001  unfulfilled" in said
    assert "2× Cup  [A-1]  1 to ship" in said
    assert call("show", "1001", "--json") == 0
    assert json.loads(capsys.readouterr().out)["order_number"] == "#1001"


def test_export_writes_a_file(call: Call, tmp_path: Path) -> None:
    assert call("export", str(tmp_path / "x.csv")) == 0
    assert (tmp_path / "x.csv").exists()


@pytest.mark.parametrize(
    ("arguments", "status", "says"),
    [
        (["list", "stattus:overdue"], 2, "did you mean status"),
        (["assign", "#1"], 2, "--to NAME"),
        (["assign", "--to", "ana"], 2, "no orders"),
        (["support", "#1"], 2, "--note"),
        (["returns", "#1"], 2, "approve_refund"),
        (["fulfill", "#1", "#2", "--tracking", "9"], 2, "one order"),
        (["--server", "nonsense", "list"], 2, "--server"),
        (["--color", "never", "serve"], 2, "orders-tui serve --help"),
        (["--profile", "nowhere", "list"], 2, "no profile nowhere"),
    ],
)
def test_usage(call: Call, capsys: Capture, arguments: list[str], status: int, says: str) -> None:
    assert call(*arguments) == status
    said = capsys.readouterr()
    assert says in said.err
    assert said.out == ""
    assert "Traceback" not in said.err


def test_an_unknown_tab_is_a_usage_error(call: Call) -> None:
    with pytest.raises(SystemExit, match="2"):
        call("list", "--tab", "attic")


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        (httpx.ConnectError("x"), 3),
        (httpx.ReadTimeout("x"), 3),
        (httpx.Response(200, text="<html>"), 3),
        (httpx.Response(401, text="no"), 1),
        (httpx.Response(403, json={"success": False, "message": "not yours", "code": "forbidden"}), 1),
    ],
)
def test_reading_fails_calmly(
    call: Call, desk: Desk, capsys: Capture, answer: httpx.Response | Exception, status: int
) -> None:
    desk.answers = [answer]
    assert call("list") == status
    assert capsys.readouterr().err.startswith("orders-tui: ")


def test_assigning_a_few(call: Call, desk: Desk, capsys: Capture) -> None:
    assert call("assign", "#1001", "1002", "--to", "bo", "--json", "--key", "K") == 0
    assert desk.bodies() == [{"orderIds": ["#1001", "1002"], "assignee": "bo"}]
    assert desk.asked[-1].headers["idempotency-key"] == "K"
    told = json.loads(capsys.readouterr().out)
    assert told["done"] == [{"id": "#1001"}, {"id": "1002"}]
    assert told["actions"][0]["actionId"] == "act-1"


def test_assigning_to_me(call: Call, desk: Desk) -> None:
    assert call("assign", "#1001", "--me") == 0
    assert desk.bodies()[0]["assignee"] == "ana"


def test_csv_on_stdin_with_a_header(call: Call, desk: Desk) -> None:
    text = "\ufefforder,assignee\r\n'+1001,ana\r\n\r\n#1002,bo\n#1003,ana\n"
    assert call("assign", stdin=text) == 0
    assert desk.bodies() == [
        {"orderIds": ["+1001", "#1003"], "assignee": "ana"},
        {"orderIds": ["#1002"], "assignee": "bo"},
    ]


def test_csv_of_bare_orders(call: Call, desk: Desk) -> None:
    assert call("fulfill", stdin="#1001\n#1002\n") == 0
    assert desk.bodies() == [{"orderIds": ["#1001", "#1002"]}]


def test_tracking_numbers_from_csv_are_one_request_each(call: Call, desk: Desk) -> None:
    assert call("fulfill", stdin="order,tracking,carrier\n#1,111,DHL\n#2,,\n") == 0
    assert desk.bodies() == [
        {"orderIds": ["#2"]},
        {"orderIds": ["#1"], "tracking": {"number": "111", "carrier": "DHL"}},
    ]


@pytest.mark.parametrize("text", ["a,b\n1,2\n", "order,assignee\n,ana\n", 'order\n"#1', "a" * 200_000])
def test_csv_that_cannot_be_understood(call: Call, desk: Desk, text: str, capsys: Capture) -> None:
    assert call("assign", "--to", "ana", stdin=text) == 2
    assert "CSV on stdin" in capsys.readouterr().err
    assert not desk.bodies()


def test_csv_is_utf_8_whatever_the_terminal_speaks(call: Call, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    for text, status in (("order,assignee\n#1,Zoë\n".encode(), 0), (b"order,assignee\n#1,Zo\xeb\n", 2)):
        assert call("assign", stdin=io.TextIOWrapper(io.BytesIO(text), encoding="ascii")) == status
    assert [body["assignee"] for body in desk.bodies()] == ["Zoë"]


def test_json_and_csv_are_utf_8_whatever_the_terminal_speaks(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    for how in ("--json", "--csv"):
        written = io.BytesIO()
        monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(written, encoding="ascii", write_through=True))
        assert call("list", how) == 0
        assert "Müller" in written.getvalue().decode()


def test_more_than_250_orders_go_in_several_requests(call: Call, desk: Desk) -> None:
    assert call("assign", "--to", "ana", stdin="\n".join(f"#{n}" for n in range(600))) == 0
    assert [len(body["orderIds"]) for body in desk.bodies()] == [250, 250, 100]


def test_partly_refused_is_1_with_each_reason(call: Call, desk: Desk, capsys: Capture) -> None:
    body = {
        "success": True,
        "message": "Assigned 1 order, 1 failed",
        "updatedOrders": [{"id": "#1"}],
        "failures": [{"id": "#2", "code": "not_found", "message": "no such order"}],
    }
    desk.answers = [httpx.Response(200, json=body)]
    assert call("assign", "#1", "#2", "--to", "ana") == 1
    assert capsys.readouterr().out.splitlines()[1:] == ["#1     done", "#2     failed   no such order [not_found]"]


def test_an_answer_that_did_not_come_is_asked_for_with_the_same_key(call: Call, desk: Desk) -> None:
    busy = httpx.Response(503, json={"success": False, "message": "busy", "code": "unavailable"})
    desk.answers = [httpx.ReadTimeout("x"), busy]
    assert call("support", "#1", "--note", "call") == 0
    assert len({request.headers["idempotency-key"] for request in desk.asked}) == 1
    assert len(desk.asked) == 3


def test_a_server_that_is_gone_is_asked_once(call: Call, desk: Desk, capsys: Capture) -> None:
    desk.answers = [httpx.ConnectError("x")] * 9
    assert call("returns", "#1", "#2", "--action", "deny") == 3
    assert len(desk.asked) == 1
    assert capsys.readouterr().out.count("failed") == 2


@pytest.mark.parametrize("mark", [";", "\t", ","])
def test_csv_comes_in_the_spellings_of_spreadsheets(call: Call, desk: Desk, mark: str) -> None:
    lines = (("order", "tracking", "carrier"), ("#1", "A,1" if mark != "," else "A1", "DHL"), ("#2", "B2", ""))
    assert call("fulfill", stdin="\r\n".join(mark.join(line) for line in lines) + "\r\n") == 0
    numbers = {body["orderIds"][0]: body["tracking"]["number"] for body in desk.bodies()}
    assert numbers == {"#1": "A,1" if mark != "," else "A1", "#2": "B2"}


@pytest.mark.parametrize("mark", [";", "\t", ","])
def test_csv_of_several_columns_without_a_header_is_no_order_number(
    call: Call, desk: Desk, capsys: Capture, mark: str
) -> None:
    assert call("assign", "--to", "bo", stdin=f"foo{mark}bar\n") == 2
    assert desk.asked == []
    assert "needs a header line" in capsys.readouterr().err


def test_orders_that_nobody_named_are_told_by_their_number(call: Call, desk: Desk, capsys: Capture) -> None:
    held = [{"id": gid(1), "issue": "inventory"}, {"id": gid(2), "issue": "inventory"}]
    answer = {"success": True, "message": "Inventory escalated", "updatedOrders": held, "actionId": "act-1"}
    desk.answers = [httpx.Response(200, json=answer)]
    assert call("inventory", "A-1") == 0
    assert "gid://" not in capsys.readouterr().out
    desk.answers = [httpx.Response(200, json=answer), httpx.Response(503, json={}), httpx.Response(503, json={})]
    assert call("inventory", "A-1") == 0
    assert gid(1) in capsys.readouterr().out
    assert call("assign", gid(3), "--to", "bo") == 0
    assert gid(3) in capsys.readouterr().out


ESCAPES = "\x1b]0;owned\x07\x9b31m\u202e\x7f"


@pytest.mark.parametrize(
    ("arguments", "stdin"),
    [
        (("assign", "--to", "bo"), f"order\n1001{ESCAPES}\n"),
        (("assign", f"1001{ESCAPES}", "--to", f"bo{ESCAPES}"), ""),
        (("returns", "--action", "deny"), f"order,note\n1001{ESCAPES},{ESCAPES}\n"),
        (("returns",), f"order,action\n1001{ESCAPES},x{ESCAPES}\n"),
        (("fulfill", "--tracking", f"1{ESCAPES}"), f"1001{ESCAPES}\n"),
        (("inventory", f"A{ESCAPES}"), ""),
        (("undo", f"a{ESCAPES}"), ""),
        (("list", f"owner:x{ESCAPES}", f"nofield:{ESCAPES}"), ""),
        (("list", "--tab", f"x{ESCAPES}"), ""),
        (("show", f"x{ESCAPES}"), ""),
        (("show", "1", f"--more{ESCAPES}"), ""),
        ((f"nothing{ESCAPES}",), ""),
        (("list", "--server", f"http://x{ESCAPES}"), ""),
        (("list", "--profile", f"x{ESCAPES}"), ""),
        (("export", f"/nowhere/x{ESCAPES}.csv"), ""),
    ],
)
@pytest.mark.parametrize("refused", [False, True])
def test_nothing_that_was_typed_or_read_steers_the_terminal(
    call: Call, desk: Desk, capsys: Capture, *, arguments: tuple[str, ...], stdin: str, refused: bool
) -> None:
    if refused:
        failures = [{"id": f"1{ESCAPES}", "code": "not_found", "message": f"no order {ESCAPES}"}]
        body = {"success": False, "message": ESCAPES, "code": "not_found", "updatedOrders": [], "failures": failures}
        desk.answers = [httpx.Response(404, json=body)] * 3
    with suppress(SystemExit):
        call(*arguments, stdin=stdin)
    written = "".join(capsys.readouterr())
    assert not set(written) & set(ESCAPES) - set("0;owned31m]")


def test_inventory_and_undo(call: Call, desk: Desk) -> None:
    assert call("inventory", "A-1", "#1", "--note", "late") == 0
    assert call("undo", "act-1") == 0
    assert desk.bodies() == [{"sku": "A-1", "orderIds": ["#1"], "note": "late"}, {"actionId": "act-1"}]


@pytest.mark.parametrize(
    ("content", "status", "said"),
    [
        ('[defaults]\ntheme = "desk-drak"\n', 2, "did you mean desk-dark?"),
        ('[profile.eu]\ntheme = "nordic"\n', 2, "did you mean nord?"),
        ('[keys]\n"order.asign" = "a"\n', 2, "did you mean order.assign"),
        ('[keys]\n"order.assign" = "f"\n', 2, "both order.assign and order.fulfill"),
        ('[profile.eu]\nsever = "x"\n', 2, "did you mean server?"),
        ("ascii = true\n", 2, "ascii stands in [defaults]"),
        ('[profile.eu]\ntoken_file = "/nowhere/token"\n', 2, "cannot be read"),
        ('default_profile = "eu"\n[profile.eu]\ntheme = "nord"\n', 0, "in order"),
        ("", 0, "in order"),
    ],
)
def test_validate_reads_the_whole_file_as_the_desk_would(
    call: Call, tmp_path: Path, capsys: Capture, *, content: str, status: int, said: str
) -> None:
    (tmp_path / "config.toml").write_text(content)
    assert call("config", "validate") == status
    assert said in capsys.readouterr().err


def test_watch_prints_each_event_once_as_a_line(call: Call, desk: Desk, capsys: Capture) -> None:
    def event(n: int, **more: object) -> dict[str, object]:
        return {
            "id": f"d-{n}",
            "type": "order_overdue",
            "status": "open",
            "message": f"late {n}",
            "created_at": "2025-11-09T12:00:00Z",
            **more,
        }

    desk.answers = [
        httpx.Response(200, json={"alerts": [event(1), event(2)], "cursor": "d-2", "more": True}),
        httpx.Response(200, json={"alerts": [event(2), event(3)], "cursor": "d-3", "more": True}),
        httpx.Response(401, text="no"),
    ]
    assert call("watch", "--json", "--poll") == 1
    said = capsys.readouterr()
    assert [json.loads(line)["id"] for line in said.out.splitlines()] == ["d-1", "d-2", "d-3"]


def test_watch_for_people_leaves_pings_out(call: Call, desk: Desk, capsys: Capture) -> None:
    events = [
        {
            "id": "d-1",
            "type": "order_overdue",
            "status": "open",
            "message": "late",
            "created_at": "2025-11-09T12:00:00Z",
        },
        {"id": "d-2", "type": "refresh", "created_at": "2025-11-09T12:00:00Z"},
        {
            "id": "d-3",
            "type": "order_overdue",
            "status": "cleared",
            "order_number": "#1",
            "created_at": "2025-11-09T12:00:00Z",
        },
    ]
    desk.answers = [
        httpx.Response(200, json={"alerts": events, "cursor": "d-3", "more": True}),
        httpx.Response(401, text="no"),
    ]
    call("watch", "--poll")
    assert capsys.readouterr().out.splitlines() == [
        "12:00:00  overdue    late",
        "12:00:00  overdue    overdue #1 (over)",
    ]


def test_watch_of_a_server_that_is_not_there_ends(call: Call, desk: Desk) -> None:
    desk.answers = [httpx.ConnectError("x")] * 9
    assert call("watch") == 3


def test_keys_and_their_check(call: Call, capsys: Capture, tmp_path: Path) -> None:
    assert call("keys") == 0
    assert "order.assign" in capsys.readouterr().out
    (tmp_path / "config.toml").write_text('[keys]\n"order.asign" = "a"\n')
    assert call("keys", "--check") == 1
    assert "did you mean order.assign" in capsys.readouterr().err


def test_the_configuration_is_shown_without_its_token(
    call: Call, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ORDERS_TUI_TOKEN", "secret")
    assert call("config") == 0
    shown = json.loads(capsys.readouterr().out)
    assert shown["token"] == "set"
    assert call("config", "validate") == 0


def test_info_says_whether_the_server_answers(call: Call, desk: Desk, capsys: Capture) -> None:
    desk.answers = [httpx.Response(200, json={"status": "ok"})]
    assert call("info") == 0
    assert "ana (lead)" in capsys.readouterr().out
    desk.answers = [httpx.ConnectError("x")]
    assert call("info") == 3


def test_a_reader_that_goes_away_is_no_trouble(tmp_path: Path) -> None:
    code = (
        "import sys, httpx; from orders_tui.cli.main import run\n"
        "class Gone:\n"
        "    def write(self, text): raise BrokenPipeError\n"
        "    def flush(self): pass\n"
        "    def fileno(self): return 1\n"
        "sys.stdout = Gone()\n"
        "raise SystemExit(run(['config', 'path']))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_is_told_in_one_line() -> None:
    with Path("/dev/full").open("w") as full:
        command = [sys.executable, "-m", "orders_tui", "config", "path"]
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr == "orders-tui: the output cannot be written (No space left on device)\n"


@pytest.mark.parametrize(
    ("words", "allowed"),
    [
        (("list", "--tab", "everything"), "tracking_pending"),
        (("returns", "#1", "--action", "burn"), "approve_refund"),
        (("list", "--limit", "0"), "from 1 to 250"),
    ],
)
def test_a_word_that_is_not_allowed_is_named_with_those_that_are(
    call: Call, capsys: Capture, words: tuple[str, ...], allowed: str
) -> None:
    with pytest.raises(SystemExit) as ended:
        call(*words)
    told = capsys.readouterr().err.splitlines()[-1]
    assert ended.value.code == 2
    assert repr(words[-1]) in told
    assert allowed in told


def test_ctrl_c_is_calm(call: Call, monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    def interrupted(_: object) -> Callable[[object], int]:
        raise KeyboardInterrupt

    monkeypatch.setattr(main, "_command", interrupted)
    assert call("list") == 130
    assert capsys.readouterr().err == ""


def test_orders_are_named_by_gid_too(call: Call, desk: Desk) -> None:
    call("assign", gid(1), "--to", "ana")
    assert desk.bodies()[0]["orderIds"] == [gid(1)]
