"""Posts to the ERP and the support queue: Standard Webhooks, and what an answer means."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer, unused_port
from standardwebhooks import Webhook
from tests.support.acting import SIGNING
from tests.support.gzip_bomb import gzip_bomb

from orders_sync.db.outbox import OutboxRow
from orders_sync.external import signed_post
from orders_sync.external.signed_post import SignedPost
from orders_sync.instants import MINUTE, Ms, system_clock
from orders_sync.outbox.outcome import Later, Outcome, Refused, Sent, Unknown
from orders_wire.vocabulary import OutboundState

MESSAGE: dict[str, object] = {
    "type": "support.escalated",
    "timestamp": "2026-03-10T12:00:00Z",
    "data": {"note": "größer"},
}


def row(dedupe_key: str = "act_escalation_1") -> OutboxRow:
    return OutboxRow(
        id=1,
        target="support",
        kind="escalation",
        order_id=1,
        action_id="act",
        dedupe_key=dedupe_key,
        payload=MESSAGE,
        state=OutboundState.CLAIMED,
        not_before=Ms(0),
        attempts=0,
        claimed_before=False,
    )


@dataclass
class Queue:
    """Somebody who takes posts, and answers each as the test says."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    closing: bool = False
    silent: bool = False
    taken: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    async def take(self, request: web.Request) -> web.Response:
        self.taken.append((dict(request.headers), await request.read()))
        if self.silent:
            await asyncio.sleep(60)
        if self.closing:
            assert request.transport is not None
            request.transport.abort()
        return web.Response(status=self.status, headers=self.headers)


@asynccontextmanager
async def post_to(queue: Queue) -> AsyncIterator[SignedPost]:
    app = web.Application()
    app.router.add_post("/in", queue.take)
    async with TestServer(app) as server, aiohttp.ClientSession() as session:
        yield SignedPost(session, str(server.make_url("/in")), SIGNING, system_clock)


async def sent(queue: Queue) -> Outcome:
    async with post_to(queue) as receiver:
        (outcome,) = await receiver.send([row()])
    return outcome


async def test_the_receiver_can_verify_it_and_tell_a_repeat() -> None:
    queue = Queue()
    async with post_to(queue) as receiver:
        assert await receiver.send([row(), row()]) == [Sent(), Sent()]
    ids = set()
    for headers, body in queue.taken:
        assert Webhook(SIGNING).verify(body, headers) == MESSAGE
        assert headers["Content-Type"] == "application/json"
        ids.add(headers["webhook-id"])
    assert ids == {"act_escalation_1"}


@pytest.mark.parametrize("status", [200, 202, 204])
async def test_any_success_is_one(status: int) -> None:
    assert await sent(Queue(status)) == Sent()


@pytest.mark.parametrize("status", [301, 400, 401, 403, 404, 410, 422])
async def test_a_refusal_is_final(status: int) -> None:
    assert isinstance(await sent(Queue(status, headers={"Location": "/in"})), Refused)


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503])
async def test_a_receiver_in_trouble_is_asked_again(status: int) -> None:
    outcome = await sent(Queue(status))
    assert isinstance(outcome, Later)
    assert (outcome.after_ms, str(status) in outcome.reason) == (None, True)


async def test_retry_after_is_read_as_seconds_or_as_a_date() -> None:
    assert await sent(Queue(429, {"Retry-After": "90"})) == Later("HTTP 429 Too Many Requests", 90_000)
    dated = await sent(Queue(503, {"Retry-After": "Wed, 21 Oct 2115 07:28:00 GMT"}))
    assert isinstance(dated, Later)
    assert dated.after_ms is not None
    assert dated.after_ms > MINUTE
    assert await sent(Queue(503, {"Retry-After": "Wed, 21 Oct 2015 07:28:00 -0000"})) == Later(
        "HTTP 503 Service Unavailable", 0
    )
    assert await sent(Queue(503, {"Retry-After": "soon"})) == Later("HTTP 503 Service Unavailable", None)


