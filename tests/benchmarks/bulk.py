"""A bulk action over thousands of orders, from the keyboard: `python -m tests.benchmarks.bulk [--orders 5000]`.

A demo desk and the client on a real pseudo-terminal; the operator marks everything that matches in two steps, assigns it, and
watches the progress. Meanwhile the client's event loop is asked every 5 ms how late it is, and how much of that it computed
itself (the rest is the machine's other work). Exits 1 when the server does not hold the new owner on every order, when no
progress was seen, or when the bar is missed.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import sys
import time
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory
from unittest.mock import patch

import httpx
from tests.benchmarks import demo
from tests.support.terminal import Terminal

from orders_tui.app import DeskApp
from orders_tui.cli.main import run
from orders_tui.startup.start import Start

LAG_P99_MS = 100.0
EVERY_S = 0.005
PROGRESS = re.compile(r"  (\d+)%")
MARKED = re.compile(r"(\d+) of \d+ marked")


def watched(server: str, folder: Path) -> int:
    """The client, with a task beside it that notes how late it is woken: (instant, ms, ms computed), written at the end."""
    late: list[tuple[float, float, float]] = []
    begin = Start.begin

    async def look() -> None:
        while True:
            due, before = time.perf_counter() + EVERY_S, time.thread_time()
            await asyncio.sleep(EVERY_S)
            late.append((due, (time.perf_counter() - due) * 1000, (time.thread_time() - before) * 1000))

    async def begin_watched(start: Start, app: DeskApp) -> None:
        app.run_worker(look())
        await begin(start, app)

    with patch.object(Start, "begin", begin_watched):
        status = run(["--server", server, "--as", "ana"])
    (folder / "late.json").write_text(json.dumps(late))
    return status


def said(lines: list[str], pattern: re.Pattern[str]) -> str | None:
    """What the pattern finds on the screen."""
    found = pattern.search("\n".join(lines))
    return found.group(1) if found else None


def act(terminal: Terminal, orders: int) -> tuple[float, float, set[str]]:
    """Marks all, assigns all; from when to when that took, and the percentages that were seen."""
    terminal.wait_for(lambda lines: "live" in lines[0], 60)
    terminal.press("1")
    terminal.wait_for(lambda lines: f"of {orders}" in "\n".join(lines), 60)
    began = time.perf_counter()
    terminal.press("*")
    terminal.wait_for(lambda lines: "marked on this page" in lines[-1], 30)
    terminal.press("*")
    terminal.wait_for(lambda lines: said(lines, MARKED) == str(orders), 120)
    terminal.press("a")
    terminal.wait_for(lambda lines: f"Assign {orders}" in "\n".join(lines), 30)
    terminal.press("bulk")
    terminal.wait_for(lambda lines: "▸ bulk" in "\n".join(lines), 30)
    terminal.press("\x13")
    seen: set[str] = set()

    def finished(lines: list[str]) -> bool:
        seen.add(said(lines, PROGRESS) or "")
        return f"{orders} done" in "\n".join(lines)

    return began, terminal.wait_for(finished, 300), seen - {""}


def main() -> int:
    """Prints the figures; the exit status says whether they hold."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--orders", type=int, default=5000)
    options.add_argument("--watched", nargs=2, metavar=("SERVER", "FOLDER"), help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.watched:
        return watched(given.watched[0], Path(given.watched[1]))
    with demo.desk(given.orders) as server, demo.nowhere() as env, TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "tests.benchmarks.bulk", "--watched", server, folder]
        with Terminal(command, env) as terminal:
            began, ended, seen = act(terminal, given.orders)
            terminal.press("\x11")
            terminal.ended(30)
        told = json.loads((Path(folder) / "late.json").read_text())
        page = httpx.get(f"{server}/sync/orders", params={"tab": "all", "assigned_to": "bulk", "pageSize": 1}).json()
    done = page["metrics"]["total_orders"]
    print(f"{done} of {given.orders} orders assigned in {ended - began:.1f} s, {len(seen)} steps of progress seen")
    late, computed = zip(*((late, computed) for at, late, computed in told if began <= at <= ended), strict=True)
    p99 = quantiles(late, n=100)[98]
    print(f"the loop was late by p99 {p99:.1f} ms, at most {max(late):.1f} ms; bar: p99 {LAG_P99_MS:.0f}")
    print(f"of which it computed p99 {quantiles(computed, n=100)[98]:.1f} ms, at most {max(computed):.1f} ms")
    return int(done != given.orders or len(seen) < 3 or p99 > LAG_P99_MS)


if __name__ == "__main__":
    raise SystemExit(main())
