"""Alerts by severity, data gaps, and the panels for shipments, returns and stock: one list that can be walked.

Every line that names an order leads to it; a stock line leads to the escalation of its SKU.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
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
    from orders_wire.page import InventoryBlock, OrdersPage, Returns, Shipments

KIND = 12
"""Cells of the kind's name before the only alert of it."""
SHOWN = 3
"""So many of a kind of alert while it is folded."""
SHOWN_OPEN = 50
IN_PANEL = 5
REPORTED = 50
"""The server reports the most severe alerts only, so many, when a stream opens (contract §2)."""
ROOMY = 50
"""From so many cells on, an alert says what it is about beside its order."""


class SideBar(LineList):
    """The list; `current` is `kind:<severity>:<type>`, `alert:<id>`, `gap:<id>`, `order:<section>:<order id>` or `sku:<sku>`.

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
    """How the list is shown: which kinds are unfolded, which are the only ones on show, how many cells there are."""

    unfolded: Collection[str] = ()
    types: Collection[EventType] = ()
    cells: int = 28


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
        out += [*_tracking(page.shipments, fmt), *_delayed(page.shipments, fmt), *_returns(page.returns, fmt)]
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


def _tracking(panel: Shipments, fmt: Formatter) -> Iterator[Line]:
    yield from _heading("TRACKING PENDING", panel.tracking_pending_total or len(panel.tracking_pending))
    for item in panel.tracking_pending[:IN_PANEL]:
        owner = fmt.glyphs.nothing if item.owner == UNASSIGNED else item.owner
        due = _due(item.expected_ship_date, fmt)
        yield _panel_line(f"order:tracking:{item.order_id}", item.order_number, (owner, Tone.DIM), due)


def _due(at: datetime | None, fmt: Formatter) -> Piece:
    if at is None:
        return fmt.glyphs.nothing, Tone.DIM
    left_s = (at - fmt.now).total_seconds()
    return (f"late {wording.age(-left_s)}", Tone.BAD) if left_s < 0 else (f"in {wording.age(left_s)}", Tone.DIM)


def _delayed(panel: Shipments, fmt: Formatter) -> Iterator[Line]:
    yield from _heading("DELAYED", panel.delayed_total or len(panel.delayed), f"{panel.delivered_today} delivered")
    for item in panel.delayed[:IN_PANEL]:
        carrier, quiet = item.carrier or fmt.glyphs.nothing, f"{wording.age(item.delay_hours * 3600)} quiet"
        yield _panel_line(f"order:delayed:{item.order_id}", item.order_number, (carrier, Tone.DIM), (quiet, Tone.WARN))


def _returns(panel: Returns, fmt: Formatter) -> Iterator[Line]:
    due = f"{panel.refunds_due} due ${panel.refund_value_usd:,.0f}" if panel.refunds_due else ""
    yield from _heading("RETURNS", panel.pending_total or len(panel.pending), due)
    for item in panel.pending[:IN_PANEL]:
        amount = "" if item.refund_amount is None else f"{item.refund_amount:,.0f}"
        right = (f"{amount} {wording.age(item.age_days * 86_400):>3}", Tone.DIM)
        state = fmt.piece(wording.return_state(item.state), 0)
        yield _panel_line(f"order:returns:{item.order_id}", item.order_number, state, right)


def _stock(blocks: Sequence[InventoryBlock], total: int) -> Iterator[Line]:
    yield from _heading("OUT OF STOCK", total or len(blocks), "orders")
    for block in blocks[:IN_PANEL]:
        name = block.name if block.name != block.sku else ""
        yield _panel_line(f"sku:{block.sku}", block.sku, (name, Tone.DIM), (str(block.orders_waiting), Tone.WARN))
