"""`i`: a stock-out. Holds the open orders that still owe a SKU, or just those chosen, and informs the ERP.

The SKU is chosen among those that are out and those of the order, or typed. One that is not known here is sent only when it is
confirmed again, and then the dialog stays until the server has answered.
"""

from __future__ import annotations

from collections.abc import Iterator

from textual.app import ComposeResult
from textual.widgets import Static

from orders_tui.actions.inventory import InventoryDraft, outward
from orders_tui.context.context import Context
from orders_tui.context.outcome import orders, sentence
from orders_tui.context.screen import hidden_bindings
from orders_tui.context.target import Target
from orders_tui.dialogs.action_dialog import ActionDialog
from orders_tui.dialogs.field import Field
from orders_tui.session.changes import ActionSettled, Change, DetailChanged
from orders_tui.session.log import ActionEntry, ActionState
from orders_tui.widgets.hint_bar import Hint
from orders_tui.widgets.line_list import Line, LineList
from orders_tui.wording import Tone
from orders_wire.actions import LONGEST_NOTE, LONGEST_SKU

ALL, THESE = "all", "these"
NAMED = 4


class InventoryDialog(ActionDialog[InventoryDraft]):
    """Returns the draft; without orders it means all that wait for the SKU."""

    HEADING = ("Escalate a stock-out", "")
    BINDINGS = hidden_bindings({"ctrl+t": "scope"})

    def __init__(self, work: Context, target: Target, given: str = "") -> None:
        super().__init__(work, target, given)
        self._picked = not given
        self._asked = ""
        self._sent = ""

    def body(self) -> ComposeResult:
        yield Field("SKU", self.given, hint="which one is short", id="sku", max_length=LONGEST_SKU)
        yield self.line_list("skus")
        yield self.line_list("scope")
        yield Field("Note", hint="for the ERP and the timeline", id="note", max_length=LONGEST_NOTE, prose=True)
        yield Static(id="consequence")

    def prepare(self) -> None:
        lines = [Line(ALL, (("every open order that still owes it", Tone.PLAIN),))]
        if self.target:
            lines.append(Line(THESE, ((f"only {self.target.title}", Tone.PLAIN),)))
        self._scope.set_lines(lines, THESE if self.target.marked else ALL)
        self._scope.can_focus = self._skus.can_focus = False
        self._fill()

    def keys(self) -> list[Hint]:
        scope = [Hint("ctrl+t", "orders")] if self.target else []
        return [Hint(self.confirm_key, "escalate", able=bool(self.sku)), Hint("↑↓", "SKU"), *scope, Hint("tab", "note")]

    @property
    def _skus(self) -> LineList:
        return self.query_one("#skus", LineList)

    @property
    def _scope(self) -> LineList:
        return self.query_one("#scope", LineList)

    @property
    def _typed(self) -> str:
        return self.query_one("#field-sku", Field).value

    @property
    def sku(self) -> str:
        """The SKU that is meant: the one under the cursor, else the typed one, as it is spelled where it is known."""
        if self._picked and self._skus.current:
            return self._skus.current
        typed = self._typed.casefold()
        return next((sku for sku in self._known() if sku.casefold() == typed), self._typed)

    def problem(self) -> str:
        if self.query_one("#field-sku", Field).blank:
            return "the SKU is empty: it holds nothing but blanks"
        return "" if self.sku else "which SKU is short?"

    def result(self) -> InventoryDraft:
        ids = self.target.ids if self._scope.current == THESE else ()
        note = self.query_one("#field-note", Field).value
        return InventoryDraft(ids, self.sku, note, versions=self.versions(ids))

    def finish(self, result: InventoryDraft) -> None:
        """One that nobody knows here is for the server to judge, once that was said; the dialog stays until it has."""
        known = self._known()
        if result.sku in known:
            self.dismiss(result)
        elif self._asked != result.sku:
            self._asked = result.sku
            names = ", ".join((self._fitting() or list(known))[:NAMED]) or "none"
            unknown = f"{result.sku} is no SKU that is known here: {names}"
            self.say(f"{unknown}; press again to ask the server for it", Tone.WARN)
        elif not self._sent:
            self._sent = self.work.session.actions.act(result)[0].key
            self.say("asking the server …")

    def session_changed(self, change: Change) -> None:
        super().session_changed(change)
        if isinstance(change, ActionSettled) and change.entry.key == self._sent:
            self._answered(change.entry)
        elif isinstance(change, DetailChanged):
            self._fill()
            self.update()

    def _answered(self, entry: ActionEntry) -> None:
        if entry.state in {ActionState.FAILED, ActionState.REFUSED}:
            self._sent = ""
            self.say(entry.message, Tone.WARN)
            return
        undo_key = self.work.key("action.undo")
        words, _ = sentence(entry, orders(entry.order_ids, None), self.work.pace.now(), undo_key)
        self.dismiss(None)
        self.app.notify(words, markup=False)

    def update(self) -> None:
        super().update()
        self._skus.light(self._picked)
        self.show_words("consequence", outward(self.work.session.me))

    def edited(self) -> None:
        """The SKUs that hold what is typed; none is chosen by typing a part of it."""
        self._picked = not self._typed
        self._fill()

    def _fill(self) -> None:
        known, fitting = self._known(), self._fitting()
        lines = [_line(sku, *known[sku]) for sku in fitting]
        self._skus.set_lines(lines, None if self._picked and self._skus.current in fitting else (fitting or [""])[0])

    def _fitting(self) -> list[str]:
        """The known SKUs that hold what is typed, in themselves or in their names."""
        typed, known = self._typed.casefold(), self._known()
        return [sku for sku in known if typed in f"{sku} {known[sku][0]}".casefold()]

    def _known(self) -> dict[str, tuple[str, str]]:
        """Name and state by SKU: what the order owes, what is short first, then what is out of stock."""
        page = self.work.session.table.summary
        blocks = {block.sku: block for block in page.inventory_blocks} if page is not None else {}
        known: dict[str, tuple[str, str]] = {}
        for sku, title, short in sorted(self._owed_skus(), key=lambda owed: not owed[2]):
            known.setdefault(sku, (title, f"{'short' if short else 'owed'} here"))
        for sku, block in blocks.items():
            name = block.name if block.name != sku else ""
            known[sku] = (known[sku][0] if sku in known else name, f"out, {block.orders_waiting} orders wait")
        return known

    def _owed_skus(self) -> Iterator[tuple[str, str, bool]]:
        """SKU, title and whether it is short, of every line that the orders are known to owe."""
        for order in self.bound:
            detail = self.work.session.table.detail(order.id)
            for line in detail.line_items if detail is not None else ():
                if line.sku and line.owed:
                    yield line.sku, line.title, line.short > 0 if line.short is not None else (line.available or 0) < 0

    def action_choose(self, step: int) -> None:
        if self._picked:
            self._skus.move(step)
        self.touched = self._picked = True
        self.update()

    def action_scope(self) -> None:
        """All orders that owe it, or those the dialog was opened on."""
        self.touched = True
        self._scope.choose(ALL if self._scope.current == THESE else THESE)
        self.update()


def _line(sku: str, name: str, state: str) -> Line:
    return Line(sku, ((f"{sku}  ", Tone.PLAIN), (name, Tone.DIM)), ((state, Tone.WARN),))


DIALOG = InventoryDialog
