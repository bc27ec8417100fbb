"""An order as the desk shows it, from what is known of it: the one pure function between evidence and rows."""

from __future__ import annotations

import re
from collections.abc import Mapping

from orders_sync.evidence.facts import OrderFacts
from orders_sync.instants import Ms
from orders_sync.rules import causes, priority_and_issue, usd
from orders_sync.rules.operator_state import OperatorState
from orders_sync.rules.order_state import Picture, draw
from orders_sync.rules.parcels import Parcel
from orders_sync.rules.projection import OwedSku, ParcelRow, Projection, ReturnRow
from orders_sync.rules.return_history import ReturnView
from orders_sync.rules.row_json import card
from orders_sync.rules.stock_coverage import StockLevel
from orders_sync.rules.thresholds import Thresholds
from orders_wire.texts import folded
from orders_wire.vocabulary import Delivery, Issue

EDITION = 2
"""Counts up with every release in which the same evidence comes to other rows, so that desks derive their orders again."""

_DIGITS = re.compile(r"[0-9]{1,18}")
_RUNS = re.compile(r"[0-9]+")


def derive(
    order_id: int,
    facts: OrderFacts,
    operator: OperatorState,
    stock: Mapping[str, StockLevel],
    thresholds: Thresholds,
    *,
    now: Ms,
) -> Projection | None:
    """The projection at `now`; null for a stub (nothing but a fulfilment or refund is known) and for a deleted order.

    `stock`: what is known of the SKUs of the order's lines; a SKU that is missing is not short.
    """
    picture = draw(order_id, facts, operator, stock, thresholds)
    return None if picture is None else project(picture, now)


def project(picture: Picture, now: Ms) -> Projection:
    """The picture as rows."""
    order, placed_at = picture.order, picture.placed_at
    untracked = any(p.awaiting_number for p in picture.shipments)
    carried = picture.ships and picture.delivery is Delivery.SHIPPING
    unnumbered = carried and not any(p.number is not None or not p.real for p in picture.shipments)
    going = [view.since for view in picture.returns if not view.state.terminal]
    return Projection(
        order_id=picture.order_id,
        name=picture.name,
        number=number_of(picture.name),
        placed_at=placed_at,
        updated_at=order.updated_at or placed_at,
        ship_by=picture.ship_by,
        status=picture.status,
        priority=priority_and_issue.priority(picture),
        channel=picture.channel,
        static_issue=priority_and_issue.static_issue(picture),
        total_hundredths=None if order.total is None else order.total.hundredths,
        currency=None if order.total is None else order.total.currency,
        value_usd_cents=usd.usd_cents(order.total, picture.thresholds.usd_rates),
        assigned_to=picture.operator.assigned_to,
        customer_id=order.customer.id if order.customer is not None else None,
        customer_name=order.customer.name if order.customer is not None else None,
        first_fulfilled_at=min((p.created_at for p in picture.parcels if p.alive and p.real), default=None),
        live_at=picture.live_at,
        due_at=picture.ship_by if picture.owed and not picture.over else None,
        untracked_at=placed_at if untracked and not picture.over else None,
        unnumbered_at=placed_at if unnumbered and picture.live_at is not None else None,
        held_at=picture.holds[0].since if picture.holds else None,
        return_at=min(going, default=None),
        refunded_at=picture.refunded_at,
        card=card(picture),
        tags=tuple(order.tags),
        terms=_terms(picture),
        parcels=tuple(_parcel(picture, p) for p in picture.shipments),
        returns=tuple(_return(picture, view) for view in picture.returns),
        owed_skus=_owed_skus(picture),
        causes=causes.causes(picture, now),
        wake_at=causes.wake_at(picture, now),
        references=references(picture.facts),
    )


def references(facts: OrderFacts) -> frozenset[tuple[str, int]]:
    """The ids by which later deliveries may name this order."""
    fulfillment_orders = (("fulfillment_order", int(key)) for key in facts.first.get("fulfillment_order", {}))
    told = (*facts.told.get("return", {}), *(key.partition("/")[0] for key in facts.instants.get("return", {})))
    return frozenset((*fulfillment_orders, *(("return", int(key)) for key in told)))


def number_of(name: str) -> int | None:
    """The number in an order's name, for sorting: its longest run of digits, the last one of that length."""
    runs: list[str] = _DIGITS.findall(name)
    longest = max((len(run) for run in runs), default=0)
    return next((int(run) for run in reversed(runs) if len(run) == longest), None)


def _terms(picture: Picture) -> frozenset[tuple[str, str]]:
    order = picture.order
    customer = order.customer.email if order.customer is not None else None
    name = folded(picture.name).removeprefix("#")
    found = {("number", name)} | {("digits", run[0]) for run in _RUNS.finditer(name) if run.start()}
    found |= {("email", email) for email in (order.email, customer) if email}
    found |= {("sku", sku) for sku in picture.skus}
    for number in (number for parcel in picture.parcels for number in (parcel.number, *parcel.more_numbers) if number):
        found |= {("tracking", number), ("tracking", "".join(number.split()))}
    return frozenset((kind, folded(term)) for kind, term in found)


def _parcel(picture: Picture, parcel: Parcel) -> ParcelRow:
    return ParcelRow(
        fulfillment_id=parcel.id,
        created_at=parcel.created_at,
        last_update=parcel.updated_at,
        live=parcel.live,
        moving=parcel.moving,
        late_prone=parcel.late_prone,
        has_number=not (parcel.unnumbered and parcel.carried),
        open_order=not picture.over,
        carrier=parcel.carrier,
        delivered_at=parcel.delivered_at,
    )


def _return(picture: Picture, view: ReturnView) -> ReturnRow:
    return ReturnRow(
        return_id=view.id,
        state=view.state,
        since=view.since,
        reason=view.reason,
        refund_hundredths=None if view.refund is None else view.refund.hundredths,
        currency=None if view.refund is None else view.refund.currency,
        usd_cents=usd.usd_cents(view.refund, picture.thresholds.usd_rates),
    )


def _owed_skus(picture: Picture) -> tuple[OwedSku, ...]:
    """What an open order owes, by SKU. A hold that does not name SKUs is for all of them."""
    if picture.over:
        return ()
    held = [hold.skus for hold in picture.holds if hold.meaning is Issue.INVENTORY]
    titles = {line.part.sku: line.part.title for line in picture.lines if line.owed and line.part.sku}
    return tuple(
        OwedSku(sku, title, held=any(skus is None or sku in skus for skus in held))
        for sku, title in sorted(titles.items())
    )
