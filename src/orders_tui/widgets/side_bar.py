"""Alerts by severity, data gaps, and what has to be done next: what is due soon, mine, unowned, out of stock. One list to walk.

An order stands in it once, in the first section it belongs to. A line that names an order leads to it, the heading of what is
mine or unowned to all of it in the table, a stock line to the escalation of its SKU.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.message import Message

from orders_tui import wording
from orders_tui.widgets.cells import Piece
from orders_tui.widgets.formatter import Formatter
from orders_tui.widgets.line_list import Line, LineList
from orders_tui.wording import Tone
from orders_wire.vocabulary import UNASSIGNED, EventType

if TYPE_CHECKING:
    from orders_tui.alerts import Alert
    from orders_wire.page import InventoryBlock, OrdersPage, OwedOrder, Work

KIND = 12
"""Cells of the kind's name before the only alert of it."""
SHOWN = 3
"""So many of a kind of alert while it is folded."""
SHOWN_OPEN = 50
IN_PANEL, IN_PANEL_ROOMY = 5, 10
DUE_SOON = "DUE IN 2 H"
REPORTED = 50
"""The server reports the most severe alerts only, so many, when a stream opens (contract §2)."""
ROOMY = 50
"""From so many cells on, an alert says what it is about beside its order."""


class SideBar(LineList):
    """The list; `current` is `kind:<severity>:<type>`, `alert:<id>`, `gap:<id>`, `order:<section>:<order id>`, `owner:<name>` or
    `sku:<sku>`.

    `types`: the only kinds of alert on show, when not empty.
    """

    always_on = False
    unfolded: frozenset[str] = frozenset()
    types: frozenset[EventType] = frozenset()

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


@dataclass(frozen=True, slots=True)
class Shown:
    """How the list is shown: which kinds are unfolded, which are the only ones on show, how many cells there are; whose orders
    alone the table shows anyway.
    """

    unfolded: Collection[str] = ()
    types: Collection[EventType] = ()
    cells: int = 28
    in_table: str = ""


def alerts_of(key: str, alerts: Sequence[Alert]) -> list[str]:
    """The ids of the alerts, or of the data gap, that a line stands for."""
    kind, _, rest = key.partition(":")
    if kind == "kind":
        return [alert.alert_id for alert in alerts if _kind(alert) == key]
    return [rest] if kind in {"alert", "gap"} else []


def _kind(alert: Alert) -> str:
    return f"kind:{alert.severity}:{alert.type}"


def order_of(key: str, alerts: Sequence[Alert]) -> str | None:
    """The order a line leads to, or None."""
    kind, _, rest = key.partition(":")
    if kind == "order":
        return rest.partition(":")[2]
    if kind == "alert":
        return next((alert.order_id for alert in alerts if alert.alert_id == rest), None)
    return None


def owner_of(key: str) -> str:
    """Whose orders a line leads to; empty where it leads elsewhere."""
    kind, _, rest = key.partition(":")
    return rest if kind == "owner" else ""


def sku_of(key: str) -> str | None:
    """The SKU of a stock line, or None."""
    kind, _, rest = key.partition(":")
    return rest if kind == "sku" else None


def lines(
    alerts: Sequence[Alert], gaps: Sequence[Alert], page: OrdersPage | None, fmt: Formatter, shown: Shown = Shown()
) -> list[Line]:
    """All sections, from what is most urgent to what is only good to know. Without a page nobody knows that nothing is open."""
    if page is None and not alerts:
        unknown = _label("no alerts", ("not known yet", Tone.DIM))
        return [_label("heading alerts", ("ALERTS", "strong")), unknown, *_gaps(gaps, fmt)]
    out = [*_alerts(alerts, shown, fmt, page.alerts_total if page is not None else 0), *_gaps(gaps, fmt)]
    if page is not None:
        out += _work(page.work, fmt, shown) if page.work is not None else ()
        out += _stock(page.inventory_blocks, page.inventory_blocks_total)
    return out


def beyond(known: int, total: int) -> bool:
    """Whether more alerts are open than the server has reported; small differences are only a matter of moments."""
    return total > max(REPORTED, known)


def _label(key: str, *left: Piece, right: Sequence[Piece] = ()) -> Line:
    """A line that cannot be chosen."""
    return Line(key, left, tuple(right), choosable=False)


def _heading(title: str, count: int, tail: str = "") -> Iterator[Line]:
    yield _label(f"gap above {title}")
    right: list[Piece] = [(tail, Tone.DIM)] if tail else []
    yield _label(f"heading {title}", (title, "strong"), (f" {count}", Tone.DIM), right=right)


