"""A database that lets a read run out of time."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, text


def out_of_time(conn: Connection) -> None:
    """Ends as a statement does that takes too long: PostgreSQL cancels it, SQLite is interrupted. Raises SQLAlchemy's error."""
    if conn.dialect.name == "postgresql":
        conn.exec_driver_sql("BEGIN; SET LOCAL statement_timeout = 1")
        conn.execute(text("SELECT pg_sleep(60)"))
    driver: Any = conn.connection.driver_connection
    driver.set_progress_handler(lambda: 1, 1)
    try:
        conn.execute(text("SELECT count(*) FROM orders"))
    finally:
        driver.set_progress_handler(None, 0)
