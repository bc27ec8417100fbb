"""What is known of each order: its evidence and what operators decided, locked and stored whole.

Invariant: whoever changes an order holds the lock on its document, so that no two processes merge into the same version of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Row, Select, delete, select

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

    @property
    def empty(self) -> bool:
        """Made only to be locked: nothing is known yet."""
        return self.facts == _EMPTY and self.operator is None


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
        query = _query(tx.shop_id).where(order_docs.c.order_id.in_(batch)).order_by(order_docs.c.order_id)
        found |= {row.order_id: _doc(row) for row in tx.conn.execute(query.with_for_update(of=order_docs))}
    return found


def read(conn: Connection, shop_id: int, order_id: int) -> Doc | None:
    """One document, without a lock: for a page that shows it."""
    row = conn.execute(_query(shop_id).where(order_docs.c.order_id == order_id)).one_or_none()
    return None if row is None else _doc(row)


def read_many(conn: Connection, shop_id: int, order_ids: Sequence[int]) -> dict[int, Doc]:
    """The documents of these orders, without a lock; those that are missing are missing."""
    query = _query(shop_id).where(order_docs.c.order_id.in_(order_ids)).order_by(order_docs.c.order_id)
    return {row.order_id: _doc(row) for row in conn.execute(query)}


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


def _query(shop_id: int) -> Select[tuple[int, bytes, bytes | None, int | None, int | None, bytes | None, str | None]]:
    both = order_docs.outerjoin(
        orders, (orders.c.shop_id == order_docs.c.shop_id) & (orders.c.id == order_docs.c.order_id)
    )
    columns = (
        order_docs.c.order_id,
        order_docs.c.facts,
        order_docs.c.operator,
        order_docs.c.stub_since,
        orders.c.version,
        orders.c.card,
        orders.c.alert_types,
    )
    return select(*columns).select_from(both).where(order_docs.c.shop_id == shop_id)


def _doc(row: Row[tuple[int, bytes, bytes | None, int | None, int | None, bytes | None, str | None]]) -> Doc:
    order_id, facts, operator, stub_since, version, card, alert_types = row
    return Doc(
        order_id=order_id,
        facts=bytes(facts),
        operator=None if operator is None else bytes(operator),
        stub_since=None if stub_since is None else Ms(stub_since),
        version=version or 0,
        card=b"" if card is None else bytes(card),
        alert_types=alert_types or "",
    )


def _operator(state: OperatorState) -> bytes | None:
    return None if state == _UNTOUCHED else state.model_dump_json(exclude_defaults=True).encode()


_UNTOUCHED = OperatorState()

Docs = Mapping[int, Doc]
