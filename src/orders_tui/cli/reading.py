"""`list`, `show`, `export`: what the tabs and the detail show, for scripts and for people without a screen."""

from __future__ import annotations

import asyncio
import sys
from argparse import Namespace
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from orders_tui import export, wording
from orders_tui.cli.describe import describe
from orders_tui.cli.desk import connect
from orders_tui.cli.table import table
from orders_tui.errors import UsageError
from orders_tui.pace import utc_now
from orders_tui.query import OrdersQuery, parse
from orders_tui.session.matching import collect

if TYPE_CHECKING:
    from datetime import datetime

    from orders_tui.api.client import SyncApi
    from orders_tui.query import ParsedQuery
    from orders_wire.orders import Order

_FILTERS = ("status", "owner", "priority", "channel", "tag", "from", "to", "age", "sort")


def list_orders(given: Namespace) -> int:
    """`list --tab TAB [FILTER …] [--json|--csv] [--limit N|--all]`."""
    rows, total = asyncio.run(_rows(given, everything=given.all))
    if given.json:
        sys.stdout.write(export.json_text(rows))
    elif given.csv:
        sys.stdout.write(export.csv_text(rows))
    else:
        sys.stdout.write(_table(rows))
    if len(rows) < total:
        print(f"{len(rows)} of {total} orders; --all gives all", file=sys.stderr)
    elif not rows:
        print("no order matches", file=sys.stderr)
    return 0


def show(given: Namespace) -> int:
    """`show ORDER [--json]`."""

    async def fetch() -> str:
        async with connect(given) as api:
            detail = await api.order(given.order)
            if given.json:
                return detail.model_dump_json(by_alias=True, indent=1) + "\n"
            return describe(detail, utc_now(), (await api.me()).time_zone)

    sys.stdout.write(asyncio.run(fetch()))
    return 0


def export_file(given: Namespace) -> int:
    """`export FILE [--tab TAB] [FILTER …]`."""
    rows, _ = asyncio.run(_rows(given, everything=True))
    path = export.write(rows, Path(given.file).expanduser())
    print(f"{len(rows)} orders written to {path}", file=sys.stderr)
    return 0


async def _rows(given: Namespace, *, everything: bool) -> tuple[Sequence[Order], int]:
    async with connect(given) as api:
        parsed = await _parsed(api, given)
        limit = getattr(given, "limit", 250)
        query = OrdersQuery(given.tab, parsed.filters, parsed.sort, limit)
        if not everything:
            page = await api.orders(query)
            _doubt(wording.unread(page.orders.unread))
            return page.orders.items, page.metrics.total_orders - page.orders.unread
        matching = await collect(api, query)
        _doubt(matching.doubt)
        return matching.orders, len(matching.orders)


def _doubt(sentence: str) -> None:
    """What may be missing is said beside the orders, not among them."""
    if sentence:
        print(sentence, file=sys.stderr)


async def _parsed(api: SyncApi, given: Namespace) -> ParsedQuery:
    """Filters as words and as options are one language. Raises UsageError."""
    options = {name: value for name in _FILTERS if (value := getattr(given, f"by_{name}")) is not None}
    quoted = (f'{name}:"{value}"' if " " in value else f"{name}:{value}" for name, value in options.items())
    text = " ".join([*given.words, *quoted])
    me = (await api.me()).name if "owner:me" in text.lower() else None
    parsed = parse(text, me)
    if isinstance(parsed, list):
        raise UsageError("; ".join(f"{problem.token}: {problem.message}" for problem in parsed))
    return parsed


def _table(rows: Iterable[Order]) -> str:
    now = utc_now()
    headers = ("ORDER", "AGE", "STATUS", "OWNER", "CUSTOMER", "TOTAL", "SHIP-BY", "FLAGS")
    return table(headers, (_cells(order, now) for order in rows), right=("AGE", "TOTAL"))


def _cells(order: Order, now: datetime) -> tuple[str, ...]:
    return (
        order.order_number,
        wording.age((now - order.placed_at).total_seconds()),
        wording.order_status(order).word,
        wording.owner(order.assigned_to),
        _short(order.customer_name or wording.owner("unassigned"), 24),
        wording.money(order.total, symbols=False),
        wording.ship_by(order, now).word,
        ", ".join(flag.word for flag in wording.flags(order)),
    )


def _short(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - 1] + "…"
