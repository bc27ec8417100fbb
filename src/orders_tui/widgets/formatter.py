"""How values read on one operator's terminal at one moment. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from orders_tui import wording
from orders_tui.glyphs import Glyphs
from orders_tui.widgets.cells import Piece, width
from orders_tui.wording import Sign

if TYPE_CHECKING:
    from orders_wire.detail import Return
    from orders_wire.orders import Money, ReturnSummary


@dataclass(frozen=True, slots=True)
class Formatter:
    """`now` is the instant, `zone` the desk's, `me` the operator; `columns` are those on show, which say their part already."""

    now: datetime
    zone: str
    glyphs: Glyphs
    me: str = ""
    columns: frozenset[str] = frozenset()

    def glyph(self, sign: Sign) -> str:
        """A sign's glyph alone."""
        return sign.mark(self.glyphs.ascii_only)

    def sign(self, sign: Sign, cells: int = 80) -> str:
        """A sign's glyph and word; the short word where the word has no room."""
        word = sign.word if width(sign.word) + 2 <= cells else sign.short
        return f"{self.glyph(sign)} {word}"

    def piece(self, sign: Sign, cells: int = 80) -> Piece:
        """A sign's glyph and word in its tone."""
        return self.sign(sign, cells), sign.tone

    def age(self, since: datetime) -> str:
        """How long ago: `12m`."""
        return wording.age((self.now - since).total_seconds())

    def instant(self, at: datetime | None) -> str:
        """A time in the desk's zone."""
        return wording.instant(at, self.now, self.zone)

    def money(self, value: Money | None) -> str:
        """An amount, with the currency's symbol where the terminal has it."""
        return wording.money(value, symbols=not self.glyphs.ascii_only)

    def refund(self, value: ReturnSummary | Return) -> str:
        """What a return pays back."""
        return wording.refund(value, symbols=not self.glyphs.ascii_only)
