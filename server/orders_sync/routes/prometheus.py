"""`GET /prometheus`: what to watch, in Prometheus's text format: contract §5."""

from __future__ import annotations

from dataclasses import dataclass

from aiohttp import web
from prometheus_client import generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from orders_sync.db import dead_letters, outbox, outbox_claims, overview
from orders_sync.db.cutoffs import Cutoffs
from orders_sync.db.failures import DatabaseError
from orders_sync.db.overview import Overview
from orders_sync.db.selection import Between
from orders_sync.db.tx import Reading
from orders_sync.http.app_keys import CLOCK, DATABASE, HUB, THRESHOLDS
from orders_sync.instants import SECOND, Ms
from orders_sync.live.attendance import ATTENDANCE
from orders_sync.metrics import METRICS, Metrics
from orders_sync.outbox.kinds import Target
from orders_sync.poller import progress
from orders_sync.poller.progress import PollerState

routes = web.RouteTableDef()


@dataclass(frozen=True, slots=True)
class _Stored:
    """What the database tells of the whole desk."""

    overview: Overview
    outbox: dict[str, int]
    due_at: Ms | None
    dead_letters: dict[str, int]
    poller: PollerState


@routes.get("/prometheus")
async def prometheus(request: web.Request) -> web.Response:
    """Every metric. While the database is out of reach, those that come from it stay as they were."""
    app = request.app
    metrics, database, hub, now = app[METRICS], app[DATABASE], app[HUB], app[CLOCK]()
    metrics.streams.set(len(hub))
    metrics.cut_off.set(hub.cut_off)
    metrics.people.set(len(app[ATTENDANCE]))
    metrics.version.set(database.version)
    metrics.unpublished.set(max(0, database.version - hub.position))
    metrics.waiting.labels("reads").set(database.waiting_reads)
    metrics.waiting.labels("writes").set(database.waiting_writes)
    at = Cutoffs.at(now, app[THRESHOLDS])

    def read(conn: Reading) -> _Stored:
        shop_id = database.shop_id
        return _Stored(
            overview.overview(conn, shop_id, at, Between(now, now)),
            outbox.counts(conn, shop_id),
            min(outbox_claims.next_due(conn, shop_id, list(Target)).values(), default=None),
            dead_letters.counts(conn, shop_id),
            progress.load(conn, shop_id),
        )

    try:
        _show(metrics, await database.read(read), now)
    except DatabaseError:
        metrics.database_up.set(0)
    else:
        metrics.database_up.set(1)
    body = generate_latest(metrics.registry)
    return web.Response(body=body, headers={"Content-Type": CONTENT_TYPE_LATEST})


def _show(metrics: Metrics, stored: _Stored, now: Ms) -> None:
    for tab, size in stored.overview.tabs.items():
        metrics.tabs.labels(tab).set(size)
    for name, count in stored.outbox.items():
        metrics.outbox.labels(name).set(count)
    metrics.outbox_age.set(0 if stored.due_at is None else max(0, now - stored.due_at) / SECOND)
    for name, count in stored.dead_letters.items():
        metrics.dead_letters.labels(name).set(count)
    metrics.alerts.set(stored.overview.alerts)
    metrics.gaps.set(stored.overview.gaps)
    poller = stored.poller
    metrics.poll_age.set(-1 if poller.ended_at is None or poller.error else (now - poller.ended_at) / SECOND)
    backfill = poller.backfill
    if backfill is not None:
        metrics.backfilled.set(1.0 if backfill.ended_at else backfill.done / max(1, backfill.total))
