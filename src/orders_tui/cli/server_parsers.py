"""The parser of every command, the server's as well, for completing and explaining: the server is asked for its own.

It runs as another process, since client and server import nothing of each other, and says them as data (`orders_wire.arguments`).
"""

from __future__ import annotations

import json
import subprocess
import sys
from argparse import ArgumentParser
from functools import cache
from typing import Any

from orders_tui.cli.parser import build
from orders_tui.errors import ClientError
from orders_wire.arguments import DESCRIBE, add_described, commands


def every() -> ArgumentParser:
    """As `parser.build`, with the arguments of the server's commands. Raises ClientError where the server cannot be asked."""
    parser = build()
    for name, command in commands(parser).items():
        if name in _described():
            add_described(command, _described()[name])
    return parser


@cache
def _described() -> dict[str, Any]:
    asked = subprocess.run(  # noqa: S603 - our own
        [sys.executable, "-m", "orders_sync", DESCRIBE],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    if asked.returncode:
        raise ClientError(f"the server's commands cannot be had: {asked.stderr.strip()[-200:]}")
    found: dict[str, Any] = json.loads(asked.stdout)
    return found
