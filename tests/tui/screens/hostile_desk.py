"""A desk behind a transport that answers well, or, while it is `hostile`, nearly right, wrongly, not at all, and without end."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import AsyncIterator
from typing import Any

import httpx
from pydantic_core import to_jsonable_python
from tests.tui.core.hostile import HEADERS, Chunks, bodies, strange
from tests.tui.screens import desk_data
from tests.tui.screens.fake_mentions import SOME
from tests.tui.screens.fake_outgoing import FakeOutgoing

from orders_wire.actions import ActionAnswer
from orders_wire.mentions import Mentions
from orders_wire.page import Desk
from orders_wire.vocabulary import Tab

STATUSES = [200, 200, 200, 201, 204, 206, 301, 304, 400, 401, 403, 404, 409, 413, 418, 422, 429, 500, 502, 503, 599]
LOST = (
    httpx.ConnectError("refused"),
    httpx.ReadTimeout("late"),
    httpx.RemoteProtocolError("cut"),
    UnicodeError("host"),
)


class _Stream(httpx.AsyncByteStream):
    """Blocks one by one, and then nothing more, or the end."""

    def __init__(self, blocks: list[bytes], *, lasts: bool) -> None:
        self._blocks, self._lasts = blocks, lasts

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for block in self._blocks:
            yield block
            await asyncio.sleep(0)
        if self._lasts:
            await asyncio.Event().wait()


class HostileDesk(httpx.AsyncBaseTransport):
    """`hostile` is the share of requests that are not answered well; `asked` their paths."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.hostile = 0.0
        self.desk_id = "k3f9"
        self.version = 90
        self.asked: list[str] = []
        self.rows = desk_data.of_tab(Tab.UNFULFILLED)[:40]
        self._streams: list[asyncio.Event] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(f"{request.method} {request.url.path}")
        streams = "event-stream" in request.headers["accept"]
        if self.chance.random() < self.hostile:
            return await self._hostile(request, streams=streams)
        if streams:
            return self._stream([*map(self._event, self._events()), self._named(self._presence())], lasts=True)
        return httpx.Response(200, json=await self._good(request))

    async def _hostile(self, request: httpx.Request, *, streams: bool) -> httpx.Response:
        headers = {"content-type": "application/json", **self.chance.choice(HEADERS)}
        match self.chance.randrange(8):
            case 0:
                raise self.chance.choice(LOST)
            case 1:
                return httpx.Response(self.chance.choice(STATUSES), headers=headers, json=await self._good(request))
            case 2:
                rough = Chunks([self.chance.choice(bodies(self.chance))])
                return httpx.Response(self.chance.choice(STATUSES), headers=headers, stream=rough)
            case 3 if not streams:
                return httpx.Response(self.chance.choice(STATUSES), headers=headers, json=self._refusal())
        if streams:
            blocks = [self._event(strange(each, self.chance)) for each in self._events()]
            blocks += [self._named(strange(self._presence(), self.chance)) for _ in range(3)]
            return self._stream([*blocks, b"data: " + b"[" * 50_000 + b"\n\n"], lasts=self.chance.random() < 0.5)
        told = await self._good(request)
        for _ in range(self.chance.randrange(1, 4)):
            told = strange(told, self.chance)
        return httpx.Response(200, headers=headers, stream=Chunks([json.dumps(told).encode()]))

    def _stream(self, blocks: list[bytes], *, lasts: bool) -> httpx.Response:
        stream = _Stream([b"retry: 1\n\n", *blocks], lasts=lasts)
        return httpx.Response(200, headers={"content-type": "text/event-stream"}, stream=stream)

    def _events(self) -> list[Any]:
        return [
            {**to_jsonable_python(event, by_alias=True), "id": f"{self.desk_id}-{self.version - 9 + n}"}
            for n, event in enumerate(desk_data.alert_events())
        ]

    def _presence(self) -> Any:
        return {"name": "bo", "order_id": self.rows[0].id, "doing": "fulfill", "since": desk_data.NOW.isoformat()}

    @staticmethod
    def _named(told: Any) -> bytes:
        return b"event: presence\ndata: " + json.dumps(told).encode() + b"\n\n"

    @staticmethod
    def _event(told: Any) -> bytes:
        return b"data: " + json.dumps(told).encode() + b"\n\n"

    def _refusal(self) -> Any:
        told = {
            "success": False,
            "message": "no",
            "code": self.chance.choice(["version_conflict", "on_hold", "forbidden", "unavailable", "unknown_code"]),
            "failures": [{"id": self.rows[0].id, "code": "version_conflict", "message": "changed", "version": 7}],
            "allowed_actions": ["deny"],
            "version": 3,
        }
        return strange(told, self.chance) if self.chance.random() < 0.7 else told

    async def _good(self, request: httpx.Request) -> Any:
        answer = await self._answer(request)
        return to_jsonable_python(answer, by_alias=True)

    async def _answer(self, request: httpx.Request) -> Any:
        path, desk = request.url.path, Desk(id=self.desk_id, version=self.version)
        match path.removeprefix("/sync/").split("/"):
            case ["orders"]:
                return desk_data.page(self.rows).model_copy(update={"desk": desk})
            case ["orders", "alerts"]:
                return {"alerts": self._events(), "cursor": f"{self.desk_id}-{self.version}", "more": False}
            case ["me"]:
                return desk_data.ME.model_copy(update={"desk": desk})
            case ["owners"]:
                return list(desk_data.PEOPLE)
            case ["mentions"]:
                return Mentions(mentions=list(SOME))
            case ["outbox"]:
                return await FakeOutgoing().outbox()
            case ["dead-letters"]:
                return await FakeOutgoing().dead_letters()
            case ["orders", _] if request.method == "POST":
                return self._done(json.loads(request.content), desk)
            case ["orders", number]:
                found = [row for row in self.rows if row.id.endswith(number)]
                return desk_data.detail(found[0] if found else self.rows[0])
        return {"success": True, "message": "done"}

    def _done(self, body: dict[str, Any], desk: Desk) -> ActionAnswer:
        ids = body.get("order_ids") or body.get("orderIds") or [body.get("order_id") or self.rows[0].id]
        return ActionAnswer(
            success=True,
            message="done",
            updated_orders=[{"id": order_id} for order_id in ids],
            versions=dict.fromkeys(ids, 7),
            action_id=f"act-{len(self.asked)}",
            desk=desk,
        )
