"""`:mentions`: notes that name the operator, newest first, the unread ones marked; from each to its order.

What is marked as read looks so at once, and unread again, with the reason, where the server did not take it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING

from orders_tui import wording
from orders_tui.context.context import Context
from orders_tui.context.screen import hidden_bindings
from orders_tui.errors import ApiError, ReadOnly
from orders_tui.screens.list_screen import ListScreen, text_line
from orders_tui.session.changes import Change, MentionsChanged
from orders_tui.widgets.bar import content
from orders_tui.widgets.cells import Piece, clip
from orders_tui.widgets.hint_bar import Hint
from orders_tui.widgets.line_list import Line, LineList
from orders_tui.wording import Tone

if TYPE_CHECKING:
    from collections.abc import Collection

    from orders_wire.mentions import Mention

MOST_LINES = 2
"""Of a note's text; its order has the rest."""
INDENT = 11
"""Cells before the text: it begins below what the line above it says."""
EDGE = 6
"""Cells beside it: the list's padding, cursor and margin."""


class MentionsScreen(ListScreen):
    """A line's key is the mention's id; those below it are its text."""

    BINDINGS = hidden_bindings({"enter": "open", "x": "read", "X": "read_all", "ctrl+r": "refresh_list"})

    def __init__(self, work: Context) -> None:
        super().__init__(work)
        self._listed: tuple[Mention, ...] = ()
        self._problem = ""
        self._loaded = False

    def prepare(self) -> None:
        self.action_refresh_list()

    @property
    def _mentions(self) -> dict[str, Mention]:
        """All that are known, newest first: what came since it was listed stands before it."""
        return {mention.id: mention for mention in (*self.work.session.mentions.unread, *self._listed)}

    @property
    def _sorted(self) -> list[Mention]:
        return sorted(self._mentions.values(), key=lambda mention: mention.at, reverse=True)

    @property
    def _unread(self) -> set[str]:
        return {mention.id for mention in self.work.session.mentions.unread}

    def title_pieces(self) -> list[Piece]:
        unread = len(self._unread)
        return [("Mentions", "strong"), *([(f"  {unread} unread", Tone.ACTIVE)] if unread else [])]

    def own_hints(self) -> list[Hint]:
        may = not self.work.read_only
        return [
            Hint("enter", "open the order", bool(self.current)),
            Hint("x", "read", may and self.current in self._unread),
            Hint("X", "read all", may and bool(self._unread)),
            Hint("ctrl+r", "refresh"),
        ]

    def lines(self) -> Sequence[Line]:
        problem = [text_line(self._problem, Tone.WARN)] if self._problem else []
        found = [line for mention in self._sorted for line in self._lines_of(mention)]
        if self._loaded and not found:
            found = [text_line(f"nobody has mentioned you yet; a note with @{self.work.name} in it does")]
        return [*problem, *found]

    def _lines_of(self, mention: Mention) -> Iterator[Line]:
        unread = mention.id in self._unread
        sign, glyphs = f"{self.work.glyphs.mark} unread" if unread else "  read", self.work.glyphs
        head: tuple[Piece, ...] = (
            (f"{wording.instant(mention.at, self.work.pace.now(), self.work.zone):<10} ", Tone.DIM),
            (f"{sign:<9} ", Tone.ACTIVE if unread else Tone.DIM),
            (f"{mention.order_number}  ", "strong" if unread else Tone.PLAIN),
            (mention.by, Tone.PLAIN),
        )
        yield Line(mention.id, head)
        for at, text in enumerate(self._wrapped(mention.text or wording.ERASED, glyphs.ellipsis)):
            piece = f"{'':{INDENT}}{text}", Tone.PLAIN if unread and mention.text else Tone.DIM
            yield Line(f"{mention.id} {at}", (piece,), choosable=False, below=True)

    def _wrapped(self, text: str, ellipsis: str) -> list[str]:
        """The text in a line or two, a cut is shown."""
        cells = max(20, self.query_one(LineList).size.width - INDENT - EDGE)
        lines = [line.plain.strip() for line in content([(text, Tone.PLAIN)]).wrap(cells)]
        if len(lines) <= MOST_LINES:
            return lines
        return [*lines[: MOST_LINES - 1], clip(" ".join(lines[MOST_LINES - 1 : MOST_LINES + 1]), cells, ellipsis)]

    def full_text(self, key: str) -> str:
        mention = self._mentions[key]
        return f"{mention.order_number}  {mention.by}  {mention.text or wording.ERASED}"

    def session_changed(self, change: Change) -> None:
        if isinstance(change, MentionsChanged):
            self.show()

    def on_resize(self) -> None:
        """Another width is another wrapping."""
        self.call_after_refresh(self.show)

    def action_refresh_list(self) -> None:
        self.run_worker(self._load, name="mentions", group="mentions", exit_on_error=False)  # type: ignore[arg-type]

    async def _load(self) -> None:
        try:
            self._listed, self._problem, self._loaded = await self.work.session.mentions.all(), "", True
        except ApiError as error:
            self._problem = str(error)
        self.show()

    def action_open(self) -> None:
        """Its order, where the note stands in the timeline."""
        if not self.current:
            return
        from orders_tui.screens.order import OrderScreen

        mention = self._mentions[self.current]
        self.app.push_screen(OrderScreen(self.work, mention.order_id, note_id=mention.note_id))

    def on_line_list_chosen(self) -> None:
        self.action_open()

    def action_read(self) -> None:
        """The one under the cursor."""
        if self.current and self.current not in self._unread:
            self.say("it is read already")
        else:
            self._read([self.current] if self.current else [])

    def action_read_all(self) -> None:
        """Every unread one."""
        self._read(self._unread)

    def _read(self, ids: Collection[str]) -> None:
        if self.work.read_only:
            self.say(str(ReadOnly()), Tone.WARN)
        elif not ids:
            self.say("no mention is unread")
        else:
            self.run_worker(partial(self._send_read, tuple(ids)), name="mentions read", exit_on_error=False)  # type: ignore[arg-type]

    async def _send_read(self, ids: Sequence[str]) -> None:
        try:
            await self.work.session.mentions.read(ids)
        except ApiError as error:
            self.say(f"not marked as read: {error}", Tone.WARN)
        else:
            self.say(f"{len(ids)} read", Tone.GOOD)
