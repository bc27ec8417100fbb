"""Backup and restore of a SQLite desk: a whole copy while it is served, and a new desk id once it is back."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from tests.server.conftest import SHOP, SettableClock
from tests.support.desk_orders import order, told

from orders_sync.__main__ import main
from orders_sync.db import sqlite_files
from orders_sync.db.engine import Database
from orders_sync.db.location import sqlite_path
from orders_sync.db.sqlite_files import CannotCopy


async def command(*words: str) -> int:
    return await asyncio.to_thread(main, [*words, "--shop-domain", SHOP])


async def opened(url: str, clock: SettableClock, *orders: int) -> Database:
    db = await Database.open(url, SHOP, clock)
    await told(db, [order(n) for n in orders])
    return db


def order_ids(path: Path) -> list[int]:
    with closing(sqlite3.connect(path)) as conn:
        return [n for (n,) in conn.execute("SELECT id FROM orders ORDER BY id")]


async def test_a_restored_desk_is_as_it_was_under_a_new_id(
    sqlite_url: str, tmp_path: Path, clock: SettableClock, capsys: pytest.CaptureFixture[str]
) -> None:
    backup = tmp_path / "backup.db"
    db = await opened(sqlite_url, clock, 1, 2)
    assert await command("backup", "--database", sqlite_url, "--to", str(backup)) == 0
    await told(db, [order(3)])
    await db.close()

    assert await command("restore", "--database", sqlite_url, "--from", str(backup)) == 0
    kept = sqlite_path(db.url).with_name("desk.db.before-restore-1")
    assert str(kept) in capsys.readouterr().out
    assert (order_ids(sqlite_path(db.url)), order_ids(kept)) == ([1, 2], [1, 2, 3])
    assert await command("verify", "--database", sqlite_url) == 0
    back = await Database.open(sqlite_url, SHOP, clock)
    assert back.desk_id != db.desk_id
    await back.close()


async def test_each_restore_of_one_backup_is_another_desk(
    sqlite_url: str, tmp_path: Path, clock: SettableClock
) -> None:
    backup = tmp_path / "backup.db"
    await (await opened(sqlite_url, clock, 1)).close()
    await command("backup", "--database", sqlite_url, "--to", str(backup))
    drawn = set()
    for _ in range(2):
        assert await command("restore", "--database", sqlite_url, "--from", str(backup)) == 0
        db = await Database.open(sqlite_url, SHOP, clock)
        drawn.add(db.desk_id)
        await db.close()
    assert len(drawn) == 2


async def test_a_database_that_is_served_is_not_replaced(
    sqlite_url: str, tmp_path: Path, clock: SettableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite_files, "_WAIT_S", 0)
    backup = tmp_path / "backup.db"
    db = await opened(sqlite_url, clock, 1)
    sqlite_files.copy(sqlite_path(db.url), backup)
    with pytest.raises(CannotCopy, match="in use"):
        sqlite_files.put_in_place(backup, sqlite_path(db.url))
    await told(db, [order(2)])
    await db.close()
    assert order_ids(sqlite_path(db.url)) == [1, 2]


async def test_a_damaged_database_gives_way(sqlite_url: str, tmp_path: Path, clock: SettableClock) -> None:
    backup = tmp_path / "backup.db"
    db = await opened(sqlite_url, clock, 1)
    path = sqlite_path(db.url)
    sqlite_files.copy(path, backup)
    await db.close()
    path.write_bytes(b"\0" * 4096)
    kept = sqlite_files.put_in_place(backup, path)
    assert kept is not None
    assert (kept.read_bytes(), order_ids(path)) == (b"\0" * 4096, [1])


def test_a_backup_overwrites_nothing_and_leaves_no_half(sqlite_url: str, tmp_path: Path) -> None:
    there, nothing = tmp_path / "there", tmp_path / "none.db"
    there.write_text("precious")
    with pytest.raises(CannotCopy, match="overwrites nothing"):
        sqlite_files.copy(Path(sqlite_url.removeprefix("sqlite:///")), there)
    with pytest.raises(CannotCopy, match="no database"):
        sqlite_files.copy(nothing, tmp_path / "copy.db")
    with pytest.raises(CannotCopy, match="cannot be copied"):
        sqlite_files.copy(there, tmp_path / "copy.db")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["desk.db", "there"]


@pytest.mark.parametrize("words", [("backup", "--to", "copy.dump"), ("restore", "--from", "copy.dump")])
def test_postgresql_is_left_to_its_own_programs(words: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*words, "--database", "postgresql://desk@/desk"]) == 2
    assert "docs/operations.md" in capsys.readouterr().err
