"""`alerts`: every open alert, for scripts and for people without a screen."""

from __future__ import annotations

import asyncio
import json
import sys
from argparse import Namespace
from datetime import datetime
from typing import TYPE_CHECKING

from orders_tui import wording
from orders_tui.cli.connection import connect
from orders_tui.cli.output import say
from orders_tui.cli.table import table
from orders_tui.pace import utc_now
from orders_tui.query import AlertFilter
from orders_tui.session.all_alerts import Read, read_all
from orders_wire.vocabulary import EventType, Severity

if TYPE_CHECKING:
    from orders_tui.cli.table import Cell
    from orders_wire.alerts import Event


def alerts(given: Namespace) -> int:
    """`alerts [--type TYPE] [--severity SEVERITY] [--assigned-to NAME|--mine] [--json]`."""
    read, zone = asyncio.run(_read(given))
    if given.json:
        listed = [each.model_dump(mode="json", by_alias=True, exclude_none=True) for each in read.alerts]
        sys.stdout.write(json.dumps(listed, ensure_ascii=False, indent=1) + "\n")
    else:
        now = utc_now()
        rows = (_cells(each, now, zone) for each in read.alerts)
        sys.stdout.write(table(("SEVERITY", "ALERT", "ORDER", "AGE", "WHAT"), rows, right=("AGE",)))
    if not read.whole:
        say("this server is older and tells of the first 50 alerts alone", "warn")
    elif not read.alerts:
        say("no open alert matches" if given.mine or wanted(given) else "no alert is open", "dim")
    return 0


def wanted(given: Namespace, owner: str = "") -> AlertFilter:
    """The alerts that the options name."""
    types, severities = map(EventType, given.type), map(Severity, given.severity)
    return AlertFilter(frozenset(types), frozenset(severities), given.assigned_to or owner)


async def _read(given: Namespace) -> tuple[Read, str]:
    """What is open, and the desk's zone, where somebody reads it."""
    async with connect(given) as api:
        me = await api.me() if given.mine or not given.json else None
        owner = me.name if me is not None and given.mine else ""
        return await read_all(api, wanted(given, owner)), me.time_zone if me is not None else "UTC"


def _cells(alert: Event, now: datetime, zone: str) -> tuple[Cell, ...]:
    severity = alert.severity or Severity.WARNING
    return (
        (wording.severity(severity),),
        (wording.event_type(alert.type),),
        alert.order_number or "",
        wording.age((now - alert.created_at).total_seconds()),
        wording.about(alert.message or "", alert.order_number, now, zone),
    )
