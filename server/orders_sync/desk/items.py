"""Rows as ORDER (contract §1): the stored card, plus what the moment and others' rows add to it. Pure."""

from __future__ import annotations

import orjson

from orders_sync.db.page import PageRow
from orders_sync.instants import HOUR, Ms
from orders_wire.vocabulary import Issue

_BEFORE_CARRIER = frozenset({Issue.PAYMENT, Issue.ADDRESS, Issue.INVENTORY, Issue.CARRIER})


def item(row: PageRow, now: Ms) -> orjson.Fragment:
    """ORDER as JSON: nothing of the card is read or written again."""
    return orjson.Fragment(row.card[:-1] + b"," + orjson.dumps(added(row, now))[1:])


def added(row: PageRow, now: Ms) -> dict[str, object]:
    """The fields that a card leaves out."""
    return {
        "age_hours": age_hours(row.placed_at, now),
        "issue": issue(row.static_issue, late=row.late),
        "alerts": row.alert_types.split(",") if row.alert_types else [],
        "outbound": {"waiting": row.outbound_waiting, "failed": row.outbound_failed},
        "version": row.version,
    }


def issue(static: str | None, *, late: bool) -> str | None:
    """`issue`, first match: the rule of the tab `delayed` stands before `manual_check`."""
    return Issue.CARRIER.value if late and static not in _BEFORE_CARRIER else static


def age_hours(since: int, now: Ms) -> float:
    """Hours since then, two decimals; 0 for an instant that is still to come."""
    return round(max(0, now - since) / HOUR, 2)
