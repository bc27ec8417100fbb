"""`:shop`: from one shop to another in the same terminal, and nothing of the one under the other."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from pathlib import Path

import pytest
from tests.tui.screens import desk_data
from tests.tui.screens.desk_driver import Open
from tests.tui.screens.fake_session import FakeSession
from tests.tui.screens.fake_shops import FakeShops
from tests.tui.screens.opening import Opening, opening
from tests.tui.screens.served_desk import ServedDesk, served
from textual import events
from textual.widgets import Static

from orders_tui import paths
from orders_tui.actions.address import AddressDraft
from orders_tui.config import Config, another
from orders_tui.dialogs.quit import QuitDialog
from orders_tui.dialogs.shops import ShopsDialog
from orders_tui.screens.desk import DeskScreen
from orders_tui.state_file import StateFile
from orders_tui.widgets.hint_bar import HintBar
from orders_tui.widgets.line_list import LineList
from orders_tui.widgets.top_bar import TopBar
from orders_wire.vocabulary import Tab

FILE = """
[profile.eu]
server = "{eu}"
environment = "PROD"

[profile.test]
server = "{test}"
environment = "TEST"
band = "teal"
theme = "desk-light"
page_size = 7
token_file = "{folder}/token"

[profile.look]
server = "{test}"
read_only = true

[profile.away]
server = "http://127.0.0.1:9"

[profile.lost]
server = "{test}"
token_file = "{folder}/none"

