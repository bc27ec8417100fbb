"""What one change says, as a document of facts: the only step between a change and what is known of its order.

Every change becomes a small `OrderFacts`; merging is joining it in, so no change can depend on what came before it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import orjson

from orders_sync.evidence import changes
from orders_sync.evidence.changes import OrderChange, Stamp
from orders_sync.evidence.entities import HoldPart, MoneyPart
from orders_sync.evidence.facts import (
    DELETED,
    EXCHANGED,
    IN_PART,
    ROUTED,
    ByKind,
    Fields,
    Layer,
    Layers,
    OrderFacts,
    join,
)
from orders_sync.evidence.shopify_words import CARRIER_EVENTS, PAYMENT_OF_STATUS, PAYMENT_OF_TRANSACTION, Move

BY_STATUS = "status"
"""The key of payment entries that come from the order's financial status instead of a transaction."""

_MOVES = frozenset(Move)
_Marks = dict[str, dict[str, int]]
_Instants = dict[str, dict[str, tuple[int, ...]]]


def merge(facts: OrderFacts, found: Iterable[OrderChange]) -> OrderFacts:
    """The facts with these changes joined in; any order of them, and any repetition, gives the same."""
    return join(facts, *(evidence(change) for change in found))


def evidence(change: OrderChange) -> OrderFacts:
    """What one change says about its order."""
    return _READERS[type(change)](change)


def _reported(kind: str, key: object, stamp: Stamp, fields: Fields) -> ByKind[Layers]:
    if not fields:
        return {}
    digest = hashlib.blake2b(orjson.dumps(fields, option=orjson.OPT_SORT_KEYS), digest_size=6).hexdigest()
    return {kind: {str(key): (Layer(stamp.at, stamp.seen, digest, fields),)}}


def _known(change: OrderChange, *names: str, cleared: Iterable[str] = (), **others: Any) -> Fields:
    """These fields of a change and the others, as far as reported: None means that they are not, but for those `cleared`."""
    fields = {name: getattr(change, name) for name in names} | others
    return {**dict.fromkeys(cleared), **{name: value for name, value in fields.items() if value is not None}}


def _json(amount: MoneyPart | None) -> Any:
    return None if amount is None else amount.model_dump(mode="json")


def _order(change: changes.OrderSeen) -> OrderFacts:
    fields = change.fields.model_dump(mode="json", exclude_unset=True)
    first: _Marks = {}
    payment = PAYMENT_OF_STATUS.get(change.fields.financial_status or "")
    if payment is not None:
        first[payment] = {BY_STATUS: change.stamp.at}
    partly = {} if change.partly is None else change.partly.model_dump(mode="json", exclude_unset=True)
    whole = _reported("order", "", change.stamp, fields)
    return OrderFacts({**whole, **_reported(IN_PART, "", change.stamp, partly)}, first)


def _deleted(change: changes.OrderDeleted) -> OrderFacts:
    return OrderFacts(first={DELETED: {"": change.stamp.at}})


def _edited(change: changes.OrderEdited) -> OrderFacts:
    reported = _reported("edit", change.edit_id, change.stamp, {"details": change.details})
    return OrderFacts(reported, {"order_edited": {str(change.edit_id): change.stamp.at}})


def _fulfillment(change: changes.FulfillmentSeen) -> OrderFacts:
    part = change.fulfillment
    key = str(part.id)
    first: _Marks = {"fulfillment_submitted": {key: part.updated_at if part.created_at is None else part.created_at}}
    reached = CARRIER_EVENTS.get(part.shipment_status or "")
    if reached is not None:
        first[reached] = {key: part.updated_at}
    if part.status == "cancelled":
        first["fulfillment_cancelled"] = {key: part.updated_at}
    known = {"fulfillment_in_transit": part.in_transit_at, "fulfillment_delivered": part.delivered_at}
    for event, instant in known.items():
        if instant is not None:
            first[event] = {key: min(instant, first.get(event, {}).get(key, instant))}
    fields = part.model_dump(mode="json", exclude_unset=True, exclude={"id"})
    return OrderFacts(_reported("fulfillment", key, change.stamp, fields), first)


def _scan(change: changes.CarrierScan) -> OrderFacts:
    key = f"{change.fulfillment_id}/{change.event_id}"
    if change.removed:
        return OrderFacts(first={"withdrawn": {key: change.stamp.at}})
    reached = CARRIER_EVENTS.get(change.status)
    first: _Marks = {} if reached is None else {reached: {str(change.fulfillment_id): change.happened_at}}
    return OrderFacts(_reported("scan", key, change.stamp, {"status": change.status, "at": change.happened_at}), first)


def _transaction(change: changes.TransactionSeen) -> OrderFacts:
    part = change.transaction
    event = PAYMENT_OF_TRANSACTION.get((part.kind, part.status))
    first: _Marks = {} if event is None else {event: {str(part.id): part.created_at}}
    fields = part.model_dump(mode="json", exclude_unset=True, exclude={"id"})
    return OrderFacts(_reported("transaction", part.id, change.stamp, fields), first)


def _refund(change: changes.RefundSeen) -> OrderFacts:
    fields = change.refund.model_dump(mode="json", exclude_unset=True, exclude={"id"})
    return OrderFacts(_reported("refund", change.refund.id, change.stamp, fields))


