"""Sends the requests of a seed to a living server over raw sockets and holds each answer to the contract's shape."""

from __future__ import annotations

import asyncio
import logging
import traceback
from collections import Counter
from collections.abc import AsyncIterator, Iterator, MutableMapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson
import structlog
from tests.fuzz.requests import ERP_SECRET, SECRET, Requests, Wanted, endpoints

from orders_sync.app import build, webhooks_alone
from orders_sync.http.app_keys import Caller
from orders_sync.http.auth import Tokens, digest
from orders_sync.http.listener import Listener
from orders_sync.http.problems import MAX_MESSAGE
from orders_sync.settings import load
from orders_wire.vocabulary import ErrorCode, Role

ANSWERS_S = 20.0
"""An answer that has not come by then never will."""

CUT_S = 0.3
"""How long an answer to what is framed wrongly, or a stream, is listened to."""

AT_ONCE = 4
_LOST = b"The database cannot be reached"
_TOKENS = {f"token-of-{role}": Caller(str(role), role, digest(f"token-of-{role}")) for role in Role}


@dataclass(slots=True)
class Findings:
    """What came of it: answers by their status, and the requests that were answered wrongly, with why."""

    statuses: Counter[int] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Door:
    """A listener, and the requests that are sent to it."""

    port: int
    requests: Requests


@asynccontextmanager
async def doors(database_url: str, seed: int) -> AsyncIterator[list[Door]]:
    """Servers on one database: without tokens, with them, and the webhooks' own listener."""
    given = {
        "database_url": database_url,
        "shop_domain": "desk-test.myshopify.com",
        "shopify_webhook_secret": SECRET,
        "erp_secret": ERP_SECRET,
    }
    settings = load(given, {}, Path("/dev/null"))
    tokens = Tokens({caller.token or "": caller for caller in _TOKENS.values()})
    tokens.rates.wait_s = lambda caller: 0.0  # type: ignore[method-assign]
    opened, known = build(settings), build(settings, tokens=tokens)
    listeners = [Listener(app, ends_s=1, silent_s=60) for app in (opened, known)]
    try:
        for listener in listeners:
            await listener.setup()
        listeners.append(Listener(webhooks_alone(opened), ends_s=1, most=64, silent_s=15))
        await listeners[-1].setup()
        ports = [await listener.listen("127.0.0.1", 0, 64) for listener in listeners]
        every = endpoints(opened)
        signed = [one for one in every if one.path.endswith("/webhook")]
        yield [
            Door(ports[0], Requests(every, seed)),
            Door(ports[1], Requests(every, seed, tuple(_TOKENS))),
            Door(ports[2], Requests(signed, seed)),
        ]
    finally:
        for listener in reversed(listeners):
            await listener.cleanup()


async def fuzz(doors: list[Door], begin: int, count: int) -> Findings:
    """Requests number `begin` to `begin + count`, shared between the doors."""
    findings = Findings()
    numbers = iter(range(begin, begin + count))
    with complaints() as complained:

        async def send() -> None:
            for number in numbers:
                door = doors[(0, 0, 0, 1, 2)[number % 5]]
                await _one(door, number, findings)
                for complaint in complained:
                    findings.faults.append(f"about request {number}: {complaint}")
                complained.clear()

        await asyncio.gather(*(send() for _ in range(AT_ONCE)))
    return findings


async def answered_wrongly(door: Door, wanted: Wanted) -> list[str]:
    """What is wrong with the answer to one request."""
    with complaints() as complained:
        reason = _fault(wanted, await _answer(door.port, wanted))
        return [*complained, *([] if reason is None else [reason])]


async def _one(door: Door, number: int, findings: Findings) -> None:
    wanted = door.requests.request(number)
    answer = await _answer(door.port, wanted)
    if answer.startswith(b"HTTP/1."):
        findings.statuses[int(answer[9:12])] += 1
    reason = _fault(wanted, answer)
    if reason is not None:
        findings.faults.append(
            f"request {number}: {reason}\n  sent {wanted.raw[:3000]!r}\n  answered {answer[:2000]!r}"
        )


