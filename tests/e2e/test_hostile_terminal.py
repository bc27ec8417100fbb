"""Text of strangers in every field of every order, read by the real client on a real terminal: nothing of it is obeyed there."""

from __future__ import annotations

import asyncio
import os
import random
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from tests.support.terminal import Terminal, client
from tests.tui.screens.served_desk import served

pytestmark = pytest.mark.e2e

FRAGMENTS = (
    "\x1b[5;8;31mblink", "\x1b]52;c;RVZJTA==\x07", "\x1b]8;;http://evil.example\x1b\\link\x1b]8;;\x1b\\", "\x1b]0;title\x07",
    "\x1bPq#0\x1b\\", "\x1b_app\x1b\\", "\x1bc", "\x1b[2J\x1b[1;1H", "\x1b[?1049l", "\x1b[6n", "\x9b2J",
    "\x9d52;c;RVZJTA==\x9c", "\x90q\x9c", "\x85", "\x07\x08\x0b\x0c\x0e\x0f\x7f", "\r\n", "\t", "\x00",
    "\u202egnp.exe\u202c", "\u2066a\u2069", "\u061c\u200f", "\u200b\u200c\u200d\u2060\ufeff", "\ufff9a\ufffab\ufffb",
    "\U000e0041\U000e007f", "\u00ad\u034f\u3164", "[/x] [@click=app.exit]cheap[/]", "[bold red]", "{}%s${x}",
    "\u0300\u0301\u0302\u0489", "田中 花子", "🦊👨‍👩‍👧🏳️‍🌈", "ﷺ", "नमस्ते", "x" * 5000, "=cmd|' /C calc'!A0", "",
)  # fmt: skip
SHAPED = {
    "id", "order_id", "alert_id", "status", "priority", "issue", "channel", "alerts", "state", "stage", "allowed_actions",
    "reason", "type", "severity", "gap", "amount", "target", "code", "role", "time_zone", "label", "contract_version", "cursor",
    "delivery",
}  # fmt: skip
"""Fields of the contract that are not free text: a client refuses an answer in which they do not read."""
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT")
SEQUENCE = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[P_^X][^\x1b]*\x1b\\|[ -/]*[0-~])")
COLOUR = re.compile(r"[34]8;2;\d+;\d+;\d+")
OBEYED = {
    *range(0x20), *range(0x7F, 0xA0), *range(0x202A, 0x202F), *range(0x2066, 0x206A), *range(0x200B, 0x2010), 0x061C, 0xFEFF,
}  # fmt: skip
PLACES = {
    "\r": "ITEMS", "a": "Assign ", "s": "Escalate ", "n": "Note on", "f": "Fulfil ", "i": "stock-out", "L": "Action log",
    "p": "QUEUES", "?": "Search", "Y": "Copy of", "/": "several tokens",
}  # fmt: skip
"""What leads where, and what stands there only."""


def hostile(rng: random.Random) -> str:
    return "".join(rng.choices(FRAGMENTS, k=rng.randint(1, 4)))


def spoilt(value: Any, rng: random.Random, name: str = "") -> Any:
    """An answer of the server with every free text in it replaced."""
    if isinstance(value, dict):
        return {key: spoilt(item, rng, key) for key, item in value.items()}
    if isinstance(value, list):
        return [spoilt(item, rng, name) for item in value]
    if isinstance(value, str) and name not in SHAPED and not INSTANT.match(value):
        return hostile(rng)
    return value


DEVANAGARI = re.compile("[\u0900-\u097f]")
STYLES = {"", "0", "1", "2", "3", "4", "7", "9"}
"""Those that our own text may have. Blinking and hidden text is not among them."""


def shapes(written: str) -> set[str]:
    """The kinds of sequences that a terminal was told to obey: without colours, and without numbers but those of styles."""
    found = SEQUENCE.findall(written)
    styles = {part for each in found if each.endswith("m") for part in COLOUR.sub("", each[2:-1]).split(";")}
    return styles | {re.sub(r"\d+", "n", each) for each in found if not each.endswith("m")}


def whole(raw: bytearray) -> str:
    """What was written up to its last sequence, which may still be on its way."""
    return raw[: raw.rfind(b"\x1b")].decode(errors="replace")


def walk(terminal: Terminal, places: Sequence[str]) -> None:
    """Through the places, and back from each. Raises TimeoutError when a key does not lead there."""
    for key in places:
        text = PLACES[key]
        terminal.press(key)
        terminal.wait_for(lambda lines, text=text: text in "\n".join(lines), 30)  # type: ignore[misc]
        terminal.press("\x1b")
        terminal.wait_for(lambda lines, text=text: text not in "\n".join(lines) and "▸" in "\n".join(lines), 30)  # type: ignore[misc]
    for key in ("j", "j", "k", "G", "g"):
        terminal.press(key)
    terminal.wait_for(lambda lines: any(line.startswith("▸") for line in lines), 30)


