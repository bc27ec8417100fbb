"""What is put together from several values: due dates, flags, marks, the connection, what an action on a return will do."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from orders_tui.feed.connection import ConnectionState
from orders_tui.store.patches import MarkKind
from orders_tui.wording.formats import DOT, NOTHING, age, instant, price, zone
from orders_tui.wording.lateness import BREACH_HOURS, lateness
from orders_tui.wording.states import (
    Sign,
    Tone,
    delivery,
    event_type,
    issue,
    note,
    order_status,
    return_sign,
    timeline_event,
)
from orders_wire.vocabulary import UNASSIGNED, AlertType, Delivery, ReturnAction, ReturnState, Status

if TYPE_CHECKING:
    from orders_tui.feed import Connection
    from orders_tui.store import Mark
    from orders_wire.detail import Return
    from orders_wire.orders import Order, ReturnSummary, TimelineEntry

_NOT_DUE = Sign(" ", " ", "", "")
_MARKS = {
    MarkKind.FAILED: Sign("✗", "x", "failed", "failed", Tone.BAD),
    MarkKind.UNCONFIRMED: Sign("?", "?", "unconfirmed", "unconf.", Tone.WARN),
    MarkKind.PENDING: Sign("…", "~", "sending", "sending", Tone.ACTIVE),
    MarkKind.UNDONE: Sign("↶", "u", "undone", "undone", Tone.DIM),
    MarkKind.CONFIRMED: Sign("✓", "v", "done", "done", Tone.GOOD),
}
_CONNECTIONS = {
    ConnectionState.CONNECTING: Sign("◌", ".", "connecting", "connect", Tone.DIM),
    ConnectionState.LIVE: Sign("●", "*", "live", "live", Tone.GOOD),
    ConnectionState.POLLING: Sign("◐", "%", "polling", "polling", Tone.WARN),
    ConnectionState.RECONNECTING: Sign("◌", ".", "reconnecting", "reconn.", Tone.WARN),
    ConnectionState.OFFLINE: Sign("✗", "x", "offline", "offline", Tone.BAD),
    ConnectionState.SIGNED_OUT: Sign("!", "!", "session expired", "sign in", Tone.BAD),
    ConnectionState.SKEWED: Sign("!", "!", "other version", "version", Tone.BAD),
}
_CONSEQUENCES = {
    ReturnAction.APPROVE_REQUEST: "the request is accepted, and the return awaits its label",
    ReturnAction.REQUEST_INSPECTION: "the parcel is to be inspected",
    ReturnAction.DENY: "the return is denied for good; the customer gets no refund",
}


def owner(value: str) -> str:
    """An owner's name; `–` for nobody."""
    return NOTHING if value == UNASSIGNED else value


def mark(value: Mark) -> Sign:
    """What is said about a row's actions; a failure's word is its reason."""
    sign = _MARKS[value.kind]
    return Sign(sign.glyph, sign.ascii, value.reason, sign.short, sign.tone) if value.reason else sign


def connection(value: Connection, now: datetime, zone_name: str = "UTC") -> Sign:
    """The state of the connection; its word counts down (`reconnecting in 4 s`, `offline since 14:02`)."""
    sign = _CONNECTIONS[value.state]
    word = sign.word
    if value.state is ConnectionState.SIGNED_OUT and value.last_contact is None:
        word = "not signed in"
    if value.state is ConnectionState.RECONNECTING and (seconds := value.retry_in_s(now)):
        word = f"{word} in {seconds:.0f} s" if seconds >= 1 else f"{word} now"
    if value.state is ConnectionState.OFFLINE and value.since is not None:
        word = f"{word} since {instant(value.since, now, zone_name)}"
    return Sign(sign.glyph, sign.ascii, word, sign.short, sign.tone)


def ship_by(order: Order, now: datetime, zone_name: str = "UTC", breach_hours: float = BREACH_HOURS) -> Sign:
    """The due date, relative: `today`, `3d`, `late 2h`, `breach 2d`; an empty word where nothing is due any more."""
    due = order.ship_by
    if due is None or order.status is not Status.AWAITING_FULFILLMENT:
        return _NOT_DUE
    late = lateness(due, now, breach_hours)
    if late is not None:
        return late
    there = zone(zone_name)
    if due.astimezone(there).date() == now.astimezone(there).date():
        return Sign(" ", " ", "today", "today", Tone.ACTIVE)
    left = age((due - now).total_seconds())
    return Sign(" ", " ", left, left)


