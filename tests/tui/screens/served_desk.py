"""A desk behind a real port, as much of it as is read, that can be slow, refuse, or answer nonsense."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from aiohttp import web
from pydantic_core import to_jsonable_python
from tests.tui.screens import desk_data
from tests.tui.screens.desk_data import NOW

from orders_wire.alerts import AlertsAnswer, Event
from orders_wire.detail import Note
from orders_wire.mentions import Mention, Mentions
from orders_wire.orders import Order, TimelineEntry
from orders_wire.page import Desk
from orders_wire.vocabulary import Tab

DESK = Desk(id="k3f9", version=90)


@dataclass
class ServedDesk:
    """`answers` is closed to hold every answer back; `status` is that of every answer, `body` stands in for it, `spoil` changes
    it; `asked` are the page requests so far, `tokens` what they carried; `acts` is closed to
    hold actions back, `assigned` are the owners that were asked for; `noted` is what was noted; `moves` is how often the desk
    moved on otherwise. With `streams` it has a stream of events, on which `tell` tells.
    """

    rows: list[Order] = field(default_factory=lambda: desk_data.of_tab(Tab.UNFULFILLED)[:40])
    status: int = 200
    body: str | None = None
    spoil: Callable[[Any], Any] | None = None
    answers: asyncio.Event = field(default_factory=asyncio.Event)
    asked: list[str] = field(default_factory=list)
    acts: asyncio.Event = field(default_factory=asyncio.Event)
    assigned: list[str] = field(default_factory=list)
    noted: list[str] = field(default_factory=list)
    moves: int = 0
    streams: bool = False
    listeners: list[web.StreamResponse] = field(default_factory=list)
    ending: asyncio.Event = field(default_factory=asyncio.Event)
    tokens: set[str | None] = field(default_factory=set)
    url: str = ""

    def __post_init__(self) -> None:
        self.answers.set()
        self.acts.set()

    @property
    def desk(self) -> Desk:
        return DESK.model_copy(update={"version": DESK.version + len(self.noted) + self.moves})

    async def orders(self, request: web.Request) -> web.Response:
        self.asked.append(request.query_string)
        self.tokens.add(request.headers.get("Authorization"))
        return await self._said(desk_data.page(self.rows).model_copy(update={"desk": self.desk}))

    async def order(self, request: web.Request) -> web.Response:
        number = request.match_info["id"]
        detail = desk_data.detail(next(row for row in self.rows if row.id.endswith(number)))
        entries = [entry for entry in detail.timeline if entry.note_id]
        notes = [
            Note(id=entry.note_id or "", at=entry.ts, by="ana", text=text)
            for entry, text in zip(entries, self.noted, strict=False)
        ]
        return await self._said(detail.model_copy(update={"notes": notes}))

    async def me(self, _: web.Request) -> web.Response:
        return await self._said(desk_data.ME.model_copy(update={"desk": self.desk}))

    async def owners(self, _: web.Request) -> web.Response:
        return await self._said(desk_data.PEOPLE)

    async def alerts(self, request: web.Request) -> web.StreamResponse:
        if self.streams and request.headers["Accept"] == "text/event-stream":
            return await self._stream(request)
        return await self._said(AlertsAnswer(alerts=desk_data.alert_events(), cursor="k3f9-90", more=False))

    async def _stream(self, request: web.Request) -> web.StreamResponse:
        """What is open, then what is told, until `cut`."""
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        self.listeners.append(response)
        await self.tell(*desk_data.alert_events())
        await self.ending.wait()
        return response

    async def tell(self, *events: Event) -> None:
        """On every stream, in one piece."""
        blocks = "".join(f"id: {each.id}\ndata: {each.model_dump_json(by_alias=True)}\n\n" for each in events)
        for response in self.listeners:
            await response.write(blocks.encode())

    def cut(self) -> None:
        """The streams end, and there are none."""
        self.streams = False
        self.listeners.clear()
        self.ending.set()
        self.ending = asyncio.Event()

    async def assign(self, request: web.Request) -> web.Response:
        """Done, once `acts` is open."""
        body = await request.json()
        self.assigned.append(body["assignee"])
        await self.acts.wait()
        done = {"success": True, "message": "Assigned", "updatedOrders": [{"id": each} for each in body["orderIds"]]}
        return web.json_response({**done, "actionId": "act-1"})

    async def note(self, request: web.Request) -> web.Response:
        """The order has it from then on."""
        body = await request.json()
        self.noted.append(body["note"])
        order_id, number = body["orderIds"][0], len(self.noted)
        row = next(row for row in self.rows if row.id == order_id)
        entry = TimelineEntry(ts=datetime.now(UTC), event="note", details=f"ana: {body['note']}", note_id=f"n{number}")
        changed = {"note_count": number, "timeline": [*row.timeline, entry], "version": row.version + 1}
        self.rows = [each.model_copy(update=changed) if each.id == order_id else each for each in self.rows]
        done = {"success": True, "message": "Noted", "updatedOrders": [{"id": order_id, "noteId": f"n{number}"}]}
        done |= {"actionId": "act-2", "versions": {order_id: row.version + 1}, "desk": self.desk.model_dump()}
        return web.json_response(done)

    async def mentions(self, _: web.Request) -> web.Response:
        """Every note names the caller."""
        row = self.rows[0]
        told = [
            Mention(
                id=f"m{at}",
                order_id=row.id,
                order_number=row.order_number,
                note_id=f"n{at}",
                by="bo",
                at=NOW,
                text=text,
            )
            for at, text in enumerate(self.noted, 1)
        ]
        return await self._said(Mentions(mentions=told))

    async def _said(self, answer: object) -> web.Response:
        await self.answers.wait()
        told: Any = to_jsonable_python(answer, by_alias=True)
        if self.status != 200:
            told = {"success": False, "message": "this token is not known", "code": "unauthorized"}
        text = self.body or json.dumps(self.spoil(told) if self.spoil else told)
        return web.Response(text=text, status=self.status, content_type="application/json")


@asynccontextmanager
async def served() -> AsyncIterator[ServedDesk]:
    """A desk on a free port of this machine, until the block ends."""
    desk = ServedDesk()
    app = web.Application()
    app.router.add_get("/sync/orders", desk.orders)
    app.router.add_get("/sync/orders/alerts", desk.alerts)
    app.router.add_get("/sync/orders/{id}", desk.order)
    app.router.add_post("/sync/orders/assign", desk.assign)
    app.router.add_post("/sync/orders/note", desk.note)
    app.router.add_get("/sync/mentions", desk.mentions)
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
