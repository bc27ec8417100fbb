"""The distinct values of a column, read from one to the next through its index: that costs the values, not the rows."""

from __future__ import annotations

from sqlalchemy import Column, Select, func, select

from orders_sync.db.tabs import SHOP


def distinct_values(column: Column[str]) -> Select[str]:
    """Every value of the shop's rows, sorted; there has to be an index on the shop and this column."""
    shop_id = column.table.c.shop_id
    value = select(func.min(column).label("value")).where(shop_id == SHOP).cte("first_values", recursive=True)
    following = select(func.min(column)).where(shop_id == SHOP, column > value.c.value).correlate(value)
    values = value.union_all(select(following.scalar_subquery()).where(value.c.value.is_not(None)))
    return select(values.c.value).where(values.c.value.is_not(None)).order_by(values.c.value)
