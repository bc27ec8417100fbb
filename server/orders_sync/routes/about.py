"""What the server says of itself: `GET /sync/me` (the caller, and what a client needs to know), `GET /openapi.json`."""

from __future__ import annotations

from functools import cache

import orjson
from aiohttp import web

from orders_sync.http.app_keys import CALLER, DATABASE, SETTINGS
from orders_sync.openapi.document import document
from orders_wire.page import Desk
from orders_wire.people import Me
from orders_wire.version import __version__

routes = web.RouteTableDef()


@routes.get("/sync/me")
async def me(request: web.Request) -> web.Response:
    """The caller's name and role, the shop, the desk and the settings that a client shows."""
    settings, database, caller = request.app[SETTINGS], request.app[DATABASE], request[CALLER]
    answer = Me(
        name=caller.name,
        role=caller.role,
        shop=settings.shop,
        desk=Desk(id=database.desk_id, version=database.version),
        time_zone=settings.timezone.key,
        undo_seconds=round(settings.undo_seconds),
        shopify_writes=settings.shopify_writes,
        placeholder_numbers=settings.placeholder_numbers,
        breach_hours=settings.breach_hours,
        tracking_pending_hours=settings.tracking_pending_hours,
        delayed_hours=settings.delayed_hours,
        server_version=__version__,
    )
    body = answer.model_dump_json(by_alias=True, exclude={"desk": {"state", "backfill"}})
    return web.Response(text=body, content_type="application/json")


@routes.get("/openapi.json")
async def openapi(_request: web.Request) -> web.Response:
    """The document; the same for the life of the process."""
    return web.Response(body=_encoded(), content_type="application/json")


@cache
def _encoded() -> bytes:
    return orjson.dumps(document())
