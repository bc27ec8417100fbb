"""One HTTP exchange with the Sync server: what is sent with every request, and what an answer or its absence means.

Every body is sanitised before anybody reads it; every failure leaves as one of `errors`. A write whose answer did not come is
`TimedOut` (nobody knows), never `Unreachable` (surely not done).
"""

from __future__ import annotations

import asyncio
import importlib
import sys
from collections.abc import AsyncIterable, AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http.cookiejar import CookieJar
from json import JSONDecodeError
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

from orders_tui.api.body import LARGEST, UnusableBody, parse_safe, read_body
from orders_tui.errors import ApiError, NotTrusted, Refused, SignInNeeded, TimedOut, Unreachable, Unread, VersionSkew
from orders_tui.pace import Pace
from orders_tui.sanitise import text
from orders_wire.version import __version__
from orders_wire.vocabulary import ErrorCode

if TYPE_CHECKING:
    import httpx

MODULES = (
    "httpx",
    "httpx_sse",
    "orders_wire.page",
    "orders_wire.detail",
    "orders_wire.actions",
    "orders_wire.alerts",
    "orders_wire.people",
)
_CODE_OF_STATUS = {
    400: ErrorCode.INVALID_REQUEST,
    403: ErrorCode.FORBIDDEN,
    404: ErrorCode.NOT_FOUND,
    413: ErrorCode.TOO_LARGE,
    422: ErrorCode.IDEMPOTENCY_MISMATCH,
    429: ErrorCode.RATE_LIMITED,
    503: ErrorCode.UNAVAILABLE,
}
_CONNECT_S = 3.0
DEADLINE_S = 15.0
"""For a request as a whole, however busily its answer trickles."""
_LONGEST_WAIT_S = 60.0
"""No server keeps the client away for longer, whatever its `Retry-After` says."""
_LONGEST_MESSAGE = 500
T = TypeVar("T")


class Exchange:
    """The line to one server. `clock_offset` is the server's clock minus ours, learnt from `Date` headers."""

    def __init__(
        self,
        base_url: str,
        *,
        token: str | None,
        operator: str | None,
        transport: httpx.AsyncBaseTransport | None,
        pace: Pace,
        timeout_s: float,
    ) -> None:
        self.base_url = base_url.rstrip("/")
        self.token = token
        self.clock_offset = timedelta(0)
        self._operator = operator
        self._transport = transport
        self._pace = pace
        self._timeout_s = timeout_s
        self._client: httpx.AsyncClient | None = None
        self._opening = asyncio.Lock()

    async def close(self) -> None:
        """Closes all connections; a later request opens new ones."""
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()

    async def send(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        limit: int = LARGEST,
    ) -> httpx.Response:
        """A request whose answer is 2xx or 304, of at most `limit` bytes. Raises ApiError for every other."""
        client = await self._opened()
        writes = method != "GET"
        with transport_errors(self.base_url, writes=writes):
            request = client.build_request(method, path, params=params, json=body, headers=self._headers(headers))
            async with asyncio.timeout(DEADLINE_S):
                response = await _whole(client, request, limit)
        self._learn_time(response)
        if not (response.is_success or response.status_code == 304):
            raise refusal(response, writes=writes)
        return response

    @asynccontextmanager
    async def stream(self, path: str, headers: Mapping[str, str]) -> AsyncIterator[httpx.Response]:
        """An answer whose body goes on for ever. The reader watches over its silence."""
        import httpx

        client = await self._opened()
        timeout = httpx.Timeout(self._timeout_s, connect=_CONNECT_S, read=None)
        with transport_errors(self.base_url, writes=False):
            async with (
                asyncio.timeout(_CONNECT_S + self._timeout_s) as head,
                client.stream("GET", path, headers=self._headers(headers), timeout=timeout) as response,
            ):
                head.reschedule(None)
                self._learn_time(response)
                if not response.is_success:
                    async with asyncio.timeout(self._timeout_s):
                        whole = await _taken(response)
                    raise refusal(whole, writes=False)
                yield response

    async def _opened(self) -> httpx.AsyncClient:
        async with self._opening:
            if self._client is None:
                await imported()
                self._client = self._open()
            return self._client

    def _open(self) -> httpx.AsyncClient:
        """Plain http reads no certificates, which would cost a tenth of the start."""
        import httpx

        encrypted = self.base_url.startswith("https")
        timeout = httpx.Timeout(self._timeout_s, connect=_CONNECT_S)
        try:
            return httpx.AsyncClient(
                base_url=self.base_url,
                transport=self._transport,
                timeout=timeout,
                verify=encrypted,
                trust_env=encrypted,
                follow_redirects=False,
                cookies=_NoCookies(),
            )
        except (httpx.InvalidURL, ValueError) as error:
            raise Unreachable(f"{text(self.base_url)} is not an address of a server") from error

    def _headers(self, more: Mapping[str, str] | None) -> list[tuple[bytes, bytes]]:
        """Values as UTF-8: an operator may be called Zoë."""
        given = {
            "User-Agent": f"orders-tui/{__version__}",
            "Accept": "application/json",
            "Accept-Encoding": "gzip",
        }
        if self.token:
            given["Authorization"] = f"Bearer {self.token}"
        if self._operator:
            given["X-Operator"] = self._operator
        return [(name.encode(), value.encode()) for name, value in {**given, **(more or {})}.items()]

    def _learn_time(self, response: httpx.Response) -> None:
        told = _instant(response.headers.get("date", ""))
        if told is not None:
            self.clock_offset = told + timedelta(seconds=0.5) - self._pace.now()


