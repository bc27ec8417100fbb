"""One order in plain lines: what the detail pane shows, for a terminal without one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from orders_tui import wording

if TYPE_CHECKING:
    from orders_wire.detail import Address, OrderDetail


def describe(order: OrderDetail, now: datetime, zone: str) -> str:
    """The order in sections; what it has not got is left out."""
    sections = [list(_head(order, now, zone))]
    sections += [[title, *(f"  {line}" for line in lines)] for title, lines in _sections(order, now, zone) if lines]
    return "\n\n".join("\n".join(section) for section in sections) + "\n"


def _head(order: OrderDetail, now: datetime, zone: str) -> Iterator[str]:
    state = [wording.order_status(order).word, *(flag.word for flag in wording.flags(order))]
    yield f"{order.order_number}  {', '.join(state)}"
    facts = {
        "customer": order.customer_name,
        "e-mail": order.email,
        "owner": wording.owner(order.assigned_to),
        "total": wording.money(order.total, symbols=False),
        "placed": wording.instant(order.placed_at, now, zone),
        "ship by": wording.instant(order.ship_by, now, zone) if order.ship_by else None,
        "priority": wording.priority(order.priority).word,
        "channel": order.channel.value,
        "delivery": wording.delivery(order.delivery).word,
        "tags": ", ".join(order.tags),
        "ships to": _address(order.shipping_address),
        "note": order.note,
        "support": order.support_thread,
        "id": f"{order.id} (version {order.version})",
    }
    yield from (f"{name:>9}  {value}" for name, value in facts.items() if value)


def _sections(order: OrderDetail, now: datetime, zone: str) -> Iterable[tuple[str, list[str]]]:
    def at(moment: datetime | None) -> str:
        return wording.instant(moment, now, zone)

    if order.hold is not None:
        held = f"{wording.issue(order.hold.reason).word} since {at(order.hold.since)}  {order.hold.note or ''}"
        yield "HOLD", [held.rstrip()]
    yield (
        "ITEMS",
        [
            f"{i.quantity}× {i.title}" + (f"  [{i.sku}]" if i.sku else "") + (f"  {i.owed} to ship" if i.owed else "")
            for i in order.line_items
        ],
    )
    yield (
        "PARCELS",
        [
            f"{f.carrier or 'carrier unknown'}  {f.number or 'no number'}  {(f.shipment_status or f.status).replace('_', ' ')}"
            for f in order.fulfillments
        ],
    )
    yield (
        "RETURNS",
        [
            f"{r.name or r.id}  {wording.return_state(r.state).word} since {at(r.since)}"
            + (f"  {r.refund_amount:,.2f} {r.currency or ''}".rstrip() if r.refund_amount is not None else "")
            + (f"  {r.reason}" if r.reason else "")
            for r in order.returns
        ],
    )
    yield (
        "OUTBOUND",
        [f"{o.target} {o.kind}  {o.state}" + (f"  {o.last_error}" if o.last_error else "") for o in order.outbox],
    )
    yield (
        "TIMELINE",
        [f"{at(e.ts)}  {wording.timeline_event(e.event).word}  {e.details}".rstrip() for e in order.timeline],
    )


def _address(address: Address | None) -> str | None:
    if address is None:
        return None
    parts = (address.name, address.address1, address.address2, address.zip, address.city, address.country)
    return ", ".join(part for part in parts if part) or None
