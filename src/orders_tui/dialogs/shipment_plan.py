"""What several orders send together: of each all that it owes or a part, or why it is left out. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from orders_tui.actions import owed_lines
from orders_tui.actions.fulfill import FulfillDraft
from orders_tui.actions.owed_lines import Part
from orders_wire.vocabulary import Status

if TYPE_CHECKING:
    from orders_tui.dialogs.parcel_lines import ParcelLines
    from orders_tui.dialogs.read_orders import ReadOrders
    from orders_wire.orders import Order

NOT_IN_STOCK = "without anything in stock"


@dataclass(frozen=True, slots=True)
class Plan:
    """`draft`: what is sent; `reasons`: why orders are left out, by id; `to_read`: the orders of which it has to be known what
    they owe, by id.
    """

    draft: FulfillDraft
    reasons: Mapping[str, str]
    to_read: Mapping[str, Order]

    @property
    def ids(self) -> tuple[str, ...]:
        """The orders that are done something to."""
        return self.draft.order_ids

    def skipped(self) -> dict[str, list[str]]:
        """The orders that are left out, by reason, most frequent reason first."""
        by_reason: dict[str, list[str]] = {}
        for order_id, reason in self.reasons.items():
            by_reason.setdefault(reason, []).append(order_id)
        return dict(sorted(by_reason.items(), key=lambda item: -len(item[1])))


def plan(ids: Sequence[str], orders: Sequence[Order], given: ParcelLines, read: ReadOrders, *, in_stock: bool) -> Plan:
    """`ids` may exceed `orders`, which are those that are known; `given`: the numbers; `read`: what is known of their lines."""
    numbered = {number.order_id for number in given.numbers}
    to_read = {order.id: order for order in orders if _is_read(order, in_stock=in_stock)}
    parts = _parts(to_read, read, in_stock=in_stock)
    reasons = dict(read.problems_of(to_read))
    if in_stock:
        known = {order.id for order in orders}
        short = (
            order for order, part in parts.items() if not part.units and any(line.open for line in read.lines[order])
        )
        reasons |= dict.fromkeys(short, NOT_IN_STOCK)
        reasons |= {order_id: "not loaded here" for order_id in ids if order_id not in known}
    reasons = {order_id: reason for order_id, reason in reasons.items() if order_id not in numbered}
    whole = FulfillDraft(
        tuple(order_id for order_id in ids if order_id not in reasons),
        given.parcels,
        {order_id: part for order_id, part in parts.items() if part.units},
        given.numbers,
    )
    found = whole.eligibility({order.id: order for order in orders}.get)
    reasons |= {order_id: reason for reason, skipped in found.skipped.items() for order_id in skipped}
    return Plan(_of(whole, found.sendable), reasons, to_read)


def _is_read(order: Order, *, in_stock: bool) -> bool:
    return order.status is Status.AWAITING_FULFILLMENT and (in_stock or order.hold is not None)


def _parts(ids: Iterable[str], read: ReadOrders, *, in_stock: bool) -> dict[str, Part]:
    """Of which orders a part is sent: one without units where nothing of it can be."""
    parts = {}
    for order_id in ids:
        lines = read.lines.get(order_id, ())
        part = owed_lines.part_of(lines, {line.id: line.ready if in_stock else line.open for line in lines})
        if part is not None:
            parts[order_id] = part
    return parts


def _of(draft: FulfillDraft, ids: Sequence[str]) -> FulfillDraft:
    """The draft with what of it is about these orders."""
    wanted = set(ids)
    return replace(
        draft,
        order_ids=tuple(ids),
        parcels={order_id: parcel for order_id, parcel in draft.parcels.items() if order_id in wanted},
        parts={order_id: part for order_id, part in draft.parts.items() if order_id in wanted},
        numbers=tuple(number for number in draft.numbers if number.order_id in wanted),
    )
