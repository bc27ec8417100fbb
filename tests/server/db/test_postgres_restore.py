"""Backup and restore of a PostgreSQL desk, by the commands that docs/operations.md names."""

from __future__ import annotations

import asyncio
import subprocess
from pathlib import Path

import pytest
from tests.server.conftest import SHOP, SettableClock
from tests.support.desk_orders import order, told
from tests.support.postgres import Cluster, binaries

from orders_sync.__main__ import main
from orders_sync.db.engine import Database


@pytest.fixture
def program() -> Path:
    """The folder of PostgreSQL's own programs."""
    folder = binaries()
    if not (folder / "pg_dump").exists():
        pytest.skip("no pg_dump beside the server's binaries")
    return folder


async def test_a_restored_desk_is_as_it_was_under_a_new_id(
    program: Path, postgres_url: str, postgres_cluster: Cluster, tmp_path: Path, clock: SettableClock
) -> None:
    db = await Database.open(postgres_url, SHOP, clock)
    await told(db, [order(n) for n in range(1, 6)])
    dump = tmp_path / "desk.dump"
    await _run(program / "pg_dump", "--format=custom", f"--file={dump}", f"--dbname={postgres_url}")
    await told(db, [order(6)])
    await db.close()

    postgres_cluster.create("restored", "template0")
    url = postgres_cluster.url("restored")
    await _run(program / "pg_restore", "--exit-on-error", "--no-owner", f"--dbname={url}", dump)
    assert await asyncio.to_thread(main, ["restore", "--database", url, "--shop-domain", SHOP]) == 0
    assert await asyncio.to_thread(main, ["verify", "--database", url, "--shop-domain", SHOP]) == 0
    back = await Database.open(url, SHOP, clock)
    assert back.desk_id != db.desk_id
    assert back.version < db.version
    await told(back, [order(7)])
    await back.close()
    postgres_cluster.drop("restored")


async def _run(*words: str | Path) -> None:
    await asyncio.to_thread(subprocess.run, [str(word) for word in words], check=True, capture_output=True)
