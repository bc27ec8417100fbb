"""What the dialogs of actions have in common: each is about a target, and returns a draft that names the versions on show.

The dialog of an action is `DIALOG` in the file of this package that is called as the action is. Undo has none: it asks nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from importlib import import_module
from typing import Any, TypeVar

from textual.widgets import Static

from orders_tui.actions.draft import MARKS, Draft
from orders_tui.context.context import Context
from orders_tui.context.target import Target
from orders_tui.dialogs.dialog import Dialog
from orders_tui.widgets.bar import content
from orders_tui.widgets.cells import clip
from orders_tui.wording import Tone
from orders_wire.vocabulary import ActionName

D = TypeVar("D", bound=Draft)
K = TypeVar("K", bound=Draft)


class ActionDialog(Dialog[D]):
    """`given` is what it is filled in with: an owner, a number, a note, a SKU."""

    SENDS = True

    def __init__(self, work: Context, target: Target, given: str = "") -> None:
        super().__init__(work, target.orders)
        self.target = target
        self.given = given
        self.opens: Callable[[ActionName, str, Target], object] = lambda *_: None
        """Opens the dialog of an action; whoever opened this one says how."""

    @property
    def open_order(self) -> tuple[str, str | None] | None:
        """The one order that it is about, and its action, which its file is called after; a stock-out is about a SKU."""
        action = type(self).__module__.rpartition(".")[2]
        if self.target.only is None or action not in list(ActionName) or action == ActionName.INVENTORY:
            return None
        return self.target.only.id, action

    def leave_for(self, action: ActionName) -> None:
        """Goes to the dialog of another action on the same target."""
        self.action_leave()
        self.opens(action, "", self.target)

    @classmethod
    def about(cls, work: Context, target: Target, given: str = "") -> ActionDialog[Any]:
        """The dialog for this target, where some targets are asked about in another one."""
        return cls(work, target, given)

    def show_words(self, name: str, words: str, tone: Tone = Tone.DIM, most: int = 0) -> None:
        """Puts a sentence into the line of this name; `most`: so many lines of it, a cut is shown."""
        place = self.query_one(f"#{name}", Static)
        cells = place.content_size.width
        lines = [line.plain.strip() for line in content([(words, tone)]).wrap(cells)] if most and cells else []
        if len(lines) > most:
            left = clip(" ".join(lines[most - 1 :]), cells, self.work.glyphs.ellipsis)
            words = " ".join([*lines[: most - 1], left])
        place.update(content([(words, tone)]))

    def kept(self, kind: type[K]) -> K | None:
        """The draft that was kept for this target."""
        return self.work.session.drafts.find(kind, self.target.ids[0] if self.target.only else MARKS)

    def versions(self, ids: Collection[str]) -> dict[str, int]:
        """The versions on show of these orders."""
        return {order.id: order.version for order in self.bound if order.id in ids}


def dialog_of(action: ActionName) -> type[ActionDialog[Any]]:
    """The dialog of an action, imported when it is first asked for: the start does not wait for it."""
    dialog: type[ActionDialog[Any]] = import_module(f"orders_tui.dialogs.{action}").DIALOG
    return dialog
