"""What is sent: `fulfill`, whole or in part, and the numbers of parcels."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from orders_tui import carriers
from orders_tui.actions import fulfill, tracking
from orders_tui.actions.draft import Draft
from orders_tui.actions.fulfill import FulfillDraft, Parcel
from orders_tui.actions.owed_lines import OwedLine, Part, owed_lines, part_of
from orders_tui.actions.tracking import ParcelNumber, TrackingDraft, parcels_of
from orders_tui.context.target import Target
from orders_tui.plain.desk import Desk
from orders_tui.plain.forms.form import UNDO, Form
from orders_wire.vocabulary import ActionName

if TYPE_CHECKING:
    from orders_wire.detail import Fulfillment, OrderDetail
    from orders_wire.orders import Order

_COUNT = re.compile(r"(\d{1,4})=(\d{1,6})")


class FulfillForm(Form):
    """One order line by line; several with all that each owes, and their numbers."""

    action = ActionName.FULFILL

    async def fill(self, desk: Desk, target: Target, given: str) -> Draft | None:
        if target.only is None:
            return await _several(desk, target)
        detail = await desk.detail(target.only.id)
        if detail is None:
            return None
        lines = owed_lines(detail)
        if not lines:
            desk.console.say(f"{detail.order_number} owes nothing; its parcels:")
            return await TrackingForm().fill(desk, target, given)
        part = await _part(desk, lines)
        parcels = {}
        if parcel := await _parcel(desk, given):
            parcels[detail.id] = parcel
        notify = await _mails(desk)
        return FulfillDraft(
            target.ids, parcels, {detail.id: part} if part else {}, notify=notify, versions=target.versions
        )

    def consequence(self, desk: Desk, draft: Draft, target: Target) -> str:
        if not isinstance(draft, FulfillDraft):
            return TrackingForm().consequence(desk, draft, target)
        return fulfill.outward(
            _of(draft, target), draft.parcels, desk.me, UNDO, numbers=draft.numbers, notify=bool(draft.notify)
        )


class TrackingForm(Form):
    """The number of one parcel."""

    action = ActionName.TRACKING

    one = True

    async def fill(self, desk: Desk, target: Target, given: str) -> Draft | None:
        order = target.only
        detail = await desk.detail(order.id) if order is not None else None
        if detail is None:
            return None
        parcels = parcels_of(detail)
        if not parcels:
            desk.console.say(f"{detail.order_number} has no parcel yet")
            return None
        parcel = await _which(desk, detail, parcels)
        number = given or await desk.console.ask("the parcel's number", parcel.number or "")
        if not number:
            desk.console.say("no number, so nothing changes")
            return None
        carrier = await _carrier(desk, number, parcel.carrier)
        named = ParcelNumber(detail.id, number, carrier, parcel=parcel.id, before=parcel.number)
        return TrackingDraft(target.ids, (named,), await _mails(desk), versions=target.versions)

    def consequence(self, desk: Desk, draft: Draft, target: Target) -> str:
        if not isinstance(draft, TrackingDraft):
            return ""
        return tracking.outward(draft.numbers, desk.me, UNDO, notify=bool(draft.notify))


def _of(draft: Draft, target: Target) -> list[Order]:
    """Those of the orders that nothing speaks against."""
    return [order for order in target.orders if order.id in draft.order_ids and not draft.obstacle(order)]


async def _part(desk: Desk, lines: list[OwedLine]) -> Part | None:
    """All that is ready, or so many units of lines; None where that is all that is owed. Raises Left."""
    desk.console.say("what is owed:")
    desk.console.numbered(", ".join(filter(None, (_units(line), line.sku, line.reason))) for line in lines)
    while True:
        given = await desk.console.ask("blank sends what is ready, or units by line, as 1=2 3=1, or cancel")
        counts = _counts(given, lines)
        if isinstance(counts, str):
            desk.console.say(counts)
        elif not sum(counts.values()):
            desk.console.say("nothing of it can be sent: every unit is held or short; name units to send them anyway")
        else:
            return part_of(lines, counts)


def _units(line: OwedLine) -> str:
    ready = "" if line.ready == line.owed else f" ({line.ready} ready)"
    return f"{line.owed} of {line.title}{ready}"


def _counts(given: str, lines: list[OwedLine]) -> dict[str, int] | str:
    """Units by line id; a sentence where they cannot be read."""
    if not given:
        return {line.id: line.ready for line in lines}
    counts = {}
    for word in given.replace(",", " ").split():
        match = _COUNT.fullmatch(word)
        if match is None or not 1 <= int(match[1]) <= len(lines):
            return f"{word} is not LINE=UNITS with a line from 1 to {len(lines)}, such as 1=2"
        line, units = lines[int(match[1]) - 1], int(match[2])
        if units > line.open:
            return f"of line {match[1]} at most {line.open} can be sent{f': {line.reason}' if line.reason else ''}"
        counts[line.id] = units
    return counts


async def _parcel(desk: Desk, given: str) -> Parcel | None:
    number = await _or_none(desk, "tracking number", given)
    return Parcel(number, await _carrier(desk, number, None)) if number else None


async def _carrier(desk: Desk, number: str, now: str | None) -> str | None:
    """The carrier's name; the one that the number looks like is offered."""
    guess = next(iter(carriers.guesses(number)), None)
    if guess is not None:
        desk.console.say(f"it looks like {guess.carrier}: {guess.reason}")
    return await _or_none(desk, "carrier", (guess.carrier if guess else now) or "") or None


async def _or_none(desk: Desk, what: str, offered: str) -> str:
    """What may be left out: where something is offered, a blank line takes it."""
    given = await desk.console.ask(f"{what}, {'none for none' if offered else 'blank for none'}", offered)
    return "" if offered and given.casefold() == "none" else given


async def _mails(desk: Desk) -> bool:
    return await desk.console.yes("mail the customer?")


async def _which(desk: Desk, detail: OrderDetail, parcels: list[Fulfillment]) -> Fulfillment:
    options = [
        (parcel, ", ".join(filter(None, (parcel.name, parcel.carrier, parcel.number or "no number", parcel.status))))
        for parcel in parcels
    ]
    return await desk.console.choose(f"parcels of {detail.order_number}", options, default=1)


async def _several(desk: Desk, target: Target) -> Draft | None:
    """All that each of them owes. Held ones are refused by the server, each by itself."""
    numbers = {order.order_number: order.id for order in target.orders}
    parcels: dict[str, Parcel] = {}
    desk.console.say(f"all that these {len(target.ids)} orders owe is sent")
    while given := await desk.console.ask("a number as ORDER NUMBER, blank for no more"):
        name, _, number = given.partition(" ")
        order_id = numbers.get(name if name.startswith("#") else f"#{name}")
        if order_id is None or not number.strip():
            desk.console.say("that is not one of these orders and a number, such as #1001 00340434292135100186")
        else:
            parcels[order_id] = Parcel(number.strip(), await _carrier(desk, number.strip(), None))
    return FulfillDraft(target.ids, parcels, notify=await _mails(desk), versions=target.versions)
