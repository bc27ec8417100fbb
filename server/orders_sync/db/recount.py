"""Counts and lists made again from the rows they stand for: what `verify` compares with what is kept."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, exists, func, literal, select

from orders_sync.db import allotment, backlog, counters, marks, order_documents
from orders_sync.db.bulk import batches
from orders_sync.db.counters import BLOCK, Count, Counted, Tally
from orders_sync.db.order_rows import PARTS, Row
from orders_sync.db.outbox import WAITING
from orders_sync.db.search import suffixes
from orders_sync.db.tables import (
    GAP_ORDER,
    alerts,
    day_counters,
    mentions,
    name_suffixes,
    order_docs,
    order_marks,
    orders,
    outbox,
    owed_units,
    short_units,
    stock,
)
from orders_sync.instants import DAY
from orders_wire.vocabulary import OutboundState


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that is kept otherwise than its rows say. `place`: which (a counter's kind and day, an order's column)."""

    what: str
    place: str
    kept: object
    counted: object

    def __str__(self) -> str:
        return f"{self.what} {self.place}: kept {self.kept!r}, counted {self.counted!r}"


def day_counts(conn: Connection, shop_id: int) -> list[Difference]:
    """The day counters and their blocks, counted from the orders."""
    return _differences("counter", _kept(conn, shop_id), tally(conn, shop_id))


def left(conn: Connection, shop_id: int) -> Tally:
    """How the counters have to move of which a release before this one knows nothing: it deletes orders, and counts none of
    this. The transaction is one snapshot."""
    kept = {place: -count for place, count in _kept(conn, shop_id).items() if _NEW.fullmatch(place[0])}
    return counters.total([kept, *_new(conn, shop_id)])


def _kept(conn: Connection, shop_id: int) -> Tally:
    d = day_counters.c
    rows = conn.execute(select(d.kind, d.day, d.n, d.total).where(d.shop_id == shop_id))
    return {(row.kind, row.day): Count(row.n, row.total) for row in rows if row.n or row.total}


_OF_MANY = (allotment.OWED, allotment.WAITS, counters.KEPT.format(""), backlog.DUE)
_OF_ALL = (backlog.UNNUMBERED, backlog.UNTRACKED, backlog.LATE, backlog.RETURNS, backlog.REFUNDS)
_NEW = re.compile(rf"(?s:(?:{'|'.join(_OF_MANY)}).*)|(?:{'|'.join(_OF_ALL)})(?:{backlog.OWED})?")
"""The kinds of the counters that came with this release."""


