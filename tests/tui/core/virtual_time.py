"""A loop whose clock jumps to the next timer whenever nothing is ready: minutes of backoff pass in no time, and exactly."""

from __future__ import annotations

import asyncio
import importlib
import selectors
from collections.abc import Coroutine
from datetime import datetime, timedelta
from typing import Any, TypeVar

from tests.tui.core.samples import NOON

from orders_tui.api.exchange import MODULES
from orders_tui.pace import Pace

T = TypeVar("T")

for _name in MODULES:
    importlib.import_module(_name)


class _Jumping(selectors.SelectSelector):
    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0

    def select(self, timeout: float | None = None) -> Any:
        if timeout:
            self.now += timeout
        elif timeout is None:
            raise AssertionError("everything waits for something that will never happen")
        return super().select(0)


class _VirtualLoop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self.clock = _Jumping()
        super().__init__(self.clock)

    def time(self) -> float:
        return self.clock.now


def run(test: Coroutine[Any, Any, T]) -> T:
    """Runs a coroutine on virtual time."""
    with asyncio.Runner(loop_factory=_VirtualLoop) as runner:
        return runner.run(test)


def now_s() -> float:
    """Seconds since the test began."""
    return asyncio.get_running_loop().time()


def now() -> datetime:
    """The wall clock of the test: noon at its start."""
    return NOON + timedelta(seconds=now_s())


def pace(chance: float = 1.0) -> Pace:
    """Virtual time; `chance` instead of luck; keys `k1`, `k2` …"""
    keys = iter(range(1, 1_000_000))
    return Pace(now=now, monotonic=now_s, random=lambda: chance, new_key=lambda: f"k{next(keys)}")
