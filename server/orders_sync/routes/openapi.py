"""`GET /openapi.json`: the endpoints, described for programs."""

from __future__ import annotations

from functools import cache

import orjson
from aiohttp import web

from orders_sync.openapi.document import document

routes = web.RouteTableDef()


@routes.get("/openapi.json")
async def openapi(_request: web.Request) -> web.Response:
    """The document; the same for the life of the process."""
    return web.Response(body=_encoded(), content_type="application/json")


@cache
def _encoded() -> bytes:
    return orjson.dumps(document())
