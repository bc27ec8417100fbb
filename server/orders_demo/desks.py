"""Where the Sync server posts: the ERP's and the support queue's address. Signed, each message id taken once."""

from __future__ import annotations

import orjson
from aiohttp import web
from standardwebhooks import Webhook, WebhookVerificationError

from orders_demo.simulation import Simulation


async def erp(simulation: Simulation, request: web.Request) -> web.Response:
    """The ERP takes an order, and acts on it later."""
    body = await _message(simulation, request, "erp", simulation.plan.secrets.erp)
    if body is not None:
        simulation.erp.react(body, request.headers["webhook-id"])
    return web.json_response({"ok": True})


async def support(simulation: Simulation, request: web.Request) -> web.Response:
    """The support queue takes a request."""
    await _message(simulation, request, "support", simulation.plan.secrets.support)
    return web.json_response({"ok": True}, status=202)


async def _message(simulation: Simulation, request: web.Request, kind: str, secret: str) -> dict[str, object] | None:
    """The message, entered in the ledger; null for a repeat. A bad signature is a 401."""
    raw = await request.read()
    try:
        Webhook(secret).verify(raw, dict(request.headers.items()))
    except WebhookVerificationError as error:
        raise web.HTTPUnauthorized(text=str(error)) from error
    body: dict[str, object] = orjson.loads(raw)
    stage = simulation.stage
    first = stage.ledger.message(stage.now(), kind, request.headers["webhook-id"], body)
    return body if first else None
