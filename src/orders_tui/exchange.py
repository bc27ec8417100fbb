"""One HTTP exchange with the Sync server: what is sent with every request, and what an answer or its absence means.

Every body is sanitised before anybody reads it; every failure leaves as one of `errors`. A write whose answer did not come is
`TimedOut` (nobody knows), never `Unreachable` (surely not done).
"""

from __future__ import annotations

import asyncio
import importlib
import json
import sys
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, TypeVar

from orders_tui.errors import ApiError, Refused, SignInNeeded, TimedOut, Unreachable, VersionSkew
from orders_tui.pace import Pace
from orders_tui.sanitise import sanitise, text
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
    ) -> httpx.Response:
        """A request whose answer is 2xx or 304. Raises ApiError for every other."""
        client = await self._opened()
        writes = method != "GET"
        with transport_errors(self.base_url, writes=writes):
            response = await client.request(method, path, params=params, json=body, headers=self._headers(headers))
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
                    await response.aread()
                    raise refusal(response, writes=False)
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
            )
        except (httpx.InvalidURL, ValueError) as error:
            raise Unreachable(f"{text(self.base_url)} is not an address of a server") from error

    def _headers(self, more: Mapping[str, str] | None) -> list[tuple[bytes, bytes]]:
        """Values as UTF-8: an operator may be called Zoë."""
        given = {"User-Agent": f"orders-tui/{__version__}", "Accept": "application/json"}
        if self.token:
            given["Authorization"] = f"Bearer {self.token}"
        if self._operator:
            given["X-Operator"] = self._operator
        return [(name.encode(), value.encode()) for name, value in {**given, **(more or {})}.items()]

    def _learn_time(self, response: httpx.Response) -> None:
        try:
            told = parsedate_to_datetime(response.headers.get("date", ""))
        except ValueError:
            return
        if told.tzinfo is not None:
            self.clock_offset = told + timedelta(seconds=0.5) - self._pace.now()


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
    except (json.JSONDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise VersionSkew("the server's answer is not JSON; is this the address of a Sync server?") from error
    except ValueError as error:
        where = text(str(error).splitlines()[0])
        raise VersionSkew(f"the server's answer does not read as this contract ({where})") from error


def read_json(response: httpx.Response) -> Any:
    """The body, sanitised. Raises VersionSkew when it is not JSON."""
    with contract():
        return sanitise(json.loads(response.content))


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
    message = str(told.get("message") or told.get("detail") or f"the server answered {status}")
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
    return VersionSkew(f"{message}; is this the address of a Sync server?")


def _code(told: object, status: int) -> ErrorCode | None:
    try:
        return ErrorCode(str(told))
    except ValueError:
        return _CODE_OF_STATUS.get(status)


def _seconds(value: str | None) -> float | None:
    return float(value) if value and value.isdecimal() else None


@contextmanager
def transport_errors(base_url: str, *, writes: bool) -> Iterator[None]:
    """Turns what httpx raises into our errors: what certainly was not sent, and what nobody knows."""
    import httpx

    try:
        yield
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol) as error:
        raise Unreachable(f"no server answers at the address {text(base_url)}") from error
    except (httpx.TimeoutException, TimeoutError) as error:
        raise TimedOut("the server did not answer in time") from error
    except httpx.HTTPError as error:
        lost = TimedOut if writes else Unreachable
        raise lost("the connection broke before the answer came") from error
