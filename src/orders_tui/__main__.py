"""The entry point: `orders-tui`, `python -m orders_tui`."""

from __future__ import annotations

import sys


def main() -> None:
    """Runs the command line and ends the process with its status."""
    try:
        from orders_tui.cli.main import run

        status = run(sys.argv[1:])
    except KeyboardInterrupt:  # before there was anybody who takes ctrl+c
        status = 130
    raise SystemExit(status)


if __name__ == "__main__":
    main()
