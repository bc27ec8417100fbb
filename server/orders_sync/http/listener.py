"""A listener: accepts connections for an application, so many and no more, and answers what is no request at all.

Invariant: who connects and says nothing costs a file for a bounded time, and never one that another listener needs.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final

import orjson
import structlog
from aiohttp import hdrs, web

from orders_sync.http.body import BODY_BUDGET
from orders_sync.http.problems import SERVER, UNEXPECTED, answer
from orders_wire.vocabulary import ErrorCode

log = structlog.get_logger(__name__)

Answering = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]

LINGERS_S = 1.0
"""How long a body that nobody wants may go on coming after its answer, so that the answer is read before the end."""

READ_AHEAD_BYTES = 64 * 1024
"""What is taken of a body before its handler asks for it."""

_FULL = (
    b"HTTP/1.1 503 Service Unavailable\r\nServer: " + SERVER.encode() + b"\r\n"
    b"Retry-After: 2\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
)


class Connection(web.RequestHandler):
    """One connection. What is no HTTP is answered in the contract's shape, and its bytes are in no log."""

    __slots__ = ()

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        if status >= 500:
            log.error("an answer failed", remote=request.remote, exc_info=exc)
        else:
            log.info("what came is no request", remote=request.remote, reason=type(exc).__name__)
        if request.writer.output_size > 0:
            raise ConnectionError("an answer is on its way already")
        why = "The server failed to answer; its log says why." if status >= 500 else "This is no HTTP request"
        code = ErrorCode.UNAVAILABLE if status >= 500 else ErrorCode.INVALID_REQUEST
        body = orjson.dumps({"success": False, "message": why, "code": code})
        response = web.Response(
            body=body, status=status, content_type="application/json", headers={hdrs.SERVER: SERVER}
        )
        response.force_close()
        return response


class Full(asyncio.Protocol):
    """There is no room for this connection."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        transport.write(_FULL)
        transport.close()


class Listener:
    """`most`: connections at once (None: as many as there are files). `silent_s`: how long one may say nothing."""

    def __init__(self, app: web.Application, *, ends_s: float, most: int | None = None, silent_s: float) -> None:
        self._runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=ends_s, access_log=None)
        self._most = most
        self._options: Final[dict[str, Any]] = {
            "access_log": None,
            "auto_decompress": False,
            "keepalive_timeout": silent_s,
            "lingering_time": LINGERS_S,
            "read_bufsize": READ_AHEAD_BYTES,
        }
        self._server: asyncio.Server | None = None
        self._busy: set[asyncio.BaseProtocol] = set()

    async def setup(self) -> None:
        """Brings the application to life."""
        await self._runner.setup()
        server = self._runner.server
        assert server is not None
        server.request_handler = self._answering(server.request_handler)

    async def listen(self, host: str, port: int, backlog: int) -> int:
        """Listens, and returns the port that it got. Raises OSError."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._accepted, host, port, backlog=backlog)
        return int(self._server.sockets[0].getsockname()[1])

    async def cleanup(self) -> None:
        """Takes no more connections, ends those that are there, and with them the application."""
        if self._server is not None:
            self._server.close()
        await self._runner.cleanup()

    def _accepted(self) -> asyncio.Protocol:
        server = self._runner.server
        assert server is not None
        if self._most is not None and len(server.connections) >= self._most and not self._make_way(server):
            return Full()
        return Connection(server, loop=asyncio.get_running_loop(), **self._options)

    def _make_way(self, server: web.Server) -> bool:
        """The connection that has been there longest and asks for nothing ends; else the body that is slowest to come."""
        for connection in server.connections:
            if connection not in self._busy:
                connection.force_close()
                return True
        return BODY_BUDGET.make_way()

    def _answering(self, handler: Answering) -> Answering:
        """The handler, with a note of the connections whose requests are being answered."""

        async def answering(request: web.BaseRequest) -> web.StreamResponse:
            self._busy.add(request.protocol)
            try:
                return await handler(request)
            except (web.HTTPExpectationFailed, UnicodeEncodeError):  # over `Expect`, where there is no route
                return answer(UNEXPECTED, request.method)
            finally:
                self._busy.discard(request.protocol)

        return answering
