"""One event stream from its head to its end: every event in order, any byte counted as life, silence noticed.

httpx-sse yields an event with empty data for a heartbeat once an id is known, and none before: those are life, not events.
What has a name is no event of the channel: `presence` says who is where, any other is of a newer release and nothing here.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator
from contextlib import aclosing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import httpx
from httpx_sse import EventSource, ServerSentEvent, SSEError

from orders_tui.api.answer import read_event, read_presence
from orders_tui.api.body import LARGEST_EVENT, LARGEST_PRESENCE, parse_safe, position_of
from orders_tui.errors import ApiError

if TYPE_CHECKING:
    from orders_tui.api.client import SyncApi
    from orders_wire.alerts import Event
    from orders_wire.presence import PresenceEvent

_FIRST_BYTE_S = 5.0
"""After the head; later somebody in between must be buffering."""
_SILENCE_S = 19.0
"""Without a byte a stream is dead: the server says something every 15 s, and nothing is called live for longer than 20 s after it
was last received.
"""
_LONGEST_RETRY_MS = 60_000
_BLANK_LINE = re.compile(rb"(?:\r\n|\n|\r(?!\n)){2}")
_LONGEST_BLANK_LINE = 4
T = TypeVar("T")


class FellSilent(ApiError):
    """The stream was there, and nothing comes any more: the server, or something on the way, stands still."""


class NoStream(Exception):
    """There is a server, but no stream comes through: somebody holds it back, or it fell silent. The message says which."""


@dataclass(frozen=True, slots=True)
class Message:
    """One block of the stream: an event, who is where, or a heartbeat (neither). `position` is the id to go on after."""

    event: Event | None
    position: str | None
    retry_s: float | None
    presence: PresenceEvent | None = None


class Blocks:
    """A stream cut at its blank lines: whole blocks of bounded size come out, a block that is larger is passed over.

    Takes the bytes as they come; never holds more than the limit and one chunk."""

    def __init__(self, limit: int = LARGEST_EVENT) -> None:
        self._limit = limit
        self._held = bytearray()
        self._looked = 0
        self._passing_over = False

    def take(self, chunk: bytes) -> Iterator[bytes]:
        """The blocks that this chunk completes, each with the blank line that ends it."""
        self._held += chunk
        while (end := _BLANK_LINE.search(self._held, self._looked)) is not None:
            block = bytes(self._held[: end.end()])
            del self._held[: end.end()]
            self._looked = 0
            if not self._passing_over and len(block) <= self._limit:
                yield block
            self._passing_over = False
        if len(self._held) > self._limit:
            self._passing_over = True
            del self._held[:-_LONGEST_BLANK_LINE]
        self._looked = max(0, len(self._held) - _LONGEST_BLANK_LINE)


class _Watched(httpx.AsyncByteStream):
    """A body that reports every chunk and does not wait for ever for the next."""

    def __init__(self, body: AsyncIterator[bytes], contact: Callable[[], None]) -> None:
        self._body, self._contact = body, contact

    async def __aiter__(self) -> AsyncIterator[bytes]:
        limit_s, blocks = _FIRST_BYTE_S, Blocks()
        while True:
            try:
                async with asyncio.timeout(limit_s):
                    chunk = await anext(self._body)
            except StopAsyncIteration:
                return
            except TimeoutError as error:
                if limit_s == _SILENCE_S:
                    raise FellSilent(f"nothing was heard for {limit_s:.0f} s") from error
                raise NoStream("something on the way holds the live stream back") from error
            limit_s = _SILENCE_S
            self._contact()
            for block in blocks.take(chunk):
                yield block


async def listen(api: SyncApi, position: str | None, contact: Callable[[], None]) -> AsyncGenerator[Message, None]:
    """The stream after an event, until it ends; `contact` is called with every chunk. Raises NoStream, or ApiError."""
    async with api.stream(position) as response:
        if response.headers.get("content-encoding", "identity").lower() != "identity":
            raise NoStream("something on the way packs the live stream")
        body = response.stream
        assert isinstance(body, httpx.AsyncByteStream)
        response.stream = _Watched(aiter(body), contact)
        try:
            async with aclosing(EventSource(response).aiter_sse()) as events:
                async for sse in events:
                    yield _message(sse)
        except SSEError as error:
            raise NoStream("the server offers no live stream") from error
        finally:
            await body.aclose()


def _message(sse: ServerSentEvent) -> Message:
    """What a block says. Only an event of the channel, and a heartbeat behind one, has a place to go on after."""
    retry_s = _seconds(sse.retry)
    if sse.event == "message":
        return Message(_read(sse.data, read_event), position_of(sse.id), retry_s)
    told = sse.event == "presence" and len(sse.data) <= LARGEST_PRESENCE
    return Message(None, None, retry_s, _read(sse.data, read_presence) if told else None)


def _read(data: str, read: Callable[[Any], T | None]) -> T | None:
    """What is in a block; None for a heartbeat, and for one that cannot be read."""
    try:
        return read(parse_safe(data)) if data else None
    except (ValueError, RecursionError, OverflowError):
        return None


def _seconds(retry_ms: int | None) -> float | None:
    """`retry:` within what is ever waited for."""
    return None if retry_ms is None else max(0, min(retry_ms, _LONGEST_RETRY_MS)) / 1000
