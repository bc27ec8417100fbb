"""What is known of each order: its evidence and what operators decided, locked and stored whole.

Invariant: whoever changes an order holds the lock on its document, so that no two processes merge into the same version of it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

import orjson
from sqlalchemy import ColumnElement, Connection, Row, Select, bindparam, delete, func, literal, select, update

from orders_sync.db.among import among
from orders_sync.db.bulk import batches, insert_if_missing, insert_or_replace
from orders_sync.db.order_rows import Row as OrderRow
from orders_sync.db.statement import Statement, pipelined
from orders_sync.db.tables import order_docs, orders
from orders_sync.db.tabs import SHOP
from orders_sync.db.tx import Tx
from orders_sync.evidence.facts import OrderFacts, dump, load
from orders_sync.instants import Ms
from orders_sync.lazy import lazy
from orders_sync.rules.operator_state import Note, OperatorState

_d, _o = order_docs.c, orders.c
_BATCH = 500
_EMPTY = dump(OrderFacts())


@dataclass(frozen=True)
class Known:
    """An order as it is stored; its documents are read when they are asked for.

    `version`, `card`, `alert_types` and `wake_at` come from the order's row. Where it has none, `version` is 0 and the others
    are empty: it is in no list (new, a stub, or deleted). `row`: the whole of it, of an order that is locked.
    """

    order_id: int
    stored_facts: bytes
    stored_operator: bytes | None
    stub_since: Ms | None
    version: int
    card: bytes
    alert_types: str
    wake_at: Ms | None
    row: OrderRow | None = None

    @property
    def is_new(self) -> bool:
        """Nothing at all was stored of it before."""
        return self.stored_facts == _EMPTY and self.stored_operator is None and self.version == 0

    @lazy
    def facts(self) -> OrderFacts:
        """The evidence."""
        return load(self.stored_facts)

    @lazy
    def operator(self) -> OperatorState:
        """What operators decided."""
        return _UNTOUCHED if self.stored_operator is None else OperatorState.model_validate_json(self.stored_operator)


@dataclass(frozen=True, slots=True)
class Draft:
    """A document to store. `facts` None: they stay. `stub_since`: since when it waits for the order's body, None: it does not."""

    order_id: int
    facts: OrderFacts | None
    operator: OperatorState
    stub_since: Ms | None = None


def lock(tx: Tx, order_ids: Iterable[int], *, create: bool) -> dict[int, Known]:
    """The documents, locked in the order of their ids until the transaction ends; `create` makes those that are missing."""
    found: dict[int, Known] = {}
    for batch in batches(order_ids, _BATCH):
        found |= _locked(tx, batch)
        missing = [order_id for order_id in batch if order_id not in found]
        if create and missing:
            found |= _made(tx, missing)
    return found


def hold(conn: Connection, shop_id: int, order_ids: Iterable[int]) -> None:
    """Locks the documents that there are, in the order of their ids, for what is locked again, one by one, later."""
    wanted = sorted(set(order_ids))
    if not wanted or conn.dialect.name == "sqlite":
        return
    query = select(_d.order_id).where(_d.shop_id == shop_id, among(conn, _d.order_id))
    conn.execute(query.order_by(_d.order_id).with_for_update(), {"ids": wanted})


def read(conn: Connection, shop_id: int, order_id: int) -> Known | None:
    """One document, without a lock: for a page that shows it."""
    return read_many(conn, shop_id, [order_id]).get(order_id)


def read_many(conn: Connection, shop_id: int, order_ids: Sequence[int]) -> dict[int, Known]:
    """The documents of these orders, without a lock; those that are missing are missing."""
    query = _query(conn, shop_id).order_by(_d.order_id)
    return _with_rows(conn, shop_id, conn.execute(query, {"ids": list(order_ids)}).all())


def notes(conn: Connection, shop_id: int, order_ids: Collection[int]) -> dict[str, Note]:
    """The notes of the desk's own on these orders, by their ids."""
    query = select(_d.operator).where(_d.shop_id == shop_id, _d.operator.is_not(None), among(conn, _d.order_id))
    found: dict[str, Note] = {}
    for stored in conn.scalars(query, {"ids": sorted(order_ids)}):
        written = orjson.loads(stored or b"{}").get("notes", {})
        found |= {of: Note.model_validate(note) for of, note in written.items()}
    return found


def save(tx: Tx, drafts: Sequence[Draft]) -> None:
    """Stores what the documents hold now, and of those whose facts stay, the rest."""
    whole = [
        {"shop_id": tx.shop_id, "order_id": draft.order_id, "facts": dump(draft.facts), **_decided(draft)}
        for draft in drafts
        if draft.facts is not None
    ]
    _SAVE.run_many(tx.conn, whole)
    rest = [{"of_shop": tx.shop_id, "of": draft.order_id, **_decided(draft)} for draft in drafts if draft.facts is None]
    _DECIDE.run_many(tx.conn, rest)


def drop_empty(tx: Tx, order_ids: Iterable[int]) -> None:
    """Takes back documents that were made to be locked and of which nothing is known."""
    wanted = list(order_ids)
    if wanted and tx.conn.dialect.name != "sqlite":
        _DROP_EMPTY.run(tx.conn, {"shop_id": tx.shop_id, "ids": wanted, "facts": _EMPTY})


def stubs(conn: Connection, shop_id: int, limit: int = 250) -> list[int]:
    """Orders whose body has not come yet, longest first: to be read by id."""
    query = select(_d.order_id).where(_d.shop_id == shop_id, _d.stub_since.is_not(None))
    return list(conn.scalars(query.order_by(_d.stub_since, _d.order_id).limit(limit)))


