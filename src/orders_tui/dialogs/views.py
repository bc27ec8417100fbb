"""`V`: the views that were saved, to be opened again. `W` saves what is on show under a name."""

from __future__ import annotations

from textual.app import ComposeResult

from orders_tui import wording
from orders_tui.context.context import Context
from orders_tui.context.preferences import LONGEST_NAME, SavedView
from orders_tui.context.screen import hidden_bindings
from orders_tui.dialogs.dialog import Dialog
from orders_tui.dialogs.field import Field
from orders_tui.dialogs.list_dialog import ListDialog
from orders_tui.widgets.bar import Bar
from orders_tui.widgets.cells import Piece
from orders_tui.widgets.hint_bar import Hint
from orders_tui.widgets.line_list import Line
from orders_tui.wording import Tone

NAME = 22


class ViewsDialog(ListDialog[str]):
    """Returns the name of the view to open."""

    BINDINGS = hidden_bindings({"d,delete": "delete"})
    SIZE = "medium"
    LIST = "views"
    _deleting = ""

    def lines(self) -> list[Line]:
        views = self.work.preferences.views
        lines = [Line(name, _summary(f"{name:<{NAME}} ", view)) for name, view in views.items()]
        return lines or [Line("", (("no view was saved yet", Tone.DIM),), choosable=False)]

    def title_pieces(self) -> list[Piece]:
        return [("Views", "strong"), (f"  {self.work.key('view.save')} on the desk saves one", Tone.DIM)]

    def keys(self) -> list[Hint]:
        return [Hint("enter", "open", able=bool(self.current)), Hint("d", "delete", able=bool(self.current))]

    def problem(self) -> str:
        return "" if self.current else "there is no view to open"

    def result(self) -> str:
        return self.current

    def action_choose(self, step: int) -> None:
        self._deleting = ""
        super().action_choose(step)

    def action_delete(self) -> None:
        """Deletes the view, the second time."""
        name = self.current
        if self._deleting != name:
            self._deleting = name
            self.say(f"d again deletes {name}", Tone.WARN)
        elif name:
            del self.work.preferences.views[name]
            self._deleting = ""
            self.fill()
            self.update()


class SaveViewDialog(Dialog[str]):
    """Returns the name that the view on show is to have."""

    HEADING = ("Save this view", "tab, filter, sort and columns")

    def __init__(self, work: Context, view: SavedView, name: str = "") -> None:
        super().__init__(work)
        self._view = view
        self._given_name = name

    def body(self) -> ComposeResult:
        yield Field("Name", self._given_name, hint="what you will look for", id="name", max_length=LONGEST_NAME)
        yield self.bar("known")

    def keys(self) -> list[Hint]:
        return [Hint(self.confirm_key, "replace" if self._replaces else "save", able=not self.problem())]

    @property
    def _replaces(self) -> bool:
        return self.result() in self.work.preferences.views

    def problem(self) -> str:
        return "" if self.result() else "the view needs a name"

    def update(self) -> None:
        super().update()
        replaces = "  replaces the one of this name" if self._replaces else ""
        self.query_one("#known", Bar).set_pieces([*_summary("", self._view), (replaces, Tone.WARN)])

    def result(self) -> str:
        return self.query_one(Field).value


def _summary(name: str, view: SavedView) -> tuple[Piece, ...]:
    tab, filters = wording.tab(view.tab)[0], f"  {view.tokens or 'no filter'}"
    return (name, Tone.PLAIN), (tab, Tone.ACTIVE), (filters, Tone.DIM)
