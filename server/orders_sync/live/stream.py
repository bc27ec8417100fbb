"""How a stream begins: what it missed first, with back-pressure; then live, without a hole and without a repeat.

Nothing is awaited between finding that it has caught up and joining the hub: that is what closes the hole.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from orders_sync.live import frames
from orders_sync.live.history import History, Part
from orders_sync.live.hub import Hub, Stream

STALLED_S = 30.0
"""How long a reader that is catching up may take for one batch."""

Write = Callable[[bytes], Awaitable[None]]
"""Sends bytes, waiting while the reader is slow. Raises ConnectionError when the reader is gone."""


async def begin(hub: Hub, history: History, stream: Stream, first: Part, write: Write) -> None:
    """Sends `first`, then what followed it, then joins the hub: the stream is live, or `ended`, when this returns.

    Raises ConnectionError, TimeoutError (a stalled reader), `history.Gone`, and what the database raises: the reader then has
    to come back. `write` is not called once the stream is live.
    """
    await _send(write, frames.RETRY + frames.frames(hub.desk_id, first.events))
    position = first.position
    while not stream.ended.done() and not hub.join(stream, position):
        part = await history.after(position)
        position = part.position
        await _send(write, frames.frames(hub.desk_id, part.events))


async def _send(write: Write, data: bytes) -> None:
    if data:
        async with asyncio.timeout(STALLED_S):
            await write(data)