async def _answer(port: int, wanted: Wanted) -> bytes:
    """The head and body of the first answer; what there is of it where it ends early."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**24)
    got = b""
    try:
        writer.write(wanted.raw)
        async with asyncio.timeout(ANSWERS_S if wanted.whole else CUT_S):
            got = await reader.readuntil(b"\r\n\r\n")
            head = dict(line.split(b": ", 1) for line in got.lower().split(b"\r\n")[1:] if b": " in line)
            if b"content-length" in head and not wanted.raw.startswith(b"HEAD ") and got[9:12] != b"304":
                got += await reader.readexactly(int(head[b"content-length"]))
            elif head.get(b"content-type") == b"text/event-stream":
                await reader.read(1)
    except asyncio.IncompleteReadError as error:
        got += error.partial
    except (TimeoutError, ConnectionError):
        pass
    finally:
        writer.close()
    return got


def _fault(wanted: Wanted, answer: bytes) -> str | None:
    """Why this is no answer of the contract; null where it is one."""
    if not answer:
        return "no answer" if wanted.whole else None
    head, _, body = answer.partition(b"\r\n\r\n")
    status = int(head[9:12])
    if b"Traceback" in body or b'File "' in body:
        return "a traceback"
    if b"\r\nServer: orders-sync\r\n" not in head + b"\r\n" and status != 100:
        return "another server's name"
    if status >= 500 and (status != 503 or _LOST in body):
        return f"status {status}"
    if status >= 400 and body:
        return _shape(wanted, status, body)
    if b"application/json" in head and body and _json(body) is None:
        return "no JSON"
    return None


def _shape(wanted: Wanted, status: int, body: bytes) -> str | None:
    told = _json(body)
    if not isinstance(told, dict):
        return "a refusal that is no JSON object"
    if status in (401, 503) and set(told) == {"detail"} and wanted.path.endswith("/webhook"):
        return None
    message = told.get("message")
    if told.get("success") is not False or not isinstance(message, str) or not message:
        return "a refusal without the envelope"
    if told.get("code") not in list(ErrorCode):
        return "a code that is not in the list"
    return "a message without an end" if len(message) > MAX_MESSAGE else None


def _json(body: bytes) -> Any:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return None


async def left_in_order(door: Door) -> list[str]:
    """Whether what was taken in can be read: every tab, every page's orders one by one, and the lists beside them."""
    faults, ids, found = [], set(), None
    for path in _walk():
        answer = await _answer(door.port, _get(path))
        if not answer.startswith(b"HTTP/1.1 200 "):
            faults.append(f"afterwards {path}: {answer[:1000]!r}")
        elif "tab=" in path:
            found = _json(answer.partition(b"\r\n\r\n")[2])
            ids |= {item["id"] for item in found["orders"]["items"]}
    for order_id in sorted(ids):
        answer = await _answer(door.port, _get("/sync/orders/" + order_id.replace("/", "%2F")))
        if not answer.startswith(b"HTTP/1.1 200 "):
            faults.append(f"afterwards {order_id}: {answer[:1000]!r}")
    return faults


def _walk() -> Iterator[str]:
    tabs = (
        "all",
        "unfulfilled",
        "overdue",
        "awaiting_tracking",
        "tracking_pending",
        "delayed",
        "holds",
        "returns",
        "refunded",
    )
    sorts = ("placed_at", "ship_by", "order_number", "status", "priority", "value_usd", "assigned_to", "customer_name")
    yield from (f"/sync/orders?tab={tab}&pageSize=250" for tab in tabs)
    yield from (f"/sync/orders?tab=all&pageSize=250&sort={sign}{sort}" for sort in sorts for sign in ("", "-"))
    yield from (
        "/sync/outbox",
        "/sync/dead-letters",
        "/sync/owners",
        "/sync/orders/alerts",
        "/prometheus",
        "/health",
        "/health/ready",
    )


def _get(path: str) -> Wanted:
    return Wanted("GET", path, f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())


@contextmanager
def complaints() -> Iterator[list[str]]:
    """What the server logs as an error, with its traceback, and what asyncio or aiohttp complain of."""
    told: list[str] = []

    def note(_logger: Any, method: str, event: MutableMapping[str, Any]) -> Any:
        if method in ("error", "exception", "critical") or "exc_info" in event:
            error = event.get("exc_info")
            trace = (
                "".join(traceback.format_exception(error))
                if isinstance(error, BaseException)
                else traceback.format_exc()
            )
            told.append(f"{event.get('event')}\n{trace}")
        raise structlog.DropEvent

    class Heard(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            told.append(logging.Formatter().format(record))

    before, heard = structlog.get_config(), Heard(logging.ERROR)
    structlog.configure(processors=[note])
    logging.getLogger().addHandler(heard)
    try:
        yield told
    finally:
        logging.getLogger().removeHandler(heard)
        structlog.configure(**before)
