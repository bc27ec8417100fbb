"""The start: rows before everything else, then the desk in their place, with the operator where they stood."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.tui.screens.served_desk import ServedDesk, served
from textual.pilot import Pilot
from textual.screen import Screen
from textual.worker import WorkerFailed

from orders_tui import paths
from orders_tui.app import DeskApp
from orders_tui.config import Config
from orders_tui.screens.desk import DeskScreen
from orders_tui.startup import first_page
from orders_tui.startup.first_frame import FirstFrame
from orders_tui.startup.start import Start
from orders_tui.widgets.banner import Banner
from orders_tui.widgets.hint_bar import HintBar
from orders_tui.widgets.order_table import OrderTable
from orders_wire.vocabulary import Tab

NOBODY = "http://127.0.0.1:9"
PATIENCE_S = 20


@pytest.fixture
def every_frame() -> bool:
    return True


@dataclass
class Opening:
    """A client that starts, and stays on its first frame until `go_on` is set."""

    app: DeskApp
    pilot: Pilot[None]
    start: Start
    go_on: asyncio.Event

    @property
    def table(self) -> OrderTable:
        return self.app.screen.query_one(OrderTable)

    @property
    def cursor(self) -> str:
        row = self.table.current
        return row.order.order_number if row is not None else ""

    def lines(self) -> list[str]:
        """The table as it stands on the screen."""
        return [self.table.render_line(y).text for y in range(self.table.size.height)]

    async def until(self, holds: Callable[[], object]) -> None:
        async with asyncio.timeout(PATIENCE_S):
            while not holds():
                await self.pilot.pause(0.01)

    async def desk(self) -> DeskScreen:
        """Lets the start go on to its end."""
        self.go_on.set()
        await self.until(lambda: isinstance(self.app.screen, DeskScreen) and self.app.screen.is_mounted)
        await self.pilot.pause()
        assert isinstance(self.app.screen, DeskScreen)
        return self.app.screen


@asynccontextmanager
async def opening(server: str, state_dir: Path, **config: object) -> AsyncIterator[Opening]:
    settings = Config(server=server, state_dir=state_dir, name="ana", **config)  # type: ignore[arg-type]
    start = Start(settings, first_page.request(settings))
    go_on = asyncio.Event()

    async def begin(app: DeskApp) -> None:
        await go_on.wait()
        await start.begin(app)

    first_screen: Callable[[], Screen[None]] = start.first_frame
    app = DeskApp(first_screen, paths.reports(settings), theme=start.preferences.theme, begin=begin)
    async with app.run_test(size=(120, 40)) as pilot:
        yield Opening(app, pilot, start, go_on)
    start.save()


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


async def test_no_server_is_said_and_not_waited_for(tmp_path: Path) -> None:
    async with opening(NOBODY, tmp_path) as client:
        desk = await client.desk()
        await client.until(lambda: desk.work.session.table.view.problem is not None)
        await client.until(lambda: "OFFLINE" in desk.query_one(Banner).text)
        said = [desk.side.render_line(y).text.strip() for y in range(desk.side.size.height)]
        assert [line for line in said if line] == ["ALERTS", "not known yet"]


async def test_a_token_that_is_not_known_is_said(server: ServedDesk, tmp_path: Path) -> None:
    server.status = 401
    async with opening(server.url, tmp_path, token="old") as client:
        desk = await client.desk()
        await client.until(lambda: "SIGN" in desk.query_one(Banner).text.upper())


async def test_an_answer_that_is_no_page_leaves_the_telling_to_the_desk(server: ServedDesk, tmp_path: Path) -> None:
    server.body = "<html>"
    async with opening(server.url, tmp_path) as client:
        desk = await client.desk()
        await client.until(lambda: desk.work.session.table.view.problem is not None)
        assert not client.table.rows


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
