"""The hub: one encoding of each event, written straight to every open stream of this process that may know it.

Invariant: a live stream was sent everything up to `position` that it may know, in order, nothing twice. A stream that does not
read is cut off when its buffer passes a limit; it comes back with its last id and misses nothing, and costs the others nothing.
"""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import Iterable, Mapping, Sequence, Set
from itertools import takewhile
from typing import Final, Protocol

from orders_sync.db.events import Numbered
from orders_sync.live import frames
from orders_sync.live.frames import EncodedEvent

BUFFER_LIMIT_BYTES = 256 * 1024
"""What may wait for a slow reader before it is cut off."""

RECENT_EVENTS = 1_000

_SLICE = 500
"""Streams written to before others on the loop get their turn."""


class Transport(Protocol):
    """The part of `asyncio.Transport` that a stream needs."""

    def write(self, data: bytes) -> None: ...
    def get_write_buffer_size(self) -> int: ...
    def is_closing(self) -> bool: ...
    def abort(self) -> None: ...


class Payload:
    """What is written to many streams, encoded once: as it is, and in chunked coding."""

    __slots__ = ("chunk", "plain")

    def __init__(self, plain: bytes) -> None:
        self.plain = plain
        self.chunk = frames.chunk(plain)


NOTHING: Final = Payload(b"")
NOBODY: Final[Mapping[str, Payload]] = {}


class TooManyStreams(Exception):
    """A caller has as many streams open as one may have."""


class Stream:
    """One open stream. `framed`: its body is in chunked coding; `ended` is set when the server is done with it.

    `reader`: its caller, as events are addressed. `token`: the digest of the token that it was opened with; empty over loopback.
    """

    __slots__ = ("caller", "ended", "framed", "reader", "token", "transport")

    def __init__(self, caller: str, transport: Transport, *, framed: bool, token: str = "") -> None:
        self.caller = caller
        self.reader = frames.reader(caller)
        self.token = token
        self.transport = transport
        self.framed = framed
        self.ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def end(self) -> None:
        """Lets the handler finish the response."""
        if not self.ended.done():
            self.ended.set_result(None)


class Recent:
    """The newest events in memory, so that a burst of reconnecting clients costs no query each.

    At most `size` events, following number `start`. Invariant: everything after `floor` and up to `position` is here, in order;
    silent events have no entry.
    """

    def __init__(self, start: int, size: int) -> None:
        self.floor = start
        self.position = start
        self._size = size
        self._events: deque[EncodedEvent] = deque()

    def add(self, events: Sequence[EncodedEvent], position: int) -> None:
        """The events that follow, which make it complete up to `position`."""
        self._events.extend(events)
        self.position = position
        while len(self._events) > self._size:
            self.floor = self._events.popleft().n

    def forget(self, n: int) -> None:
        """Nothing before number `n` can be continued from any more."""
        self.floor = max(self.floor, n)
        while self._events and self._events[0].n <= n:
            self._events.popleft()

    def after(self, n: int) -> list[EncodedEvent] | None:
        """What follows number `n`; None when that is not all here."""
        if not self.floor <= n <= self.position:
            return None
        newest_first = takewhile(lambda event: event.n > n, reversed(self._events))
        return list(newest_first)[::-1]