def _return(change: changes.ReturnSeen) -> OrderFacts:
    names = ("name", "reason", "note", "decline_note", "created_at")
    fields = _known(change, *names, cleared=change.cleared, refundable=_json(change.refundable))
    steps: dict[str, int] = {}
    if change.status in _MOVES:
        steps[change.status] = (change.status == Move.CLOSED and change.closed_at) or change.stamp.at
    if change.reopened:
        steps[Move.REOPENED] = change.stamp.at
    if change.dispositions in _MOVES:
        steps[change.dispositions] = change.stamp.at
    return OrderFacts(
        _reported("return", change.return_id, change.stamp, fields),
        {EXCHANGED: {str(line): 0 for line in change.exchange_lines}} if change.exchange_lines else {},
        _steps(change.return_id, steps),
    )


def _steps(return_id: int, steps: Mapping[str, int]) -> _Instants:
    return {"return": {f"{return_id}/{step}": (at,) for step, at in steps.items()}} if steps else {}


def _reverse_delivery(change: changes.ReverseDeliverySeen) -> OrderFacts:
    fields = _known(change, "number", "carrier", "label_url", cleared=change.cleared)
    key = f"{change.return_id}/{change.delivery_id}"
    reported = _reported("reverse_delivery", key, change.stamp, fields)
    if change.number is None and change.label_url is None:
        return OrderFacts(reported)
    at = change.stamp.at if change.labelled_at is None else change.labelled_at
    return OrderFacts(reported, instants={**_steps(change.return_id, {"labelled": at}), "labelled": {key: (at,)}})


def _moved(change: changes.ReturnMoved) -> OrderFacts:
    return OrderFacts(instants=_steps(change.return_id, {f"erp_{change.step}": change.stamp.at}))


def _fulfillment_order(change: changes.FulfillmentOrderSeen) -> OrderFacts:
    key = str(change.fulfillment_order_id)
    fields = _known(change, "status", "fulfill_by", "method", "fulfillable", cleared=change.cleared)
    if change.held_skus:
        fields["held_skus"] = list(change.held_skus)
    if change.held_lines:
        fields["held_lines"] = [list(units) for units in change.held_lines]
    first: _Marks = {"fulfillment_order": {str(ref): 0 for ref in (change.fulfillment_order_id, *change.related)}}
    if change.lines and change.created_at is not None:
        fields["lines"] = list(change.lines)
        first[ROUTED] = {str(line): change.created_at for line in change.lines}
    holds = change.holds
    if holds is None and change.status not in (None, "on_hold"):
        holds = ()
    instants: _Instants = {} if holds is None else {"unheld": {key: (change.stamp.at,)}}
    seen = OrderFacts(_reported("fulfillment_order", key, change.stamp, fields), first, instants)
    return join(seen, *(_held(key, hold, change.stamp) for hold in holds or ()))


def _held(fulfillment_order: str, hold: HoldPart, stamp: Stamp) -> OrderFacts:
    key = f"{fulfillment_order}/{hold.id}"
    return OrderFacts(_reported_hold(key, hold, stamp), instants={"held": {key: (stamp.at,)}})


def _reported_hold(key: str, hold: HoldPart, stamp: Stamp) -> ByKind[Layers]:
    return _reported("hold", key, stamp, hold.model_dump(mode="json", exclude_unset=True, exclude={"id"}))


def _hold_added(change: changes.HoldAdded) -> OrderFacts:
    key = str(change.fulfillment_order_id)
    return join(OrderFacts(first={"fulfillment_order": {key: 0}}), _held(key, change.hold, change.stamp))


def _hold_released(change: changes.HoldReleased) -> OrderFacts:
    fulfillment_order = str(change.fulfillment_order_id)
    key = fulfillment_order if change.hold_id is None else f"{fulfillment_order}/{change.hold_id}"
    reported = {} if change.hold is None else _reported_hold(key, change.hold, change.stamp)
    first: _Marks = {"fulfillment_order": {fulfillment_order: 0}}
    return OrderFacts(reported, first, {"released": {key: (change.stamp.at,)}})


def _dispute(change: changes.DisputeSeen) -> OrderFacts:
    fields = _known(change, "status", "evidence_due_by", type=change.dispute_type, amount=_json(change.amount))
    at = change.stamp.at if change.initiated_at is None else change.initiated_at
    key = str(change.dispute_id)
    return OrderFacts(_reported("dispute", key, change.stamp, fields), {"payment_disputed": {key: at}})


_READERS: Mapping[type, Callable[[Any], OrderFacts]] = {
    changes.OrderSeen: _order,
    changes.OrderDeleted: _deleted,
    changes.OrderEdited: _edited,
    changes.FulfillmentSeen: _fulfillment,
    changes.CarrierScan: _scan,
    changes.TransactionSeen: _transaction,
    changes.RefundSeen: _refund,
    changes.ReturnSeen: _return,
    changes.ReverseDeliverySeen: _reverse_delivery,
    changes.ReturnMoved: _moved,
    changes.FulfillmentOrderSeen: _fulfillment_order,
    changes.HoldAdded: _hold_added,
    changes.HoldReleased: _hold_released,
    changes.DisputeSeen: _dispute,
}
