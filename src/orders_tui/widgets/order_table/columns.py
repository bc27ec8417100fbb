"""The columns: what each says of an order, and which of them stand where, for a width. Pure.

Invariant: the order number is always there, columns never overlap, none is shown in part, and the columns shown keep the order
the operator chose. While the columns are not scrolled, the least important give way first; a column that `needs` more than its
least width for what is on the page has it before one of less importance is shown at all.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from orders_tui import wording
from orders_tui.widgets.cells import Cell, Piece, length, text_of, width
from orders_tui.widgets.formatter import Formatter
from orders_tui.wording import Sign, Tone
from orders_tui.wording.readiness import blocked
from orders_tui.wording.states import READY
from orders_wire.vocabulary import UNASSIGNED, Priority, Ready, SortField, Status, Tab

if TYPE_CHECKING:
    from orders_wire.orders import Order

GUTTER = 4
"""Cursor, mark, state, a blank."""
GAP = 2
STATE = 17
"""Cells of a return's state, before its age: the longest is `$ awaiting refund`."""
REASON = 16
"""Cells behind the state from which on a return's reason is there too."""
MOST_WHOLE, NEARLY_ALL = 0.8, 0.95
"""So many of a page's names are whole before a column of less importance comes, and before any other grows; a few that are
longer than all others take only what is left then.
"""
NOTHING: Cell = (("", Tone.DIM),)


Render = Callable[["Order", Formatter, int], Cell]


@dataclass(frozen=True, slots=True)
class Column:
    """A column. `priority`: 0 stays longest when room is short. `fits`: up to so many cells it is never narrower than what it
    says. `grow`: takes of the room left over, up to so many cells. `tail`: what its last cells say.
    """

    key: str
    title: str
    width: int
    priority: int
    render: Render
    right: bool = False
    fits: int = 0
    grow: int = 0
    sort: SortField | None = None
    tail: str = ""


@dataclass(frozen=True, slots=True)
class Need:
    """The cells in which most of what a column says is whole, in which nearly all of it is, and in which all is."""

    most: int = 0
    nearly: int = 0
    longest: int = 0

    def __or__(self, other: Need) -> Need:
        return Need(max(self.most, other.most), max(self.nearly, other.nearly), max(self.longest, other.longest))


NO_NEEDS: Mapping[str, Need] = MappingProxyType({})


def _age(order: Order, fmt: Formatter, cells: int) -> Cell:
    return ((fmt.age(order.placed_at), Tone.DIM),)


def _placed(order: Order, fmt: Formatter, cells: int) -> Cell:
    return ((fmt.instant(order.placed_at), Tone.DIM),)


def _status(order: Order, fmt: Formatter, cells: int) -> Cell:
    """The glyph in its colour; the word too, when it asks for something to be done."""
    sign = wording.order_status(order)
    glyph, word = fmt.sign(sign, cells).split(" ", 1)
    return ((f"{glyph} ", sign.tone), (word, sign.tone if sign.tone in {Tone.WARN, Tone.BAD, Tone.DIM} else Tone.PLAIN))


def _owner(order: Order, fmt: Formatter, cells: int) -> Cell:
    nobody = order.assigned_to == UNASSIGNED
    text = fmt.glyphs.nothing if nobody else order.assigned_to
    return ((text, Tone.DIM if nobody else Tone.ACTIVE if order.assigned_to == fmt.me else Tone.PLAIN),)


def _customer(order: Order, fmt: Formatter, cells: int) -> Cell:
    return ((order.customer_name or fmt.glyphs.nothing, Tone.PLAIN if order.customer_name else Tone.DIM),)


def _ship_by(order: Order, fmt: Formatter, cells: int) -> Cell:
    if order.status is not Status.AWAITING_FULFILLMENT:
        return NOTHING
    sign = fmt.ship_by(order)
    return ((fmt.sign(sign).strip(), sign.tone),)


def _total(order: Order, fmt: Formatter, cells: int) -> Cell:
    return ((fmt.money(order.total), Tone.PLAIN if order.total else Tone.DIM),)


def _usd(order: Order, fmt: Formatter, cells: int) -> Cell:
    return ((wording.usd(order.value_usd) if order.value_usd is not None else fmt.glyphs.nothing, Tone.PLAIN),)


def _priority(order: Order, fmt: Formatter, cells: int) -> Cell:
    if order.priority is Priority.STANDARD:
        return NOTHING
    return (fmt.piece(wording.priority(order.priority)),)


