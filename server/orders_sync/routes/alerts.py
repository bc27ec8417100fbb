"""`GET /sync/orders/alerts`: a stream of Server-Sent Events, or the same events by polling (contract §2)."""

from __future__ import annotations

import structlog
from aiohttp import hdrs, web
from aiohttp.http import HttpVersion11

from orders_sync.app_keys import CALLER, HUB
from orders_sync.live import frames, stream
from orders_sync.live.history import HISTORY, Gone, Part
from orders_sync.live.hub import Hub, Stream, TooManyStreams
from orders_sync.routes.problems import Refused
from orders_wire.vocabulary import ErrorCode

log = structlog.get_logger(__name__)

EVENT_STREAM = "text/event-stream"

_HEADERS = {hdrs.CACHE_CONTROL: "no-cache", hdrs.VARY: hdrs.ACCEPT, "X-Accel-Buffering": "no"}

routes = web.RouteTableDef()


@routes.get("/sync/orders/alerts")
async def alerts(request: web.Request) -> web.StreamResponse:
    """A stream when the client accepts one, else the polling answer."""
    if _accepts_stream(request):
        return await _stream(request)
    return await _poll(request)


async def _poll(request: web.Request) -> web.Response:
    part = await request.app[HISTORY].poll(request.query.get("since") or None)
    body = b'{"alerts":[%b],"cursor":"%b","more":%b}' % (
        b",".join(event.text for event in part.events),
        frames.event_id(request.app[HUB].desk_id, part.position).encode(),
        b"true" if part.more else b"false",
    )
    return web.Response(body=body, content_type="application/json", headers=_HEADERS)


async def _stream(request: web.Request) -> web.StreamResponse:
    first = await request.app[HISTORY].first(request.headers.get("Last-Event-ID") or None)
    response = web.StreamResponse(headers={**_HEADERS, hdrs.CONTENT_TYPE: EVENT_STREAM})
    if request.method == hdrs.METH_HEAD or request.transport is None:
        return response
    hub = request.app[HUB]
    open_stream = Stream(request[CALLER].name, request.transport, framed=request.version >= HttpVersion11)
    try:
        hub.admit(open_stream)
    except TooManyStreams:
        raise Refused(ErrorCode.RATE_LIMITED, "Too many open streams. Close one, or poll.", retry_after_s=30) from None
    try:
        await response.prepare(request)
        await _follow(request, hub, open_stream, first, response)
    finally:
        hub.leave(open_stream)
    return response


async def _follow(
    request: web.Request, hub: Hub, open_stream: Stream, first: Part, response: web.StreamResponse
) -> None:
    """Once the head is out, a failure can only be told by breaking the connection: the client comes back."""
    try:
        await stream.follow(hub, request.app[HISTORY], open_stream, first, response.write)
    except (ConnectionError, TimeoutError, Gone):
        open_stream.transport.abort()
    except Exception:
        log.warning("a stream broke off", exc_info=True)
        open_stream.transport.abort()


def _accepts_stream(request: web.Request) -> bool:
    accepted = (part.partition(";")[0].strip().lower() for part in request.headers.get(hdrs.ACCEPT, "").split(","))
    return EVENT_STREAM in accepted
