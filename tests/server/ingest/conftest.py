"""A desk of its own on each database, as an open connection: for tests that take deliveries in by hand."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection
from tests.server.ingest.rows import desk


@pytest.fixture
def in_sqlite(sqlite_url: str) -> Iterator[Connection]:
    with desk(sqlite_url) as conn:
        yield conn


@pytest.fixture
def in_postgres(postgres_url: str) -> Iterator[Connection]:
    with desk(postgres_url) as conn:
        yield conn
