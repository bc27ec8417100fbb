"""Shopify as a receiver of the outbox: each row becomes one write, and what came of it one of four outcomes.

Every write reads first what the shop has, so repeating one of unknown outcome does only what is left to do.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Mapping, Sequence
from typing import Any

from orders_sync.db.outbox import OutboxRow
from orders_sync.external.shopify import fulfilling, returning
from orders_sync.external.shopify.client import ShopifyClient
from orders_sync.external.shopify.errors import NoAnswer, NotSent, ShopifyError, Throttled
from orders_sync.external.shopify.fulfilling import CannotFulfill
from orders_sync.external.shopify.metafields import Setting, set_metafields
from orders_sync.external.shopify.mutations import OutcomeLost, UserErrors
from orders_sync.external.shopify.returning import CannotReturn
from orders_sync.instants import SECOND
from orders_sync.outbox.kinds import METAFIELDS, Kind
from orders_sync.outbox.outcome import Later, Outcome, Refused, Sent, Unknown

CALL_LIMIT_S = 50.0
"""One row's calls together take less than the relay keeps a lease for."""

_METAFIELD_KEYS = {Kind.OWNER: "assigned_to", Kind.THREAD: "support_thread"}


class ShopifyReceiver:
    """Sends rows to the shop; metafields up to 25 in a call, every other row in calls of its own."""

    def __init__(self, client: ShopifyClient) -> None:
        self._client = client

    async def send(self, rows: Sequence[OutboxRow]) -> list[Outcome]:
        """An outcome for each row, in their order. Never raises for what the network or the shop does."""
        if all(Kind(row.kind) in METAFIELDS for row in rows):
            return await self._set(rows)
        return [await self._outcome(self._write(row)) for row in rows]

    def _write(self, row: OutboxRow) -> Awaitable[None]:
        payload: Mapping[str, Any] = row.payload
        match Kind(row.kind):
            case Kind.FULFILLMENT:
                tracking = payload.get("tracking") or {}
                return fulfilling.fulfill(self._client, row.order_id, tracking.get("number"), tracking.get("carrier"))
            case Kind.HOLD:
                note = payload.get("note")
                return fulfilling.hold(self._client, row.order_id, payload["sku"], payload["handle"], note)
            case Kind.RELEASE_HOLD:
                return fulfilling.release(self._client, row.order_id, payload["handle"])
            case Kind.REFUND:
                return returning.refund(self._client, payload["return_id"])
            case Kind.RETURN_DENY:
                return returning.deny(self._client, payload["return_id"], payload.get("note"))
            case other:
                raise ValueError(f"{other} is no write to Shopify")

    async def _set(self, rows: Sequence[OutboxRow]) -> list[Outcome]:
        settings = [Setting(row.order_id, _METAFIELD_KEYS[Kind(row.kind)], str(row.payload["value"])) for row in rows]
        refusals: list[str | None] = []

        async def call() -> None:
            refusals.extend(await set_metafields(self._client, settings))

        outcome = await self._outcome(call())
        if not isinstance(outcome, Sent):
            return [outcome] * len(rows)
        return [Sent() if refusal is None else Refused(refusal) for refusal in refusals]

    async def _outcome(self, write: Awaitable[None]) -> Outcome:
        try:
            async with asyncio.timeout(CALL_LIMIT_S):
                await write
        except TimeoutError:
            return Unknown("Shopify took too long")
        except (CannotFulfill, CannotReturn, UserErrors) as refusal:
            return Refused(str(refusal))
        except OutcomeLost as lost:
            return Unknown(str(lost))
        except ShopifyError as error:
            return _not_done(error)
        return Sent()


def _not_done(error: ShopifyError) -> Outcome:
    """Nothing was written: whether trying again may help."""
    match error:
        case Throttled():
            return Later(str(error), round(error.retry_after_s * SECOND))
        case NotSent() | NoAnswer():
            return Later(str(error))
        case _:
            return Refused(str(error))
