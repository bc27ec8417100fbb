"""Saved views: what is on show, kept under a name, opened again, and pinned among the tabs."""

from __future__ import annotations

from pathlib import Path

import pytest
from rich.cells import cell_len
from tests.tui.screens.conftest import MakeApp
from tests.tui.screens.desk_driver import Desk, Open
from tests.tui.screens.fake_session import FakeSession
from tests.tui.screens.test_snapshots import SIZES, Snap
from textual.pilot import Pilot

from orders_tui.dialogs.views import ViewsDialog
from orders_tui.query import NO_FILTERS, Filters, OrdersQuery, Sort
from orders_tui.screens.desk import DeskScreen
from orders_tui.views.folder import ViewFolder
from orders_tui.views.saved_view import SavedView
from orders_tui.widgets.order_table.columns import BY_KEY
from orders_tui.widgets.tab_strip import TabStrip
from orders_wire.vocabulary import SortField, Tab

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
        assert desk.screen.work.views.views == {}


MINE = SavedView(Tab.UNFULFILLED, "owner:me", "order_number", COLUMNS, pinned=True)
LATE = SavedView(Tab.OVERDUE, "owner:none", pinned=True)
BERLIN = SavedView(Tab.ALL, "berlin")


def put(desk: Desk, **views: SavedView) -> None:
    """These are the views that there are."""
    for name, view in views.items():
        desk.screen.work.views.save(name, view)
    desk.screen.renderer.draw()
    desk.screen.renderer._tabs()


def strip(desk: Desk) -> str:
    return desk.screen.query_one(TabStrip).render_line(0).text


def here(desk: Desk) -> str:
    return desk.session.table.view.place


async def test_a_pinned_view_is_reached_as_a_tab_is(open_desk: Open) -> None:
    async with open_desk(size=(200, 40)) as desk:
        put(desk, mine=MINE, late=LATE, berlin=BERLIN)
        assert strip(desk).rstrip().endswith("0 +late  +mine")
        await desk.press("0")
        assert here(desk) == "+late"
        await desk.press("0")
        assert here(desk) == "+mine"
        await desk.press("0")
        assert here(desk) == "+late"
        await desk.press("]", "]")
        assert here(desk) == "all"
        await desk.press("[")
        assert here(desk) == "+mine"
        await desk.press("2", "-")
        assert here(desk) == "+mine"
        await desk.press(":")
        await desk.type("tab late")
        await desk.press("enter")
        assert here(desk) == "+late"
        await desk.pilot.click(TabStrip, offset=(strip(desk).index("+mine"), 0))
        assert here(desk) == "+mine"
        desk.screen.perform("tab.open", "lat")
        assert "there is no tab lat (did you mean late?); there are all, unfulfilled" in desk.hint


async def test_a_pinned_view_has_its_own_filter_sort_columns_and_count(open_desk: Open, session: FakeSession) -> None:
    async with open_desk(size=(200, 40)) as desk:
        put(desk, mine=MINE)
        before = desk.screen.columns
        await desk.press("0")
        query = session.table.view.query
        assert (query.tab, query.filters, query.sort) == (MINE.tab, Filters(owner="ana"), Sort(SortField.ORDER_NUMBER))
        assert desk.screen.columns == COLUMNS
        assert f"+mine {session.table.view.span.total} " in strip(desk)
        await desk.press("2")
        assert desk.screen.columns == before
        assert strip(desk).rstrip().endswith("+mine")


async def test_a_change_within_it_is_shown_and_saved_when_it_is_said(open_desk: Open, session: FakeSession) -> None:
    async with open_desk(size=(200, 40)) as desk:
        put(desk, mine=MINE)
        await desk.press("0", "\\")
        assert "+mine* " in strip(desk)
        assert desk.screen.work.views.views["mine"] == MINE
        desk.screen.perform("view.open", "mine")
        await desk.pilot.pause()
        assert "+mine " in strip(desk)
        assert session.table.view.query.filters == Filters(owner="ana")
        await desk.press("\\", "W", "ctrl+s")
        await desk.pilot.pause()
        assert desk.screen.work.views.views["mine"] == SavedView(MINE.tab, "", MINE.sort, COLUMNS, pinned=True)
        assert "+mine " in strip(desk)


