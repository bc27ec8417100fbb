"""Ready means able to write: what takes writes from nobody, or loses them, is noticed and no success is answered meanwhile."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import orjson
import psycopg
import pytest
from aiohttp import ClientResponse
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import text
from tests.server.conftest import SHOP
from tests.server.ingest.endpoints import SECRET, sign
from tests.support import shop_bodies as shop

from orders_sync.app import build
from orders_sync.db import probe
from orders_sync.db.engine import Database
from orders_sync.db.failures import Unavailable
from orders_sync.db.location import parse, sqlite_path
from orders_sync.ingest import webhook, webhook_hmac
from orders_sync.live import outage, readiness
from orders_sync.live.readiness import Readiness
from orders_sync.settings import load


@pytest.fixture
async def desk(sqlite_url: str) -> AsyncIterator[Database]:
    database = await Database.open(sqlite_url, SHOP)
    yield database
    await database.close()


async def problem(database: Database) -> str | None:
    looking = Readiness(database)
    await looking.look()
    return looking.problem


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


CLERK = "clerk"


@dataclass(frozen=True)
class Role:
    """A role that is not the database's owner, and what its owner does to it; others' connections end with it."""

    owner_url: str
    url: str

    def suffers(self, *statements: str) -> None:
        with psycopg.connect(self.owner_url, autocommit=True) as conn:
            for statement in statements:
                conn.execute(statement)
            conn.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )


@pytest.fixture
def clerk(postgres_url: str) -> Iterator[Role]:
    role = Role(postgres_url, postgres_url.replace("desk@", f"{CLERK}@"))
    name = parse(postgres_url).database
    role.suffers(
        f"CREATE ROLE {CLERK} LOGIN",
        f"GRANT ALL ON ALL TABLES IN SCHEMA public TO {CLERK}",
        f"GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO {CLERK}",
    )
    yield role
    role.suffers(f"ALTER DATABASE {name} RESET ALL", f"DROP OWNED BY {CLERK}", f"DROP ROLE {CLERK}")


READ_ONLY = (
    "ALTER ROLE clerk SET default_transaction_read_only = on",
    "ALTER ROLE clerk RESET default_transaction_read_only",
)
NO_PRIVILEGE = ("REVOKE INSERT ON orders FROM clerk", "GRANT INSERT ON orders TO clerk")
NO_CHANGE = ("REVOKE UPDATE ON orders FROM clerk", "GRANT UPDATE ON orders TO clerk")
NO_NUMBERS = (
    "REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM clerk",
    "GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO clerk",
)
NO_TABLE = ("ALTER TABLE orders RENAME TO away", "ALTER TABLE away RENAME TO orders")
NO_CONNECTION = ("ALTER ROLE clerk CONNECTION LIMIT 0", "ALTER ROLE clerk CONNECTION LIMIT -1")
NO_LOGIN = ("ALTER ROLE clerk NOLOGIN", "ALTER ROLE clerk LOGIN")


@pytest.mark.parametrize(
    ("spoiled", "mended"),
    [READ_ONLY, NO_PRIVILEGE, NO_CHANGE, NO_NUMBERS, NO_TABLE, NO_CONNECTION, NO_LOGIN],
    ids=["read-only", "no insert", "no update", "no numbers", "no table", "no connection", "no login"],
)
async def test_a_postgresql_that_takes_nothing_is_not_ready_until_it_does_again(
    clerk: Role, spoiled: str, mended: str
) -> None:
    database = await Database.open(clerk.url, SHOP)
    try:
        assert await problem(database) is None
        clerk.suffers(spoiled)
        assert await problem(database) is not None
        with pytest.raises(Unavailable):
            await database.write(probe.write)
        clerk.suffers(mended)
        assert await problem(database) is None
    finally:
        await database.close()


async def test_streams_that_are_open_are_told_and_no_webhook_is_taken_meanwhile(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readiness, "PROBE_S", 0.02)
    monkeypatch.setattr(outage, "GRACE_S", 0.0)
    given = {"database_url": sqlite_url, "shopify_webhook_secret": SECRET}
    path, body = sqlite_path(parse(sqlite_url)), orjson.dumps(shop.order(1))
    signed = {webhook_hmac.SIGNATURE: sign(body), webhook.TOPIC: "orders/create"}
    async with TestClient(TestServer(build(load(given, {}, Path("/dev/null"))))) as client, asyncio.timeout(20):
        stream = await client.get("/sync/orders/alerts", headers={"Accept": "text/event-stream"})
        await stream.content.readline()
        _moved(path)
        assert "database_lost" in await _until(stream, '"open"')
        assert (await client.get("/health/ready")).status == 503
        assert (await client.post("/shopify/webhook", data=body, headers=signed)).status == 503
        path.with_name("away").rename(path)
        assert "database_lost" in await _until(stream, '"cleared"')
        assert (await client.get("/health/ready")).status == 200
        assert (await client.post("/shopify/webhook", data=body, headers=signed)).status == 200


async def _until(stream: ClientResponse, part: str) -> str:
    """The first event that holds this."""
    while part not in (line := (await stream.content.readline()).decode()):
        assert line
    return line
