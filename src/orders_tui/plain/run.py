"""The life of a desk without a screen: from the configuration to its end, and how it was left written down."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from contextlib import suppress

from orders_tui import paths
from orders_tui.config import Config
from orders_tui.errors import Unreachable
from orders_tui.pace import Pace
from orders_tui.plain.console import Console
from orders_tui.plain.desk import PAGE, Desk, Load
from orders_tui.plain.lines_in import LinesIn
from orders_tui.plain.listing import views_of
from orders_tui.plain.news import News
from orders_tui.plain.prompt import Prompt
from orders_tui.registry import commands_of, keymap_of
from orders_tui.session.opening import Opened, open_session

FIRST_S = 5.0
"""So long the server's word of who we are is waited for before the first line."""

INSTEAD = (
    "orders-tui demo opens a simulated shop, orders-tui init sets up a real one,",
    "orders-tui --plain --server URL looks elsewhere; quit leaves",
)
"""What can be done where no server is in reach."""


def run(config: Config, load: Load) -> int:
    """Runs until the operator leaves or no line comes any more; the process's exit status. `load` reads another profile.

    Raises ConfigError for commands that cannot be used.
    """
    keymap_of(config)
    return asyncio.run(_run(config, load))


async def _run(config: Config, load: Load) -> int:
    """ctrl+c leaves a question; being ended from outside leaves the desk, with 128 + the signal."""
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    lines, ended = LinesIn(sys.stdin.fileno(), sys.stdin.encoding), list[int]()

    def end(number: int) -> None:
        ended.append(number)
        if task is not None:
            task.cancel()

    loop.add_signal_handler(signal.SIGINT, lines.interrupt)
    for number in (signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, end, number)
    shop: Config | None = config
    try:
        while shop is not None:
            shop = await _at(shop, lines, load)
    except asyncio.CancelledError:
        if not ended:
            raise
    return 128 + ended[0] if ended else 0


async def _at(config: Config, lines: LinesIn, load: Load) -> Config | None:
    """One shop, until it is left; where to go from there, None: nowhere."""
    pace = Pace()
    opened = open_session(config, pace, min(config.page_size, PAGE))
    console = Console(lines.line, _write, echo=not os.isatty(sys.stdin.fileno()))
    views, faults = views_of(config, opened.remembered.ui)
    packing = paths.packing_folder(config)
    desk = Desk(opened.session, console, config, pace, commands_of(config), views, load, packing=packing)
    console.say(*faults)
    session = asyncio.create_task(opened.session.run())
    try:
        return await _converse(desk, opened)
    finally:
        opened.save(opened.remembered.ui)
        session.cancel()
        with suppress(asyncio.CancelledError):
            await session
        await opened.api.close()


async def _converse(desk: Desk, opened: Opened) -> Config | None:
    """Says where it is, and reads lines until it is left."""
    console, table = desk.console, opened.session.table
    if desk.config.security_warning:
        console.say(desk.config.security_warning)
    console.news = News(opened.session, desk.pace.now).take
    await desk.until(lambda: desk.me is not None or table.view.problem is not None, FIRST_S)
    if desk.me is not None:
        where = f"{desk.config.environment}, " if desk.config.environment else ""
        console.say(f"order desk of {where}{desk.me.shop}; you are {desk.me.name} ({desk.me.role})")
        console.say("help lists what can be done")
    elif isinstance(table.view.problem, Unreachable):
        console.say(f"no server is in reach at {desk.config.server}; it is tried again by itself", *INSTEAD)
    prompt = Prompt(desk, opened.api)
    try:
        await prompt.run()
    finally:
        await prompt.close()
    return prompt.goes_to


def _write(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()
