"""The operator's editor on a real terminal: it has that meanwhile, ctrl+c is its own, and nothing of it outlives the client."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from pathlib import Path

import pytest
from tests.support.terminal import Terminal, client
from tests.tui.screens.served_desk import served

pytestmark = pytest.mark.e2e

EDITOR = """#!/bin/sh
trap 'echo INTERRUPTED' INT
echo $$ > "$PIDS"
echo "EDITING $(cat "$1")"
until read line < /dev/tty; do :; done
[ "$line" = fail ] && exit 3
printf 'first\\n%s\\n' "$line" > "$1"
"""
G, S, C = "\x07", "\x13", "\x03"
PATIENCE_S = 30.0


async def test_it_has_the_terminal_and_gives_it_back(tmp_path: Path) -> None:
    editor, files = tmp_path / "editor", tmp_path / "tmp"
    editor.write_text(EDITOR)
    editor.chmod(0o755)
    files.mkdir()
    home = dict.fromkeys(("HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME"), str(tmp_path))
    ours = {"VISUAL": str(editor), "PIDS": str(tmp_path / "pid"), "TMPDIR": str(files)}
    async with served() as desk:
        with Terminal(client(desk.url, "--as", "ana"), {**os.environ, **home, **ours}) as terminal:

            async def shows(*texts: str) -> None:
                await asyncio.to_thread(
                    terminal.wait_for, lambda lines: all(text in "\n".join(lines) for text in texts), PATIENCE_S
                )

            await shows("polling", "▸")
            terminal.press("n")
            await shows("Note on")
            terminal.press("before")
            await shows("6/5,000")
            terminal.press(G)
            await shows("EDITING before")
            terminal.press(C)
            await shows("INTERRUPTED")
            terminal.press("after\n")
            await shows("Note on", "first", "after", "polling", "11/5,000")
            terminal.press(G)
            await shows("EDITING first")
            terminal.press("fail\n")
            await shows("Note on", "11/5,000", "ended with status 3: the text stays as it was")
            terminal.press(S)
            await shows("takes it back", "✎ 1")
            terminal.press(G)
            await shows("EDITING")
            pid = await asyncio.to_thread(written, tmp_path / "pid")
            os.kill(terminal._pid, signal.SIGTERM)
            assert await asyncio.to_thread(terminal.ended, PATIENCE_S) == 128 + signal.SIGTERM
    assert desk.noted == ["first\nafter"]
    assert left_in(files) == []
    assert not lives(pid)


def written(path: Path) -> int:
    end = time.monotonic() + PATIENCE_S
    while not (path.exists() and path.read_text().strip()):
        assert time.monotonic() < end, "not in time"
        time.sleep(0.02)
    return int(path.read_text())


def left_in(folder: Path) -> list[Path]:
    return list(folder.iterdir())


def lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False
