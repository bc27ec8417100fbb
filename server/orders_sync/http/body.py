"""The bytes of a request's body, as they came: within a time, and all bodies together within a bound.

Invariant: what is being read holds at most `TOGETHER_BYTES` in this process, however many send at once. Where room is short,
the body that has been coming longest gives way: a genuine one comes at once, and whoever sends slowly holds nothing for long.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from aiohttp import web

from orders_sync.http.problems import Refused
from orders_wire.vocabulary import ErrorCode

ARRIVES_S = 10.0
"""How long a body may take to come; the largest one comes in a second on a slow line, and Shopify waits for 5 s."""

MAX_BODY_BYTES = 8 * 1024 * 1024
"""The largest body that is read; Shopify's largest orders stay below."""

TOGETHER_BYTES = 64 * 1024 * 1024
"""What all bodies that are on their way may hold together; a webhook is some 10 kB."""

SMALL_BYTES = 64 * 1024
"""A body that may be dropped as it comes, where nothing of it is wanted."""

SOON_S = 1.0
"""A body that has been coming for less than this does not have to give way."""


class BodyBudget:
    """What the bodies on their way hold. One for a process, since memory is one."""

    def __init__(self, most: int = TOGETHER_BYTES) -> None:
        self._left = most
        self._coming: dict[BodyRead, None] = {}

    @contextmanager
    def reading(self, within: asyncio.Timeout) -> Iterator[BodyRead]:
        """While one body comes; what it took is given back in the end. `within` ends it when it has to give way."""
        reading = BodyRead(within)
        self._coming[reading] = None
        try:
            yield reading
        finally:
            self._coming.pop(reading, None)
            self._left += reading.held

    def take(self, reading: BodyRead, size: int) -> None:
        """More bytes came. Raises Refused when there is no room, and nobody who has to give way."""
        if size > self._left:
            self.make_way()
            raise _full()
        self._left -= size
        reading.held += size

    def make_way(self) -> bool:
        """The body that has been coming longest ends; False when none has been coming for long."""
        oldest = next(iter(self._coming), None)
        if oldest is None or asyncio.get_running_loop().time() - oldest.began < SOON_S:
            return False
        del self._coming[oldest]
        oldest.give_way()
        return True


class BodyRead:
    """One body on its way: since when, and how many bytes of it are held."""

    def __init__(self, within: asyncio.Timeout) -> None:
        self.began = asyncio.get_running_loop().time()
        self.held = 0
        self.gave_way = False
        self._within = within

    def give_way(self) -> None:
        self.gave_way = True
        if not self._within.expired():
            self._within.reschedule(self.began)


BODY_BUDGET = BodyBudget()


async def read_body(request: web.Request) -> bytes:
    """The whole body. Raises Refused when it does not come in time or there is no room, HTTPRequestEntityTooLarge."""
    length = request.content_length or 0
    if length > MAX_BODY_BYTES:
        raise web.HTTPRequestEntityTooLarge(MAX_BODY_BYTES, length)
    within = asyncio.timeout(ARRIVES_S)
    with BODY_BUDGET.reading(within) as reading:
        try:
            async with within:
                return await _read(request, reading)
        except TimeoutError:
            if reading.gave_way:
                raise _full() from None
            raise Refused(ErrorCode.INVALID_REQUEST, f"The body did not arrive within {ARRIVES_S:.0f} s") from None
        except (web.RequestPayloadError, ConnectionError):
            raise Refused(ErrorCode.INVALID_REQUEST, "The body broke off, or is not framed as it says") from None


async def _read(request: web.Request, reading: BodyRead) -> bytes:
    parts: list[bytes] = []
    while part := await request.content.readany():
        if reading.held + len(part) > MAX_BODY_BYTES:
            raise web.HTTPRequestEntityTooLarge(MAX_BODY_BYTES, reading.held + len(part))
        BODY_BUDGET.take(reading, len(part))
        parts.append(part)
    return parts[0] if len(parts) == 1 else b"".join(parts)


def without_body(request: web.Request, response: web.Response) -> web.Response:
    """An answer that wants nothing of the body: what comes of it is not read, and the connection ends.

    A small one is let come to its end, since until then the connection stays.
    """
    if request.can_read_body and not request.content.is_eof():
        response.force_close()
        small = request.content_length is not None and request.content_length <= SMALL_BYTES
        if not small and request.transport is not None and isinstance(request.transport, asyncio.Transport):
            request.transport.pause_reading()
    return response


def _full() -> Refused:
    return Refused(ErrorCode.UNAVAILABLE, "Too much is sent at once. Try again shortly.")
