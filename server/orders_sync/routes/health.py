"""`GET /health`, `/health/live`, `/health/ready`: contract §5. Health answers 200 whatever it says; readiness does not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import orjson
from aiohttp import web

from orders_sync.db import shops
from orders_sync.db.engine import Database
from orders_sync.db.failures import DatabaseError
from orders_sync.db.tx import Reading
from orders_sync.http.app_keys import CALLER, CLOCK, DATABASE, SETTINGS
from orders_sync.http.auth import ANONYMOUS
from orders_sync.instants import Ms, to_text
from orders_sync.live.readiness import READINESS
from orders_sync.poller import progress
from orders_sync.poller.progress import PollerState
from orders_sync.settings import Settings
from orders_wire.version import __version__

routes = web.RouteTableDef()


@routes.get("/health")
async def health(request: web.Request) -> web.Response:
    """`degraded` while the database is out of reach or takes no writes, the shop has not the app, or the last tick failed.

    Without a token the words alone are answered: no reason, no figure, no version.
    """
    settings, database = request.app[SETTINGS], request.app[DATABASE]
    stored, problem = await _stored(database), request.app[READINESS].problem
    poller = None if stored is None else stored.poller
    degraded = problem is not None or stored is None or stored.uninstalled or stored.poller.error is not None
    words = {
        "status": "degraded" if degraded else "ok",
        "service": "sync",
        "timestamp": to_text(request.app[CLOCK]() // 1000 * 1000),
        "database": "unavailable" if poller is None or problem is not None else "ok",
    }
    if request[CALLER] is ANONYMOUS:
        parts = {"backfill": _backfill(settings, poller), "poller": _poller(settings, poller)}
        return _json(words | {name: {"state": part["state"]} for name, part in parts.items()})
    body = words | {
        "version": __version__,
        "reason": problem,
        "desk": {"id": database.desk_id, "version": database.version},
        "app": "unknown" if stored is None else "uninstalled" if stored.uninstalled else "installed",
        "backfill": _backfill(settings, poller),
        "poller": _poller(settings, poller),
        "shopify_writes": settings.shopify_writes,
    }
    return _json(body)


@routes.get("/health/live")
async def live(_request: web.Request) -> web.Response:
    """The process answers."""
    return _json({"status": "ok"})


@routes.get("/health/ready")
async def ready(request: web.Request) -> web.Response:
    """200 once requests can be answered and what they ask for stored; 503 while the database cannot."""
    if request.app[READINESS].problem is not None or await _stored(request.app[DATABASE]) is None:
        return _json({"status": "unavailable"}, 503)
    return _json({"status": "ok"})


@dataclass(frozen=True, slots=True)
class _Stored:
    poller: PollerState
    uninstalled: bool


async def _stored(database: Database) -> _Stored | None:
    """What the database knows; None when it does not answer."""

    def read(conn: Reading) -> _Stored:
        gone_at = shops.uninstalled_at(conn, database.shop_id)
        return _Stored(progress.load(conn, database.shop_id), gone_at is not None)

    try:
        return await database.read(read)
    except DatabaseError:
        return None


def _backfill(settings: Settings, poller: PollerState | None) -> dict[str, Any]:
    """`state`: off (no Admin token), waiting, running, done, or unknown."""
    if not settings.asks_shop:
        return {"state": "off", "done": 0, "total": 0}
    if poller is None:
        return {"state": "unknown", "done": 0, "total": 0}
    backfill = poller.backfill
    if backfill is None:
        return {"state": "waiting", "done": 0, "total": 0}
    name = "running" if backfill.ended_at is None else "done"
    return {"state": name, "done": backfill.done, "total": max(backfill.total, backfill.done)}


def _poller(settings: Settings, poller: PollerState | None) -> dict[str, Any]:
    """`state`: off (no Admin token), unknown, failed, or ok; with when it last began and ended, and what is wrong.

    `unsubscribed_topics`: those that no webhook subscription covers; null while that is not known.
    """
    if not settings.asks_shop:
        return {"state": "off"}
    if poller is None:
        return {"state": "unknown"}
    return {
        "state": "ok" if poller.error is None else "failed",
        "began_at": _text(poller.began_at),
        "ended_at": _text(poller.ended_at),
        "due_at": _text(poller.due_at),
        "orders_until": _text(poller.orders_until),
        "error": poller.error,
        "unsubscribed_topics": poller.unsubscribed,
    }


def _text(instant: Ms | None) -> str | None:
    return None if instant is None else to_text(instant)


def _json(body: dict[str, Any], status: int = 200) -> web.Response:
    return web.Response(body=orjson.dumps(body), status=status, content_type="application/json")
