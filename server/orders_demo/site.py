"""The HTTP side of the simulation: the Admin API, the ERP's and the support queue's address, ledger and control."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator
from email.utils import format_datetime
from functools import partial
from hmac import compare_digest

import orjson
from aiohttp import hdrs, web

from orders_demo import control, desks
from orders_demo.admin.fields.shop import version
from orders_demo.identity import CLIENT_ID
from orders_demo.simulation import Simulation

LARGEST_BODY = 4 * 1024**2
REFUSED = "[API] Invalid API key or access token (unrecognized login or wrong password)"


def application(simulation: Simulation) -> web.Application:
    """The routes, and the simulation running behind them."""
    app = web.Application(client_max_size=LARGEST_BODY)

    async def life(_: web.Application) -> AsyncIterator[None]:
        async with simulation.running():
            yield

    async def admin(request: web.Request) -> web.StreamResponse:
        return await simulation.faults.through("graphql", request, partial(_graphql, simulation))

    async def erp(request: web.Request) -> web.StreamResponse:
        return await simulation.faults.through("erp", request, partial(desks.erp, simulation))

    async def support(request: web.Request) -> web.StreamResponse:
        return await simulation.faults.through("support", request, partial(desks.support, simulation))

    async def ledger(_: web.Request) -> web.Response:
        return web.json_response(simulation.stage.ledger.report())

    async def status(_: web.Request) -> web.Response:
        return web.json_response(control.status(simulation))

    app.cleanup_ctx.append(life)
    app.router.add_post("/admin/api/{version}/graphql.json", admin)
    app.router.add_post("/admin/oauth/access_token", partial(_draw_token, simulation))
    app.router.add_post("/erp", erp)
    app.router.add_post("/support", support)
    app.router.add_get("/ledger", ledger)
    app.router.add_get("/control/status", status)
    app.router.add_post("/control/{verb}", partial(control.handle, simulation))
    return app


def _same(given: str, secret: str) -> bool:
    return compare_digest(given.encode(), secret.encode())


async def _draw_token(simulation: Simulation, request: web.Request) -> web.Response:
    """The client credentials grant: a token for a day, by the app's ID and secret."""
    form = {name: str(value) for name, value in (await request.post()).items()}
    if form.get("client_id") != CLIENT_ID:
        return web.json_response({"error": "application_cannot_be_found"}, status=400)
    if not _same(form.get("client_secret", ""), simulation.plan.secrets.webhook):
        return web.json_response({"error": "invalid_client"}, status=400)
    if form.get("grant_type") != "client_credentials":
        return web.json_response({"error": "unsupported_grant_type"}, status=400)
    token = f"shpat_{secrets.token_hex(16)}"
    simulation.drawn.add(token)
    scope = ",".join(sorted(simulation.admin.scopes))
    return web.json_response({"access_token": token, "scope": scope, "expires_in": 86399})


async def _graphql(simulation: Simulation, request: web.Request) -> web.Response:
    token = request.headers.get("X-Shopify-Access-Token", "")
    if token not in simulation.drawn and not _same(token, simulation.plan.secrets.admin_token):
        return web.json_response({"errors": REFUSED}, status=401)
    try:
        body = orjson.loads(await request.read())
    except orjson.JSONDecodeError:
        return web.json_response({"errors": {"query": "Required parameter missing or invalid"}}, status=400)
    answer = simulation.admin.answer(body if isinstance(body, dict) else {})
    headers = {
        "X-Shopify-API-Version": version(request.match_info["version"]),
        hdrs.DATE: format_datetime(simulation.stage.now(), usegmt=True),
    }
    return web.Response(body=orjson.dumps(answer), content_type="application/json", headers=headers)
