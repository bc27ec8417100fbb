"""The token that goes with each request to the Admin API: one that was given, or one that the app draws for itself.

An app of Shopify's Dev Dashboard has no token to copy. It has a client ID and a client secret, and draws by them (OAuth's client
credentials grant) one token after another, each of which lasts a day.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from http import HTTPStatus
from typing import Annotated, Protocol

import aiohttp
from pydantic import BaseModel, Field, SecretStr, ValidationError

from orders_sync.evidence.json_fields import clean
from orders_sync.external.shopify.errors import HttpRefusal, NoAnswer, NotJson, NotSent
from orders_sync.instants import MINUTE, SECOND, Clock, Ms

EARLY_MS = 10 * MINUTE
"""How long before its end a token is used no more."""

_TIMEOUT = aiohttp.ClientTimeout(total=30, connect=5)
_PATH = "/admin/oauth/access_token"
_LONGEST_BODY = 1 << 16


class AccessTokens(Protocol):
    async def current(self) -> str:
        """The token to send. Raises ShopifyError."""

    def refused(self, token: str) -> bool:
        """The shop does not accept this one any more; whether there is, or can be drawn, another."""


class GivenToken:
    """One for good."""

    def __init__(self, token: str) -> None:
        self._token = token

    async def current(self) -> str:
        return self._token

    def refused(self, token: str) -> bool:
        return False


class _Drawn(BaseModel):
    access_token: Annotated[SecretStr, Field(min_length=1)]
    expires_in: float = 86_400


class _Refusal(BaseModel):
    error: str = ""
    error_description: str = ""


class ClientCredentials:
    """Draws tokens of one app at one shop. `shop_url`: the shop's address; `secrets`: two, while one replaces the other."""

    def __init__(
        self, session: aiohttp.ClientSession, shop_url: str, client_id: str, secrets: Sequence[str], clock: Clock
    ) -> None:
        self._session = session
        self._address = f"{shop_url}{_PATH}"
        self._client_id = client_id
        self._secrets = secrets
        self._clock = clock
        self._drawing = asyncio.Lock()
        self._token: str | None = None
        self._until = Ms(0)

    async def current(self) -> str:
        """The one that is there, or a new one shortly before its end. Raises ShopifyError."""
        async with self._drawing:
            if self._token is None or self._clock() >= self._until:
                drawn = await self._draw()
                self._token = drawn.access_token.get_secret_value()
                self._until = Ms(self._clock() + round(drawn.expires_in * SECOND) - EARLY_MS)
            return self._token

    def refused(self, token: str) -> bool:
        """One that was replaced meanwhile costs its successor nothing: several requests are refused at once."""
        if self._token == token:
            self._token = None
        return True

    async def _draw(self) -> _Drawn:
        refusal: HttpRefusal | None = None
        for secret in self._secrets:
            try:
                return await self._ask(secret)
            except HttpRefusal as error:
                refusal = refusal or error
        assert refusal is not None
        raise refusal

    async def _ask(self, secret: str) -> _Drawn:
        form = {"grant_type": "client_credentials", "client_id": self._client_id, "client_secret": secret}
        try:
            async with self._session.post(
                self._address,
                data=form,
                timeout=_TIMEOUT,
                allow_redirects=False,
                headers={"Accept": "application/json"},
            ) as response:
                content = await _bounded(response.content)
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise NotSent(f"Shopify cannot be reached ({type(error).__name__})") from error
        except (aiohttp.ClientError, TimeoutError) as error:
            raise NoAnswer(f"Shopify did not answer ({type(error).__name__})") from error
        return _read(response.status, content)


async def _bounded(body: aiohttp.StreamReader) -> bytes:
    """All that comes, in however many parts; what is longer is no token."""
    content = bytearray()
    async for part in body.iter_any():
        content += part
        if len(content) > _LONGEST_BODY:
            break
    return bytes(content[:_LONGEST_BODY])


def _read(status: int, content: bytes) -> _Drawn:
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status == HTTPStatus.TOO_MANY_REQUESTS:
        raise NoAnswer(f"Shopify answered HTTP {status} when a token was to be drawn")
    if status == HTTPStatus.NOT_FOUND:
        raise HttpRefusal("There is no such shop, or no Admin API at its address: HTTP 404", status)
    if status != HTTPStatus.OK:
        raise HttpRefusal(f"Shopify gives this app no token: HTTP {status}{_reason(content)}", HTTPStatus.UNAUTHORIZED)
    try:
        return _Drawn.model_validate_json(content)
    except ValidationError:
        raise NotJson("Shopify's answer holds no token") from None


def _reason(content: bytes) -> str:
    try:
        told = _Refusal.model_validate_json(content)
    except ValidationError:
        return ""
    words = ": ".join(clean(text)[:200] for text in (told.error, told.error_description) if text)
    return f" {words}"
