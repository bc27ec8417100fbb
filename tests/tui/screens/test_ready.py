"""The view of what can leave now: before the tabs from the start, counted by the server, and gone where that does not know it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.tui.plain.talk import talk
from tests.tui.screens.desk_driver import Desk, Open
from tests.tui.screens.fake_session import FakeSession
from tests.tui.screens.opening import opening
from tests.tui.screens.ready_scenes import what_is_ready
from tests.tui.screens.served_desk import served

from orders_tui.context import pinned_views
from orders_tui.query import Filters, OrdersQuery
from orders_tui.screens.pulse import PulseScreen
from orders_tui.views.pins import READY
from orders_tui.views.saved_view import SavedView
from orders_tui.widgets.metrics_bar import MetricsBar
from orders_tui.widgets.tab_strip import TabStrip
from orders_wire.page import OwnerWork, Work
from orders_wire.vocabulary import Tab

MINE = SavedView(Tab.UNFULFILLED, "owner:me", pinned=True)


def strip(desk: Desk) -> str:
    return desk.screen.query_one(TabStrip).render_line(0).text


async def test_it_stands_before_the_tabs_with_its_count_and_is_reached_like_them(
    open_desk: Open, session: FakeSession
) -> None:
    what_is_ready(session)
    async with open_desk() as desk:
        desk.screen.work.views.save("mine", MINE)
        assert strip(desk).startswith("  0 Ready 7  1 All ")
        await desk.press("0")
        assert session.table.view.query == OrdersQuery(Tab.UNFULFILLED, Filters(ready="yes"), page_size=36)
        assert len(session.table.view.rows) == 7
        await desk.press("0")
        assert session.table.view.place == "+mine"
        await desk.press("]", "]")
        assert session.table.view.place == Tab.ALL
        await desk.press("[")
        assert session.table.view.place == "+Ready"
        desk.screen.perform("tab.open", "mine")
        await desk.pilot.pause()
        desk.screen.perform("tab.open", "ready")
        assert session.table.view.place == "+Ready"
        desk.screen.perform("view.open", "Ready")
        assert "view Ready" in desk.hint


async def test_it_is_taken_from_the_tabs_changed_and_brought_back_as_a_view_is(
    open_desk: Open, session: FakeSession
) -> None:
    what_is_ready(session)
    async with open_desk() as desk:
        await desk.press("V", "d")
        assert "Ready comes with the desk; p takes it from the tabs" in desk.said()
        await desk.press("p", "escape")
        await desk.pilot.pause()
        assert "Ready" not in strip(desk)
        await desk.press("V", "p", "d", "d", "escape")
        await desk.pilot.pause()
        assert "0 Ready 7" in strip(desk)
        assert READY not in desk.screen.work.views.views
        await desk.press("0")
        session.table.set_filters(Filters(ready="yes", owner="ana"))
        await desk.pilot.pause()
        assert "0 Ready* " in strip(desk)
        desk.screen.perform("view.save", READY)
        assert desk.screen.work.views.views[READY].pinned
        assert pinned_views.names(desk.screen.work) == [READY]


@pytest.mark.parametrize("size", [(120, 40), (80, 24)], ids=lambda size: f"{size[0]}x{size[1]}")
async def test_the_figure_takes_no_room_from_the_others(
    open_desk: Open, session: FakeSession, size: tuple[int, int]
) -> None:
    assert session.summary_now is not None
    work = Work(owners=[OwnerWork(name="ana", total=114)], unowned_total=204, due_today=37)
    session.summary_now = session.summary_now.model_copy(update={"work": work})
    async with open_desk(size) as desk:
        bar = desk.screen.query_one(MetricsBar)
        before = bar.text
        what_is_ready(session)
        await desk.pilot.pause()
        assert " 7 ready " in bar.text
        kept = before.partition("16.4 h")[0].rstrip()
        assert bar.text.startswith(kept)
        assert "16.4 h" in bar.text


async def test_a_server_that_does_not_say_it_has_no_such_view(open_desk: Open) -> None:
    async with open_desk() as desk:
        assert "Ready" not in strip(desk)
        assert "ready" not in desk.screen.query_one(MetricsBar).text
        desk.screen.perform("tab.open", "ready")
        assert "there is no tab ready" in desk.hint


def _knows_ready(body: Any) -> Any:
    return body | {"metrics": body["metrics"] | {"ready": 7}} if "metrics" in body else body


async def test_it_is_found_again_and_gives_way_where_the_server_is_older_now(tmp_path: Path) -> None:
    async with served() as server:
        server.spoil = _knows_ready
        async with opening(server.url, tmp_path) as client:
            await client.until(lambda: client.table.rows)
            assert "0 Ready 7 " in client.app.screen.query_one(TabStrip).render_line(0).text
            desk = await client.desk()
            await client.pilot.press("0")
            await client.until(lambda: not desk.work.session.table.view.loading)
        assert "ready=yes" in server.asked[-1]
        async with opening(server.url, tmp_path) as client:
            await client.until(lambda: client.table.rows)
            desk = await client.desk()
            assert desk.work.session.table.view.place == "+Ready"
        server.spoil = None
        async with opening(server.url, tmp_path) as client:
            desk = await client.desk()
            await client.until(lambda: desk.work.session.table.view.rows)
            view = desk.work.session.table.view
            assert (view.place, view.problem) == (Tab.UNFULFILLED, None)
            await client.until(lambda: "Ready" not in desk.query_one(TabStrip).render_line(0).text)


async def test_without_a_screen_it_is_listed_counted_and_named(session: FakeSession) -> None:
    what_is_ready(session)
    said = " ".join((await talk(session, "tab Ready", "pulse", "1")).split())
    assert session.table.view.query.filters.ready == "yes"
    assert ", ready" in said
    assert "100 to fulfil, 7 of them ready, " in said


async def test_the_pulse_has_its_size_and_the_way_there(open_desk: Open, session: FakeSession) -> None:
    what_is_ready(session)
    async with open_desk() as desk:
        await desk.press("p")
        await desk.pilot.pause()
        assert isinstance(desk.app.screen, PulseScreen)
        queues = [line for line in desk.app.screen.lines() if line.key.startswith("tab:")]
        assert [line.key for line in queues[:2]] == ["tab:+Ready", "tab:unfulfilled"]
        assert "".join(text for text, _ in queues[0].left).split()[:2] == ["Ready", "7"]
        await desk.press("g", "enter")
        await desk.pilot.pause()
        assert session.table.view.place == "+Ready"