def aligned(cells: list[list[str]]) -> bool:
    """The table is there, and in all its rows a blank stands in front of the columns of text; marks over a blank are a blank.

    Rows with Devanagari are passed over: terminals do not agree how wide its vowel signs are.
    """
    lines = ["".join(line) for line in cells]
    top = next((y for y, line in enumerate(lines) if line.startswith("    ORDER ")), len(lines))
    end = next((y for y in range(top, len(lines)) if cells[y][1] != " " or cells[y][0] == "─"), top)
    starts = [lines[top].find(title) for title in ("OWNER", "CUSTOMER", "FLAGS")] if end > top else []
    rows = [y for y in range(top, end) if not DEVANAGARI.search(lines[y])]
    return bool(starts) and all(cells[y][x - 1][:1] == " " for y in rows for x in starts if x > 0)


@pytest.mark.parametrize("size", [(120, 40), (80, 24)], ids=["120", "80"])
async def test_the_terminal_obeys_the_client_alone(tmp_path: Path, size: tuple[int, int]) -> None:
    rng = random.Random(size[0])
    env = {**os.environ, "HOME": str(tmp_path), "XDG_STATE_HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path)}
    async with served() as desk:
        with Terminal(client(desk.url), env, *size) as terminal:
            await asyncio.to_thread(terminal.wait_for, lambda lines: "polling" in lines[0], 30)
            await asyncio.to_thread(walk, terminal, "\ra")
            usual = len(terminal.raw)
            desk.spoil = lambda answer: spoilt(answer, rng)
            terminal.press("\x12")
            await asyncio.to_thread(terminal.wait_for, lambda lines: any("\ufffd" in line for line in lines), 30)
            await asyncio.to_thread(walk, terminal, "".join(PLACES))
            await asyncio.to_thread(terminal.wait_for, lambda _: aligned(terminal.cells()), 30)
            harmless, written = whole(terminal.raw[:usual]), whole(terminal.raw[usual:])
            terminal.press("\x11")
            assert await asyncio.to_thread(terminal.ended, 10) == 0
    assert_harmless(written, harmless)


def assert_harmless(written: str, harmless: str) -> None:
    """What was written obeys nobody but the client, whose own ways are those of what is harmless."""
    assert shapes(written) <= shapes(harmless) | STYLES
    assert {char for char in SEQUENCE.sub("", written) if ord(char) in OBEYED} <= {"\r", "\n"}


PASTE, PASTED = "\x1b[200~", "\x1b[201~"


def typed_note(rng: random.Random, characters: int) -> str:
    """So many hostile characters, as they are once a terminal has pasted them: without Esc and NUL, lines ended as elsewhere."""
    text = re.sub("[\x1b\x00]", "", "".join(rng.choices(FRAGMENTS, k=characters))).replace("\r\n", "\n")
    return "@" + text.replace("x" * 5000, "x" * 90)[: characters - 2] + "!"


async def test_a_note_of_5000_hostile_characters_is_shown_and_not_obeyed(tmp_path: Path) -> None:
    note = typed_note(random.Random(5000), 5000)
    env = {**os.environ, "HOME": str(tmp_path), "XDG_STATE_HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path)}
    async with served() as desk:
        with Terminal(client(desk.url, "--as", "ana"), env) as terminal:

            async def shows(*texts: str) -> None:
                await asyncio.to_thread(
                    terminal.wait_for, lambda lines: all(text in "\n".join(lines) for text in texts), 30
                )

            await shows("polling")
            await asyncio.to_thread(walk, terminal, "\rn")
            usual = len(terminal.raw)
            terminal.press("n")
            await shows("Note on")
            terminal.press(f"{PASTE}{note}{PASTED}")
            await shows("5,000/5,000")
            for keys in ("\x1b[A" * 40, "\x1b[H\x1b[C\x1b[C", "\x1b[B" * 50, "\x1b[F"):
                terminal.press(keys)
            terminal.press("\x13")
            await shows("✎ 1", "takes it back")
            desk.spoil = lambda answer: unpasted(answer, note)
            terminal.press("\x12")
            await shows("✎ 1")
            terminal.press("\r")
            await shows("TIMELINE", "note  ana")
            for keys in ("\t", "G", "g"):
                terminal.press(keys)
            terminal.press("n")
            await shows("Note on")
            terminal.press("\x0f")
            await shows("Your note on")
            terminal.press("\x1b")
            await shows("TIMELINE")
            terminal.press("\x1b")
            await shows("ORDER     AGE")
            terminal.press(":")
            await shows("Command")
            terminal.press("mentions")
            await shows("enter mentions")
            await asyncio.to_thread(terminal.confirm)
            await shows("Mentions", "bo")
            harmless, written = whole(terminal.raw[:usual]), whole(terminal.raw[usual:])
            terminal.press("\x11")
            assert await asyncio.to_thread(terminal.ended, 10) == 0
    assert len(desk.noted[0]) == 5000
    assert_harmless(written, harmless)


def unpasted(answer: Any, note: str) -> Any:
    """The answer with what a server may have kept of the note: escape sequences as well."""
    if isinstance(answer, dict):
        return {key: unpasted(item, note) for key, item in answer.items()}
    if isinstance(answer, list):
        return [unpasted(item, note) for item in answer]
    return f"{answer}\x1b[2J\x1b]52;c;RVZJTA==\x07" if isinstance(answer, str) and note[:99] in answer else answer