def _tracking(order: Order, fmt: Formatter, cells: int) -> Cell:
    named = [parcel for parcel in order.tracking if parcel.number]
    if not named:
        return ((fmt.glyphs.nothing, Tone.DIM),) if order.tracking else NOTHING
    more = f" +{len(named) - 1}" if len(named) > 1 else ""
    carrier = f"{named[0].carrier} " if named[0].carrier else ""
    return ((carrier, Tone.DIM), (f"{named[0].number}{more}", Tone.PLAIN))


def _last(order: Order, fmt: Formatter, cells: int) -> Cell:
    if not order.timeline:
        return NOTHING
    last = order.timeline[-1]
    sign = wording.timeline_sign(last, order.return_)
    return ((f"{fmt.age(last.ts):>4} ", Tone.DIM), (sign.word, sign.tone), (f"  {last.details}", Tone.DIM))


def _flags(order: Order, fmt: Formatter, cells: int) -> Cell:
    """What deserves a look; that somebody is at the order is never among what is only counted."""
    signs = wording.flags(order, fmt.now, fmt.breach_hours, fmt.columns)
    if order.priority is not Priority.STANDARD:
        signs.insert(int(wording.order_status(order) in signs[:1]), wording.priority(order.priority))
    ready = wording.readiness(order) if "ready" not in fmt.columns else []
    here = wording.here(fmt.present.get(order.id, ()))
    forms = (_said(signs, ready, here, fmt, rooms) for rooms in FORMS)
    words = next((said for said in forms if length(said) <= cells), None)
    if words:
        return words
    present = tuple((f"  {fmt.glyph(sign)}", sign.tone) for sign in here)
    return (*_counted(_said(signs, ready, (), fmt, FORMS[-1]), cells - length(present)), *present) or NOTHING


FORMS = ((80, 80), (80, 0), (0, 0))
"""Cells for a sign that speaks up and for a quiet one: all in their words, the quiet ones in short, all in short."""


def _said(
    signs: Sequence[Sign], quiet: Sequence[Sign], here: Sequence[Sign], fmt: Formatter, rooms: tuple[int, int]
) -> Cell:
    loud, low = rooms
    words = *(fmt.sign(each, loud) for each in signs), *(fmt.sign(each, low) for each in quiet)
    said = zip((*words, *(fmt.sign(each, loud) for each in here)), (*signs, *quiet, *here), strict=True)
    return tuple((f"{'  ' if at else ''}{word}", sign.tone) for at, (word, sign) in enumerate(said))


def _ready(order: Order, fmt: Formatter, cells: int) -> Cell:
    if order.ready is None:
        return NOTHING
    sign, why = READY[order.ready], blocked(order)
    if not why:
        return (fmt.piece(sign, cells),)
    word = "" if order.ready is Ready.NO else f"{sign.short}  "
    return ((f"{fmt.glyph(sign)} {word}", sign.tone), (why, Tone.DIM))


def _counted(pieces: Cell, cells: int) -> Cell:
    """As many as are whole, and how many more there are."""
    for shown in range(len(pieces) - 1, 0, -1):
        more: Piece = (f" +{len(pieces) - shown}", Tone.DIM)
        if length((*pieces[:shown], more)) <= cells:
            return (*pieces[:shown], more)
    return pieces


def _return(order: Order, fmt: Formatter, cells: int) -> Cell:
    if order.return_ is None:
        return NOTHING
    word, tone = fmt.piece(wording.return_sign(order.return_), STATE)
    since = fmt.age(order.return_.since) if order.return_.since else ""
    reason = f"  {wording.words(order.return_.reason)}" if cells >= STATE + REASON else ""
    return ((f"{word:<{STATE}}", tone), (f"{since:>5}", Tone.PLAIN), (reason, Tone.DIM))


def _refunded(order: Order, fmt: Formatter, cells: int) -> Cell:
    return ((fmt.refunded(order), Tone.PLAIN),)


def _refund(order: Order, fmt: Formatter, cells: int) -> Cell:
    return ((fmt.refund(order.return_), Tone.PLAIN),) if order.return_ else NOTHING


def _in_state(order: Order, fmt: Formatter, cells: int) -> Cell:
    return ((fmt.age(order.return_.since), Tone.PLAIN),) if order.return_ and order.return_.since else NOTHING


def _hold(order: Order, fmt: Formatter, cells: int) -> Cell:
    if order.hold is None:
        return NOTHING
    return (fmt.piece(wording.issue(order.hold.reason)), (f"  {order.hold.note or ''}", Tone.DIM))


def _held_for(order: Order, fmt: Formatter, cells: int) -> Cell:
    return ((fmt.age(order.hold.since), Tone.PLAIN),) if order.hold else NOTHING


