"""The timeline: contract §1. One entry per (kind, shop object[, state]), at the earliest shop time that evidences it.

Evidence only ever adds; entries of operators stand beside it under the same keys, so that nothing stands twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from orders_sync.evidence.entities import MoneyPart
from orders_sync.evidence.facts import Fields
from orders_sync.evidence.from_changes import BY_STATUS
from orders_sync.evidence.money import NO_CURRENCY, written
from orders_sync.instants import SECOND, to_text
from orders_sync.rules.holds import Hold
from orders_sync.rules.operator_state import Entry, OperatorState
from orders_sync.rules.order_state import OrderState
from orders_wire.vocabulary import Issue, ReturnState

PAYMENTS = tuple(f"payment_{kind}" for kind in ("authorized", "captured", "failed", "refunded", "voided", "disputed"))
JOURNEY = tuple(
    f"fulfillment_{kind}"
    for kind in ("submitted", "in_transit", "out_for_delivery", "delivered", "delayed", "cancelled")
)
KINDS = (
    "order_placed",
    "order_cancelled",
    "order_edited",
    *PAYMENTS,
    "inventory_hold",
    "inventory_release",
    *JOURNEY,
    *(f"return_{state.value}" for state in ReturnState),
    "support_escalated",
    "assigned",
    "note",
)
"""Every `event`, in the order in which entries of one second stand."""

NEWEST = 10
"""Entries of the timeline on ORDER, the last ones."""

_ASSIGNED = "assigned"
"""Operators alone have it."""

_RANK = {kind: rank for rank, kind in enumerate(KINDS)}


class _Unsorted(NamedTuple):
    """An entry before it is sorted: `ts` in milliseconds; `of` is the shop object; `note_id`: of a note of the desk's own."""

    ts: int
    event: str
    of: str
    details: str
    note_id: str | None = None


BRIEF = 280
"""Characters of a timeline entry's details: pages carry them. The audit has the whole."""


def brief(text: str) -> str:
    """The text as the timeline has it."""
    return text if len(text) <= BRIEF else f"{text[: BRIEF - 1]}…"


def key(event: str, of: object) -> str:
    """What an operator's entry is kept under in `OperatorState.entries`, so that the shop's evidence of the same meets it."""
    return f"{event}:{of}"


def acknowledgement_key(action_id: str) -> str:
    """The key of the entry of an operator's acknowledgement: it gives way to the entry of the fulfilment that replaces it."""
    return key("fulfillment_submitted", action_id)


