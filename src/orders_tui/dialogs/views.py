"""`V`: the views that were saved, to be opened again. `W` saves what is on show under a name."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from orders_tui import wording
from orders_tui.context.context import Context
from orders_tui.context.preferences import LONGEST_NAME, SavedView
from orders_tui.dialogs.dialog import Dialog
from orders_tui.dialogs.field import Field
from orders_tui.widgets.bar import Bar
from orders_tui.widgets.cells import Piece
from orders_tui.widgets.hint_bar import Hint
from orders_tui.widgets.line_list import Line, LineList
from orders_tui.wording import Tone

NAME = 22


class ViewsDialog(Dialog[str]):
    """Returns the name of the view to open."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "choose(1)", show=False),
        Binding("k", "choose(-1)", show=False),
        Binding("d,delete", "forget", show=False),
    ]
    NEEDS_TOUCH = False

    def __init__(self, work: Context) -> None:
        super().__init__(work)
        self._forgetting = ""

    def body(self) -> ComposeResult:
        yield LineList(self.work.glyphs.cursor, self.work.glyphs.ellipsis, id="views")

    def prepare(self) -> None:
        self._fill()

    def _fill(self) -> None:
        lines = [Line(name, _told(name, view)) for name, view in self.work.preferences.views.items()]
        empty = Line("", (("no view was saved yet", Tone.DIM),), choosable=False)
        self.query_one(LineList).set_lines(lines or [empty])

    def title_pieces(self) -> list[Piece]:
        return [("Views", "strong"), (f"  {self.work.key('view.save')} on the desk saves one", Tone.DIM)]

    def keys(self) -> list[Hint]:
        some = bool(self.query_one(LineList).current)
        return [Hint("enter", "open", able=some), Hint("d", "delete", able=some)]

    def problem(self) -> str:
        return "" if self.query_one(LineList).current else "there is no view to open"

    def result(self) -> str:
        return self.query_one(LineList).current

    def action_choose(self, step: int) -> None:
        self._forgetting = ""
        self.query_one(LineList).move(step)

    def action_forget(self) -> None:
        """Deletes the view, the second time."""
        name = self.query_one(LineList).current
        if not name:
            return
        if self._forgetting != name:
            self._forgetting = name
            self.say(f"d again deletes {name}", Tone.WARN)
            return
        del self.work.preferences.views[name]
        self._forgetting = ""
        self._fill()
        self.update()


class SaveViewDialog(Dialog[str]):
    """Returns the name that the view on show is to have."""

    def __init__(self, work: Context, view: SavedView, name: str = "") -> None:
        super().__init__(work)
        self._view = view
        self._given_name = name

    def body(self) -> ComposeResult:
        yield Field("Name", self._given_name, hint="what you will look for", id="name", max_length=LONGEST_NAME)
        yield Bar(self.work.glyphs.ellipsis, id="known")

    def title_pieces(self) -> list[Piece]:
        return [("Save this view", "strong"), ("  tab, filter, sort and columns", Tone.DIM)]

    def keys(self) -> list[Hint]:
        there = self.name_given in self.work.preferences.views
        return [Hint(self.confirm_key, "replace" if there else "save", able=not self.problem())]

    @property
    def name_given(self) -> str:
        """What is typed."""
        return self.query_one(Field).value

    def problem(self) -> str:
        return "" if self.name_given else "the view needs a name"

    def update(self) -> None:
        super().update()
        there = "  replaces the one of this name" if self.name_given in self.work.preferences.views else ""
        self.query_one("#known", Bar).set_pieces([*_told("", self._view), (there, Tone.WARN)])

    def result(self) -> str:
        return self.name_given


def _told(name: str, view: SavedView) -> tuple[Piece, ...]:
    tokens = view.tokens or "no filter"
    title = f"{name:<{NAME}} " if name else ""
    return ((title, Tone.PLAIN), (wording.tab(view.tab)[0], Tone.ACTIVE), (f"  {tokens}", Tone.DIM))
