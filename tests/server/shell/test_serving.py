"""A server process: the line that says it answers, the end a signal brings, and starts that cannot be: contract §5, §6."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import aiohttp
import pytest
from tests.support.forked import Forked
from tests.support.processes import serve as run_server

from orders_sync.__main__ import main
from orders_sync.http.auth import digest
from orders_sync.serving import CannotListen, serve
from orders_sync.settings import load

LINE = "Sync server listening on http://127.0.0.1:"
SECONDS = 5.0
"""Within which a signal ends the server, whatever is connected."""


@pytest.fixture(autouse=True)
def _unset(monkeypatch: pytest.MonkeyPatch) -> None:
    """No settings of the machine."""
    for name in [name for name in os.environ if name.startswith("ORDERS_SYNC_")]:
        monkeypatch.delenv(name)


async def started(*arguments: str) -> Process:
    command = (sys.executable, "-m", "orders_sync", "serve")
    return await asyncio.create_subprocess_exec(*command, *arguments, stdout=PIPE, stderr=PIPE)


@asynccontextmanager
async def server(url: str, *arguments: str) -> AsyncIterator[tuple[Process, str]]:
    process = await started("--port", "0", "--database", url, *arguments)
    try:
        assert process.stdout is not None
        line = (await asyncio.wait_for(process.stdout.readline(), 30)).decode()
        assert line.startswith(LINE)
        yield process, line.split(" on ")[1].strip()
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.communicate()


@pytest.mark.parametrize(("shop", "warned"), [("acme", False), ("acmee", True)])
async def test_a_second_desk_in_a_database_is_warned_of(
    sqlite_url: str, shop: str, warned: bool, tmp_path: Path
) -> None:
    settings = {"ORDERS_SYNC_DATABASE_URL": sqlite_url, "ORDERS_SYNC_CONFIG": os.devnull}
    for desk in ("acme", shop):
        errors = tmp_path / f"{desk}.err"
        process = Forked(
            run_server, settings | {"ORDERS_SYNC_SHOP_DOMAIN": f"{desk}.myshopify.com"}, errors=str(errors)
        )
        url = (await process.line()).removeprefix("Sync server listening on ")
        async with aiohttp.ClientSession() as session:
            assert (await session.get(f"{url}/health")).status == 200
        process.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(process.ended(), SECONDS) == 0
        assert ("is SHOP_DOMAIN right?" in errors.read_text()) is (warned and desk == shop)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_ends_it_within_seconds_whatever_is_connected(sqlite_url: str, number: signal.Signals) -> None:
    async with server(sqlite_url) as (process, url), aiohttp.ClientSession() as session:
        assert (await session.get(f"{url}/health")).status == 200
        stream = await session.get(f"{url}/sync/orders/alerts", headers={"Accept": "text/event-stream"})
        assert await stream.content.readline() == b"retry: 1000\n"
        _, silent = await asyncio.open_connection("127.0.0.1", int(url.rpartition(":")[2]))
        silent.write(b"POST /sync/orders/assign HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n{")
        await silent.drain()
        began = time.monotonic()
        process.send_signal(number)
        assert await asyncio.wait_for(process.wait(), SECONDS) == 0
        assert time.monotonic() - began < SECONDS
        silent.close()


@pytest.mark.parametrize(
    ("arguments", "status", "told"),
    [
        (("--port", "http"), 2, "PORT"),
        (("--host", "0.0.0.0"), 2, "TOKENS_FILE"),
        (("--database", "postgresql://nobody@127.0.0.1:1/desk"), 1, "database"),
    ],
)
def test_a_start_that_cannot_be_says_why_in_one_line(
    arguments: tuple[str, ...], status: int, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["serve", *arguments]) == status
    written = capsys.readouterr()
    assert written.out == ""
    assert told in written.err
    assert len(written.err.strip().splitlines()) == 1


async def test_a_port_that_is_taken_is_named(sqlite_url: str) -> None:
    taken = await asyncio.start_server(lambda _reader, writer: writer.close(), "127.0.0.1", 0)
    port = taken.sockets[0].getsockname()[1]
    settings = load({"database_url": sqlite_url, "port": str(port)}, {}, Path("/dev/null"))
    with pytest.raises(CannotListen, match=str(port)):
        await serve(settings, pytest.fail)
    taken.close()


async def test_the_webhook_listener_has_the_webhook_routes_alone(sqlite_url: str, unused_port: int) -> None:
    given = {
        "database_url": sqlite_url,
        "port": "0",
        "webhook_listen": f"127.0.0.1:{unused_port}",
        "shopify_webhook_secret": "hush",
    }
    announced: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    running = asyncio.create_task(serve(load(given, {}, Path("/dev/null")), announced.set_result))
    address = await asyncio.wait_for(announced, 30)
    public = f"http://127.0.0.1:{unused_port}"
    foreign = {"Host": "hooks.example.org"}
    async with aiohttp.ClientSession() as session:
        unsigned = await session.post(f"{public}/shopify/webhook", data=b"{}", headers=foreign)
        assert (unsigned.status, await unsigned.json()) == (401, {"detail": "Missing Shopify HMAC header"})
        for path in ("/sync/orders", "/health", "/prometheus"):
            assert (await session.get(public + path, headers=foreign)).status == 404
        own = await session.post(f"{address}/shopify/webhook", data=b"{}")
        assert own.status == 401
    os.kill(os.getpid(), signal.SIGTERM)
    await asyncio.wait_for(running, SECONDS)


@pytest.fixture
async def unused_port() -> int:
    probe = await asyncio.start_server(lambda _reader, writer: writer.close(), "127.0.0.1", 0)
    port: int = probe.sockets[0].getsockname()[1]
    probe.close()
    await probe.wait_closed()
    return port


def test_a_token_is_printed_once_and_its_table_apart(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["token", "--name", 'Ada "L"', "--role", "lead"]) == 0
    written = capsys.readouterr()
    token = written.out.strip()
    assert len(token) >= 40
    assert token not in written.err
    assert 'name = "Ada \\"L\\""' in written.err
    assert digest(token) in written.err


@pytest.mark.parametrize("name", ["", " ", "x" * 121, "a\nb"])
def test_a_name_that_no_tokens_file_takes_gets_no_token(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["token", "--name", name]) == 2
    written = capsys.readouterr()
    assert (written.out, "--name" in written.err) == ("", True)


def test_a_role_that_is_none_is_told_with_those_that_are(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["token", "--name", "ada", "--role", "boss"])
    assert ended.value.code == 2
    assert "viewer" in capsys.readouterr().err.splitlines()[-1]
