"""How soon the client is there: `python -m tests.benchmarks.startup [--rounds 12] [--orders 800]`.

`--version` against `python -c pass`; and the time from starting the client to its first rows on a real pseudo-terminal against
the smallest Textual app whose table has as many rows and columns, with its data at hand, while ours asks a running server. The
rounds of both alternate; a ratio is the median of the rounds' ratios. Every first table must begin with the server's first order
and take a key. Exits 1 when one does not, or when a bar is missed.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import httpx
from tests.benchmarks import demo
from tests.benchmarks.keys import cursor
from tests.support.terminal import Terminal, client

VERSION_BAR, TABLE_BAR = 4.0, 1.3
PATIENCE_S = 30.0
COLUMNS = ("order_number", "age_hours", "assigned_to", "customer_name", "ship_by", "value_usd", "status")
"""As many as the desk shows at 120 columns."""


@dataclass
class Compared:
    """Seconds of each round: ours and the floor."""

    ours: list[float] = field(default_factory=list)
    floor: list[float] = field(default_factory=list)

    @property
    def ratio(self) -> float:
        return median(mine / theirs for mine, theirs in zip(self.ours, self.floor, strict=True))

    def __str__(self) -> str:
        mine, theirs = median(self.ours) * 1000, median(self.floor) * 1000
        return f"{mine:.0f} ms, floor {theirs:.0f} ms: {self.ratio:.2f} times"


def command_s(*command: str) -> float:
    """How long a short command takes."""
    started = time.perf_counter()
    subprocess.run([sys.executable, *command], check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - started


def table_s(command: Sequence[str], env: Mapping[str, str], first: str) -> float:
    """From the start of a program to its first order on the screen."""
    started = time.perf_counter()
    with Terminal(command, env) as terminal:
        return terminal.wait_for(lambda lines: any(first in line for line in lines), PATIENCE_S) - started


def desk_s(server: str, env: Mapping[str, str], orders: Sequence[str]) -> tuple[float, float]:
    """From the start of the client to its first order, and to the whole, live desk; a key pressed in between has moved it."""
    started = time.perf_counter()
    with Terminal(client(server, "--as", "ana"), env) as terminal:
        rows = terminal.wait_for(lambda lines: cursor(lines) == orders[0], PATIENCE_S)
        terminal.press("j")
        live = terminal.wait_for(lambda lines: "live" in lines[0] and cursor(lines) == orders[1], PATIENCE_S)
        return rows - started, live - started


def measure(server: str, rounds: int) -> int:
    """Prints the figures; the exit status."""
    page = httpx.get(f"{server}/sync/orders", params={"tab": "unfulfilled", "pageSize": 50}).json()
    items = page["orders"]["items"]
    orders = [item["order_number"] for item in items]
    version, table, whole = Compared(), Compared(), list[float]()
    with TemporaryDirectory() as folder:
        data = Path(folder) / "rows.json"
        data.write_text(json.dumps([COLUMNS, *([str(item[name]) for name in COLUMNS] for item in items)]))
        smallest = [sys.executable, "-m", "tests.benchmarks.smallest_app", str(data)]
        for number in range(rounds + 1):
            with (
                demo.nowhere() as env
            ):  # each round starts as for the first time, not where the last one left the cursor
                shown, live = desk_s(server, env, orders)
                floor = table_s(smallest, env, orders[0])
            if number:  # the first round fills caches
                table.ours.append(shown)
                table.floor.append(floor)
                whole.append(live)
    for _ in range(3 * rounds):
        version.floor.append(command_s("-c", "pass"))
        version.ours.append(command_s("-m", "orders_tui", "--version"))
    print(f"--version: {version} (bar {VERSION_BAR})")
    print(
        f"first table of {len(orders)} rows: {table} (bar {TABLE_BAR}); the whole desk, live: {median(whole) * 1000:.0f} ms"
    )
    return int(version.ratio > VERSION_BAR or table.ratio > TABLE_BAR)


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=12)
    options.add_argument("--orders", type=int, default=800)
    given = options.parse_args()
    with demo.desk(given.orders) as server:
        return measure(server, given.rounds)


if __name__ == "__main__":
    raise SystemExit(main())
