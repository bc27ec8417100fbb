"""`GET /sync/orders`: the page, its metrics, panels, alerts and cursors: contract §1."""

from __future__ import annotations

from pydantic import ConfigDict, Field
from pydantic.alias_generators import to_camel

from orders_wire.orders import Order
from orders_wire.scalars import Instant, Wire
from orders_wire.vocabulary import OWNERS_NAMED, UNASSIGNED, DeskState, ReturnState


class Backfill(Wire):
    """How many of the shop's orders the first reading has brought; `total` is the shop's own count when it began."""

    done: int
    total: int


class Desk(Wire):
    """Which database this is (`id`, new after a restore) and how far it is (`version` grows with every committed change).

    Only pages say the `state`; `backfill` stands with the state of that name.
    """

    id: str
    version: int
    state: DeskState | None = None
    backfill: Backfill | None = None


class Period(Wire):
    """`start` ≤ t < `end`; whole days of the desk zone, or the bounds that were asked for."""

    label: str
    start: Instant
    end: Instant


class Metrics(Wire):
    """`ready`: how many orders can be sent whole now; None from a server that does not say."""

    total_orders: int = 0
    awaiting_fulfillment: int = 0
    awaiting_tracking: int = 0
    overdue: int = 0
    overdue_pct: float = 0.0
    avg_fulfillment_hours: float = 0.0
    breaches: int = 0
    ready: int | None = None


class PageInfo(Wire):
    """Cursors of the page: `ofs:` positions and the `shopifyCursor` of its first row."""

    model_config = ConfigDict(frozen=True, extra="ignore", populate_by_name=True, alias_generator=to_camel)

    cursor: str | None = None
    start_cursor: str | None = None
    end_cursor: str | None = None
    next_cursor: str | None = None
    previous_cursor: str | None = None
    has_next_page: bool = False
    has_previous_page: bool = False
    page: int = 1
    page_size: int = 12
    total_pages: int = 1
    shopify_cursor: str | None = None


class OrdersSlice(Wire):
    """`unread` is not on the wire: how many rows whoever reads the answer had to leave out."""

    items: list[Order]
    page_info: PageInfo
    unread: int = Field(default=0, exclude=True)


class TrackingPending(Wire):
    order_id: str
    order_number: str
    expected_ship_date: Instant | None = None
    owner: str = UNASSIGNED


class Delayed(Wire):
    order_id: str
    order_number: str
    carrier: str | None = None
    delay_hours: float = 0.0
    last_update: Instant


class Shipments(Wire):
    tracking_pending: list[TrackingPending] = []
    tracking_pending_total: int = 0
    delayed: list[Delayed] = []
    delayed_total: int = 0
    delivered_today: int = 0


class PendingReturn(Wire):
    order_id: str
    order_number: str
    stage: ReturnState
    state: ReturnState
    reason: str | None = None
    age_days: float = 0.0
    refund_amount: float | None = None


class Returns(Wire):
    pending: list[PendingReturn] = []
    pending_total: int = 0
    refunds_due: int = 0
    refund_value_usd: float = 0.0


class InventoryBlock(Wire):
    sku: str
    name: str
    orders_waiting: int = 0
    on_hand: int = 0
    eta: Instant | None = None


class OwedOrder(Wire):
    """An order of the tab `unfulfilled`."""

    order_id: str
    order_number: str
    ship_by: Instant
    owner: str = UNASSIGNED


class OwnerWork(Wire):
    """How much an owner has to send, how much of it is overdue, and the first of it."""

    name: str
    total: int
    overdue: int = 0
    orders: list[OwedOrder] = []


class Work(Wire):
    """What has to be sent next. `due_soon`: within two hours; it and `due_today` count nothing that is overdue. `unowned` lists
    what can still be sent in time; its total counts what is overdue, too.
    """

    due_soon: list[OwedOrder] = []
    due_soon_total: int = 0
    due_today: int = 0
    unowned: list[OwedOrder] = []
    unowned_total: int = 0
    unowned_overdue: int = 0
    owners: list[OwnerWork] = []

    def of(self, name: str) -> OwnerWork | None:
        """What this owner has to send; None when the answer does not say, since it names the busiest owners only."""
        nothing = OwnerWork(name=name, total=0) if len(self.owners) < OWNERS_NAMED else None
        return next((owner for owner in self.owners if owner.name == name), nothing)


class OrdersPage(Wire):
    """The whole answer. Panels and metrics are over all orders, exactly; `total_orders` is of this tab and these filters.

    `size_bytes` is not on the wire: how long the answer was, for who keeps it.
    """

    period: Period
    metrics: Metrics
    orders: OrdersSlice
    shipments: Shipments = Shipments()
    returns: Returns = Returns()
    inventory_blocks: list[InventoryBlock] = []
    inventory_blocks_total: int = 0
    work: Work | None = None
    alerts: list[str] = []
    alerts_total: int = 0
    data_gaps: list[str] = []
    data_gaps_total: int = 0
    tabs: dict[str, int] = Field(default_factory=dict)
    desk: Desk | None = None
    size_bytes: int = Field(default=0, exclude=True)
