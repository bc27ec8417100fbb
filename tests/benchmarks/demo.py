"""A still demo desk in a process of its own, and an environment in which the client remembers nothing."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryDirectory


@contextmanager
def desk(orders: int, *options: str) -> Iterator[str]:
    """The address of a demo server with so many orders, which nothing changes but who asks."""
    command = [
        sys.executable,
        "-m",
        "orders_tui",
        "demo",
        "--headless",
        "--still",
        "--port",
        "0",
        "--orders",
        str(orders),
    ]
    with subprocess.Popen([*command, *options], stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield process.stdout.readline().strip().rpartition(" ")[2]
        finally:
            process.terminate()


@contextmanager
def nowhere() -> Iterator[dict[str, str]]:
    """The environment of a person who has never started the client."""
    with TemporaryDirectory() as home:
        yield {**os.environ, "HOME": home, "XDG_STATE_HOME": home, "XDG_CONFIG_HOME": home}
