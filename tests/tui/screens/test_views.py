"""Saved views: what is on show, kept under a name, opened again."""

from __future__ import annotations

import pytest
from tests.tui.screens.desk_driver import Open
from tests.tui.screens.fake_session import FakeSession

from orders_tui.context.preferences import Preferences, SavedView
from orders_tui.query import Filters, OrdersQuery, Sort
from orders_wire.vocabulary import SortField, Tab

QUERY = OrdersQuery(Tab.RETURNS, Filters(owner="bo", words="berlin"), Sort(SortField.PLACED_AT, descending=True))
COLUMNS = ("number", "return", "owner")


async def test_a_view_is_saved_and_opened_with_filter_sort_and_columns(open_desk: Open, session: FakeSession) -> None:
    async with open_desk() as desk:
        session.table.show(OrdersQuery(Tab.UNFULFILLED, Filters(owner="bo"), Sort(SortField.ORDER_NUMBER), 36))
        desk.screen.work.preferences.columns[Tab.UNFULFILLED] = COLUMNS
        await desk.press("W")
        await desk.type("mine to check")
        await desk.press("enter")
        desk.screen.work.preferences.columns.clear()
        await desk.press("8", "V", "enter")
        query = session.table.view.query
        assert (query.tab, query.filters.owner, str(query.sort)) == (Tab.UNFULFILLED, "bo", "order_number")
        assert desk.screen.work.preferences.columns_of(Tab.UNFULFILLED) == COLUMNS


async def test_the_command_line_opens_a_view_by_name(open_desk: Open, session: FakeSession) -> None:
    async with open_desk() as desk:
        desk.screen.perform("view.save", "all of it")
        desk.screen.perform("tab.returns")
        desk.screen.perform("view.open", "all of it")
        assert session.table.view.query.tab is Tab.UNFULFILLED
        desk.screen.perform("view.open", "nothing")
        assert "there are: all of it" in desk.hint


async def test_a_view_is_deleted_the_second_time(open_desk: Open) -> None:
    async with open_desk() as desk:
        desk.screen.perform("view.save", "old")
        await desk.press("V", "d")
        assert "again deletes old" in desk.said()
        await desk.press("d")
        assert desk.screen.work.preferences.views == {}


def test_a_view_survives_a_restart() -> None:
    view = SavedView.of(QUERY, COLUMNS)
    kept = Preferences.read(Preferences(views={"late, in Berlin": view}).write())
    assert kept.views == {"late, in Berlin": view}
    assert view.query(50) == OrdersQuery(QUERY.tab, QUERY.filters, QUERY.sort, 50)


@pytest.mark.parametrize("text", ["", "nowhere - owner:bo", "\x1b"])
def test_what_is_no_view_is_passed_over(text: str) -> None:
    assert Preferences.read({"view.broken": text}).views == {}


def test_tokens_that_are_no_longer_understood_open_nothing() -> None:
    assert SavedView(Tab.ALL, "colour:blue").query(50) is None