class _NoCookies(CookieJar):
    """Keeps none and sends none: a token says who is asking, and nothing else is to."""

    def extract_cookies(self, *_: object) -> None:
        """Nothing is kept."""


async def _whole(client: httpx.AsyncClient, request: httpx.Request, limit: int) -> httpx.Response:
    """The answer with its whole body, within the bounds of `body`."""
    response = await client.send(request, stream=True)
    try:
        return await _taken(response, limit)
    finally:
        await response.aclose()


async def _taken(response: httpx.Response, limit: int = LARGEST) -> httpx.Response:
    """The same answer, its body read and unpacked by us. Raises VersionSkew, or Unread, for one that is not read."""
    import httpx

    assert isinstance(response.stream, AsyncIterable)
    encoding = response.headers.get("content-encoding", "")
    try:
        content = await read_body(response.stream, encoding, limit)
    except UnusableBody as error:
        taken = response.is_success and response.request.method != "GET"
        raise (Unread if taken else VersionSkew)(f"the server's answer is not read: {error}") from error
    unpacked = {"content-encoding", "content-length", "transfer-encoding"}
    headers = [(name, value) for name, value in response.headers.multi_items() if name not in unpacked]
    return httpx.Response(response.status_code, headers=headers, content=content)


def _instant(header: str) -> datetime | None:
    """An HTTP date; None for one that is none, or lies outside every year that a clock could mean."""
    try:
        told = parsedate_to_datetime(header)
        return told.astimezone(UTC) if told.tzinfo is not None and 1970 <= told.year < 3000 else None
    except (ValueError, OverflowError, TypeError, IndexError):
        return None


async def imported() -> None:
    """Loads what requests need, off the loop: the screen stays quick meanwhile."""
    missing = [name for name in MODULES if name not in sys.modules]
    if missing:
        await asyncio.to_thread(lambda: [importlib.import_module(name) for name in missing])


