"""Shopify as a receiver of the outbox: each row becomes one write, and what came of it one of four outcomes.

Every write reads first what the shop has, so repeating one of unknown outcome does only what is left to do.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from orders_sync.db.outbox import OutboxRow
from orders_sync.external.shopify import (
    cancel_writes,
    fulfillment_writes,
    hold_writes,
    order_writes,
    return_writes,
    tracking_writes,
    write_documents,
)
from orders_sync.external.shopify.client import ShopifyClient
from orders_sync.external.shopify.errors import NoAnswer, NotSent, ShopifyError, Throttled
from orders_sync.external.shopify.hold_writes import NewHold
from orders_sync.external.shopify.mutations import (
    FieldsRefused,
    OutcomeLost,
    PreconditionFailed,
    UserErrors,
    mutate,
)
from orders_sync.external.shopify.scalars import gid
from orders_sync.external.shopify.shipment import Shipment
from orders_sync.external.shopify.tracking_writes import Made, NewNumber
from orders_sync.instants import SECOND
from orders_sync.outbox.kinds import METAFIELDS, Kind
from orders_sync.outbox.outcome import Later, Outcome, Refused, Sent, Unknown
from orders_sync.rules.tracking_numbers import Placeholders

CALL_LIMIT_S = 50.0
"""One row's calls together take less than the relay keeps a lease for."""

NAMESPACE = "order_desk"
METAFIELD_KEYS: Mapping[Kind, str] = {Kind.OWNER: "assigned_to", Kind.THREAD: "support_thread"}

Payload = Mapping[str, Any]
IsPlaceholder = Callable[[str], bool]
Write = Callable[[ShopifyClient, int, Payload, IsPlaceholder], Awaitable[Outcome | str | None]]
"""What a row's write does with its order's id and its payload; returns what came of it, or what people should know of it."""


class ShopifySender:
    """Sends rows to the shop; metafields up to 25 in a call (setting the same value twice is one write), every other row in calls
    of its own."""

    def __init__(self, client: ShopifyClient, placeholders: Placeholders | None = None) -> None:
        self._client = client
        self._is_placeholder = (placeholders or Placeholders()).match

    async def send(self, rows: Sequence[OutboxRow]) -> list[Outcome]:
        """An outcome for each row, in their order. Never raises for what the network or the shop does."""
        if all(Kind(row.kind) in METAFIELDS for row in rows):
            return await self._set_metafields(rows)
        return [
            await _outcome(WRITES[Kind(row.kind)](self._client, row.order_id, _payload(row), self._is_placeholder))
            for row in rows
        ]

    async def _set_metafields(self, rows: Sequence[OutboxRow]) -> list[Outcome]:
        """Of two rows for the same metafield the later one counts."""
        keys = [(row.order_id, row.kind) for row in rows]
        inputs = {key: _metafield(row) for key, row in zip(keys, rows, strict=True)}
        refusals: dict[tuple[int, str], str] = {}
        outcome = await _outcome(_set_metafields(self._client, inputs, refusals))
        if not isinstance(outcome, Sent):
            return [outcome] * len(rows)
        return [Refused(refusals[key]) if key in refusals else outcome for key in keys]


async def _outcome(write: Awaitable[Outcome | str | None]) -> Outcome:
    try:
        async with asyncio.timeout(CALL_LIMIT_S):
            done = await write
            return Sent(done) if done is None or isinstance(done, str) else done
    except TimeoutError:
        return Unknown("Shopify took too long")
    except FieldsRefused as refusal:
        return Refused(str(refusal), refusal.errors)
    except (PreconditionFailed, UserErrors) as refusal:
        return Refused(str(refusal))
    except OutcomeLost as lost:
        return Unknown(str(lost))
    except Throttled as error:
        return Later(str(error), round(error.retry_after_s * SECOND))
    except (NotSent, NoAnswer) as error:
        return Later(str(error))
    except ShopifyError as error:
        return Refused(str(error))


def _payload(row: OutboxRow) -> Payload:
    """What the row says, and beside it when it was queued, and whether it may have left before."""
    return {**row.payload, "queued_at": row.created_at, "repeated": row.claimed_before}


async def _fulfill(client: ShopifyClient, order_id: int, payload: Payload, is_placeholder: IsPlaceholder) -> Sent:
    """A placeholder is no number."""
    tracking = payload.get("tracking") or {}
    given = tracking if tracking.get("number") and not is_placeholder(tracking["number"]) else {}
    shipment = Shipment(
        lines=_units(payload.get("lines")),
        known=payload.get("known") or (),
        queued_at=payload["queued_at"],
        repeated=payload["repeated"],
        notify=bool(payload.get("notify")),
        **{name: given.get(name) for name in ("number", "carrier", "url")},
    )
    done = await fulfillment_writes.fulfill(client, order_id, shipment, is_placeholder)
    return Sent(done.note, made=done.made)


