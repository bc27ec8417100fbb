"""`views`, `--view` and `run`: what is the operator's own, without the screen."""

from __future__ import annotations

import signal
import subprocess
import time
from pathlib import Path

import pytest
from tests.tui.core.cli_desk import Call, Capture, Desk

VIEW = 'name = "mine, late"\ntab = "overdue"\nfilter = "owner:me"\nsort = "-value_usd"\n'


@pytest.fixture
def views(tmp_path: Path) -> Path:
    folder = tmp_path / "views"
    folder.mkdir()
    (folder / "mine.toml").write_text(VIEW)
    (tmp_path / "config.toml").write_text(f'[defaults]\nviews = "{folder}"\n')
    return folder


def test_views_are_listed_with_what_is_none(call: Call, capsys: Capture, views: Path) -> None:
    assert call("views", "path") == 0
    assert capsys.readouterr().out == f"{views}\n"
    assert call("views") == 0
    assert "mine, late  overdue      owner:me sort:-value_usd" in capsys.readouterr().out
    (views / "bad.toml").write_text('tab = "overdue"\ncolumns = ["agee"]\n')
    assert call("views") == 1
    assert "bad.toml: line 2: columns knows no 'agee' (did you mean age?)" in capsys.readouterr().err


@pytest.mark.usefixtures("views")
def test_a_view_is_listed_as_it_is_saved_and_narrowed(call: Call, desk: Desk) -> None:
    assert call("list", "--view", "mine, late", "berlin") == 0
    params = desk.asked[-1].url.params
    assert (params["tab"], params["assigned_to"], params["sort"], params["q"]) == (
        "overdue",
        "ana",
        "-value_usd",
        "berlin",
    )


@pytest.mark.usefixtures("views")
def test_a_view_that_is_not_there_is_said_with_the_nearest(call: Call, capsys: Capture) -> None:
    assert call("list", "--view", "mine late") == 2
    assert "there is no view mine late (did you mean mine, late?)" in capsys.readouterr().err
    assert call("list", "--view", "mine, late", "owner:bo") == 2
    assert "owner: is given twice" in capsys.readouterr().err


@pytest.fixture
def label(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(
        '[commands.label]\nargv = ["sh", "-c", "cat; echo $0; exit 0", "{number}"]\n'
        '[commands.fails]\nargv = ["false"]\ndangerous = true\n'
    )


@pytest.mark.usefixtures("label")
def test_a_command_runs_once_for_each_order(call: Call, capsys: Capture) -> None:
    assert call("run", "label", "1001", "1002") == 0
    said = capsys.readouterr()
    lines = said.out.splitlines()
    assert len(lines) == 4
    assert lines[0].startswith('{"id":"gid://shopify/Order/1"')
    assert lines[1] == "#1001"
    assert said.err.splitlines()[0] == "label #1001: exit status 0"


@pytest.mark.usefixtures("label")
def test_a_dangerous_one_wants_yes_and_nothing_runs_in_read_only(call: Call, capsys: Capture, desk: Desk) -> None:
    assert call("run", "fails", "1001") == 2
    assert "fails is dangerous; --yes runs it" in capsys.readouterr().err
    assert call("run", "--read-only", "fails", "1001", "--yes") in {1, 2, 3}
    assert "read only" in capsys.readouterr().err
    assert desk.asked == []
    assert call("run", "fails", "1001", "--yes") == 1
    assert "fails #1001: exit status 1" in capsys.readouterr().err
    assert call("run", "labl", "1001") == 2
    assert "there is no command labl (did you mean label?)" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["TERM", "HUP"])
def test_ended_from_outside_it_leaves_no_program_behind(name: str, call: Call, tmp_path: Path) -> None:
    child = tmp_path / "child"
    program = f"sleep 60 & echo $! >{child}; sleep 0.7; kill -{name} $PPID; wait"
    (tmp_path / "config.toml").write_text(f'[commands.long]\nargv = ["sh", "-c", "{program}"]\n')
    assert call("run", "long", "1001") == 128 + signal.Signals[f"SIG{name}"]
    assert any(gone(int(child.read_text())) for _ in range(100))


def gone(pid: int) -> bool:
    """Looks after a moment; one that nobody has collected yet has ended too."""
    time.sleep(0.02)
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False).stdout
    return not state.strip() or state.startswith("Z")
