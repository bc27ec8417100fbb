"""From a key to the operator's own change on the screen while the server is a black hole: `python -m tests.benchmarks.blackhole`.

A demo desk behind a proxy that, once told so, takes every byte and passes none on; the client on a real pseudo-terminal. The
operator takes order after order (`m`); each must be shown as theirs at once. Then the hole is closed, and everything must arrive:
exits 1 when an order is not the operator's in the end, or when the bar is missed.
"""

from __future__ import annotations

import argparse
import select
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from statistics import quantiles
from urllib.parse import urlsplit

import httpx
from tests.benchmarks import demo
from tests.benchmarks.keys import ROW, cursor
from tests.support.terminal import Terminal, client

CHANGE_P95_MS = 50.0
ARRIVED_WITHIN_S = 60.0
WHO = "Ana"


class Proxy:
    """Passes bytes on, both ways, until `hole` is set; connections stay open all the while."""

    def __init__(self, server: str) -> None:
        split = urlsplit(server)
        assert split.hostname is not None
        assert split.port is not None
        self._to = split.hostname, split.port
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.hole = threading.Event()
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"

    def run(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._listening.accept()
                threading.Thread(
                    target=self._relay, args=(near, socket.create_connection(self._to)), daemon=True
                ).start()

    def close(self) -> None:
        self._listening.close()

    def _relay(self, near: socket.socket, far: socket.socket) -> None:
        other = {near: far, far: near}
        with near, far, suppress(OSError):
            while True:
                for side in select.select([near, far], [], [])[0]:
                    data = side.recv(1 << 16)
                    if not data:
                        return
                    if not self.hole.is_set():
                        other[side].sendall(data)


@contextmanager
def between(server: str) -> Iterator[Proxy]:
    """A proxy in front of a server."""
    proxy = Proxy(server)
    threading.Thread(target=proxy.run, daemon=True).start()
    try:
        yield proxy
    finally:
        proxy.close()


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
        proxy.hole.set()
        taken = take(terminal, given.orders)
        proxy.hole.clear()
        done = arrived(server, given.orders)
    cuts = quantiles(taken.values(), n=20)
    print(
        f"{given.orders} changes over a black hole: p50 {cuts[9]:.1f} ms, p95 {cuts[18]:.1f} ms; bar: p95 {CHANGE_P95_MS:.0f}"
    )
    print(f"{done} of them have arrived after it was closed")
    return int(done != given.orders or cuts[18] > CHANGE_P95_MS)


if __name__ == "__main__":
    raise SystemExit(main())
