"""Mentions: how many are unread is true over events, reconnects, failures and other clients of the same operator."""

from __future__ import annotations

import pytest
from tests.tui.core.fake_desk import DOWN
from tests.tui.core.samples import NOON, gid
from tests.tui.core.test_session import Watched, play
from tests.tui.core.virtual_time import now

from orders_tui.errors import ApiError, NotASyncServer, Refused, Unreachable
from orders_tui.feed import ConnectionState, Events
from orders_tui.session.changes import AlertsChanged, MentionsChanged, Notice
from orders_wire.alerts import Event
from orders_wire.mentions import Mention
from orders_wire.vocabulary import ErrorCode, EventType


def mention(number: int) -> Mention:
    order_number = f"#{1000 + number}"
    return Mention(
        id=f"m{number}",
        order_id=gid(number),
        order_number=order_number,
        note_id=f"n{number}",
        by="bo",
        at=NOON,
        text=f"@ana look at {order_number}",
    )


def mentioned(w: Watched, number: int, *, told: bool = True) -> None:
    """Bo names the operator in a note; `told`: by an event."""
    made = mention(number)
    w.desk.mentioned[made.id] = made
    w.desk.version += 1
    if told:
        event = Event(
            id=f"d-{w.desk.version}",
            type=EventType.MENTION,
            order_id=made.order_id,
            order_number=made.order_number,
            note_id=made.note_id,
            by=made.by,
            created_at=now(),
        )
        w.desk.feed.items.put_nowait(Events((event,)))


def test_they_are_asked_for_after_the_start_and_counted_by_events() -> None:
    async def scenario(w: Watched) -> None:
        assert w.session.mentions.count == 0
        w.told.clear()
        mentioned(w, 1)
        w.desk.reads.before = [DOWN]
        await w.rest(0.2)
        assert w.session.mentions.count == 1  # heard of, before the list has it
        await w.rest(60)
        mentioned(w, 2)
        mentioned(w, 3)
        await w.rest(1)
        assert (w.session.mentions.count, len(w.session.mentions.unread)) == (3, 3)
        notices = [change.text for change in w.of(Notice)]
        assert notices == [f"bo mentioned you on #{number}" for number in (1001, 1002, 1003)]
        assert not w.of(AlertsChanged)
        assert "look at" not in " ".join(notices)

    play(scenario)


@pytest.mark.parametrize("back", [ConnectionState.LIVE, ConnectionState.POLLING])
def test_after_an_outage_they_are_asked_for_again(back: ConnectionState) -> None:
    async def scenario(w: Watched) -> None:
        w.desk.feed.line(ConnectionState.OFFLINE)
        mentioned(w, 1, told=False)
        await w.rest(10)
        assert w.session.mentions.count == 0
        w.desk.feed.line(back)
        await w.rest(1)
        assert w.session.mentions.count == 1

    play(scenario)


def test_what_another_client_read_or_what_is_of_another_desk_goes() -> None:
    async def scenario(w: Watched) -> None:
        mentioned(w, 1)
        mentioned(w, 2)
        await w.rest(2)
        w.desk.read.add("m1")
        w.desk.ping(w.desk.version)
        await w.rest(2)
        assert [each.id for each in w.session.mentions.unread] == ["m2"]
        del w.desk.mentioned["m2"]  # its note was deleted
        w.desk.change(2)
        await w.rest(2)
        assert w.session.mentions.count == 0
        mentioned(w, 3)
        await w.rest(2)
        w.desk.mentioned.clear()
        w.desk.desk_id, w.desk.version = "other", 3
        w.desk.ping(3)
        await w.rest(2)
        assert w.session.mentions.count == 0

    play(scenario)


def test_what_is_read_is_read_at_once_and_unread_again_where_the_server_does_not_take_it() -> None:
    async def scenario(w: Watched) -> None:
        for number in (1, 2, 3):
            mentioned(w, number)
        await w.rest(2)
        assert {each.id for each in await w.session.mentions.all()} == {"m1", "m2", "m3"}
        w.told.clear()
        w.desk.writes.before = [DOWN]
        with pytest.raises(Unreachable):
            await w.session.mentions.read(["m1"])
        assert len(w.of(MentionsChanged)) == 2
        assert w.session.mentions.count == 3
        await w.session.mentions.read(["m1", "m2"])
        assert [each.id for each in w.session.mentions.unread] == ["m3"]
        assert w.desk.read == {"m1", "m2"}

    play(scenario)


@pytest.mark.parametrize("error", [NotASyncServer("Not Found"), Refused(ErrorCode.NOT_FOUND, "no such path")])
def test_an_earlier_server_is_asked_once_and_nothing_is_said_of_it(error: ApiError) -> None:
    async def scenario(w: Watched) -> None:
        asked = 0

        async def mentions(*, unread: bool = False) -> list[Mention]:
            nonlocal asked
            asked += 1
            raise error

        w.desk.mentions = mentions  # type: ignore[method-assign]
        w.session.refresh()
        await w.rest(300)
        assert asked == 1
        assert (w.session.mentions.count, w.of(Notice)) == (0, [])
        with pytest.raises(Refused, match="this server knows no mentions"):
            await w.session.mentions.all()

    play(scenario)


def test_who_signs_in_again_is_asked_about_and_is_there_again() -> None:
    async def scenario(w: Watched) -> None:
        w.session.be_at(gid(1))
        await w.rest(1)
        mentioned(w, 1, told=False)
        assert await w.session.sign_in("another") is None
        await w.rest(2)
        assert w.session.mentions.count == 1
        assert [order_id for _, order_id, _ in w.desk.presences] == [gid(1)] * 2

    play(scenario)
