"""Two processes behind nginx or Caddy, by the files of `deploy/`: streams come through at once, a dead process is not missed."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import aiohttp
import pytest
from tests.server.conftest import SHOP
from tests.server.live.raising import ping
from tests.server.live.serving import stream
from tests.server.shell.test_serving import server

from orders_sync.db.engine import Database

DEPLOY = Path(__file__).parents[3] / "deploy"
NGINX = shutil.which("nginx") or "/usr/sbin/nginx"
CADDY = shutil.which("caddy") or "/usr/bin/caddy"

Proxy = Callable[[Path, list[int], int], AbstractContextManager[None]]


@contextmanager
def nginx(folder: Path, processes: list[int], port: int) -> Iterator[None]:
    """The file as it is, on other ports."""
    site = (DEPLOY / "nginx.conf").read_text("utf-8").replace("listen 8080", f"listen 127.0.0.1:{port}")
    for given, ours in zip((8765, 8766), processes, strict=True):
        site = site.replace(f"127.0.0.1:{given}", f"127.0.0.1:{ours}")
    whole = folder / "nginx.conf"
    temporary = "".join(
        f"{kind}_temp_path {folder}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    whole.write_text(
        f"pid {folder}/pid;\ndaemon off;\nerror_log stderr;\nevents {{}}\nhttp {{\naccess_log off;\n{temporary}{site}}}\n"
    )
    with _running([NGINX, "-p", str(folder), "-c", str(whole)], {}):
        yield


@contextmanager
def caddy(folder: Path, processes: list[int], port: int) -> Iterator[None]:
    """The file as it is, by its own settings; impatient, and without an admin address, which every Caddy of a machine shares."""
    whole = folder / "Caddyfile"
    site = (DEPLOY / "Caddyfile").read_text("utf-8")
    whole.write_text(site.replace("grace_period 5s", "grace_period 100ms\n\tadmin off"))
    addresses = " ".join(f"127.0.0.1:{process}" for process in processes)
    given = {"DESK_NAME": f"http://localhost:{port}", "DESK_PROCESSES": addresses, "HOME": str(folder)}
    with _running([CADDY, "run", "--adapter", "caddyfile", "--config", str(whole)], given):
        yield


@contextmanager
def _running(command: list[str], given: Mapping[str, str]) -> Iterator[None]:
    running = subprocess.Popen(command, stderr=subprocess.PIPE, env={**os.environ, **given})
    try:
        yield
    finally:
        running.send_signal(signal.SIGTERM)
        running.communicate(timeout=10)


def _if_there(program: str, proxy: Proxy) -> object:
    missing = not Path(program).exists()
    return pytest.param(proxy, id=proxy.__name__, marks=pytest.mark.skipif(missing, reason=f"no {program} here"))


@pytest.mark.parametrize("proxy", [_if_there(NGINX, nginx), _if_there(CADDY, caddy)])
async def test_streams_come_through_at_once_and_a_dead_process_is_not_missed(
    proxy: Proxy, postgres_url: str, tmp_path: Path, unused_tcp_port: int
) -> None:
    elsewhere = await Database.open(postgres_url, SHOP)
    options = ("--shop-domain", SHOP)
    async with server(postgres_url, *options) as (first, url), server(postgres_url, *options) as (_, other):
        ports = [int(address.rpartition(":")[2]) for address in (url, other)]
        with proxy(tmp_path, ports, unused_tcp_port):
            await _answers(unused_tcp_port)
            await _gives_nobody_rights(unused_tcp_port)
            async with stream(unused_tcp_port) as one, stream(unused_tcp_port) as two:
                for client in (one, two):
                    await client.opening()
                await ping(elsewhere)
                assert [(await client.event()).id for client in (one, two)] == [f"{elsewhere.desk_id}-1"] * 2
            first.kill()
            await first.wait()
            for _ in range(4):
                await _answers(unused_tcp_port)
    await elsewhere.close()


async def _answers(port: int) -> None:
    """A page, through the proxy, once it listens."""
    async with aiohttp.ClientSession() as session:
        for attempt in range(100):
            try:
                async with session.get(f"http://localhost:{port}/sync/orders") as answer:
                    assert answer.status == 200
                    return
            except aiohttp.ClientConnectorError:
                assert attempt < 99
                await asyncio.sleep(0.05)


async def _gives_nobody_rights(port: int) -> None:
    """Whoever comes for somebody elsewhere, or under a foreign name, is nobody without a token."""
    away = {"X-Forwarded-For": "203.0.113.7"}
    async with aiohttp.ClientSession() as session:
        for headers in (away, {"Forwarded": "for=203.0.113.7"}, away | {"X-Operator": "ana"}):
            async with session.get(f"http://localhost:{port}/sync/orders", headers=headers) as answer:
                assert (answer.status, (await answer.json())["code"]) == (403, "forbidden")
        async with session.get(f"http://127.0.0.1:{port}/sync/orders", headers={"Host": "desk.example"}) as answer:
            assert answer.status != 200 or not await answer.read()
