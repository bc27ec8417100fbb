"""Loops beside the requests: a failure is logged and survived, an end is an end."""

from __future__ import annotations

import asyncio

import pytest
import structlog

from orders_sync.db.failures import Unavailable
from orders_sync.loops import LASTING_S, LONGEST_PAUSE_S, running, supervised


async def test_a_loop_that_fails_begins_again_after_growing_pauses() -> None:
    pauses: list[float] = []
    runs = 0

    async def run() -> None:
        nonlocal runs
        runs += 1
        if runs <= 8:
            raise RuntimeError("broken")

    async def sleep(pause_s: float) -> None:
        pauses.append(pause_s)

    await supervised("loop", run, sleep)
    assert runs == 9
    assert pauses == [1, 2, 4, *[LONGEST_PAUSE_S] * 5]


async def test_a_loop_that_ran_well_for_a_while_begins_again_soon() -> None:
    pauses: list[float] = []
    now = 0.0
    lasts = iter([0.0, 0.0, 0.0, LASTING_S])

    async def run() -> None:
        nonlocal now
        lasting = next(lasts, None)
        if lasting is None:
            return
        now += lasting
        raise RuntimeError("broken")

    async def sleep(pause_s: float) -> None:
        pauses.append(pause_s)

    await supervised("loop", run, sleep, lambda: now)
    assert pauses == [1, 2, 4, 1]


async def test_loops_run_as_long_as_the_block_and_are_waited_for() -> None:
    ended = asyncio.Event()

    async def run() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    async with running({"one": run}):
        await asyncio.sleep(0)
        assert not ended.is_set()
    assert ended.is_set()


async def test_loops_end_even_when_the_block_fails() -> None:
    cancelled = asyncio.Event()

    async def run() -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled.set()
            raise

    async def fail_beside() -> None:
        async with running({"one": run}):
            await asyncio.sleep(0)
            raise ValueError("block")

    with pytest.raises(ValueError, match="block"):
        await fail_beside()
    assert cancelled.is_set()


async def test_a_database_out_of_reach_is_one_line_of_the_log() -> None:
    failures = iter([Unavailable("the database cannot be reached"), RuntimeError("broken")])

    async def run() -> None:
        raise next(failures, asyncio.CancelledError())

    async def sleep(_pause_s: float) -> None:
        pass

    with structlog.testing.capture_logs() as logged, pytest.raises(asyncio.CancelledError):
        await supervised("loop", run, sleep)
    outage, fault = logged
    assert (outage["log_level"], outage["reason"], "exc_info" in outage) == (
        "warning",
        "the database cannot be reached",
        False,
    )
    assert (fault["log_level"], type(fault["exc_info"])) == ("error", RuntimeError)
