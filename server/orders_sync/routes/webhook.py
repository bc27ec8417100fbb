"""`POST /shopify/webhook`: proven before it is parsed, answered once its effect is committed (contract §4)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from functools import partial

import orjson
import structlog
from aiohttp import web

from orders_sync.alerts import data_gaps
from orders_sync.db.engine import Database
from orders_sync.db.tx import Tx
from orders_sync.http.app_keys import CLOCK, DATABASE, SETTINGS, THRESHOLDS
from orders_sync.http.body import read_body, without_body
from orders_sync.ingest import dead_letters, webhook, webhook_hmac
from orders_sync.ingest.apply import WebhookJob
from orders_sync.instants import MINUTE, Ms
from orders_wire.vocabulary import Gap, Severity

log = structlog.get_logger(__name__)

routes = web.RouteTableDef()

_FORGED = "webhooks are signed with another secret than SHOPIFY_WEBHOOK_SECRET (the app's client secret), and refused"
_UNPROVABLE = "Webhooks are refused: set SHOPIFY_WEBHOOK_SECRET to the app's client secret"


@routes.post("/shopify/webhook")
async def shopify_webhook(request: web.Request) -> web.Response:
    """200 `{"ok", "topic", "event_id"}`; 401 and 503 `{"detail"}`. A body that cannot be genuine is not read."""
    secrets = request.app[SETTINGS].webhook_secrets
    if not secrets:
        await _tell_unprovable(request.app[DATABASE])
        return without_body(request, _json(503, {"detail": _UNPROVABLE}, {"Retry-After": "60"}))
    signature = request.headers.get(webhook_hmac.SIGNATURE)
    if not signature:
        return without_body(request, _json(401, {"detail": "Missing Shopify HMAC header"}))
    refused = _json(401, {"detail": "Invalid Shopify HMAC signature"})
    if not webhook_hmac.well_formed(signature):
        return without_body(request, refused)
    body = await read_body(request)
    if webhook_hmac.genuine(body, signature, secrets):
        return await _take(request, body)
    request.app[FORGERIES].seen(request.app[CLOCK]())
    return refused


@dataclass
class Forgeries:
    """Webhooks whose signature was not made with our secret: told of in the log at once, and then once a minute at most.

    Nobody but the log hears of them, since anybody may send some; most often the secret was mistyped, or is another app's.
    """

    untold: int = 0
    told_at: Ms | None = None

    def seen(self, now: Ms) -> None:
        self.untold += 1
        if self.told_at is None or now - self.told_at >= MINUTE:
            log.warning(_FORGED, refused=self.untold)
            self.untold, self.told_at = 0, now


FORGERIES: web.AppKey[Forgeries] = web.AppKey("forgeries", Forgeries)


async def forgeries(app: web.Application) -> AsyncIterator[None]:
    """What is counted for the log, for as long as the application lives."""
    app[FORGERIES] = Forgeries()
    yield


async def clear_secret_gap(app: web.Application) -> None:
    """At start: with a secret configured, the gap that an earlier start left open is over."""
    if app[SETTINGS].webhook_secrets:
        await app[DATABASE].write(lambda tx: data_gaps.clear_gap(tx, Gap.NO_WEBHOOK_SECRET, ""))


async def _take(request: web.Request, body: bytes) -> web.Response:
    app = request.app
    headers = webhook.kept_headers(request.headers)
    ours = app[SETTINGS].owns(headers.get(webhook.SHOP))
    received = webhook.receive(body, headers, app[CLOCK](), ours=ours)
    delivery, problem = received.delivery, received.problem
    admits = received.seen if ours and not app[SETTINGS].asks_shop else None
    taking = WebhookJob(delivery, app[THRESHOLDS], admits)
    if problem is None:
        await app[DATABASE].write(taking)
    else:
        log.warning("a webhook could not be read", topic=delivery.topic, reason=problem)
        keeping = partial(dead_letters.store, delivery=delivery, headers=headers, body=body, reason=problem)
        await app[DATABASE].write(lambda tx: (keeping(tx, seen=received.seen), taking(tx)))
    return _json(200, {"ok": True, "topic": delivery.topic, "event_id": received.event_id})


async def _tell_unprovable(database: Database) -> None:
    """The gap is raised by whoever comes first; the others, of whom there may be any number, write nothing."""
    is_open = await database.read(
        lambda conn: data_gaps.is_open(conn, database.shop_id, Gap.NO_WEBHOOK_SECRET, ""), short=True
    )
    if not is_open:
        await database.write(_raise_gap)


def _raise_gap(tx: Tx) -> None:
    data_gaps.open_gap(tx, Gap.NO_WEBHOOK_SECRET, "", _UNPROVABLE, Severity.CRITICAL)


def _json(status: int, body: dict[str, object], headers: dict[str, str] | None = None) -> web.Response:
    return web.Response(body=orjson.dumps(body), status=status, content_type="application/json", headers=headers)
