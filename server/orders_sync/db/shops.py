"""Which shop's rows these are, and the desk they make up: its id, and how far its events go."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Connection, select, update

from orders_sync.db.bulk import insert_if_missing
from orders_sync.db.statement import Statement
from orders_sync.db.tables import desk, shops
from orders_sync.db.tabs import SHOP
from orders_sync.instants import Ms


@dataclass(frozen=True, slots=True)
class DeskMark:
    """`desk` of contract §1: which database, and the number of its newest event."""

    id: str
    version: int


def new_desk_id() -> str:
    """An id that no other desk has; letters and digits only, since event ids are `<desk id>-<n>`."""
    return secrets.token_hex(6)


def enrol(conn: Connection, domain: str, now: Ms, new_id: Callable[[], str] = new_desk_id) -> int:
    """The shop's key in every table, given at its first start together with its desk."""
    conn.execute(insert_if_missing(conn, shops), {"domain": domain})
    shop_id: int = conn.execute(select(shops.c.shop_id).where(shops.c.domain == domain)).scalar_one()
    conn.execute(insert_if_missing(conn, desk), {"shop_id": shop_id, "desk_id": new_id(), "created_at": now})
    return shop_id


def others(conn: Connection, shop_id: int) -> list[str]:
    """The domains of the other shops whose desks are in this database."""
    return list(conn.scalars(select(shops.c.domain).where(shops.c.shop_id != shop_id).order_by(shops.c.domain)))


def mark(conn: Connection, shop_id: int) -> DeskMark:
    """The desk as of this transaction."""
    return DeskMark(*conn.execute(select(desk.c.desk_id, desk.c.event_n).where(desk.c.shop_id == shop_id)).one())


def renew(conn: Connection, shop_id: int, new_id: Callable[[], str] = new_desk_id) -> str:
    """Draws a new desk id, for a database that was restored: clients then drop what they hold. Returns it."""
    drawn = new_id()
    conn.execute(update(desk).where(desk.c.shop_id == shop_id).values(desk_id=drawn))
    return drawn


def renew_all(conn: Connection) -> dict[str, str]:
    """Draws a new desk id for every shop of the database; returns them by the shop's domain."""
    found = conn.execute(select(shops.c.shop_id, shops.c.domain).order_by(shops.c.shop_id)).all()
    return {row.domain: renew(conn, row.shop_id) for row in found}


def thresholds(conn: Connection, shop_id: int) -> tuple[str, Ms]:
    """The fingerprint of the thresholds that all orders were derived with, and when; empty: not known."""
    fingerprint, _, at = str(conn.scalar(select(desk.c.thresholds).where(desk.c.shop_id == shop_id))).partition(" ")
    return fingerprint, Ms(int(at or 0))


def set_thresholds(conn: Connection, shop_id: int, fingerprint: str, now: Ms) -> None:
    """All orders are derived with these thresholds."""
    conn.execute(update(desk).where(desk.c.shop_id == shop_id).values(thresholds=f"{fingerprint} {now}"))


def uninstalled_at(conn: Connection, shop_id: int) -> Ms | None:
    """Since when the shop does not have this app; None while it has it."""
    at = _UNINSTALLED_AT.value(conn, {"shop_id": shop_id})
    return None if at is None else Ms(at)


def set_uninstalled(conn: Connection, shop_id: int, at: Ms | None) -> None:
    """The shop took the app away, or has it again."""
    conn.execute(update(desk).where(desk.c.shop_id == shop_id).values(uninstalled_at=at))


_UNINSTALLED_AT = Statement(select(desk.c.uninstalled_at).where(desk.c.shop_id == SHOP))
