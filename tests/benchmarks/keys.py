"""From a key to the screen, on a real pseudo-terminal, while rows change: `python -m tests.benchmarks.keys`.

A demo desk, the client on it, another operator who assigns 20 orders a second, and an operator who moves the cursor at random
times. Every key must move the cursor to the neighbouring order and nowhere else; within a second of every assignment its row must
show it, or a later one of the same order. Exits 1 when one does not, or when a bar is missed.
"""

from __future__ import annotations

import argparse
import random
import re
import threading
import time
from dataclasses import dataclass, field
from statistics import quantiles

import httpx
from tests.benchmarks import demo
from tests.support.terminal import Terminal, client

CURSOR = re.compile(r"▸\s.*?(#\d+)")
ROW = re.compile(r"^[^#\w]{0,5}(#\d+)\s+\d+[a-z]")
NAME = re.compile(r"\bn(\d{5})\b")
KEY_P95_MS, KEY_P99_MS, UPDATE_MAX_MS = 30.0, 100.0, 1000.0
UPDATES_A_SECOND = 20


@dataclass(frozen=True)
class Update:
    """The `number`-th assignment: of which order, and when it was asked for."""

    number: int
    order: str
    asked: float


@dataclass
class Colleague:
    """Assigns visible orders to names nobody has had yet, at a steady pace."""

    server: str
    orders: list[str]
    rng: random.Random
    updates: list[Update] = field(default_factory=list)
    done: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        with httpx.Client(base_url=self.server, headers={"X-Operator": "colleague"}) as http:
            due = time.perf_counter()
            while not self.done.is_set():
                number, order = len(self.updates), self.rng.choice(self.orders)
                body = {"orderIds": [order], "assignee": f"n{number:05d}"}
                assert http.post("/sync/orders/assign", json=body).status_code == 200
                self.updates.append(Update(number, order, time.perf_counter()))
                due += 1 / UPDATES_A_SECOND
                self.done.wait(max(0.0, due - time.perf_counter()))


def cursor(lines: list[str]) -> str | None:
    """The order number under the cursor."""
    found = (CURSOR.search(line) for line in lines)
    return next((match.group(1) for match in found if match), None)


def visible(lines: list[str]) -> list[str]:
    """The order numbers of the table, from the top."""
    found = (ROW.search(line) for line in lines)
    return [match.group(1) for match in found if match]


def owners(lines: list[str]) -> dict[str, int]:
    """The number of the assignment that each row shows."""
    rows = ((ROW.search(line), NAME.search(line)) for line in lines)
    return {row.group(1): int(name.group(1)) for row, name in rows if row and name}


def seen_after(terminal: Terminal, colleague: Colleague, stop: threading.Event) -> list[float]:
    """How long it took for each assignment until its row showed it or a later one, in ms; infinite for one that never came."""
    taken: list[float] = []
    waiting: list[Update] = []
    known = 0
    while not stop.is_set():
        fresh = colleague.updates[known:]
        waiting, known = waiting + fresh, known + len(fresh)
        shown, now = owners(terminal.lines()), time.perf_counter()
        seen = [update for update in waiting if shown.get(update.order, -1) >= update.number]
        taken.extend((now - update.asked) * 1000 for update in seen)
        waiting = [update for update in waiting if update not in seen]
        stop.wait(0.02)
    return [*taken, *(float("inf") for _ in waiting)]


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
    with (
        demo.desk(400) as server,
        demo.nowhere() as env,
        Terminal(client(server, "--as", "ana"), env) as terminal,
    ):
        return measure(terminal, server, given.keys, random.Random(given.seed))


def measure(terminal: Terminal, server: str, keys: int, rng: random.Random) -> int:
    """Runs the two operators against each other."""
    terminal.wait_for(lambda lines: cursor(lines) is not None and any("live" in line for line in lines), 30)
    rows = visible(terminal.lines())[:20]
    colleague = Colleague(server, rows, random.Random(rng.random()))
    stop, late = threading.Event(), list[float]()
    work = threading.Thread(target=colleague.run)
    watch = threading.Thread(target=lambda: late.extend(seen_after(terminal, colleague, stop)))
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
    print(f"{len(late)} updates on screen: p50 {quantiles(late, n=100)[49]:.0f} ms, max {max(late):.0f} ms")
    return int(cuts[94] > KEY_P95_MS or cuts[98] > KEY_P99_MS or max(late) > UPDATE_MAX_MS)


if __name__ == "__main__":
    raise SystemExit(main())