def _alerts(alerts: Sequence[Alert], shown: Shown, fmt: Formatter, total: int) -> Iterator[Line]:
    worst = wording.severity(alerts[0].severity).tone if alerts else Tone.DIM
    only = ", ".join(wording.event_type(kind).short for kind in shown.types)
    right: list[Piece] = [(f"only {only}", Tone.ACTIVE)] if only else []
    count = f"{len(alerts)} of {total}" if beyond(len(alerts), total) else str(len(alerts))
    yield _label("heading alerts", ("ALERTS", "strong"), (f" {count}", worst), right=right)
    if not alerts:
        yield _label("no alerts", ("nothing open" if not total else "not told yet", Tone.DIM))
    for severity in dict.fromkeys(alert.severity for alert in alerts):
        group = [alert for alert in alerts if alert.severity is severity]
        sign = wording.severity(severity)
        yield _label(f"severity {severity}", (f"{fmt.sign(sign)} {len(group)}", sign.tone))
        for kind in dict.fromkeys(map(_kind, group)):
            yield from _of_kind(kind, [alert for alert in group if _kind(alert) == kind], shown, fmt)


def _of_kind(kind: str, alerts: Sequence[Alert], shown: Shown, fmt: Formatter) -> Iterator[Line]:
    """One line where there is one alert; else a line for the kind, and the newest below it."""
    if len(alerts) > 1:
        sign, glyphs = wording.event_type(alerts[0].type), fmt.glyphs
        fold = "" if len(alerts) <= SHOWN else glyphs.up if kind in shown.unfolded else glyphs.down
        words = (f"{fmt.sign(sign, 0)} ", sign.tone), (str(len(alerts)), Tone.DIM)
        yield Line(kind, words, ((fold, Tone.DIM),))
    for alert in alerts[: SHOWN_OPEN if kind in shown.unfolded else SHOWN]:
        yield _alert(alert, shown, fmt, alone=len(alerts) == 1)


def _alert(alert: Alert, shown: Shown, fmt: Formatter, *, alone: bool) -> Line:
    sign = wording.event_type(alert.type)
    start: Piece = (f"{fmt.sign(sign, 0):<{KIND}}" if alone else "  ", sign.tone)
    left = [start, (alert.order_number or alert.message, "strong" if alone else Tone.PLAIN)]
    if alert.order_number and shown.cells >= ROOMY:
        left.append((f"  {_said(alert)}", Tone.DIM))
    return Line(f"alert:{alert.alert_id}", tuple(left), ((fmt.age(alert.created_at), Tone.DIM),))


def _said(alert: Alert) -> str:
    """The message without the order's number, which stands before it."""
    about = (f"Order {alert.order_number}", alert.order_number or "")
    opening = next((words for words in about if alert.message.startswith(words)), "")
    return alert.message.removeprefix(opening).lstrip(" :")


def _gaps(gaps: Sequence[Alert], fmt: Formatter) -> Iterator[Line]:
    if gaps:
        yield from _heading("DATA GAPS", len(gaps))
    for gap in gaps:
        left = ((f"{fmt.glyphs.warning} ", Tone.WARN), (gap.message, Tone.PLAIN))
        yield Line(f"gap:{gap.alert_id}", left, ((fmt.age(gap.created_at), Tone.DIM),))


def _panel_line(key: str, name: str, about: Piece, right: Piece) -> Line:
    return Line(key, ((f"{name} ", Tone.PLAIN), about), (right,))


def _work(work: Work, fmt: Formatter, shown: Shown) -> Iterator[Line]:
    """What is due soon, what the operator has, what nobody has: an order that stood above does not stand below again."""
    rows = IN_PANEL if shown.cells < ROOMY else IN_PANEL_ROOMY
    soon = work.due_soon[:rows]
    yield from _heading(DUE_SOON, work.due_soon_total)
    for order in soon:
        yield _owed("soon", order, fmt, order.owner)
    told = {order.order_id for order in soon}
    if fmt.me and (mine := work.of(fmt.me)) is not None:
        yield from _owned("MINE", fmt.me, mine.total, mine.overdue)
        yield from _owed_by("mine", mine.orders, told, fmt, shown)
    yield from _owned("UNOWNED", UNASSIGNED, work.unowned_total, work.unowned_overdue)
    yield from _owed_by("unowned", work.unowned[:rows], told, fmt, shown)


def _owned(title: str, name: str, total: int, overdue: int) -> Iterator[Line]:
    """A heading that leads to all of it."""
    yield _label(f"gap above {title}")
    late = (f"{overdue} late", Tone.BAD) if overdue else ("", Tone.DIM)
    yield Line(f"owner:{name}", ((title, "strong"), (f" {total}", Tone.DIM)), (late,), choosable=bool(total))


def _owed_by(section: str, orders: Sequence[OwedOrder], told: set[str], fmt: Formatter, shown: Shown) -> Iterator[Line]:
    """The first of them, unless the table shows just these."""
    owner = fmt.me if section == "mine" else UNASSIGNED
    if owner == shown.in_table:
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
