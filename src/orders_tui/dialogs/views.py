"""`V`: the views that were saved, to be opened again. `W` saves what is on show under a name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from textwrap import wrap

from textual.app import ComposeResult

from orders_tui import wording
from orders_tui.context import pinned_views
from orders_tui.context.context import Context
from orders_tui.context.screen import hidden_bindings
from orders_tui.dialogs.dialog import Dialog
from orders_tui.dialogs.field import Field
from orders_tui.dialogs.list_dialog import ListDialog
from orders_tui.views.folder import NotSaved
from orders_tui.views.saved_view import LONGEST_NAME, SavedView
from orders_tui.widgets.bar import Bar
from orders_tui.widgets.cells import Piece
from orders_tui.widgets.hint_bar import Hint
from orders_tui.widgets.line_list import Line
from orders_tui.wording import Tone

NAME, CELLS = 22, 70


class ViewsDialog(ListDialog[str]):
    """Returns the name of the view to open. The folder is read anew beside it."""

    BINDINGS = hidden_bindings({"d,delete": "delete", "p": "pin"})
    SIZE = "wide"
    LIST = "views"
    _deleting = ""

    def prepare(self) -> None:
        super().prepare()
        self.run_worker(self._read_anew, exit_on_error=False)  # type: ignore[arg-type]

    async def _read_anew(self) -> None:
        await self.work.views.refresh()
        self.fill()
        self.update()

    def lines(self) -> list[Line]:
        views, sign = pinned_views.views(self.work), self.work.glyphs.mark
        lines = [Line(name, _summary(f"{name:<{NAME}} ", view), _pin(view, sign)) for name, view in views.items()]
        wrong = [line for fault in self.work.views.faults for line in wrap(fault, CELLS)]
        return [
            *(lines or [Line("", (("no view was saved yet", Tone.DIM),), choosable=False)]),
            *([Line("", (), choosable=False)] if wrong else []),
            *(Line(f"fault {at}", ((text, Tone.WARN),), choosable=False) for at, text in enumerate(wrong)),
        ]

    def title_pieces(self) -> list[Piece]:
        return [("Views", "strong"), (f"  {self.work.key('view.save')} on the desk saves one", Tone.DIM)]

    def keys(self) -> list[Hint]:
        pinned, able = bool(self.current) and pinned_views.views(self.work)[self.current].pinned, bool(self.current)
        return [
            Hint("enter", "open", able=able),
            Hint("p", "unpin" if pinned else "pin as a tab", able=able),
            Hint("d", "delete", able=self.current in self.work.views.views),
        ]

    def problem(self) -> str:
        return "" if self.current else "there is no view to open"

    def result(self) -> str:
        return self.current

    def action_choose(self, step: int) -> None:
        self._deleting = ""
        super().action_choose(step)
        self.update()

    def action_pin(self) -> None:
        """Among the tabs, or no longer."""
        name = self.current
        if name:
            view = pinned_views.views(self.work)[name]
            self._change(name, partial(self.work.views.save, name, replace(view, pinned=not view.pinned)))

    def action_delete(self) -> None:
        """Deletes the view, the second time."""
        name = self.current
        if not name:
            self.say("there is no view to delete", Tone.WARN)
        elif name not in self.work.views.views:
            self.say(f"{name} comes with the desk; p takes it from the tabs", Tone.WARN)
        elif self._deleting != name:
            self._deleting = name
            self.say(f"d again deletes {name}", Tone.WARN)
        else:
            self._change(name, partial(self.work.views.delete, name))

    def _change(self, name: str, change: Callable[[], None]) -> None:
        """Changes a view; one on show that is pinned no more is its tab with a filter."""
        self._deleting = ""
        try:
            change()
        except NotSaved as error:
            self.say(str(error), Tone.BAD)
            return
        if name == self.work.session.table.view.pinned and name not in pinned_views.names(self.work):
            self.work.session.table.stand()
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
        return self.result() in self.work.views.views

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


def _pin(view: SavedView, sign: str) -> tuple[Piece, ...]:
    return ((f"{sign} pinned", Tone.ACTIVE),) if view.pinned else ()
