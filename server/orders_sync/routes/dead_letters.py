"""What came in and could not be read, as people see it and decide on it: contract §3, Outbound."""

from __future__ import annotations

import asyncio

from aiohttp import web

from orders_sync.db import audit, dead_letters
from orders_sync.db.audit import Audited
from orders_sync.db.dead_letters import DeadLetterRow
from orders_sync.db.tx import Tx
from orders_sync.external.shopify.errors import ShopifyError
from orders_sync.external.shopify.order_reader import OrderReader
from orders_sync.http.app_keys import DATABASE, SHOPIFY, THRESHOLDS
from orders_sync.http.problems import Refused
from orders_sync.ingest import dead_letters as letters
from orders_sync.instants import to_datetime
from orders_sync.poller import unreadable_orders
from orders_sync.routes.actions import actor
from orders_sync.routes.outbox import MAX_ROWS, done, row_asked, state_asked
from orders_wire.people import DeadLetter, DeadLettersAnswer
from orders_wire.vocabulary import DeadLetterState, ErrorCode

routes = web.RouteTableDef()

ASK_S = 8.0
"""How long somebody who retries an order is kept waiting for Shopify."""

_WHAT = "dead letter"


@routes.get("/sync/dead-letters")
async def listed(request: web.Request) -> web.Response:
    """The newest, of one state or all, and how many there are of each. Bodies stay here: they may name a customer."""
    db, state = request.app[DATABASE], state_asked(request, DeadLetterState)
    rows, counts = await db.read(
        lambda conn: (
            dead_letters.listed(conn, db.shop_id, state, MAX_ROWS),
            dead_letters.counts(conn, db.shop_id),
        )
    )
    answer = DeadLettersAnswer(items=[_item(row) for row in rows], counts=counts)
    return web.Response(text=answer.model_dump_json(by_alias=True), content_type="application/json")


@routes.post("/sync/dead-letters/{id}/retry")
async def retry(request: web.Request) -> web.Response:
    """Reads it again, and takes in what it says."""
    letter_id, by, thresholds = row_asked(request, _WHAT), actor(request), request.app[THRESHOLDS]
    read = await _reading(request, letter_id)

    def job(tx: Tx) -> str | None:
        result = letters.retry(tx, letter_id, thresholds, read)
        if result is None:
            raise _gone(letter_id)
        failure = result if isinstance(result, str) else None
        audit.record(tx, [_audited(by.name, by.client, "retry", letter_id, failure)])
        return failure

    unreadable = await request.app[DATABASE].write(job)
    if unreadable is not None:
        raise Refused(ErrorCode.ILLEGAL_TRANSITION, f"It still cannot be read: {unreadable}")
    return done(f"Dead letter {letter_id}: read and taken in")


@routes.post("/sync/dead-letters/{id}/discard")
async def discard(request: web.Request) -> web.Response:
    """Gives it up."""
    letter_id, by = row_asked(request, _WHAT), actor(request)

    def job(tx: Tx) -> None:
        if not letters.discard(tx, letter_id):
            raise _gone(letter_id)
        audit.record(tx, [_audited(by.name, by.client, "discard", letter_id, None)])

    await request.app[DATABASE].write(job)
    return done(f"Dead letter {letter_id}: discarded")


async def _reading(request: web.Request, letter_id: int) -> letters.Read:
    """How it is read again: from its body; an order that the poll could not read, by asking Shopify anew. Raises Refused."""
    db = request.app[DATABASE]
    letter = await db.read(lambda conn: dead_letters.one(conn, db.shop_id, letter_id))
    if letter is None or letter.state is not DeadLetterState.DEAD or letter.source != unreadable_orders.SOURCE:
        return letters.read_body
    client = request.app[SHOPIFY]
    if client is None:
        raise Refused(ErrorCode.UNAVAILABLE, "Shopify is asked for the order again, which needs SHOPIFY_ADMIN_TOKEN")
    try:
        async with asyncio.timeout(ASK_S):
            return await unreadable_orders.again(OrderReader(client), letter)
    except TimeoutError:
        raise Refused(ErrorCode.UNAVAILABLE, "Shopify does not answer. Try again shortly.") from None
    except ShopifyError as error:
        raise Refused(ErrorCode.UNAVAILABLE, str(error)) from error


def _item(row: DeadLetterRow) -> DeadLetter:
    return DeadLetter(
        id=str(row.id),
        topic=row.topic,
        reason=row.reason,
        state=row.state,
        received_at=to_datetime(row.received_at),
        size_bytes=len(row.body),
    )


def _gone(letter_id: int) -> Refused:
    return Refused(ErrorCode.NOT_FOUND, f"There is no dead letter {letter_id} that waits")


def _audited(name: str, client: str | None, what: str, letter_id: int, failed: str | None) -> Audited:
    details = f"dead letter {letter_id}" + (f": {failed}" if failed else "")
    return Audited(name, f"dead_letter_{what}", None, "failed" if failed else "done", details, client=client)
