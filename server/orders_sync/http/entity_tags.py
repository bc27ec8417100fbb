"""Bodies that a client may hold already: `ETag`, `If-None-Match` and 304 (contract §1)."""

from __future__ import annotations

from aiohttp import web


def held_or_sent(request: web.Request, body: bytes, etag: str) -> web.Response:
    """304 where the client has this very body, else the body."""
    headers = {"ETag": etag, "Cache-Control": "no-cache"}
    asked = request.headers.getall("If-None-Match", ())
    if asked and (etag in asked or any(_matches(one, etag) for one in asked)):
        return web.Response(status=304, headers=headers)
    return web.Response(body=body, headers=headers, content_type="application/json")


def _matches(asked: str, etag: str) -> bool:
    """If-None-Match compares weakly: RFC 9110 §13.1.2."""
    return asked.strip() == "*" or etag in (tag.strip().removeprefix("W/") for tag in asked.split(","))
