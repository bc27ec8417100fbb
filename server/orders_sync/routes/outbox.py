"""The outbox as people see it and decide on it: contract §3, Outbound."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import TypeVar

import orjson
from aiohttp import web

from orders_sync.actions import outbox
from orders_sync.actions.outbox import NotPossible
from orders_sync.db import outbox as stored
from orders_sync.db.tx import Tx
from orders_sync.desk.parameter import BadParameter, once, one_of, take
from orders_sync.http.app_keys import DATABASE, SETTINGS, THRESHOLDS
from orders_sync.http.problems import Refused
from orders_sync.outbox.queue import Switches
from orders_sync.routes.actions import actor
from orders_wire.people import OutboxAnswer
from orders_wire.vocabulary import ErrorCode, OutboundState

MAX_ROWS = 250

routes = web.RouteTableDef()

S = TypeVar("S", bound=StrEnum)


@routes.get("/sync/outbox")
async def listed(request: web.Request) -> web.Response:
    """The newest rows, of one state or all, and how many there are of each."""
    db, state = request.app[DATABASE], state_asked(request, OutboundState)
    items, counts = await db.read(
        lambda conn: (
            stored.entries(conn, db.shop_id, state, MAX_ROWS),
            stored.counts(conn, db.shop_id),
        )
    )
    answer = OutboxAnswer(items=items, counts=counts)
    return web.Response(text=answer.model_dump_json(by_alias=True), content_type="application/json")


@routes.post("/sync/outbox/{id}/retry")
async def retry(request: web.Request) -> web.Response:
    """Sends a row off again, now."""
    by, switches, thresholds = actor(request), Switches.of(request.app[SETTINGS]), request.app[THRESHOLDS]
    return await _decide(request, lambda tx, row_id: outbox.retry(tx, row_id, by, switches, thresholds))


@routes.post("/sync/outbox/{id}/discard")
async def discard(request: web.Request) -> web.Response:
    """Keeps a row from leaving."""
    by, thresholds = actor(request), request.app[THRESHOLDS]
    return await _decide(request, lambda tx, row_id: outbox.discard(tx, row_id, by, thresholds))


def state_asked(request: web.Request, states: type[S]) -> S | None:
    """The parameter `state`, None when it is not given. Raises Refused that lists what is allowed."""
    try:
        return take(once(request.query.items(), {"state"}), "state", one_of(states), None)
    except BadParameter as error:
        raise Refused(ErrorCode.INVALID_REQUEST, str(error)) from error


def row_asked(request: web.Request, what: str) -> int:
    """The id in the path. Raises Refused with `not_found` for what can be none."""
    text = request.match_info["id"]
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise Refused(ErrorCode.NOT_FOUND, f"There is no {what} {text}")
    return int(text)


def done(message: str) -> web.Response:
    """The envelope of a POST that names no order."""
    body = {"success": True, "message": message, "updatedOrders": []}
    return web.Response(body=orjson.dumps(body), content_type="application/json")


async def _decide(request: web.Request, decide: Callable[[Tx, int], str | None]) -> web.Response:
    row_id = row_asked(request, "outbox row")
    try:
        outcome = await request.app[DATABASE].write(lambda tx: decide(tx, row_id))
    except NotPossible as error:
        code = ErrorCode.ALREADY_SENT if error.gone else ErrorCode.ILLEGAL_TRANSITION
        raise Refused(code, str(error)) from None
    if outcome is None:
        raise Refused(ErrorCode.NOT_FOUND, f"There is no outbox row {row_id}")
    return done(f"Outbox row {row_id}: {outcome}")
