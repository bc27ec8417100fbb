"""The start: rows before everything else, then the desk in their place, with the operator where they stood."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
from tests.tui.screens.opening import opening
from tests.tui.screens.served_desk import ServedDesk, served
from textual.worker import WorkerFailed

from orders_tui import paths
from orders_tui.app import DeskApp
from orders_tui.config import Config
from orders_tui.query import Filters
from orders_tui.startup import first_page
from orders_tui.startup.first_frame import FirstFrame
from orders_tui.startup.shops import Shops
from orders_tui.startup.start import Start
from orders_tui.state_file import Remembered, StateFile
from orders_tui.widgets.banner import Banner
from orders_tui.widgets.hint_bar import HintBar
from orders_tui.widgets.tab_strip import TabStrip
from orders_wire.vocabulary import Tab

NOBODY = "http://127.0.0.1:9"


@pytest.fixture
def every_frame() -> bool:
    return True


@pytest.fixture
async def server() -> AsyncIterator[ServedDesk]:
    async with served() as desk:
        yield desk


async def test_the_desk_takes_over_and_no_row_moves(server: ServedDesk, tmp_path: Path) -> None:
    async with opening(server.url, tmp_path) as client:
        await client.until(lambda: client.table.rows)
        assert isinstance(client.app.screen, FirstFrame)
        first = client.lines()
        assert any(server.rows[0].order_number in line for line in first)
        await client.desk()
        assert client.lines() == first


async def test_a_step_taken_on_the_first_frame_is_kept(server: ServedDesk, tmp_path: Path) -> None:
    async with opening(server.url, tmp_path) as client:
        await client.until(lambda: client.table.rows)
        await client.pilot.press("j", "j", "j", "k")
        assert client.cursor == server.rows[2].order_number
        desk = await client.desk()
        assert client.cursor == server.rows[2].order_number
        assert desk.work.session.table.view.cursor_id == server.rows[2].id


async def test_a_key_that_would_act_says_that_it_has_to_wait(server: ServedDesk, tmp_path: Path) -> None:
    async with opening(server.url, tmp_path) as client:
        await client.until(lambda: client.table.rows)
        await client.pilot.press("a")
        assert "one moment" in client.app.screen.query_one(HintBar).text
        await client.desk()


async def test_it_is_not_left_while_another_shop_has_not_answered(server: ServedDesk, tmp_path: Path) -> None:
    async with opening(server.url, tmp_path) as client:
        client.start.shops = cast("Shops", SimpleNamespace(unsettled=["on its way"], present=client.start))
        await client.until(lambda: client.table.rows)
        await client.pilot.press("ctrl+q")
        assert "something has no answer yet" in client.app.screen.query_one(HintBar).text
        assert client.app.is_running


async def test_it_can_be_quit_and_resized_before_the_desk_is_there(server: ServedDesk, tmp_path: Path) -> None:
    async with opening(server.url, tmp_path) as client:
        await client.until(lambda: client.table.rows)
        await client.pilot.resize_terminal(60, 16)
        await client.pilot.resize_terminal(200, 50)
        await client.pilot.press("q")
        assert client.app.return_code == 0


async def test_where_the_operator_was_is_looked_at_first(server: ServedDesk, tmp_path: Path) -> None:
    async with opening(server.url, tmp_path) as client:
        await client.until(lambda: client.table.rows)
        await client.desk()
        await client.pilot.press("j", "j", "j", "j")
    async with opening(server.url, tmp_path) as client:
        await client.until(lambda: client.table.rows)
        assert client.cursor == server.rows[4].order_number
        await client.desk()
        assert client.cursor == server.rows[4].order_number


async def test_a_slow_server_holds_nothing_up(server: ServedDesk, tmp_path: Path) -> None:
    server.answers.clear()
    async with opening(server.url, tmp_path) as client:
        desk = await client.desk()
        assert not client.table.rows
        await client.pilot.press("question_mark", "escape")
        server.answers.set()
        await client.until(lambda: client.table.rows)
        assert client.app.screen is desk


async def test_a_token_that_is_not_known_is_said(server: ServedDesk, tmp_path: Path) -> None:
    server.status = 401
    async with opening(server.url, tmp_path, token="old") as client:
        desk = await client.desk()
        await client.until(lambda: "SIGN" in desk.query_one(Banner).text.upper())


@pytest.mark.parametrize("body", [{}, {"orders": None}, {"orders": {"items": [{}], "page_info": {}}}, {"orders": []}])
def test_what_does_not_read_as_a_page_is_not_shown(body: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="not a page"):
        first_page.read(body)


@pytest.mark.parametrize("text", [None, "", "[", "[]", '{"ui": 3}', '{"ui": {"query": "tab=nonsense"}, "tabs": 1}'])
async def test_a_spoilt_state_file_is_as_none(tmp_path: Path, text: str | None) -> None:
    config = Config(server=NOBODY, state_dir=tmp_path)
    if text is not None:
        paths.state_file(config).write_text(text, encoding="utf-8")
    assert Start(config, first_page.request(config)).first_frame().tab is Tab.UNFULFILLED


async def test_a_start_that_fails_is_reported_with_its_cause(tmp_path: Path) -> None:
    async def begin(_: DeskApp) -> None:
        raise ZeroDivisionError

    config = Config(server=NOBODY, state_dir=tmp_path)
    start = Start(config, first_page.request(config))
    with pytest.raises(WorkerFailed):
        async with DeskApp(start.first_frame, paths.reports(config), begin=begin).run_test() as pilot:
            await pilot.pause()
    (report,) = paths.reports(config).glob("crash*.txt")
    assert "ZeroDivisionError" in report.read_text(encoding="utf-8")


async def test_a_pinned_view_that_was_on_show_is_looked_at_first(server: ServedDesk, tmp_path: Path) -> None:
    columns = ("number", "owner", "age")
    async with opening(server.url, tmp_path) as client:
        desk = await client.desk()
        desk.work.preferences.columns[Tab.UNFULFILLED] = columns
        desk.work.session.table.set_filters(Filters(owner="ana"))
        await client.until(lambda: desk.work.session.table.view.rows)
        desk.perform("view.save", "mine")
        view = desk.work.views.views["mine"]
        assert view.filter == "owner:me"
        desk.work.views.save("mine", replace(view, pinned=True))
        desk.perform("tab.pinned")
        await client.until(lambda: desk.work.session.table.view.rows)
        desk.work.preferences.columns.pop(Tab.UNFULFILLED)
    server.asked.clear()
    async with opening(server.url, tmp_path) as client:
        await client.until(lambda: client.table.rows)
        strip = client.app.screen.query_one(TabStrip)
        assert "+mine" in strip.render_line(0).text
        assert "assigned_to=ana" in server.asked[0]
        first = client.lines()
        desk = await client.desk()
        assert (desk.work.session.table.view.place, desk.columns) == ("+mine", columns)
        assert client.lines() == first
        assert {"tab=unfulfilled" in asked and "assigned_to=ana" in asked for asked in server.asked} == {True}


async def test_views_of_an_earlier_release_are_there_and_what_is_no_view_is_said(
    server: ServedDesk, tmp_path: Path
) -> None:
    settings = Config(server=server.url, state_dir=tmp_path, name="ana")
    before = {"view.late": "overdue - owner:none", "theme": ""}
    assert StateFile(paths.state_file(settings)).save(Remembered(ui=before))
    (tmp_path / "views").mkdir()
    (tmp_path / "views" / "bad.toml").write_text("tab = 3")
    async with opening(server.url, tmp_path) as client:
        desk = await client.desk()
        assert list(desk.work.views.views) == ["late"]
        await client.until(lambda: client.app._notifications)
        assert "1 of the saved views cannot be read; V says why" in {each.message for each in client.app._notifications}
    assert (tmp_path / "views" / "late.toml").read_text().startswith('name = "late"\ntab = "overdue"')
    assert StateFile(paths.state_file(settings)).load().ui["view.late"] == before["view.late"]
