"""Notes that name the operator: listed, read, and from each to its order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orders_tui import wording
from orders_tui.errors import ApiError, ReadOnly
from orders_tui.plain.desk import Desk, Misread
from orders_tui.plain.one_order import OneOrder

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from orders_wire.mentions import Mention

MOST = 20
"""So many are listed."""
LONGEST = 240
"""Characters of a note that are said here; its order has the rest."""


async def mentions(desk: Desk, order: OneOrder) -> None:
    """The list, newest first, and what is to become of it. Raises Left, Misread."""
    book = desk.session.mentions
    try:
        found = (await book.all())[:MOST]
    except ApiError as error:
        desk.console.say(f"the mentions cannot be had: {error}")
        return
    unread = {mention.id for mention in book.unread}
    if not found:
        desk.console.say(f"nobody has mentioned you yet; a note with @{desk.name} in it does")
        return
    desk.console.say(f"{len(found)} mention{'s' if len(found) > 1 else ''}, {len(unread)} unread, newest first")
    desk.console.numbered(_line(desk, mention, unread) for mention in found)
    given = await desk.console.ask("a number opens its order, read 1 3 or read all marks as read, blank for none")
    word, _, rest = given.partition(" ")
    if word.casefold() == "read":
        await _read(desk, [mention.id for mention in _chosen(rest, found)] if rest != "all" else unread)
    elif given:
        await order.open(_chosen(given, found)[0].order_id)


def _line(desk: Desk, mention: Mention, unread: Collection[str]) -> str:
    state = "unread, " if mention.id in unread else ""
    text = mention.text or wording.ERASED
    cut = text if len(text) <= LONGEST else f"{text[: LONGEST - 3]}..."
    return f"{state}{mention.by} on {mention.order_number}, {desk.instant(mention.at)}: {cut}"


def _chosen(given: str, found: Sequence[Mention]) -> list[Mention]:
    """Those with these numbers. Raises Misread."""
    words = given.replace(",", " ").split()
    if not words or not all(word.isdecimal() and 1 <= int(word) <= len(found) for word in words):
        raise Misread(f"{given or 'nothing'} names no mention; there are 1 to {len(found)}")
    return [found[int(word) - 1] for word in words]


async def _read(desk: Desk, ids: Collection[str]) -> None:
    if desk.config.read_only:
        desk.console.say(str(ReadOnly()))
    elif not ids:
        desk.console.say("no mention is unread")
    else:
        try:
            await desk.session.mentions.read(ids)
        except ApiError as error:
            desk.console.say(f"not marked as read: {error}")
        else:
            desk.console.say(f"{len(ids)} read")
