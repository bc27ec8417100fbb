"""Time, waiting, chance and new names, handed to whatever needs them, so that every rule can be tested at once."""

from __future__ import annotations

import asyncio
import random
import time
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime


def utc_now() -> datetime:
    """The wall clock, aware, in UTC."""
    return datetime.now(UTC)


def new_key() -> str:
    """A fresh idempotency key."""
    return uuid.uuid4().hex


async def wait_for(event: asyncio.Event, timeout_s: float | None) -> bool:
    """Waits for an event, so many seconds at most (None: however long it takes). False when it was not set in time."""
    try:
        async with asyncio.timeout(timeout_s):
            return await event.wait()
    except TimeoutError:
        return False


@dataclass(frozen=True, slots=True)
class Pace:
    """`now` is the wall clock, `monotonic` seconds that never jump, `random` a float in 0…1, `new_key` a fresh name."""

    now: Callable[[], datetime] = utc_now
    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    random: Callable[[], float] = random.random
    new_key: Callable[[], str] = new_key
