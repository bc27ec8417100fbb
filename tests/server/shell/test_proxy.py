"""Two processes behind nginx, by the file of `deploy/`: streams come through at once, and a process that dies is not missed."""

from __future__ import annotations

import asyncio
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import aiohttp
import pytest
from tests.server.conftest import SHOP
from tests.server.live.raising import ping
from tests.server.live.serving import stream
from tests.server.shell.test_serving import server

from orders_sync.db.engine import Database

CONF = Path(__file__).parents[3] / "deploy" / "nginx.conf"
NGINX = shutil.which("nginx") or "/usr/sbin/nginx"

pytestmark = pytest.mark.skipif(not Path(NGINX).exists(), reason="no nginx on this machine")


@contextmanager
def nginx(folder: Path, processes: list[int], port: int) -> Iterator[None]:
    """The file as it is, on other ports."""
    site = CONF.read_text("utf-8").replace("listen 8080", f"listen 127.0.0.1:{port}")
    for given, ours in zip((8765, 8766), processes, strict=True):
        site = site.replace(f"127.0.0.1:{given}", f"127.0.0.1:{ours}")
    whole = folder / "nginx.conf"
    temporary = "".join(
        f"{kind}_temp_path {folder}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    whole.write_text(
        f"pid {folder}/pid;\ndaemon off;\nerror_log stderr;\nevents {{}}\nhttp {{\naccess_log off;\n{temporary}{site}}}\n"
    )
    running = subprocess.Popen([NGINX, "-p", str(folder), "-c", str(whole)], stderr=subprocess.PIPE)
    try:
        yield
    finally:
        running.send_signal(signal.SIGTERM)
        running.communicate(timeout=10)


async def test_streams_come_through_at_once_and_a_dead_process_is_not_missed(
    postgres_url: str, tmp_path: Path, unused_tcp_port: int
) -> None:
    elsewhere = await Database.open(postgres_url, SHOP)
    options = ("--shop-domain", SHOP)
    async with server(postgres_url, *options) as (first, url), server(postgres_url, *options) as (_, other):
        ports = [int(address.rpartition(":")[2]) for address in (url, other)]
        with nginx(tmp_path, ports, unused_tcp_port):
            await _answers(unused_tcp_port)
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
