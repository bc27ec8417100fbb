"""What the processes of a fleet say to each other about who is where, as texts of bounded size. Pure.

What cannot be read says nothing: whoever may connect to the database can send on its channels.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated

import orjson
from pydantic import BaseModel, Field, ValidationError

from orders_sync.instants import Ms
from orders_sync.live.frames import reader
from orders_sync.live.presence import Connection, Place, Report, Word
from orders_wire.presence import LONGEST_DOING

MOST_BYTES = 7_900
"""PostgreSQL takes 7,999 in one notification."""

_ENVELOPE_BYTES = 200
_LONGEST_NAME = 500


class _Said(BaseModel):
    """A word. Gone: no order."""

    name: Annotated[str, Field(min_length=1, max_length=_LONGEST_NAME)]
    client: Annotated[str, Field(max_length=40)]
    order: Annotated[int, Field(gt=0, lt=2**63)] | None = None
    doing: Annotated[str, Field(max_length=LONGEST_DOING)] | None = None
    since: Annotated[int, Field(ge=0, lt=2**53)] = 0
    ago_ms: Annotated[int, Field(ge=0, lt=2**31)]


class _Call(BaseModel):
    shop: int
    process: Annotated[str, Field(min_length=1, max_length=40)]
    said: list[_Said] = []
    count: int | None = None
    begins: bool = False
    ends: bool = False
    asks: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """A process wants to be told all that the others know."""

    process: str


def asking(shop_id: int, process: str) -> str:
    """Asks everybody who is there."""
    return orjson.dumps({"shop": shop_id, "process": process, "asks": True}).decode()


def reporting(shop_id: int, report: Report) -> list[str]:
    """A report, in as many texts as it takes, at least one."""
    calls: list[dict[str, object]] = [
        {"shop": shop_id, "process": report.process, "said": [orjson.Fragment(said) for said in part]}
        for part in _parts([_said(word) for word in report.words])
    ]
    calls[0]["begins"] = report.begins
    calls[-1] |= {"ends": report.ends, "count": report.count}
    return [orjson.dumps(call).decode() for call in calls]


def read(text: str, shop_id: int, process: str) -> Report | Asked | None:
    """What another process of this shop's said; None for anything else, and for what `process` itself said."""
    try:
        call = _Call.model_validate_json(text)
    except ValidationError:
        return None
    if call.shop != shop_id or call.process == process:
        return None
    if call.asks:
        return Asked(call.process)
    return Report(call.process, tuple(map(_word, call.said)), call.count, begins=call.begins, ends=call.ends)


def _parts(said: Sequence[bytes]) -> Iterator[list[bytes]]:
    part: list[bytes] = []
    size = _ENVELOPE_BYTES
    for each in said:
        if size + len(each) + 1 > MOST_BYTES:
            yield part
            part, size = [], _ENVELOPE_BYTES
        part.append(each)
        size += len(each) + 1
    yield part


def _said(word: Word) -> bytes:
    place, (name, client) = word.place, word.connection
    said: dict[str, object] = {"name": name, "client": client, "ago_ms": round(max(0.0, word.ago_s) * 1000)}
    if place is not None:
        said |= {"name": place.name, "order": place.order_id, "doing": place.doing, "since": place.since}
    return orjson.dumps(said)


def _word(said: _Said) -> Word:
    place = None if said.order is None else Place(said.name, said.order, said.doing, Ms(said.since))
    return Word(Connection(reader(said.name), said.client), place, said.ago_ms / 1000)
