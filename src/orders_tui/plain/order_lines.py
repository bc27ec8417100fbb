"""An order as lines of text: one line of a list, and all about it. For `orders-tui show` too. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from orders_tui import wording
from orders_tui.wording import whole_order
from orders_tui.wording.cancelling import standing
from orders_tui.wording.readiness import can_go, line_can_go, with_others
from orders_wire.vocabulary import UNASSIGNED, Priority, Status

if TYPE_CHECKING:
    from orders_tui.session.view import RowView
    from orders_wire.detail import Address, Fulfillment, HoldEntry, LineItem, OrderDetail, Return
    from orders_wire.orders import Hold


def row_line(row: RowView, now: datetime, zone: str, breach_hours: float, *, marked: bool, here: str = "") -> str:
    """One order of a list, the facts parted by commas: what an action made of it, what it is, whose, and what deserves a look."""
    order, returned = row.order, row.order.return_
    placed = f"{wording.age((now - order.placed_at).total_seconds())} old"
    due = (
        "" if order.status is not Status.AWAITING_FULFILLMENT else wording.ship_by(order, now, zone, breach_hours).word
    )
    facts = (
        "marked" if marked else "",
        f"left the list ({row.ghost.reason})" if row.ghost is not None else "",
        wording.mark(row.mark).word if row.mark is not None else "",
        wording.order_status(order).word,
        "" if order.priority is Priority.STANDARD else wording.priority(order.priority).word,
        "nobody's" if order.assigned_to == UNASSIGNED else order.assigned_to,
        order.customer_name or "no customer",
        wording.money(order.total, symbols=False) if order.total is not None else "",
        placed,
        f"ship by {due}" if due and order.ship_by is not None and order.ship_by > now else due,
        *(flag.word for flag in wording.flags(order, now, breach_hours, shown={"ship_by", "status"})),
        *(sign.word for sign in wording.readiness(order)),
        f"return's state {wording.age((now - returned.since).total_seconds())} old"
        if returned and returned.since
        else "",
        f"{wording.money(order.refunded, symbols=False)} refunded" if order.refunded is not None else "",
    )
    return f"{order.order_number} {', '.join(filter(None, (*facts, here)))}"


Paint = Callable[[str, str], str]
"""A text in a tone."""
Wrap = Callable[[str, int], str]
"""A line as it is broken where it is too long, so many cells in."""


def describe(
    order: OrderDetail,
    now: datetime,
    zone: str,
    paint: Paint = lambda text, _: text,
    wrap: Wrap = lambda line, _: line,
    *,
    others: Sequence[str] = (),
) -> str:
    """The order in sections; what it has not got is left out. `others`: the numbers of those that it is to be shipped with."""
    sections = [list(_head(order, now, zone, paint, wrap, together=with_others(order, others)))]
    for title, lines in _sections(order, lambda moment: wording.instant(moment, now, zone)).items():
        sections += [[paint(title, "dim"), *(wrap(f"  {line}", 4) for line in lines)]] if lines else []
    return "\n\n".join("\n".join(section) for section in sections) + "\n"


def _head(order: OrderDetail, now: datetime, zone: str, paint: Paint, wrap: Wrap, *, together: str) -> Iterator[str]:
    state = [wording.order_status(order), *wording.flags(order, now, shown={"status"}), *wording.readiness(order)]
    yield f"{order.order_number}  {', '.join(paint(sign.word, sign.tone) for sign in state)}"
    if order.present:
        yield paint(wording.presence(order.present), "active")
    facts = {
        "cancel": standing(order, now, zone),
        "customer": order.customer_name,
        "e-mail": order.email,
        "owner": wording.owner(order.assigned_to),
        "total": wording.money(order.total, symbols=False),
        "placed": wording.instant(order.placed_at, now, zone),
        "ready": can_go(order),
        "together": together,
        "ship by": wording.instant(order.ship_by, now, zone) if order.ship_by else None,
        "priority": wording.priority(order.priority).word,
        "channel": order.channel.value,
        "delivery": wording.delivery(order.delivery).word,
        "tags": ", ".join(order.tags),
        "orders": whole_order.customer_orders(order.customer_orders),
        "ships to": _address(order.shipping_address),
        "shop note": order.note,
        "support": order.support_thread,
        "id": f"{order.id} (version {order.version})",
    }
    yield from (wrap(f"{name:>9}  {value}", 11) for name, value in facts.items() if value)


def _sections(order: OrderDetail, at: Callable[[datetime | None], str]) -> dict[str, list[str]]:
    return {
        "HOLDS": [_hold(hold, at) for hold in order.holds] or [_held(hold, at) for hold in [order.hold] if hold],
        "ITEMS": [_line(f"{i.quantity}× {i.title}", *_about(i), _owed(i, order)) for i in order.line_items],
        "MONEY": [f"{name:>9}  {amount}" for name, amount in whole_order.totals(order, symbols=False)],
        "PARCELS": [
            _line(f.name, f.carrier or "carrier unknown", f.number or "no number", _state(f), f.sent, _contents(f))
            for f in order.fulfillments
        ],
        "RETURNS": [
            _line(f"{r.name or r.id}  {wording.return_sign(r).word} since {at(r.since)}", _refund(r), r.reason)
            for r in order.returns
        ],
        "OUTBOUND": [_line(f"{o.target} {o.kind}", o.state, o.last_error) for o in order.outbox],
        "TIMELINE": list(_timeline(order, at)),
    }


def _timeline(order: OrderDetail, at: Callable[[datetime | None], str]) -> Iterator[str]:
    """Each entry; of the desk's notes every line of what they say, and the id that `note --note-id` takes."""
    notes = {note.id: note for note in order.notes}
    for entry in order.timeline:
        note, word = notes.get(entry.note_id or ""), wording.timeline_sign(entry, order.return_).word
        if note is None:
            yield _line(at(entry.ts), word, entry.details)
        else:
            edited = f"edited {at(note.edited_at)}" if note.edited_at is not None else ""
            yield _line(at(note.at), word, note.by, edited, f"(id {note.id})")
            yield from (f"  {line}" for line in (note.text or wording.ERASED).split("\n"))


