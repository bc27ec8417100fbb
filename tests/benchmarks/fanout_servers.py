"""The servers that `fanout` compares, each a process of its own: `python -m tests.benchmarks.fanout_servers sync|sleeping`.

Prints its port, then obeys a line at a time on stdin: `memory`, `cpu`; and on the Sync server `streams`, `event` (commit a
change, which is told to every stream) and `bare N` (write N bytes to every stream's transport in a plain loop, nothing else).
"""

from __future__ import annotations

import asyncio
import gc
import resource
import sys
import tempfile
import time
from pathlib import Path

from aiohttp import web

from orders_sync.app import build
from orders_sync.app_keys import DATABASE, HUB
from orders_sync.db.tx import Tx
from orders_sync.live import broadcaster
from orders_sync.settings import Settings

PATH = "/sync/orders/alerts"


def raise_file_limit() -> int:
    """As many open files as this user may have; returns that number."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard


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
    return "done"


async def main(kind: str) -> None:
    raise_file_limit()
    broadcaster.HEARTBEAT_S = 3600.0
    with tempfile.TemporaryDirectory() as folder:
        app = build(Settings(database_url=f"sqlite:///{folder}/desk.db")) if kind == "sync" else _sleeping_app()
        runner = web.AppRunner(app, handler_cancellation=True, access_log=None, shutdown_timeout=1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0, backlog=8192).start()
        print(runner.addresses[0][1], flush=True)
        reader = asyncio.StreamReader()
        await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
        while line := await reader.readline():
            print(await _obey(app, line.decode()), flush=True)
        await runner.cleanup()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
