"""Random keys, pastes, clicks and sizes against the real client on a pseudo-terminal, from the first millisecond of its start.

    python -m tests.monkey [--keys 20000] [--seed 7] [--begin 0] [--server URL]

A living demo of its own answers, unless a server is named. Whenever a key leaves the client, it is started anew and the next keys
are pressed while it starts. The same seed presses the same; what fails names the seed, the last strokes and the command that
presses them again. Exit status 1 then.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.e2e.conftest import running
from tests.monkey.monkey import Crashed, Monkey

DEMO = ("--orders", "300", "--seed", "7")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.monkey", description=__doc__.partition("\n")[0])
    parser.add_argument("--keys", type=int, default=20_000, help="strokes in all (20000)")
    parser.add_argument("--seed", type=int, default=7, help="the same seed presses the same (7)")
    parser.add_argument("--begin", type=int, default=0, help="the number of the first stroke (0)")
    parser.add_argument("--server", help="a running desk that may be played with")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, _served(given.server) as server:
        monkey = Monkey(server, Path(folder), given.seed)
        began = time.monotonic()
        try:
            monkey.press(given.begin, given.keys)
        except Crashed as crash:
            print(f"monkey: after {monkey.pressed} strokes: {crash}", file=sys.stderr)
            return 1
        finally:
            took = time.monotonic() - began
            print(
                f"seed {given.seed}: {monkey.pressed} strokes, {monkey.starts} starts, {monkey.looks} looks, {took:.0f} s"
            )
    return 0


@contextmanager
def _served(server: str | None) -> Iterator[str]:
    if server is not None:
        yield server
        return
    with running(*DEMO) as desk:
        yield desk.url


if __name__ == "__main__":
    sys.exit(main())
