"""The order, whole: lines that go on under their own text, its money, its lines, and the way to its customer's other orders."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.tui.screens import desk_data
from tests.tui.screens.desk_driver import Open
from tests.tui.screens.fake_session import FakeSession
from tests.tui.screens.geometry import touching

from orders_tui.query import Filters
from orders_tui.screens.log import UNDER
from orders_tui.screens.order import OrderScreen
from orders_tui.session.log import ActionState
from orders_tui.widgets.cells import length, text_of
from orders_tui.widgets.line_list import LineList
from orders_tui.widgets.sheet import Sheet
from orders_tui.widgets.wrapping import wrap
from orders_wire.detail import LineProperty
from orders_wire.orders import TimelineEntry
from orders_wire.vocabulary import Tab

HOSTILE = "\x1b]52;c;eA==\x07[/x]\u202e" + "W" * 70 + " 漢字" * 40 + "\n\t\u200b" + "a\u0301" * 60


def lines(text: str, cells: int, hang: int) -> list[str]:
    return [text_of(line) for line in wrap([("12:30 ", "dim"), (text, "plain")], cells, hang)]


def test_a_line_goes_on_under_its_own_text() -> None:
    assert lines("one two three four", 15, 6) == ["12:30 one two ", "      three ", "      four"]
    assert lines("short", 15, 6) == ["12:30 short"]
    assert lines("abcdefghijklmno", 12, 6) == ["12:30 abcdef", "      ghijkl", "      mno"]
    assert lines("one two three", 10, 6) == ["12:30 one ", "two three"], "less than half would be left"


@settings(max_examples=80, deadline=None)
@given(
    st.lists(st.tuples(st.text(max_size=30), st.sampled_from(["dim", "plain"])), max_size=6),
    st.integers(2, 60),
    st.integers(0, 20),
)
def test_whatever_is_wrapped_fits_and_loses_no_letter(pieces: list[tuple[str, str]], cells: int, hang: int) -> None:
    made = wrap(pieces, cells, hang)
    assert all(length(line) <= cells for line in made)
    letters = "".join(text_of(line) for line in made)
    whole = "".join(text_of(line) for line in wrap(pieces, 100_000))
    assert "".join(letters.split()) == "".join(whole.split())


def sheets(screen: OrderScreen) -> str:
    return "\n".join(text_of(line) for sheet in screen.query(Sheet) for line in sheet._lines(sheet.size.width))


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)])
async def test_hostile_lines_and_events_stay_in_their_columns(
    open_desk: Open, session: FakeSession, size: tuple[int, int]
) -> None:
    order = session.table.view.rows[0].order
    detail = desk_data.detail(order)
    line = detail.line_items[0].model_copy(
        update={
            "variant_title": HOSTILE,
            "barcode": HOSTILE,
            "properties": [LineProperty(name=HOSTILE, value=HOSTILE), LineProperty(name="_own", value="hidden")],
        }
    )
    entry = TimelineEntry(ts=desk_data.NOW, event="note", details=HOSTILE)
    detail = detail.model_copy(update={"line_items": [line, *detail.line_items[1:]], "timeline": [entry]})
    session.know(order.model_copy(update={"timeline": [entry]}), detail)
    async with open_desk(size=size) as desk:
        await desk.pilot.pause()
        assert touching(desk.app) == []
        await desk.press("enter")
        await desk.pilot.pause()
        assert touching(desk.app) == []
        assert isinstance(desk.app.screen, OrderScreen)
        shown = sheets(desk.app.screen)
        assert "\x1b" not in shown
        assert "hidden" not in shown
        note = [line for line in shown.splitlines() if "WWW" in line and line.startswith(" " * 13)]
        assert note, "goes on under its text"


async def test_the_customers_orders_are_one_key_away_and_so_is_the_way_back(
    open_desk: Open, session: FakeSession
) -> None:
    async with open_desk() as desk:
        await desk.press("j", "j", "enter")
        order_id = session.table.view.cursor_id
        await desk.pilot.pause()
        assert isinstance(desk.app.screen, OrderScreen)
        assert "all 7 of the customer" in str(desk.app.screen.hints())
        for back in ("escape", "minus"):
            before = session.table.view.query
            await desk.press("c")
            await desk.pilot.pause()
            assert len(desk.app.screen_stack) == 1
            query = session.table.view.query
            assert (query.tab, query.filters) == (Tab.ALL, Filters(customer="6001"))
            assert session.table.view.cursor_id == order_id
            await desk.press(back)
            await desk.pilot.pause()
            assert (session.table.view.query, session.table.view.cursor_id) == (before, order_id)


async def test_without_a_customer_it_is_said(open_desk: Open, session: FakeSession) -> None:
    order = session.table.view.rows[0].order
    session.details[order.id] = desk_data.detail(order).model_copy(update={"customer": None, "customer_orders": None})
    async with open_desk() as desk:
        await desk.press("c")
        assert f"the shop names no customer for {order.order_number}" in desk.hint
        session.details_known = False
        await desk.press("c")
        assert "once more" in desk.hint


async def test_in_the_log_a_long_outcome_goes_on_under_what_was_done(open_desk: Open, session: FakeSession) -> None:
    async with open_desk(size=(80, 24)) as desk:
        await desk.press("m")
        session.settle(ActionState.FAILED, message="the shop says: " + "no such thing as that " * 9)
        await desk.press("L")
        await desk.pilot.pause()
        entries = desk.app.screen.query_one(LineList)
        first, *more = entries.lines
        assert len(more) >= 3
        assert {line.below for line in more} == {True}
        assert {text_of(line.left)[:UNDER] for line in more} == {" " * UNDER}
        told = " ".join(text_of(line.left).strip() for line in entries.lines)
        assert told.endswith("no such thing as that")
        await desk.press("j")
        assert entries.current == first.key
