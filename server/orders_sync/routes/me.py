"""`GET /sync/me`: who the caller is to this server, and what it needs to know of the desk: contract §5."""

from __future__ import annotations

from aiohttp import web

from orders_sync.http.app_keys import CALLER, DATABASE, SETTINGS
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
        server_version=__version__,
    )
    body = answer.model_dump_json(by_alias=True, exclude={"desk": {"state", "backfill"}})
    return web.Response(text=body, content_type="application/json")
