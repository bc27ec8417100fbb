"""Ways to read fields that many types share."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from orders_demo.admin.connections import Key, Page, Style, by_id, page
from orders_demo.world.ids import gid
from orders_demo.world.money import Tender
from orders_demo.world.orders import Order

Resolver = Callable[..., Any]
Fields = dict[str, dict[str, Resolver]]
Cash = tuple[int, Tender]
"""Minor units and the currencies to show them in: what a MoneyBag is read from."""


def read(get: Callable[[Any], Any]) -> Resolver:
    """A field without arguments, or one whose arguments make no difference here."""
    return lambda source, _info, **_args: get(source)


def fixed(value: Any) -> Resolver:
    """A field that is the same everywhere in this shop."""
    return lambda _source, _info, **_args: value


def identity(kind: str) -> dict[str, Resolver]:
    """`id` and `legacyResourceId` of a kind of record."""
    return {"id": read(lambda source: gid(kind, source.id)), "legacyResourceId": read(lambda source: source.id)}


def money(amount: Callable[[Any], int]) -> Resolver:
    """A MoneyBag of something that belongs to an order."""
    return lambda source, _info, **_args: (amount(source), source.order.tender)


def order_money(amount: Callable[[Order], int]) -> Resolver:
    """A MoneyBag of an order itself."""
    return lambda source, _info, **_args: (amount(source), source.tender)


def first_of(get: Callable[[Any], Sequence[Any]]) -> Resolver:
    """A plain list with `first`."""

    def resolve(source: Any, _info: Any, first: int | None = None, **_args: Any) -> Sequence[Any]:
        return get(source) if first is None else get(source)[:first]

    return resolve


def window(args: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments that say which page of a connection is wanted."""
    return {name: args.get(name) for name in ("first", "after", "last", "before")} | {
        "reverse": args.get("reverse", False)
    }


def connection(
    get: Callable[[Any], Sequence[Any]], key: Callable[[Any], Key] | None = None, style: Style = "number"
) -> Resolver:
    """A connection, sorted by id, or by a key of its own."""

    def resolve(source: Any, _info: Any, **args: Any) -> Page[Any]:
        items = sorted(get(source), key=key or _number)
        keys = [key(item) for item in items] if key else by_id(items)
        return page(items, keys, **window(args), style=style)

    return resolve


def _number(item: Any) -> int:
    number: int = item.id
    return number
