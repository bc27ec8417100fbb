"""The feed: the same events by stream and by poll, nothing twice, nothing missed, and the line's state always told."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.tui.core.virtual_time import now_s, pace, run

from orders_tui.api.client import SyncApi
from orders_tui.backoff import reconnect_delay_s
from orders_tui.feed import Connection, ConnectionState, Events, FeedItem
from orders_tui.feed.polling_fallback import PollingFeed
from orders_tui.feed.sse import SseFeed
from orders_wire.presence import PresenceEvent
from orders_wire.vocabulary import EventType

Body = Callable[[], AsyncIterator[bytes]]
HEAD = b"retry: 1000\n\n"
BEAT = b": beat\n\n"
BEATS: list[bytes | float] = [15.0, BEAT] * 10


def event(n: int, **more: object) -> dict[str, object]:
    return {"id": f"d-{n}", "type": "refresh", "created_at": "2025-11-09T12:00:00Z", "version": n, **more}


def block(n: int, **more: object) -> bytes:
    return f"id: d-{n}\ndata: {json.dumps(event(n, **more))}\n\n".encode()


class Desk:
    """A scripted server: streams are taken from `streams` one by one, polls from `polls`; an exception is raised."""

    def __init__(self) -> None:
        self.streams: list[Body | Exception | httpx.Response] = []
        self.polls: list[dict[str, object] | Exception | httpx.Response] = []
        self.asked: list[tuple[str, float, str | None]] = []

    async def answer(self, request: httpx.Request) -> httpx.Response:
        if "event-stream" in request.headers["accept"]:
            self.asked.append(("stream", now_s(), request.headers.get("last-event-id")))
            given: object = self.streams.pop(0) if self.streams else httpx.ConnectError("down")
        else:
            self.asked.append(("poll", now_s(), request.url.params.get("since")))
            given = self.polls.pop(0) if self.polls else httpx.ConnectError("down")
        if isinstance(given, Exception):
            raise given
        if isinstance(given, httpx.Response):
            return given
        if isinstance(given, dict):
            return httpx.Response(200, json=given)
        assert callable(given)
        return httpx.Response(200, headers={"content-type": "text/event-stream"}, content=given())


def chunks(*parts: bytes | float) -> Body:
    """A body: bytes are sent, numbers are seconds of silence; then it ends."""

    async def body() -> AsyncIterator[bytes]:
        for part in parts:
            if isinstance(part, bytes):
                yield part
            else:
                await asyncio.sleep(part)

    return body


def api(desk: Desk) -> SyncApi:
    return SyncApi("http://desk", transport=httpx.MockTransport(desk.answer), pace=pace())


async def heard(
    feed: SseFeed | PollingFeed,
    until: Callable[[list[FeedItem]], bool],
    meanwhile: Callable[[FeedItem], None] = lambda _: None,
) -> list[FeedItem]:
    items: list[FeedItem] = []
    async with aclosing(feed.__aiter__()) as source:  # type: ignore[type-var]
        async for item in source:
            items.append(item)
            meanwhile(item)
            if until(items):
                return items
    raise AssertionError("a feed never ends")


def ids(items: list[FeedItem]) -> list[str]:
    return [e.id for item in items if isinstance(item, Events) for e in item.events]


def states(items: list[FeedItem]) -> list[ConnectionState]:
    found = [item.state for item in items if isinstance(item, Connection)]
    return [state for n, state in enumerate(found) if n == 0 or found[n - 1] is not state]


def last(items: list[FeedItem]) -> Connection:
    return next(item for item in reversed(items) if isinstance(item, Connection))


def play(scenario: Callable[[Desk], Awaitable[None]]) -> None:
    async def test() -> None:
        await scenario(Desk())

    run(test())


def test_a_broken_stream_is_taken_up_right_after_the_last_event() -> None:
    async def scenario(desk: Desk) -> None:
        desk.streams = [chunks(HEAD, block(1), block(2)), chunks(HEAD, block(3), 3600.0)]
        items = await heard(SseFeed(api(desk), pace()), lambda i: len(ids(i)) == 3)
        assert ids(items) == ["d-1", "d-2", "d-3"]
        assert [position for _, _, position in desk.asked] == [None, "d-2"]
        assert states(items) == [
            ConnectionState.CONNECTING,
            ConnectionState.LIVE,
            ConnectionState.RECONNECTING,
            ConnectionState.LIVE,
        ]

    play(scenario)


def test_a_drop_is_told_at_once_and_the_next_attempt_comes_soon() -> None:
    async def scenario(desk: Desk) -> None:
        desk.streams = [chunks(HEAD, block(1), 60.0), chunks(HEAD, 3600.0)]
        told_at = 0.0

        def watch(item: FeedItem) -> None:
            nonlocal told_at
            if isinstance(item, Connection) and item.state is ConnectionState.RECONNECTING:
                told_at = now_s()

        desk.streams[0] = chunks(HEAD, block(1), 18.0)
        await heard(
            SseFeed(api(desk), pace()),
            lambda i: states(i)[-2:] == [ConnectionState.RECONNECTING, ConnectionState.LIVE],
            watch,
        )
        assert told_at == 18.0
        assert now_s() - told_at < 0.31

    play(scenario)


@pytest.mark.parametrize(("outage_s", "back_within_s"), [(2.0, 2.0), (29.0, 2.0), (120.0, 15.0), (7200.0, 15.0)])
@pytest.mark.parametrize("chance", [0.0, 1.0])
def test_it_is_live_again_soon_after_the_servers_return(outage_s: float, back_within_s: float, chance: float) -> None:
    async def scenario(desk: Desk) -> None:
        back_at = 10.0 + outage_s

        async def answer(request: httpx.Request) -> httpx.Response:
            if now_s() and 10.0 <= now_s() < back_at:
                raise httpx.ConnectError("down")
            quiet = 10.0 if now_s() < 10.0 else 3600.0
            return httpx.Response(200, headers={"content-type": "text/event-stream"}, content=chunks(HEAD, quiet)())

        client = SyncApi("http://desk", transport=httpx.MockTransport(answer), pace=pace())
        items = await heard(SseFeed(client, pace(chance)), lambda i: states(i).count(ConnectionState.LIVE) == 2)
        assert back_at <= now_s() <= back_at + back_within_s
        assert ConnectionState.OFFLINE in states(items) or outage_s < 3

    play(scenario)


def test_a_poke_ends_the_wait() -> None:
    async def scenario(desk: Desk) -> None:
        desk.streams = [*[httpx.ConnectError("down")] * 60, chunks(HEAD, 3600.0)]
        feed = SseFeed(api(desk), pace())

        def poke_when_slow(item: FeedItem) -> None:
            if isinstance(item, Connection) and item.state is ConnectionState.OFFLINE:
                asyncio.get_running_loop().call_soon(feed.poke)

        await heard(feed, lambda i: states(i)[-1] is ConnectionState.LIVE, poke_when_slow)
        assert now_s() == 0.0

    play(scenario)


def test_offline_is_declared_when_it_lasts_and_says_since_when() -> None:
    async def scenario(desk: Desk) -> None:
        desk.streams = [chunks(HEAD, 10.0)]
        items = await heard(SseFeed(api(desk), pace()), lambda i: states(i)[-1] is ConnectionState.OFFLINE)
        offline = last(items)
        assert 13.0 <= now_s() <= 15.0
        assert offline.since == offline.last_contact
        assert not offline.acts
        assert offline.reason == "no server answers at the address http://desk"

    play(scenario)


def test_behind_a_buffering_proxy_it_polls_and_says_so_and_tries_the_stream_again_later() -> None:
    async def scenario(desk: Desk) -> None:
        desk.streams = [chunks(6.0, HEAD), chunks(HEAD, 3600.0)]
        desk.polls = [{"alerts": [event(n)], "cursor": f"d-{n}"} for n in range(1, 40)]
        items = await heard(SseFeed(api(desk), pace()), lambda i: states(i)[-1] is ConnectionState.LIVE)
        polling = next(i for i in items if isinstance(i, Connection) and i.state is ConnectionState.POLLING)
        assert polling.reason == "something on the way holds the live stream back"
        assert [kind for kind, _, _ in desk.asked[:3]] == ["stream", "poll", "poll"]
        assert desk.asked[1][1] == 5.0
        assert desk.asked[-1][0] == "stream"
        assert desk.asked[-1][2] == ids(items)[-1]
        assert 65.0 <= desk.asked[-1][1] <= 71.0
        assert len(ids(items)) == len(set(ids(items)))

    play(scenario)


def test_a_silent_stream_is_dead() -> None:
    async def scenario(desk: Desk) -> None:
        desk.streams = [chunks(HEAD, block(1), 15.0, BEAT, 20.0, block(2))]
        desk.polls = [{"alerts": [event(2)], "cursor": "d-2"}]
        items = await heard(SseFeed(api(desk), pace()), lambda i: "d-2" in ids(i))
        assert now_s() == 34.0
        assert states(items)[-2:] == [ConnectionState.RECONNECTING, ConnectionState.POLLING]
        assert last(items).reason == "the live stream fell silent"
        assert desk.asked[-1] == ("poll", 34.0, "d-1")

    play(scenario)


def test_heartbeats_are_life_and_no_events() -> None:
    async def scenario(desk: Desk) -> None:
        desk.streams = [chunks(HEAD, block(1), *BEATS, block(2))]
        items = await heard(SseFeed(api(desk), pace()), lambda i: len(ids(i)) == 2)
        assert states(items) == [ConnectionState.CONNECTING, ConnectionState.LIVE]
        contact = last(items).last_contact
        assert contact is not None
        assert (contact.minute, contact.second) == (2, 30)

    play(scenario)


def test_a_stream_that_keeps_breaking_off_is_given_up_for_a_while() -> None:
    async def scenario(desk: Desk) -> None:
        desk.streams = [chunks(HEAD, block(n)) for n in range(1, 5)]
        desk.polls = [{"alerts": [], "cursor": "d-4"}]
        items = await heard(SseFeed(api(desk), pace()), lambda i: states(i)[-1] is ConnectionState.POLLING)
        assert last(items).reason == "the live stream keeps breaking off"
        assert ids(items) == ["d-1", "d-2", "d-3", "d-4"]

    play(scenario)


def test_a_server_without_a_stream_is_polled() -> None:
    async def scenario(desk: Desk) -> None:
        desk.streams = [httpx.Response(200, json={"alerts": [], "cursor": "d-1"})]
        desk.polls = [{"alerts": [], "cursor": "d-1"}]
        items = await heard(SseFeed(api(desk), pace()), lambda i: states(i)[-1] is ConnectionState.POLLING)
        assert last(items).reason == "the server offers no live stream"

    play(scenario)


def test_an_unknown_token_is_said_and_tried_again_only_on_demand() -> None:
    async def scenario(desk: Desk) -> None:
        desk.streams = [
            httpx.Response(401, json={"success": False, "message": "who?", "code": "unauthorized"}),
            chunks(HEAD, 60.0),
        ]
        feed = SseFeed(api(desk), pace())
        signed_out: list[Connection] = []

        def sign_in(item: FeedItem) -> None:
            if isinstance(item, Connection) and item.state is ConnectionState.SIGNED_OUT:
                signed_out.append(item)
                asyncio.get_running_loop().call_later(1.0, feed.poke)

        await heard(feed, lambda i: states(i)[-1] is ConnectionState.LIVE, sign_in)
        assert now_s() == 1.0
        assert not signed_out[0].acts

    play(scenario)


def test_hostile_and_unknown_events_do_no_harm() -> None:
    async def scenario(desk: Desk) -> None:
        strange = b'id: d-2\ndata: {"id": "d-2", "type": "teleported", "created_at": "2025-11-09T12:00:00Z"}\n\n'
        hostile = block(3, type="data_gap", message="a\x1b[31m\nb")
        desk.streams = [chunks(HEAD, block(1), strange, b"id: d-2\ndata: {oops\n\n", hostile)]
        items = await heard(SseFeed(api(desk), pace()), lambda i: "d-3" in ids(i))
        (told,) = [e for i in items if isinstance(i, Events) for e in i.events if e.type is EventType.DATA_GAP]
        assert told.message == "a\ufffd[31m b"
        assert ids(items) == ["d-1", "d-3"]

    play(scenario)


def test_polling_asks_on_while_there_is_more() -> None:
    async def scenario(desk: Desk) -> None:
        desk.polls = [
            {"alerts": [event(1)], "cursor": "d-1", "more": True},
            {"alerts": [event(2)], "cursor": "d-2"},
            {"alerts": [], "cursor": "d-2"},
        ]
        items = await heard(PollingFeed(api(desk), pace()), lambda i: len(desk.asked) == 3)
        assert ids(items) == ["d-1", "d-2"]
        assert [(at, since) for _, at, since in desk.asked] == [(0.0, None), (0.0, "d-1"), (5.0, "d-2")]

    play(scenario)


@given(st.integers(0, 10_000), st.floats(0, 1e6), st.floats(0, 1), st.none() | st.floats(0, 100))
def test_no_wait_is_longer_than_the_cap(attempt: int, outage_s: float, chance: float, asked_s: float | None) -> None:
    assert 0 <= reconnect_delay_s(attempt, outage_s, chance, asked_s) <= 10.0


def test_a_server_that_asks_for_patience_gets_it() -> None:
    assert reconnect_delay_s(3, 5.0, 1.0, asked_s=4.0) == 4.0


def test_a_reset_in_the_middle_of_a_stream_is_followed_by_a_new_snapshot() -> None:
    async def scenario(desk: Desk) -> None:
        desk.streams = [
            chunks(
                HEAD,
                block(1),
                b'id: d-9\ndata: {"id": "d-9", "type": "refresh", "reset": true, '
                b'"created_at": "2026-01-01T00:00:00Z"}\n\n',
                3600.0,
            ),
            chunks(HEAD, block(12), 3600.0),
        ]
        await heard(SseFeed(api(desk), pace()), lambda i: "d-12" in ids(i))
        assert [position for kind, _, position in desk.asked if kind == "stream"][-1] is None

    play(scenario)


def named(event_name: str, **data: object) -> bytes:
    said = {"name": "ana", "order_id": "gid://shopify/Order/1", "since": "2025-11-09T12:00:00Z", **data}
    return f"event: {event_name}\ndata: {json.dumps(said)}\n\n".encode()


def test_who_is_where_comes_between_events_and_is_none_of_them() -> None:
    async def scenario(desk: Desk) -> None:
        first = [HEAD, named("presence"), named("news", id="d-7"), block(1), named("presence", doing="hold")]
        large = named("presence", name="x" * 9000)
        spoilt = [
            large,
            b"event: presence\ndata: [\n\n",
            named("presence", name=" "),
            named("presence", since=1e300),
            BEAT,
        ]
        desk.streams = [chunks(*first, *spoilt), chunks(HEAD, named("presence", order_id=None), block(2), 3600.0)]
        items = await heard(SseFeed(api(desk), pace()), lambda i: "d-2" in ids(i))
        said = [item for item in items if isinstance(item, PresenceEvent)]
        assert [(each.order_id, each.doing) for each in said] == [
            ("gid://shopify/Order/1", None),
            ("gid://shopify/Order/1", "hold"),
            (None, None),
        ]
        assert ids(items) == ["d-1", "d-2"]
        assert [position for _, _, position in desk.asked] == [None, "d-1"]

    play(scenario)


STRANGE = [
    b"retry: " + b"9" * 400 + b"\n\n",
    b"retry: -1\n\n",
    b"id: " + b"x" * 100_000 + b'\ndata: {"id": "' + b"x" * 100_000 + b'", "type": "refresh"}\n\n',
    b"data: " + b"[" * 100_000 + b"\n\n",
    b'data: {"id": "d-5", "type": "refresh", "created_at": "0001-01-01T00:00:00+14:00"}\n\n',
    b'data: {"id": "d-5", "type": "new_kind", "created_at": NaN}\n\n',
    b'data: {"id": "d-5", "type": "refresh", "version": 1e999, "created_at": "2026-01-01T00:00:00Z"}\n\n',
    b"data: \xff\xfe\n\n",
    b"data: " + b"x" * 3_000_000 + b"\n\n",
]


@pytest.mark.parametrize("strange", STRANGE, ids=range(len(STRANGE)))
def test_one_strange_event_does_not_end_the_stream(strange: bytes) -> None:
    async def scenario(desk: Desk) -> None:
        desk.streams = [chunks(HEAD, block(1), strange, block(2), 3600.0)]
        items = await heard(SseFeed(api(desk), pace()), lambda i: "d-2" in ids(i))
        assert set(states(items)) == {ConnectionState.CONNECTING, ConnectionState.LIVE}

    play(scenario)
