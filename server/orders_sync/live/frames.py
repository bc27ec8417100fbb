"""How an event looks on the wire: its JSON, its id, and the bytes of a stream (contract §2). Pure.

An event's JSON is the same text on a stream, in a replay and in a poll's answer.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import orjson

from orders_sync.db.events import Numbered
from orders_sync.instants import Ms, to_text
from orders_wire.vocabulary import EventType

RETRY: Final = b"retry: 1000\n\n"
"""How many milliseconds a client waits before it comes back."""

HEARTBEAT: Final = b": still here\n\n"
"""A comment: no event, and a sign of life."""


@dataclass(frozen=True, slots=True)
class EncodedEvent:
    """An event as clients get it: the number in its id, and its JSON. `addressee`: whom alone it is sent; None: everybody."""

    n: int
    text: bytes
    addressee: str | None = None


def reader(name: str) -> str:
    """A caller's name as an event's addressee is compared with it: blind to case."""
    return name.casefold()


def readable_by(name: str | None, events: Iterable[EncodedEvent]) -> list[EncodedEvent]:
    """What this `reader` may know; None: what everybody may."""
    return [event for event in events if event.addressee is None or event.addressee == name]


def event_id(desk_id: str, n: int) -> str:
    """The id of event number `n`; 0 stands before the first."""
    return f"{desk_id}-{n}"


def event_number(desk_id: str, event: str) -> int | None:
    """The number in an event id of this desk; None for anything else."""
    desk, dash, digits = event.rpartition("-")
    if desk != desk_id or not dash or not (digits.isascii() and digits.isdecimal()) or len(digits) > 18:
        return None
    n = int(digits)
    return n if str(n) == digits else None


def encode(desk_id: str, event: Numbered) -> EncodedEvent:
    """An event with its number: `version` is the desk's version that it belongs to."""
    head = b'{"id":"%b","version":%d,' % (event_id(desk_id, event.n).encode(), event.n)
    return EncodedEvent(event.n, head + event.body[1:], None if event.addressee is None else reader(event.addressee))


def ping(desk_id: str, n: int, version: int, now: Ms, *, reset: bool = False) -> EncodedEvent:
    """A `refresh` of one stream alone, under an id that exists already."""
    body: dict[str, object] = {"id": event_id(desk_id, n), "version": version, "type": EventType.REFRESH.value}
    if reset:
        body["reset"] = True
    return EncodedEvent(n, orjson.dumps({**body, "created_at": to_text(now)}))


def frames(desk_id: str, events: Iterable[EncodedEvent]) -> bytes:
    """Events as unnamed Server-Sent Events."""
    return b"".join(b"id: %b\ndata: %b\n\n" % (event_id(desk_id, event.n).encode(), event.text) for event in events)


def named(name: str, data: bytes) -> bytes:
    """A Server-Sent Event that has a name and no id: clients of version 1.2 listen to unnamed ones alone."""
    return b"event: %b\ndata: %b\n\n" % (name.encode(), data)


def chunk(data: bytes) -> bytes:
    """A chunk of HTTP/1.1's chunked coding; nothing for nothing, since an empty chunk would end the body."""
    return b"%x\r\n%b\r\n" % (len(data), data) if data else b""