[profile.odd]
server = "{test}"
theme = "pinkish"
"""


@pytest.fixture
async def eu() -> AsyncIterator[ServedDesk]:
    async with served() as desk:
        yield desk


@pytest.fixture
async def test() -> AsyncIterator[ServedDesk]:
    async with served() as desk:
        desk.rows = desk_data.of_tab(Tab.UNFULFILLED)[40:60]
        yield desk


AtEu = Callable[..., AbstractAsyncContextManager[Opening]]


@pytest.fixture
def start(eu: ServedDesk, test: ServedDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AtEu:
    """Opens a client at the shop `eu`, its rows on show."""
    path = tmp_path / "config.toml"
    path.write_text(FILE.format(eu=eu.url, test=test.url, folder=tmp_path))
    (tmp_path / "token").write_text("of-test\n")
    monkeypatch.setattr("orders_tui.config.reading.default_path", lambda: path)

    @asynccontextmanager
    async def started(**config: object) -> AsyncIterator[Opening]:
        settings = {"profile": "eu", "environment": "PROD", "token": "of-eu", **config}
        here = Config(server=eu.url, state_dir=tmp_path, **{"name": "ana", **settings})  # type: ignore[arg-type]
        load = partial(another, here, read_only=here.read_only)
        async with opening(eu.url, tmp_path, load, **settings) as client:
            await client.desk()
            await client.until(lambda: client.table.rows)
            yield client

    return started


async def go(client: Opening, name: str) -> None:
    """Types `:shop NAME`."""
    await client.pilot.press("colon")
    client.app.post_message(events.Paste(f"shop {name}".strip()))
    await client.pilot.pause(0.2)
    client.app.keyboard.enter_pressed(float("-inf"))
    await client.pilot.press("enter")


async def arrived(client: Opening, server: ServedDesk) -> DeskScreen:
    """The desk of a server, its rows on show."""

    def there() -> bool:
        screen = client.app.screen
        return isinstance(screen, DeskScreen) and screen.work.config.server == server.url and bool(client.table.rows)

    await client.until(there)
    await client.pilot.pause()
    assert isinstance(client.app.screen, DeskScreen)
    return client.app.screen


def problem(client: Opening) -> str:
    return " ".join(str(line.render()) for line in client.app.screen.query("#problem").results(Static))


async def test_the_other_shop_opens_as_a_fresh_start_would_open_it(
    start: AtEu, eu: ServedDesk, test: ServedDesk
) -> None:
    async with start() as client:
        before = client.app.screen
        assert isinstance(before, DeskScreen)
        await client.pilot.press("j", "space", "k", "3")
        client.app.toast("warning", "something of eu")
        await go(client, "test")
        desk = await arrived(client, test)
        assert client.table.rows[0].order.order_number == test.rows[0].order_number
        assert (desk.work.config.page_size, client.app.theme) == (7, "desk-light")
        assert "pageSize=7" in test.asked[0]
        assert desk.query_one(TopBar).text.startswith(" TEST  acme-eu")
        assert len(desk.selection) == 0
        assert len(client.app._notifications) == 0
        assert (eu.tokens, test.tokens) == ({"Bearer of-eu"}, {"Bearer of-test"})
        assert StateFile(paths.state_file(before.work.config)).load().tab is list(Tab)[2]
        await client.until(lambda: [worker.name for worker in client.app.workers].count("session") == 1)
        assert not before.is_running
        await go(client, "eu")
        desk = await arrived(client, eu)
        assert desk.view.query.tab is list(Tab)[2]


async def test_it_lists_them_and_marks_the_one_that_is_open(start: AtEu, eu: ServedDesk, test: ServedDesk) -> None:
    async with start() as client:
        await go(client, "")
        dialog = await client.screen(ShopsDialog)
        lines = [dialog.query_one(LineList).render_line(y).text for y in range(6)]
        assert [line.split()[0] for line in lines][1:] == ["test", "look", "away", "lost", "odd"]
        assert "∙ eu" in lines[0]
        assert "PROD" in lines[0]
        assert eu.url in lines[0]
        assert "teal" in lines[1]
        assert "read only" in lines[2]
        assert "token_file" in lines[4]
        await client.pilot.press("down", "down")
        client.app.keyboard.enter_pressed(float("-inf"))
        await client.pilot.pause(0.2)
        await client.pilot.press("enter")
        desk = await arrived(client, test)
        assert desk.work.read_only
        assert desk.query_one(TopBar).text.startswith("look: acme-eu")


def says(client: Opening, words: str) -> bool:
    return words in problem(client)


UNUSABLE = {
    "tset": "no profile tset",
    "away": "no server answers",
    "lost": "token_file",
    "odd": "no theme pinkish",
    "eu": "the desk that is open",
}


async def test_one_that_cannot_be_used_leaves_the_desk_as_it_is(start: AtEu, test: ServedDesk) -> None:
    async with start() as client:
        desk, theme = client.app.screen, client.app.theme
        await client.pilot.press("space")
        for name, why in UNUSABLE.items():
            await go(client, name)
            await client.until(partial(says, client, why))
            await client.pilot.press("escape")
            assert client.app.screen is desk
        assert isinstance(desk, DeskScreen)
        assert len(desk.selection) == 1
        assert client.app.theme == theme
        assert test.asked == []


async def test_what_is_on_its_way_is_asked_about_arrives_and_is_told_on_the_other_desk(
    start: AtEu, eu: ServedDesk, test: ServedDesk
) -> None:
    eu.acts.clear()
    async with start() as client:
        number = client.cursor
        await client.pilot.press("m")
        await client.until(lambda: eu.assigned)
        await go(client, "test")
        await client.until(lambda: "1 on the way" in problem(client))
        client.app.keyboard.enter_pressed(float("-inf"))
        await client.pilot.pause(0.2)
        await client.pilot.press("enter")
        await arrived(client, test)
        await client.pilot.press("ctrl+q")
        await client.screen(QuitDialog)
        await client.pilot.press("escape")
        eu.acts.set()
        await client.until(lambda: client.app._notifications)
        (told,) = client.app._notifications
        assert (told.title, told.message) == ("eu", f"{number} assigned to ana")
        await client.until(lambda: [worker.name for worker in client.app.workers].count("session") == 1)
        assert eu.assigned == ["ana"]
        assert test.assigned == []


@pytest.mark.parametrize("left", ["handover", "draft", "undo"])
async def test_what_would_be_lost_is_asked_about(open_desk: Open, session: FakeSession, left: str) -> None:
    async with open_desk() as desk:
        work = desk.screen.work
        if left == "handover":
            work.handover = "two chargebacks are due"
        elif left == "draft":
            session.drafts.keep(AddressDraft(("gid://shopify/Order/1",), {"city": "Berlin"}))
        else:
            await desk.press("m")
            session.settle()
        dialog = ShopsDialog(work, FakeShops(), "test")
        desk.app.push_screen(dialog)
        await desk.pilot.pause()
        assert "enter again goes there all the same" in desk.said()
        await desk.press("ctrl+s")
        await desk.pilot.pause()
        assert "no server answers" in desk.said()


async def test_read_only_of_the_command_line_is_not_lifted(start: AtEu, eu: ServedDesk, test: ServedDesk) -> None:
    async with start(read_only=True) as client:
        await go(client, "test")
        desk = await arrived(client, test)
        await client.pilot.press("m")
        assert "read only" in desk.query_one(HintBar).text
        assert "read only" in desk.query_one(TopBar).text
        assert test.assigned == []
