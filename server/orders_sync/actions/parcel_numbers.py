"""Giving a parcel of an order its tracking number: shown at once, and queued (contract §3a, "A number at Shopify").

A row for the parcel that still waits takes the number: the fulfilment of a parcel of ours, or an earlier number of the parcel.
Otherwise the number leaves by a row of its own. A placeholder is only shown.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from orders_sync.actions.context import ActionContext
from orders_sync.actions.decision import Altered, Shown
from orders_sync.actions.locked_order import LockedOrder
from orders_sync.db.outbox import OutboxRow, Payload
from orders_sync.lazy import lazy
from orders_sync.outbox.kinds import Kind
from orders_sync.outbox.queue import Write, unclaimed
from orders_sync.rules import parcel_writes
from orders_sync.rules.operator_state import GivenNumber, OperatorState, Tracking
from orders_sync.rules.parcels import Parcel
from orders_sync.rules.tracking_numbers import several
from orders_wire.vocabulary import OutboundState

_WAITING = (OutboundState.QUEUED, OutboundState.NEEDS_REVIEW)


@dataclass(frozen=True)
class Numbers:
    """The order with the numbers that were given to its parcels so far: what is decided then, and what leaves for it."""

    order: LockedOrder
    context: ActionContext
    operator: OperatorState
    notify: bool | None
    writes: tuple[Write, ...] = ()
    altered: Altered = ()

    def given(self, parcel: Parcel, tracking: Tracking) -> Numbers:
        """The same, and this parcel has this number."""
        waiting = self._waiting(parcel)
        own_row = waiting is not None and waiting.kind == Kind.FULFILLMENT
        before = self._before(parcel)
        by = None if own_row else self.context.action_id if waiting is None else waiting.action_id
        decided = replace(self, operator=_decided(self._without_failure(parcel), parcel, tracking, before, by))
        placeholder = self.placeholder(tracking.number)
        if waiting is not None:
            news = {"tracking": None if placeholder else plain(tracking)} if own_row else plain(tracking)
            mail = {} if self.notify is None else {"notify": self.notify and not self.mailed(parcel)}
            altered = (waiting.id, waiting.payload, waiting.payload | news | mail)
            return replace(decided, altered=(*self.altered, altered))
        if placeholder:
            return decided
        payload = self._fulfillment(parcel) | {"before": before[-1].number if before else None} | plain(tracking)
        payload |= {"notify": True} if self.context.mails(self.notify) and not self.mailed(parcel) else {}
        return replace(decided, writes=(*self.writes, Write(Kind.TRACKING, self.order.order_id, payload)))

    def placeholder(self, number: str | None) -> bool:
        """A number that never leaves."""
        return number is not None and self.context.settings.placeholders.match(number)

    def mailed(self, parcel: Parcel) -> bool:
        """Whether the customer was mailed of it, which is done once (contract §3a, `notify`)."""
        return parcel_writes.mailed(self.rows, parcel, self.order.state)

    def lacks(self, parcel: Parcel, number: str) -> bool:
        """Whether the parcel has no number; a placeholder is none, once there is a real one."""
        return parcel.unnumbered or (self.placeholder(parcel.number) and not self.placeholder(number))

    @lazy
    def rows(self) -> list[OutboxRow]:
        """Those of the order that bring parcels or numbers, oldest first."""
        found = [row for kind in (Kind.FULFILLMENT, Kind.TRACKING) for row in self.order.outbound(kind)]
        return sorted(found, key=lambda row: row.id)

    def _waiting(self, parcel: Parcel) -> OutboxRow | None:
        """The row of this parcel that can still be altered."""
        free = (row for row in self.rows if row.state in _WAITING and unclaimed([row]))
        mine = (row for row in free if parcel_writes.about(row, parcel, self.order.state))
        return next((row for row in mine if row.kind == Kind.TRACKING or parcel.ours), None)

    def _before(self, parcel: Parcel) -> tuple[Tracking, ...]:
        """What the shop has for the parcel, or is about to have; the last is what is there when something new comes."""
        given = self.order.operator.numbers.get(parcel.id)
        own = self.order.operator.acknowledged_by(parcel.of_action) if parcel.of_action else None
        found = [*(given.before if given and parcel.in_shop else ()), *(own.before if own else ())]
        in_shop = parcel.in_shop or (None if parcel.ours else parcel.tracking)
        found += [in_shop] if in_shop else []
        if (parcel.ours or parcel.in_shop) and parcel_writes.has_left(self.rows, parcel, self.order.state):
            found.append(parcel.tracking)
        real = (each for each in found if each.number is not None and not self.placeholder(each.number))
        return tuple(dict.fromkeys(real))

    def _fulfillment(self, parcel: Parcel) -> Payload:
        """The fulfilment that is to have it; of one that is not told yet, what it is known by."""
        own = self.order.operator.acknowledged_by(parcel.of_action) if parcel.of_action else None
        if own is None:
            return {"fulfillment_id": parcel.id}
        lines: Payload = {} if own.lines is None else {"lines": [[each.id, each.quantity] for each in own.lines]}
        made = own.answered[0] if own.answered else None
        return {"fulfillment_id": made, "of": own.action_id, "known": list(own.known), **lines}

    def _without_failure(self, parcel: Parcel) -> OperatorState:
        """The number of this parcel did not arrive once: it is given anew."""
        state, failed = self.order.state, self.operator.failed
        others = {
            row: write
            for row, write in failed.items()
            if write.kind != Kind.TRACKING or not parcel_writes.same_parcel(write.of, parcel, state)
        }
        return self.operator.model_copy(update={"failed": others})


def _decided(
    operator: OperatorState, parcel: Parcel, tracking: Tracking, before: tuple[Tracking, ...], by: str | None
) -> OperatorState:
    """The decisions with this number for this parcel. `by`: the action whose row brings it alone."""
    own = operator.acknowledged_by(parcel.of_action) if parcel.of_action else None
    if own is not None:
        news = {**plain(tracking), "before": before, "numbered_by": by}
        return operator.with_acknowledgement(own.model_copy(update=news))
    number = GivenNumber.model_validate({**plain(tracking), "action_id": by, "before": before})
    return operator.model_copy(update={"numbers": {**operator.numbers, parcel.id: number}})


def has(parcel: Parcel, tracking: Tracking) -> bool:
    """Whether the parcel shows all of this already."""
    shown = (parcel.number, *parcel.more_numbers)
    numbers = several(tracking.number)
    carrier, url = tracking.carrier, tracking.url
    same_carrier = carrier is None or carrier.casefold() == (parcel.carrier or "").casefold()
    return numbers == shown[: len(numbers)] and same_carrier and url in (None, parcel.url)


def plain(tracking: Tracking) -> dict[str, str | None]:
    """As a payload has it."""
    return {"number": tracking.number, "carrier": tracking.carrier, "url": tracking.url}


def echoed(tracking: Tracking | None) -> Shown:
    """As an answer has it: what was given."""
    return {} if tracking is None else {name: value for name, value in plain(tracking).items() if value is not None}


def in_words(tracking: Tracking) -> str:
    """As the timeline and the audit have it."""
    return f"tracking number {tracking.number}" + (f" ({tracking.carrier})" if tracking.carrier else "")
