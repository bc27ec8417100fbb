"""The Admin GraphQL API over HTTP: one POST per document, within the shop's cost throttle, at a pinned version.

Invariant: what was throttled was not executed, so it is sent again after the wait that the shop's thresholds give. Anything else
is sent once; only `read` repeats it, since a read changes nothing.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any

import aiohttp
import orjson
import structlog
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception_type, stop_after_attempt

from orders_sync import backoff
from orders_sync.evidence.json_fields import clean
from orders_sync.external.shopify import answers
from orders_sync.external.shopify.access_tokens import AccessTokens, GivenToken
from orders_sync.external.shopify.answers import Answer, ThrottleStatus
from orders_sync.external.shopify.documents import API_VERSION, Document
from orders_sync.external.shopify.errors import (
    BadRequest,
    HttpRefusal,
    NoAnswer,
    NotJson,
    NotSent,
    ShopifyError,
    Throttled,
)
from orders_sync.external.shopify.scalars import decoded
from orders_sync.instants import SECOND, Clock, Ms, from_datetime, system_clock

log = structlog.get_logger(__name__)

TIMEOUT = aiohttp.ClientTimeout(total=30, connect=5)
MAX_ANSWER_BYTES = 32 << 20
"""Many times the largest page of orders."""

MAX_THROTTLED = 20
"""Times that one request waits for points before the shop is given up for now."""

READ_ATTEMPTS = 4
READ_FIRST_S = 0.5
READ_CAP_S = 10.0
_SECURITY = 430
"""Shopify's own status: the request looks like an attack to it."""

_REDIRECTS = range(300, 400)
_REFUSALS: Mapping[int, str] = {
    HTTPStatus.UNAUTHORIZED: "Shopify does not accept the Admin token",
    HTTPStatus.PAYMENT_REQUIRED: "The shop is frozen until a payment to Shopify is made",
    HTTPStatus.FORBIDDEN: "Shopify forbids this app the Admin API",
    HTTPStatus.NOT_FOUND: "There is no such shop, or no Admin API at its address",
    HTTPStatus.LOCKED: "The shop is locked by Shopify",
    _SECURITY: "Shopify's security turns this server's requests away",
}
_VERSION_HEADER = "X-Shopify-API-Version"

Sleep = Callable[[float], Awaitable[None]]


def endpoint(shop_domain: str, api_url: str | None = None) -> str:
    """Where to post: the shop's own address, or `api_url` (a base, or the whole address ending in graphql.json)."""
    if api_url and api_url.endswith("graphql.json"):
        return api_url
    return f"{api_url or f'https://{shop_domain}'}/admin/api/{API_VERSION}/graphql.json"


def shop_url(address: str) -> str:
    """The shop's own address, from that of its Admin API."""
    return address.partition("/admin/api/")[0]


class Bucket:
    """The shop's cost bucket: how long to wait before the next request. The figures all come from the shop's answers.

    Points restore at a rate; a request needs its whole requested cost up front and is refunded what it did not use. What is left
    is known as far as the last answer and the requests still under way go; nothing is, before the first answer.
    """

    def __init__(self) -> None:
        self._status: ThrottleStatus | None = None
        self._at = Ms(0)
        self._under_way = 0.0

    def wait_s(self, cost: float, now: Ms) -> float:
        """Seconds until `cost` points are there; 0 when they are, or while nothing is known."""
        status = self._status
        if status is None or status.restore_rate <= 0:
            return 0.0
        restored = status.restore_rate * max(0, now - self._at) / SECOND
        available = min(status.maximum, status.available + restored) - self._under_way
        return max(0.0, (min(cost, status.maximum) - available) / status.restore_rate)

    def sent(self, cost: float) -> None:
        """A request of this cost is under way."""
        self._under_way += cost

    def answered(self, cost: float, status: ThrottleStatus | None, now: Ms) -> None:
        """The request that was `sent` with this cost is over; `status` is what its answer says, if it says anything."""
        self._under_way = max(0.0, self._under_way - cost)
        if status is not None:
            self._status, self._at = status, now


