"""A pick as CSV, for a spreadsheet or a script: only what is picked, formula cells neutralised."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from orders_tui.export import instant, table_text
from orders_tui.picking.by_sku import by_sku
from orders_tui.picking.choices import By

if TYPE_CHECKING:
    from orders_tui.picking.pick import Item
    from orders_tui.picking.sheet import Sheet

_ITEM = ("sku", "barcode", "quantity", "title", "variant", "properties")
BY_SKU, BY_ORDER = (*_ITEM, "orders"), ("order", "customer", "ship_by", "ship_with", *_ITEM)
"""The columns."""

Cells = tuple[str | int, ...]


def table(sheet: Sheet) -> str:
    """A header, and a row for each thing, or for each of an order."""
    if sheet.by is By.SKU:
        return table_text(BY_SKU, ((*_item(entry.item), entry.told) for entry in by_sku(sheet.pick)))
    return table_text(BY_ORDER, _rows(sheet))


def _rows(sheet: Sheet) -> Iterator[Cells]:
    for order in sheet.pick.orders:
        partners = ", ".join(sheet.pick.partners(order))
        about = (order.number, order.customer, instant(order.order.ship_by), partners)
        yield from ((*about, *_item(item)) for item in order.items)


def _item(item: Item) -> Cells:
    told = "; ".join(f"{name}: {value}" for name, value in item.properties)
    return item.sku, item.barcode, item.quantity, item.title, item.variant, told
