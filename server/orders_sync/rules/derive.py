"""An order as the desk shows it, from what is known of it: the one pure function between evidence and rows."""

from __future__ import annotations

import re
from collections.abc import Mapping

from orders_sync.evidence.facts import OrderFacts
from orders_sync.evidence.money import usd_cents
from orders_sync.instants import Ms
from orders_sync.rules import alert_causes
from orders_sync.rules.issue import static_issue
from orders_sync.rules.operator_state import OperatorState
from orders_sync.rules.order_state import OrderState, build_order_state
from orders_sync.rules.overdue import due_at
from orders_sync.rules.parcels import Parcel
from orders_sync.rules.priority import priority
from orders_sync.rules.projection import OwedSku, ParcelRow, Projection, ReturnRow
from orders_sync.rules.readiness import readiness
from orders_sync.rules.returns import OrderReturn
from orders_sync.rules.row_json import row_json
from orders_sync.rules.stock_level import StockLevel
from orders_sync.rules.thresholds import Thresholds
from orders_sync.rules.together import destination
from orders_sync.rules.tracking_pending import unnumbered_at, untracked_at
from orders_wire.texts import folded
from orders_wire.vocabulary import Issue

EDITION = 6
"""Counts up with every release in which the same evidence comes to other rows, so that desks derive their orders again."""

_DIGITS = re.compile(r"[0-9]{1,18}")
_RUNS = re.compile(r"[0-9]+")
_ALPHA_2 = re.compile(r"[A-Za-z]{2}")


def derive(
    order_id: int,
    facts: OrderFacts,
    operator: OperatorState,
    stock: Mapping[str, StockLevel],
    thresholds: Thresholds,
    *,
    now: Ms,
) -> Projection | None:
    """The projection at `now`; None for a stub (nothing but a fulfilment or refund is known) and for a deleted order.

    `stock`: what is known of the SKUs of the order's lines; a SKU that is missing is not short.
    """
    state = build_order_state(order_id, facts, operator, stock, thresholds)
    return None if state is None else project(state, now)


def project(state: OrderState, now: Ms) -> Projection:
    """The order as rows, with the alert causes of this moment."""
    order, customer, total = state.order, state.order.customer, state.order.total
    can_go = readiness(state)
    return Projection(
        order_id=state.order_id,
        name=state.name,
        number=number_of(state.name),
        placed_at=state.placed_at,
        updated_at=order.updated_at or state.placed_at,
        ship_by=state.ship_by,
        status=state.status,
        priority=priority(state),
        channel=state.channel,
        static_issue=static_issue(state),
        total_hundredths=None if total is None else total.hundredths,
        currency=None if total is None else total.currency,
        value_usd_cents=usd_cents(total, state.thresholds.usd_rates),
        assigned_to=state.operator.assigned_to,
        customer_id=None if customer is None else customer.id,
        customer_name=None if customer is None else customer.name,
        first_fulfilled_at=min((p.created_at for p in state.parcels if p.alive and p.real), default=None),
        live_at=state.live_at,
        due_at=due_at(state),
        untracked_at=untracked_at(state),
        unnumbered_at=unnumbered_at(state),
        held_at=state.holds[0].since if state.holds else None,
        return_at=min((each.since for each in state.returns if not each.state.terminal), default=None),
        refunded_at=state.refunded_at,
        row_json=row_json(state),
        tags=tuple(order.tags),
        terms=_terms(state),
        parcels=tuple(_parcel(state, p) for p in state.shipments),
        returns=tuple(_return(state, each) for each in state.returns),
        owed_skus=_owed_skus(state),
        causes=alert_causes.causes(state, now),
        wake_at=alert_causes.wake_at(state, now),
        references=references(state.facts),
        delivery=state.delivery,
        hold_reasons=frozenset(hold.word for hold in state.holds),
        country=_country(state),
        skus=state.skus,
        note_count=len(state.operator.notes),
        ready=can_go.ready,
        blockers=can_go.blockers,
        sendable=can_go.sendable,
        owed_units=can_go.owed,
        destination=destination(state),
    )


def references(facts: OrderFacts) -> frozenset[tuple[str, int]]:
    """The ids by which later deliveries may name this order."""
    fulfillment_orders = (("fulfillment_order", int(key)) for key in facts.first.get("fulfillment_order", {}))
    returns = (*facts.reported.get("return", {}), *(key.partition("/")[0] for key in facts.instants.get("return", {})))
    return frozenset((*fulfillment_orders, *(("return", int(key)) for key in returns)))


def number_of(name: str) -> int | None:
    """The number in an order's name, for sorting: its longest run of digits, the last one of that length."""
    runs: list[str] = _DIGITS.findall(name)
    longest = max((len(run) for run in runs), default=0)
    return next((int(run) for run in reversed(runs) if len(run) == longest), None)


def _country(state: OrderState) -> str | None:
    address = state.order.shipping_address
    code = None if address is None else address.country_code
    return code.upper() if code is not None and _ALPHA_2.fullmatch(code) else None


def _terms(state: OrderState) -> frozenset[tuple[str, str]]:
    order = state.order
    customer = order.customer.email if order.customer is not None else None
    name = folded(state.name).removeprefix("#")
    found = {("number", name)} | {("digits", run[0]) for run in _RUNS.finditer(name) if run.start()}
    found |= {("email", email) for email in (order.email, customer) if email}
    found |= {("sku", sku) for sku in state.skus}
    for number in (number for parcel in state.parcels for number in (parcel.number, *parcel.more_numbers) if number):
        found |= {("tracking", number), ("tracking", "".join(number.split()))}
    return frozenset((kind, folded(term)) for kind, term in found)


def _parcel(state: OrderState, parcel: Parcel) -> ParcelRow:
    return ParcelRow(
        fulfillment_id=parcel.id,
        created_at=parcel.created_at,
        last_update=parcel.updated_at,
        live=parcel.live,
        moving=parcel.moving,
        late_prone=parcel.late_prone,
        has_number=not (parcel.unnumbered and parcel.carried),
        open_order=not state.over,
        carrier=parcel.carrier,
        delivered_at=parcel.delivered_at,
    )


def _return(state: OrderState, each: OrderReturn) -> ReturnRow:
    return ReturnRow(
        return_id=each.id,
        state=each.state,
        since=each.since,
        reason=each.reason,
        refund_hundredths=None if each.refund is None else each.refund.hundredths,
        currency=None if each.refund is None else each.refund.currency,
        usd_cents=usd_cents(each.refund, state.thresholds.usd_rates),
    )


def _owed_skus(state: OrderState) -> tuple[OwedSku, ...]:
    """What an open order owes, by SKU. A hold that does not name SKUs is for all of them."""
    if state.over:
        return ()
    held = [hold.skus for hold in state.holds if hold.meaning is Issue.INVENTORY]
    titles = {line.part.sku: line.part.title for line in state.lines if line.owed and line.part.sku}
    return tuple(
        OwedSku(sku, title, held=any(skus is None or sku in skus for skus in held))
        for sku, title in sorted(titles.items())
    )