def _held_until(order: Order, fmt: Formatter, cells: int) -> Cell:
    sign = wording.hold_until(order.hold.until if order.hold is not None else None, fmt.now, fmt.zone)
    return ((fmt.sign(sign, cells).strip(), sign.tone),)


def _held_by(order: Order, fmt: Formatter, cells: int) -> Cell:
    if order.hold is None:
        return NOTHING
    by = order.hold.by
    return ((by or fmt.glyphs.nothing, Tone.DIM if by is None else Tone.ACTIVE if by == fmt.me else Tone.PLAIN),)


def _carrier_says(order: Order, fmt: Formatter, cells: int) -> Cell:
    parcel = next((parcel for parcel in order.tracking if parcel.updated_at), None)
    if parcel is None or parcel.updated_at is None:
        return NOTHING
    words = (parcel.shipment_status or "no scan yet").replace("_", " ")
    return ((f"{fmt.age(parcel.updated_at):>4} ", Tone.DIM), (words, Tone.PLAIN))


COLUMNS: tuple[Column, ...] = (
    Column("number", "ORDER", 7, 0, lambda order, *_: ((order.order_number, "strong"),), sort=SortField.ORDER_NUMBER),
    Column("age", "AGE", 4, 2, _age, right=True, sort=SortField.PLACED_AT),
    Column("status", "STATUS", 13, 1, _status, sort=SortField.STATUS),
    Column("return", "RETURN", STATE + 5, 1, _return, grow=42, tail="AGE"),
    Column("refund", "REFUND", 11, 4, _refund, right=True),
    Column("refunded", "REFUNDED", 11, 1, _refunded, right=True),
    Column("in_state", "IN STATE", 8, 2, _in_state, right=True),
    Column("hold", "REASON", 24, 1, _hold, grow=44),
    Column("held", "SINCE", 5, 2, _held_for, right=True),
    Column("until", "UNTIL", 13, 2, _held_until, right=True),
    Column("by", "BY", 9, 2, _held_by),
    Column("owner", "OWNER", 7, 3, _owner, fits=9, grow=12, sort=SortField.ASSIGNED_TO),
    Column("customer", "CUSTOMER", 14, 6, _customer, grow=26, sort=SortField.CUSTOMER_NAME),
    Column("ship_by", "SHIP BY", 11, 4, _ship_by, right=True, sort=SortField.SHIP_BY),
    Column("total", "TOTAL", 11, 7, _total, right=True),
    Column("flags", "FLAGS", 14, 5, _flags, grow=22),
    Column("carrier", "CARRIER SAYS", 20, 4, _carrier_says, grow=26),
    Column("tracking", "TRACKING", 20, 9, _tracking, grow=34),
    Column("last", "LAST EVENT", 20, 10, _last, grow=44),
    Column("priority", "PRIO", 6, 8, _priority, sort=SortField.PRIORITY),
    Column("placed", "PLACED", 12, 11, _placed, sort=SortField.PLACED_AT),
    Column("usd", "USD", 10, 12, _usd, right=True, sort=SortField.VALUE_USD),
    Column("channel", "CHANNEL", 7, 13, lambda order, *_: ((order.channel.value, Tone.DIM),)),
    Column("ready", "READY", 12, 15, _ready, grow=30),
    Column("tags", "TAGS", 16, 14, lambda order, *_: ((", ".join(order.tags), Tone.DIM),), grow=30),
)

_MEASURED = frozenset({"owner", "customer", "hold", "return"})

BY_KEY: dict[str, Column] = {column.key: column for column in COLUMNS}

_USUAL = "number age status owner customer ship_by total flags tracking last"
_DEFAULTS: dict[Tab, str] = {
    Tab.UNFULFILLED: "number age owner customer ship_by total flags last",
    Tab.OVERDUE: "number age owner customer ship_by total flags last",
    Tab.DELAYED: "number age owner customer carrier tracking total flags last",
    Tab.AWAITING_TRACKING: "number age owner customer total flags tracking last",
    Tab.HOLDS: "number hold held until by owner customer ship_by total flags last",
    Tab.RETURNS: "number return refund owner customer flags last",
    Tab.REFUNDED: "number age status refunded owner customer total flags last",
}


def default_columns(tab: Tab) -> tuple[str, ...]:
    """The keys of the columns a tab starts with, in order."""
    return tuple(_DEFAULTS.get(tab, _USUAL).split())


def _priority_of(column: Column) -> int:
    return column.priority


