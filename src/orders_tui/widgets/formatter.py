"""How values read on one operator's terminal at one moment. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from orders_tui import wording
from orders_tui.glyphs import Glyphs
from orders_tui.widgets.cells import Piece, width
from orders_tui.wording import Sign
from orders_tui.wording.lateness import BREACH_HOURS
from orders_tui.wording.readiness import with_others
from orders_wire.vocabulary import ReturnState

if TYPE_CHECKING:
    from orders_tui.session.presence import People
    from orders_wire.detail import Return
    from orders_wire.orders import Money, Order, ReturnSummary


@dataclass(frozen=True, slots=True)
class Formatter:
    """`now` is the instant, `zone` the desk's, `me` the operator; `columns` are those on show, which say their part
    already; `breach_hours`: from when on the desk calls late a breach; `present`: who else is at which order; `together`: what
    is said of the others that an order is to be shipped with.
    """

    now: datetime
    zone: str
    glyphs: Glyphs
    me: str = ""
    columns: frozenset[str] = frozenset()
    breach_hours: float = BREACH_HOURS
    present: People = field(default_factory=dict)
    together: Callable[[Order], str] = with_others

    def glyph(self, sign: Sign) -> str:
        """A sign's glyph alone."""
        return sign.mark(self.glyphs.ascii_only)

    def sign(self, sign: Sign, cells: int = 80) -> str:
        """A sign's glyph and word; the short word where the word has no room."""
        word = sign.word if width(sign.word) + 2 <= cells else sign.short
        return f"{self.glyph(sign)} {word}".rstrip()

    def piece(self, sign: Sign, cells: int = 80) -> Piece:
        """A sign's glyph and word in its tone."""
        return self.sign(sign, cells), sign.tone

    def presence(self, order_id: str) -> list[Piece]:
        """Who else is at an order, as a sentence behind its sign; nothing where nobody is."""
        people = self.present.get(order_id, ())
        return [(f"{self.glyph(sign)} {wording.presence(people)}", sign.tone) for sign in wording.here(people)]

    def age(self, since: datetime) -> str:
        """How long ago: `12m`."""
        return wording.age((self.now - since).total_seconds())

    def instant(self, at: datetime | None) -> str:
        """A time in the desk's zone."""
        return wording.instant(at, self.now, self.zone) if at is not None else self.glyphs.nothing

    def ship_by(self, order: Order) -> Sign:
        """When an order is due, or how late it is."""
        return wording.ship_by(order, self.now, self.zone, self.breach_hours)

    def late(self, due: datetime | None) -> Sign | None:
        """How late something is that was due then; None for what is not."""
        return wording.lateness(due, self.now, self.breach_hours)

    def money(self, value: Money | None) -> str:
        """An amount, with the currency's symbol where the terminal has it."""
        return wording.money(value, symbols=not self.glyphs.ascii_only) if value is not None else self.glyphs.nothing

    def refunded(self, order: Order) -> str:
        """What was paid back of an order; where the server does not say it, what a return of it paid back. Empty: unknown."""
        if order.refunded is not None:
            return self.money(order.refunded)
        paid = order.return_ if order.return_ is not None and order.return_.state is ReturnState.COMPLETED else None
        return self.refund(paid) if paid is not None else ""

    def refund(self, value: ReturnSummary | Return) -> str:
        """What a return pays back."""
        return wording.refund(value, symbols=not self.glyphs.ascii_only)
