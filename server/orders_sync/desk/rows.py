"""Rows as ORDER (contract §1): the stored card, plus what the moment and others' rows add to it. Pure."""

from __future__ import annotations

from collections.abc import Sequence

import orjson

from orders_sync.db.page_rows import PageRow
from orders_sync.instants import HOUR, Ms
from orders_sync.rules.issue import with_delay
from orders_sync.rules.readiness import with_stock
from orders_wire.blockers import STOCK
from orders_wire.vocabulary import Issue, Ready


def items(rows: Sequence[PageRow], now: Ms) -> orjson.Fragment:
    """The rows as a JSON list: nothing of the cards is read or written again."""
    return orjson.Fragment(b"[" + b",".join([_spliced(row, now) for row in rows]) + b"]")


def _spliced(row: PageRow, now: Ms) -> bytes:
    _, version, placed_at, static, alert_types, waiting, failed, card, ready, blockers, _, short, late, together, _ = (
        row
    )
    if alert_types or waiting or failed or short != _NOTHING:
        return b"%b,%b" % (card[:-1], orjson.dumps(added(row, now))[1:])
    found = _ISSUES[with_delay(static, late=True) if late else static]
    hours = (now - placed_at) / HOUR if placed_at < now else 0
    group = b"null" if together is None else b'"%b"' % together.encode()
    can_go = b'"ready":%b,"blockers":%b,"together":%b' % (_READY[ready], blockers.encode(), group)
    return b'%b,"age_hours":%.2f,"issue":%b,%b,%b"version":%d}' % (card[:-1], hours, found, can_go, _QUIET, version)


_ISSUES: dict[str | None, bytes] = {word: orjson.dumps(word) for word in (None, *(issue.value for issue in Issue))}
_READY: dict[str | None, bytes] = {word: orjson.dumps(word) for word in (None, *(word.value for word in Ready))}
_NOTHING = "[]"
_QUIET = b'"alerts":[],"outbound":{"waiting":0,"failed":0},'


def added(row: PageRow, now: Ms) -> dict[str, object]:
    """The fields that a card leaves out."""
    without: list[tuple[str, int]] = orjson.loads(row.short)
    lost = sum(units for _, units in without)
    return {
        "age_hours": age_hours(row.placed_at, now),
        "issue": with_delay(row.static_issue, late=row.late),
        "together": row.together,
        "alerts": row.alert_types.split(",") if row.alert_types else [],
        "outbound": {"waiting": row.outbound_waiting, "failed": row.outbound_failed},
        "version": row.version,
        "ready": with_stock(row.ready, row.sendable, lost, short=bool(without)),
        "blockers": [*orjson.loads(row.blockers), *(f"{STOCK}{sku}" for sku, _ in without)],
    }


def age_hours(since: int, now: Ms) -> float:
    """Hours since then, two decimals; 0 for an instant that is still to come."""
    return round(max(0, now - since) / HOUR, 2)
