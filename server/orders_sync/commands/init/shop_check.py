"""What the shop itself says to an answer: that it is there, whose token that is, and what the token may do."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass

import aiohttp

from orders_sync.commands.init.answers import NotTaken, not_accepted
from orders_sync.commands.init.prompt import OutOfReach
from orders_sync.external.shopify import shop as shop_side
from orders_sync.external.shopify.access_tokens import ClientCredentials
from orders_sync.external.shopify.client import ShopifyClient, endpoint, shop_url
from orders_sync.external.shopify.errors import HttpRefusal, NoAnswer, NotSent, ShopifyError, Throttled
from orders_sync.external.shopify.shop import ShopInfo
from orders_sync.instants import system_clock

_ANSWERS = {401, 403}
"""How the Admin API of a shop that is there refuses whoever has no token."""


@dataclass(frozen=True, slots=True)
class App:
    """An app that draws its tokens. `secret`: as the webhook secrets are spelled, the app's client secret."""

    client_id: str
    secret: str


@dataclass(frozen=True, slots=True)
class ShopCheck:
    """`api_url`: where the Admin API is, if not at the shop's own address."""

    api_url: str | None

    def answers(self, domain: str) -> str:
        """The domain, of a shop whose Admin API answers. Raises NotTaken, OutOfReach."""
        try:
            asyncio.run(self._read(domain, ""))
        except HttpRefusal as error:
            if error.status not in _ANSWERS:
                raise NotTaken(f"{domain}: {error}") from None
        except ShopifyError as error:
            raise self._out_of_reach(domain, error) from None
        return domain

    def whose(self, domain: str, access: str | App) -> ShopInfo:
        """The shop that a token or an app belongs to, and what it may do. Raises NotTaken, OutOfReach."""
        try:
            return asyncio.run(self._read(domain, access))
        except HttpRefusal as error:
            hint = f"; {not_accepted(access)}" if isinstance(access, str) and error.status in _ANSWERS else ""
            raise NotTaken(f"{error}{hint}") from None
        except (NotSent, NoAnswer, Throttled) as error:
            raise self._out_of_reach(domain, error) from None
        except ShopifyError as error:
            raise NotTaken(str(error)) from None

    async def _read(self, domain: str, access: str | App) -> ShopInfo:
        address = endpoint(domain, self.api_url)
        async with aiohttp.ClientSession() as session:
            tokens = access if isinstance(access, str) else _drawing(session, address, access)
            return await shop_side.read_shop(ShopifyClient(session, address, tokens))

    def _out_of_reach(self, domain: str, error: ShopifyError) -> OutOfReach:
        return OutOfReach(f"{domain} could not be asked{f' at {self.api_url}' if self.api_url else ''}: {error}")


def _drawing(session: aiohttp.ClientSession, address: str, app: App) -> ClientCredentials:
    return ClientCredentials(session, shop_url(address), app.client_id, app.secret.split(","), system_clock)


def lacking(info: ShopInfo) -> str | None:
    """The scopes without which the desk reads less than it should."""
    scopes = info.lacks(shop_side.READ_SCOPES)
    return f"The token lacks scopes that the desk needs: {', '.join(scopes)}" if scopes else None


def more(info: ShopInfo) -> Iterator[str]:
    """What other scopes would show, and do."""
    optional = info.lacks(shop_side.OPTIONAL_SCOPES)
    if shop_side.ALL_ORDERS in optional:
        yield f"Without the scope {shop_side.ALL_ORDERS} Shopify shows the orders of the last 60 days only"
    if shop_side.BARCODES in optional:
        yield f"Without the scope {shop_side.BARCODES} no barcodes are read: what is scanned while packing is matched by SKU"
    others = [scope for scope in optional if scope not in (shop_side.ALL_ORDERS, shop_side.BARCODES)]
    if others:
        yield f"Scopes that would show more: {', '.join(others)}"
    writing = info.lacks(shop_side.WRITE_SCOPES)
    if writing:
        yield f"Scopes that writing to the shop would need: {', '.join(writing)}"