def ids(conn: Connection, shop_id: int, batch: int = _BATCH) -> Iterator[Sequence[int]]:
    """Every order that has a document, in batches: for what has to derive them all again."""
    found = following(conn, shop_id, -1, batch)
    while found:
        yield found
        found = following(conn, shop_id, found[-1], batch)


def following(conn: Connection, shop_id: int, last: int, limit: int) -> list[int]:
    """The first orders after this id that have a document."""
    query = select(_d.order_id).where(_d.shop_id == shop_id, _d.order_id > last)
    return list(conn.scalars(query.order_by(_d.order_id).limit(limit)))


def without_field(conn: Connection, shop_id: int, last: int, limit: int, field: str) -> list[int]:
    """The first orders after this id whose card lacks a field. Reads every card up to there."""
    name = literal(f'"{field}":'.encode())
    there = func.instr(_o.card, name) if conn.dialect.name == "sqlite" else func.position(name.op("IN")(_o.card))
    query = select(_o.id).where(_o.shop_id == shop_id, _o.id > last, there == 0)
    return list(conn.scalars(query.order_by(_o.id).limit(limit)))


def _locked(tx: Tx, order_ids: Sequence[int]) -> dict[int, Known]:
    """The order's row is read after its document is locked, in a statement of its own: PostgreSQL gives whoever waited for a
    lock the new version of the locked row alone, and the old one of whatever is joined to it."""
    values = {"shop_id": tx.shop_id, "ids": order_ids}
    with pipelined(tx.conn):
        documents, rows = _LOCK.send(tx.conn, values), _ROWS.send(tx.conn, values)
    of_order = {row[_ID]: dict(zip(_COLUMNS, row, strict=True)) for row in rows()}
    return {
        order_id: _known(order_id, facts, operator, stub_since, of_order.get(order_id))
        for order_id, facts, operator, stub_since in documents()
    }


def _made(tx: Tx, missing: Sequence[int]) -> dict[int, Known]:
    """Documents of orders of which nothing is known. PostgreSQL locks only what is there; SQLite's writer is alone anyway."""
    if tx.conn.dialect.name == "sqlite":
        return {order_id: _known(order_id, _EMPTY, None, None, None) for order_id in missing}
    rows = [{"shop_id": tx.shop_id, "order_id": order_id, "facts": _EMPTY} for order_id in missing]
    made = {order_id: _known(order_id, _EMPTY, None, None, None) for (order_id,) in _MAKE.rows_many(tx.conn, rows)}
    return made if len(made) == len(missing) else made | _locked(tx, [of for of in missing if of not in made])


def _known(order_id: int, facts: bytes, operator: bytes | None, stub_since: int | None, row: OrderRow | None) -> Known:
    since = None if stub_since is None else Ms(stub_since)
    if row is None:
        return Known(order_id, facts, operator, since, 0, b"", "", None)
    wake_at = None if row["wake_at"] is None else Ms(row["wake_at"])
    return Known(order_id, facts, operator, since, row["version"], row["card"], row["alert_types"], wake_at, row)


def _query(conn: Connection, shop_id: int) -> Select[int, bytes, bytes | None, int | None]:
    mine = (_d.shop_id == shop_id, among(conn, _d.order_id))
    return select(_d.order_id, _d.facts, _d.operator, _d.stub_since).where(*mine)


def _with_rows(
    conn: Connection, shop_id: int, stored: Sequence[Row[int, bytes, bytes | None, int | None]]
) -> dict[int, Known]:
    row = orders.c
    query = select(row.id, row.version, row.card, row.alert_types, row.wake_at)
    mine = query.where(row.shop_id == shop_id, among(conn, row.id))
    ids = {"ids": [each.order_id for each in stored]}
    shown = {order_id: of_row for order_id, *of_row in conn.execute(mine, ids)} if stored else {}
    found = {}
    for order_id, facts, operator, stub_since in stored:
        version, card, alert_types, wake_at = shown.get(order_id, (0, b"", "", None))
        since, wakes = (None if at is None else Ms(at) for at in (stub_since, wake_at))
        found[order_id] = Known(order_id, facts, operator, since, version, card, alert_types, wakes)
    return found


def _decided(draft: Draft) -> dict[str, object]:
    operator = draft.operator.model_dump_json(exclude_defaults=True)
    return {"operator": None if operator == "{}" else operator.encode(), "stub_since": draft.stub_since}


_UNTOUCHED = OperatorState()
_COLUMNS = tuple(_o.keys())
_ID = _COLUMNS.index("id")
_OF = (_d.shop_id == bindparam("of_shop"), _d.order_id == bindparam("of"))
_MAKE = Statement(lambda conn: insert_if_missing(conn, order_docs).returning(_d.order_id))
_SAVE = Statement(lambda conn: insert_or_replace(conn, order_docs))
_DECIDE = Statement(lambda _: update(order_docs).where(*_OF))


def _mine(conn: Connection) -> tuple[ColumnElement[bool], ...]:
    return (_d.shop_id == SHOP, among(conn, _d.order_id))


_LOCK = Statement(
    lambda conn: (
        select(_d.order_id, _d.facts, _d.operator, _d.stub_since)
        .where(*_mine(conn))
        .order_by(_d.order_id)
        .with_for_update()
    )
)
_ROWS = Statement(lambda conn: select(orders).where(_o.shop_id == SHOP, among(conn, _o.id)))
_DROP_EMPTY = Statement(
    lambda conn: delete(order_docs).where(*_mine(conn), _d.facts == bindparam("facts"), _d.operator.is_(None))
)
