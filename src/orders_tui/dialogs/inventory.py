"""`i`: a stock-out. Holds the open orders that still owe a SKU, or just those chosen, and tells the ERP."""

from __future__ import annotations

from textual.app import ComposeResult

from orders_tui.dialogs.dialog import Dialog
from orders_tui.dialogs.field import Field
from orders_tui.drafts import InventoryDraft
from orders_tui.screens.target import Target
from orders_tui.screens.workplace import Workplace
from orders_tui.widgets.bar import Bar
from orders_tui.widgets.cells import Piece
from orders_tui.widgets.hint_bar import Hint
from orders_tui.widgets.line_list import Line, LineList
from orders_tui.wording import Tone

ALL, THESE = "all", "these"


class InventoryDialog(Dialog[InventoryDraft]):
    """Returns the draft; without orders it means all that wait for the SKU."""

    def __init__(self, work: Workplace, target: Target, sku: str = "") -> None:
        super().__init__(work, target.orders)
        self._target = target
        self._sku = sku or self._short_sku()

    def _short_sku(self) -> str:
        only = self._target.only
        detail = self.work.session.detail(only.id) if only is not None else None
        lines = detail.line_items if detail is not None else []
        owed = [line for line in lines if line.sku and line.owed]
        short = [line.sku for line in owed if line.available is not None and line.available <= 0]
        return (short or [line.sku for line in owed] or [""])[0] or ""

    def body(self) -> ComposeResult:
        yield Field("SKU", self._sku, hint="which SKU is short", id="sku", max_length=255)
        yield LineList(self.work.glyphs.cursor, self.work.glyphs.ellipsis, id="scope")
        yield Field("Note", hint="for the ERP and the timeline", id="note", max_length=5000)
        yield Bar(self.work.glyphs.ellipsis, id="known")
        yield Bar(self.work.glyphs.ellipsis, id="consequence")

    def prepare(self) -> None:
        lines = [Line(ALL, (("every open order that still owes it", Tone.PLAIN),))]
        if self._target:
            lines.append(Line(THESE, ((f"only {self._target.title}", Tone.PLAIN),)))
        self.query_one(LineList).set_lines(lines, THESE if self._target.marked else ALL)

    def title_pieces(self) -> list[Piece]:
        return [("Escalate a stock-out", "strong")]

    def keys(self) -> list[Hint]:
        return [
            Hint("enter", "escalate", able=not self.problem()),
            Hint("↑↓", "which orders"),
            Hint("tab", "next field"),
        ]

    @property
    def sku(self) -> str:
        return self.query_one("#field-sku", Field).value

    def problem(self) -> str:
        return "" if self.sku else "which SKU is short?"

    def result(self) -> InventoryDraft:
        these = self.query_one(LineList).current == THESE
        ids = self._target.ids if these else ()
        versions = {order.id: order.version for order in self.bound if order.id in ids}
        return InventoryDraft(self.sku, ids, self.query_one("#field-note", Field).value, versions)

    def update(self) -> None:
        super().update()
        page = self.work.session.summary
        block = next((block for block in page.inventory_blocks if block.sku == self.sku), None) if page else None
        known = f"{block.name}: {block.orders_waiting} orders wait, {block.on_hand} on hand" if block else ""
        self.query_one("#known", Bar).set_pieces([(known, Tone.PLAIN)])
        self.query_one("#consequence", Bar).set_pieces([("the orders are held and the ERP is told", Tone.DIM)])

    def action_choose(self, step: int) -> None:
        self.touched = True
        self.query_one(LineList).move(step)
