"""The line above the table: what narrows the list, how it is sorted, where in it the page is, and what waits to be shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from orders_tui import wording
from orders_tui.glyphs import Glyphs
from orders_tui.widgets.bar import Bar
from orders_tui.widgets.cells import Piece
from orders_tui.wording import Tone

if TYPE_CHECKING:
    from orders_tui.query import Chip
    from orders_tui.session.view import PageSpan


@dataclass(frozen=True, slots=True)
class QueryInfo:
    """What the line says. `holds`: what stands in the tab; `narrowed` is the local word of `&`; `waiting` new orders stand behind
    the pill; `unread` orders of the page could not be read.
    """

    span: PageSpan
    holds: str = ""
    chips: Sequence[Chip] = ()
    narrowed: str = ""
    shown: int = 0
    sort: str = ""
    waiting: int = 0
    unread: int = 0
    loading: bool = False
    search_key: str = "/"
    clear_key: str = "\\"
    refresh_key: str = "ctrl+r"


class QueryBar(Bar):
    """Draws a `QueryInfo`."""

    def show(self, info: QueryInfo, glyphs: Glyphs) -> None:
        """Shows the query as it is now."""
        self.set_pieces(_filters(info), _place(info, self.narrow, glyphs))


def _filters(info: QueryInfo) -> list[Piece]:
    pieces: list[Piece] = [(f"{info.search_key} ", "key")]
    if not info.chips and not info.narrowed:
        return [*pieces, ("filter", Tone.DIM), (f"   {info.holds}", Tone.DIM)]
    for chip in info.chips:
        pieces += [(f" {chip.label} ", "chip"), (" ", Tone.PLAIN)]
    if info.narrowed:
        pieces += [(f" loaded rows: {info.narrowed} ", "chip"), (f" {info.shown} ", Tone.DIM)]
    return [*pieces, (f" {info.clear_key} ", "key"), ("clear", Tone.DIM)]


def _place(info: QueryInfo, narrow: bool, glyphs: Glyphs) -> list[Piece]:
    pieces: list[Piece] = []
    if info.waiting:
        pieces += [(f" {info.waiting} new {glyphs.up} {info.refresh_key} ", "badge"), ("  ", Tone.PLAIN)]
    if info.loading:
        pieces.append((f"loading {glyphs.ellipsis}  ", Tone.DIM))
    if info.unread:
        pieces.append((f"{wording.unread(info.unread)}  ", Tone.WARN))
    if info.sort:
        pieces.append((f"{'' if narrow else 'sort '}{info.sort}  ", Tone.DIM))
    span = info.span
    if span.total:
        page = f" p {span.page}/{span.pages}" if narrow else f", page {span.page} of {span.pages}"
        pieces += [(f"{span.first}{glyphs.nothing}{span.last} of {span.total}", Tone.PLAIN), (page, Tone.DIM)]
    return pieces