def hold_until(until: datetime | None, now: datetime, zone_name: str = "UTC") -> Sign:
    """When a hold is over: `Mon 09:00`, `due 2h` once it is; an empty word where nobody said."""
    if until is None:
        return _NOT_DUE
    if until <= now:
        due = event_type(AlertType.HOLD_DUE)
        word = f"due {age((now - until).total_seconds())}"
        return Sign(due.glyph, due.ascii, word, word, due.tone)
    return Sign(" ", " ", instant(until, now, zone_name), age((until - now).total_seconds()))


def flags(order: Order, now: datetime, breach_hours: float = BREACH_HOURS, shown: Collection[str] = ()) -> list[Sign]:
    """What deserves a look on a row, most urgent first: that it is being cancelled, how late, outbound work that failed, held, an
    issue, a return, support, a delivery without a carrier; then the desk's notes. What `readiness` says stands behind them.

    `shown`: what stands beside them already and is not repeated, of `ship_by`, `hold`, `until`, `return`, `status`.
    """
    return [sign for about, sign in _flags(order, now, breach_hours) if about not in shown]


def _flags(order: Order, now: datetime, breach_hours: float) -> Iterator[tuple[str, Sign]]:
    if order.cancelling is not None and order.status is not Status.CANCELLED:
        yield "status", order_status(order)
    late = lateness(order.ship_by, now, breach_hours)
    if late is not None and order.status is Status.AWAITING_FULFILLMENT:
        yield "ship_by", late
    if order.outbound.failed:
        yield "outbound", Sign("✗", "x", "not passed on", "failed", Tone.BAD)
    if order.hold is not None and AlertType.HOLD_DUE in order.alerts:
        due = event_type(AlertType.HOLD_DUE)
        yield "until", Sign(due.glyph, due.ascii, f"{due.word}: {issue(order.hold.reason).word}", due.short, due.tone)
    elif order.hold is not None:
        yield "hold", Sign("‖", "=", f"held: {issue(order.hold.reason).word}", "hold", Tone.WARN)
    elif order.issue is not None:
        yield "issue", issue(order.issue)
    if order.return_ is not None and not order.return_.state.terminal:
        state = return_sign(order.return_)
        short = "request" if order.return_.requested else "return"
        yield "return", Sign(state.glyph, state.ascii, f"return: {state.word}", short, state.tone)
    if AlertType.SUPPORT_ESCALATED in order.alerts:
        yield "support", Sign("☎", "s", "with support", "support", Tone.ACTIVE)
    if order.outbound.waiting:
        yield "outbound", Sign("↗", "^", "waits to be passed on", "outbound", Tone.DIM)
    if order.delivery in (Delivery.LOCAL, Delivery.PICKUP):
        yield "delivery", delivery(order.delivery)
    if order.note_count:
        yield "notes", notes(order.note_count)


def notes(count: int) -> Sign:
    """How many notes of the desk's own there are: `✎ 2 notes`, `✎ 2`."""
    pen = note()
    return Sign(pen.glyph, pen.ascii, f"{count} note{'s' if count > 1 else ''}", str(count), Tone.PLAIN)


def timeline_sign(entry: TimelineEntry, returned: ReturnSummary | None) -> Sign:
    """What an entry of an order's timeline is about; that a return began which is only requested so far is said so."""
    if entry.note_id is not None:
        return note()
    asked = returned.since if returned is not None and returned.requested else None
    return timeline_event(entry.event, requested=asked is not None and abs((entry.ts - asked).total_seconds()) < 1)


def return_action(value: ReturnAction, now_in: ReturnState, *, requested: bool = False) -> str:
    """What an action on a return does, as a sentence with its consequence."""
    if value is ReturnAction.DENY and requested:
        return "the request is declined for good; the customer may send nothing back"
    if value is ReturnAction.APPROVE_REFUND:
        if now_in is ReturnState.AWAITING_REFUND:
            return "the refund is ordered: the money goes back to the customer"
        return "the refund is approved and waits to be ordered"
    return _CONSEQUENCES[value]


def words(name: str | None) -> str:
    """A name that a system chose (`wrong_item`) as words; a sentence stays as it is."""
    return "" if name is None else name if " " in name else name.replace("_", " ")


def refund(value: ReturnSummary | Return, symbols: bool = True) -> str:
    """What the return pays back, `83.95 £`; empty while nobody knows."""
    if value.refund_amount is None:
        return ""
    return price(f"{value.refund_amount:.3f}", value.currency or "", symbols).rstrip()


def return_line(value: ReturnSummary, symbols: bool = True) -> str:
    """A return in one line: its state, amount and reason."""
    parts = (return_sign(value).word, refund(value, symbols), words(value.reason))
    return (DOT if symbols else " - ").join(part for part in parts if part)
