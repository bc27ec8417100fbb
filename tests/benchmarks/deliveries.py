"""The webhooks that `ingest` delivers, signed and written down before a clock starts, and what has to be stored in the end."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import NamedTuple

import orjson
from sqlalchemy import create_engine, select
from tests.benchmarks.naive_ingest import Order
from tests.server.ingest.endpoints import sign
from tests.support import full_bodies, shop_bodies
from tests.support.shop_bodies import Body

from orders_sync.db.location import parse
from orders_sync.db.tables import order_docs
from orders_sync.db.tables import orders as rows
from orders_sync.ingest import webhook, webhook_hmac
from orders_sync.instants import parse_instant

SHOP = "benchmark.myshopify.com"
WARMING = 128
"""Orders that a server has been told of twice before the clock starts."""


class Told(NamedTuple):
    """The newest that was told of an order: when, and a text that only this webhook has."""

    updated_at: str
    mark: bytes


@dataclass
class Deliveries:
    """In this order, each part after the one before it was taken in; `told`: what holds in the end.

    `first` and `warming`, new orders and updates, come before the clock starts; `updates` are of the `new` orders.
    """

    first: list[bytes] = field(default_factory=list)
    warming: list[bytes] = field(default_factory=list)
    new: list[bytes] = field(default_factory=list)
    updates: list[bytes] = field(default_factory=list)
    told: dict[int, Told] = field(default_factory=dict)


def small(n: int, at: datetime) -> Body:
    """The smallest body that is an order."""
    times = dict.fromkeys(("created_at", "processed_at", "updated_at"), at.isoformat(timespec="seconds"))
    return shop_bodies.order(n, name=f"#{n}", **times)


BODIES: dict[str, Callable[[int, datetime], Body]] = {"real": full_bodies.order, "small": small}


def deliveries(count: int, bodies: str, *, updating: bool) -> Deliveries:
    """So many new orders, of the last hours, and of each an update."""
    writing = _Writing(BODIES[bodies])
    known, new = range(1, WARMING + 1), range(WARMING + 1, WARMING + count + 1)
    return Deliveries(
        first=[writing.create(n) for n in known],
        warming=[writing.update(n) for n in known],
        new=[writing.create(n) for n in new],
        updates=[writing.update(n) for n in new] if updating else [],
        told=writing.told,
    )


class _Writing:
    """What happens in a shop, a second after the other."""

    def __init__(self, make: Callable[[int, datetime], Body]) -> None:
        self.told: dict[int, Told] = {}
        self._make = make
        self._orders: dict[int, Body] = {}
        self._now = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=3)
        self._sent = 0
        self._random = Random(1)

    def create(self, n: int) -> bytes:
        body = self._make(n, self._later())
        return self._write("orders/create", n, body, f'"#{n}"')

    def update(self, n: int) -> bytes:
        change = self._random.choice(full_bodies.UPDATES)
        mark = f"MARK{self._sent:07d}"
        return self._write("orders/updated", n, change(self._orders[n], self._later(), mark), mark)

    def _later(self) -> datetime:
        self._now += timedelta(seconds=1)
        return self._now

    def _write(self, topic: str, n: int, body: Body, mark: str) -> bytes:
        self._sent += 1
        self._orders[n] = body
        self.told[n] = Told(body["updated_at"], mark.encode())
        raw = orjson.dumps(body)
        headers = {
            "Host": "localhost",
            "User-Agent": "Shopify-Captain-Hook",
            "Accept": "*/*",
            "Content-Type": "application/json",
            "Content-Length": str(len(raw)),
            webhook.TOPIC: topic,
            webhook.SHOP: SHOP,
            webhook.API_VERSION: "2026-07",
            webhook.WEBHOOK_ID: f"b4a9{self._sent:028x}",
            webhook.EVENT_ID: f"e07e{self._sent:028x}",
            webhook.TRIGGERED_AT: body["updated_at"],
            webhook_hmac.SIGNATURE: sign(raw),
        }
        head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        return f"POST /shopify/webhook HTTP/1.1\r\n{head}\r\n".encode() + raw


def check(url: str, told: dict[int, Told], stored: Callable[[str], Iterator[tuple[int, int, bytes]]]) -> None:
    """Every order is there, once, as it was told last. Ends the program otherwise."""
    found = list(stored(url))
    if len(found) != len(told) or {order_id for order_id, *_ in found} != told.keys():
        sys.exit(f"wrong: {len(found)} orders instead of {len(told)}")
    for order_id, updated_at, shown in found:
        newest = told[order_id]
        if updated_at != parse_instant(newest.updated_at) or newest.mark not in shown:
            sys.exit(f"wrong: order {order_id} is not as it was told at {newest.updated_at}: {shown!r}")


def stored_by_us(url: str) -> Iterator[tuple[int, int, bytes]]:
    """Each order, as of when it is, and what is known and shown of it."""
    together = select(rows.c.id, rows.c.updated_at, rows.c.card, order_docs.c.facts).join_from(
        rows, order_docs, rows.c.id == order_docs.c.order_id
    )
    engine = create_engine(parse(url))
    with engine.connect() as conn:
        for order_id, updated_at, card, facts in conn.execute(together):
            yield order_id, updated_at, card + facts
    engine.dispose()


def stored_naively(url: str) -> Iterator[tuple[int, int, bytes]]:
    engine = create_engine(parse(url))
    with engine.connect() as conn:
        for order_id, body in conn.execute(select(Order.id, Order.body)):
            yield order_id, parse_instant(body["updated_at"]), json.dumps(body).encode()
    engine.dispose()