@dataclass(frozen=True, slots=True)
class Placed:
    """A column at its place: `x` is the first cell, `width` how many."""

    column: Column
    x: int
    width: int


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns that are seen, and whether there are more on either side."""

    placed: tuple[Placed, ...]
    more_left: bool
    more_right: bool


def need(texts: Iterable[str]) -> Need:
    """What a column needs for these."""
    lengths = sorted(map(width, texts)) or [0]
    return Need(*(lengths[math.ceil(part * len(lengths)) - 1] for part in (MOST_WHOLE, NEARLY_ALL, 1)))


def needs_of(columns: Iterable[Column], orders: Sequence[Order], fmt: Formatter) -> dict[str, Need]:
    """What the columns that hold names and sentences need for these orders, by key."""
    measured = [column for column in columns if column.key in _MEASURED]
    needs = {each.key: need(text_of(each.render(order, fmt, each.grow)) for order in orders) for each in measured}
    if "owner" in needs:
        needs["owner"] = _every(needs["owner"]) | _every(need([fmt.me]))
    return needs


def _every(needed: Need) -> Need:
    """Owners are few and known: all of their names are whole, and the operator's own has its place before it stands there."""
    return Need(needed.longest, needed.longest, needed.longest)


def arrange(columns: Sequence[Column], width: int, first: int = 0, needs: Mapping[str, Need] = NO_NEEDS) -> Layout:
    """The layout for a width in cells, the last of which stays free.

    `first` is 0 for the most important columns, else the place of the column that follows the order number. `needs`: what
    columns need for what is on the page, by key.
    """
    if not columns:
        return Layout((), False, False)
    room = width - GUTTER - 1
    shown = _by_priority(columns, room, needs) if first == 0 else _in_order(columns, room, first, needs)
    more_right = len(shown) < len(columns) if first == 0 else shown[-1] is not columns[-1]
    return Layout(_place(shown, room, needs), first > 0, more_right)


def last_first(columns: Sequence[Column], width: int, needs: Mapping[str, Need] = NO_NEEDS) -> int:
    """The largest useful `first`: the one at which the last column is in sight."""
    firsts = range(len(columns))
    return next((n for n in firsts if not arrange(columns, width, n, needs).more_right), max(0, len(columns) - 1))


def _needed(columns: Sequence[Column], needs: Mapping[str, Need]) -> int:
    """The least cells of these columns together. A column of more importance than a name does not wait for what others need."""
    last = max(map(_priority_of, columns), default=0)
    return _together(columns, needs, _wanted if last > BY_KEY["customer"].priority else _least)


def _together(
    columns: Sequence[Column], needs: Mapping[str, Need], cells: Callable[[Column, Mapping[str, Need]], int]
) -> int:
    return sum(cells(column, needs) for column in columns) + GAP * max(0, len(columns) - 1)


def _least(column: Column, needs: Mapping[str, Need]) -> int:
    return max(column.width, min(needs.get(column.key, Need()).longest, column.fits))


def _wanted(column: Column, needs: Mapping[str, Need]) -> int:
    return max(_least(column, needs), min(needs.get(column.key, Need()).most, column.grow))


def _by_priority(columns: Sequence[Column], room: int, needs: Mapping[str, Need]) -> list[Column]:
    shown = list(columns)
    while len(shown) > 1 and _needed(shown, needs) > room:
        shown.remove(max(shown[1:], key=_priority_of))
    return shown


def _in_order(columns: Sequence[Column], room: int, first: int, needs: Mapping[str, Need]) -> list[Column]:
    shown = [columns[0]]
    for column in columns[first:]:
        if _together([*shown, column], needs, _least) > room:
            break
        shown.append(column)
    return shown


def _place(shown: Sequence[Column], room: int, needs: Mapping[str, Need]) -> tuple[Placed, ...]:
    """First what most of each needs, then what nearly all of it does, then what it may grow to, the most important first."""
    widths = {column.key: _least(column, needs) for column in shown}
    spare = max(0, room - _together(shown, needs, _least))
    growing = sorted((column for column in shown if column.grow), key=_priority_of)
    measured = [(column, needs[column.key]) for column in growing if column.key in needs]
    wishes = [(column, need.most) for column, need in measured]
    wishes += [(column, need.nearly) for column, need in measured]
    wishes += [(column, needs[column.key].longest if column.key in needs else column.grow) for column in growing]
    for column, most in wishes:
        key = column.key
        extra = max(0, min(spare, min(most, column.grow) - widths[key]))
        widths[key] += extra
        spare -= extra
    placed, x = [], GUTTER
    for column in shown:
        placed.append(Placed(column, x, widths[column.key]))
        x += widths[column.key] + GAP
    return tuple(placed)
