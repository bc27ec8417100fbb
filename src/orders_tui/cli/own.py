"""`run`: a command of the operator's own, without the screen."""

from __future__ import annotations

import asyncio
import signal
import sys
from argparse import Namespace
from contextlib import suppress
from typing import TYPE_CHECKING

from orders_tui.cli.connection import configured, connect
from orders_tui.cli.output import complain, say
from orders_tui.errors import ApiError, ReadOnly, UsageError
from orders_tui.programs import argv, process
from orders_tui.programs.runner import how, order_json, written
from orders_wire.spelling import meant

if TYPE_CHECKING:
    from orders_tui.api.client import SyncApi
    from orders_tui.config import Config
    from orders_tui.config.own_commands import OwnCommand

DONE, REFUSED = 0, 1


def run(given: Namespace) -> int:
    """`run NAME ORDER … [--yes]`: 1 where one order could not be read, or its program failed."""
    config = configured(given)
    own = _named(config, given.name_of_command)
    if config.read_only:
        raise ReadOnly
    if own.dangerous and not given.yes:
        raise UsageError(f"{own.name} is dangerous; --yes runs it without asking")
    return asyncio.run(_run(given, own))


def _named(config: Config, name: str) -> OwnCommand:
    known = {own.name: own for own in config.commands}
    if name not in known:
        where = config.path or "the configuration"
        raise UsageError(
            f"there is no command {name}{meant(name, known)} in {where}; there are: {', '.join(known) or 'none'}"
        )
    return known[name]


async def _run(given: Namespace, own: OwnCommand) -> int:
    """Ended from outside it ends its program first: that is in a session of its own, where no signal of ours reaches it."""
    loop, task, ended = asyncio.get_running_loop(), asyncio.current_task(), list[int]()

    def end(number: int) -> None:
        ended.append(number)
        if task is not None:
            task.cancel()

    for number in (signal.SIGTERM, signal.SIGHUP):
        with suppress(RuntimeError):  # in another thread than the main one, which gets the signals
            loop.add_signal_handler(number, end, number)
    try:
        return await _run_on_each(given, own)
    except asyncio.CancelledError:
        if not ended:
            raise
        return 128 + ended[0]


async def _run_on_each(given: Namespace, own: OwnCommand) -> int:
    status = DONE
    async with connect(given) as api:
        for order in given.orders:
            if not await _run_on(api, own, order):
                status = REFUSED
    return status


async def _run_on(api: SyncApi, own: OwnCommand, order: str) -> bool:
    """Whether it was done; what it wrote is on stdout, how it ended on stderr."""
    try:
        detail = await api.order(order)
        arguments = argv.fill(own.argv, detail.id, detail.order_number)
        ended = await process.run(arguments, order_json(detail), own.timeout_s)
    except (ApiError, argv.NotRun) as error:
        complain(f"{own.name} {order}: {error}")
        return False
    sys.stdout.writelines(f"{line}\n" for line in written(ended))
    say(f"{own.name} {detail.order_number}: {how(ended, own.timeout_s)}", "good" if ended.done else "bad")
    return ended.done
