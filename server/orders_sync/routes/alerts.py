"""`GET /sync/orders/alerts`: a stream of Server-Sent Events, or the same events by polling (contract §2); and `GET /sync/alerts`:
all that is open."""

from __future__ import annotations

from typing import Final

import structlog
from aiohttp import hdrs, web
from aiohttp.http import HttpVersion11

from orders_sync.desk.parameter import BadParameter
from orders_sync.http.app_keys import CALLER, DATABASE, HUB
from orders_sync.http.problems import Refused
from orders_sync.live import frames, open_alerts
from orders_sync.live.history import HISTORY, Gone, begin
from orders_sync.live.hub import Hub, Stream, TooManyStreams
from orders_wire.vocabulary import ErrorCode

log = structlog.get_logger(__name__)

EVENT_STREAM = "text/event-stream"

_HEADERS: Final = {hdrs.CACHE_CONTROL: "no-cache", hdrs.VARY: hdrs.ACCEPT, "X-Accel-Buffering": "no"}
_STREAM_HEADERS: Final = {**_HEADERS, hdrs.CONTENT_TYPE: EVENT_STREAM}

routes = web.RouteTableDef()


class EventStream(web.StreamResponse):
    """A response that lasts until the hub ends its stream.

    It waits here, not in the handler, so that a stream holds nothing of what handled its request: there may be thousands.
    """

    def __init__(self, hub: Hub, stream: Stream) -> None:
        super().__init__(headers=_STREAM_HEADERS)
        self._hub = hub
        self._stream = stream

    async def write_eof(self, data: bytes = b"") -> None:
        try:
            await self._stream.ended
        finally:
            self._hub.leave(self._stream)
        await super().write_eof(data)


@routes.get("/sync/orders/alerts")
async def alerts(request: web.Request) -> web.StreamResponse:
    """A stream when the client accepts one, else the polling answer."""
    if not _accepts_stream(request):
        return await _poll(request)
    if request.method == hdrs.METH_HEAD or request.transport is None:
        return web.StreamResponse(headers=_STREAM_HEADERS)
    hub = request.app[HUB]
    caller = request[CALLER]
    stream = Stream(caller.name, request.transport, framed=request.version >= HttpVersion11, token=caller.token)
    try:
        hub.admit(stream)
        return await _begun(request, hub, stream)
    except TooManyStreams:
        raise Refused(ErrorCode.RATE_LIMITED, "Too many open streams. Close one, or poll.", retry_after_s=30) from None
    except BaseException:
        hub.leave(stream)
        raise


@routes.get("/sync/alerts")
async def all_alerts(request: web.Request) -> web.Response:
    """The alerts that stand, in pages."""
    try:
        asked = open_alerts.read(request.query.items())
    except BadParameter as error:
        raise Refused(ErrorCode.INVALID_REQUEST, str(error)) from error
    database = request.app[DATABASE]
    body = await database.read(lambda conn: open_alerts.answer(conn, database.shop_id, database.desk_id, asked))
    return web.Response(body=body, content_type="application/json", headers={hdrs.CACHE_CONTROL: "no-cache"})


async def _poll(request: web.Request) -> web.Response:
    part = await request.app[HISTORY].poll(request.query.get("since") or None, frames.reader(request[CALLER].name))
    body = b'{"alerts":[%b],"cursor":"%b","more":%b}' % (
        b",".join(event.text for event in part.events),
        frames.event_id(request.app[HUB].desk_id, part.position).encode(),
        b"true" if part.more else b"false",
    )
    return web.Response(body=body, content_type="application/json", headers=_HEADERS)


async def _begun(request: web.Request, hub: Hub, stream: Stream) -> EventStream:
    """The response, after its head and what comes before anything new. Raises, before the head, what the database raises."""
    history = request.app[HISTORY]
    first = await history.first(request.headers.get("Last-Event-ID") or None, stream.reader)
    response = EventStream(hub, stream)
    try:
        await response.prepare(request)
        await begin(hub, history, stream, first, response.write)
    except Exception as error:  # once the head is out, only a broken connection tells it
        if not isinstance(error, (ConnectionError, TimeoutError, Gone)):
            log.warning("a stream broke off", exc_info=error)
        stream.transport.abort()
        stream.end()
    return response


def _accepts_stream(request: web.Request) -> bool:
    accepted = (part.partition(";")[0].strip().lower() for part in request.headers.get(hdrs.ACCEPT, "").split(","))
    return EVENT_STREAM in accepted
