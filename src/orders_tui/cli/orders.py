"""`list`, `show`, `export`: what the tabs and the detail show, for scripts and for people without a screen."""

from __future__ import annotations

import asyncio
import sys
from argparse import Namespace
from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from orders_tui import export, wording
from orders_tui.cli.connection import connect
from orders_tui.cli.output import table
from orders_tui.cli.parser import FILTERS
from orders_tui.errors import UsageError
from orders_tui.pace import utc_now
from orders_tui.query import OrdersQuery, parse
from orders_tui.session.matching import collect
from orders_wire.vocabulary import EXCLUDING

if TYPE_CHECKING:
    from orders_tui.api.client import SyncApi
    from orders_tui.query import ParsedQuery
    from orders_wire.detail import Address, Fulfillment, HoldEntry, LineItem, OrderDetail, Return
    from orders_wire.orders import Hold, Order

CUSTOMER = 24
"""Characters of a customer's name."""


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
        query = OrdersQuery(given.tab, parsed.filters, parsed.sort, getattr(given, "limit", 250))
        orders: Sequence[Order]
        if everything:
            matching = await collect(api, query)
            orders, total, doubt = matching.orders, len(matching.orders), matching.doubt
        else:
            page = await api.orders(query)
            unread = page.orders.unread
            orders, total, doubt = page.orders.items, page.metrics.total_orders - unread, wording.unread(unread)
        if doubt:  # what may be missing is said beside the orders, not among them
            print(doubt, file=sys.stderr)
        return orders, total


async def _parsed(api: SyncApi, given: Namespace) -> ParsedQuery:
    """Filters as words and as options are one language. Raises UsageError."""
    options = ((name, value) for name in FILTERS if (value := getattr(given, f"by_{name}")) is not None)
    excluded = (token.partition(":") for token in given.without)
    tokens = (
        *(_token(name, value) for name, value in options),
        *(f"-{_token(name, value, ())}" for name, _, value in excluded),
    )
    text = " ".join([*given.words, *tokens])
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
    return table(headers, (_cells(order, now) for order in rows), right=("AGE", "TOTAL"))


def _cells(order: Order, now: datetime) -> tuple[str, ...]:
    customer = order.customer_name or wording.owner("unassigned")
    return (
        order.order_number,
        wording.age((now - order.placed_at).total_seconds()),
        wording.order_status(order).word,
        wording.owner(order.assigned_to),
        customer if len(customer) <= CUSTOMER else customer[: CUSTOMER - 1] + "…",
        wording.money(order.total, symbols=False),
        wording.ship_by(order, now).word,
        ", ".join(flag.word for flag in wording.flags(order)),
    )


def describe(order: OrderDetail, now: datetime, zone: str) -> str:
    """The order in sections; what it has not got is left out."""
    sections = [list(_head(order, now, zone))]
    for title, lines in _sections(order, lambda moment: wording.instant(moment, now, zone)).items():
        sections += [[title, *(f"  {line}" for line in lines)]] if lines else []
    return "\n\n".join("\n".join(section) for section in sections) + "\n"


def _head(order: OrderDetail, now: datetime, zone: str) -> Iterator[str]:
    state = [wording.order_status(order).word, *(flag.word for flag in wording.flags(order))]
    yield f"{order.order_number}  {', '.join(state)}"
    facts = {
        "customer": order.customer_name,
        "e-mail": order.email,
        "owner": wording.owner(order.assigned_to),
        "total": wording.money(order.total, symbols=False),
        "placed": wording.instant(order.placed_at, now, zone),
        "ship by": wording.instant(order.ship_by, now, zone) if order.ship_by else None,
        "priority": wording.priority(order.priority).word,
        "channel": order.channel.value,
        "delivery": wording.delivery(order.delivery).word,
        "tags": ", ".join(order.tags),
        "ships to": _address(order.shipping_address),
        "note": order.note,
        "support": order.support_thread,
        "id": f"{order.id} (version {order.version})",
    }
    yield from (f"{name:>9}  {value}" for name, value in facts.items() if value)


def _sections(order: OrderDetail, at: Callable[[datetime | None], str]) -> dict[str, list[str]]:
    return {
        "HOLDS": [_hold(hold, at) for hold in order.holds] or [_held(hold, at) for hold in [order.hold] if hold],
        "ITEMS": [_line(f"{i.quantity}× {i.title}", i.sku and f"[{i.sku}]", _owed(i)) for i in order.line_items],
        "PARCELS": [
            _line(f.name, f.carrier or "carrier unknown", f.number or "no number", _state(f), f.sent, _contents(f))
            for f in order.fulfillments
        ],
        "RETURNS": [
            _line(f"{r.name or r.id}  {wording.return_state(r.state).word} since {at(r.since)}", _refund(r), r.reason)
            for r in order.returns
        ],
        "OUTBOUND": [_line(f"{o.target} {o.kind}", o.state, o.last_error) for o in order.outbox],
        "TIMELINE": [_line(at(e.ts), wording.timeline_event(e.event).word, e.details) for e in order.timeline],
    }


def _held(hold: Hold, at: Callable[[datetime | None], str]) -> str:
    """What the row alone tells."""
    return _line(f"{wording.issue(hold.reason).word} since {at(hold.since)}", hold.by and f"by {hold.by}", hold.note)


def _hold(hold: HoldEntry, at: Callable[[datetime | None], str]) -> str:
    """Why, whose, since and until when, what, and the id that `release --hold` takes."""
    whose = f"by {hold.by}" if hold.by else "" if hold.ours else "another app's"
    until = hold.until and f"until {at(hold.until)}"
    what = ", ".join(f"{line.quantity}× {line.sku or line.title}" for line in hold.lines)
    reason = wording.hold_reason(hold.reason).word
    return _line(
        f"{reason} since {at(hold.since)}", whose, until, what, hold.note, f"(id {hold.id.rpartition('/')[2]})"
    )


def _line(*parts: object) -> str:
    """The parts that are there, two blanks between them."""
    return "  ".join(str(part) for part in parts if part).rstrip()


def _owed(line: LineItem) -> str:
    """`3 to ship, 1 held, short by 2`; empty where nothing is owed."""
    if not line.owed:
        return ""
    held, short = f"{line.held} held" if line.held else "", f"short by {line.short}" if line.short else ""
    return ", ".join(filter(None, (f"{line.owed} to ship", held, short)))


def _state(parcel: Fulfillment) -> str:
    return wording.words(parcel.shipment_status or parcel.status)


def _contents(parcel: Fulfillment) -> str:
    """What is in a parcel: `(2 × Cup, 1 × Mug)`."""
    inside = ", ".join(f"{line.quantity} × {line.title or line.sku or line.id}" for line in parcel.lines)
    return f"({inside})" if inside else ""


def _refund(value: Return) -> str:
    return "" if value.refund_amount is None else f"{value.refund_amount:,.2f} {value.currency or ''}".rstrip()


def _address(address: Address | None) -> str | None:
    if address is None:
        return None
    parts = (address.name, address.address1, address.address2, address.zip, address.city, address.country)
    return ", ".join(part for part in parts if part)