def timeline(state: OrderState) -> list[dict[str, str]]:
    """The whole timeline, oldest first, as the wire has it."""
    entries: dict[str, _Unsorted] = {}
    for entry in (*_of_shop(state), *_of_operators(state)):
        name = key(entry.event, entry.of)
        known = entries.get(name)
        if known is None or entry.ts < known.ts:
            entries[name] = entry if known is None else entry._replace(details=entry.details or known.details)
    ordered = sorted(entries.values(), key=lambda entry: (entry.ts // SECOND, _rank(entry.event), entry.of))
    return [_shown(entry.ts, entry.event, entry.details, entry.note_id) for entry in ordered]


def with_assignments(newest: Iterable[Mapping[str, str]], entries: Mapping[str, Entry]) -> list[Mapping[str, str]]:
    """The newest entries, with every assignment among these of operators in its place."""
    named = [("", shown) for shown in newest if shown["event"] != _ASSIGNED]
    assigned = ((name, entry) for name, entry in entries.items() if entry.event == _ASSIGNED)
    named += ((name, _shown(entry.ts, _ASSIGNED, entry.details)) for name, entry in assigned)
    named.sort(key=lambda each: (each[1]["ts"], _rank(each[1]["event"]), each[0]))
    return [shown for _, shown in named][-NEWEST:]


def _rank(event: str) -> int:
    return _RANK.get(event, len(KINDS))


def _shown(ts: int, event: str, details: str, note_id: str | None = None) -> dict[str, str]:
    shown = {"ts": to_text(ts // SECOND * SECOND), "event": event, "details": details}
    return shown if note_id is None else {**shown, "note_id": note_id}


def _of_shop(state: OrderState) -> Iterator[_Unsorted]:
    yield from _order(state)
    yield from _payments(state)
    for hold in state.shop_holds:
        yield from _hold(hold, state.operator)
    names = {str(parcel.id): parcel.name or "" for parcel in state.parcels}
    for event in JOURNEY:
        for fulfillment, at in state.facts.first.get(event, {}).items():
            yield _Unsorted(at, event, fulfillment, names.get(fulfillment, ""))
    for each in state.returns:
        details = " · ".join(text for text in (each.name, each.reason) if text)
        for reached, at in each.entered.items():
            yield _Unsorted(at, f"return_{reached.value}", str(each.id), details)


def _order(state: OrderState) -> Iterator[_Unsorted]:
    yield _Unsorted(state.placed_at, "order_placed", "", state.channel.value)
    if state.order.cancelled_at is not None:
        yield _Unsorted(state.order.cancelled_at, "order_cancelled", "", "")
    for edit, at in state.facts.first.get("order_edited", {}).items():
        yield _Unsorted(at, "order_edited", edit, _text(state.facts.fields("edit", edit), "details"))


def _payments(state: OrderState) -> Iterator[_Unsorted]:
    """From transactions where they are known, else one per kind from the financial status."""
    for event in PAYMENTS:
        evidenced = state.facts.first.get(event, {})
        kind = "dispute" if event == "payment_disputed" else "transaction"
        found = [
            _Unsorted(at, event, of, _amount(state.facts.fields(kind, of), state.order.currency))
            for of, at in evidenced.items()
            if of != BY_STATUS
        ]
        if not found and event == "payment_refunded":
            found = [*_paid_back(state)]
        if not found and BY_STATUS in evidenced:
            found = [_Unsorted(evidenced[BY_STATUS], event, BY_STATUS, "")]
        yield from found


def _paid_back(state: OrderState) -> Iterator[_Unsorted]:
    """Refunds of money of which no transaction is known."""
    for refund, fields in state.facts.entities("refund"):
        total, at = fields.get("total"), fields.get("created_at")
        if isinstance(total, dict) and total.get("minor") and isinstance(at, int):
            yield _Unsorted(at, "payment_refunded", refund, _amount({"amount": total}, state.order.currency))


def _hold(hold: Hold, operator: OperatorState) -> Iterator[_Unsorted]:
    """What a hold of ours asked for stands under that hold's own key: one hold, one release."""
    ours = _of_ours(hold, operator)
    stock = hold.meaning is Issue.INVENTORY
    what = hold.reason.replace("_", " ")
    note = f": {hold.note}" if hold.note else ""
    if ours is None:
        yield _Unsorted(
            hold.since, "inventory_hold" if stock else "note", hold.key, f"{'' if stock else 'Held: '}{what}{note}"
        )
    if hold.ended_at is not None and stock:
        yield _Unsorted(hold.ended_at, "inventory_release", ours or hold.key, what)
    elif hold.ended_at is not None:
        yield _Unsorted(hold.ended_at, "note", f"{ours or hold.key}/released", f"Released: {what}")


def _of_ours(hold: Hold, operator: OperatorState) -> str | None:
    """What the entries of the hold of ours that asked for this one are of: `sku/action`, `held/action`."""
    if hold.asked_by is None:
        return None
    names = (name for name in operator.entries if name.startswith(("inventory_hold:", "note:held/")))
    return next((name.partition(":")[2] for name in names if name.endswith(f"/{hold.asked_by}")), None)


def _of_operators(state: OrderState) -> Iterable[_Unsorted]:
    replaced = {acknowledgement_key(each.acknowledgement.action_id) for each in state.settled if each.over}
    for name, entry in state.operator.entries.items():
        if name not in replaced:
            yield _Unsorted(entry.ts, entry.event, name.removeprefix(f"{entry.event}:"), entry.details)
    for of, note in state.operator.notes.items():
        yield _Unsorted(note.at, "note", of, "" if note.text is None else brief(f"{note.by}: {note.text}"), of)
    for own in (each.acknowledgement for each in state.settled if not each.over):
        if acknowledgement_key(own.action_id) not in state.operator.entries:
            yield _Unsorted(own.at, "fulfillment_submitted", own.action_id, "")


def _amount(fields: Fields | None, currency: str | None) -> str:
    """`12.50 EUR`, with the gateway where it is reported. `currency`: the order's, where the amount has none."""
    amount = (fields or {}).get("amount")
    if not isinstance(amount, dict):
        return ""
    part = MoneyPart.model_validate(amount)
    code = currency or "" if part.currency == NO_CURRENCY else part.currency
    return " · ".join(text for text in (f"{written(part)} {code}".strip(), _text(fields, "gateway")) if text)


def _text(fields: Fields | None, name: str) -> str:
    value = (fields or {}).get(name)
    return value if isinstance(value, str) else ""
