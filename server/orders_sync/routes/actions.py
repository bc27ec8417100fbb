"""The write actions: contract §3. Parses, asks for one transaction, answers in the version 1.2 envelope."""

from __future__ import annotations

import secrets
import uuid

import orjson
from aiohttp import web

from orders_sync.actions.acting import Actor
from orders_sync.actions.commands import foreseen
from orders_sync.actions.perform import Answered, Request, Rules, perform
from orders_sync.db import idempotency
from orders_sync.db.engine import Database
from orders_sync.db.idempotency import Asked
from orders_sync.http.app_keys import CALLER, DATABASE, SETTINGS, THRESHOLDS
from orders_sync.http.auth import require_shop
from orders_sync.http.body import read_body
from orders_sync.http.problems import Refused
from orders_sync.instants import HOUR
from orders_sync.outbox.queue import Switches
from orders_sync.routes import action_body
from orders_wire.actions import Action, AssignBody, FulfillBody, InventoryBody, ReturnsBody, SupportBody, UndoBody
from orders_wire.vocabulary import ActionName, ErrorCode, Role

MAX_KEY = 255
"""Characters of an `Idempotency-Key`."""

MAX_CLIENT = 200
"""Characters of what the audit keeps of a client's name."""

routes = web.RouteTableDef()


@routes.post("/sync/orders/assign")
async def assign(request: web.Request) -> web.Response:
    """Makes somebody, or nobody, the owner of orders."""
    return await _act(request, ActionName.ASSIGN, AssignBody)


@routes.post("/sync/orders/fulfill")
async def fulfill(request: web.Request) -> web.Response:
    """Acknowledges the fulfilment of orders, and has Shopify make it."""
    return await _act(request, ActionName.FULFILL, FulfillBody)


@routes.post("/sync/orders/support")
async def support(request: web.Request) -> web.Response:
    """Hands an order to the support queue."""
    return await _act(request, ActionName.SUPPORT, SupportBody)


@routes.post("/sync/orders/returns")
async def returns(request: web.Request) -> web.Response:
    """Moves a return on."""
    return await _act(request, ActionName.RETURNS, ReturnsBody)


@routes.post("/sync/orders/inventory")
async def inventory(request: web.Request) -> web.Response:
    """Holds orders for a SKU, and tells the ERP."""
    return await _act(request, ActionName.INVENTORY, InventoryBody)


@routes.post("/sync/orders/undo")
async def undo(request: web.Request) -> web.Response:
    """Takes an action back."""
    return await _act(request, ActionName.UNDO, UndoBody)


def actor(request: web.Request) -> Actor:
    """The caller as the audit and undo know them."""
    caller = request[CALLER]
    agent = "".join(c for c in request.headers.get("User-Agent", "") if c.isprintable())
    client = f"{request.remote or ''} {agent}".strip()[:MAX_CLIENT]
    return Actor(caller.name, lead=caller.role.includes(Role.LEAD), client=client or None)


def rules(app: web.Application) -> Rules:
    """What this server does by."""
    settings = app[SETTINGS]
    return Rules(
        thresholds=app[THRESHOLDS],
        switches=Switches.of(settings),
        keep_ms=round(settings.idempotency_keep_hours * HOUR),
        draw=lambda: secrets.token_hex(4),
        notify=settings.notify_customer,
        placeholders=settings.placeholders,
    )


async def _act(request: web.Request, kind: ActionName, model: type[Action]) -> web.Response:
    body, digest = action_body.read(await read_body(request), model)
    require_shop(request.app[SETTINGS], body.shop_domain)
    key = _key(request)
    wanted = Request(
        kind=kind,
        body=body,
        actor=actor(request),
        action_id=uuid.uuid4().hex,
        asked=None if key is None else Asked(request[CALLER].name, key, request.path, digest),
    )
    by = rules(request.app)
    answered = await request.app[DATABASE].write(lambda tx: perform(tx, wanted, by), foreseen(body))
    return await _respond(request.app[DATABASE], answered, keyed=key is not None)


def _key(request: web.Request) -> str | None:
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return None
    if not key.strip() or len(key) > MAX_KEY or not key.isprintable():
        raise Refused(ErrorCode.INVALID_REQUEST, f"Idempotency-Key: 1 to {MAX_KEY} printable characters")
    return key


async def _respond(db: Database, answered: Answered, *, keyed: bool) -> web.Response:
    """The recorded answer with its desk version: under a key always the same one, else the newest that is known."""
    body = answered.body
    if answered.event_row is not None:
        version = db.version
        if keyed:
            row = answered.event_row
            recorded = await db.read(lambda conn: idempotency.desk_version(conn, db.shop_id, row), short=True)
            version = version if recorded is None else recorded
        body = orjson.dumps(orjson.loads(body) | {"desk": {"id": db.desk_id, "version": version}})
    return web.Response(body=body, status=answered.status, content_type="application/json")
