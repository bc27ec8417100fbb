"""Erasing people when Shopify asks for it (contract §4): from documents, rows, timeline, search, parked changes, dead letters.

A document that was redacted stays so: whatever is reported of its customer later is blank before it is kept.
"""

from __future__ import annotations

from collections.abc import Sequence

from orders_sync.alerts import app_installation, data_gaps
from orders_sync.db import order_documents, privacy
from orders_sync.db.tx import Tx
from orders_sync.evidence.changes import AppUninstalled, CustomerRedacted, PrivacyChange, ShopRedacted
from orders_sync.evidence.facts import REDACTED, OrderFacts, join
from orders_sync.outbox.kinds import Kind
from orders_sync.rules.operator_state import OperatorState
from orders_sync.rules.thresholds import Thresholds
from orders_sync.settle.order import settle_all
from orders_sync.settle.order_update import OrderUpdate


def erase(tx: Tx, changes: Sequence[PrivacyChange], thresholds: Thresholds) -> set[int]:
    """Erases what is asked for, and notes an uninstall; returns the orders that were redacted."""
    redacted: set[int] = set()
    for change in changes:
        if isinstance(change, CustomerRedacted):
            redacted |= _redact(tx, change, thresholds)
        elif isinstance(change, ShopRedacted):
            privacy.erase_shop(tx)
            tx.ping()
        elif isinstance(change, AppUninstalled):
            app_installation.uninstalled(tx, change.stamp.seen)
    return redacted


def _redact(tx: Tx, change: CustomerRedacted, thresholds: Thresholds) -> set[int]:
    named = {*change.order_ids, *privacy.orders_of(tx, change.customer_id)}
    mark = OrderFacts(first={REDACTED: {"": change.stamp.at}})
    known = order_documents.lock(tx, {*named, *privacy.orders_like(tx, change.email)}, create=True)
    meant = [each for n, each in known.items() if n in named or _has_email(each.facts, change.email)]
    settle_all(
        tx, [OrderUpdate(each, join(each.facts, mark), _without_typed(each.operator)) for each in meant], thresholds
    )
    order_ids = {each.order_id for each in meant}
    privacy.forget_typed(tx, order_ids)
    ids = order_ids if change.customer_id is None else {*order_ids, change.customer_id}
    emptied = privacy.forget_letters(tx, ids, {change.email} if change.email else set())
    data_gaps.clear_read(tx, emptied)
    return order_ids


def _has_email(facts: OrderFacts, email: str | None) -> bool:
    """The order or its customer has this address, blind to case alone: a search is blind to more."""
    order = facts.fields("order") or {}
    customer = order.get("customer")
    emails = (order.get("email"), customer.get("email") if isinstance(customer, dict) else None)
    return email is not None and email.casefold() in [text.casefold() for text in emails if isinstance(text, str)]


def _without_typed(operator: OperatorState) -> OperatorState:
    """The same decisions without what operators wrote about them."""
    escalation = operator.escalation
    return operator.model_copy(
        update={
            "escalation": None if escalation is None else escalation.model_copy(update={"note": None}),
            "holds": {sku: hold.without_note for sku, hold in operator.holds.items()},
            "desk_holds": {of: hold.without_note for of, hold in operator.desk_holds.items()},
            "released": {name: release.without_notes for name, release in operator.released.items()},
            "addresses": {of: each.model_copy(update={"address": None}) for of, each in operator.addresses.items()},
            "notes": {of: note.model_copy(update={"text": None}) for of, note in operator.notes.items()},
            "failed": operator.failed_but(Kind.ADDRESS),
            "entries": {name: entry.model_copy(update={"details": ""}) for name, entry in operator.entries.items()},
        }
    )
