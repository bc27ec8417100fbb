"""Mentions and presence without a screen."""

from __future__ import annotations

import pytest
from tests.tui.plain.talk import talk
from tests.tui.screens.fake_mentions import SOME
from tests.tui.screens.fake_session import FakeSession
from tests.tui.screens.test_hostile_text import EVIL, OBEYED

from orders_tui.errors import Unreachable
from orders_tui.session.changes import Level, Notice
from orders_wire.vocabulary import ActionName


@pytest.fixture
def session() -> FakeSession:
    return FakeSession(page_size=10)


def first(session: FakeSession) -> str:
    return session.table.view.rows[0].order.id


async def test_mentions_are_listed_opened_and_read(session: FakeSession) -> None:
    session.mentions.come()
    out = await talk(session, "mentions", "2", "back", "mentions", "read 1", ":mentions", "read all", "mentions", "")
    assert "@me 2" in out
    assert "4 mentions, 2 unread, newest first" in out
    assert f"1. unread, bo on {SOME[0].order_number}, 13:46: @ana can you call" in out
    assert f"on {SOME[1].order_number}" in out  # it is the one that is meant now
    assert session.mentions.sent == [("m1",), ("m4",)]
    assert "4 mentions, 0 unread" in out


async def test_what_stands_against_it_is_said(session: FakeSession) -> None:
    assert "nobody has mentioned you yet; a note with @ana in it does" in await talk(session, "mentions")
    session.mentions.come()
    out = await talk(session, "mentions", "9", "mentions", "read x", "mentions", "read 1", read_only=True)
    assert "9 names no mention; there are 1 to 4" in out
    assert "x names no mention; there are 1 to 4" in out
    assert "read only: nothing can be changed from here" in out
    session.mentions.refusal = Unreachable("no server answers")
    assert "the mentions cannot be had: no server answers" in await talk(session, "mentions")
    assert session.mentions.sent == []


async def test_who_is_at_an_order_is_said_in_the_list_and_of_the_order(session: FakeSession) -> None:
    session.meet(first(session), ("bo", ActionName.FULFILL))
    out = await talk(session, "1")
    listed, _, opened = out.partition("page 1 of")
    assert out.count("bo is here, fulfilling") == 2, (listed, opened)


async def test_the_order_that_is_meant_is_where_one_is(session: FakeSession) -> None:
    order_id = first(session)
    await talk(session, "1", "assign", "cancel", "back", "2", "first")
    assert session.places[:4] == [(order_id, None), (order_id, ActionName.ASSIGN), (order_id, None), None]


async def test_who_was_mentioned_is_told_before_the_next_question(session: FakeSession) -> None:
    def come() -> str:
        session.mentions.come()
        session.tell(Notice(Level.INFO, "bo mentioned you on #104232"))
        return "help"

    assert "bo mentioned you on #104232\n" in await talk(session, come)


async def test_what_strangers_wrote_is_harmless(session: FakeSession) -> None:
    session.mentions.come([each.model_copy(update={"by": EVIL[0], "text": "".join(EVIL)}) for each in SOME])
    session.meet(first(session), *((text or "x", text) for text in EVIL))
    out = await talk(session, "1", "mentions", "")
    assert {ord(char) for char in out} & (OBEYED - {10}) == set()
