"""The server's commands, run as a person runs them."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Mapping


class CommandFailed(Exception):
    """It ended with another status than 0; the message is what it said."""


async def run(*words: str, settings: Mapping[str, str]) -> None:
    """One server command. Raises CommandFailed with what it said."""
    environment = {**os.environ, **{f"ORDERS_SYNC_{name}": value for name, value in settings.items()}}
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "orders_sync",
        *words,
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    _, told = await process.communicate()
    if process.returncode:
        raise CommandFailed(f"{' '.join(words)} ended with {process.returncode}: {told.decode()[-2000:]}")
