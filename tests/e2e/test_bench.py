"""The bench of the real client at a real terminal, on the real server: twenty scans a second, and a client that is killed."""

from __future__ import annotations

import asyncio
import json
import os
import random
import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.server.contract.whole_desk import WholeDesk, whole_desk
from tests.support.acting import SHOP
from tests.support.desk_orders import line, order, told
from tests.support.terminal import Terminal, client

from orders_sync.db.engine import Database
from orders_sync.instants import system_clock

pytestmark = pytest.mark.e2e

PASTE, PASTED = "\x1b[200~", "\x1b[201~"
TEE, MUG = "4006381333931", "0012345678905"
LABEL = "00340434292135100186"
EACH_S = 0.05
"""Twenty scans a second."""
SOON_S = 5.0
"""What a machine that does much else may take to show the last one; by itself it is a tenth of a second."""


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[WholeDesk]:
    database = await Database.open(f"sqlite:///{tmp_path}/desk.db", SHOP, system_clock)
    lines = line(11, "TEE", 60), line(12, "MUG", 40), line(13, "CARD", 1)
    try:
        await told(database, [order(1001, None, *lines, barcodes=((11, TEE), (12, MUG))), order(1002, None, line(21))])
        async with whole_desk(database) as served:
            yield served
    finally:
        await database.close()


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    return {**os.environ, "HOME": str(tmp_path), "XDG_STATE_HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path)}


def at_desk(desk: WholeDesk) -> list[str]:
    return client(str(desk.client.make_url("")).rstrip("/"), "--as", "ana")


def there(*words: str) -> Callable[[list[str]], bool]:
    return lambda lines: all(word in "\n".join(lines) for word in words)


async def shows(terminal: Terminal, *words: str) -> float:
    return await asyncio.to_thread(terminal.wait_for, there(*words), 30)


async def open_bench(terminal: Terminal) -> None:
    await shows(terminal, "#1001", "live")
    terminal.press("B")
    await shows(terminal, "Bench", "Scan")


def begun(folder: Path) -> dict[str, Any]:
    (file,) = folder.rglob("*-packing/*.json")
    kept: dict[str, Any] = json.loads(file.read_text())
    return kept


def any_begun(folder: Path) -> bool:
    return any(folder.rglob("*-packing/*.json"))


def bursts(rng: random.Random) -> Iterator[str]:
    """Sixty TEE and forty MUG, twenty a second: as scans in one read, typed letter by letter, and as pastes of several lines."""
    codes = [TEE] * 60 + [MUG[1:]] * 20 + ["mug"] * 20
    rng.shuffle(codes)
    while codes:
        many = min(len(codes), rng.choice((1, 1, 1, 1, 1, 4)))
        taken, codes = codes[:many], codes[many:]
        text = "".join(f"{code}\r" for code in taken)
        yield f"{PASTE}{text}{PASTED}" if many > 1 else text


def scan(terminal: Terminal, rng: random.Random) -> float:
    """All of it; when the last key was pressed."""
    at = time.perf_counter()
    for burst in bursts(rng):
        if not burst.startswith(PASTE) and rng.random() < 0.3:
            for key in burst:
                terminal.press(key)
                time.sleep(EACH_S / 20)
        else:
            terminal.press(burst)
        at += EACH_S * (burst.count("\r"))
        time.sleep(max(0.0, at - time.perf_counter()))
    return time.perf_counter()


async def test_twenty_scans_a_second_lose_and_double_none(desk: WholeDesk, env: dict[str, str], tmp_path: Path) -> None:
    rng = random.Random(20)
    with Terminal(at_desk(desk), env, 80, 24) as terminal:
        await open_bench(terminal)
        terminal.press("1001\r")
        await shows(terminal, "0 / 60", "0 / 40", "#1001")
        last = await asyncio.to_thread(scan, terminal, rng)
        behind = await shows(terminal, "60 / 60", "40 / 40", "0 / 1") - last
        kept = begun(tmp_path)
        assert len(kept["steps"]) == 100
        assert not any("not in #1001" in each for each in terminal.lines())
        terminal.press(":hand card\r")
        await shows(terminal, "scan the label")
        terminal.press(f"{LABEL}\r1002\r")
        await shows(terminal, "#1002", "scan the items")
        terminal.press("\x1b")
        await shows(terminal, "scan the slip")
    detail = await desk.detail(1001)
    (parcel,) = detail["fulfillments"]
    assert (parcel["number"], parcel["carrier"]) == (LABEL, "DHL")
    assert sorted(each["quantity"] for each in parcel["lines"]) == [1, 40, 60]
    assert behind < SOON_S
    assert not any_begun(tmp_path), "what was sent is begun no more"


async def test_a_killed_client_goes_on_with_its_counts(desk: WholeDesk, env: dict[str, str], tmp_path: Path) -> None:
    with Terminal(at_desk(desk), env, 80, 24) as terminal:
        await open_bench(terminal)
        terminal.press("1001\r")
        await shows(terminal, "0 / 60")
        terminal.press(f"{TEE}\r" * 7 + f"{MUG}\r-\r:short mug\r")
        await shows(terminal, "7 / 60", "0 / 39")
        with Terminal(at_desk(desk), env, 80, 24) as other:
            await open_bench(other)
            other.press("1001\r")
            await shows(other, "is being packed at another terminal of this machine")
            terminal.kill()
            await desk.done("assign", {"orderIds": ["1001"], "assignee": "bo"}, by="bo")
            other.press("\x1b")
            await asyncio.to_thread(other.wait_for, lambda lines: "goes on" not in "\n".join(lines), 30)
            other.press("1001\r")
            await shows(other, "7 / 60", "0 / 39", "#1001 changed: enter confirms it")
            other.press(f"{TEE}\r")
            await shows(other, "8 / 60")
    assert [how for _, how in begun(tmp_path)["steps"]] == ["scanned"] * 7 + ["short", "scanned"]
