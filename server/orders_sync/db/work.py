"""What has to be sent next: what is due soon, what nobody owns, and what each owner has (contract §1, `work`).

Of the tab `unfulfilled` alone, along its indexes and by counters (`backlog`): costs what is on show.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import orjson
from sqlalchemy import Integer, ScalarSelect, Select, literal_column, select

from orders_sync.db import backlog
from orders_sync.db.tables import orders
from orders_sync.db.tabs import NOW, RULES, SHOP, SOON
from orders_wire.vocabulary import OWNERS_NAMED, Tab

LIST = 10
"""Orders that are due soon, and orders without an owner."""
OF_OWNER = 5
"""Orders of one owner."""


class Owed(NamedTuple):
    """An order of the tab `unfulfilled`."""

    order_id: int
    name: str
    due_at: int
    assigned_to: str | None


class OwnerWork(NamedTuple):
    """What an owner has to send: how much, how much of it is overdue, and what comes first."""

    name: str
    total: int
    overdue: int
    orders: list[Owed]


def of_row(values: Sequence[Any]) -> OwnerWork:
    """A row of `of_owners`."""
    name, total, overdue, first = values
    rows = orjson.loads(first) if isinstance(first, str) else first  # SQLite may know that the text is JSON
    return OwnerWork(name, total, overdue, [Owed(*values) for values in rows])


def _limit(rows: int) -> Any:
    return literal_column(str(rows), Integer)


_o = orders.c
_OWED = select(_o.id, _o.name, _o.due_at, _o.assigned_to).where(_o.shop_id == SHOP, *RULES[Tab.UNFULFILLED])
_IN_ORDER = _OWED.order_by(_o.due_at, _o.id)

DUE_SOON = (
    _IN_ORDER.where(_o.due_at >= NOW, _o.due_at < SOON)
    .with_hint(orders, "INDEXED BY orders_due", "sqlite")
    .limit(_limit(LIST))
)
"""What is not overdue yet and soon will be."""

UNOWNED = (
    _IN_ORDER.where(_o.assigned_to.is_(None), _o.due_at >= NOW)
    .with_hint(orders, "INDEXED BY orders_owed", "sqlite")
    .limit(_limit(LIST))
)
"""What nobody owns and can still be sent in time."""


def of_owners(listed: Callable[[Select[Any]], ScalarSelect[str]]) -> Select[Any]:
    """The owners; `listed` makes the text of a list out of each one's first orders."""
    owners = backlog.owners(_limit(OWNERS_NAMED)).subquery("owners")
    own = orders.alias("own")
    first = (
        select(own.c.id, own.c.name, own.c.due_at, own.c.assigned_to)
        .where(own.c.shop_id == SHOP, own.c.assigned_to == owners.c.owner, own.c.due_at.is_not(None))
        .with_hint(own, "INDEXED BY orders_owed", "sqlite")
        .order_by(own.c.due_at, own.c.id)
        .limit(_limit(OF_OWNER))
        .correlate(owners)
    )
    rows = select(owners.c.owner, owners.c.total, owners.c.overdue, listed(first))
    return rows.order_by(owners.c.total.desc(), owners.c.owner)
