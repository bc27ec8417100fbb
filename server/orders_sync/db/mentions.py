"""Who was named in which note, and whether they have read it: contract §3a, Mentions. Of the note itself nothing stands here.

Invariant: a note has one row for each person whom it ever named, made in the transaction that told them; so nobody is told of a
note twice. `named` is false while the note does not name them, or is gone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, insert, select, update

from orders_sync.db.among import among
from orders_sync.db.bulk import batches, older
from orders_sync.db.statement import Statement
from orders_sync.db.tables import UNREAD_MENTION, mentions, orders
from orders_sync.db.tx import Tx
from orders_sync.instants import Ms

_m = mentions.c


class Addressed(NamedTuple):
    """A note names somebody, or named them. `addressee` is a folded name."""

    note_id: str
    addressee: str


class MentionRow(NamedTuple):
    """A mention as it is listed. `order_number`: the order's name; `at`: when its addressee was told."""

    mention_id: int
    order_id: int
    order_number: str
    note_id: str
    at: Ms


def of_notes(tx: Tx, note_ids: Iterable[str]) -> set[Addressed]:
    """Everybody whom these notes name, or named."""
    query = select(_m.note_id, _m.addressee).where(_m.shop_id == tx.shop_id)
    mine = query.where(_m.note_id.in_(bindparam("ids", expanding=True)))
    return {Addressed(*row) for batch in batches(note_ids) for row in tx.conn.execute(mine, {"ids": batch})}


def add(tx: Tx, new: Sequence[tuple[int, Addressed]]) -> None:
    """They are named from now on, and were never before. Each with the order that the note is on."""
    same = {"shop_id": tx.shop_id, "named": True, "at": tx.now}
    _ADD.run_many(tx.conn, [{**same, "order_id": order_id, **each._asdict()} for order_id, each in new])


def set_named(tx: Tx, known: Sequence[Addressed], *, named: bool) -> None:
    """The notes name them, or do not any more."""
    rows = [{"of_shop": tx.shop_id, "of_note": of, "of_person": person, "now": named} for of, person in known]
    _SET.run_many(tx.conn, rows)


def listed(conn: Connection, shop_id: int, addressee: str, *, unread: bool, limit: int) -> list[MentionRow]:
    """Somebody's mentions on orders that are there, newest first; `unread`: only those."""
    same_order = (orders.c.shop_id == _m.shop_id) & (orders.c.id == _m.order_id)
    query = select(_m.mention_id, _m.order_id, orders.c.name, _m.note_id, _m.at).join_from(mentions, orders, same_order)
    mine = query.where(_m.shop_id == shop_id, _m.addressee == addressee, UNREAD_MENTION if unread else _m.named)
    return [MentionRow(*row) for row in conn.execute(mine.order_by(_m.mention_id.desc()).limit(limit))]


def read(tx: Tx, addressee: str, mention_ids: Collection[int]) -> int:
    """Somebody has read these of their own; returns how many they had not read before."""
    mine = (_m.shop_id == tx.shop_id, _m.addressee == addressee, _m.read_at.is_(None))
    statement = update(mentions).where(*mine, among(tx.conn, _m.mention_id)).values(read_at=tx.now)
    return tx.conn.execute(statement, {"ids": list(mention_ids)}).rowcount


prune = older(_m.at)

_ADD = Statement(lambda _: insert(mentions))
_OF = (
    _m.shop_id == bindparam("of_shop"),
    _m.note_id == bindparam("of_note"),
    _m.addressee == bindparam("of_person"),
)
_SET = Statement(lambda _: update(mentions).where(*_OF).values(named=bindparam("now")))
