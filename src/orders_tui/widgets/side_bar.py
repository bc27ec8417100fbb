"""Alerts by severity, data gaps, and what has to be done next: what is due soon, mine, unowned, out of stock. One list to walk.

An order stands in it once, in the first section it belongs to. A line that names an order leads to it, the heading of what is
mine or unowned to all of it in the table, a stock line to the escalation of its SKU.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from textual.message import Message

from orders_tui import wording
from orders_tui.widgets import alert_lines
from orders_tui.widgets.alert_lines import ROOMY, Alerts
from orders_tui.widgets.cells import Piece
from orders_tui.widgets.formatter import Formatter
from orders_tui.widgets.line_list import Line, LineList
from orders_tui.wording import Tone
from orders_wire.vocabulary import UNASSIGNED

if TYPE_CHECKING:
    from orders_tui.alerts import Alert, AlertBook
    from orders_wire.page import InventoryBlock, OrdersPage, OwedOrder, Work

IN_PANEL, IN_PANEL_ROOMY = 5, 10
DUE_SOON = "DUE IN 2 H"


class SideBar(LineList):
    """The list; `current` is `kind:<severity>:<type>`, `alert:<id>`, `more`, `gap:<id>`, `order:<section>:<order id>`,
    `owner:<name>` or `sku:<sku>`.
    """

    always_on = False
    unfolded: frozenset[str] = frozenset()

    class Resized(Message):
        """It says more or less by the room it has."""

    def on_resize(self) -> None:
        super().on_resize()
        self.post_message(self.Resized())

    def fold(self) -> bool:
        """Folds or unfolds the kind of alert under the cursor; False where there is none."""
        if not self.current.startswith("kind:"):
            return False
        self.unfolded ^= {self.current}
        return True

    def near(self, begins: str, lines: int) -> bool:
        """Whether a line whose key begins so is no more than so many lines away from the cursor."""
        at = self.cursor_line
        around = self.lines[max(0, at - lines) : at + lines + 1]
        return any(line.key.startswith(begins) for line in around)


def alerts_of(key: str, alerts: Sequence[Alert]) -> list[str]:
    """The ids of the alerts, or of the data gap, that a line stands for."""
    kind, _, rest = key.partition(":")
    if kind == "kind":
        return [alert.alert_id for alert in alerts if alert_lines.kind_of(alert) == key]
    return [rest] if kind in {"alert", "gap"} else []


def order_of(key: str, alerts: AlertBook) -> str | None:
    """The order a line leads to, or None."""
    kind, _, rest = key.partition(":")
    if kind == "order":
        return rest.partition(":")[2]
    alert = alerts.find(rest) if kind == "alert" else None
    return alert.order_id if alert is not None else None


def owner_of(key: str) -> str:
    """Whose orders a line leads to; empty where it leads elsewhere."""
    kind, _, rest = key.partition(":")
    return rest if kind == "owner" else ""


def sku_of(key: str) -> str | None:
    """The SKU of a stock line, or None."""
    kind, _, rest = key.partition(":")
    return rest if kind == "sku" else None


def lines(
    alerts: Alerts, gaps: Sequence[Alert], page: OrdersPage | None, fmt: Formatter, in_table: str = ""
) -> list[Line]:
    """All sections, from what is most urgent to what is only good to know. `in_table`: whose orders alone the table shows anyway.

    Without a page nobody knows that nothing is open.
    """
    if page is None and not alerts.known:
        unknown = _label("no alerts", ("not known yet", Tone.DIM))
        return [_label("heading alerts", ("ALERTS", "strong")), unknown, *_gaps(gaps, fmt)]
    out = [*alert_lines.lines(alerts, fmt), *_gaps(gaps, fmt)]
    if page is not None:
        rows = IN_PANEL if alerts.cells < ROOMY else IN_PANEL_ROOMY
        out += _work(page.work, fmt, rows, in_table) if page.work is not None else ()
        out += _stock(page.inventory_blocks, page.inventory_blocks_total)
    return out


def _label(key: str, *left: Piece, right: Sequence[Piece] = ()) -> Line:
    """A line that cannot be chosen."""
    return Line(key, left, tuple(right), choosable=False)


def _heading(title: str, count: int, tail: str = "") -> Iterator[Line]:
    yield _label(f"gap above {title}")
    right: list[Piece] = [(tail, Tone.DIM)] if tail else []
    yield _label(f"heading {title}", (title, "strong"), (f" {count}", Tone.DIM), right=right)


def _gaps(gaps: Sequence[Alert], fmt: Formatter) -> Iterator[Line]:
    if gaps:
        yield from _heading("DATA GAPS", len(gaps))
    for gap in gaps:
        told = wording.dated(gap.message, fmt.now, fmt.zone)
        left = ((f"{fmt.glyphs.warning} ", Tone.WARN), (told, Tone.PLAIN))
        yield Line(f"gap:{gap.alert_id}", left, ((fmt.age(gap.created_at), Tone.DIM),))


def _panel_line(key: str, name: str, about: Piece, right: Piece) -> Line:
    return Line(key, ((f"{name} ", Tone.PLAIN), about), (right,))


def _work(work: Work, fmt: Formatter, rows: int, in_table: str) -> Iterator[Line]:
    """What is due soon, what the operator has, what nobody has: an order that stood above does not stand below again."""
    soon = work.due_soon[:rows]
    yield from _heading(DUE_SOON, work.due_soon_total)
    for order in soon:
        yield _owed("soon", order, fmt, order.owner)
    told = {order.order_id for order in soon}
    if fmt.me and (mine := work.of(fmt.me)) is not None:
        yield from _owned("MINE", fmt.me, mine.total, mine.overdue)
        yield from _owed_by("mine", mine.orders, told, fmt, in_table)
    yield from _owned("UNOWNED", UNASSIGNED, work.unowned_total, work.unowned_overdue)
    yield from _owed_by("unowned", work.unowned[:rows], told, fmt, in_table)


def _owned(title: str, name: str, total: int, overdue: int) -> Iterator[Line]:
    """A heading that leads to all of it."""
    yield _label(f"gap above {title}")
    late = (f"{overdue} late", Tone.BAD) if overdue else ("", Tone.DIM)
    yield Line(f"owner:{name}", ((title, "strong"), (f" {total}", Tone.DIM)), (late,), choosable=bool(total))


def _owed_by(
    section: str, orders: Sequence[OwedOrder], told: set[str], fmt: Formatter, in_table: str
) -> Iterator[Line]:
    """The first of them, unless the table shows just these."""
    owner = fmt.me if section == "mine" else UNASSIGNED
    if owner == in_table:
        yield _label(f"{section} in the table", ("in the table", Tone.DIM))
        return
    for order in orders:
        if order.order_id not in told:
            yield _owed(section, order, fmt)


def _owed(section: str, order: OwedOrder, fmt: Formatter, owner: str = "") -> Line:
    whose = {UNASSIGNED: (fmt.glyphs.nothing, Tone.DIM), fmt.me: (owner, Tone.ACTIVE)}.get(owner, (owner, Tone.DIM))
    late, left_s = fmt.late(order.ship_by), (order.ship_by - fmt.now).total_seconds()
    due: Piece = (late.word, late.tone) if late is not None else (f"in {wording.age(left_s)}", Tone.DIM)
    return _panel_line(f"order:{section}:{order.order_id}", order.order_number, whose, due)


def _stock(blocks: Sequence[InventoryBlock], total: int) -> Iterator[Line]:
    yield from _heading("OUT OF STOCK", total or len(blocks), "orders")
    for block in blocks[:IN_PANEL]:
        name = block.name if block.name != block.sku else ""
        yield _panel_line(f"sku:{block.sku}", block.sku, (name, Tone.DIM), (str(block.orders_waiting), Tone.WARN))
