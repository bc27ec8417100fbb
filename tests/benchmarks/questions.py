"""What the benchmarks of reads ask for, each question with its rows in plain SQL: for the recount, and for the bare driver."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from tests.benchmarks.dataset import BASE

from orders_sync.db import connections
from orders_sync.db.counters import bounds
from orders_sync.db.location import parse
from orders_sync.db.overview import parameters
from orders_sync.db.panels import SUMMARY
from orders_sync.db.selection import Between
from orders_sync.desk.page import View
from orders_sync.instants import DAY, Ms
from orders_sync.rules.thresholds import Thresholds
from orders_wire.cursors import encode_offset
from orders_wire.vocabulary import Tab

DAYS = 28
PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class Question:
    """`path`: what the server is asked. Its rows: those of `orders` under `condition`, by `key` and then id, from `position` on.

    `bare`: the cheapest SQL for the same rows with the columns that ORDER is made of, the card first. `dates`: the first instant
    of the days it asks for, and the first after them; null without.
    """

    name: str
    path: str
    bare: str
    condition: str = "TRUE"
    tab: Tab = Tab.ALL
    key: str = "placed_at"
    descending: bool = True
    position: int = 0
    dates: tuple[Ms, Ms] | None = None


def questions(orders: int, now: Ms) -> list[Question]:
    """All of them, for a desk of so many orders."""

    def bare(condition: str, order: str, limit: int = PAGE_SIZE) -> str:
        return f"SELECT {_columns(now)} FROM orders WHERE shop_id = 1 AND {condition} ORDER BY {order} LIMIT {limit}"

    last = (orders - 1) // PAGE_SIZE * PAGE_SIZE
    number = BASE // 2 + orders // BASE // 2 * BASE
    return [
        Question("page 1", _path(), bare("TRUE", "placed_at DESC, id DESC")),
        Question(
            "an open tab",
            _path(tab="unfulfilled"),
            bare("due_at IS NOT NULL", "due_at, id"),
            "due_at IS NOT NULL",
            Tab.UNFULFILLED,
            "due_at",
            descending=False,
        ),
        Question(
            "the last page",
            _path(cursor=encode_offset(last)),
            bare("TRUE", "placed_at, id", orders - last),
            position=last,
        ),
        Question("q by number", _path(q=f"%23{number}"), bare(f"number = {number}", "id"), f"name LIKE '#{number}%'"),
        _days(now, bare),
        *_list_parameters(now),
    ]


def _list_parameters(now: Ms) -> list[Question]:
    """What contract §3a lets be asked for: what few have, what many have, and what is not so."""
    late = f"late_prone AND open_order AND last_update > {now - 30 * DAY} AND last_update <= {now - DAY}"
    delayed = f"id IN (SELECT order_id FROM parcels WHERE {late})"
    held = _bears("hold:any")
    asked = {
        "hold=any": held,
        "hold=none": f"NOT {held}",
        "issue=manual_check": f"({_bears('issue:manual_check')} AND NOT {delayed})",
        "issue=none": f"NOT ({_bears('issue:any')} OR {delayed})",
        "delivery=pickup": _bears("delivery:pickup"),
        "country=gb": _bears("country:gb"),
        "country=-us": f"NOT {_bears('country:us')}",
        "sku=TEE-1": _bears("sku:tee-1"),
        "sku=-TEE-1": f"NOT {_bears('sku:tee-1')}",
        "value_min=290": "value_usd_minor >= 29000",
        "value_min=50&value_max=60": "value_usd_minor BETWEEN 5000 AND 6000",
        f"customer={BASE // 2 + 1_000_000}": f"customer_id = {BASE // 2 + 1_000_000}",
        "has=-note": "TRUE",
    }
    return [_asked(now, parameters, condition) for parameters, condition in asked.items()]


def _asked(now: Ms, parameters: str, condition: str) -> Question:
    """Orders under this condition, newest first. The bare driver takes those that bear a mark in the mark's own order."""
    rows, newest = condition, "placed_at DESC, id DESC"
    if condition.startswith(_BEARS) and condition.count("(") == 1:
        mark = condition.removeprefix(_BEARS).removesuffix(")")
        marked = f"SELECT order_id FROM order_marks WHERE shop_id = 1 AND mark = {mark} ORDER BY placed_at DESC, order_id DESC"
        rows = f"id IN (SELECT order_id FROM ({marked} LIMIT {PAGE_SIZE}) AS newest)"
    if rows.startswith(("id IN", "customer_id")):
        newest = "placed_at + 0 DESC, id DESC"  # they are few: not to be looked for along the history
    bare = f"SELECT {_columns(now)} FROM orders WHERE shop_id = 1 AND {rows} ORDER BY {newest} LIMIT {PAGE_SIZE}"
    return Question(parameters, f"{_path()}&{parameters}", bare, condition)


_BEARS = "EXISTS (SELECT 1 FROM order_marks AS b WHERE b.shop_id = 1 AND b.order_id = orders.id AND b.mark = "


def _bears(mark: str) -> str:
    return f"{_BEARS}'{mark}')"


def beside(url: str, now: Ms) -> str:
    """The server's own SQL for what stands around the rows of every page, its values written into it."""
    view = View(1, now, Thresholds())
    values = parameters(view.shop_id, view.cutoffs, view.today) | bounds(Between(view.week.start, view.week.end))
    engine = connections.reader(parse(url), 1)
    sql = str(SUMMARY.params(values).compile(dialect=engine.dialect, compile_kwargs={"literal_binds": True}))
    engine.dispose()
    return sql


def _days(now: Ms, bare: Callable[[str, str], str]) -> Question:
    """The last whole days, today among them, in UTC."""
    today = datetime.fromtimestamp(now // DAY * DAY / 1000, UTC).date()
    dates = (Ms(now // DAY * DAY - (DAYS - 1) * DAY), Ms(now // DAY * DAY + DAY))
    condition = f"placed_at >= {dates[0]} AND placed_at < {dates[1]}"
    path = _path(date_start=str(today - timedelta(days=DAYS - 1)), date_end=str(today))
    return Question(f"{DAYS} days", path, bare(condition, "placed_at DESC, id DESC"), condition, dates=dates)


def _path(**parameters: str) -> str:
    given = {**parameters, "pageSize": str(PAGE_SIZE)}
    return "/sync/orders?" + "&".join(f"{name}={value}" for name, value in given.items())


def _columns(now: Ms) -> str:
    late = f"late_prone AND open_order AND last_update > {now - 30 * DAY} AND last_update <= {now - DAY}"
    return (
        "card, id, version, placed_at, static_issue, alert_types, outbound_waiting, outbound_failed, EXISTS"
        f" (SELECT 1 FROM parcels WHERE parcels.shop_id = 1 AND parcels.order_id = orders.id AND {late})"
    )