class ShopifyClient:
    """One shop's API with one app's tokens. `api_version` is what the shop's last answer says it speaks."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        address: str,
        tokens: AccessTokens | str,
        clock: Clock = system_clock,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._session = session
        self._address = address
        self._tokens = GivenToken(tokens) if isinstance(tokens, str) else tokens
        self._clock = clock
        self._sleep = sleep
        self._bucket = Bucket()
        self._costs: dict[str, float] = {}
        self._denied: set[str] = set()
        self.api_version = API_VERSION
        self.clock_skew_ms: int | None = None

    async def read(self, document: Document, variables: Mapping[str, Any] | None = None) -> Answer:
        """A query's answer. What got lost on the way is asked again, a few times. Raises ShopifyError."""
        retrying = AsyncRetrying(
            retry=retry_if_exception_type((NotSent, NoAnswer)),
            stop=stop_after_attempt(READ_ATTEMPTS),
            wait=_read_pause_s,
            sleep=self._sleep,
            reraise=True,
        )
        return await retrying(self.execute, document, variables)

    async def execute(self, document: Document, variables: Mapping[str, Any] | None = None) -> Answer:
        """Sends once; waits for the cost bucket first, and again each time the shop throttles. Raises ShopifyError."""
        throttled: Throttled | None = None
        for _ in range(MAX_THROTTLED):
            while (wait_s := self._bucket.wait_s(self._costs.get(document.name, 0), self._clock())) > 0:
                await self._sleep(wait_s)
            try:
                return await self._once(document, variables or {})
            except Throttled as error:
                throttled = error
                log.info("shopify throttles", document=document.name, wait_s=round(error.retry_after_s, 2))
                await self._sleep(error.retry_after_s)
        assert throttled is not None
        raise throttled

    async def _once(self, document: Document, variables: Mapping[str, Any]) -> Answer:
        cost = self._costs.get(document.name, 0.0)
        self._bucket.sent(cost)
        status = None
        try:
            body, as_of = await self._post(document, variables)
            status = answers.throttle_status(body)
            answer = answers.read(body, as_of, document.at)
        except Throttled as error:
            self._costs[document.name] = error.requested or cost
            raise
        finally:
            self._bucket.answered(cost, status, self._clock())
        self._costs[document.name] = answer.requested or cost
        self._log_denied(answer)
        return answer

    async def _post(self, document: Document, variables: Mapping[str, Any]) -> tuple[object, Ms]:
        """The decoded body, and the shop's clock when the request went out."""
        payload = orjson.dumps({"query": document.text, "operationName": document.name, "variables": dict(variables)})
        token = await self._tokens.current()
        started = self._clock()
        response, content = await self._send(payload, token)
        if response.status == HTTPStatus.UNAUTHORIZED and self._tokens.refused(token):
            token = await self._tokens.current()
            started = self._clock()
            response, content = await self._send(payload, token)
        _raise_for_status(response)
        self._note_version(response.headers.get(_VERSION_HEADER))
        try:
            return decoded(content), self._as_of(response.headers.get("Date"), started)
        except ValueError as error:
            raise NotJson("Shopify's answer is not JSON") from error

    async def _send(self, payload: bytes, token: str) -> tuple[aiohttp.ClientResponse, bytes]:
        """What comes back, whatever its status."""
        headers = {"X-Shopify-Access-Token": token, "Content-Type": "application/json"}
        try:
            async with self._session.post(
                self._address, data=payload, headers=headers, timeout=TIMEOUT, allow_redirects=False
            ) as response:
                return response, await _bounded(response)
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise NotSent(f"Shopify cannot be reached ({type(error).__name__})") from error
        except aiohttp.InvalidURL as error:
            raise NotSent("The address of the Admin API is not a URL") from error
        except (aiohttp.ClientError, TimeoutError) as error:
            raise NoAnswer(f"Shopify did not answer ({type(error).__name__})") from error

    def _as_of(self, date: str | None, started: Ms) -> Ms:
        """The shop's `Date` less the time the request took; our own clock where the shop sends none."""
        now = self._clock()
        try:
            shop_now = from_datetime(parsedate_to_datetime(date)) if date else None
        except (ValueError, TypeError, IndexError, OverflowError):
            shop_now = None
        if shop_now is None:
            return started
        self.clock_skew_ms = now - shop_now
        return Ms(shop_now - max(0, now - started))

    def _note_version(self, spoken: str | None) -> None:
        if spoken and spoken != self.api_version:
            log.warning("shopify speaks another version than asked for", asked=API_VERSION, spoken=spoken)
            self.api_version = spoken

    def _log_denied(self, answer: Answer) -> None:
        """Each field that a missing scope leaves null is logged once."""
        for field in answer.denied:
            if field.name not in self._denied:
                self._denied.add(field.name)
                log.warning("the admin token may not read a field", field=field.name, needs=field.needs)


async def _bounded(response: aiohttp.ClientResponse) -> bytes:
    """The body as it unpacks, up to a bound: no answer of a shop is larger. Raises NoAnswer."""
    parts: list[bytes] = []
    left = MAX_ANSWER_BYTES
    async for part in response.content.iter_any():
        left -= len(part)
        if left < 0:
            raise NoAnswer(f"Shopify's answer is larger than {MAX_ANSWER_BYTES >> 20} MiB")
        parts.append(part)
    return b"".join(parts)


def _raise_for_status(response: aiohttp.ClientResponse) -> None:
    status = response.status
    if status == HTTPStatus.OK:
        return
    said = f"HTTP {status} {clean(response.reason or '')[:200]}".rstrip()
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        raise Throttled(_seconds(response.headers.get("Retry-After")))
    if status in _REDIRECTS:
        raise HttpRefusal(
            f"The Admin API has moved, and the token is not sent after it: {said}", HTTPStatus.MOVED_PERMANENTLY
        )
    if status in _REFUSALS:
        raise HttpRefusal(f"{_REFUSALS[status]}: {said}", status)
    failure: type[ShopifyError] = NoAnswer if status >= 500 else BadRequest
    raise failure(f"Shopify answered {said}")


def _read_pause_s(state: RetryCallState) -> float:
    return random.uniform(0, backoff.ceiling(state.attempt_number, READ_FIRST_S, READ_CAP_S))


def _seconds(text: str | None) -> float:
    """`Retry-After`, which Shopify writes with a fraction; the usual wait where there is none."""
    try:
        return max(0.0, min(60.0, float(text))) if text else answers.UNKNOWN_WAIT_S
    except ValueError:
        return answers.UNKNOWN_WAIT_S
