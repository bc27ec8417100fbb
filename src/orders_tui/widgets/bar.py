"""A line of the screen that is drawn from pieces: what matters most on the left, what is always there on the right."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content
from textual.strip import Strip

from orders_tui.glyphs import ASCII, UNICODE, Glyphs
from orders_tui.widgets.cells import Piece, clip, plain, text_of, width
from orders_tui.widgets.styled import Styled, content_style


def content(pieces: Sequence[Piece]) -> Content:
    """The pieces as a text that wraps and is never read as markup."""
    return Content.assemble(*((plain(text), content_style(style)) for text, style in pieces))


def spread(left: Sequence[Piece], right: Sequence[Piece], cells: int, ellipsis: str) -> list[Piece]:
    """`left` and `right` at the ends of a line of `cells`; when room is short the left is cut, with an ellipsis."""
    room = cells - sum(width(plain(text)) for text, _ in right) - bool(right)
    kept: list[Piece] = []
    for text, style in left:
        clean = plain(text)
        clipped = clip(clean, room, ellipsis)
        kept.append((clipped, style))
        room -= width(clipped)
        if clipped != clean:
            break
    return [*kept, (" " * max(0, room + bool(right)), "plain"), *right]


class Bar(Styled):
    """One line. Set its pieces; it is drawn again only when they differ."""

    NARROW = 100
    """In fewer cells it says less."""

    DEFAULT_CSS = """
    Bar { height: 1; width: 1fr; padding: 0 1; }
    """

    def __init__(self, ellipsis: str = UNICODE.ellipsis, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.ellipsis = ellipsis
        self._pieces: tuple[Sequence[Piece], Sequence[Piece]] = (), ()

    @property
    def glyphs(self) -> Glyphs:
        """The set of signs that the ellipsis is of."""
        return ASCII if self.ellipsis == ASCII.ellipsis else UNICODE

    @property
    def narrow(self) -> bool:
        return self.size.width < self.NARROW

    def set_pieces(self, left: Sequence[Piece], right: Sequence[Piece] = ()) -> None:
        """Shows these pieces."""
        pieces = tuple(left), tuple(right)
        if pieces != self._pieces:
            self._pieces = pieces
            self.refresh()

    def appear(self, pieces: Sequence[Piece]) -> None:
        """Shows these pieces; without any it takes no room."""
        self.display = bool(pieces)
        self.set_pieces(pieces)

    def pieces(self, cells: int) -> Sequence[Piece]:
        """The line for a width."""
        return spread(*self._pieces, cells, self.ellipsis)

    @property
    def text(self) -> str:
        """What the line says."""
        return text_of(self.pieces(self.size.width))

    def render_line(self, y: int) -> Strip:
        cells = self.size.width
        return self.strip(self.pieces(cells) if y == 0 else (), cells)
