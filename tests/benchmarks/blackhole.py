"""From a key to the operator's own change on the screen while the server is a black hole: `python -m tests.benchmarks.blackhole`.

A demo desk behind a proxy that, once told so, passes no byte on and closes nothing; the client on a real pseudo-terminal. The
operator takes order after order (`m`); each must be shown as theirs at once. Then the bytes flow again, and everything must
arrive: exits 1 when an order is not the operator's in the end, or when the bar is missed.
"""

from __future__ import annotations

import argparse
import time
from statistics import quantiles

import httpx
from tests.benchmarks import demo
from tests.benchmarks.keys import ROW, cursor
from tests.support.proxy import between
from tests.support.terminal import Terminal, client

CHANGE_P95_MS = 50.0
ARRIVED_WITHIN_S = 60.0
WHO = "Ana"


def mine(lines: list[str], order: str) -> bool:
    """True when the order's row shows the operator as its owner."""
    rows = ((ROW.search(line), line) for line in lines)
    return any(row is not None and row.group(1) == order and WHO in line for row, line in rows)


def take(terminal: Terminal, count: int) -> dict[str, float]:
    """Takes order after order; ms from the key to the screen, by order."""
    taken: dict[str, float] = {}
    while len(taken) < count:
        terminal.wait_for(lambda lines: cursor(lines) not in {None, *taken}, 5)
        order = cursor(terminal.lines())
        assert order is not None
        pressed = terminal.press("m")
        shown = terminal.wait_for(lambda lines, order=order: mine(lines, order), 5)  # type: ignore[misc]
        taken[order] = (shown - pressed) * 1000
        time.sleep(0.1)
        terminal.press("j")
    return taken


def arrived(server: str, count: int) -> int:
    """How many orders are the operator's on the server, once all are or the time is over."""
    deadline = time.monotonic() + ARRIVED_WITHIN_S
    while True:
        page = httpx.get(f"{server}/sync/orders", params={"tab": "all", "assigned_to": WHO, "pageSize": 1}).json()
        total: int = page["metrics"]["total_orders"]
        if total >= count or time.monotonic() > deadline:
            return total
        time.sleep(0.5)


def main() -> int:
    """Prints the figures; the exit status says whether they hold."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--orders", type=int, default=40)
    given = options.parse_args()
    with (
        demo.desk(800) as server,
        between(server) as proxy,
        demo.nowhere() as env,
        Terminal(client(proxy.url, "--as", WHO), env) as terminal,
    ):
        terminal.wait_for(lambda lines: "live" in lines[0] and cursor(lines) is not None, 30)
        time.sleep(1)
        proxy.hold()
        taken = take(terminal, given.orders)
        proxy.release()
        done = arrived(server, given.orders)
    cuts = quantiles(taken.values(), n=20)
    print(
        f"{given.orders} changes over a black hole: p50 {cuts[9]:.1f} ms, p95 {cuts[18]:.1f} ms; bar: p95 {CHANGE_P95_MS:.0f}"
    )
    print(f"{done} of them have arrived after it has ended")
    return int(done != given.orders or cuts[18] > CHANGE_P95_MS)


if __name__ == "__main__":
    raise SystemExit(main())
