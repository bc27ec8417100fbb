"""The tokens file while the server runs: what is gone from it opens nothing more; who else may write to it: contract §5."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from tests.server.conftest import SHOP
from tests.support.forked import Forked
from tests.support.processes import serve

from orders_sync.http import token_watch
from orders_sync.http.auth import digest, read_tokens
from orders_sync.settings import SettingsError

WITHIN_S = 20


def table(name: str, token: str, role: str = "operator") -> str:
    return f'[[token]]\nname = "{name}"\nrole = "{role}"\nsha256 = "{digest(token)}"\n'


def write(path: Path, text: str, mode: int = 0o600) -> None:
    beside = path.with_suffix(".new")
    beside.write_text(text)
    beside.chmod(mode)
    beside.replace(path)


@pytest.fixture
def tokens(tmp_path: Path) -> Path:
    path = tmp_path / "tokens.toml"
    write(path, table("ana", "t-ana") + table("bo", "t-bo"))
    return path


@pytest.fixture
def errors(tmp_path: Path) -> Path:
    """What the server says on stderr."""
    return tmp_path / "stderr"


@pytest.fixture
async def server(sqlite_url: str, tokens: Path, errors: Path) -> AsyncIterator[tuple[Forked, str]]:
    """A process of its own, that looks at the file ten times a second."""
    settings = {
        "ORDERS_SYNC_DATABASE_URL": sqlite_url,
        "ORDERS_SYNC_TOKENS_FILE": str(tokens),
        "ORDERS_SYNC_SHOP_DOMAIN": SHOP,
        "ORDERS_SYNC_CONFIG": os.devnull,
    }
    process = Forked(serve, settings, 0, 0.1, errors=str(errors))
    line = await process.line()
    yield process, line.rpartition(" ")[2]
    await process.kill()


async def status(session: aiohttp.ClientSession, url: str, token: str) -> int:
    async with session.get(f"{url}/sync/me", headers={"Authorization": f"Bearer {token}"}) as answer:
        return answer.status


async def until(session: aiohttp.ClientSession, url: str, token: str, wanted: int) -> None:
    async with asyncio.timeout(WITHIN_S):
        while await status(session, url, token) != wanted:  # noqa: ASYNC110  # another process decides
            await asyncio.sleep(0.05)


async def test_a_token_that_is_gone_is_refused_and_its_streams_end_and_no_others(
    server: tuple[Forked, str], tokens: Path
) -> None:
    _, url = server
    async with aiohttp.ClientSession() as session:
        streams = {}
        for who in ("ana", "bo"):
            headers = {"Accept": "text/event-stream", "Authorization": f"Bearer t-{who}"}
            streams[who] = await session.get(f"{url}/sync/orders/alerts", headers=headers)
            assert await streams[who].content.readline() == b"retry: 1000\n"
        write(tokens, table("bo", "t-bo") + table("cyd", "t-cyd"))
        await until(session, url, "t-ana", 401)
        assert (await status(session, url, "t-bo"), await status(session, url, "t-cyd")) == (200, 200)
        await asyncio.wait_for(streams["ana"].content.read(), WITHIN_S)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(streams["bo"].content.read(), 0.3)
        for stream in streams.values():
            stream.close()


async def test_another_role_counts_from_the_next_request(server: tuple[Forked, str], tokens: Path) -> None:
    _, url = server
    async with aiohttp.ClientSession() as session:
        write(tokens, table("ana", "t-ana", "viewer"))
        await until(session, url, "t-bo", 401)
        headers = {"Authorization": "Bearer t-ana"}
        async with session.post(f"{url}/sync/orders/assign", headers=headers, json={}) as answer:
            assert answer.status == 403


async def test_a_file_that_is_none_leaves_the_tokens_as_they_were(
    server: tuple[Forked, str], tokens: Path, errors: Path
) -> None:
    _, url = server
    async with aiohttp.ClientSession() as session, asyncio.timeout(WITHIN_S):
        with errors.open() as said:
            for broken in ("[[token", "", table("ana", "t-ana").replace("operator", "boss")):
                write(tokens, broken)
                while "stay as they were" not in said.readline():  # noqa: ASYNC110  # another process decides
                    await asyncio.sleep(0.01)
                assert await status(session, url, "t-ana") == 200
            write(tokens, table("bo", "t-bo"), mode=0o622)
            while "can write" not in said.readline():  # noqa: ASYNC110  # another process decides
                await asyncio.sleep(0.01)
            assert await status(session, url, "t-ana") == 200


async def test_sighup_reads_it_at_once_and_ends_nothing(server: tuple[Forked, str], tokens: Path) -> None:
    process, url = server
    async with aiohttp.ClientSession() as session:
        write(tokens, table("cyd", "t-cyd"))
        process.send_signal(signal.SIGHUP)
        await until(session, url, "t-cyd", 200)
        assert process.running


def test_a_file_that_others_can_write_to_is_refused(tokens: Path) -> None:
    for mode in (0o620, 0o602, 0o666, 0o660):
        tokens.chmod(mode)
        with pytest.raises(SettingsError, match=r"TOKENS_FILE.*chmod 600"):
            read_tokens(tokens)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o444])
def test_a_file_that_others_can_read_is_warned_of(tokens: Path, mode: int, capsys: pytest.CaptureFixture[str]) -> None:
    tokens.chmod(mode)
    assert len(read_tokens(tokens)) == 2
    assert "can read the tokens file" in capsys.readouterr().out
    tokens.chmod(0o600)
    read_tokens(tokens)
    assert capsys.readouterr().out == ""


def test_it_is_looked_at_within_a_minute() -> None:
    assert token_watch.LOOK_EVERY_S < 60
