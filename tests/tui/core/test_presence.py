"""Who is where: said while it is so and not otherwise, and forgotten when nobody can know it any more."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from tests.tui.core.fake_desk import DOWN, FakeDesk
from tests.tui.core.samples import NOON, gid
from tests.tui.core.test_session import Watched, play, watching
from tests.tui.core.virtual_time import now, now_s, run

from orders_tui.errors import NotASyncServer, ReadOnly, Refused
from orders_tui.feed import Connection, ConnectionState
from orders_tui.session.changes import Notice, PresenceChanged
from orders_wire.presence import PresenceEvent, Whereabouts
from orders_wire.vocabulary import ErrorCode


def say(w: Watched, name: str, number: int | None, doing: str | None = None, since: datetime = NOON) -> None:
    order_id = gid(number) if number is not None else None
    w.desk.feed.items.put_nowait(PresenceEvent(name=name, order_id=order_id, doing=doing, since=since))


def line(w: Watched, state: ConnectionState, silent_s: float = 0.0) -> None:
    w.desk.feed.items.put_nowait(Connection(state, now(), now() - timedelta(seconds=silent_s)))


def here(w: Watched) -> dict[int, list[tuple[str, str | None]]]:
    return {
        int(order_id.rpartition("/")[2]): [(each.name, each.doing) for each in people]
        for order_id, people in w.session.present.items()
    }


def test_an_order_that_is_open_is_told_at_once_again_while_it_lasts_and_when_it_is_left() -> None:
    async def scenario(w: Watched) -> None:
        began = now_s()
        w.session.be_at(gid(1))
        await w.rest(0.5)
        w.session.be_at(gid(1), "fulfill")
        await w.rest(31)
        w.session.be_at(None)
        await w.rest(100)
        told = [(round(at - began), order_id, doing) for at, order_id, doing in w.desk.presences]
        fulfilling = (gid(1), "fulfill")
        assert told == [(0, gid(1), None), (1, *fulfilling), (16, *fulfilling), (31, *fulfilling), (32, None, None)]
        assert w.desk.presences[0][0] - began < 0.4

    play(scenario)


def test_orders_that_are_only_passed_are_not_told() -> None:
    async def scenario(w: Watched) -> None:
        for number in range(1, 21):
            w.session.be_at(gid(number))
            await w.rest(0.1)
        w.session.be_at(None)
        await w.rest(60)
        assert w.desk.presences == []
        w.session.be_at(gid(3))
        await w.rest(0.4)
        w.session.be_at(gid(4))
        await w.rest(0.1)
        w.session.be_at(gid(3))
        await w.rest(1)
        assert {order_id for _, order_id, _ in w.desk.presences} == {gid(3)}

    play(scenario)


def test_nothing_is_said_where_the_server_is_out_of_reach_and_again_when_it_is_back() -> None:
    async def scenario(w: Watched) -> None:
        w.session.be_at(gid(1))
        await w.rest(1)
        for state in (ConnectionState.OFFLINE, ConnectionState.SIGNED_OUT):
            line(w, state)
            await w.rest(60)
        assert len(w.desk.presences) == 1
        line(w, ConnectionState.POLLING)
        await w.rest(1)
        assert len(w.desk.presences) == 2
        assert not w.of(Notice)

    play(scenario)


def test_what_goes_wrong_with_it_is_told_nobody_and_a_server_that_knows_it_not_is_left_alone() -> None:
    async def scenario(w: Watched) -> None:
        w.desk.writes.before = [DOWN, Refused(ErrorCode.UNAVAILABLE, "no database")]
        w.session.be_at(gid(1))
        await w.rest(40)
        assert len(w.desk.presences) == 1
        for refusal in (NotASyncServer("Not Found"), ReadOnly(), Refused(ErrorCode.NOT_FOUND, "no such order")):
            w.desk.writes.before = [refusal]
            said = len(w.desk.presences)
            await w.rest(100)
            assert len(w.desk.presences) == said
            line(w, ConnectionState.OFFLINE)
            line(w, ConnectionState.LIVE)
            await w.rest(1)
            assert len(w.desk.presences) == said + 1
        w.desk.writes.before = [Refused(ErrorCode.NOT_FOUND, "no such order")]
        w.session.be_at(gid(9))
        await w.rest(100)
        w.session.be_at(gid(1))  # what is refused of one order is not of another
        await w.rest(1)
        assert w.desk.presences[-1][1] == gid(1)
        assert not w.of(Notice)

    play(scenario)


def test_who_comes_does_something_and_goes_is_shown_on_that_order_alone() -> None:
    async def scenario(w: Watched) -> None:
        say(w, "ana", 2)  # oneself, from another terminal
        say(w, "Bo", 1, since=NOON + timedelta(seconds=1))
        say(w, "zoe", 1, "hold")
        await w.rest(0.1)
        assert here(w) == {1: [("zoe", "hold"), ("Bo", None)]}
        w.told.clear()
        say(w, "bo", 3, "fulfill")
        await w.rest(3600)
        assert here(w) == {1: [("zoe", "hold")], 3: [("bo", "fulfill")]}
        assert w.of(PresenceChanged) == [PresenceChanged(frozenset({gid(1), gid(3)}))]
        at_two = [Whereabouts(order_id=gid(number), doing="tags", since=NOON) for number in (5, 3)]
        event = PresenceEvent(name="Bo", order_id=gid(3), since=NOON, elsewhere=at_two)
        w.desk.feed.items.put_nowait(event)  # from several terminals: once at each order
        say(w, "zoe", None)
        await w.rest(0.1)
        assert here(w) == {3: [("Bo", None)], 5: [("Bo", "tags")]}
        say(w, "bo", None)
        await w.rest(0.1)
        assert here(w) == {}

    play(scenario)


def test_half_a_minute_after_the_streams_last_word_nobody_is_said_to_be_anywhere() -> None:
    async def scenario(w: Watched) -> None:
        say(w, "bo", 1)
        say(w, "zoe", 2)
        await w.rest(100)
        line(w, ConnectionState.RECONNECTING, silent_s=19.0)
        await w.rest(5)
        line(w, ConnectionState.LIVE)
        say(w, "zoe", 2)  # the new stream tells who is there
        await w.rest(5.5)
        assert here(w) == {1: [("bo", None)], 2: [("zoe", None)]}
        await w.rest(1)
        assert here(w) == {2: [("zoe", None)]}
        line(w, ConnectionState.RECONNECTING)
        line(w, ConnectionState.POLLING)
        await w.rest(29)
        assert here(w) == {2: [("zoe", None)]}
        await w.rest(2)
        assert here(w) == {}

    play(scenario)


@pytest.mark.parametrize("hangs", [False, True])
def test_leaving_the_desk_is_told_and_waits_for_no_answer(hangs: bool) -> None:
    async def test() -> None:
        desk = FakeDesk(3)
        async with watching(desk) as w:
            w.session.be_at(gid(1))
            await w.rest(1)
            desk.latency_s = 3600.0 if hangs else 0.01
            left_s = now_s()
        assert now_s() - left_s <= 0.25
        assert ([order_id for _, order_id, _ in desk.presences] == [gid(1), None]) is not hangs

    run(test())


def test_leaving_without_an_open_order_says_nothing() -> None:
    async def test() -> None:
        desk = FakeDesk(3)
        async with watching(desk) as w:
            w.session.be_at(gid(1))
            await w.rest(1)
            w.session.be_at(None)
            await w.rest(1)
        assert len(desk.presences) == 2

    run(test())
