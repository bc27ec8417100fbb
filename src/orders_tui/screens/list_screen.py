"""A screen that is one list to read: the action log, the outbox, the pulse. Esc closes it."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult

from orders_tui.context.context import Context
from orders_tui.context.screen import SafeDismiss, SessionObserver, hidden_bindings
from orders_tui.widgets.bar import Bar
from orders_tui.widgets.cells import Piece
from orders_tui.widgets.first_line import FirstLine
from orders_tui.widgets.hint_bar import Hint, HintBar
from orders_tui.widgets.line_list import Line, LineList
from orders_tui.wording import Tone

SAID_S = 3.0


class ListScreen(SessionObserver, SafeDismiss[None]):
    """Title, list, one line with the whole text of the chosen entry, keys."""

    BINDINGS = hidden_bindings(
        {
            "escape,q": "close",
            "j,down": "move(1)",
            "k,up": "move(-1)",
            "ctrl+d,pagedown": "move(10)",
            "ctrl+u,pageup": "move(-10)",
            "g,home": "move(-100000)",
            "G,end": "move(100000)",
            "y": "copy",
        }
    )
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

    def full_text(self, key: str) -> str:
        """Everything about an entry that its line has no room for."""
        raise NotImplementedError

    def own_hints(self) -> list[Hint]:
        """Keys beside moving, copying and closing."""
        return []

    def compose(self) -> ComposeResult:
        glyphs = self.work.glyphs
        yield FirstLine(self.work.band, glyphs.ellipsis, id="headline")
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
        self.query_one(LineList).set_lines(self.lines())
        self.query_one("#whole", Bar).set_pieces([(self.full_text(self.current), Tone.DIM)] if self.current else [])
        hints = [*self.own_hints(), Hint("y", "copy the line"), Hint("j k", "move")]
        self.query_one(HintBar).show(hints, Hint("esc", "close"))

    def say(self, text: str, tone: Tone = Tone.PLAIN) -> None:
        """A sentence in the last line, for a moment."""
        self.query_one(HintBar).say(text, tone)
        self.set_timer(SAID_S, self.query_one(HintBar).hush)

    @property
    def current(self) -> str:
        """The key of the chosen entry."""
        return self.query_one(LineList).current

    def on_line_list_moved(self) -> None:
        self.show()

    def action_move(self, step: int) -> None:
        self.query_one(LineList).move(step)

    def action_close(self) -> None:
        self.dismiss()

    def action_copy(self) -> None:
        """The whole text of the entry."""
        if self.current:
            self.app.copy_to_clipboard(self.full_text(self.current).strip())
            self.say("sent to the terminal's clipboard")


def text_line(text: str, tone: Tone = Tone.DIM) -> Line:
    """A line that is only read."""
    return Line(f"text {text}", ((text, tone),), choosable=False)
