"""`GET /sync/alerts`: what is asked for, read strictly, and the alerts that stand (contract §3a, All open alerts)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

import orjson

from orders_sync.db import open_alerts as stored
from orders_sync.db.open_alerts import AlertKey, Wanted
from orders_sync.db.tx import Reading
from orders_sync.desk.parameter import named, once, one_of, page_size, take
from orders_sync.instants import Ms
from orders_sync.live import frames
from orders_wire.vocabulary import AlertType, Severity

DEFAULT_PAGE_SIZE = 50
CURSOR = r"^[0-2]\.[0-9]{1,15}\.[0-9]{1,18}$"
"""The key of an alert: how severe, when it was opened, the row of its event."""

_KNOWN = frozenset({"type", "severity", "assigned_to", "pageSize", "cursor"})


@dataclass(frozen=True, slots=True)
class AlertsQuery:
    """A page of alerts that is wanted; `after`: the last one of the page before."""

    wanted: Wanted
    page_size: int = DEFAULT_PAGE_SIZE
    after: AlertKey | None = None


def read(given: Iterable[tuple[str, str]]) -> AlertsQuery:
    """The query that these parameters make; unknown ones are ignored. Raises BadParameter."""
    parameters = once(given, _KNOWN)
    wanted = Wanted(
        type=take(parameters, "type", one_of(AlertType), None),
        severity=take(parameters, "severity", one_of(Severity), None),
        assigned_to=take(parameters, "assigned_to", named("an owner's name, or unassigned"), None),
    )
    return AlertsQuery(
        wanted,
        take(parameters, "pageSize", page_size, DEFAULT_PAGE_SIZE),
        take(parameters, "cursor", _decoded, None),
    )


def answer(conn: Reading, shop_id: int, desk_id: str, asked: AlertsQuery) -> bytes:
    """The body: `{"alerts": […], "next": …}`, each alert as its `open` event stands on the stream."""
    found = stored.page(conn, shop_id, asked.wanted, asked.page_size + 1, asked.after)
    shown = found[: asked.page_size]
    following = _encoded(shown[-1].key) if len(found) > len(shown) else None
    texts = b",".join(frames.encode(desk_id, each.event).text for each in shown)
    return b'{"alerts":[%b],"next":%b}' % (texts, orjson.dumps(following))


def _encoded(key: AlertKey) -> str:
    return ".".join(map(str, key))


def _decoded(cursor: str) -> AlertKey:
    if not re.fullmatch(CURSOR, cursor):
        raise ValueError("`next` of an earlier answer")
    severity, opened_at, row = map(int, cursor.split("."))
    return AlertKey(severity, Ms(opened_at), row)