def _held(hold: Hold, at: Callable[[datetime | None], str]) -> str:
    """What the row alone tells."""
    return _line(f"{wording.issue(hold.reason).word} since {at(hold.since)}", hold.by and f"by {hold.by}", hold.note)


def _hold(hold: HoldEntry, at: Callable[[datetime | None], str]) -> str:
    """Why, whose, since and until when, what, and the id that `release --hold` takes."""
    whose = f"by {hold.by}" if hold.by else "" if hold.ours else "another app's"
    until = hold.until and f"until {at(hold.until)}"
    what = ", ".join(f"{line.quantity}× {line.sku or line.title}" for line in hold.lines)
    reason = wording.hold_reason(hold.reason).word
    return _line(
        f"{reason} since {at(hold.since)}", whose, until, what, hold.note, f"(id {hold.id.rpartition('/')[2]})"
    )


def _line(*parts: object) -> str:
    """The parts that are there, two blanks between them."""
    return "  ".join(str(part) for part in parts if part).rstrip()


def _about(line: LineItem) -> Iterator[str]:
    """SKU, variant, barcode, and what the customer chose for it."""
    if line.sku:
        yield f"[{line.sku}]"
    yield whole_order.variant(line)
    yield from (f"{each.name}: {each.value}" for each in whole_order.properties(line))


def _owed(line: LineItem, order: OrderDetail) -> str:
    """`3 to ship, 1 held, short by 2`, `2 of 3 can go, short by 1`; empty where nothing is owed."""
    if not line.owed:
        return ""
    to_ship = line_can_go(line, order) or f"{line.owed} to ship"
    held, short = f"{line.held} held" if line.held else "", f"short by {line.short}" if line.short else ""
    return ", ".join(filter(None, (to_ship, held, short)))


def _state(parcel: Fulfillment) -> str:
    return wording.words(parcel.shipment_status or parcel.status)


def _contents(parcel: Fulfillment) -> str:
    """What is in a parcel: `(2 × Cup, 1 × Mug)`."""
    inside = ", ".join(f"{line.quantity} × {line.title or line.sku or line.id}" for line in parcel.lines)
    return f"({inside})" if inside else ""


def _refund(value: Return) -> str:
    return "" if value.refund_amount is None else f"{value.refund_amount:,.2f} {value.currency or ''}".rstrip()


def _address(address: Address | None) -> str | None:
    if address is None:
        return None
    parts = (address.name, address.address1, address.address2, address.zip, address.city, address.country)
    return ", ".join(part for part in parts if part)
