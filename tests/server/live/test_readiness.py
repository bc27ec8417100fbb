"""Ready means able to write: what takes writes from nobody, or loses them, is noticed and no success is answered meanwhile."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from sqlalchemy import text
from tests.server.conftest import SHOP

from orders_sync.db import probe
from orders_sync.db.engine import Database
from orders_sync.db.failures import Unavailable
from orders_sync.db.location import parse, sqlite_path
from orders_sync.live.readiness import Readiness


@pytest.fixture
async def desk(sqlite_url: str) -> AsyncIterator[Database]:
    database = await Database.open(sqlite_url, SHOP)
    yield database
    await database.close()


async def problem(database: Database) -> str | None:
    readiness = Readiness(database)
    await readiness.look()
    return readiness.problem


async def test_a_database_that_takes_writes_is_ready_and_its_version_stands(db: Database) -> None:
    version = db.version
    assert [await problem(db) for _ in range(2)] == [None, None]
    assert db.version == version


def _moved(path: Path) -> None:
    path.rename(path.with_name("away"))


def _read_only(path: Path) -> None:
    path.chmod(0o444)


def _overwritten(path: Path) -> None:
    with path.open("r+b") as file:
        file.write(os.urandom(8192))


def _emptied(path: Path) -> None:
    os.truncate(path, 0)


def _replaced(path: Path) -> None:
    _moved(path)
    path.touch()


@pytest.mark.parametrize("spoil", [_moved, _read_only, _overwritten, _emptied, _replaced])
async def test_a_file_that_takes_nothing_is_no_success_and_not_ready(
    desk: Database, spoil: Callable[[Path], None]
) -> None:
    path = sqlite_path(parse(str(desk.url)))
    assert await problem(desk) is None
    spoil(path)
    with pytest.raises(Unavailable):
        await desk.write(probe.write)
    assert await problem(desk) is not None


async def test_a_file_that_is_put_back_is_taken_up_again(desk: Database) -> None:
    path = sqlite_path(parse(str(desk.url)))
    _moved(path)
    assert await problem(desk) is not None
    shutil.copy(path.with_name("away"), path)
    assert await problem(desk) is None


async def test_a_postgresql_that_only_reads_is_not_ready(postgres_url: str) -> None:
    database = await Database.open(postgres_url, SHOP)

    def read_only(value: str) -> Callable[[object], None]:
        return lambda tx: tx.conn.execute(text(f"SET default_transaction_read_only = {value}"))  # type: ignore[attr-defined]

    await database.write(read_only("on"))
    assert "read-only" in str(await problem(database))
    await database.close()