class Hub:
    """All streams of a process. `per_caller`: how many one caller may have open; None: any number."""

    def __init__(self, desk_id: str, position: int, per_caller: int | None = None) -> None:
        self.desk_id = desk_id
        self.position = position
        self.recent = Recent(position, RECENT_EVENTS)
        self.cut_off = 0
        self._standing = NOTHING
        self.cut_from_database = False
        """No stream begins meanwhile: what it would be sent first may be old."""
        self._per_caller = per_caller
        self._callers: Counter[str] = Counter()
        self._open: set[Stream] = set()
        self._live: dict[Stream, None] = {}
        self._ahead: dict[Stream, int] = {}
        self._closed = False

    def __len__(self) -> int:
        return len(self._open)

    def admit(self, stream: Stream) -> None:
        """A stream begins; it is not live yet. Raises TooManyStreams."""
        if self._per_caller is not None and self._callers[stream.caller] >= self._per_caller:
            raise TooManyStreams
        self._callers[stream.caller] += 1
        self._open.add(stream)
        if self._closed:
            self._end(stream)

    def join(self, stream: Stream, position: int) -> bool:
        """Makes a stream live that was sent everything up to `position`; False when that is behind and it must catch up.

        It is told what stands beside the events (`tell`).
        """
        if position < self.position:
            return False
        if position == self.position:
            self._live[stream] = None
        else:
            self._ahead[stream] = position
        self._send(stream, self._standing)
        return True

    def leave(self, stream: Stream) -> None:
        """The stream is over, whoever ended it."""
        if stream in self._open:
            self._open.remove(stream)
            self._callers[stream.caller] -= 1
            if not self._callers[stream.caller]:
                del self._callers[stream.caller]
        self._live.pop(stream, None)
        self._ahead.pop(stream, None)

    async def publish(self, events: Sequence[Numbered], position: int) -> None:
        """Sends the events that follow to every live stream that may know them; they make it complete up to `position`."""
        encoded = [frames.encode(self.desk_id, event) for event in events]
        self.position = position
        self.recent.add(encoded, position)
        for event in events:
            if event.reset:
                self.recent.forget(event.n)
        streams = list(self._live)
        self._catch_ahead(encoded)
        addressees = {event.addressee for event in encoded if event.addressee is not None}
        own = {name: self._payload(frames.readable_by(name, encoded)) for name in addressees}
        await self._write(streams, self._payload(frames.readable_by(None, encoded) if own else encoded), own)

    async def send_unnumbered(self, event: Numbered) -> None:
        """Sends something that is no event of the desk, and is not repeated, to every live stream."""
        await self._write(list(self._live), self._payload([frames.encode(self.desk_id, event)]))

    async def tell(self, news: bytes, standing: bytes) -> None:
        """Sends frames that are no events of the desk to every live stream; `standing`: what later ones are told as they join."""
        self._standing = Payload(standing) if standing else NOTHING
        await self._write([*self._live, *self._ahead], Payload(news))

    async def beat(self) -> None:
        """A sign of life on every live stream, also on those that are ahead."""
        await self._write([*self._live, *self._ahead], Payload(frames.HEARTBEAT))

    def revoke(self, tokens: Set[str]) -> None:
        """Ends every stream that was opened with one of these tokens, by digest."""
        for stream in [stream for stream in self._open if stream.token in tokens]:
            self._end(stream)

    def close(self) -> None:
        """Ends every stream at once, and every later one as it begins."""
        self._closed = True
        for stream in list(self._open):
            self._end(stream)

    def _catch_ahead(self, encoded: Sequence[EncodedEvent]) -> None:
        for stream, position in list(self._ahead.items()):
            if position <= self.position:
                del self._ahead[stream]
                self._live[stream] = None
                missing = (event for event in encoded if event.n > position)
                self._send(stream, self._payload(frames.readable_by(stream.reader, missing)))

    def _payload(self, events: Iterable[EncodedEvent]) -> Payload:
        return Payload(frames.frames(self.desk_id, events))

    async def _write(self, streams: Sequence[Stream], payload: Payload, own: Mapping[str, Payload] = NOBODY) -> None:
        """The same to all, but to those who have something of their `own`, by reader."""
        if not (payload.plain or own):
            return
        for start in range(0, len(streams), _SLICE):
            for stream in streams[start : start + _SLICE]:
                self._send(stream, own.get(stream.reader, payload) if own else payload)
            await asyncio.sleep(0)

    def _send(self, stream: Stream, payload: Payload) -> None:
        transport = stream.transport
        if stream not in self._open or not payload.plain:
            return
        if transport.is_closing():
            self._end(stream)
            return
        transport.write(payload.chunk if stream.framed else payload.plain)
        if transport.get_write_buffer_size() > BUFFER_LIMIT_BYTES:
            self.cut_off += 1
            self._end(stream)

    def _end(self, stream: Stream) -> None:
        """The server is done with it; a reader that has not taken what it was sent is not waited for."""
        if stream.transport.get_write_buffer_size():
            stream.transport.abort()
        stream.end()
        self.leave(stream)
