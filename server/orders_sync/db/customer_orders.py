"""How many orders a customer has, and what became of them: contract §3a, `customer_orders`. Exact.

Counted on indexes alone: a customer's orders may be ten thousand, and each has a wide row.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Connection, bindparam, exists, func, select

from orders_sync.db.cutoffs import Cutoffs
from orders_sync.db.statement import Statement
from orders_sync.db.tables import orders, returns
from orders_sync.db.tabs import IS_OPEN, SHOP
from orders_wire.detail import CustomerOrders
from orders_wire.vocabulary import ReturnState

_o, _r, _of = orders.c, returns.c, orders.alias("of").c
_CUSTOMER = select(_of.customer_id).where(_of.shop_id == SHOP, _of.id == bindparam("order_id", type_=BigInteger))
_THEIRS = (_o.shop_id == SHOP, _o.customer_id == _CUSTOMER.scalar_subquery())
_GIVEN_UP = (ReturnState.DENIED, ReturnState.CANCELLED)
_RETURNED = exists().where(_r.shop_id == SHOP, _r.order_id == _o.id, *(_r.state != state.value for state in _GIVEN_UP))


def _counted(index: str, *figures: ColumnElement[Any], where: ColumnElement[bool] | None = None) -> Statement:
    query = select(*figures).where(*_THEIRS, *(() if where is None else (where,)))
    return Statement(query.with_hint(orders, f"INDEXED BY {index}", "sqlite"))


_ALL = _counted("orders_customer", func.count(), func.count().filter(_RETURNED))
_OPEN = _counted("orders_live_customer", func.count(), where=IS_OPEN)


def of_order(conn: Connection, shop_id: int, order_id: int, cutoffs: Cutoffs) -> CustomerOrders | None:
    """All orders of this one's customer that are shown here; None where it has none."""
    values = {"shop_id": shop_id, "order_id": order_id, **cutoffs.parameters}
    count, returned = _ALL.one(conn, values)
    if not count:
        return None
    return CustomerOrders(count=count, open=_OPEN.value(conn, values), returned=returned)
