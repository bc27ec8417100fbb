"""Colour where it is wanted and nowhere else, and tables that fit the terminal."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import shutil
import sys
from collections.abc import Iterator
from contextlib import suppress

import pytest
from tests.tui.core.cli_desk import Call, Capture

from orders_tui.cli import output
from orders_tui.cli.table import table
from orders_tui.wording import Sign, Tone

ESCAPE = "\x1b["
LATE = Sign("!", "!", "late by three days", "late 3d", Tone.BAD)


class Stream(io.StringIO):
    def __init__(self, *, terminal: bool) -> None:
        super().__init__()
        self.terminal = terminal

    def isatty(self) -> bool:
        return self.terminal


@pytest.fixture(autouse=True)
def unset(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE", "CLICOLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    yield
    output.choose_color([])


def on_terminal(monkeypatch: pytest.MonkeyPatch) -> Stream:
    """Stdout is a terminal of 80 columns from here on."""
    stream = Stream(terminal=True)
    monkeypatch.setattr(sys, "stdout", stream)
    monkeypatch.setattr(shutil, "get_terminal_size", lambda: os.terminal_size((80, 24)))
    return stream


@pytest.mark.parametrize("terminal", [True, False])
@pytest.mark.parametrize(
    ("environ", "auto"),
    [
        ({}, None),
        ({"NO_COLOR": "1"}, False),
        ({"NO_COLOR": ""}, None),
        ({"FORCE_COLOR": "1"}, True),
        ({"CLICOLOR_FORCE": "1"}, True),
        ({"FORCE_COLOR": "0"}, None),
        ({"NO_COLOR": "1", "FORCE_COLOR": "1"}, False),
        ({"CLICOLOR": "0"}, False),
        ({"TERM": "dumb"}, False),
    ],
)
def test_the_option_beats_the_environment_which_beats_the_terminal(
    environ: dict[str, str], auto: bool | None, *, terminal: bool
) -> None:
    stream = Stream(terminal=terminal)
    assert output.colored(stream, "auto", environ) is (terminal if auto is None else auto)
    assert output.colored(stream, "always", environ)
    assert not output.colored(stream, "never", environ)


def test_every_tone_of_the_desk_is_one_of_the_terminal_s() -> None:
    assert set(output.SGR) == set(Tone) - {Tone.PLAIN}


def test_piped_there_is_none_unless_it_is_asked_for(call: Call, capsys: Capture) -> None:
    assert call("list", "--tab", "overdue") == 0
    assert ESCAPE not in "".join(capsys.readouterr())
    assert call("list", "--tab", "overdue", "--color=always") == 0
    said = capsys.readouterr()
    assert f"{ESCAPE}{output.SGR['active']}munfulfilled{ESCAPE}0m" in said.out
    assert ESCAPE in said.err


def test_json_and_csv_have_none_whatever_is_asked_for(call: Call, capsys: Capture) -> None:
    assert call("list", "--json", "--color", "always") == 0
    assert json.loads(capsys.readouterr().out)
    assert call("list", "--csv", "--color", "always") == 0
    said = capsys.readouterr().out
    assert ESCAPE not in said
    assert len(list(csv.DictReader(io.StringIO(said)))) == 3


@pytest.mark.parametrize(
    "arguments", [("list", "stattus:overdue"), ("list", "--tab", "attic"), ("lst",), ("list", "--profile", "nowhere")]
)
def test_an_error_is_red_on_a_terminal_alone(
    call: Call, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]
) -> None:
    for terminal in (True, False):
        monkeypatch.setattr(sys, "stderr", stream := Stream(terminal=terminal))
        with suppress(SystemExit):
            assert call(*arguments) == 2
        assert stream.getvalue().startswith(f"{ESCAPE}{output.SGR['bad']}m" if terminal else "orders-tui")


def test_a_table_is_one_line_a_row_at_the_width_of_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = on_terminal(monkeypatch)
    rows = [("#1", (LATE,), "Wolfeschlegelsteinhausenbergerdorff-" * 3, (LATE, LATE))]
    piped = table(("ORDER", "STATE", "CUSTOMER", "FLAGS"), rows, narrow=("CUSTOMER", "FLAGS"))
    lines = [re.sub(r"\x1b\[[0-9;]*m", "", line) for line in piped.splitlines()]
    assert len(lines) == 2
    assert max(map(len, lines)) <= 80
    assert "late 3d" in lines[1]
    assert "…" in lines[1]
    terminal.terminal = False
    assert "dorff-  late by three days, late by three days" in table(("O", "S", "C", "F"), rows, narrow=("C", "F"))


def test_what_explains_is_wrapped_below_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    on_terminal(monkeypatch)
    output.choose_color(["--color", "never"])
    lines = table(("KEY", "WHAT IT DOES"), [("a", "word " * 30)]).splitlines()
    assert max(map(len, lines)) <= 80
    assert [line[:3] for line in lines] == ["KEY", "a  ", "   "]
    assert " ".join(lines[1:]).split() == ["a", *["word"] * 30]


@pytest.mark.parametrize(
    ("when", "before", "after"),
    [
        ("never", {}, {"NO_COLOR": "1"}),
        ("always", {"NO_COLOR": "1", "TERM": "xterm"}, {"TERM": "xterm"}),
        ("always", {"TERM": "dumb"}, {"TERM": "dumb", "TEXTUAL_COLOR_SYSTEM": "standard"}),
        ("auto", {"NO_COLOR": "1"}, {"NO_COLOR": "1"}),
    ],
)
def test_the_screen_is_told_by_the_environment(when: str, before: dict[str, str], after: dict[str, str]) -> None:
    output.choose_color([f"--color={when}"])
    output.on_screen(before)
    assert before == after
