"""The servers that `fanout` compares, each a process of its own: `python -m tests.benchmarks.fanout_servers sync|sleeping`; and
those of `presence`, on a database that is there: `… sync DATABASE_URL`.

Prints its port, then obeys a line at a time on stdin: `memory`, `cpu`; and on the Sync server `streams`, `event` (commit a
change, which is told to every stream), `bare N` (write N bytes to every stream's transport in a plain loop, nothing else) and
`fill PORT…` (write to the streams of these client ports, which do not read, until their sockets are full and bytes wait here).
"""

from __future__ import annotations

import asyncio
import gc
import sys
import tempfile
import time
from pathlib import Path

from aiohttp import web

from orders_sync.app import build
from orders_sync.db.tx import Tx
from orders_sync.http.app_keys import DATABASE, HUB
from orders_sync.live import broadcaster
from orders_sync.live.hub import BUFFER_LIMIT_BYTES, Transport
from orders_sync.serving import raise_file_limit, tune_garbage_collector
from orders_sync.settings import Settings

PATH = "/sync/orders/alerts"
SHOP = "benchmark.myshopify.com"


def memory_kb() -> int:
    """The resident memory of this process."""
    gc.collect()
    fields = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return int(fields["VmRSS"].split()[0])


async def _sleeping(_request: web.Request) -> web.Response:
    await asyncio.sleep(3600)
    return web.Response()


def _sleeping_app() -> web.Application:
    app = web.Application()
    app.add_routes([web.get(PATH, _sleeping)])
    return app


def _touch(tx: Tx) -> None:
    tx.touch(1_000_000_001)


async def _fill(transport: Transport) -> None:
    """Until the socket takes no more for a while: half of what may wait for a reader waits."""
    while transport.get_write_buffer_size() < BUFFER_LIMIT_BYTES // 2:
        transport.write(b"." * (BUFFER_LIMIT_BYTES // 4))
        await asyncio.sleep(0.001)


async def _obey(app: web.Application, line: str) -> object:
    match line.split():
        case ["memory"]:
            return memory_kb()
        case ["cpu"]:
            return time.process_time()
        case ["streams"]:
            return len(app[HUB])
        case ["event"]:
            await app[DATABASE].write(_touch)
        case ["bare", size]:
            data = b"." * int(size)
            for stream in list(app[HUB]._live):
                stream.transport.write(data)
        case ["fill", *ports]:
            for stream in list(app[HUB]._live):
                if str(stream.transport.get_extra_info("peername")[1]) in ports:  # type: ignore[attr-defined]
                    await _fill(stream.transport)
    return "done"


async def main(kind: str, url: str = "") -> None:
    raise_file_limit()
    broadcaster.HEARTBEAT_S = 3600.0
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(database_url=url or f"sqlite:///{folder}/desk.db", shop_domain=SHOP if url else None)
        app = build(settings) if kind == "sync" else _sleeping_app()
        runner = web.AppRunner(app, handler_cancellation=True, access_log=None, shutdown_timeout=1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0, backlog=8192).start()
        tune_garbage_collector()
        print(runner.addresses[0][1], flush=True)
        reader = asyncio.StreamReader()
        await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
        while line := await reader.readline():
            print(await _obey(app, line.decode()), flush=True)
        await runner.cleanup()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
