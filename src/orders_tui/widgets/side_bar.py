"""Alerts by severity, data gaps, and the panels for shipments, returns and stock: one list that can be walked.

Every line that names an order leads to it; a stock line leads to the escalation of its SKU.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from orders_tui import wording
from orders_tui.alerts import Alert
from orders_tui.widgets.cells import Piece
from orders_tui.widgets.line_list import Line, LineList
from orders_tui.widgets.order_table.columns import Seen
from orders_tui.wording import Tone
from orders_wire.page import OrdersPage
from orders_wire.vocabulary import UNASSIGNED

SHOWN_ALERTS = 12
"""More are a number; the tabs show what they are about."""


class SideBar(LineList):
    """The list; `current` is `alert:<id>`, `gap:<id>`, `order:<section>:<order id>` or `sku:<sku>`."""

    always_on = False


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


def lines(alerts: Sequence[Alert], gaps: Sequence[Alert], page: OrdersPage | None, seen: Seen) -> list[Line]:
    """All sections, from what is most urgent to what is only good to know."""
    out = [*_alerts(alerts, seen), *_gaps(gaps, seen)]
    if page is not None:
        for section in (_tracking(page, seen), _delayed(page, seen), _returns(page, seen), _stock(page, seen)):
            out += section
    return out


def _heading(title: str, count: int, tail: str = "") -> Iterator[Line]:
    yield Line(f"gap above {title}", (), choosable=False)
    right: tuple[Piece, ...] = ((tail, Tone.DIM),) if tail else ()
    yield Line(f"heading {title}", ((title, "strong"), (f" {count}", Tone.DIM)), right, choosable=False)


def _alerts(alerts: Sequence[Alert], seen: Seen) -> Iterator[Line]:
    worst = wording.severity(alerts[0].severity).tone if alerts else Tone.DIM
    yield Line("heading alerts", (("ALERTS", "strong"), (f" {len(alerts)}", worst)), choosable=False)
    if not alerts:
        yield Line("no alerts", (("nothing open", Tone.DIM),), choosable=False)
    for alert in alerts[:SHOWN_ALERTS]:
        severity, kind = wording.severity(alert.severity), wording.event_type(alert.type)
        left = (
            (f"{severity.mark(seen.glyphs.ascii_only)} ", severity.tone),
            (f"{kind.short:<9} ", Tone.PLAIN),
            (alert.order_number or alert.message, "strong"),
        )
        yield Line(f"alert:{alert.alert_id}", left, ((seen.age(alert.created_at), Tone.DIM),))
    if len(alerts) > SHOWN_ALERTS:
        yield Line("more alerts", ((f"{len(alerts) - SHOWN_ALERTS} more", Tone.DIM),), choosable=False)


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
        left = ((f"{item.order_number} ", Tone.PLAIN), (sign.word, sign.tone))
        amount = "" if item.refund_amount is None else f"{item.refund_amount:,.2f}"
        yield Line(
            f"order:returns:{item.order_id}", left, ((f"{amount} {wording.age(item.age_days * 86_400):>3}", Tone.DIM),)
        )


def _stock(page: OrdersPage, seen: Seen) -> Iterator[Line]:
    yield from _heading("OUT OF STOCK", page.inventory_blocks_total or len(page.inventory_blocks), "orders")
    for block in page.inventory_blocks[:5]:
        left = ((f"{block.sku} ", Tone.PLAIN), (block.name if block.name != block.sku else "", Tone.DIM))
        yield Line(f"sku:{block.sku}", left, ((str(block.orders_waiting), Tone.WARN),))
