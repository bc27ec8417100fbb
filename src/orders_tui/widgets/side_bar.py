"""Alerts by severity, data gaps, and the panels for shipments, returns and stock: one list that can be walked.

Every line that names an order leads to it; a stock line leads to the escalation of its SKU.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING

from orders_tui import wording
from orders_tui.widgets.cells import Piece
from orders_tui.widgets.line_list import Line, LineList
from orders_tui.widgets.order_table.columns import Seen
from orders_tui.wording import Tone
from orders_wire.vocabulary import UNASSIGNED, EventType

if TYPE_CHECKING:
    from orders_tui.alerts import Alert
    from orders_wire.page import OrdersPage

SHOWN = 3
"""So many of a kind of alert while it is folded."""
SHOWN_OPEN = 50


class SideBar(LineList):
    """The list; `current` is `kind:<type>`, `alert:<id>`, `gap:<id>`, `order:<section>:<order id>` or `sku:<sku>`."""

    always_on = False

    def __init__(self, cursor: str, ellipsis: str, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(cursor, ellipsis, id=id)
        self.unfolded: set[EventType] = set()

    def fold(self) -> bool:
        """Folds or unfolds the kind of alert under the cursor; False where there is none."""
        kind, _, name = self.current.partition(":")
        if kind != "kind":
            return False
        self.unfolded ^= {EventType(name)}
        return True


def alerts_of(key: str, alerts: Sequence[Alert]) -> list[str]:
    """The ids of the alerts, or of the data gap, that a line stands for."""
    kind, _, rest = key.partition(":")
    if kind == "kind":
        return [alert.alert_id for alert in alerts if alert.type == rest]
    return [rest] if kind in {"alert", "gap"} else []


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
    alerts: Sequence[Alert],
    gaps: Sequence[Alert],
    page: OrdersPage | None,
    seen: Seen,
    unfolded: Collection[EventType] = (),
) -> list[Line]:
    """All sections, from what is most urgent to what is only good to know."""
    out = [*_alerts(alerts, unfolded, seen), *_gaps(gaps, seen)]
    if page is not None:
        for section in (_tracking(page, seen), _delayed(page, seen), _returns(page, seen), _stock(page, seen)):
            out += section
    return out


def _heading(title: str, count: int, tail: str = "") -> Iterator[Line]:
    yield Line(f"gap above {title}", (), choosable=False)
    right: tuple[Piece, ...] = ((tail, Tone.DIM),) if tail else ()
    yield Line(f"heading {title}", ((title, "strong"), (f" {count}", Tone.DIM)), right, choosable=False)


def _alerts(alerts: Sequence[Alert], unfolded: Collection[EventType], seen: Seen) -> Iterator[Line]:
    worst = wording.severity(alerts[0].severity).tone if alerts else Tone.DIM
    yield Line("heading alerts", (("ALERTS", "strong"), (f" {len(alerts)}", worst)), choosable=False)
    if not alerts:
        yield Line("no alerts", (("nothing open", Tone.DIM),), choosable=False)
    for kind in dict.fromkeys(alert.type for alert in alerts):
        of_kind = [alert for alert in alerts if alert.type is kind]
        if len(of_kind) > 1:
            sign = wording.event_type(kind)
            count = (f" {len(of_kind)}", sign.tone)
            yield Line(
                f"kind:{kind}", ((f"{seen.sign(sign, 0)}", sign.tone), count), (_fold(of_kind, kind, unfolded, seen),)
            )
        for alert in of_kind[: SHOWN_OPEN if kind in unfolded else SHOWN]:
            yield _alert(alert, seen, alone=len(of_kind) == 1)


def _fold(of_kind: Sequence[Alert], kind: EventType, unfolded: Collection[EventType], seen: Seen) -> Piece:
    if len(of_kind) <= SHOWN:
        return "", Tone.DIM
    return (seen.glyphs.up if kind in unfolded else seen.glyphs.down), Tone.DIM


def _alert(alert: Alert, seen: Seen, *, alone: bool) -> Line:
    sign = wording.event_type(alert.type)
    start: Piece = (f"{seen.sign(sign, 0):<11} " if alone else "  ", sign.tone)
    left = (start, (alert.order_number or alert.message, "strong" if alone else Tone.PLAIN))
    return Line(f"alert:{alert.alert_id}", left, ((seen.age(alert.created_at), Tone.DIM),))


def _gaps(gaps: Sequence[Alert], seen: Seen) -> Iterator[Line]:
    if not gaps:
        return
    yield from _heading("DATA GAPS", len(gaps))
    for gap in gaps:
        left = ((f"{seen.glyphs.warning} ", Tone.WARN), (gap.message, Tone.PLAIN))
        yield Line(f"gap:{gap.alert_id}", left, ((seen.age(gap.created_at), Tone.DIM),))


def _tracking(page: OrdersPage, seen: Seen) -> Iterator[Line]:
    yield from _heading(
        "TRACKING PENDING", page.shipments.tracking_pending_total or len(page.shipments.tracking_pending)
    )
    for item in page.shipments.tracking_pending[:5]:
        owner = seen.glyphs.nothing if item.owner == UNASSIGNED else item.owner
        when = wording.instant(item.expected_ship_date, seen.now, seen.zone)
        left = ((f"{item.order_number} ", Tone.PLAIN), (owner, Tone.DIM))
        yield Line(f"order:tracking:{item.order_id}", left, ((when, Tone.DIM),))


def _delayed(page: OrdersPage, seen: Seen) -> Iterator[Line]:
    delivered = f"{page.shipments.delivered_today} delivered"
    yield from _heading("DELAYED", page.shipments.delayed_total or len(page.shipments.delayed), delivered)
    for item in page.shipments.delayed[:5]:
        left = ((f"{item.order_number} ", Tone.PLAIN), (item.carrier or seen.glyphs.nothing, Tone.DIM))
        yield Line(
            f"order:delayed:{item.order_id}", left, ((f"{wording.age(item.delay_hours * 3600)} quiet", Tone.WARN),)
        )


def _returns(page: OrdersPage, seen: Seen) -> Iterator[Line]:
    due = (
        f"{page.returns.refunds_due} due {wording.usd(page.returns.refund_value_usd)}"
        if page.returns.refunds_due
        else ""
    )
    yield from _heading("RETURNS", page.returns.pending_total or len(page.returns.pending), due)
    for item in page.returns.pending[:5]:
        sign = wording.return_state(item.state)
        left = ((f"{item.order_number} ", Tone.PLAIN), (seen.sign(sign, 0), sign.tone))
        amount = "" if item.refund_amount is None else f"{item.refund_amount:,.2f}"
        yield Line(
            f"order:returns:{item.order_id}", left, ((f"{amount} {wording.age(item.age_days * 86_400):>3}", Tone.DIM),)
        )


def _stock(page: OrdersPage, seen: Seen) -> Iterator[Line]:
    yield from _heading("OUT OF STOCK", page.inventory_blocks_total or len(page.inventory_blocks), "orders")
    for block in page.inventory_blocks[:5]:
        left = ((f"{block.sku} ", Tone.PLAIN), (block.name if block.name != block.sku else "", Tone.DIM))
        yield Line(f"sku:{block.sku}", left, ((str(block.orders_waiting), Tone.WARN),))
