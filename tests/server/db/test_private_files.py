"""What holds customers is for its owner alone, 0600 in folders of 0700, whatever the umask says."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.server.conftest import SHOP, SettableClock
from tests.support.desk_orders import order, told

from orders_sync.__main__ import main
from orders_sync.db.engine import Database


@pytest.fixture(params=[0o000, 0o022, 0o777], ids=oct)
def umask(request: pytest.FixtureRequest) -> Iterator[None]:
    before = os.umask(request.param)
    yield
    os.umask(before)


def modes(folder: Path) -> dict[str, str]:
    return {str(path.relative_to(folder)): oct(path.stat().st_mode & 0o777) for path in folder.rglob("*")}


@pytest.mark.usefixtures("umask")
async def test_a_database_and_what_stands_beside_it(tmp_path: Path, clock: SettableClock) -> None:
    db = await Database.open(f"sqlite:///{tmp_path}/new/deep/desk.db", SHOP, clock)
    await told(db, [order(1)])
    found = modes(tmp_path)
    assert {"new/deep/desk.db", "new/deep/desk.db-wal", "new/deep/desk.db-shm"} <= set(found)
    await db.close()
    assert {
        name: mode for name, mode in found.items() if mode != ("0o700" if name in ("new", "new/deep") else "0o600")
    } == {}


@pytest.mark.usefixtures("umask")
async def test_backups_and_what_a_restore_keeps(tmp_path: Path, clock: SettableClock) -> None:
    folder = tmp_path / "own"
    url = f"sqlite:///{folder}/desk.db"
    await (await Database.open(url, SHOP, clock)).close()
    words = ("--database", url, "--shop-domain", SHOP)
    assert main(["backup", *words, "--to", str(folder / "backup.db")]) == 0
    assert main(["restore", *words, "--from", str(folder / "backup.db")]) == 0
    found = modes(folder)
    assert {"desk.db", "backup.db", "desk.db.before-restore-1"} <= set(found)
    assert set(found.values()) == {"0o600"}


async def test_a_file_of_an_earlier_time_is_taken_from_the_others(tmp_path: Path, clock: SettableClock) -> None:
    path = tmp_path / "desk.db"
    await (await Database.open(f"sqlite:///{path}", SHOP, clock)).close()
    path.chmod(0o644)
    db = await Database.open(f"sqlite:///{path}", SHOP, clock)
    await db.close()
    assert modes(tmp_path)["desk.db"] == "0o600"
