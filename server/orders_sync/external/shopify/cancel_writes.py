"""Cancelling an order in the shop, which is irreversible and knows no repeat (contract §3a, Cancel).

The shop answers with a job, and a job tells only that it has ended. So it is asked once, after reading that nothing stands
against it; from then on the order is read, for ten minutes, until it says that it is cancelled. The shop's own refusals are no
fence: recordings show it cancelling orders with parcels and with open returns, as long as they were not paid.

Raises PreconditionFailed, UserErrors, OutcomeLost and ShopifyError.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from orders_sync.evidence.changes import OrderSeen, Stamp
from orders_sync.evidence.entities import OrderFields
from orders_sync.evidence.shopify_words import DEAD_FULFILLMENT
from orders_sync.external.shopify import write_documents as documents
from orders_sync.external.shopify.client import ShopifyClient
from orders_sync.external.shopify.errors import NoAnswer, NotSent, ShopifyError, Throttled
from orders_sync.external.shopify.mutations import (
    OutcomeLost,
    PreconditionFailed,
    UserErrors,
    WholePage,
    mutate,
    read_object,
    read_undenied,
)
from orders_sync.external.shopify.nodes import Node, parsing
from orders_sync.external.shopify.scalars import Id, Instant, Word, gid
from orders_sync.instants import MINUTE, SECOND, Ms
from orders_sync.outbox.outcome import Begun, Sent, Undecided

LONGEST_NOTE = 255
READ_MS = 10 * MINUTE
"""How long it is read whether the order is cancelled; then somebody decides."""
APART_MS = 30 * SECOND
"""Between two reads that show a job that has ended, and an order that is not cancelled."""
SHORTEST_MS, LONGEST_MS = SECOND, MINUTE
"""Between two reads otherwise: half of the time since it was asked."""

ENDED = "Shopify ended it without cancelling and gives no reason"
_GOING_ON = frozenset({"requested", "open"})
_IN_PROGRESS = "already in progress"
"""What the shop says while a job that cancels the order has not ended; it has no code for it."""

Outcome = Sent | Begun | Undecided


class _Made(Node):
    """A fulfilment, or a return."""

    id: Id
    name: str
    status: Word


class _Order(Node):
    id: Id
    updated_at: Instant
    cancelled_at: Instant | None

    @property
    def seen(self) -> Sent:
        """What is known of it now that it is cancelled."""
        stamp = Stamp(self.updated_at, self.updated_at)
        return Sent(changes=(OrderSeen(self.id, OrderFields(cancelled_at=self.cancelled_at), stamp),))


class _Cancellable(_Order):
    fulfillments: list[_Made]
    returns: WholePage[_Made]

    @property
    def obstacles(self) -> list[str]:
        alive = (each for each in self.fulfillments if each.status not in DEAD_FULFILLMENT)
        going = (each for each in self.returns.nodes if each.status in _GOING_ON)
        sent = [f"fulfilment {each.name} is neither cancelled nor failed" for each in alive]
        return [*sent, *(f"return {each.name} is {each.status}" for each in going)]


class _Job(Node):
    id: str
    done: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """What is kept of having asked. `job` None: the answer did not come. `at`: since when it is read; `ended_at`: when its job
    was first seen to have ended while the order was not cancelled."""

    job: str | None
    at: Ms
    ended_at: Ms | None = None


async def cancel(client: ShopifyClient, order_id: int, payload: Mapping[str, Any]) -> Outcome:
    """Asks for it where it was not asked for, else looks what came of it.

    `payload`: the wish; `now`; `sent`: it may have been asked for, so that it is only read; `asked`: what is known of that;
    `asked_before`: the job of an earlier time that it was asked for, which somebody has looked at.
    """
    now, job = payload["now"], payload.get("asked_before")
    if payload["sent"]:
        return await _follow(client, order_id, _asked(payload) or Asked(None, now), now)
    if job is not None and await _goes_on(client, order_id, job):
        return _begun(Asked(job, now), now, "Shopify is cancelling the order still")
    order = await _read(client, order_id)
    if order.cancelled_at is not None:
        return order.seen
    if order.obstacles:
        raise PreconditionFailed(f"in Shopify {'; '.join(order.obstacles)}")
    return await _ask(client, order_id, payload, now)


async def _ask(client: ShopifyClient, order_id: int, payload: Mapping[str, Any], now: Ms) -> Outcome:
    try:
        made = await mutate(client, documents.CANCEL_ORDER, _variables(order_id, payload), "job")
    except UserErrors as errors:
        return await _refused(client, order_id, errors, now)
    try:
        with parsing():
            job = _Job.model_validate(made)
    except ShopifyError as error:
        raise OutcomeLost(f"Shopify does not say what became of it: {error}") from error
    return _begun(Asked(job.id, now), now, "Shopify is cancelling the order")


def _variables(order_id: int, payload: Mapping[str, Any]) -> dict[str, Any]:
    """Never `refund`, which the shop does not take beside `refundMethod`. A customer who is not mailed is said not to be."""
    note = payload.get("note")
    return {
        "id": gid("Order", order_id),
        "reason": payload["reason"].upper(),
        "refund": {"originalPaymentMethodsRefund": payload["refund"] == "original"},
        "restock": payload["restock"],
        "notify": bool(payload.get("notify")),
        "note": note[:LONGEST_NOTE] if note else None,
    }


async def _refused(client: ShopifyClient, order_id: int, errors: UserErrors, now: Ms) -> Outcome:
    """Somebody else was quicker: the order is cancelled, or is about to be."""
    order = await _read(client, order_id)
    if order.cancelled_at is not None:
        return order.seen
    if any(_IN_PROGRESS in error.message for error in errors.errors):
        return _begun(Asked(None, now), now, "Shopify was cancelling the order already")
    raise errors


async def _follow(client: ShopifyClient, order_id: int, asked: Asked, now: Ms) -> Outcome:
    """What came of it, as far as the shop tells. A read that fails says nothing; one that cannot be made again does."""
    try:
        order, job = await _progress(client, order_id, asked.job)
    except (NotSent, NoAnswer, Throttled) as error:
        return _still(asked, now, f"whether Shopify has cancelled the order could not be read: {error}")
    except ShopifyError as error:
        return Undecided(f"whether Shopify has cancelled the order cannot be read: {error}")
    if order.cancelled_at is not None:
        return order.seen
    if job is not None and job.done:
        return _ended(asked, now)
    at_it = "Shopify is cancelling the order" if job is not None else "whether Shopify cancels the order is not known"
    return _still(replace(asked, ended_at=None), now, at_it)


def _ended(asked: Asked, now: Ms) -> Outcome:
    if asked.ended_at is not None and now - asked.ended_at >= APART_MS:
        raise PreconditionFailed(ENDED)
    asked = replace(asked, ended_at=asked.ended_at or now)
    reason = "Shopify has ended it, and does not show the order as cancelled: it is read once more"
    return Begun(reason, APART_MS, {"asked": asdict(asked)})


def _still(asked: Asked, now: Ms, reason: str) -> Outcome:
    if now - asked.at >= READ_MS:
        return Undecided(f"{reason}, after {READ_MS // MINUTE} minutes: look there first")
    return _begun(asked, now, reason)


def _begun(asked: Asked, now: Ms, reason: str) -> Begun:
    pause = min(LONGEST_MS, max(SHORTEST_MS, (now - asked.at) // 2))
    return Begun(reason, pause, {"asked": asdict(asked)})


def _asked(payload: Mapping[str, Any]) -> Asked | None:
    kept = payload.get("asked")
    return None if kept is None else Asked(**kept)


async def _read(client: ShopifyClient, order_id: int) -> _Cancellable:
    return await read_object(client, documents.CANCELLABLE, gid("Order", order_id), _Cancellable, "order")


async def _goes_on(client: ShopifyClient, order_id: int, job: str) -> bool:
    _, found = await _progress(client, order_id, job)
    return found is not None and not found.done


async def _progress(client: ShopifyClient, order_id: int, job_id: str | None) -> tuple[_Order, _Job | None]:
    """The order, and the job where one is known. Raises PreconditionFailed when the shop has no such order, and ShopifyError."""
    entity = gid("Order", order_id)
    if job_id is None:
        return await read_object(client, documents.CANCELLED, entity, _Order, "order"), None
    data = (await read_undenied(client, documents.CANCEL_PROGRESS, {"id": entity, "job": job_id})).data
    with parsing():
        order = None if data["order"] is None else _Order.model_validate(data["order"])
        job = None if data["job"] is None else _Job.model_validate(data["job"])
    if order is None:
        raise PreconditionFailed("Shopify has no such order, or does not show it to this app")
    return order, job
