"""The shop's Admin API as the settings connect it."""

from __future__ import annotations

import aiohttp

from orders_sync.external.shopify.access_tokens import AccessTokens, ClientCredentials, GivenToken
from orders_sync.external.shopify.client import ShopifyClient, endpoint, shop_url
from orders_sync.instants import Clock, system_clock
from orders_sync.settings import Settings, secret_text


def connected(session: aiohttp.ClientSession, settings: Settings, clock: Clock = system_clock) -> ShopifyClient | None:
    """The client; None where there is neither an Admin token nor an app's client ID."""
    address = endpoint(settings.shop, settings.shopify_api_url)
    tokens = _tokens(session, settings, shop_url(address), clock)
    return None if tokens is None else ShopifyClient(session, address, tokens, clock)


def _tokens(session: aiohttp.ClientSession, settings: Settings, shop_url: str, clock: Clock) -> AccessTokens | None:
    token = secret_text(settings.shopify_admin_token)
    if token is not None:
        return GivenToken(token)
    if settings.shopify_client_id is not None:
        return ClientCredentials(session, shop_url, settings.shopify_client_id, settings.webhook_secrets, clock)
    return None
