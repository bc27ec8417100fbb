"""What a server may say that no server says: values, headers and bodies, drawn by a seeded chance."""

from __future__ import annotations

import json
import random
from collections.abc import AsyncIterator, Sequence
from typing import Any

import httpx
from tests.tui.core.samples import order, page

ORDER = json.loads(order(1).model_dump_json(by_alias=True))
PAGE = json.loads(page([order(1), order(2)]).model_dump_json(by_alias=True))
STRANGE: list[Any] = [
    None,
    True,
    "",
    "\ud800",
    "x" * 100_000,
    -1,
    10**400,
    -(10**400),
    1e308,
    [],
    {},
    [[]],
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-14:00",
    "NaN",
    "1e999999999",
]
HEADERS = [
    {},
    {"Date": "Mon, 01 Jan 0001 00:00:00 +1400"},
    {"Date": "Fri, 31 Dec 9999 23:59:59 GMT"},
    {"Date": "Fri, 31 Dec 99999999999999999999 23:59:59 GMT"},
    {"Retry-After": "1000000000"},
    {"Retry-After": "9" * 400},
    {"Retry-After": "Fri, 31 Dec 9999 23:59:59 GMT"},
    {"Retry-After": "-5"},
    {"Set-Cookie": "a=b", "ETag": "\x7f" * 2000},
    {"Location": "http://[", "Content-Encoding": "br"},
]


def strange(value: Any, chance: random.Random) -> Any:
    """The value with one part of it, at any depth, replaced."""
    if isinstance(value, dict) and value and chance.random() < 0.9:
        key = chance.choice(list(value))
        return {**value, key: strange(value[key], chance)}
    if isinstance(value, list) and value and chance.random() < 0.9:
        at = chance.randrange(len(value))
        return [*value[:at], strange(value[at], chance), *value[at + 1 :]]
    return chance.choice(STRANGE)


def bodies(chance: random.Random, *more: Any) -> list[bytes]:
    """Bodies that are nearly right, four of each kind (of `more` as well), and some that are nothing."""
    whole = [
        *more,
        PAGE,
        ORDER,
        {"success": True, "message": "Assigned", "updatedOrders": [{"id": "1001"}]},
        {"alerts": [], "cursor": "d-1"},
    ]
    made = [json.dumps(strange(each, chance)).encode() for each in whole for _ in range(4)]
    return [
        *made,
        b"",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"a":' * 100_000,
        json.dumps(PAGE).encode()[:-7],
        b'{"metrics": NaN}',
        b'{"success": false, "code": "on_hold", "message": 1, "failures": {}}',
        b"[" + b"{}," * 200_000 + b"{}]",
        b"<html>",
    ]


class Chunks(httpx.AsyncByteStream):
    """A body in these pieces."""

    def __init__(self, chunks: Sequence[bytes]) -> None:
        self.chunks = chunks

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for chunk in self.chunks:
            yield chunk
