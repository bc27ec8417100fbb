"""A pick as lines of text, 79 cells wide: what any printer, mail and terminal takes. A form feed parts one slip from the next."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import TYPE_CHECKING

from orders_tui.picking.by_sku import by_sku
from orders_tui.picking.choices import By
from orders_tui.picking.sentences import counted
from orders_tui.picking.sheet import shortened

if TYPE_CHECKING:
    from orders_tui.picking.pick import Item, PickedOrder
    from orders_tui.picking.sheet import Sheet

WIDTH = 79
_INDENT = 11
_RULE = "=" * WIDTH


def plain_text(sheet: Sheet) -> str:
    """The whole of it, with a line's end at its end."""
    head, rest = _head(sheet), list(_rest(sheet))
    if sheet.by is By.SKU:
        parts = [[*head, "", *_list(sheet), *rest]]
    else:
        parts = [_slip(sheet, order) for order in sheet.pick.orders]
        parts += [[*head, *rest]] if rest or not parts else []
    return "\f".join("".join(f"{line}\n" for line in part) for part in parts)


def _head(sheet: Sheet) -> list[str]:
    return [f"{sheet.title}: {sheet.contents}", *_wrapped(sheet.origin)]


def _list(sheet: Sheet) -> list[str]:
    told: list[str] = []
    for entry in by_sku(sheet.pick):
        told += [*_item(entry.item), *_wrapped(entry.told, _INDENT), ""]
    return told


def _slip(sheet: Sheet, order: PickedOrder) -> list[str]:
    about = [order.number, order.customer, sheet.due(order), *sheet.remarks(order)]
    told = [_RULE, *(part for each in about if each for part in _wrapped(each))]
    if together := sheet.together(order):
        told += [*_wrapped(f">> {together}")]
    told += [_RULE, ""]
    for item in order.items:
        told += [*_item(item), ""]
    told += _wrapped(f"{counted(order.units, 'unit')}; {sheet.origin}")
    waiting = [f"{each.item.quantity} x {shortened(each.item.name)}: {each.why}" for each in order.waiting]
    return told + (["", "Not in this parcel:", *_listed(waiting)] if waiting else [])


def _item(item: Item) -> Iterator[str]:
    name = [item.sku, shortened(item.title)] if item.sku else [shortened(item.title)]
    first, *more = _wrapped("  ".join(name), _INDENT)
    yield f"[ ] {item.quantity:>4} x {first.lstrip()}"
    yield from more
    for told in (shortened(item.variant), *(f"{name}: {value}" for name, value in item.properties)):
        yield from _wrapped(told, _INDENT) if told else ()


def _rest(sheet: Sheet) -> Iterator[str]:
    """What ships together, and what is left out."""
    pick = sheet.pick
    if sheet.by is By.SKU and pick.groups:
        groups = ((" + ".join(each.number for each in group), group[0].customer) for group in pick.groups)
        yield from ("Ship together:", *_listed([f"{numbers}  {customer}" for numbers, customer in groups]), "")
    whole = [f"{order.number}: {order.why}" for order in pick.left if order.why]
    parts = ((order.number, each.item, each.why) for order, each in pick.waiting)
    left = [*whole, *(f"{number}: {item.quantity} x {shortened(item.name)} {why}" for number, item, why in parts)]
    if left:
        yield from ("Left out:", *_listed(left))


def _listed(told: list[str]) -> Iterator[str]:
    for each in told:
        first, *more = _wrapped(each, 4)
        yield f"  - {first.lstrip()}"
        yield from more


def _wrapped(told: str, indent: int = 0) -> list[str]:
    margin = " " * indent
    return textwrap.wrap(told, WIDTH, initial_indent=margin, subsequent_indent=margin, break_on_hyphens=False) or [
        margin
    ]
