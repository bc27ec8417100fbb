"""Numbers for events, in commit order and without a gap.

SQLite has one writer and numbers inside the transaction. On PostgreSQL it is a transaction of its own after the commit, READ
COMMITTED: its lock comes first, so what follows sees all that was numbered before. It does not wait for the disk: `durability`.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Integer, bindparam, cast, exists, func, select, true, update
from sqlalchemy.exc import DBAPIError

from orders_sync.db.compiled import Rows
from orders_sync.db.events import Numbered
from orders_sync.db.statement import Statement, pipelined
from orders_sync.db.tables import desk, events
from orders_sync.db.tabs import SHOP

_SEQUENCER = 0x0E5E
"""The class of the advisory lock under which PostgreSQL's events are numbered; its object is the shop."""

_COMMITTED = "COMMIT"
"""What a COMMIT says that was one: where a statement failed before, it is a rollback."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Numbering:
    """What was numbered at once: everything after number `after` up to `newest`; `events`, in order, without the silent ones."""

    after: int
    newest: int
    events: Sequence[Numbered] = ()


def number(conn: Connection, shop_id: int) -> Numbering:
    """Numbers what is committed and not numbered: on SQLite what the transaction brings, whose last statements these are."""
    values = {"shop_id": shop_id}
    if conn.dialect.name == "sqlite":
        return _on_sqlite(conn, values)
    with pipelined(conn):
        _SEQUENCE.run(conn, values)
        numbered = _NUMBER.send(conn, values)
    return _on_postgresql(numbered())


def commit(conn: Connection, shop_id: int) -> Numbering | None:
    """Commits on PostgreSQL, and numbers in the same turn. None when it is committed, and could not be numbered.

    Raises SQLAlchemy's error when it is not known to be committed.
    """
    driver: Any = conn.connection.driver_connection
    committing, values = driver.cursor(), {"shop_id": shop_id}
    try:
        with pipelined(conn):
            committing.execute("COMMIT")
            _SEQUENCE.run(conn, values)
            numbered = _NUMBER.send(conn, values)
    except DBAPIError as error:
        if committing.statusmessage != _COMMITTED:
            raise
        _log.warning("numbering events failed: %s", error.orig)
        return None
    if committing.statusmessage != _COMMITTED:
        raise DBAPIError("COMMIT", None, conn.dialect.loaded_dbapi.InternalError("the transaction had failed before"))
    return _on_postgresql(numbered())


def has_unnumbered(conn: Connection, shop_id: int) -> bool:
    """True when something is committed and not numbered: its process is about to do so, or died before it could."""
    return bool(conn.scalar(select(exists().where(events.c.shop_id == shop_id, events.c.n.is_(None)))))


def _on_sqlite(conn: Connection, values: dict[str, int]) -> Numbering:
    rows = sorted(_GIVE.rows(conn, values))
    if not rows:
        newest = _NEWEST.value(conn, values)
        return Numbering(newest, newest)
    floor = max((n for n, _, reset, *_ in rows if reset), default=0)
    _MOVE.run(conn, {**values, "newest": rows[-1][0], "floor": floor})
    return _numbering(rows[0][0] - 1, rows)


def _on_postgresql(rows: Rows) -> Numbering:
    return _numbering(rows[0][0], [row for _, *row in rows if row[0] is not None])


def _numbering(after: int, rows: Sequence[Sequence[Any]]) -> Numbering:
    reported = [
        Numbered(n, body, bool(reset), addressee)
        for n, body, reset, silent, addressee in rows
        if not silent or addressee is not None
    ]
    return Numbering(after, after + len(rows), reported)


_d, _e = desk.c, events.c
_MINE = _d.shop_id == SHOP
_place = _d.event_n + func.row_number().over(order_by=_e.row_id)
_unnumbered = select(_e.row_id, _place.label("n")).join_from(events, desk, _e.shop_id == _d.shop_id)
_placed = _unnumbered.where(_e.shop_id == SHOP, _e.n.is_(None)).subquery("placed")
_giving = update(events).values(n=_placed.c.n).where(_e.row_id == _placed.c.row_id)
_giving_rows = _giving.returning(_e.n, _e.body, _e.reset, _e.silent, _e.addressee)

_GIVE = Statement(_giving_rows)
_NEWEST = Statement(select(_d.event_n).where(_MINE))
_MOVE = Statement(
    update(desk).where(_MINE).values(event_n=bindparam("newest"), floor_n=func.max(_d.floor_n, bindparam("floor")))
)

_SEQUENCE = Statement(
    select(
        func.set_config("synchronous_commit", "off", true()),
        func.pg_advisory_xact_lock(_SEQUENCER, cast(SHOP, Integer)),
    )
)
_given = _giving_rows.cte("given")
_newest, _reset = select(func.max(_given.c.n)), select(func.max(_given.c.n)).where(_given.c.reset)
_moved = (
    update(desk)
    .where(_MINE, exists(select(_given.c.n)))
    .values(event_n=_newest.scalar_subquery(), floor_n=func.coalesce(_reset.scalar_subquery(), _d.floor_n))
    .cte("moved")
)
_NUMBER = Statement(
    select(_d.event_n, *_given.c)
    .select_from(desk.outerjoin(_given, true()))
    .where(_MINE)
    .order_by(_given.c.n)
    .add_cte(_moved)
)
"""`desk` is read as it was before."""
