"""A still demo that leaves a minute to take an action back: `python -m tests.support.patient_demo ORDERS`."""

from __future__ import annotations

import sys

from orders_demo.command import Commands, run_demo

UNDO_S = 60


def main(orders: int) -> int:
    server = (*Commands().server, "--undo-seconds", str(UNDO_S))
    return run_demo(orders, headless=True, still=True, commands=Commands(server=server))


if __name__ == "__main__":
    raise SystemExit(main(int(sys.argv[1])))
