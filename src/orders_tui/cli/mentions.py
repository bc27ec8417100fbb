"""`mentions`: notes that name you, for scripts and for people without a screen."""

from __future__ import annotations

import asyncio
import json
import sys
from argparse import Namespace
from typing import TYPE_CHECKING

from orders_tui import wording
from orders_tui.cli.connection import configured, connect
from orders_tui.cli.output import say
from orders_tui.cli.table import table
from orders_tui.errors import ApiError, ReadOnly, Refused, UsageError, is_unknown_endpoint
from orders_tui.pace import utc_now
from orders_tui.session.mentions import AT_ONCE, UNKNOWN_HERE
from orders_wire.vocabulary import ErrorCode

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection, Sequence

    from orders_tui.api.client import SyncApi
    from orders_tui.cli.table import Cell
    from orders_wire.mentions import Mention


def mentions(given: Namespace) -> int:
    """`mentions [list] [--unread] [--json]`, `mentions read ID…`. Raises UsageError, ReadOnly."""
    if given.what == "read":
        if not given.ids:
            raise UsageError("mentions: which are read? mentions read ID, with ids as the list has them")
        if given.unread or given.json:
            raise UsageError("mentions: --unread and --json go with the list")
        if configured(given).read_only:
            raise ReadOnly
        asyncio.run(_asked(given, _read))
    elif given.ids:
        raise UsageError(f"mentions: the list takes no ids ({given.ids[0]}); mentions read ID marks one as read")
    else:
        asyncio.run(_asked(given, _list))
    return 0


async def _asked(given: Namespace, ask: Callable[[SyncApi, Namespace], Awaitable[None]]) -> None:
    """Asks the server; one that answers everything else and not this is an earlier one. Raises ApiError."""
    async with connect(given) as api:
        try:
            await ask(api, given)
        except ApiError as error:
            if not is_unknown_endpoint(error):
                raise
            await api.me()
            raise Refused(ErrorCode.NOT_FOUND, UNKNOWN_HERE) from error


async def _list(api: SyncApi, given: Namespace) -> None:
    unread = await api.mentions(unread=True)
    found = unread if given.unread else await api.mentions()
    ids = {mention.id for mention in unread}
    if given.json:
        listed = [{**each.model_dump(mode="json"), "unread": each.id in ids} for each in found]
        sys.stdout.write(json.dumps(listed, indent=1, ensure_ascii=False) + "\n")
    elif found:
        sys.stdout.write(_table(found, ids, (await api.me()).time_zone))
    else:
        say("no mention is unread" if given.unread else "nobody has mentioned you yet", "dim")


async def _read(api: SyncApi, given: Namespace) -> None:
    ids, unread = list(dict.fromkeys(given.ids)), {mention.id for mention in await api.mentions(unread=True)}
    for at in range(0, len(ids), AT_ONCE):
        await api.read_mentions(ids[at : at + AT_ONCE])
    others = [each for each in ids if each not in unread]
    say(f"{len(ids) - len(others)} read" + (f"; not among your unread ones: {', '.join(others)}" if others else ""))


def _table(found: Sequence[Mention], unread: Collection[str], zone: str) -> str:
    now = utc_now()
    cells: list[tuple[Cell, ...]] = [
        (
            each.id,
            wording.instant(each.at, now, zone),
            "unread" if each.id in unread else "read",
            each.order_number,
            each.by,
            each.text or wording.ERASED,
        )
        for each in found
    ]
    return table(("ID", "WHEN", "STATE", "ORDER", "BY", "TEXT"), cells)
