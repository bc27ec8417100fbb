"""What can leave now, as an operator meets it: the view beside the tabs, a flag on each row, what stands against the rest."""

from __future__ import annotations

from tests.tui.screens import desk_data
from tests.tui.screens.fake_session import FakeSession
from tests.tui.screens.scene import Scene

from orders_tui.session import changes
from orders_wire.detail import LineItem
from orders_wire.orders import Order
from orders_wire.vocabulary import Issue, Ready

LINES = (
    LineItem(
        id="l1", sku="TEE-BLK-M", title="T-shirt, black, M", quantity=3, owed=3, sendable=3, requires_shipping=True
    ),
    LineItem(
        id="l2",
        sku="MUG-01",
        title="Mug",
        quantity=3,
        owed=3,
        sendable=2,
        available=-1,
        short=1,
        requires_shipping=True,
    ),
    LineItem(id="l3", sku="CUP-07", title="Cup", quantity=2, owed=2, held=2, sendable=0, requires_shipping=True),
)
PART, YES, NO = Ready.PART, Ready.YES, Ready.NO
TOLD: tuple[dict[str, object], ...] = (
    {"ready": PART, "blockers": ["stock:MUG-01", "hold:customer"], "together": "g1"},
    {"ready": YES},
    {"ready": NO, "blockers": ["stock:MUG-01"]},
    {"ready": YES, "together": "g1"},
    {"ready": NO, "blockers": ["payment", "stock:TEE-BLK-M", "stock:CUP-07", "stock:MUG-01"]},
    {"ready": NO, "blockers": ["shop"]},
)


def what_is_ready(session: FakeSession) -> None:
    """Of every owed order it is told whether it can go; the first is held and short in part, and goes with the fourth."""
    for at, row in enumerate(session.table.view.rows):
        told = dict(TOLD[at % len(TOLD)])
        if at >= len(TOLD):
            told.pop("together", None)
        if row.order.hold is not None and at:
            told |= {"ready": NO, "blockers": [f"hold:{row.order.hold.reason}"]}
        elif row.order.issue in {Issue.ADDRESS, Issue.PAYMENT}:
            told |= {"ready": NO, "blockers": [str(row.order.issue)]}
        order = row.order.model_copy(update=told)
        session.know(order, desk_data.detail(order).model_copy(update={"line_items": _lines(at, order)}))
    ready = sum(order.ready is YES for order in session.orders.values())
    assert session.summary_now is not None
    metrics = session.summary_now.metrics.model_copy(update={"ready": ready})
    session.summary_now = session.summary_now.model_copy(update={"metrics": metrics})
    session.tell(changes.SummaryChanged())


def _lines(at: int, order: Order) -> list[LineItem]:
    """Those of the first; of all others as many units can go as the order says."""
    lines = desk_data.detail(order).line_items
    whole = {"short": 0, "available": 0}
    can = [line.model_copy(update={**whole, "sendable": line.owed}) for line in lines] if order.ready is YES else lines
    return can if at else list(LINES)


READY = [
    Scene("ready_flags", given=what_is_ready),
    Scene("ready_view", press=("0",), given=what_is_ready),
    Scene("ready_order", press=("enter",), given=what_is_ready),
]
