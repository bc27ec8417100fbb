"""Shopify as a receiver of the outbox: each row becomes one write, and what came of it one of four outcomes.

Every write reads first what the shop has, so repeating one of unknown outcome does only what is left to do.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from orders_sync.db.outbox import OutboxRow
from orders_sync.external.shopify import fulfillment_writes, return_writes, tracking_writes, write_documents
from orders_sync.external.shopify.client import ShopifyClient
from orders_sync.external.shopify.errors import NoAnswer, NotSent, ShopifyError, Throttled
from orders_sync.external.shopify.fulfillment_writes import Parcel
from orders_sync.external.shopify.mutations import OutcomeLost, PreconditionFailed, UserErrors, mutate
from orders_sync.external.shopify.scalars import gid
from orders_sync.external.shopify.tracking_writes import Given
from orders_sync.instants import SECOND
from orders_sync.outbox.kinds import METAFIELDS, Kind
from orders_sync.outbox.outcome import Later, Outcome, Refused, Sent, Unknown
from orders_sync.rules.tracking_numbers import Placeholders

CALL_LIMIT_S = 50.0
"""One row's calls together take less than the relay keeps a lease for."""

_METAFIELD_KEYS = {Kind.OWNER: "assigned_to", Kind.THREAD: "support_thread"}


class ShopifySender:
    """Sends rows to the shop; metafields up to 25 in a call, every other row in calls of its own."""

    def __init__(self, client: ShopifyClient, placeholders: Placeholders | None = None) -> None:
        self._client = client
        self._placeholders = Placeholders() if placeholders is None else placeholders

    async def send(self, rows: Sequence[OutboxRow]) -> list[Outcome]:
        """An outcome for each row, in their order. Never raises for what the network or the shop does."""
        if all(Kind(row.kind) in METAFIELDS for row in rows):
            return await self._set(rows)
        return [await self._outcome(self._write(row)) for row in rows]

    def _write(self, row: OutboxRow) -> Awaitable[str | None]:
        payload: Mapping[str, Any] = row.payload
        match Kind(row.kind):
            case Kind.FULFILLMENT:
                return fulfillment_writes.fulfill(self._client, row.order_id, self._parcel(payload))
            case Kind.TRACKING:
                return self._number(row.order_id, payload)
            case Kind.HOLD:
                note = payload.get("note")
                return fulfillment_writes.hold(self._client, row.order_id, payload["sku"], payload["handle"], note)
            case Kind.RELEASE_HOLD:
                return fulfillment_writes.release(self._client, row.order_id, payload["handle"])
            case Kind.REFUND:
                return return_writes.refund(self._client, payload["return_id"])
            case Kind.RETURN_DENY:
                notify = bool(payload.get("notify"))
                return return_writes.deny(self._client, payload["return_id"], payload.get("note"), notify=notify)
            case other:
                raise ValueError(f"{other} is no write to Shopify")

    def _parcel(self, payload: Mapping[str, Any]) -> Parcel:
        """What the fulfilment is made with; a placeholder is no number."""
        tracking, notify = payload.get("tracking") or {}, bool(payload.get("notify"))
        number = tracking.get("number")
        if number is None or self._placeholders.match(number):
            return Parcel(notify=notify)
        return Parcel(number, tracking.get("carrier"), notify)

    async def _number(self, order_id: int, payload: Mapping[str, Any]) -> None:
        invented = self._placeholders.match
        if invented(payload["number"]):
            raise PreconditionFailed(
                f"{payload['number']} is a placeholder (PLACEHOLDER_NUMBERS) and no number of a carrier"
            )
        given = Given(
            payload["number"],
            payload.get("carrier"),
            payload.get("url"),
            payload.get("before"),
            bool(payload.get("notify")),
        )
        if payload.get("fulfillment_id") is None:
            await tracking_writes.give_to_new(self._client, order_id, payload.get("known") or (), given, invented)
        else:
            await tracking_writes.give(self._client, payload["fulfillment_id"], given, invented)

    async def _set(self, rows: Sequence[OutboxRow]) -> list[Outcome]:
        settings = [Setting(row.order_id, _METAFIELD_KEYS[Kind(row.kind)], str(row.payload["value"])) for row in rows]
        refusals: list[str | None] = []

        async def call() -> None:
            refusals.extend(await set_metafields(self._client, settings))

        outcome = await self._outcome(call())
        if not isinstance(outcome, Sent):
            return [outcome] * len(rows)
        return [Sent() if refusal is None else Refused(refusal) for refusal in refusals]

    async def _outcome(self, write: Awaitable[str | None]) -> Outcome:
        try:
            async with asyncio.timeout(CALL_LIMIT_S):
                note = await write
        except TimeoutError:
            return Unknown("Shopify took too long")
        except (PreconditionFailed, UserErrors) as refusal:
            return Refused(str(refusal))
        except OutcomeLost as lost:
            return Unknown(str(lost))
        except ShopifyError as error:
            return _not_done(error)
        return Sent(note)


def _not_done(error: ShopifyError) -> Outcome:
    """Nothing was written: whether trying again may help."""
    match error:
        case Throttled():
            return Later(str(error), round(error.retry_after_s * SECOND))
        case NotSent() | NoAnswer():
            return Later(str(error))
        case _:
            return Refused(str(error))


NAMESPACE = "order_desk"
AT_ONCE = 25
"""The shop's limit for one call, which writes all or nothing."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One metafield of one order."""

    order_id: int
    key: str
    value: str


async def set_metafields(client: ShopifyClient, settings: Sequence[Setting]) -> list[str | None]:
    """Sets at most 25; for each its refusal, null when it is set. Raises OutcomeLost, ShopifyError.

    The call is atomic: those that the shop refuses are left out, and the others sent again without them. Of two settings of
    the same metafield the later one counts.
    """
    latest = {(setting.order_id, setting.key): setting for setting in settings}
    left = list(latest.values())
    refused: dict[tuple[int, str], str] = {}
    while left:
        try:
            await mutate(
                client,
                write_documents.SET_METAFIELDS,
                {"metafields": [_input(setting) for setting in left]},
                "metafields",
            )
            break
        except UserErrors as errors:
            bad = _places(errors, len(left))
            refused |= {(left[at].order_id, left[at].key): message for at, message in bad.items()}
            left = [setting for at, setting in enumerate(left) if at not in bad]
    return [refused.get((setting.order_id, setting.key)) for setting in settings]


def _input(setting: Setting) -> dict[str, str]:
    return {
        "ownerId": gid("Order", setting.order_id),
        "namespace": NAMESPACE,
        "key": setting.key,
        "type": "single_line_text_field",
        "value": " ".join(setting.value.split()),
    }


def _places(errors: UserErrors, count: int) -> dict[int, str]:
    """Which of the settings are refused, by `["metafields", "1", …]`; all of them when an error names none."""
    places: dict[int, str] = {}
    for error in errors.errors:
        place = error.field[1] if error.field and len(error.field) > 1 else ""
        if not place.isdigit() or int(place) >= count:
            return dict.fromkeys(range(count), error.message)
        places[int(place)] = error.message
    return places