@contextmanager
def contract() -> Iterator[None]:
    """Raises VersionSkew for a body that is not JSON, or does not read as the contract's."""
    try:
        yield
    except UnusableBody as error:
        raise VersionSkew(f"the server's answer is not read: {error}") from error
    except (JSONDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise VersionSkew("the server's answer is not JSON; is this the address of a Sync server?") from error
    except (ValueError, OverflowError) as error:
        where = text("; ".join(str(error).splitlines()[:2]))[:_LONGEST_MESSAGE]
        raise VersionSkew(f"the server's answer does not read as this contract ({where})") from error


def read_json(response: httpx.Response) -> Any:
    """The body, sanitised. Raises VersionSkew when it is not JSON."""
    with contract():
        return parse_safe(response.content)


def read(response: httpx.Response, validate: Callable[[Any], T]) -> T:
    """The body as a model of the contract. Raises VersionSkew when it does not read as one."""
    with contract():
        return validate(read_json(response))


def refusal(response: httpx.Response, *, writes: bool) -> ApiError:
    """What an answer that is not a success means."""
    status = response.status_code
    try:
        body = read_json(response)
    except VersionSkew:
        body = None
    told = body if isinstance(body, dict) else {}
    message = str(told.get("message") or told.get("detail") or f"the server answered {status}")[:_LONGEST_MESSAGE]
    if status == 401:
        return SignInNeeded(message)
    code = _code(told.get("code"), status)
    if "success" not in told or code is None:
        return _unexpected(status, message, writes=writes)
    return _refused(told, code, message, response)


def _refused(told: Mapping[str, Any], code: ErrorCode, message: str, response: httpx.Response) -> ApiError:
    from pydantic import ValidationError

    from orders_wire.actions import Failure
    from orders_wire.vocabulary import ReturnAction

    try:
        failures = [Failure.model_validate(item) for item in told.get("failures") or ()]
        allowed = told.get("allowed_actions")
        return Refused(
            code,
            message,
            failures=failures,
            allowed_actions=None if allowed is None else [ReturnAction(action) for action in allowed],
            version=told.get("version"),
            retry_after_s=_seconds(response.headers.get("retry-after")),
        )
    except (ValidationError, ValueError, TypeError) as error:
        raise VersionSkew(f"the server refused in words that this client does not know ({message})") from error


def _unexpected(status: int, message: str, *, writes: bool) -> ApiError:
    """No envelope: something between us and the server spoke, or the server is another one."""
    if status >= 500:
        return TimedOut(message) if writes else Unreachable(message)
    if status == 429:
        return Refused(ErrorCode.RATE_LIMITED, message)
    if 300 <= status < 400:
        return VersionSkew(f"the server answered {status}, which points elsewhere; name the address where it is")
    return VersionSkew(f"{message}; is this the address of a Sync server?")


def _code(told: object, status: int) -> ErrorCode | None:
    try:
        return ErrorCode(str(told))
    except ValueError:
        return _CODE_OF_STATUS.get(status)


def _seconds(value: str | None, now: datetime | None = None) -> float | None:
    """`Retry-After`, in seconds or as a date, within reason; None for one that says nothing."""
    if not value:
        return None
    if value.isascii() and value.isdecimal():
        return min(float(value[:9]), _LONGEST_WAIT_S)
    until = _instant(value)
    if until is None:
        return None
    wait_s = (until - (now or datetime.now(UTC))).total_seconds()
    return min(wait_s, _LONGEST_WAIT_S) if wait_s > 0 else None


@contextmanager
def transport_errors(base_url: str, *, writes: bool) -> Iterator[None]:
    """Turns what httpx raises into our errors: what certainly was not sent, and what nobody knows."""
    import httpx

    try:
        yield
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol) as error:
        untrusted = _certificate(error)
        if untrusted is not None:
            host = text(urlsplit(base_url).hostname or base_url)
            raise NotTrusted(f"the certificate of {host} is not trusted: {untrusted}") from error
        raise Unreachable(f"no server answers at the address {text(base_url)}") from error
    except (httpx.TimeoutException, TimeoutError) as error:
        raise TimedOut("the server did not answer in time") from error
    except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
        lost = TimedOut if writes else Unreachable
        raise lost("the connection broke before the answer came") from error


def _certificate(error: BaseException) -> str | None:
    """What is wrong with the server's certificate, in OpenSSL's words; None when that is not what failed."""
    import ssl

    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return text(cause.verify_message or cause.reason or "it cannot be verified")
        cause = cause.__cause__ or cause.__context__
    return None
