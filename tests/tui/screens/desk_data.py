"""A small shop for the screens: the same orders every time, with something for every tab, and names that strangers chose."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache

from orders_wire.alerts import Event
from orders_wire.detail import (
    Address,
    Assignment,
    AuditEntry,
    Customer,
    CustomerOrders,
    FulfilledLine,
    Fulfillment,
    LineItem,
    LineProperty,
    OrderDetail,
    OutboxEntry,
    Return,
    Totals,
)
from orders_wire.orders import Hold, Money, Order, Outbound, ReturnSummary, TimelineEntry, Tracking
from orders_wire.page import (
    Delayed,
    InventoryBlock,
    Metrics,
    OrdersPage,
    OrdersSlice,
    OwedOrder,
    OwnerWork,
    PageInfo,
    PendingReturn,
    Period,
    Returns,
    Shipments,
    TrackingPending,
    Work,
)
from orders_wire.people import Me, Owner
from orders_wire.vocabulary import (
    AlertType,
    Channel,
    EventType,
    Issue,
    OpenClosed,
    OutboundState,
    ParcelSent,
    Priority,
    ReturnAction,
    ReturnState,
    Role,
    Severity,
    Status,
    Tab,
)

NOW = datetime(2026, 3, 12, 13, 58, tzinfo=UTC)
NAMES = (
    "Kemi Okafor", "María Díaz", "Wei Zhang", "[/x] Smith", "Amélie Roux", "Jürgen Groß", "田中 花子", "Priya Natarajan",
    "O'Brien & Sons", "Лев Иванов", "Ana-Lucía Fernández de la Vega y Montenegro", "Bo", "Noor الحسن", "Zoë 🦊 Fox",
)  # fmt: skip
OWNERS = ("unassigned", "ana", "bo", "unassigned", "anton", "unassigned", "assistant")
STATUSES = (
    Status.AWAITING_FULFILLMENT, Status.AWAITING_FULFILLMENT, Status.AWAITING_TRACKING, Status.AWAITING_FULFILLMENT,
    Status.IN_TRANSIT, Status.AWAITING_FULFILLMENT, Status.FULFILLED, Status.AWAITING_FULFILLMENT, Status.REFUNDED,
    Status.CANCELLED,
)  # fmt: skip
RETURN_STATES = list(ReturnState)
ACTIONS = {
    ReturnState.AWAITING_LABEL: [ReturnAction.DENY],
    ReturnState.LABEL_GENERATED: [ReturnAction.REQUEST_INSPECTION, ReturnAction.DENY],
    ReturnState.IN_TRANSIT: [ReturnAction.REQUEST_INSPECTION, ReturnAction.DENY],
    ReturnState.INSPECTION: [ReturnAction.APPROVE_REFUND, ReturnAction.DENY],
    ReturnState.AWAITING_REFUND: [ReturnAction.APPROVE_REFUND, ReturnAction.DENY],
}


def ago(hours: float) -> datetime:
    """So many hours before `NOW`."""
    return NOW - timedelta(hours=hours)


def order(number: int, **changes: object) -> Order:
    """The order `#number`; what is not changed follows from the number alone."""
    status = STATUSES[number % len(STATUSES)]
    age = 2.0 + (number * 7) % 90
    amount = f"{(number * 1373) % 40000 / 100 + 12:.2f}"
    currency = ("EUR", "EUR", "USD", "GBP")[number % 4]
    placed = ago(age)
    values: dict[str, object] = {
        "id": f"gid://shopify/Order/{5_000_000_000 + number}",
        "order_number": f"#{number}",
        "placed_at": placed,
        "ship_by": placed + timedelta(hours=48 if number % 8 else -72),
        "status": status,
        "priority": (Priority.VIP, *[Priority.STANDARD] * 5, Priority.RUSH)[number % 7],
        "value_usd": float(amount) if currency == "USD" else None,
        "issue": (Issue.PAYMENT, None, None, Issue.ADDRESS, None, None, Issue.INVENTORY, None)[number % 8],
        "assigned_to": OWNERS[number % len(OWNERS)],
        "age_hours": age,
        "timeline": _timeline(number, placed, amount, currency),
        "channel": (Channel.ONLINE, Channel.ONLINE, Channel.POS)[number % 3],
        "tags": (["gift"], [], ["wholesale", "vip"])[number % 3],
        "version": number % 17 + 1,
        "customer_name": NAMES[number % len(NAMES)],
        "total": Money(amount=amount, currency=currency),
        "tracking": _tracking(number, status),
        "refunded": _refunded(status, amount, currency),
        "hold": Hold(reason=Issue.INVENTORY, note="waits for supplier", since=ago(30)) if number % 9 == 0 else None,
        "return_": _return(number, float(amount), currency),
        "alerts": [AlertType.ORDER_OVERDUE] if age > 72 else [],
        "outbound": Outbound(waiting=number % 11 == 0, failed=number % 23 == 0),
        "support_thread": f"conversation:{number:08x}" if number % 13 == 0 else None,
    }
    return Order(**{**values, **changes})


def _timeline(number: int, placed: datetime, amount: str, currency: str) -> list[TimelineEntry]:
    entries = [
        TimelineEntry(ts=placed, event="order_placed", details="online store"),
        TimelineEntry(ts=placed + timedelta(minutes=1), event="payment_captured", details=f"{amount} {currency}"),
    ]
    if number % 2:
        details = f"{OWNERS[number % len(OWNERS)]}, by bo"
        entries.append(TimelineEntry(ts=placed + timedelta(minutes=50), event="assigned", details=details))
    if number % 3 == 0:
        entries.append(
            TimelineEntry(ts=ago(1.5), event="note", details="customer asks for split shipment", note_id="n0")
        )
    return entries


def _tracking(number: int, status: Status) -> list[Tracking]:
    if status in {Status.AWAITING_FULFILLMENT, Status.CANCELLED}:
        return []
    if status is Status.AWAITING_TRACKING:
        return [Tracking()]
    return [
        Tracking(
            number=f"00340434292135{number:06d}",
            carrier="DHL",
            url="https://www.dhl.de/track",
            shipment_status="in_transit",
            updated_at=ago(26 + number % 30),
        )
    ]


def _refunded(status: Status, amount: str, currency: str) -> Money | None:
    return Money(amount=amount, currency=currency) if status is Status.REFUNDED else None


def _return(number: int, amount: float, currency: str) -> ReturnSummary | None:
    if number % 5:
        return None
    state = RETURN_STATES[number // 5 % len(RETURN_STATES)]
    return ReturnSummary(
        id=f"gid://shopify/Return/{number}",
        state=state,
        reason="damaged in transit",
        allowed_actions=ACTIONS.get(state, []),
        refund_amount=amount,
        currency=currency,
        since=ago(48 + number % 30),
    )


ORDERS: tuple[Order, ...] = tuple(order(number) for number in range(104233, 104033, -1))


def of_tab(tab: Tab) -> list[Order]:
    """The orders of a tab, near enough for a screen."""
    return [each for each in ORDERS if _belongs(each, tab)]


def _belongs(each: Order, tab: Tab) -> bool:
    match tab:
        case Tab.UNFULFILLED:
            return each.status is Status.AWAITING_FULFILLMENT
        case Tab.OVERDUE:
            return each.status is Status.AWAITING_FULFILLMENT and each.ship_by is not None and each.ship_by < NOW
        case Tab.AWAITING_TRACKING:
            return each.status is Status.AWAITING_TRACKING
        case Tab.TRACKING_PENDING:
            return each.status is Status.AWAITING_TRACKING and each.age_hours > 48
        case Tab.DELAYED:
            return each.status is Status.IN_TRANSIT
        case Tab.HOLDS:
            return each.hold is not None
        case Tab.RETURNS:
            return each.return_ is not None and not each.return_.state.terminal
        case Tab.REFUNDED:
            return each.status is Status.REFUNDED
    return True


def nothing() -> OrdersPage:
    """The answer of a desk that holds no order."""
    return OrdersPage(
        period=Period(label="Last 7 days", start=ago(7 * 24), end=NOW),
        metrics=Metrics(),
        orders=OrdersSlice(items=[], page_info=PageInfo()),
    )


def page(rows: list[Order], total: int | None = None) -> OrdersPage:
    """An answer with these rows; metrics and panels are those of the whole shop."""
    whole = _whole_shop()
    metrics = whole.metrics.model_copy(update={"total_orders": len(rows) if total is None else total})
    return whole.model_copy(
        update={"metrics": metrics, "orders": OrdersSlice(items=rows, page_info=PageInfo()), "tabs": dict(whole.tabs)}
    )


@cache
def _whole_shop() -> OrdersPage:
    unfulfilled, overdue = of_tab(Tab.UNFULFILLED), of_tab(Tab.OVERDUE)
    delayed, returns = of_tab(Tab.DELAYED), of_tab(Tab.RETURNS)
    return OrdersPage(
        period=Period(label="Last 7 days", start=ago(7 * 24), end=NOW),
        metrics=Metrics(
            awaiting_fulfillment=len(unfulfilled),
            awaiting_tracking=len(of_tab(Tab.AWAITING_TRACKING)),
            overdue=len(overdue),
            overdue_pct=round(len(overdue) / len(unfulfilled), 2),
            avg_fulfillment_hours=16.4,
            breaches=2,
        ),
        orders=OrdersSlice(items=[], page_info=PageInfo()),
        shipments=Shipments(
            tracking_pending=[
                TrackingPending(
                    order_id=o.id, order_number=o.order_number, expected_ship_date=o.ship_by, owner=o.assigned_to
                )
                for o in of_tab(Tab.TRACKING_PENDING)[:10]
            ],
            tracking_pending_total=len(of_tab(Tab.TRACKING_PENDING)),
            delayed=[
                Delayed(
                    order_id=o.id,
                    order_number=o.order_number,
                    carrier="DHL",
                    delay_hours=26 + n,
                    last_update=ago(26 + n),
                )
                for n, o in enumerate(delayed[:10])
            ],
            delayed_total=len(delayed),
            delivered_today=9,
        ),
        returns=Returns(
            pending=[_pending(o) for o in returns[:10]], pending_total=len(returns), refunds_due=2, refund_value_usd=640
        ),
        inventory_blocks=[
            InventoryBlock(sku="TEE-BLK-M", name="T-shirt, black, M", orders_waiting=12, on_hand=-3),
            InventoryBlock(sku="MUG-01", name="MUG-01", orders_waiting=4, on_hand=0),
        ],
        inventory_blocks_total=2,
        tabs={tab: len(of_tab(tab)) for tab in Tab},
        work=_work(unfulfilled),
    )


def _work(unfulfilled: list[Order]) -> Work:
    left = {each.id: each.ship_by - NOW for each in unfulfilled if each.ship_by is not None}
    to_come = [each for each in unfulfilled if left[each.id] >= timedelta()]
    due_soon = [each for each in to_come if left[each.id] <= timedelta(hours=2)]
    owned = {name: [each for each in unfulfilled if each.assigned_to == name] for name in sorted(set(OWNERS))}
    nobodys = owned.pop("unassigned")
    return Work(
        due_soon=_owed(due_soon),
        due_soon_total=len(due_soon),
        due_today=sum(left[each.id] < timedelta(hours=10) for each in to_come),
        unowned=_owed([each for each in to_come if each in nobodys]),
        unowned_total=len(nobodys),
        unowned_overdue=sum(each not in to_come for each in nobodys),
        owners=[
            OwnerWork(name=name, total=len(all_), overdue=sum(each not in to_come for each in all_), orders=_owed(all_))
            for name, all_ in owned.items()
        ],
    )


def _owed(orders: list[Order]) -> list[OwedOrder]:
    first = sorted((each.ship_by, each.id, each) for each in orders if each.ship_by is not None)[:10]
    return [
        OwedOrder(order_id=each.id, order_number=each.order_number, ship_by=due, owner=each.assigned_to)
        for due, _, each in first
    ]


def _pending(o: Order) -> PendingReturn:
    assert o.return_ is not None
    state = o.return_.state
    return PendingReturn(
        order_id=o.id,
        order_number=o.order_number,
        stage=state,
        state=state,
        age_days=3,
        refund_amount=o.return_.refund_amount,
    )


def alert_events() -> list[Event]:
    """What is open on the desk."""
    kinds = [
        (EventType.ORDER_OVERDUE, Severity.CRITICAL, 104101, "Order #104101 is overdue: it was to ship by 11 March"),
        (
            EventType.INTEGRATION_FAILED,
            Severity.CRITICAL,
            104098,
            "Order #104098: the fulfilment could not be sent to Shopify",
        ),
        (EventType.INVENTORY_HOLD, Severity.WARNING, 104077, "Order #104077 is on hold: waits for supplier"),
        (EventType.SHIPMENT_DELAY, Severity.WARNING, 104064, "Order #104064: no scan by DHL since yesterday"),
        (EventType.TRACKING_PENDING, Severity.WARNING, 104072, "Order #104072 has a parcel without a tracking number"),
        (EventType.RETURN_UPDATE, Severity.INFO, 104050, "Order #104050: the return is in inspection"),
    ]
    events = [
        Event(
            id=f"k3f9-{n}",
            type=kind,
            message=message,
            status=OpenClosed.OPEN,
            order_number=f"#{number}",
            created_at=ago(0.2 + n * 1.3),
            alert_id=f"a{n}",
            order_id=f"gid://shopify/Order/{5_000_000_000 + number}",
            severity=severity,
        )
        for n, (kind, severity, number, message) in enumerate(kinds)
    ]
    gap = Event(
        id="k3f9-90",
        type=EventType.DATA_GAP,
        message="No webhook for 25 minutes: check the shop's webhook subscriptions",
        status=OpenClosed.OPEN,
        created_at=ago(0.4),
        alert_id="g1",
    )
    return [*events, gap]


ME = Me(
    name="ana",
    role=Role.LEAD,
    shop="acme-eu.myshopify.com",
    desk={"id": "k3f9", "version": 81234},
    time_zone="UTC",
    undo_seconds=10,
    shopify_writes=True,
    server_version="0.1.0",
)
PEOPLE = (
    Owner(name="ana", open_orders=12),
    Owner(name="anton", open_orders=31),
    Owner(name="bo", open_orders=9),
    Owner(name="assistant", open_orders=4),
)


SENT = [
    FulfilledLine(id="l1", title="T-shirt, black, M", quantity=1),
    FulfilledLine(id="l2", title="Mug", quantity=1),
]


def totals(of: Order) -> Totals:
    """They add up to the order's total, the tax included and the discounts taken off; nothing was paid back."""
    assert of.total is not None
    total = Decimal(of.total.amount)
    told = {
        "subtotal": total - Decimal("4.90"),
        "discounts": Decimal("14.90"),
        "shipping": Decimal("4.90"),
        "refunded": Decimal(0),
    }
    told |= {"tax": total * Decimal("0.19"), "captured": total}
    return Totals(**{name: Money(amount=f"{value:.2f}", currency=of.total.currency) for name, value in told.items()})