async def test_a_view_is_pinned_and_unpinned_in_the_list(open_desk: Open, session: FakeSession) -> None:
    async with open_desk(size=(200, 40)) as desk:
        put(desk, berlin=BERLIN)
        await desk.press("V", "p", "enter")
        await desk.pilot.pause()
        assert here(desk) == "+berlin"
        assert "0 +berlin" in strip(desk)
        await desk.press("V", "p", "escape")
        await desk.pilot.pause()
        assert here(desk) == "all"
        assert session.table.view.query.filters.words == "berlin"
        assert "+berlin" not in strip(desk)
        await desk.press("0")
        assert "no view is pinned; V pins one" in desk.hint


async def test_a_view_that_went_leaves_its_list_on_show(open_desk: Open) -> None:
    async with open_desk(size=(200, 40)) as desk:
        put(desk, mine=MINE)
        await desk.press("0")
        desk.screen.work.views.delete("mine")
        desk.screen.renderer._tabs()
        assert "+mine" in strip(desk)
        await desk.press("]", "[")
        assert here(desk) == Tab.REFUNDED
        await desk.press("-", "-", "V", "escape")


async def test_narrow_terminals_show_the_pinned_view_with_its_neighbours(open_desk: Open) -> None:
    async with open_desk(size=(80, 24)) as desk:
        put(desk, **{"mine": MINE, "a very long name of a view": LATE, "\u4e2d\u6587": LATE})
        await desk.press("0", "0")
        await desk.pilot.pause()
        assert cell_len(strip(desk)) == desk.screen.query_one(TabStrip).size.width
        assert "+mine" in strip(desk)
        assert strip(desk).startswith("\u2039")


async def test_a_file_that_came_is_there_and_a_broken_one_is_named(open_desk: Open, tmp_path: Path) -> None:
    async with open_desk() as desk:
        desk.screen.work.views = ViewFolder(tmp_path / "views", BY_KEY)
        desk.screen.perform("view.save", "mine")
        (tmp_path / "views" / "ana.toml").write_text('tab = "overdue"\n')
        (tmp_path / "views" / "bad.toml").write_text('tab = "overdoo"\n')
        await desk.press("V")
        dialog = desk.app.screen
        assert isinstance(dialog, ViewsDialog)
        await desk.app.workers.wait_for_complete(dialog.workers)
        texts = ["".join(text for text, _ in line.left) for line in dialog.lines()]
        assert [text.partition(" ")[0] for text in texts[:4]] == ["ana", "mine", "", "bad.toml:"]
        assert "line 1: tab is one of all" in texts[3]
        desk.screen.work.views.path = tmp_path / "views" / "ana.toml"
        await desk.press("p")
        assert "cannot be saved" in desk.said()


async def test_what_a_view_cannot_open_is_said(open_desk: Open, session: FakeSession) -> None:
    async with open_desk() as desk:
        put(desk, odd=SavedView(Tab.ALL, "colour:blue"), mine=MINE)
        desk.screen.perform("view.open", "odd")
        assert "odd cannot be opened: there is no colour:" in desk.hint
        session.me_now = None
        desk.screen.perform("tab.pinned")
        assert "the server has not said yet who you are" in desk.hint
        assert session.table.view.query.filters == NO_FILTERS


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("scene", ["list", "pinned"])
def test_looks(make_app: MakeApp, session: FakeSession, snap_compare: Snap, scene: str, size: tuple[int, int]) -> None:
    app = make_app()

    async def prepare(pilot: Pilot[None]) -> None:
        await pilot.pause()
        screen = pilot.app.screen
        assert isinstance(screen, DeskScreen)
        views = screen.work.views
        for name, view in {"berlin": BERLIN, "late, nobody's": LATE, "mine": MINE}.items():
            views.save(name, view)
        views.faults = ["ana.toml: line 3: filter is not understood: there is no ownr: (did you mean owner?)"]
        await pilot.press("0", "0", *(("V",) if scene == "list" else ("/",)))
        if scene == "pinned":
            await pilot.press("escape", "\\")
        await pilot.pause()

    assert snap_compare(app, terminal_size=size, run_before=prepare)
