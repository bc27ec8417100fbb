"""Which order an id means, in any of its spellings: contract §1, order id.

A GID; a `#name`; or a bare number, which is Shopify's id, or, if no order has that id, a name with or without `#`.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, select

from orders_sync.db.among import among
from orders_sync.db.statement import Statement
from orders_sync.db.tables import orders
from orders_sync.db.tabs import SHOP
from orders_sync.db.texts import key
from orders_wire.texts import trimmed

_GID = "gid://shopify/Order/"
_MAX_ID = 2**63 - 1


def find(conn: Connection, shop_id: int, spellings: Collection[str]) -> dict[str, tuple[int, ...]]:
    """The orders that each spelling means: none, one, or, where a name is ambiguous, several, lowest id first."""
    ids = {spelling: number(spelling) for spelling in spellings}
    known = _existing(conn, shop_id, {order_id for order_id in ids.values() if order_id is not None})
    found: dict[str, tuple[int, ...]] = {
        spelling: (order_id,) for spelling, order_id in ids.items() if order_id is not None and order_id in known
    }
    unknown = [spelling for spelling in spellings if spelling not in found and not _bare(spelling).startswith(_GID)]
    named = _named(conn, shop_id, {name for spelling in unknown for name in _names(spelling)})
    for spelling in unknown:
        found[spelling] = _of_name(spelling, named)
    return {spelling: found.get(spelling, ()) for spelling in spellings}


def of_gid(spelling: str) -> int | None:
    """The order that a GID means, whether there is one or not; None for any other spelling, which may be a name."""
    return number(spelling) if _bare(spelling).startswith(_GID) else None


def _bare(spelling: str) -> str:
    """Without white space around it, of any kind."""
    return trimmed(spelling) or ""


def number(spelling: str) -> int | None:
    """Shopify's id, where the spelling may be one: a GID or a number."""
    digits = _bare(spelling).removeprefix(_GID)
    if not (digits.isascii() and digits.isdigit()) or len(digits) > 19:
        return None
    number = int(digits)
    return number if 0 < number <= _MAX_ID else None


def _names(spelling: str) -> tuple[str, str]:
    """With `#` and without."""
    bare = key(_bare(spelling).removeprefix("#"))
    return f"#{bare}", bare


def _of_name(spelling: str, named: dict[str, list[int]]) -> tuple[int, ...]:
    """A `#name` is taken as it is where an order has it; anything else may mean either form."""
    hashed, bare = (named.get(name, []) for name in _names(spelling))
    return tuple(sorted(hashed if hashed and _bare(spelling).startswith("#") else [*hashed, *bare]))


def _existing(conn: Connection, shop_id: int, order_ids: Collection[int]) -> set[int]:
    rows = _IDS.rows(conn, {"shop_id": shop_id, "ids": sorted(order_ids)}) if order_ids else ()
    return {order_id for (order_id,) in rows}


def _named(conn: Connection, shop_id: int, names: Collection[str]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for name, order_id in _NAMES.rows(conn, {"shop_id": shop_id, "ids": sorted(names)}) if names else ():
        found.setdefault(name, []).append(order_id)
    return found


_o = orders.c
_IDS = Statement(lambda conn: select(_o.id).where(_o.shop_id == SHOP, among(conn, _o.id)))
_NAMES = Statement(lambda conn: select(_o.name, _o.id).where(_o.shop_id == SHOP, among(conn, _o.name)))
