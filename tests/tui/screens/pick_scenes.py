"""Picking as an operator meets it: what is marked, what is left out and why, what ships together, and where it goes."""

from __future__ import annotations

from tests.tui.screens import desk_data
from tests.tui.screens.fake_session import FakeSession
from tests.tui.screens.scene import Scene

from orders_wire.detail import LineItem
from orders_wire.vocabulary import Ready

LINES = (
    LineItem(
        id="l1", sku="TEE-BLK-M", title="T-shirt, black, M", quantity=3, owed=3, sendable=3, requires_shipping=True
    ),
    LineItem(id="l2", sku="MUG-01", title="Mug", quantity=2, owed=2, held=1, sendable=1, requires_shipping=True),
    LineItem(id="l3", sku="CUP-07", title="Cup", quantity=1, owed=1, sendable=0, requires_shipping=True),
)


def some_orders(session: FakeSession) -> None:
    """The first four orders: two that ship together, one that is not paid, one that is cancelled by now."""
    rows = [row.order for row in session.table.view.rows[:4]]
    told: tuple[dict[str, object], ...] = (
        {"together": "g1"},
        {"ready": Ready.NO, "blockers": ["payment"]},
        {"together": "g1", "assigned_to": "ana"},
        {},
    )
    for order, fields in zip(rows, told, strict=True):
        changed = order.model_copy(update={"hold": None, **fields})
        lines = list(LINES) if order is not rows[3] else []
        session.know(changed, desk_data.detail(changed).model_copy(update={"line_items": lines}))


MARKED = ("space", "space", "space", "space")
PRINTER: dict[str, object] = {"print_command": ("lp", "-d", "packing", "{text}")}
PICKS = [
    Scene("pick", press=("P",), given=some_orders),
    Scene("pick_marked", press=(*MARKED, "P"), last=("ctrl+t",), given=some_orders, settings=PRINTER),
    Scene(
        "pick_to_file",
        press=(*MARKED, "P"),
        last=("tab", "down", "tab", "down", "down"),
        given=some_orders,
        settings=PRINTER,
    ),
    Scene("pick_nothing", press=("j", "P"), last=("enter",), given=some_orders),
]