def _units(lines: Sequence[tuple[int, int]] | None) -> Mapping[int, int] | None:
    """Quantities by line item; None where the payload has no lines."""
    if not lines:
        return None
    return {line: sum(quantity for other, quantity in lines if other == line) for line, _ in lines}


async def _set_number(
    client: ShopifyClient, order_id: int, payload: Payload, is_placeholder: IsPlaceholder
) -> str | None:
    number = payload["number"]
    if is_placeholder(number):
        raise PreconditionFailed(f"{number} is a placeholder (PLACEHOLDER_NUMBERS) and no number of a carrier")
    notify = bool(payload.get("notify"))
    new = NewNumber(number, payload.get("carrier"), payload.get("url"), payload.get("before"), notify)
    if payload.get("fulfillment_id") is None:
        made = Made(payload.get("known") or (), _units(payload.get("lines")))
        await tracking_writes.set_number_of_new(client, order_id, made, new, is_placeholder)
    else:
        await tracking_writes.set_number(client, payload["fulfillment_id"], new, is_placeholder)
    return None


async def _set_tags(client: ShopifyClient, order_id: int, payload: Payload, _: IsPlaceholder) -> Sent:
    seen = await order_writes.set_tags(client, order_id, payload["add"], payload["remove"])
    return Sent(changes=(seen,))


async def _set_address(client: ShopifyClient, order_id: int, payload: Payload, _: IsPlaceholder) -> Sent:
    if payload["address"] is None:
        raise PreconditionFailed("the customer's data was erased")
    seen = await order_writes.set_address(client, order_id, payload["address"], payload["address_before"])
    return Sent(changes=(seen,))


async def _hold(client: ShopifyClient, order_id: int, payload: Payload, _: IsPlaceholder) -> str | None:
    return None if payload.get("over") else await hold_writes.hold(client, order_id, _new_hold(payload))


def _new_hold(payload: Payload) -> NewHold:
    """Rows of earlier releases name a SKU alone."""
    return NewHold(
        handle=payload["handle"],
        reason=payload.get("reason") or "INVENTORY_OUT_OF_STOCK",
        note=payload.get("note") or payload.get("sku"),
        lines=payload.get("lines"),
        sku=payload.get("sku"),
    )


WRITES: Mapping[Kind, Write] = {
    Kind.FULFILLMENT: _fulfill,
    Kind.TRACKING: _set_number,
    Kind.HOLD: _hold,
    Kind.RELEASE_HOLD: lambda client, order_id, payload, _: hold_writes.release(
        client, order_id, payload.get("handle"), payload.get("hold_ids") or ()
    ),
    Kind.REFUND: lambda client, _order_id, payload, _: return_writes.refund(client, payload["return_id"]),
    Kind.RETURN_APPROVE: lambda client, _order_id, payload, _: return_writes.approve(
        client, payload["return_id"], notify=bool(payload.get("notify"))
    ),
    Kind.RETURN_DENY: lambda client, _order_id, payload, _: return_writes.deny(
        client, payload["return_id"], payload.get("note"), notify=bool(payload.get("notify"))
    ),
    Kind.TAGS: _set_tags,
    Kind.ADDRESS: _set_address,
    Kind.CANCEL: lambda client, order_id, payload, _: cancel_writes.cancel(client, order_id, payload),
}
"""By the kind of row, of all that go to Shopify but metafields."""


async def _set_metafields(
    client: ShopifyClient, inputs: Mapping[tuple[int, str], Payload], refusals: dict[tuple[int, str], str]
) -> None:
    """Adds what the shop refuses to `refusals`. Raises OutcomeLost, ShopifyError.

    The call writes all or nothing: those that the shop refuses are left out, and the others sent again without them.
    """
    while left := {key: value for key, value in inputs.items() if key not in refusals}:
        try:
            variables = {"metafields": list(left.values())}
            await mutate(client, write_documents.SET_METAFIELDS, variables, "metafields")
            break
        except UserErrors as errors:
            refused = _refused_places(errors, len(left))
            refusals.update((key, refused[place]) for place, key in enumerate(left) if place in refused)


def _metafield(row: OutboxRow) -> Payload:
    return {
        "ownerId": gid("Order", row.order_id),
        "namespace": NAMESPACE,
        "key": METAFIELD_KEYS[Kind(row.kind)],
        "type": "single_line_text_field",
        "value": " ".join(str(row.payload["value"]).split()),
    }


def _refused_places(errors: UserErrors, count: int) -> dict[int, str]:
    """Which of the inputs are refused, by `["metafields", "1", …]`; all of them when an error names none."""
    places: dict[int, str] = {}
    for error in errors.errors:
        place = error.field[1] if error.field and len(error.field) > 1 else ""
        if not place.isdigit() or int(place) >= count:
            return dict.fromkeys(range(count), error.message)
        places[int(place)] = error.message
    return places