def detail(of: Order) -> OrderDetail:
    """Everything about an order."""
    summary = of.return_
    return OrderDetail(
        **of.model_dump(by_alias=False),
        totals=totals(of) if of.total is not None else None,
        customer_orders=CustomerOrders(count=7, open=2, returned=1),
        customer=Customer(id="gid://shopify/Customer/6001", name=of.customer_name,
                          email="customer@example.org", phone="+49 30 123456", tags=["vip"]),
        email="customer@example.org",
        note="Please leave it with the neighbour.",
        financial_status="paid",
        fulfillment_status="partial",
        shipping_address=Address(
            name=of.customer_name, address1="Sonnenallee 12", zip="12045", city="Berlin", country="Germany", phone="+49 30 123456"
        ),
        billing_address=Address(name=of.customer_name, address1="Sonnenallee 12", zip="12045", city="Berlin", country="Germany"),
        shipping_lines=["Standard"],
        line_items=[
            LineItem(id="l1", sku="TEE-BLK-M", title="T-shirt, black, M", quantity=3, owed=2, requires_shipping=True,
                     price=Money(amount="19.90", currency="EUR"), available=-1, short=1, sendable=1,
                     variant_title="Black / M", barcode="4006381333931",
                     properties=[LineProperty(name="Engraving", value="For Ana, who carried this desk through the whole winter"),
                                 LineProperty(name="_bundle", value="b-17")]),
            LineItem(id="l2", sku="MUG-01", title="Mug", quantity=1, owed=0, requires_shipping=True,
                     price=Money(amount="12.00", currency="EUR"), available=40, short=0, variant_title="Default Title"),
            LineItem(id="l3", sku=None, title="Gift card", quantity=1, owed=0, requires_shipping=False,
                     price=Money(amount="25.00", currency="EUR")),
        ],
        fulfillments=[
            Fulfillment(id="f1", name=f"{of.order_number}.1", status="success", shipment_status="in_transit",
                        number="00340434292135100186", carrier="DHL", created_at=ago(20), updated_at=ago(3), lines=SENT),
            Fulfillment(id="f2", name=f"{of.order_number}.2", status="success", created_at=ago(2), ours=True,
                        sent=ParcelSent.WAITING),
        ],
        returns=[
            Return(id=summary.id, name="R1", state=summary.state, since=ago(60), reason=summary.reason,
                   allowed_actions=summary.allowed_actions, refund_amount=summary.refund_amount, currency=summary.currency)
        ] if summary is not None else [],
        assignments=[
            Assignment(assignee="ana", assigned_by="bo", assigned_at=ago(20)),
            Assignment(assignee="bo", assigned_by="ana", assigned_at=ago(40)),
        ],
        audit=[AuditEntry(at=ago(20), actor="bo", action="assign", result="done", details="to ana", client="orders-tui 0.1.0")],
        outbox=[
            OutboxEntry(id="o1", target="shopify", kind="metafields", state=OutboundState.DONE, attempts=1, created_at=ago(20)),
            OutboxEntry(id="o2", target="erp", kind="return", state=OutboundState.DEAD, attempts=8, created_at=ago(6),
                        last_error="503 from the ERP"),
        ],
        admin_url="https://admin.shopify.com/store/acme-eu/orders/1",
    )  # fmt: skip
