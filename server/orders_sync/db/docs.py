"""What is known of each order: its evidence and what operators decided, locked and stored whole.

Invariant: whoever changes an order holds the lock on its document, so that no two processes merge into the same version of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Row, Select, bindparam, delete, select

from orders_sync.db.tables import order_docs, orders
from orders_sync.db.tx import Tx
from orders_sync.db.upsert import insert_if_missing, insert_or_replace
from orders_sync.ingest.facts import OrderFacts, dump, load
from orders_sync.instants import Ms
from orders_sync.rules.operator_state import OperatorState

_BATCH = 500
_EMPTY = dump(OrderFacts())


@dataclass(frozen=True, slots=True)
class Doc:
    """A document as stored. `version`, `card`, `alert_types` come from the order's row: 0 and empty where it has none."""

    order_id: int
    facts: bytes
    operator: bytes | None
    stub_since: Ms | None
    version: int
    card: bytes
    alert_types: str

    def read_facts(self) -> OrderFacts:
        return load(self.facts)

    def read_operator(self) -> OperatorState:
        return OperatorState() if self.operator is None else OperatorState.model_validate_json(self.operator)


@dataclass(frozen=True, slots=True)
class Draft:
    """A document to store. `stub_since`: since when it waits for the order's body, null when it does not."""

    order_id: int
    facts: OrderFacts
    operator: OperatorState
    stub_since: Ms | None = None


def lock(tx: Tx, order_ids: Iterable[int], *, create: bool) -> dict[int, Doc]:
    """The documents, locked in the order of their ids until the transaction ends; `create` makes those that are missing."""
    wanted = sorted(set(order_ids))
    found: dict[int, Doc] = {}
    for start in range(0, len(wanted), _BATCH):
        batch = wanted[start : start + _BATCH]
        if create:
            rows = [{"shop_id": tx.shop_id, "order_id": order_id, "facts": _EMPTY} for order_id in batch]
            tx.conn.execute(insert_if_missing(tx.conn, order_docs), rows)
        found |= _locked(tx, batch)
    return found


def hold(conn: Connection, shop_id: int, order_ids: Iterable[int]) -> None:
    """Locks the documents that there are, in the order of their ids, for what is locked again, one by one, later."""
    wanted = sorted(set(order_ids))
    if not wanted or conn.dialect.name == "sqlite":
        return
    given = order_docs.c.order_id.in_(bindparam("ids", expanding=True))
    query = select(order_docs.c.order_id).where(order_docs.c.shop_id == shop_id, given)
    conn.execute(query.order_by(order_docs.c.order_id).with_for_update(), {"ids": wanted})


def read(conn: Connection, shop_id: int, order_id: int) -> Doc | None:
    """One document, without a lock: for a page that shows it."""
    return read_many(conn, shop_id, [order_id]).get(order_id)


def read_many(conn: Connection, shop_id: int, order_ids: Sequence[int]) -> dict[int, Doc]:
    """The documents of these orders, without a lock; those that are missing are missing."""
    query = _query(shop_id, order_ids).order_by(order_docs.c.order_id)
    return _with_rows(conn, shop_id, conn.execute(query).all())


def save(tx: Tx, drafts: Sequence[Draft]) -> None:
    """Stores the documents whole."""
    rows = [
        {
            "shop_id": tx.shop_id,
            "order_id": draft.order_id,
            "facts": dump(draft.facts),
            "operator": _operator(draft.operator),
            "stub_since": draft.stub_since,
        }
        for draft in drafts
    ]
    if rows:
        tx.conn.execute(insert_or_replace(tx.conn, order_docs), rows)


def drop_empty(tx: Tx, order_ids: Iterable[int]) -> None:
    """Takes back documents that were made to be locked and of which nothing is known."""
    wanted = list(order_ids)
    if wanted:
        mine = (order_docs.c.shop_id == tx.shop_id) & order_docs.c.order_id.in_(wanted)
        tx.conn.execute(delete(order_docs).where(mine, order_docs.c.facts == _EMPTY, order_docs.c.operator.is_(None)))


def stubs(conn: Connection, shop_id: int, limit: int = 250) -> list[int]:
    """Orders whose body has not come yet, longest first: to be read by id."""
    query = (
        select(order_docs.c.order_id)
        .where(order_docs.c.shop_id == shop_id, order_docs.c.stub_since.is_not(None))
        .order_by(order_docs.c.stub_since, order_docs.c.order_id)
        .limit(limit)
    )
    return list(conn.execute(query).scalars())


def ids(conn: Connection, shop_id: int, batch: int = _BATCH) -> Iterator[Sequence[int]]:
    """Every order that has a document, in batches: for what has to derive them all again."""
    found = following(conn, shop_id, -1, batch)
    while found:
        yield found
        found = following(conn, shop_id, found[-1], batch)


def following(conn: Connection, shop_id: int, last: int, limit: int) -> list[int]:
    """The first orders after this id that have a document."""
    query = (
        select(order_docs.c.order_id)
        .where(order_docs.c.shop_id == shop_id, order_docs.c.order_id > last)
        .order_by(order_docs.c.order_id)
        .limit(limit)
    )
    return list(conn.execute(query).scalars())


def _locked(tx: Tx, order_ids: Sequence[int]) -> dict[int, Doc]:
    """The order's row is read after its document is locked, in a statement of its own: PostgreSQL gives whoever waited for a
    lock the new version of the locked row alone, and the old one of whatever is joined to it."""
    query = _query(tx.shop_id, order_ids).order_by(order_docs.c.order_id).with_for_update()
    return _with_rows(tx.conn, tx.shop_id, tx.conn.execute(query).all())


def _query(shop_id: int, order_ids: Sequence[int]) -> Select[int, bytes, bytes | None, int | None]:
    columns = (order_docs.c.order_id, order_docs.c.facts, order_docs.c.operator, order_docs.c.stub_since)
    return select(*columns).where(order_docs.c.shop_id == shop_id, order_docs.c.order_id.in_(order_ids))


def _with_rows(
    conn: Connection, shop_id: int, stored: Sequence[Row[int, bytes, bytes | None, int | None]]
) -> dict[int, Doc]:
    query = select(orders.c.id, orders.c.version, orders.c.card, orders.c.alert_types).where(
        orders.c.shop_id == shop_id, orders.c.id.in_([row.order_id for row in stored])
    )
    shown = {row.id: (row.version, bytes(row.card), row.alert_types) for row in conn.execute(query)} if stored else {}
    found = {}
    for order_id, facts, operator, stub_since in stored:
        version, card, alert_types = shown.get(order_id, (0, b"", ""))
        found[order_id] = Doc(
            order_id=order_id,
            facts=bytes(facts),
            operator=None if operator is None else bytes(operator),
            stub_since=None if stub_since is None else Ms(stub_since),
            version=version,
            card=card,
            alert_types=alert_types,
        )
    return found


def _operator(state: OperatorState) -> bytes | None:
    return None if state == _UNTOUCHED else state.model_dump_json(exclude_defaults=True).encode()


_UNTOUCHED = OperatorState()
