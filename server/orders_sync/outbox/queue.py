"""Queueing: what an action has to send becomes rows of the outbox, in the action's own transaction."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from orders_sync.db import outbox
from orders_sync.db.outbox import Draft, OutboxRow, Payload
from orders_sync.db.tx import Tx
from orders_sync.instants import FOREVER, SECOND, Ms
from orders_sync.outbox.kinds import Kind, Target
from orders_sync.settings import Settings
from orders_wire.vocabulary import OutboundState


@dataclass(frozen=True, slots=True)
class Write:
    """Something that has to leave. `order_id`: the order that shows it. `of`: where an action writes several of a kind for one
    order, what distinguishes them."""

    kind: Kind
    order_id: int
    payload: Payload
    of: str = ""


def queue(tx: Tx, writes: Sequence[Write], switches: Switches, *, action_id: str | None, delay_ms: int) -> Ms | None:
    """Queues the rows; returns the earliest time at which one can be claimed, `None` when none can.

    The dedupe key names the write to its receiver, the same at every attempt (Standard Webhooks: no full stop in it).
    """
    drafts = [
        Draft(
            target=write.kind.target,
            kind=write.kind,
            order_id=write.order_id,
            dedupe_key=f"{action_id or tx.now}_{write.kind}_{write.order_id}" + (f"_{write.of}" if write.of else ""),
            payload=write.payload,
            not_before=switches.due(write.kind.target, tx.now, delay_ms),
        )
        for write in writes
    ]
    outbox.add(tx, drafts, action_id)
    outbox.recount(tx, {write.order_id for write in writes})
    return min((draft.not_before for draft in drafts if draft.not_before < FOREVER), default=None)


def unclaimed(rows: Collection[OutboxRow]) -> bool:
    """True while no relay has ever held one of them, so that the action can be undone."""
    return not any(row.claimed_before for row in rows)


def withdraw(tx: Tx, rows: Collection[OutboxRow]) -> None:
    """Rows that nobody claimed will not leave: they are undone. The transaction holds them."""
    waiting = (OutboundState.QUEUED, OutboundState.NEEDS_REVIEW)
    outbox.set_state(tx, [row.id for row in rows if row.state in waiting], OutboundState.UNDONE)
    outbox.recount(tx, {row.order_id for row in rows})


@dataclass(frozen=True, slots=True)
class Switches:
    """Which receivers are on, and how long their rows wait. A row queued for one that is off waits until it is reviewed.

    `on`: receivers that this process sends to. `delay_ms`: how long outbound work waits, so that undo is real.
    """

    on: frozenset[Target]
    delay_ms: int

    @classmethod
    def of(cls, settings: Settings) -> Switches:
        """The ERP and the support queue are on when they have an address, Shopify when its writes are switched on."""
        configured = {
            Target.SHOPIFY: settings.shopify_writes,
            Target.ERP: settings.erp_url is not None,
            Target.SUPPORT: settings.support_url is not None,
        }
        return cls(frozenset(target for target, on in configured.items() if on), round(settings.undo_seconds * SECOND))

    @property
    def off(self) -> frozenset[Target]:
        return frozenset(Target) - self.on

    def due(self, target: Target, now: Ms, delay_ms: int) -> Ms:
        """When a row may be claimed: FOREVER while its receiver is off."""
        return Ms(now + delay_ms) if target in self.on else FOREVER
