"""A selection as SQL: its source, its conditions, and the values they are bound to.

Statements are made once per `Shape` (which filters, not their values). A free filter (owner, tag, `q`) is answered from its
index where the tab is the whole history, and asked of each row where the tab is a backlog: it costs its matches, no more.

What is asked of marks and of the value is asked of each row, too, unless one of them drives: then the rows are those that
meet it, and everything else is asked of these (`drivers` chooses).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from sqlalchemy import BigInteger, ColumnElement, FromClause, Select, bindparam, exists, select

from orders_sync.db import mark_conditions, ready, search, tabs
from orders_sync.db.cutoffs import Cutoffs
from orders_sync.db.mark_conditions import Asked, asked
from orders_sync.db.order_rows import PRIORITY_RANK
from orders_sync.db.search import WordKind
from orders_sync.db.selection import Ordering, Selection, Wanted, ordering
from orders_sync.db.tables import order_tags, orders
from orders_sync.db.tabs import SHOP
from orders_sync.db.texts import folded, key
from orders_wire.vocabulary import UNASSIGNED, Ready, StatusFilter, Tab

_LATE = tabs.late_orders()
_STATUS_RULES = {StatusFilter.OVERDUE: Tab.OVERDUE, StatusFilter.HOLDS: Tab.HOLDS}


VALUE: Literal["value"] = "value"

Driver = Asked | Literal["value"] | None
"""What rows are found by, instead of the index of the tab, the sort or another filter: a mark, or the value."""


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
    customer: bool = False
    least: bool = False
    most: bool = False
    marks: tuple[Asked, ...] = ()
    ready: Wanted | None = None
    driver: Driver = None

    @property
    def backlog(self) -> bool:
        """True when the rows are few whatever the history."""
        return self.tab in tabs.BACKLOG or self.rule is not None or self.owing

    @property
    def owing(self) -> bool:
        """True when only orders that owe something are asked for: by `ready`."""
        return self.ready is not None and not self.ready.excluded

    @property
    def free(self) -> bool:
        """True when the rows may come in any order from the index that finds them."""
        return self.tag or bool(self.words)

    @property
    def filtered(self) -> bool:
        """True when rows are chosen by a column that has an index."""
        return self.owner is not None or self.status or self.priority or self.channel or self.customer

    @property
    def searching(self) -> bool:
        """True when it depends on the values which index is best, and how many rows there are."""
        return self.free or self.filtered or bool(self.marks) or self.least or self.most or self.ready is not None

    @property
    def of_marks(self) -> bool:
        """True when marks alone tell everything of a row that is asked for."""
        other = self.free or self.filtered or self.least or self.most or self.rule is not None or self.ready is not None
        return self.tab is Tab.ALL and self.order.column == "placed_at" and not other


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
        customer=f.customer is not None,
        least=f.value is not None and f.value.least is not None,
        most=f.value is not None and f.value.most is not None,
        marks=tuple(asked(dimension, wanted) for dimension, wanted in f.marks.items()),
        ready=f.ready,
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
        "customer": f.customer,
        "least": f.value and _stored(f.value.least),
        "most": f.value and _stored(f.value.most),
        **mark_conditions.parameters(f.marks),
    }
    for place, word in enumerate(f.words):
        values |= search.parameters(place, word)
    return values


def _stored(amount: int | None) -> int | None:
    """An amount beyond every integer of the database, as the largest of them."""
    return None if amount is None else min(amount, 2**63 - 1)


def id_column(shape: Shape) -> ColumnElement[int]:
    """The order's id."""
    source = driving(shape)
    return orders.c.id if source is None else source.c.order_id


def key_column(shape: Shape) -> ColumnElement[Any]:
    """The value that rows are ordered by."""
    if shape.order.column == "late_at":
        return _LATE.c.late_at
    source = driving(shape)
    return (
        source.c.placed_at if source is not None and shape.order.column == "placed_at" else orders.c[shape.order.column]
    )


def driving(shape: Shape) -> FromClause | None:
    """The rows of the mark that drives, if one does."""
    return mark_conditions.rows(shape.driver) if isinstance(shape.driver, Asked) else None


