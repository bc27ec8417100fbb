"""`list`, `show`, `export`: what the tabs and the detail show, for scripts and for people without a screen."""

from __future__ import annotations

import asyncio
import sys
from argparse import Namespace
from collections.abc import Collection, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from orders_tui import export, wording
from orders_tui.cli.connection import connect
from orders_tui.cli.output import painted, say
from orders_tui.cli.parser import FILTERS
from orders_tui.cli.table import table, wrapped
from orders_tui.cli.views import named
from orders_tui.errors import UsageError
from orders_tui.pace import utc_now
from orders_tui.plain.order_lines import describe
from orders_tui.query import OrdersQuery, parse
from orders_tui.query.filters import MAX_PAGE_SIZE
from orders_tui.session.matching import collect, orders_of
from orders_tui.views.saved_view import SavedView
from orders_wire.vocabulary import EXCLUDING, Tab

if TYPE_CHECKING:
    from orders_tui.api.client import SyncApi
    from orders_tui.cli.table import Cell
    from orders_tui.query import ParsedQuery
    from orders_wire.detail import OrderDetail
    from orders_wire.orders import Order


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
        say(f"{len(rows)} of {total} orders; --all gives all", "dim")
    elif not rows:
        say("no order matches", "dim")
    return 0


def show(given: Namespace) -> int:
    """`show ORDER [--json]`."""

    async def fetch() -> str:
        async with connect(given) as api:
            detail = await api.order(given.order)
            if given.json:
                return detail.model_dump_json(by_alias=True, indent=1) + "\n"
            me = await api.me()
            others = [each for each in detail.present if each.name.casefold() != me.name.casefold()]
            detail = detail.model_copy(update={"present": others})
            paint, with_others = partial(painted, stream=sys.stdout), await _shipped_with(api, detail)
            return describe(detail, utc_now(), me.time_zone, paint, wrapped, others=with_others)

    sys.stdout.write(asyncio.run(fetch()))
    return 0


async def _shipped_with(api: SyncApi, detail: OrderDetail) -> list[str]:
    """The numbers of the other orders that this one is to be shipped with."""
    query = orders_of(detail, MAX_PAGE_SIZE, Tab.UNFULFILLED) if detail.together is not None else None
    orders = (await api.orders(query)).orders.items if query is not None else ()
    return [each.order_number for each in orders if each.together == detail.together and each.id != detail.id]


def export_file(given: Namespace) -> int:
    """`export FILE [--tab TAB] [FILTER …]`."""
    rows, _ = asyncio.run(_rows(given, everything=True))
    path = export.write(rows, Path(given.file).expanduser())
    say(f"{len(rows)} orders written to {path}")
    return 0


async def _rows(given: Namespace, *, everything: bool) -> tuple[Sequence[Order], int]:
    async with connect(given) as api:
        query = await query_of(api, given)
        orders: Sequence[Order]
        if everything:
            matching = await collect(api, query)
            orders, total, doubt = matching.orders, len(matching.orders), matching.doubt
        else:
            page = await api.orders(query)
            unread = page.orders.unread
            orders, total, doubt = page.orders.items, page.metrics.total_orders - unread, wording.unread(unread)
        if doubt:  # what may be missing is said beside the orders, not among them
            say(doubt, "warn")
        return orders, total


async def query_of(api: SyncApi, given: Namespace) -> OrdersQuery:
    """What tab or saved view, filters and options ask for. Raises UsageError."""
    view = named(given) if given.view is not None else SavedView(given.tab)
    parsed = await _parsed(api, given, view.tokens)
    return OrdersQuery(view.tab, parsed.filters, parsed.sort, getattr(given, "limit", MAX_PAGE_SIZE))


async def _parsed(api: SyncApi, given: Namespace, view: str) -> ParsedQuery:
    """Filters as words, as options and of a saved view are one language. Raises UsageError."""
    options = ((name, value) for name in FILTERS if (value := getattr(given, f"by_{name}")) is not None)
    excluded = (token.partition(":") for token in given.without)
    tokens = (
        *(_token(name, value) for name, value in options),
        *(f"-{_token(name, value, ())}" for name, _, value in excluded),
    )
    text = " ".join([view, *given.words, *tokens])
    me = (await api.me()).name if "owner:me" in text.lower() else None
    parsed = parse(text, me)
    if isinstance(parsed, list):
        raise UsageError("; ".join(f"{problem.token}: {problem.message}" for problem in parsed))
    return parsed


def _token(name: str, value: str, excluding: Collection[str] = EXCLUDING) -> str:
    """As it is typed in the search box; a value that begins with `-`, of those that are excluded so, goes behind it."""
    minus = "-" if name in excluding and value.startswith("-") else ""
    value = value.removeprefix(minus)
    return f'{minus}{name}:"{value}"' if " " in value else f"{minus}{name}:{value}"


def _table(rows: Sequence[Order]) -> str:
    headers = ("ORDER", "AGE", "STATUS", "OWNER", "CUSTOMER", "TOTAL", "SHIP-BY", "FLAGS")
    now = utc_now()
    cells = (_cells(order, now) for order in rows)
    return table(headers, cells, right=("AGE", "TOTAL"), narrow=("CUSTOMER", "FLAGS", "OWNER"))


def _cells(order: Order, now: datetime) -> tuple[Cell, ...]:
    return (
        order.order_number,
        wording.age((now - order.placed_at).total_seconds()),
        (wording.order_status(order),),
        wording.owner(order.assigned_to),
        order.customer_name or wording.owner("unassigned"),
        wording.money(order.total, symbols=False),
        (wording.ship_by(order, now),),
        [*wording.flags(order, now, shown={"ship_by", "status"}), *wording.readiness(order)],
    )
