"""A server as one writes it in an afternoon, for orientation: recent rows through an ORM, everything computed in Python, and no
index on the sort column.

It does less than the contract asks, and not exactly: counts are of the newest `RECENT` orders, and there is no page but the
first.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Sequence
from typing import Any

from aiohttp import web
from sqlalchemy import BigInteger, create_engine, text
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from orders_sync.db.location import parse
from orders_sync.instants import HOUR, to_text

RECENT = 250
PAGE_SIZE = 50


class Base(DeclarativeBase):
    type_annotation_map = {int: BigInteger}


class Order(Base):
    """The table of `bare`."""

    __tablename__ = "naive_orders"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    placed_at: Mapped[int]
    status: Mapped[str]
    due_at: Mapped[int | None]
    first_fulfilled_at: Mapped[int | None]
    customer_folded: Mapped[str | None]
    card: Mapped[bytes]


def bare(url: str) -> None:
    """Copies the orders into a table that has a primary key and nothing else."""
    columns = ", ".join(Order.__table__.columns.keys())
    engine = create_engine(parse(url))
    with engine.begin() as conn:
        if conn.dialect.name == "postgresql":
            conn.execute(text("SET statement_timeout = 0"))
        Base.metadata.create_all(conn)
        conn.execute(text(f"INSERT INTO naive_orders ({columns}) SELECT {columns} FROM orders"))
    engine.dispose()


def app(url: str) -> web.Application:
    """`GET /sync/orders`: the first page."""
    engine = create_engine(parse(url))

    def read() -> bytes:
        with Session(engine) as session:
            rows = session.query(Order).order_by(Order.placed_at.desc()).limit(RECENT).all()
            return json.dumps(_page(rows)).encode()

    async def orders(_request: web.Request) -> web.Response:
        return web.Response(body=await asyncio.to_thread(read), content_type="application/json")

    served = web.Application()
    served.router.add_get("/sync/orders", orders)
    return served


def _page(rows: Sequence[Order]) -> dict[str, Any]:
    now = time.time() * 1000
    awaiting = [row for row in rows if row.due_at is not None]
    overdue = [row for row in awaiting if row.due_at is not None and row.due_at < now]
    took = [row.first_fulfilled_at - row.placed_at for row in rows if row.first_fulfilled_at is not None]
    return {
        "metrics": {
            "total_orders": len(rows),
            "awaiting_fulfillment": len(awaiting),
            "overdue": len(overdue),
            "avg_fulfillment_hours": round(sum(took) / len(took) / HOUR, 1) if took else 0,
        },
        "orders": [
            {**json.loads(row.card), "placed_at": to_text(row.placed_at), "age_hours": (now - row.placed_at) / HOUR}
            for row in rows[:PAGE_SIZE]
        ],
    }
