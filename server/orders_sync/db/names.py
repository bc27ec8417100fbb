"""The suffixes of customers' names, so that "any part of a name" is a range of an index (contract §1, `q`).

Invariant: a name has its suffixes here exactly while some order bears it. The row of the whole name stands for all of them:
whoever adds or drops a name locks that row first.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import delete, exists, func, select

from orders_sync.db.many import Many
from orders_sync.db.tables import name_suffixes, orders
from orders_sync.db.tx import Tx
from orders_sync.db.upsert import insert_if_missing, insert_or_replace

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
    _HOLD.run(tx.conn, [_row(tx, name, name[:SUFFIX]) for name in wanted])
    counted = select(name_suffixes.c.name, func.count()).where(
        name_suffixes.c.shop_id == tx.shop_id, name_suffixes.c.name.in_(wanted)
    )
    present = {row[0]: row[1] for row in tx.conn.execute(counted.group_by(name_suffixes.c.name))}
    missing = [name for name, all_of_it in wanted.items() if present.get(name, 0) < len(all_of_it)]
    _ADD.run(tx.conn, [_row(tx, name, suffix) for name in missing for suffix in sorted(wanted[name])])


def forget(tx: Tx, folded_names: Iterable[str | None]) -> None:
    """Drops those of the names that no order bears any more."""
    for name in sorted({name for name in folded_names if name}):
        mine = (name_suffixes.c.shop_id == tx.shop_id) & (name_suffixes.c.name == name)
        tx.conn.execute(
            select(name_suffixes.c.name).where(mine, name_suffixes.c.suffix == name[:SUFFIX]).with_for_update()
        )
        borne = exists().where(orders.c.shop_id == tx.shop_id, orders.c.customer_folded == name)
        tx.conn.execute(delete(name_suffixes).where(mine, ~borne))


def _row(tx: Tx, name: str, suffix: str) -> dict[str, object]:
    return {"shop_id": tx.shop_id, "suffix": suffix, "name": name}


_HOLD = Many(lambda conn: insert_or_replace(conn, name_suffixes, ["name"]))
_ADD = Many(lambda conn: insert_if_missing(conn, name_suffixes))
