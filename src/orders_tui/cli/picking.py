"""`pick`: what can be sent now, as a pick list or as slips, on stdout, into a file or to the printer.

What is left out, and why, stands on stderr. Exit status 1: an order could not be read, or not be taken.
"""

from __future__ import annotations

import asyncio
import sys
from argparse import Namespace
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from orders_tui import paths
from orders_tui.cli import actions
from orders_tui.cli.connection import configured, connect
from orders_tui.cli.orders import query_of
from orders_tui.cli.output import say, write_utf8
from orders_tui.errors import ReadOnly, UsageError
from orders_tui.pace import new_key, utc_now
from orders_tui.picking import reading
from orders_tui.picking.choices import SUFFIXES_SAID, By, Form
from orders_tui.picking.handing_out import Outlets, form_of_file, write_file
from orders_tui.picking.sentences import contents, remarks
from orders_tui.picking.sheet import Sheet, written
from orders_tui.picking.taking import taking
from orders_tui.programs.prints import Prints
from orders_tui.session.matching import collect

if TYPE_CHECKING:
    from orders_tui.api.client import SyncApi
    from orders_tui.cli.actions import Result
    from orders_tui.config import Config

DONE, REFUSED = 0, 1
NO_MATCH = "no order that owes something matches; of several words and filters, all must hold"


@dataclass(frozen=True, slots=True)
class _Where:
    """Where it goes and in which form, settled before anything is asked."""

    form: Form
    file: Path | None
    printing: bool


def pick(given: Namespace) -> int:
    """`pick [FILTER …] [--by sku|order] [--format html|text|csv] [--output FILE|--print] [--take]`."""
    config = configured(given)
    if given.take and config.read_only:
        raise ReadOnly
    return asyncio.run(_pick(given, config, _where(given, config)))


def _where(given: Namespace, config: Config) -> _Where:
    """Raises UsageError for what does not go together."""
    wanted = Form(given.format) if given.format else None
    if given.print:
        takes = Outlets(Prints(Path), config.print_command).printed_form
        if not config.print_command:
            raise UsageError(f"pick: --print needs print_command in {config.path or 'the configuration'}")
        if wanted not in (None, takes):
            raise UsageError(
                f"pick: print_command takes {takes}, not {wanted}: {{file}} in it is a page, {{text}} plain text"
            )
        return _Where(takes, None, printing=True)
    file = Path(given.output) if given.output else None
    named = form_of_file(file) if file is not None else Form.TEXT
    if wanted is None and named is None:
        raise UsageError(f"pick: what is in {file}? Its name ends in {SUFFIXES_SAID}, or --format says it")
    return _Where(wanted or named or Form.TEXT, file, printing=False)


async def _pick(given: Namespace, config: Config, where: _Where) -> int:
    async with connect(given) as api:
        sheet = await _sheet(given, api)
        done = await _out(sheet, where, config)
        rest = remarks(sheet.pick)
        nothing = "nothing can be sent now" if rest else NO_MATCH
        say(" ".join(filter(None, (contents(sheet.pick), done))) if sheet.pick.orders else nothing)
        if rest:
            say(rest, "warn")
        taken = actions.told(await _taken(api, sheet)) if given.take else DONE
    return taken or (DONE if sheet.pick.whole else REFUSED)


async def _sheet(given: Namespace, api: SyncApi) -> Sheet:
    matching = await collect(api, await query_of(api, given), reading.bounded())
    found = replace(await reading.read(matching.orders, api.lines), doubt=matching.doubt)
    me = await api.me()
    return Sheet(found, By(given.by), me.shop, utc_now(), me.time_zone, me.name)


async def _out(sheet: Sheet, where: _Where, config: Config) -> str:
    """Writes or prints it; where it went, unless that is stdout. Nothing is printed, and no file made, of nothing."""
    if where.printing or where.file is not None:
        if not sheet.pick.orders:
            return ""
        if where.file is not None:
            return f"written to {await asyncio.to_thread(write_file, sheet, where.form, where.file)}"
        return await _printed(sheet, config)
    if where.form is not Form.TEXT:
        write_utf8()
    if sheet.pick.orders or where.form is Form.CSV:
        sys.stdout.write(written(sheet, where.form))
    return ""


async def _printed(sheet: Sheet, config: Config) -> str:
    prints = Prints(partial(paths.prints_folder, config))
    prints.sweep()
    try:
        return await Outlets(prints, config.print_command).print(sheet)
    finally:
        prints.close()


async def _taken(api: SyncApi, sheet: Sheet) -> list[Result]:
    """Who picks them owns them; those that they own already are not asked for."""
    draft = taking(sheet.pick, sheet.operator)
    return await actions.in_turn(api, list(draft.requests()), new_key()) if draft is not None else []
