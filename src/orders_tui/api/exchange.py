"""One HTTP exchange with the Sync server: what is sent with every request, and what the absence of an answer means.

Every failure leaves as one of `errors`. A write whose answer did not come is
`TimedOut` (nobody knows), never `Unreachable` (surely not done).
"""

from __future__ import annotations

import asyncio
import importlib
import os
import sys
from collections.abc import AsyncIterable, AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from datetime import timedelta
from http.cookiejar import CookieJar
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from orders_tui.api.answer import http_date, refusal
from orders_tui.api.body import LARGEST, UnusableBody, read_body
from orders_tui.errors import NotASyncServer, NotTrusted, ReadOnly, TimedOut, Unreachable, Unread, VersionSkew
from orders_tui.pace import Pace
from orders_tui.sanitise import text
from orders_wire.version import __version__

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
_CONNECT_S = 3.0
_SILENCE_S = 10.0
"""Between two bytes of an answer."""
DEADLINE_S = 15.0
"""For a request as a whole, however busily its answer trickles."""


class Exchange:
    """Requests to one server. `clock_offset` is the server's clock minus ours, learnt from `Date` headers.

    With `read_only` nothing but reads leaves, whoever asks for it. Every request says which client it is of: one that runs
    beside it under the same name is another (contract §3a, Presence).
    """

    def __init__(
        self,
        base_url: str,
        token: str | None,
        operator: str | None,
        transport: httpx.AsyncBaseTransport | None,
        pace: Pace,
        *,
        read_only: bool = False,
    ) -> None:
        self.base_url = base_url.rstrip("/")
        self.token = token
        self.clock_offset = timedelta(0)
        self._operator = operator
        self._read_only = read_only
        self._transport = transport
        self._pace = pace
        self._client_id = pace.new_key()
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
        writes: bool | None = None,
    ) -> httpx.Response:
        """A request whose answer is 2xx or 304, of at most `limit` bytes. Raises ApiError for every other. `writes`: whether it
        may change something; None: all but GET do."""
        writes = method != "GET" if writes is None else writes
        if writes and self._read_only:
            raise ReadOnly
        client = await self._opened()
        with transport_errors(self.base_url, writes=writes):
            async with (
                asyncio.timeout(DEADLINE_S),
                client.stream(method, path, params=params, json=body, headers=self._headers(headers)) as answer,
            ):
                response = await _whole(answer, limit)
        self._learn_time(response)
        if not (response.is_success or response.status_code == 304):
            raise refusal(response, writes=writes)
        return response

    @asynccontextmanager
    async def stream(self, path: str, headers: Mapping[str, str]) -> AsyncIterator[httpx.Response]:
        """An answer whose body goes on for ever. The reader watches over its silence."""
        import httpx

        client = await self._opened()
        timeout = httpx.Timeout(_SILENCE_S, connect=_CONNECT_S, read=None)
        with transport_errors(self.base_url, writes=False):
            async with (
                asyncio.timeout(_CONNECT_S + _SILENCE_S) as head,
                client.stream("GET", path, headers=self._headers(headers), timeout=timeout) as response,
            ):
                head.reschedule(None)
                self._learn_time(response)
                if not response.is_success:
                    async with asyncio.timeout(_SILENCE_S):
                        raise refusal(await _whole(response), writes=False)
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
        timeout = httpx.Timeout(_SILENCE_S, connect=_CONNECT_S)
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
            "X-Client-Id": self._client_id,
        }
        if self.token:
            given["Authorization"] = f"Bearer {self.token}"
        if self._operator:
            given["X-Operator"] = self._operator
        return [(name.encode(), value.encode()) for name, value in {**given, **(more or {})}.items()]

    def _learn_time(self, response: httpx.Response) -> None:
        date = http_date(response.headers.get("date", ""))
        if date is not None:
            self.clock_offset = date + timedelta(seconds=0.5) - self._pace.now()


class _NoCookies(CookieJar):
    """Keeps none and sends none: a token says who is asking, and nothing else is to."""

    def extract_cookies(self, *_: object) -> None:
        """Nothing is kept."""


async def _whole(response: httpx.Response, limit: int = LARGEST) -> httpx.Response:
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


async def imported() -> None:
    """Loads what requests need, off the loop: the screen stays quick meanwhile."""
    missing = [name for name in MODULES if name not in sys.modules]
    if missing:
        await asyncio.to_thread(lambda: [importlib.import_module(name) for name in missing])


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
        why = _why(error)
        raise Unreachable(f"no server answers at the address {text(base_url)}{f' ({why})' if why else ''}") from error
    except (httpx.TimeoutException, TimeoutError) as error:
        raise TimedOut("the server did not answer in time") from error
    except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
        if isinstance(error, httpx.RemoteProtocolError) and "illegal status line" in str(error) and not writes:
            raise NotASyncServer("what answers there does not speak HTTP as a Sync server does") from error
        lost = TimedOut if writes else Unreachable
        raise lost("the connection broke before the answer came") from error


def _certificate(error: BaseException) -> str | None:
    """What is wrong with the server's certificate, in OpenSSL's words; None when that is not what failed."""
    import ssl

    for cause in _causes(error):
        if isinstance(cause, ssl.SSLCertVerificationError):
            return text(cause.verify_message or cause.reason or "it cannot be verified")
    return None


def _why(error: BaseException) -> str:
    """Why nobody could be reached, in a few words; empty where that is not known."""
    import socket
    import ssl

    import httpx

    for cause in _causes(error):
        match cause:
            case ConnectionRefusedError():
                return "connection refused: nothing listens there"
            case socket.gaierror():
                return "there is no host of this name"
            case ssl.SSLError():
                return f"no encrypted connection: {text((cause.reason or 'refused').replace('_', ' ').lower())}"
            case TimeoutError() | httpx.ConnectTimeout():
                return f"nothing came back within {_CONNECT_S:.0f} s"
            case OSError(errno=int(number)):
                return os.strerror(number).lower()
    return ""


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """An error and what led to it."""
    while error is not None:
        yield error
        inside = error.exceptions[0] if isinstance(error, BaseExceptionGroup) else None
        error = inside or error.__cause__ or error.__context__
