"""An hour's work squeezed into minutes, with faults all the while, which has to end in agreement.

    python -m tests.soak [--seconds 30] [--seed 7]

Several `serve` processes on one PostgreSQL of their own, a simulated shop that lives as fast as they take it, streams, operators
who act, real clients without a screen, and every few seconds a fault: processes killed, replaced and frozen, readers stalled,
streams cut, receivers that fail, the database crashed and away. Then calm; and the database, every client's view and the shop
have to say the same. Prints how much came in, what bounded that where it is little, the faults, how long answers and recoveries
took. Exit status 1, with every disagreement, when there is one.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from pathlib import Path

from tests.soak.report import Report
from tests.soak.soak import Soak
from tests.support.postgres import NoPostgres

from orders_demo.processes import ChildFailed


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__.partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=30, help="how long the storm lasts (30)")
    parser.add_argument("--servers", type=int, default=3, help="serve processes (3)")
    parser.add_argument("--streams", type=int, default=200, help="streams, those of all clients among them (200)")
    parser.add_argument("--operators", type=int, default=50, help="acting clients (50)")
    parser.add_argument("--workplaces", type=int, default=5, help="of the streams, real clients without a screen (5)")
    parser.add_argument("--orders", type=int, default=300, help="orders in the shop's past (300)")
    parser.add_argument("--fault-every", type=float, default=2.5, metavar="S", help="seconds between faults (2.5)")
    parser.add_argument("--seed", type=int, default=7, help="the same seed wishes and breaks the same (7)")
    parser.add_argument("--logs", type=Path, metavar="FOLDER", help="keep what every process logged")
    given = parser.parse_args()
    soak = Soak(
        seconds=given.seconds,
        servers=given.servers,
        streams=given.streams,
        operators=given.operators,
        workplaces=given.workplaces,
        orders=given.orders,
        fault_every_s=given.fault_every,
        seed=given.seed,
        logs=given.logs,
    )
    try:
        return _end(asyncio.run(soak.run()))
    except (NoPostgres, ChildFailed, TimeoutError) as failure:
        print(f"soak: it could not begin: {failure or 'the shop was not read in time'}", file=sys.stderr)
        return 1


def _end(report: Report) -> int:
    for line in report.lines:
        print(line)
    for disagreement in report.disagreements[:50]:
        print(f"DISAGREES: {disagreement}", file=sys.stderr)
    if report.disagreements:
        print(f"soak: {len(report.disagreements)} disagreements", file=sys.stderr)
        return 1
    print("soak: the database, every client's view and the shop agree")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
