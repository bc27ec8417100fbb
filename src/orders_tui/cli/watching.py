"""`watch`: the alerts channel as lines, for scripts and for people; every event once, whatever the line does."""

from __future__ import annotations

import asyncio
import sys
from argparse import Namespace
from collections import OrderedDict
from contextlib import aclosing
from typing import TYPE_CHECKING, Any, cast

from orders_tui import wording
from orders_tui.cli.desk import connect
from orders_tui.errors import SignInNeeded, Unreachable, VersionSkew
from orders_tui.feed import Connection, ConnectionState, Feed
from orders_tui.feed.polling import PollingFeed
from orders_tui.feed.sse import SseFeed
from orders_wire.vocabulary import EventType, OpenClosed

if TYPE_CHECKING:
    from orders_wire.alerts import Event

_REMEMBERED = 100_000


def watch(given: Namespace) -> int:
    """`watch [--json]`: until interrupted, which is its ordinary end. Not reached at all: 3."""
    try:
        asyncio.run(_watch(given))
    except KeyboardInterrupt:
        return 0
    return 0


async def _watch(given: Namespace) -> None:
    async with connect(given) as api:
        feed: Feed = PollingFeed(api) if given.poll else SseFeed(api)
        printed: OrderedDict[tuple[str, str], None] = OrderedDict()
        reached = False
        async with aclosing(cast("Any", feed.__aiter__())) as items:
            async for item in items:
                if isinstance(item, Connection):
                    reached = _line(item, reached)
                    continue
                for event in item.events:
                    _print_once(event, printed, as_json=given.json)


def _line(line: Connection, reached: bool) -> bool:
    """Says on stderr how the line is. Raises while the server was never reached: a script should not wait for ever."""
    if line.up:
        if not reached:
            print(f"watching ({line.state})", file=sys.stderr)
        return True
    if line.state is ConnectionState.SIGNED_OUT:
        raise SignInNeeded(line.reason)
    if line.state is ConnectionState.SKEWED and not reached:
        raise VersionSkew(line.reason)
    if line.state is ConnectionState.OFFLINE and not reached:
        raise Unreachable(line.reason)
    if line.state is ConnectionState.RECONNECTING:
        print(f"connection lost ({line.reason}), reconnecting", file=sys.stderr)
    return reached


def _print_once(event: Event, printed: OrderedDict[tuple[str, str], None], *, as_json: bool) -> None:
    """A snapshot after a reset tells again what was told: each id is printed once, a ping may share an alert's id."""
    key = (event.id, event.type)
    if key in printed and not event.reset:
        return
    printed[key] = None
    if len(printed) > _REMEMBERED:
        printed.popitem(last=False)
    text = event.model_dump_json(by_alias=True, exclude_none=True) if as_json else _text(event)
    if text:
        print(text, flush=True)


def _text(event: Event) -> str:
    """An event as a line; pings are for programs."""
    if event.type is EventType.REFRESH:
        return ""
    sign = wording.event_type(event.type)
    what = event.message or f"{sign.word} {event.order_number or ''}".rstrip()
    state = " (over)" if event.status is OpenClosed.CLEARED else ""
    return f"{event.created_at:%H:%M:%S}  {sign.short:<9}  {what}{state}"