def tally(conn: Connection, shop_id: int) -> Tally:
    """What the counters have to be: one pass over the orders, and one over their marks."""
    by_day = {kind: _by_day(conn, shop_id, kind) for kind in Counted if kind is not Counted.VALUE}
    by_block = (
        {(kind.block, day // BLOCK): count} for kind, found in by_day.items() for (_, day), count in found.items()
    )
    return counters.total([*by_day.values(), *by_block, *_of_marks(conn, shop_id), *_new(conn, shop_id)])


def _new(conn: Connection, shop_id: int) -> Iterator[Tally]:
    yield from _of_ready(conn, shop_id)
    yield from _of_owed(conn, shop_id)
    yield from _of_open_work(conn, shop_id)


def _of_ready(conn: Connection, shop_id: int) -> Iterator[Tally]:
    own = orders.c.ready
    query = select(own, func.count()).where(orders.c.shop_id == shop_id, own.is_not(None)).group_by(own)
    for word, n in conn.execute(query):
        yield {(counters.KEPT.format(word), 0): Count(n)}


def _of_owed(conn: Connection, shop_id: int) -> Iterator[Tally]:
    u = owed_units.c
    query = select(u.sku, func.count(u.order_id.distinct()), func.sum(u.units)).where(u.shop_id == shop_id)
    for sku, n, units in conn.execute(query.group_by(u.sku)):
        yield {allotment.counter(sku): Count(n, int(units))}
    held = select(u.sku, func.count(u.order_id.distinct())).where(u.shop_id == shop_id, u.waits).group_by(u.sku)
    for sku, n in conn.execute(held):
        yield {(f"{allotment.WAITS}{sku}", 0): Count(n)}


def _of_open_work(conn: Connection, shop_id: int) -> Iterator[Tally]:
    counted = orders.c.counted
    yield from map(
        backlog.tally, conn.scalars(select(counted).where(orders.c.shop_id == shop_id, counted.is_not(None)))
    )


def allotted(conn: Connection, shop_id: int) -> list[Difference]:
    """Who goes without of the SKUs that are short, allotted again."""
    s, known = stock.c, select(short_units.c.sku).where(short_units.c.shop_id == shop_id).distinct()
    levels = dict(conn.execute(select(s.sku, s.available).where(s.shop_id == shop_id, s.available < 0)).all())
    kept = allotment.stored(conn, shop_id, {*levels, *conn.scalars(known)})
    counted = {
        (sku, order_id): short
        for sku, available in levels.items()
        for order_id, short in allotment.last(conn, shop_id, sku, -available).items()
    }
    return _differences("short", kept, counted)


def _of_marks(conn: Connection, shop_id: int) -> Iterator[Tally]:
    m = order_marks.c
    for mark, n in conn.execute(select(m.mark, func.count()).where(m.shop_id == shop_id).group_by(m.mark)):
        yield {place: Count(n) for place in marks.tally([mark])}


def names(conn: Connection, shop_id: int) -> list[Difference]:
    """The search index of customers' names: how many suffixes each has."""
    folded = select(orders.c.customer_folded).where(orders.c.shop_id == shop_id, orders.c.customer_folded.is_not(None))
    expected = {name: len(suffixes(name)) for name in conn.execute(folded.distinct()).scalars()}
    n = name_suffixes.c
    kept: dict[str, int] = dict(
        conn.execute(select(n.name, func.count()).where(n.shop_id == shop_id).group_by(n.name)).all()
    )
    return _differences("suffixes of", kept, expected)


def kept_by_others(conn: Connection, shop_id: int) -> list[Difference]:
    """The open alerts and the outbound counts in the rows of orders."""
    o = orders.c
    rows = conn.execute(select(o.id, o.alert_types, o.outbound_waiting, o.outbound_failed).where(o.shop_id == shop_id))
    kept = {row.id: tuple(row)[1:] for row in rows if row.alert_types or row.outbound_waiting or row.outbound_failed}
    waiting, failed = _outbound(conn, shop_id, WAITING), _outbound(conn, shop_id, [OutboundState.DEAD])
    types = _open_types(conn, shop_id)
    stubs = {order_id for order_id in types.keys() | waiting.keys() | failed.keys() if order_id not in kept}
    present = set(conn.execute(select(o.id).where(o.shop_id == shop_id, o.id.in_(stubs))).scalars()) | kept.keys()
    counted = {n: (types.get(n, ""), waiting.get(n, 0), failed.get(n, 0)) for n in present}
    return _differences("alerts and outbound of order", kept, counted)


def mentioned(conn: Connection, shop_id: int) -> list[Difference]:
    """Whom notes name, of the notes whose mentions are kept, as the notes say it."""
    m = mentions.c
    kept: dict[str, tuple[str, ...]] = {}
    for row in conn.execute(select(m.note_id, m.addressee, m.named).where(m.shop_id == shop_id).order_by(m.addressee)):
        kept[row.note_id] = (*kept.get(row.note_id, ()), *([row.addressee] if row.named else []))
    orders_of = select(m.order_id).where(m.shop_id == shop_id).distinct()
    counted: dict[str, tuple[str, ...]] = dict.fromkeys(kept, ())
    for order_ids in batches(conn.scalars(orders_of)):
        for of, note in order_documents.notes(conn, shop_id, order_ids).items():
            counted[of] = tuple(sorted(name.casefold() for name in note.mentions))
    return _differences("mentions of note", kept, {of: counted[of] for of in kept})


def without_evidence(conn: Connection, shop_id: int) -> list[Difference]:
    """Orders in the lists of which nothing is known."""
    known = exists().where(order_docs.c.shop_id == shop_id, order_docs.c.order_id == orders.c.id)
    lost = conn.execute(select(orders.c.id).where(orders.c.shop_id == shop_id, ~known)).scalars()
    return [Difference("order", str(order_id), True, False) for order_id in lost]


def stored_rows(conn: Connection, shop_id: int, order_ids: Sequence[int]) -> dict[int, Row]:
    """The rows of `orders` for these ids."""
    found = conn.execute(select(orders).where(orders.c.shop_id == shop_id, orders.c.id.in_(order_ids))).mappings()
    return {row["id"]: dict(row) for row in found}


def stored_parts(
    conn: Connection, shop_id: int, order_ids: Sequence[int]
) -> Iterator[tuple[str, dict[int, list[Row]]]]:
    """For each table of `PARTS`, its name and the rows that it holds of these orders."""
    for table in PARTS:
        query = select(table).where(table.c.shop_id == shop_id, table.c.order_id.in_(order_ids))
        of_orders: dict[int, list[Row]] = {}
        for row in conn.execute(query).mappings():
            of_orders.setdefault(row["order_id"], []).append(dict(row))
        yield table.name, of_orders


def _differences(what: str, kept: Mapping[Any, object], counted: Mapping[Any, object]) -> list[Difference]:
    places = sorted(kept.keys() | counted.keys(), key=str)
    pairs = ((place, kept.get(place), counted.get(place)) for place in places)
    return [Difference(what, str(place), mine, theirs) for place, mine, theirs in pairs if mine != theirs]


def _by_day(conn: Connection, shop_id: int, kind: Counted) -> Tally:
    column = kind.column
    day: ColumnElement[int] = ((column - (column % DAY + DAY) % DAY) // DAY).label("day")
    took: ColumnElement[int] = func.sum(column - orders.c.placed_at) if kind is Counted.FULFILLED else literal(0)
    query = select(day, func.count(), took).where(orders.c.shop_id == shop_id, column.is_not(None)).group_by(day)
    return {(kind.value, int(row[0])): Count(row[1], int(row[2])) for row in conn.execute(query)}


def _outbound(conn: Connection, shop_id: int, states: Sequence[OutboundState]) -> dict[int, int]:
    o = outbox.c
    mine = (o.shop_id == shop_id, o.state.in_([state.value for state in states]), o.order_id.is_not(None))
    return dict(conn.execute(select(o.order_id, func.count()).where(*mine).group_by(o.order_id)).all())


def _open_types(conn: Connection, shop_id: int) -> dict[int, str]:
    a = alerts.c
    query = select(a.order_id, a.type).where(a.shop_id == shop_id, a.state == "open", a.order_id != GAP_ORDER)
    types: dict[int, set[str]] = {}
    for order_id, kind in conn.execute(query):
        types.setdefault(order_id, set()).add(kind)
    return {order_id: ",".join(sorted(kinds)) for order_id, kinds in types.items()}
