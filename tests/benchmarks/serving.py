"""Server processes to measure: the Sync server as it is, and the floor it is compared with.

`python -m tests.benchmarks.serving sync URL computed|rows|held NOW`: the whole server, its clock standing at NOW. `held`: as
it is. `rows`: no answer is held, so that every request reads its rows. `computed`: every request also counts and reads all
panels, as the first request after a change does.

`python -m tests.benchmarks.serving floor URL BESIDE QUERY…`: aiohttp and the bare driver, on the loop: `/<n>` answers with the
rows of the n-th query, joined to a body, `/<n>/whole` also reads what BESIDE asks for, in the same snapshot.

`python -m tests.benchmarks.serving bytes FILE`: aiohttp alone: `/bytes` answers with the file, `/hello` with a word.

`python -m tests.benchmarks.serving naive URL`: the server of `naive`.
"""

from __future__ import annotations

import asyncio
import select
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from aiohttp import web
from tests.benchmarks import naive
from tests.benchmarks.dataset import SHOP

from orders_sync.app import build
from orders_sync.db.location import is_sqlite, parse, sqlite_path
from orders_sync.desk.page import DeskSummary
from orders_sync.desk.page_cache import CachedPage, PageCache
from orders_sync.desk.query import PageQuery
from orders_sync.instants import Ms
from orders_sync.routes import orders
from orders_sync.serving import tune_garbage_collector
from orders_sync.settings import Settings

_START_TIMEOUT_S = 60.0


class Unheld(PageCache):
    """Keeps counts and panels, but no answer."""

    def cached(self, query: PageQuery) -> CachedPage | None:
        self._turn()
        return None


class Computing(Unheld):
    """Keeps nothing at all."""

    _summary: DeskSummary | None

    def _turn(self) -> None:
        super()._turn()
        self._summary = None


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


def sync(url: str, mode: str, now: Ms) -> web.Application:
    """The whole Sync server; `mode` as in the module's docstring."""
    orders.PageCache = {"held": PageCache, "rows": Unheld, "computed": Computing}[mode]  # type: ignore[attr-defined]
    return build(Settings(database_url=url, shop_domain=SHOP), clock=lambda: now)


def floor(url: str, beside: str, queries: Sequence[str]) -> web.Application:
    """The bare driver and aiohttp: `/<n>` answers with the rows of the n-th query, `/<n>/whole` with `beside` before them."""
    fetch = driver(url)
    begin = "BEGIN" if is_sqlite(parse(url)) else "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"

    def answered(rows: Sequence[Sequence[Any]], *before: bytes) -> web.Response:
        listed = b"[" + b",".join([*before, *(bytes(row[0]) for row in rows)]) + b"]"
        return web.Response(body=listed, content_type="application/json")

    async def rows(request: web.Request) -> web.Response:
        return answered(fetch(queries[int(request.match_info["n"])]))

    async def whole(request: web.Request) -> web.Response:
        fetch(begin)
        ((*_, lists),) = fetch(beside)
        found = fetch(queries[int(request.match_info["n"])])
        fetch("COMMIT")
        return answered(found, lists.encode())

    app = web.Application()
    app.router.add_get("/{n}", rows)
    app.router.add_get("/{n}/whole", whole)
    return app


def alone(body: bytes) -> web.Application:
    """aiohttp with nothing behind it."""

    async def same(_request: web.Request) -> web.Response:
        return web.Response(body=body, content_type="application/json")

    async def hello(_request: web.Request) -> web.Response:
        return web.Response(text="hello")

    app = web.Application()
    app.router.add_get("/bytes", same)
    app.router.add_get("/hello", hello)
    return app


def driver(url: str) -> Callable[[str], list[Any]]:
    """Runs a query on a connection of the bare driver."""
    location = parse(url)
    if is_sqlite(location):
        connection = sqlite3.connect(sqlite_path(location), isolation_level=None)
        connection.execute("PRAGMA mmap_size = 1073741824")
        return lambda query: connection.execute(query).fetchall()
    import psycopg

    dsn = location.set(drivername="postgresql").render_as_string(hide_password=False)
    opened = psycopg.connect(dsn, autocommit=True)

    def fetch(query: str) -> list[Any]:
        cursor = opened.execute(query, prepare=True)
        return cursor.fetchall() if cursor.description else []

    return fetch


async def _serve(app: web.Application) -> None:
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    tune_garbage_collector()
    print(f"http://127.0.0.1:{runner.addresses[0][1]}", flush=True)
    await asyncio.Event().wait()


def main(arguments: Sequence[str]) -> None:
    kind, what, *more = arguments
    apps: dict[str, Callable[[], web.Application]] = {
        "sync": lambda: sync(what, more[0], Ms(int(more[1]))),
        "floor": lambda: floor(what, more[0], more[1:]),
        "bytes": lambda: alone(Path(what).read_bytes()),
        "naive": lambda: naive.app(what),
    }
    asyncio.run(_serve(apps[kind]()))


if __name__ == "__main__":
    main(sys.argv[1:])
