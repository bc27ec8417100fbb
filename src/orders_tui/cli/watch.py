"""`watch`: the alerts channel as lines, for scripts and for people; every event once, whatever the connection does."""

from __future__ import annotations

import asyncio
import sys
from argparse import Namespace
from collections import OrderedDict
from contextlib import aclosing, suppress
from typing import TYPE_CHECKING, Any, cast

from orders_tui import wording
from orders_tui.cli.connection import connect
from orders_tui.cli.output import painted, say
from orders_tui.errors import ApiError, SignInNeeded, Unreachable, VersionSkew
from orders_tui.feed import Connection, ConnectionState, Events, Feed
from orders_tui.feed.polling_fallback import PollingFeed
from orders_tui.feed.sse import SseFeed
from orders_wire.vocabulary import EventType, OpenClosed

if TYPE_CHECKING:
    from orders_wire.alerts import Event

_REMEMBERED = 100_000
_ENDS: dict[ConnectionState, type[ApiError]] = {
    ConnectionState.SIGNED_OUT: SignInNeeded,
    ConnectionState.SKEWED: VersionSkew,
    ConnectionState.OFFLINE: Unreachable,
}


def watch(given: Namespace) -> int:
    """`watch [--json]`: until interrupted, which is its ordinary end. Not reached at all: 3."""
    with suppress(KeyboardInterrupt):
        asyncio.run(_watch(given))
    return 0


async def _watch(given: Namespace) -> None:
    async with connect(given) as api:
        feed: Feed = PollingFeed(api) if given.poll else SseFeed(api)
        printed: OrderedDict[tuple[str, str], None] = OrderedDict()
        reached = False
        async with aclosing(cast("Any", feed.__aiter__())) as items:
            async for item in items:
                if isinstance(item, Connection):
                    reached = _report(item, reached)
                elif isinstance(item, Events):
                    for event in item.events:
                        _print_once(event, printed, as_json=given.json)


def _report(connection: Connection, reached: bool) -> bool:
    """Writes the state to stderr; whether the server was reached. Raises while it never was: no script waits for ever."""
    state = connection.state
    if connection.up and not reached:
        say(f"watching ({state})", "dim")
    if state is ConnectionState.SIGNED_OUT or (state in _ENDS and not reached):
        raise _ENDS[state](connection.reason)
    if state is ConnectionState.RECONNECTING:
        say(f"connection lost ({connection.reason}), reconnecting", "warn")
    return reached or connection.up


def _print_once(event: Event, printed: OrderedDict[tuple[str, str], None], *, as_json: bool) -> None:
    """Each event once, though a snapshot after a reset repeats them; a ping may share an alert's id."""
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
    if event.type is EventType.MENTION:
        what = wording.mentioned(event.by, event.order_number)
    state = " (over)" if event.status is OpenClosed.CLEARED else ""
    word = painted(f"{sign.short:<9}", "dim" if state else sign.tone, sys.stdout)
    return f"{event.created_at:%H:%M:%S}  {word}  {what}{state}"
