"""From a key to the screen, on a real pseudo-terminal, while rows change: `python -m tests.benchmarks.keys`.

A demo desk, the client on it, another operator who assigns 20 orders a second, and an operator who moves the cursor at random
times. Every key must move the cursor to the neighbouring order and nowhere else; every assignment must be seen within a second.
Exits 1 when one is not, or when a bar is missed.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from statistics import quantiles

import httpx
from tests.benchmarks.terminal import Terminal, client

CURSOR = re.compile(r"▸\s.*?(#\d+)")
ROW = re.compile(r"(#\d+)\s")
KEY_P95_MS, KEY_P99_MS, UPDATE_MAX_MS = 30.0, 100.0, 1000.0
UPDATES_A_SECOND = 20


@dataclass
class Colleague:
    """Assigns visible orders to names nobody has had yet, at a steady pace, and knows when each was asked for."""

    server: str
    orders: list[str]
    rng: random.Random
    asked: dict[str, float] = field(default_factory=dict)
    done: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        with httpx.Client(base_url=self.server, headers={"X-Operator": "colleague"}) as http:
            due = time.perf_counter()
            while not self.done.is_set():
                name = f"n{len(self.asked):05d}"
                order = self.rng.choice(self.orders)
                body = {"orderIds": [order], "assignee": name}
                assert http.post("/sync/orders/assign", json=body).status_code == 200
                self.asked[name] = time.perf_counter()
                due += 1 / UPDATES_A_SECOND
                self.done.wait(max(0.0, due - time.perf_counter()))


def cursor(lines: list[str]) -> str | None:
    """The order number under the cursor."""
    found = (CURSOR.search(line) for line in lines)
    return next((match.group(1) for match in found if match), None)


def visible(lines: list[str]) -> list[str]:
    """The order numbers of the table, from the top."""
    found = (ROW.search(line[:16]) for line in lines)
    return [match.group(1) for match in found if match]


def seen_late(terminal: Terminal, colleague: Colleague, stop: threading.Event) -> list[float]:
    """How long each assignment took to be on screen, in ms; one that a later one replaced unseen is not counted."""
    taken: list[float] = []
    waiting: dict[str, float] = {}
    known = 0
    while not stop.is_set():
        names = list(colleague.asked)
        waiting |= {name: colleague.asked[name] for name in names[known:]}
        known = len(names)
        shown = " ".join(terminal.lines())
        now = time.perf_counter()
        taken.extend((now - waiting.pop(name)) * 1000 for name in list(waiting) if name in shown)
        stop.wait(0.02)
    return taken


def press_keys(terminal: Terminal, count: int, rng: random.Random, rows: list[str]) -> list[float]:
    """Moves the cursor `count` times and returns each key's time to the screen, in ms. Raises when it is on another order."""
    taken: list[float] = []
    at = rows.index(cursor(terminal.lines()) or rows[0])
    for _ in range(count):
        time.sleep(rng.expovariate(1 / 0.06))
        step = rng.choice([s for s in (-1, 1) if 0 <= at + s < len(rows)])
        pressed = terminal.press("j" if step > 0 else "k")
        at += step
        came = terminal.wait_for(lambda lines, wanted=rows[at]: cursor(lines) == wanted, 2.0)  # type: ignore[misc]
        taken.append((came - pressed) * 1000)
    return taken


def main() -> int:
    """Prints the figures; the exit status says whether the bars hold."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--keys", type=int, default=500)
    options.add_argument("--seed", type=int, default=1)
    given = options.parse_args()
    demo = subprocess.Popen(
        [sys.executable, "-m", "orders_tui", "demo", "--headless", "--still", "--port", "0", "--orders", "400"],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert demo.stdout is not None
        server = demo.stdout.readline().strip().rpartition(" ")[2]
        with tempfile.TemporaryDirectory() as home:
            env = {**os.environ, "HOME": home, "XDG_STATE_HOME": home, "XDG_CONFIG_HOME": home}
            with Terminal(client(server, "--as", "ana"), env) as terminal:
                return measure(terminal, server, given.keys, random.Random(given.seed))
    finally:
        demo.terminate()
        demo.wait()


def measure(terminal: Terminal, server: str, keys: int, rng: random.Random) -> int:
    """Runs the two operators against each other."""
    terminal.wait_for(lambda lines: cursor(lines) is not None and any("live" in line for line in lines), 30)
    rows = visible(terminal.lines())[:20]
    colleague = Colleague(server, rows, random.Random(rng.random()))
    stop, late = threading.Event(), list[float]()
    work = threading.Thread(target=colleague.run)
    watch = threading.Thread(target=lambda: late.extend(seen_late(terminal, colleague, stop)))
    work.start()
    watch.start()
    try:
        taken = press_keys(terminal, keys, rng, rows)
    finally:
        colleague.done.set()
        work.join()
        time.sleep(1.2)
        stop.set()
        watch.join()
    cuts = quantiles(taken, n=100)
    print(f"{keys} keys: p50 {cuts[49]:.1f} ms, p95 {cuts[94]:.1f} ms, p99 {cuts[98]:.1f} ms, max {max(taken):.1f} ms")
    middle = quantiles(late, n=100)[49]
    print(
        f"{len(colleague.asked)} updates, {len(late)} seen before the next: p50 {middle:.0f} ms, max {max(late):.0f} ms"
    )
    return int(cuts[94] > KEY_P95_MS or cuts[98] > KEY_P99_MS or max(late) > UPDATE_MAX_MS)


if __name__ == "__main__":
    raise SystemExit(main())