async def test_nobody_there_means_that_nothing_happened() -> None:
    async with aiohttp.ClientSession() as session:
        receiver = SignedPost(session, f"http://127.0.0.1:{unused_port()}/in", SIGNING, system_clock)
        (outcome,) = await receiver.send([row()])
    assert isinstance(outcome, Later)


async def test_a_lost_answer_is_an_unknown_outcome() -> None:
    assert isinstance(await sent(Queue(closing=True)), Unknown)


async def test_no_answer_in_time_is_an_unknown_outcome(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signed_post, "TIMEOUT_S", 0.05)
    assert isinstance(await sent(Queue(silent=True)), Unknown)


async def test_what_went_wrong_is_told_without_the_address() -> None:
    outcome = await sent(Queue(500))
    assert isinstance(outcome, Later)
    assert "127.0.0.1" not in outcome.reason


async def _answering(raw: bytes) -> Outcome:
    """What a post comes to when it is answered with these bytes."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(raw)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with aiohttp.ClientSession() as session:
        (outcome,) = await SignedPost(session, f"http://127.0.0.1:{port}/in", SIGNING, system_clock).send([row()])
    server.close()
    return outcome


@pytest.mark.parametrize(
    "head",
    [
        b"HTTP/1.1 503 Nicht verf\xfcgbar\r\n",
        b"HTTP/1.1 503 Busy\r\nRetry-After: " + b"9" * 400 + b"\r\n",
        b"HTTP/1.1 503 Busy\r\nRetry-After: \xc2\xb2\r\n",
        b"HTTP/1.1 422 Wei\xdf nicht\r\n",
        b"HTTP/1.1 301 Moved\r\nLocation: http://\xff\r\n",
    ],
)
async def test_a_strange_answer_becomes_an_outcome_that_can_be_stored(head: bytes) -> None:
    outcome = await _answering(head + b"Content-Length: 0\r\n\r\n")
    assert isinstance(outcome, Later | Refused | Unknown)
    outcome.reason.encode()
    if isinstance(outcome, Later) and outcome.after_ms is not None:
        assert outcome.after_ms <= 86_400_000


BOMB = gzip_bomb(100)


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(BOMB) + BOMB,
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nno!",
        b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n" + b"x" * 100_000,
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
    ],
    ids=["a bomb", "not packed", "endless", "chunk cut short"],
)
async def test_who_said_that_it_was_taken_has_it_whatever_follows(answer: bytes) -> None:
    """The body is not read: a success is one by its status, and is not sent again for a body that breaks off."""
    assert await _answering(answer) == Sent()


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nno chunk\r\n",
        b"HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\nhello",
    ],
)
async def test_what_is_no_http_after_a_success_is_a_success_or_unknown(answer: bytes) -> None:
    """Whichever comes first: it is never refused, and never tried as if nothing had happened."""
    assert isinstance(await _answering(answer), Sent | Unknown)


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"\x16\x03\x01",
        b"HTTP/1.1 200\xff OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nA\xff\x00: b\r\n\r\n",
        b"HTTP/1.1 99999 What\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"x" * 100_000,
        b"HTTP/1.1 200 OK\r\nContent-Length: \xb2\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
    ],
    ids=["nothing", "TLS", "status", "header", "number", "long", "length", "lengths"],
)
async def test_what_is_no_answer_leaves_the_outcome_unknown(answer: bytes) -> None:
    assert isinstance(await _answering(answer), Unknown)


async def test_a_far_retry_after_is_a_day_at_most() -> None:
    head = b"HTTP/1.1 503 Busy\r\nRetry-After: %b\r\nContent-Length: 0\r\n\r\n"
    for far in (
        b"Fri, 31 Dec 9999 23:59:59 GMT",
        b"Fri, 31 Dec 9999 23:59:59 -1400",
        b"Mon, 01 Jan 0001 00:00:00 +1400",
    ):
        outcome = await _answering(head % far)
        assert isinstance(outcome, Later)
        assert outcome.after_ms is None or 0 <= outcome.after_ms <= 86_400_000
