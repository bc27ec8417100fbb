"""What this process counts about itself, in a registry of its own, so that several servers in one process do not mix."""

from __future__ import annotations

import time
from functools import lru_cache

from aiohttp import web
from aiohttp.typedefs import Handler
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)


class Metrics:
    """Counters and gauges; the gauges are set when somebody looks."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "orders_sync_requests", "Requests answered", ["method", "route", "status"], registry=self.registry
        )
        self.seconds = Histogram(
            "orders_sync_request_seconds",
            "Time to an answer; streams are not counted",
            ["route"],
            buckets=_SECONDS,
            registry=self.registry,
        )
        self.of = lru_cache(maxsize=1024)(self._of)
        """What counts the answers of a method, route and status, and what times them."""
        self.streams = self._gauge("streams", "Open streams of this process")
        self.cut_off = self._gauge("streams_cut_off", "Streams cut off since the start because they did not read")
        self.people = self._gauge("people", "People who have an order open, at whichever process")
        self.version = self._gauge("desk_version", "Number of the newest event")
        self.unpublished = self._gauge(
            "events_untold", "Events that this process knows of and has not told its streams yet"
        )
        self.waiting = Gauge(
            "orders_sync_database_waiting",
            "Reads under way or waiting, and writes waiting, for the database",
            ["what"],
            registry=self.registry,
        )
        self.tabs = Gauge("orders_sync_orders", "Orders in each tab", ["tab"], registry=self.registry)
        self.outbox = Gauge("orders_sync_outbox", "Outbound rows by state", ["state"], registry=self.registry)
        self.outbox_age = self._gauge(
            "outbox_due_age_seconds", "How long the outbound row that is due longest has waited"
        )
        self.dead_letters = Gauge(
            "orders_sync_dead_letters", "Dead letters by state", ["state"], registry=self.registry
        )
        self.alerts = self._gauge("alerts", "Open alerts")
        self.gaps = self._gauge("data_gaps", "Open data gaps")
        self.database_up = self._gauge("database_up", "1 while the database answers")
        self.backfilled = self._gauge("backfill_ratio", "How much of the first reading is done, 0 to 1")
        self.poll_age = self._gauge(
            "poll_age_seconds", "Since the last tick of the poller ended well; -1 before the first"
        )

    def _of(self, method: str, route: web.AbstractRoute, status: int) -> tuple[Counter, Histogram]:
        pattern = route.resource.canonical if route.resource is not None else "unknown"
        return self.requests.labels(method, pattern, status), self.seconds.labels(pattern)

    def _gauge(self, name: str, text: str) -> Gauge:
        return Gauge(f"orders_sync_{name}", text, registry=self.registry)


METRICS: web.AppKey[Metrics] = web.AppKey("metrics", Metrics)


@web.middleware
async def metering(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Counts every answer by its route's pattern, and how long it took unless it is a stream."""
    began = time.perf_counter()
    response = await handler(request)
    answers, seconds = request.app[METRICS].of(request.method, request.match_info.route, response.status)
    answers.inc()
    if isinstance(response, web.Response):
        seconds.observe(time.perf_counter() - began)
    return response
