"""`q`: words over order numbers, e-mails, SKUs, tracking numbers and customers' names (contract §1). Every word must match.

A word with `#` is the start of an order number; any other the start of a number without its `#`, of a run of digits in it, of
an e-mail, a SKU or a tracking number, or any part of a customer's name. All of these are ranges of indexes. Words are folded as
what they are compared with is (`orders_wire.texts`).

"Any part of a name" is a range of the suffixes of customers' names. Invariant: a name has its suffixes in `name_suffixes`
exactly while some order bears it. The row of the whole name stands for all of them: whoever adds or drops a name locks that row
first.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import Enum

from sqlalchemy import Column, ColumnElement, Select, bindparam, delete, exists, func, or_, select

from orders_sync.db.among import among
from orders_sync.db.bulk import insert_if_missing, insert_or_replace
from orders_sync.db.statement import Statement
from orders_sync.db.tables import name_suffixes, order_terms, orders
from orders_sync.db.tabs import SHOP
from orders_sync.db.texts import LAST, searched
from orders_sync.db.tx import Tx

NUMBER = "number"
"""The kind of term that holds an order's name without its leading `#`."""

_HASHES = ("#", "\uff03", "\ufe5f")
"""`#`, and what folds to it."""

_LITERAL = re.compile(r"[%_\\]")


class WordKind(Enum):
    """`HASHED`: a number that starts with `#`; `INNER_HASH`: one that has it elsewhere; `LONG`: over a suffix's length."""

    HASHED = 1
    INNER_HASH = 2
    PLAIN = 3
    LONG = 4

    @property
    def has_hash(self) -> bool:
        return self in (WordKind.HASHED, WordKind.INNER_HASH)


def kind_of(word: str) -> WordKind:
    if word.startswith("#"):
        return WordKind.HASHED
    if "#" in word:
        return WordKind.INNER_HASH
    return WordKind.LONG if len(searched(word)) > SUFFIX else WordKind.PLAIN


def parameters(place: int, word: str) -> dict[str, object]:
    """What the condition of the word at this place is bound to."""
    start = searched(word.removeprefix("#") if kind_of(word) is WordKind.HASHED else word)
    return {
        f"word_{place}": start,
        f"word_{place}_end": start + LAST,
        f"part_{place}": start[:SUFFIX],
        f"part_{place}_end": start[:SUFFIX] + LAST,
        f"like_{place}": "%" + _LITERAL.sub(r"\\\g<0>", start) + "%",
    }


def by_index(place: int, kind: WordKind) -> list[ColumnElement[bool]]:
    """The word's condition, to be answered from the indexes: costs what the word matches."""
    term = _term(place, kind)
    ids = select(order_terms.c.order_id).where(order_terms.c.shop_id == SHOP, term)
    if kind.has_hash:
        return [orders.c.id.in_(ids), _hash_first(kind)]
    named = orders.alias(f"named_{place}")
    bearers = select(named.c.id).where(named.c.shop_id == SHOP, named.c.customer_folded.in_(_names(place, kind)))
    return [orders.c.id.in_(ids.union(bearers))]


def by_row(place: int, kind: WordKind) -> list[ColumnElement[bool]]:
    """The word's condition, to be asked of each row: for a tab that is small whatever the word matches."""
    of_row = (order_terms.c.shop_id == SHOP, order_terms.c.order_id == orders.c.id)
    has_term = exists().where(*of_row, _term(place, kind))
    if kind.has_hash:
        return [has_term, _hash_first(kind)]
    return [or_(has_term, _contains(orders.c.customer_folded, place))]


def _term(place: int, kind: WordKind) -> ColumnElement[bool]:
    starts = (order_terms.c.term >= bindparam(f"word_{place}")) & (order_terms.c.term < bindparam(f"word_{place}_end"))
    return starts & (order_terms.c.kind == NUMBER) if kind.has_hash else starts


def _hash_first(kind: WordKind) -> ColumnElement[bool]:
    first = or_(*(orders.c.name.startswith(sign) for sign in _HASHES))
    return first if kind is WordKind.HASHED else ~first


def _names(place: int, kind: WordKind) -> Select[tuple[str]]:
    s = name_suffixes.c
    starts = (s.suffix >= bindparam(f"part_{place}")) & (s.suffix < bindparam(f"part_{place}_end"))
    names = select(s.name).where(s.shop_id == SHOP, starts)
    return names.where(_contains(s.name, place)) if kind is WordKind.LONG else names


def _contains(column: Column[str], place: int) -> ColumnElement[bool]:
    return column.like(bindparam(f"like_{place}"), escape="\\")


SUFFIX = 48
"""Characters of a suffix that are indexed; a longer word is checked against the name itself."""


def suffixes(name: str) -> set[str]:
    """Every place in a name at which a word may start to match: words hold no blanks."""
    return {name[start : start + SUFFIX] for start in range(len(name)) if not name[start].isspace()}


def learn(tx: Tx, folded_names: Iterable[str | None]) -> None:
    """Adds the names that orders now bear, case-folded."""
    wanted = {name: suffixes(name) for name in sorted({name for name in folded_names if name})}
    if not wanted:
        return
    _HOLD.run_many(tx.conn, [_row(tx, name, name[:SUFFIX]) for name in wanted])
    present: dict[str, int] = dict(_COUNT.rows(tx.conn, {"shop_id": tx.shop_id, "ids": list(wanted)}))
    missing = [name for name, all_of_it in wanted.items() if present.get(name, 0) < len(all_of_it)]
    _ADD.run_many(tx.conn, [_row(tx, name, suffix) for name in missing for suffix in sorted(wanted[name])])


def forget(tx: Tx, folded_names: Iterable[str | None]) -> None:
    """Drops those of the names that no order bears any more."""
    for name in sorted({name for name in folded_names if name}):
        values = {"shop_id": tx.shop_id, "name": name, "suffix": name[:SUFFIX]}
        _LOCK.run(tx.conn, values)
        _DROP.run(tx.conn, values)


def _row(tx: Tx, name: str, suffix: str) -> dict[str, object]:
    return {"shop_id": tx.shop_id, "suffix": suffix, "name": name}


_HOLD = Statement(lambda conn: insert_or_replace(conn, name_suffixes, ["name"]))
_ADD = Statement(lambda conn: insert_if_missing(conn, name_suffixes))
_s = name_suffixes.c
_NAME = (_s.shop_id == SHOP, _s.name == bindparam("name"))
_BORNE = exists().where(orders.c.shop_id == SHOP, orders.c.customer_folded == bindparam("name"))
_COUNT = Statement(
    lambda conn: select(_s.name, func.count()).where(_s.shop_id == SHOP, among(conn, _s.name)).group_by(_s.name)
)
_LOCK = Statement(select(_s.name).where(*_NAME, _s.suffix == bindparam("suffix")).with_for_update())
_DROP = Statement(delete(name_suffixes).where(*_NAME, ~_BORNE))
