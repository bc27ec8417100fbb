"""The desk without a screen, over a pipe and at a terminal, against a real server."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.e2e.conftest import Desk, running
from tests.support.terminal import Terminal, client

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("plain")]

PATIENCE_S = 30


@pytest.fixture(scope="module")
def small() -> Iterator[Desk]:
    """A still desk that may be acted on."""
    with running("--orders", "40", "--seed", "7", "--still") as desk:
        yield desk


def test_a_script_of_lines_lists_fulfils_and_takes_back(small: Desk) -> None:
    fulfil = ("fulfil", "", "00340434292135100186", "", "no", "yes")
    script = ("tab unfulfilled", "sort -placed_at", "filter -hold:any", "1", *fulfil, "undo", "#1007", "log", "")
    done = small.run("--as", "ana", "--plain", stdin="\n".join(script))
    said = " ".join(done.stdout.split())
    assert done.returncode == 0, done.stderr
    number = re.search(r"on (#\d+): fulfil", said)
    assert number, said
    assert "goes to Shopify after 10 s; undo takes it back" in said
    assert f"{number[1]} marked as fulfilled; undo takes it back for" in said
    assert f"{number[1]} taken back" in said
    assert re.search(rf"{number[1]} marked as fulfilled: undone", said)
    order = small.get("/sync/orders/" + number[1].replace("#", "%23")).json()
    assert order["status"] == "awaiting_fulfillment"
    assert "#1007 " in said.partition(": #1007 ")[2]
    assert "\x1b" not in done.stdout


def test_ctrl_c_leaves_a_question_and_then_the_desk(small: Desk, tmp_path: Path) -> None:
    env = {**os.environ, "HOME": str(tmp_path), "XDG_STATE_HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path)}
    with Terminal(client(small.url, "--as", "ana", "--plain"), env, 80, 24) as terminal:

        def see(words: str) -> None:
            terminal.wait_for(lambda lines: any(words in line for line in lines), PATIENCE_S)

        see("help lists what can be done")
        see("Unfulfilled 2:")
        terminal.press("support\n")
        see("which orders?")
        terminal.press("\x03")
        see("left; nothing was done")
        terminal.press("\x03")
        see("ctrl+c again leaves")
        terminal.press("\x03")
        assert terminal.ended(PATIENCE_S) == 0
        assert b"\x1b" not in terminal.raw


def test_no_server_is_a_sentence_and_no_traceback(small: Desk) -> None:
    away = Desk("http://127.0.0.1:9")
    done = away.run("--plain", stdin="more\nquit\n")
    assert done.returncode == 0
    assert "no server is in reach" in done.stdout
    assert "orders-tui init" in done.stdout
    assert "the list cannot be had" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr
