"""The operator's own editor: no shell, no token, a file of theirs alone that goes, and words for all that can go wrong."""

from __future__ import annotations

import asyncio
import os
import shlex
import sys
import tempfile
import time
from pathlib import Path

import pytest

from orders_tui.programs.editor import LARGEST, Editor, NotEdited


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where temporary files are made; nothing may be left there."""
    made = tmp_path / "tmp"
    made.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(made))
    return made


def script(tmp_path: Path, does: str) -> Path:
    path = tmp_path / "my editor"
    path.write_text(f"#!/bin/sh\n{does}\n")
    path.chmod(0o755)
    return path


def editor(tmp_path: Path, does: str, **environ: str) -> Editor:
    named = {"EDITOR": f"{shlex.quote(str(script(tmp_path, does)))} --wait '$HOME;x'"}
    return Editor({"PATH": os.environ["PATH"], **named, **environ})


def left_in(folder: Path) -> list[Path]:
    return list(folder.iterdir())


def until_written(path: Path) -> None:
    while not path.exists() or not path.read_text():
        time.sleep(0.01)


async def test_what_was_written_comes_back_and_nothing_stays(tmp_path: Path, folder: Path) -> None:
    seen = tmp_path / "seen"
    does = f'(echo "$@"; cat "$3"; stat -c %a "$3" "${{3%/*}}"; env) > {seen}; printf "a\\r\\nb\\n\\n" > "$3"'
    asked = editor(tmp_path, does, ORDERS_TUI_TOKEN="s3cret", ORDERS_SYNC_X="s3cret", TERM="xterm")
    assert await asked.edit("before") == "a\nb"
    told = seen.read_text()
    assert "--wait $HOME;x" in told, "no shell has read it"
    assert "before\n600\n700\n" in told
    assert "TERM=xterm" in told
    assert "s3cret" not in told
    assert left_in(folder) == []
    assert not asked.busy


async def test_an_editor_that_writes_beside_and_leaves_more_is_read_and_cleared_away(
    tmp_path: Path, folder: Path
) -> None:
    does = 'cp "$3" "$3~"; printf new > "$3.tmp"; mv "$3.tmp" "$3"'
    assert await editor(tmp_path, does).edit("old") == "new"
    assert left_in(folder) == []


@pytest.mark.parametrize(
    ("does", "says"),
    [
        ("exit 1", "my editor ended with status 1: the text stays as it was"),
        ("kill -TERM $$", "my editor ended by a signal (15)"),
        ('rm "$3"', "left no file to read"),
        ('printf "\\303(" > "$3"', "not UTF-8 (at byte 0)"),
        (f'head -c {LARGEST + 1} /dev/zero > "$3"', "larger than 1024 KiB"),
    ],
)
async def test_an_editor_that_fails_leaves_the_text(tmp_path: Path, folder: Path, does: str, says: str) -> None:
    with pytest.raises(NotEdited, match=says.replace("(", "\\(").replace(")", "\\)")):
        await editor(tmp_path, does).edit("x")
    assert left_in(folder) == []


@pytest.mark.parametrize(
    ("environ", "says"),
    [
        ({}, "no editor is named: set VISUAL or EDITOR"),
        ({"VISUAL": " ", "EDITOR": ""}, "no editor is named"),
        ({"EDITOR": "vim 'x"}, "EDITOR names no editor that can be run: its quotes do not match"),
        (
            {"VISUAL": "no-such-editor -f", "EDITOR": sys.executable},
            "VISUAL names no editor .* there is no program no-such",
        ),
        ({"EDITOR": "/"}, "/ is a folder"),
    ],
)
def test_an_editor_that_is_none_is_said_before_anything_else(environ: dict[str, str], says: str) -> None:
    with pytest.raises(NotEdited, match=says):
        Editor(environ).argv()


def test_visual_comes_first() -> None:
    assert Editor({"VISUAL": f"{sys.executable} -c ''", "EDITOR": "vi"}).argv() == [sys.executable, "-c", ""]


async def test_it_ends_with_the_client(tmp_path: Path, folder: Path) -> None:
    asked = editor(tmp_path, f"echo $$ > {tmp_path}/pid; exec sleep 60")
    task = asyncio.create_task(asked.edit("x"))
    await asyncio.to_thread(until_written, tmp_path / "pid")
    asked.kill()
    assert left_in(folder) == []
    with pytest.raises(NotEdited):
        await task
