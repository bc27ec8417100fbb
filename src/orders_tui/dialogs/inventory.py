"""`i`: a stock-out. Holds the open orders that still owe a SKU, or just those chosen, and informs the ERP.

The SKU is chosen among those that are out and those of the order, or typed. One that is not known here is sent only when it is
confirmed again, and then the dialog stays until the server has answered.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

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
from orders_wire.detail import OrderDetail
from orders_wire.page import InventoryBlock
from orders_wire.vocabulary import EventType, HoldReason

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
        self._picked = self._picked and self._is_theirs
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
            self.say("asking the server")

    def session_changed(self, change: Change) -> None:
        super().session_changed(change)
        if isinstance(change, ActionSettled) and change.entry.key == self._sent:
            self._answered(change.entry)
        elif isinstance(change, DetailChanged):
            if not self.touched:
                self._picked = not self._typed and self._is_theirs
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
        self.show_words("consequence", self._consequence())

    def edited(self) -> None:
        """The SKUs that hold what is typed; none is chosen by typing a part of it."""
        self._picked = not self._typed and self._is_theirs
        self._fill()

    @property
    def _is_theirs(self) -> bool:
        """Whether the orders are known to owe the first of what can be chosen; about no order in particular, any will do."""
        fitting = self._fitting()
        return not self.target or bool(fitting and fitting[0] in {sku for sku, _, _ in self._owed_skus()})

    def _fill(self) -> None:
        known, fitting = self._known(), self._fitting()
        lines = [_line(sku, *known[sku]) for sku in fitting]
        self._skus.set_lines(lines, None if self._picked and self._skus.current in fitting else (fitting or [""])[0])

    def _fitting(self) -> list[str]:
        """The known SKUs that hold what is typed, in themselves or in their names."""
        typed, known = self._typed.casefold(), self._known()
        return [sku for sku in known if typed in f"{sku} {known[sku][0]}".casefold()]

    def _known(self) -> dict[str, tuple[str, str]]:
        """Name and state by SKU: what is short here first, then what is out of stock, then what else the orders owe."""
        owed = {sku: (title, short) for sku, title, short in sorted(self._owed_skus(), key=lambda each: each[2])}
        known = {sku: (title, "short here") for sku, (title, short) in owed.items() if short}
        for sku, block in self._blocks().items():
            name = owed[sku][0] if sku in owed else block.name if block.name != sku else ""
            known[sku] = (
                name,
                f"out, {block.orders_waiting} {'order waits' if block.orders_waiting == 1 else 'orders wait'}",
            )
        return known | {sku: (title, "owed here") for sku, (title, _) in owed.items() if sku not in known}

    def _blocks(self) -> Mapping[str, InventoryBlock]:
        """The panel of what is out of stock, by SKU."""
        page = self.work.session.table.summary
        return {block.sku: block for block in page.inventory_blocks} if page is not None else {}

    def _owed_skus(self) -> Iterator[tuple[str, str, bool]]:
        """SKU, title and whether it is short, of every line that the orders are known to owe."""
        for detail in self._details():
            for line in detail.line_items:
                if line.sku and line.owed:
                    yield line.sku, line.title, line.short > 0 if line.short is not None else (line.available or 0) < 0

    def _details(self) -> list[OrderDetail]:
        """Of the orders it was opened on, what has come."""
        found = (self.work.session.table.detail(order.id) for order in self.bound)
        return [detail for detail in found if detail is not None]

    def _consequence(self) -> str:
        """How many orders it will hold, exactly where that is known, which are held for it already, and what leaves."""
        leaves = outward(self.work.session.me)
        if not self.sku:
            return leaves
        count, exact = self._count()
        if not count:
            return "none of these owes it: nothing is held" if exact else f"how many owe it is not known here; {leaves}"
        already = sum(_held_for(self.sku, each) for each in self._details())
        if exact and already == count:
            return f"held for {self.sku} already: nothing is sent"
        if already:
            return f"{count} owe it, {already} of them held for it already; for the others {leaves}"
        number = f"{'' if exact else 'at least '}{count} order{'' if count == 1 else 's'}"
        return f"{number} {'owes it and is' if count == 1 else 'owe it and are'} held; {leaves}"

    def _count(self) -> tuple[int, bool]:
        """So many open orders owe the SKU, and whether it is just so many: else there may be more."""
        owing = sum(any(line.sku == self.sku and line.owed for line in each.line_items) for each in self._details())
        if self._scope.current == THESE:
            return owing, len(self._details()) == len(self.target.ids)
        block = self._blocks().get(self.sku)
        return (owing, False) if block is None else (block.orders_waiting, True)

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


def _held_for(sku: str, detail: OrderDetail) -> bool:
    """Whether a stock-out of this SKU holds the order already, as far as its holds and its timeline tell."""
    owed = {line.id: line.owed for line in detail.line_items if line.sku == sku and line.owed}
    ours = [hold for hold in detail.holds if hold.ours and hold.by and hold.reason is HoldReason.INVENTORY]
    told = (entry.details for entry in detail.timeline if entry.event == EventType.INVENTORY_HOLD)
    held = any({line.id: line.quantity for line in hold.lines} == owed for hold in ours)
    return held and any(details.startswith(f"{sku}, by ") for details in told)


def _line(sku: str, name: str, state: str) -> Line:
    return Line(sku, ((f"{sku}  ", Tone.PLAIN), (name, Tone.DIM)), ((state, Tone.WARN),))


DIALOG = InventoryDialog
