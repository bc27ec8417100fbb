"""What the parts of the running server are found by: typed keys of the application, and of a request.

Set once, by `app`, in the order in which they come to life; read by handlers and loops.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from aiohttp import web

from orders_sync.instants import Clock
from orders_sync.rules.thresholds import Thresholds
from orders_wire.vocabulary import Role

if TYPE_CHECKING:
    from orders_sync.db.engine import Database
    from orders_sync.external.shopify.client import ShopifyClient
    from orders_sync.live.hub import Hub
    from orders_sync.settings import Settings


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks, as authentication found out; `name` is what assignments, audit and idempotency records carry.

    `token`: the digest of the token that said so; empty over loopback.
    """

    name: str
    role: Role
    token: str = field(default="", compare=False, repr=False)


DATABASE: web.AppKey[Database] = web.AppKey("database")
SETTINGS: web.AppKey[Settings] = web.AppKey("settings")
THRESHOLDS: web.AppKey[Thresholds] = web.AppKey("thresholds")
CLOCK: web.AppKey[Clock] = web.AppKey("clock")
HUB: web.AppKey[Hub] = web.AppKey("hub")
SHOPIFY: web.AppKey[ShopifyClient | None] = web.AppKey("shopify")
"""The shop's Admin API; None without an Admin token."""

CALLER: web.RequestKey[Caller] = web.RequestKey("caller")
