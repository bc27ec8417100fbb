"""A selection as SQL: its source, its conditions, and the values they are bound to.

Statements are made once per `Shape` (which filters, not their values). A free filter (owner, tag, `q`) is answered from its
index where the tab is the whole history, and asked of each row where the tab is a backlog: it costs its matches, no more.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, bindparam, exists, select

from orders_sync.db import search, tabs
from orders_sync.db.cutoffs import Cutoffs
from orders_sync.db.order_rows import PRIORITY_RANK
from orders_sync.db.search import WordKind
from orders_sync.db.selection import Ordering, Selection, ordering
from orders_sync.db.tables import order_tags, orders
from orders_sync.db.tabs import SHOP
from orders_sync.db.texts import folded, key
from orders_wire.vocabulary import UNASSIGNED, StatusFilter, Tab

_LATE = tabs.late_orders()
_STATUS_RULES = {StatusFilter.OVERDUE: Tab.OVERDUE, StatusFilter.HOLDS: Tab.HOLDS}


@dataclass(frozen=True, slots=True)
class Shape:
    """What of a selection decides its SQL. `owner`: None: any; False: nobody; True: the bound one."""

    tab: Tab
    order: Ordering
    rule: Tab | None = None
    status: bool = False
    priority: bool = False
    owner: bool | None = None
    channel: bool = False
    start: bool = False
    end: bool = False
    tag: bool = False
    words: tuple[WordKind, ...] = ()

    @property
    def backlog(self) -> bool:
        """True when the rows are few whatever the history."""
        return self.tab in tabs.BACKLOG or self.rule is not None

    @property
    def free(self) -> bool:
        """True when the rows may come in any order from the index that finds them."""
        return self.tag or bool(self.words)

    @property
    def filtered(self) -> bool:
        """True when rows are chosen by a column that has an index."""
        return self.owner is not None or self.status or self.priority or self.channel

    @property
    def searching(self) -> bool:
        """True when it depends on the values which index is best, and how many rows there are."""
        return self.free or self.filtered


def shape_of(selection: Selection) -> Shape:
    f = selection.filters
    rule = _STATUS_RULES.get(f.status) if f.status is not None else None
    return Shape(
        tab=selection.tab,
        order=ordering(selection),
        rule=rule,
        status=f.status is not None and rule is None,
        priority=f.priority is not None,
        owner=None if f.assigned_to is None else f.assigned_to != UNASSIGNED,
        channel=f.channel is not None,
        start=f.placed.start is not None,
        end=f.placed.end is not None,
        tag=f.tag is not None,
        words=tuple(search.kind_of(word) for word in f.words),
    )


def parameters(selection: Selection, shop_id: int, cutoffs: Cutoffs) -> dict[str, Any]:
    """Values for every parameter that a statement of this selection may have."""
    f = selection.filters
    values: dict[str, Any] = {
        "shop_id": shop_id,
        **cutoffs.parameters,
        "placed_start": f.placed.start,
        "placed_end": f.placed.end,
        "status": f.status and f.status.value,
        "priority": f.priority and PRIORITY_RANK[f.priority],
        "owner": None if f.assigned_to is None else key(f.assigned_to),
        "channel": f.channel and f.channel.value,
        "tag": None if f.tag is None else folded(f.tag),
    }
    for place, word in enumerate(f.words):
        values |= search.parameters(place, word)
    return values


def key_column(shape: Shape) -> ColumnElement[Any]:
    """The value that rows are ordered by."""
    return _LATE.c.late_at if shape.order.column == "late_at" else orders.c[shape.order.column]


@lru_cache(maxsize=512)
def matching(shape: Shape, *columns: ColumnElement[Any]) -> Select[Any]:
    """Selects these columns of the selection's rows, in no order."""
    query = select(*columns).select_from(_source(shape)).where(orders.c.shop_id == SHOP, *_conditions(shape))
    return query.with_hint(orders, f"INDEXED BY {_index(shape)}", "sqlite")


def _source(shape: Shape) -> FromClause:
    if shape.tab is not Tab.DELAYED:
        return orders
    return _LATE.join(orders, (orders.c.shop_id == SHOP) & (orders.c.id == _LATE.c.order_id))


def _conditions(shape: Shape) -> list[ColumnElement[bool]]:
    found = [*tabs.RULES[shape.tab], *(tabs.RULES[shape.rule] if shape.rule is not None else ())]
    o = orders.c
    plain: list[tuple[bool, ColumnElement[bool]]] = [
        (shape.status, o.status == bindparam("status")),
        (shape.priority, o.priority == bindparam("priority")),
        (shape.owner is True, o.assigned_to == bindparam("owner")),
        (shape.owner is False, o.assigned_to.is_(None)),
        (shape.channel, o.channel == bindparam("channel")),
        (shape.start, o.placed_at >= bindparam("placed_start")),
        (shape.end, o.placed_at < bindparam("placed_end")),
        (shape.tag, _tagged(shape)),
    ]
    found += [condition for wanted, condition in plain if wanted]
    find = search.by_row if shape.backlog else search.by_index
    for place, kind in enumerate(shape.words):
        found += find(place, kind)
    return found


def _tagged(shape: Shape) -> ColumnElement[bool]:
    named = (order_tags.c.shop_id == SHOP, order_tags.c.tag == bindparam("tag"))
    if shape.backlog:
        return exists().where(*named, order_tags.c.order_id == orders.c.id)
    return orders.c.id.in_(select(order_tags.c.order_id).where(*named))


def in_order(shape: Shape) -> bool:
    """True when the index that finds the rows has them in the wanted order, or they are few: no wide row is sorted in vain."""
    index, column = _index(shape), shape.order.column
    if shape.backlog or index == _BY_ID:
        return shape.backlog
    if column == "placed_at":
        return index in _PLACED_WITHIN
    return not shape.filtered and index in (_INDEX_OF_SORT.get(column), f"orders_{column.removesuffix('_at')}")


def _index(shape: Shape) -> str:
    """The index that SQLite is to find the rows by: without statistics it would guess, and may scan the history."""
    if shape.rule is not None and shape.tab not in tabs.BACKLOG:
        return tabs.INDEX[shape.rule]
    candidates = [
        (shape.tab is Tab.DELAYED, _BY_ID),
        (shape.tab is not Tab.ALL, tabs.INDEX.get(shape.tab, "")),
        (shape.free, _BY_ID),
        (shape.owner is not None, "orders_owner"),
        (shape.status, "orders_by_status"),
        (shape.priority, "orders_by_priority"),
        (shape.channel, "orders_by_channel"),
        (shape.start or shape.end, "orders_placed"),
    ]
    return next((index for applies, index in candidates if applies), _INDEX_OF_SORT.get(shape.order.column, _BY_ID))


_BY_ID = "sqlite_autoindex_orders_1"
_PLACED_WITHIN = {"orders_placed", "orders_owner", "orders_by_status", "orders_by_priority", "orders_by_channel"}
_INDEX_OF_SORT = {
    "placed_at": "orders_placed",
    "ship_by": "orders_by_ship_by",
    "number": "orders_by_number",
    "status": "orders_by_status",
    "priority": "orders_by_priority",
    "value_usd_minor": "orders_by_value",
    "assigned_to": "orders_owner",
    "customer_folded": "orders_by_customer",
}
