"""Refusals: the one error shape of contract §3, made at one place from one exception.

A handler raises `Refused`; whatever else fails becomes 503 (the database is out of reach) or 500 in the same shape, and never
with a traceback in it. Answers to all but GET carry `updatedOrders`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

import orjson
import structlog
from aiohttp import hdrs, web
from aiohttp.http import HttpVersion11
from aiohttp.typedefs import Handler
from pydantic import ValidationError

from orders_sync.db.failures import DatabaseError
from orders_sync.evidence.json_fields import clean
from orders_sync.http.body_faults import faults
from orders_sync.logs import hiding
from orders_wire.vocabulary import ErrorCode

log = structlog.get_logger(__name__)

RETRY_AFTER_S = 2
"""What a client is asked to wait after `rate_limited` and `unavailable`, where nothing better is known."""

SERVER = "orders-sync"

MAX_MESSAGE = 2000
"""Characters of a message; what it repeats of a request may be of any length."""

_CODES = {
    400: ErrorCode.INVALID_REQUEST,
    401: ErrorCode.UNAUTHORIZED,
    403: ErrorCode.FORBIDDEN,
    404: ErrorCode.NOT_FOUND,
    413: ErrorCode.TOO_LARGE,
    429: ErrorCode.RATE_LIMITED,
    503: ErrorCode.UNAVAILABLE,
}
_READS = frozenset({hdrs.METH_GET, hdrs.METH_HEAD})
_RETRIED = {ErrorCode.RATE_LIMITED, ErrorCode.UNAVAILABLE}


class Refused(Exception):
    """A request answered with a code of the closed list; `extras` are further fields of the answer, by wire name."""

    def __init__(self, code: ErrorCode, message: str, *, retry_after_s: float | None = None, **extras: Any) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.retry_after_s = retry_after_s
        self.extras: Mapping[str, Any] = extras


UNEXPECTED = Refused(ErrorCode.INVALID_REQUEST, "Expect: 100-continue is all that can be expected")


def invalid_body(error: ValidationError) -> Refused:
    """A body that does not read, as `invalid_request` that names each field and what is wrong with it."""
    return Refused(ErrorCode.INVALID_REQUEST, faults(error))


def answer(refused: Refused, method: str, status: int | None = None) -> web.Response:
    """The refusal as a response, with `Retry-After` (whole seconds, at least 1) where the contract has it."""
    body: dict[str, Any] = {
        "success": False,
        "message": _safe_text(refused.message),
        "code": refused.code,
        **refused.extras,
    }
    if method not in _READS:
        body.setdefault("updatedOrders", [])
    headers = {}
    if refused.code in _RETRIED:
        wait = RETRY_AFTER_S if refused.retry_after_s is None else refused.retry_after_s
        headers["Retry-After"] = str(max(1, math.ceil(wait)))
    if refused.code is ErrorCode.UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Bearer"
    return _json(body, status or refused.code.http_status, headers)


async def hide_server_version(_request: web.Request, response: web.StreamResponse) -> None:
    """For `on_response_prepare`: no answer tells strangers which versions of what to look up."""
    response.headers[hdrs.SERVER] = SERVER


async def answer_expect(request: web.Request) -> web.Response | None:
    """What `Expect` asks for; the refusal of anything but `100-continue`."""
    if request.headers[hdrs.EXPECT].lower() != "100-continue":
        return answer(UNEXPECTED, request.method)
    if request.version == HttpVersion11:
        await request.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        request.writer.output_size = 0  # no part of the answer
    return None


def with_expect_handler(routes: web.RouteTableDef) -> Iterator[web.AbstractRouteDef]:
    """The routes with `answer_expect`: aiohttp heeds the header before any middleware, and else answers in words of its own."""
    for route in routes:
        assert isinstance(route, web.RouteDef)
        yield web.RouteDef(route.method, route.path, route.handler, {**route.kwargs, "expect_handler": answer_expect})


@web.middleware
async def problems(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turns what a handler raises into the one error shape. The outermost frame of every request."""
    try:
        return await handler(request)
    except Refused as refused:
        return answer(refused, request.method)
    except web.HTTPException as error:
        return _from_http(error, request)
    except DatabaseError as error:
        log.warning("the database did not answer", route=_route(request), error=error)
        return answer(
            Refused(ErrorCode.UNAVAILABLE, "The database cannot be reached. Try again shortly."), request.method
        )
    except Exception:
        with hiding(request.headers.get("Authorization", "").rpartition(" ")[2]):
            log.exception("a request failed", route=_route(request), method=request.method)
        failed = Refused(ErrorCode.UNAVAILABLE, "The server failed to answer; its log says why.")
        return answer(failed, request.method, status=500)


def _route(request: web.Request) -> str:
    """The route as the server wrote it: what stands in a path may be anybody's."""
    resource = request.match_info.route.resource
    return "none" if resource is None else resource.canonical


def _from_http(error: web.HTTPException, request: web.Request) -> web.StreamResponse:
    """aiohttp's own refusals (no such path, wrong method, body too large) in the contract's shape."""
    if error.status < 400:
        return error
    body: dict[str, Any] = {"success": False, "message": _safe_text(_explanation(error, request))}
    if request.method not in _READS:
        body["updatedOrders"] = []
    body["code"] = _CODES.get(error.status, ErrorCode.INVALID_REQUEST)
    allowed = {"Allow": error.headers["Allow"]} if "Allow" in error.headers else {}
    return _json(body, error.status, allowed)


def _explanation(error: web.HTTPException, request: web.Request) -> str:
    """What was wrong, and what is allowed."""
    match error:
        case web.HTTPNotFound():
            return f"There is nothing at {request.path}; /openapi.json lists what there is"
        case web.HTTPMethodNotAllowed():
            return f"{request.path} does not take {error.method}; it takes {', '.join(sorted(error.allowed_methods))}"
        case web.HTTPRequestEntityTooLarge():
            return error.text or error.reason
        case _:
            return error.reason


def _safe_text(message: str) -> str:
    """A message may repeat any bytes of a request: as text that JSON can hold, and of bounded length."""
    message = clean(message)
    return message if len(message) <= MAX_MESSAGE else message[: MAX_MESSAGE - 1] + "…"


def _json(body: Mapping[str, Any], status: int, headers: Mapping[str, str] | None = None) -> web.Response:
    return web.Response(body=orjson.dumps(body), status=status, content_type="application/json", headers=headers)
