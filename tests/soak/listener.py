"""A stream as a client holds it: it comes back after every loss, on any process, and remembers every number it was told.

Cheap on purpose: two hundred of them share a machine with the fleet. Only ids are looked at.
"""

from __future__ import annotations

import asyncio
import random
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

SILENT_S = 20.0
"""A stream without a byte for so long is given up: above the heartbeat's 15 s."""

_ID = re.compile(rb"^id: ([0-9a-z]+)-(\d+)$", re.MULTILINE)
_REQUEST = "GET /sync/orders/alerts HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n{last}\r\n"
_RESET = b'"reset":true'
_OUTAGE = b'"gap":"database_lost"'
"""Told by a process that misses its database, under the newest event's id: no event of its own."""

_PING = b'"type":"refresh"'


class Place(Protocol):
    """Where a process serves."""

    port: int


class Fleet(Protocol):
    """Says where to go, as a proxy does."""

    def pick(self, dice: random.Random) -> Place: ...


@dataclass(eq=False)
class Listener:
    """`begun`: the number of the first refresh; `told`: every number after it, in the order of arrival.

    `heard` is called for whatever came, `back` with the seconds that a lost stream took to go on.
    """

    fleet: Fleet
    dice: random.Random
    heard: Callable[[], None] = lambda: None
    back: Callable[[float], None] = lambda _seconds: None
    begun: int | None = None
    told: list[int] = field(default_factory=list)
    losses: int = 0
    refused: int = 0
    resets: int = 0
    _desk: str = ""
    _line: _Line | None = None
    _lost_at: float | None = None

    @property
    def position(self) -> int:
        """The newest number it was told."""
        return self.told[-1] if self.told else self.begun or 0

    async def run(self) -> None:
        """Listens until cancelled."""
        while True:
            line = self._line = _Line(self)
            try:
                await line.follow(self.fleet.pick(self.dice).port, self._last_id())
            except (OSError, TimeoutError):
                self.refused += 1
            finally:
                line.cut()
            self.losses += 1
            self._lost_at = self._lost_at or asyncio.get_running_loop().time()
            await asyncio.sleep(self.dice.uniform(0.05, 0.5))

    def cut(self) -> None:
        """The connection breaks."""
        if self._line is not None:
            self._line.cut()

    async def stall(self, seconds: float) -> None:
        """Takes nothing for a while; what is sent meanwhile piles up at the server."""
        line = self._line
        if line is not None and line.pause():
            await asyncio.sleep(seconds)
            line.resume()

    def goes_on(self) -> None:
        """The server answers with a stream."""
        if self._lost_at is not None:
            self.back(asyncio.get_running_loop().time() - self._lost_at)
            self._lost_at = None

    def take(self, data: bytes) -> None:
        """Whole lines of the stream."""
        if _RESET in data:
            self.resets += 1
        if self.begun is None:
            data = self._begin(data)
        for match in _ID.finditer(data):
            n = int(match[2])
            if n != self.position or _OUTAGE not in data[match.end() :].partition(b"\n\n")[0]:
                self.told.append(n)
        self.heard()

    def _begin(self, data: bytes) -> bytes:
        """Past the snapshot, whose ids are those that its alerts were raised with."""
        end = data.find(_PING)
        ids = list(_ID.finditer(data, 0, max(0, end)))
        if end < 0 or not ids:
            return b""
        self._desk, self.begun = ids[-1][1].decode(), int(ids[-1][2])
        return data[end:]

    def _last_id(self) -> str:
        return "" if self.begun is None else f"Last-Event-ID: {self._desk}-{self.position}\r\n"


class _Line(asyncio.Protocol):
    """One connection of a listener."""

    def __init__(self, listener: Listener) -> None:
        self._listener = listener
        self._transport: asyncio.Transport | None = None
        self._ended = asyncio.Event()
        self._rest = b""
        self._streaming = False
        self._alive_at = 0.0

    async def follow(self, port: int, last: str) -> None:
        """Until the connection ends, or is silent for too long."""
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(2.0):
            transport, _ = await loop.create_connection(lambda: self, "127.0.0.1", port)
        transport.write(_REQUEST.format(last=last).encode())
        self._alive_at = loop.time()
        while not self._ended.is_set() and loop.time() - self._alive_at < SILENT_S:
            try:
                async with asyncio.timeout(1.0):
                    await self._ended.wait()
            except TimeoutError:
                continue

    def cut(self) -> None:
        if self._transport is not None:
            self._transport.abort()

    def pause(self) -> bool:
        if self._transport is None or self._transport.is_closing():
            return False
        self._transport.pause_reading()
        return True

    def resume(self) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.resume_reading()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def connection_lost(self, _exc: Exception | None) -> None:
        self._ended.set()

    def data_received(self, data: bytes) -> None:
        self._alive_at = asyncio.get_running_loop().time()
        data = self._rest + data
        if not self._streaming:
            data = self._head(data)
        whole = data.rfind(b"\n\n") + 2 if self._streaming else 0
        if whole >= 2:
            self._listener.take(data[:whole])
            self._rest = data[whole:]
        else:
            self._rest = data

    def _head(self, data: bytes) -> bytes:
        """Past the answer's head; an answer that is no stream ends the connection."""
        head, end, body = data.partition(b"\r\n\r\n")
        if not end:
            return data
        if b" 200 " not in head.partition(b"\r\n")[0]:
            self._listener.refused += 1
            self.cut()
            return b""
        self._streaming = True
        self._listener.goes_on()
        return body
