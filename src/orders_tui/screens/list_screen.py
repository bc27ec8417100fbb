"""A screen that is one list to read: the action log, the outbox. Esc closes it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from orders_tui.context.context import Context
from orders_tui.context.screen import SafeDismiss, SessionObserver
from orders_tui.widgets.bar import Bar
from orders_tui.widgets.cells import Piece
from orders_tui.widgets.hint_bar import Hint, HintBar
from orders_tui.widgets.line_list import Line, LineList
from orders_tui.wording import Tone


class ListScreen(SessionObserver, SafeDismiss[None]):
    """Title, list, one line with the whole text of the chosen entry, keys."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "close", show=False),
        Binding("j,down", "move(1)", show=False),
        Binding("k,up", "move(-1)", show=False),
        Binding("ctrl+d,pagedown", "move(10)", show=False),
        Binding("ctrl+u,pageup", "move(-10)", show=False),
        Binding("g,home", "move(-100000)", show=False),
        Binding("G,end", "move(100000)", show=False),
        Binding("y", "copy", show=False),
    ]
    AUTO_FOCUS = "LineList"

    def __init__(self, work: Context) -> None:
        super().__init__()
        self.work = work

    def title_pieces(self) -> list[Piece]:
        """The first line."""
        raise NotImplementedError

    def lines(self) -> Sequence[Line]:
        """The list."""
        raise NotImplementedError

    def whole(self, key: str) -> list[Piece]:
        """Everything about an entry that its line has no room for."""
        raise NotImplementedError

    def own_hints(self) -> list[Hint]:
        """Keys beside moving, copying and closing."""
        return []

    def compose(self) -> ComposeResult:
        glyphs = self.work.glyphs
        yield Bar(glyphs.ellipsis, id="headline")
        yield LineList(glyphs.cursor, glyphs.ellipsis, id="entries")
        yield Bar(glyphs.ellipsis, id="whole")
        yield HintBar(glyphs.ellipsis, id="hints")

    def prepare(self) -> None:
        """Asks for what the list needs."""

    def on_mount(self) -> None:
        self.prepare()
        self.show()

    def show(self) -> None:
        """Draws the list as it is now."""
        self.query_one("#headline", Bar).set_pieces(self.title_pieces())
        entries = self.query_one(LineList)
        entries.set_lines(self.lines())
        self.query_one("#whole", Bar).set_pieces(self.whole(entries.current) if entries.current else [])
        hints = [*self.own_hints(), Hint("y", "copy the line"), Hint("j k", "move")]
        self.query_one(HintBar).show(hints, Hint("esc", "close"))

    def say(self, text: str, tone: Tone = Tone.PLAIN) -> None:
        """A sentence in the last line, for a moment."""
        self.query_one(HintBar).say(text, tone)
        self.set_timer(3.0, self.query_one(HintBar).hush)

    @property
    def current(self) -> str:
        """The key of the chosen entry."""
        return self.query_one(LineList).current

    def on_line_list_moved(self) -> None:
        self.show()

    def action_move(self, step: int) -> None:
        """Moves the cursor."""
        self.query_one(LineList).move(step)

    def action_close(self) -> None:
        """Back to where it was opened."""
        self.dismiss()

    def action_copy(self) -> None:
        """The whole text of the entry."""
        if self.current:
            self.app.copy_to_clipboard("".join(text for text, _ in self.whole(self.current)).strip())
            self.say("sent to the terminal's clipboard")
