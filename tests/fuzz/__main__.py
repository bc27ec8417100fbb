"""Hostile requests to every endpoint of a server of its own, over raw sockets, on a database of its own.

    python -m tests.fuzz [--requests 20000] [--seed 7] [--begin 0] [--postgresql]

Bytes that are no text, NUL, lone surrogates, JSON 100,000 levels deep, numbers without end, times in the year 1, cursors, headers
and framing that are none, and signed webhooks that are hostile inside. Each is answered in the contract's shape, never with a
500, and what was taken in can be read afterwards. The same seed sends the same; what fails names its number. Exit status 1 then.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.fuzz.fuzz import Findings, doors, fuzz, left_in_order
from tests.support.postgres import cluster

from orders_sync.db.location import parse
from orders_sync.db.migrate import migrate

SHOWN = 60
"""Faults that are printed; the others are counted."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__.partition("\n")[0])
    parser.add_argument("--requests", type=int, default=20_000, help="requests in all (20000)")
    parser.add_argument("--seed", type=int, default=7, help="the same seed sends the same (7)")
    parser.add_argument("--begin", type=int, default=0, help="the number of the first request (0)")
    parser.add_argument("--postgresql", action="store_true", help="on PostgreSQL instead of SQLite")
    given = parser.parse_args()
    began = time.monotonic()
    with _database(given.postgresql) as url:
        migrate(parse(url))
        findings = asyncio.run(_run(url, given.seed, given.begin, given.requests))
    for fault in findings.faults[:SHOWN]:
        print(fault, file=sys.stderr)
    told = ", ".join(f"{count} × {status}" for status, count in sorted(findings.statuses.items()))
    print(
        f"seed {given.seed}: {given.requests} requests in {time.monotonic() - began:.0f} s: {told}; {len(findings.faults)} faults"
    )
    return 1 if findings.faults else 0


async def _run(url: str, seed: int, begin: int, count: int) -> Findings:
    async with doors(url, seed) as opened:
        findings = await fuzz(opened, begin, count)
        findings.faults += await left_in_order(opened[0])
    return findings


@contextmanager
def _database(postgresql: bool) -> Iterator[str]:
    with tempfile.TemporaryDirectory() as folder:
        if not postgresql:
            yield f"sqlite:///{Path(folder) / 'desk.db'}"
            return
        with cluster() as running:
            running.create("fuzz")
            yield running.url("fuzz")


if __name__ == "__main__":
    sys.exit(main())
