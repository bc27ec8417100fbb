"""The connections of a fleet to its database: who waits for notifications, and how they break."""

from __future__ import annotations

import asyncio

from sqlalchemy import create_engine, text

from orders_sync.db.engine import Database
from orders_sync.db.location import parse


async def listening(db: Database, processes: int = 1) -> None:
    """Returns when so many connections of this database wait for notifications."""
    engine = create_engine(db.url)
    waiting = text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'")
    async with asyncio.timeout(30):
        with engine.connect() as conn:
            while (conn.scalar(waiting) or 0) < processes:
                conn.rollback()
                await asyncio.sleep(0.01)
    engine.dispose()


def break_connections(db: Database) -> None:
    """Every connection to this database ends."""
    engine = create_engine(parse(db.url.render_as_string(hide_password=False)))
    with engine.connect() as conn:
        others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        conn.execute(text(f"{others} WHERE datname = current_database() AND pid <> pg_backend_pid()"))
    engine.dispose()