@lru_cache(maxsize=512)
def matching(shape: Shape, *columns: ColumnElement[Any]) -> Select[Any]:
    """Selects these columns of the selection's rows, in no order."""
    query = select(*columns).select_from(_source(shape)).where(*_conditions(shape))
    if driving(shape) is not None and shape.of_marks:
        return query
    return query.where(orders.c.shop_id == SHOP).with_hint(orders, f"INDEXED BY {_index(shape)}", "sqlite")


def _source(shape: Shape) -> FromClause:
    source = driving(shape)
    if source is not None:
        row = (orders.c.shop_id == SHOP) & (orders.c.id == source.c.order_id)
        return source if shape.of_marks else source.join(orders, row)
    if shape.tab is not Tab.DELAYED:
        return orders
    return _LATE.join(orders, (orders.c.shop_id == SHOP) & (orders.c.id == _LATE.c.order_id))


def _conditions(shape: Shape) -> list[ColumnElement[bool]]:
    found = [*tabs.RULES[shape.tab], *(tabs.RULES[shape.rule] if shape.rule is not None else ())]
    o, source = orders.c, driving(shape)
    placed_at: ColumnElement[int] = o.placed_at if source is None else source.c.placed_at
    plain: list[tuple[bool, ColumnElement[bool]]] = [
        (shape.status, o.status == bindparam("status")),
        (shape.priority, o.priority == bindparam("priority")),
        (shape.owner is True, o.assigned_to == bindparam("owner")),
        (shape.owner is False, o.assigned_to.is_(None)),
        (shape.channel, o.channel == bindparam("channel")),
        (shape.start, placed_at >= bindparam("placed_start")),
        (shape.end, placed_at < bindparam("placed_end")),
        (shape.tag, _tagged(shape)),
        (shape.customer, o.customer_id == bindparam("customer")),
        (shape.least, o.value_usd_minor >= bindparam("least", type_=BigInteger)),
        (shape.most, o.value_usd_minor <= bindparam("most", type_=BigInteger)),
    ]
    found += [condition for wanted, condition in plain if wanted]
    found += [] if shape.ready is None else [ready.holds(shape.ready)]
    found += [mark_conditions.holds(one, id_column(shape)) for one in shape.marks if one != shape.driver]
    find = search.by_row if shape.backlog or source is not None else search.by_index
    for place, kind in enumerate(shape.words):
        found += find(place, kind)
    return found


def _tagged(shape: Shape) -> ColumnElement[bool]:
    named = (order_tags.c.shop_id == SHOP, order_tags.c.tag == bindparam("tag"))
    if shape.backlog or driving(shape) is not None:
        return exists().where(*named, order_tags.c.order_id == orders.c.id)
    return orders.c.id.in_(select(order_tags.c.order_id).where(*named))


def in_order(shape: Shape) -> bool:
    """True when the index that finds the rows has them in the wanted order, or they are few: no wide row is sorted in vain."""
    index, column = _index(shape), shape.order.column
    if driving(shape) is not None:
        return False
    if index == _READY:
        return shape.ready == Wanted(Ready.YES) and column == "placed_at"
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
        (shape.tab is Tab.DELAYED or driving(shape) is not None, _BY_ID),
        (shape.driver == VALUE, "orders_by_value"),
        (shape.owing and shape.tab not in tabs.BACKLOG, _READY),
        (shape.tab is not Tab.ALL, tabs.INDEX.get(shape.tab, "")),
        (shape.free, _BY_ID),
        (shape.customer, "orders_customer"),
        (shape.owner is not None, "orders_owner"),
        (shape.status, "orders_by_status"),
        (shape.priority, "orders_by_priority"),
        (shape.channel, "orders_by_channel"),
        (shape.start or shape.end, "orders_placed"),
    ]
    return next((index for applies, index in candidates if applies), _INDEX_OF_SORT.get(shape.order.column, _BY_ID))


_BY_ID = "sqlite_autoindex_orders_1"
_READY = "orders_ready"
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
