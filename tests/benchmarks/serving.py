"""Server processes to measure: the Sync server as it is, and the floor it is compared with.

`python -m tests.benchmarks.serving sync URL computed|rows|held`: the whole server. `held`: as it is. `rows`: no answer is
held, so that every request reads its rows. `computed`: every request also counts and reads all panels, as the first request
after a change does.

`python -m tests.benchmarks.serving floor URL`: aiohttp and the bare driver, on the loop: one query per request, its rows
joined to the body. Its path is the query's number in `FLOOR`.
"""

from __future__ import annotations

import asyncio
import gc
import select
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

from aiohttp import web
from tests.benchmarks.dataset import SHOP

from orders_sync.app import build
from orders_sync.db.location import is_sqlite, parse, sqlite_path
from orders_sync.desk.page import Surroundings
from orders_sync.desk.pages import Held, Pages
from orders_sync.desk.query import PageQuery
from orders_sync.routes import orders
from orders_sync.settings import Settings

_START_TIMEOUT_S = 60.0


class Unheld(Pages):
    """Keeps counts and panels, but no answer."""

    def held(self, query: PageQuery) -> Held | None:
        self._turn()
        return None


class Computing(Unheld):
    """Keeps nothing at all."""

    _around: Surroundings | None

    def _turn(self) -> None:
        super()._turn()
        self._around = None


@contextmanager
def server(*arguments: str) -> Iterator[str]:
    """Runs this module with these arguments; gives the address once it answers."""
    command = [sys.executable, "-m", "tests.benchmarks.serving", *arguments]
    with ExitStack() as stack:
        process = stack.enter_context(subprocess.Popen(command, stdout=subprocess.PIPE, text=True))
        stack.callback(process.terminate)
        assert process.stdout is not None
        ready, _, _ = select.select([process.stdout], [], [], _START_TIMEOUT_S)
        address = process.stdout.readline().strip() if ready else ""
        if not address:
            raise RuntimeError(f"no answer from {' '.join(arguments)}")
        yield address


def sync(url: str, mode: str) -> web.Application:
    """The whole Sync server; `mode` as in the module's docstring."""
    orders.Pages = {"held": Pages, "rows": Unheld, "computed": Computing}[mode]  # type: ignore[attr-defined]
    return build(Settings(database_url=url, shop_domain=SHOP))


def floor(url: str, queries: Sequence[str]) -> web.Application:
    """The bare driver and aiohttp: `/<n>` answers with the rows of the n-th query."""
    fetch = _driver(url)

    async def answer(request: web.Request) -> web.Response:
        rows = fetch(queries[int(request.match_info["n"])])
        return web.Response(
            body=b"[" + b",".join(bytes(row[0]) for row in rows) + b"]", content_type="application/json"
        )

    app = web.Application()
    app.router.add_get("/{n}", answer)
    return app


def _driver(url: str) -> Callable[[str], list[Any]]:
    location = parse(url)
    if is_sqlite(location):
        connection = sqlite3.connect(sqlite_path(location), isolation_level=None)
        connection.execute("PRAGMA mmap_size = 1073741824")
        return lambda query: connection.execute(query).fetchall()
    import psycopg

    dsn = location.set(drivername="postgresql").render_as_string(hide_password=False)
    opened = psycopg.connect(dsn, autocommit=True)
    return lambda query: opened.execute(query, prepare=True).fetchall()


async def _serve(app: web.Application) -> None:
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    gc.collect()
    gc.freeze()
    print(f"http://127.0.0.1:{runner.addresses[0][1]}", flush=True)
    await asyncio.Event().wait()


def main(arguments: Sequence[str]) -> None:
    kind, url, *more = arguments
    app = sync(url, more[0]) if kind == "sync" else floor(url, more)
    asyncio.run(_serve(app))


if __name__ == "__main__":
    main(sys.argv[1:])
