"""Writes that wait or failed, and what could not be read: listed, tried again, or given up."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from orders_tui import wording
from orders_tui.errors import ApiError
from orders_tui.plain.desk import Desk
from orders_tui.session.protocols import Outgoing
from orders_wire.detail import OutboxEntry
from orders_wire.people import DeadLetter
from orders_wire.vocabulary import DeadLetterState, OutboundState

MOST = 20
"""So many of each are listed."""
_URGENCY = {
    state: place
    for place, state in enumerate(
        (
            OutboundState.DEAD,
            OutboundState.NEEDS_REVIEW,
            OutboundState.UNKNOWN,
            OutboundState.CLAIMED,
            OutboundState.QUEUED,
        )
    )
}


Deed = Callable[[], Awaitable[None]]


async def outbox(desk: Desk, outgoing: Outgoing) -> None:
    """Both lists as one, and what is to become of one of them. Raises Left."""
    try:
        entries, letters = (await outgoing.outbox()).items, (await outgoing.dead_letters()).items
    except ApiError as error:
        desk.console.say(f"the outbox cannot be had: {error}")
        return
    desk.console.say(
        f"{len(entries)} writes, {len(letters)} that could not be read; those that need somebody are first"
    )
    entries = sorted(entries, key=lambda entry: _URGENCY.get(entry.state, len(OutboundState)))[:MOST]
    letters = sorted(letters, key=lambda letter: letter.state is not DeadLetterState.DEAD)[:MOST]
    found = [*(_entry(desk, entry) for entry in entries), *(_letter(desk, letter) for letter in letters)]
    desk.console.numbered(found)
    if not found:
        return
    given = await desk.console.ask("a number to decide on one, blank for none")
    if not given.isdecimal() or not 1 <= int(given) <= len(found):
        desk.console.say(*([f"{given} is none of these"] if given else []))
        return
    at = int(given) - 1
    if at < len(entries):
        await _decide(desk, entries[at].id, outgoing.outbox_retry, outgoing.outbox_discard)
    else:
        await _decide(desk, letters[at - len(entries)].id, outgoing.dead_letter_retry, outgoing.dead_letter_discard)


async def _decide(
    desk: Desk, wanted: str, retry: Callable[[str], Awaitable[None]], discard: Callable[[str], Awaitable[None]]
) -> None:
    act = await desk.console.choose(
        "what is to become of it", [(retry, "try it again"), (discard, "give it up for good")]
    )
    if act is discard and not await desk.console.yes("It is never sent then. Give it up?"):
        desk.console.say("it stays as it is")
        return
    try:
        await act(wanted)
    except ApiError as error:
        desk.console.say(f"not done: {error}")
    else:
        desk.console.say("it is tried again" if act is retry else "it is given up")


def _entry(desk: Desk, entry: OutboxEntry) -> str:
    tries = f" after {entry.attempts} tries" if entry.attempts > 1 else ""
    what = f"{entry.target} {wording.words(entry.kind)}"
    facts = (
        what,
        entry.order_number,
        f"{wording.words(entry.state)}{tries}",
        desk.instant(entry.created_at),
        entry.last_error,
    )
    return ", ".join(filter(None, facts))


def _letter(desk: Desk, letter: DeadLetter) -> str:
    return f"{letter.topic}, {letter.state}, {desk.instant(letter.received_at)}, {letter.reason}"
