"""A desk behind a real port, as much of it as a start asks for, that can be slow, refuse, or answer nonsense."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web
from tests.tui.screens import desk_data

from orders_wire.orders import Order
from orders_wire.page import Desk
from orders_wire.people import Me
from orders_wire.vocabulary import Tab


@dataclass
class ServedDesk:
    """`answers` is closed to hold every answer back; `status` is that of every answer; `asked` the page requests so far."""

    rows: list[Order] = field(default_factory=lambda: desk_data.of_tab(Tab.UNFULFILLED)[:40])
    status: int = 200
    body: str | None = None
    answers: asyncio.Event = field(default_factory=asyncio.Event)
    asked: list[str] = field(default_factory=list)
    url: str = ""

    def __post_init__(self) -> None:
        self.answers.set()

    async def orders(self, request: web.Request) -> web.Response:
        self.asked.append(request.query_string)
        page = desk_data.page(self.rows).model_copy(update={"desk": Desk(id="d", version=1)})
        return await self._said(page.model_dump_json(by_alias=True))

    async def me(self, _: web.Request) -> web.Response:
        return await self._said(
            Me(**{**dict(desk_data.ME), "desk": Desk(id="d", version=1)}).model_dump_json(by_alias=True)
        )

    async def owners(self, _: web.Request) -> web.Response:
        return await self._said("[]")

    async def alerts(self, _: web.Request) -> web.Response:
        return await self._said('{"alerts": [], "cursor": "d-1", "more": false}')

    async def order(self, request: web.Request) -> web.Response:
        return await self._said(desk_data.detail(self.rows[0]).model_dump_json(by_alias=True))

    async def _said(self, text: str) -> web.Response:
        await self.answers.wait()
        if self.status != 200:
            text = '{"success": false, "message": "this token is not known", "code": "unauthorized"}'
        return web.Response(text=self.body or text, status=self.status, content_type="application/json")


@asynccontextmanager
async def served() -> AsyncIterator[ServedDesk]:
    """A desk on a free port of this machine, until the block ends."""
    desk = ServedDesk()
    app = web.Application()
    app.router.add_get("/sync/orders", desk.orders)
    app.router.add_get("/sync/orders/alerts", desk.alerts)
    app.router.add_get("/sync/orders/{id}", desk.order)
    app.router.add_get("/sync/me", desk.me)
    app.router.add_get("/sync/owners", desk.owners)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0, handler_cancellation=True)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    desk.url = f"http://{host}:{port}"
    try:
        yield desk
    finally:
        await runner.cleanup()
