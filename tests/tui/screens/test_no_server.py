"""A start that reaches no Sync server: it is said calmly, tried again, and what can be done instead is one key away."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import httpx
import pytest
from tests.tui.screens.desk_driver import Open
from tests.tui.screens.fake_session import FakeSession
from tests.tui.screens.opening import Opening, opening
from tests.tui.screens.served_desk import ServedDesk, served
from textual.widgets import Input, Static

from orders_tui.api.exchange import transport_errors
from orders_tui.config import Config
from orders_tui.dialogs.quit import QuitDialog
from orders_tui.dialogs.server import ServerDialog
from orders_tui.errors import (
    ApiError,
    ConfigError,
    NotASyncServer,
    NotTrusted,
    Refused,
    SignInNeeded,
    TimedOut,
    Unreachable,
    VersionSkew,
)
from orders_tui.feed import ConnectionState
from orders_tui.screens.desk import DeskScreen
from orders_tui.screens.no_server import Choices, NoServerScreen
from orders_tui.session import changes
from orders_tui.startup.shops import LeftDesk
from orders_tui.widgets.banner import Banner
from orders_wire.vocabulary import ErrorCode

NOBODY = "http://127.0.0.1:9"


def no_profile(name: str) -> Config:
    raise ConfigError(f"there is no profile {name}")


@pytest.fixture
async def server() -> AsyncIterator[ServedDesk]:
    async with served() as desk:
        yield desk


@pytest.fixture(autouse=True)
def _no_profiles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("orders_tui.config.reading.default_path", lambda: tmp_path / "config.toml")


def said(screen: NoServerScreen) -> str:
    return str(screen.query_one("#why", Static).render())


async def test_it_says_where_and_why_and_what_can_be_done(tmp_path: Path) -> None:
    async with opening(NOBODY, tmp_path, no_profile) as client:
        screen = await client.no_server()
        assert "No server is in reach" in said(screen)
        assert NOBODY in said(screen)
        assert "connection refused" in said(screen)
        words = " ".join(screen.query_one(Choices).render_line(y).text for y in range(6))
        for command in ("orders-tui demo", "orders-tui init", "--server URL"):
            assert command in words


@pytest.mark.parametrize(
    ("status", "body"), [(200, "<html>"), (404, "<html>not here</html>"), (404, '{"detail": "no"}')]
)
async def test_something_else_that_answers_is_called_so(
    server: ServedDesk, tmp_path: Path, status: int, body: str
) -> None:
    server.status, server.body = status, body
    async with opening(server.url, tmp_path, no_profile) as client:
        screen = await client.no_server()
        assert "no Sync server" in said(screen)


async def test_it_tries_by_itself_and_the_desk_is_there_as_soon_as_a_server_answers(
    server: ServedDesk, tmp_path: Path
) -> None:
    server.status, server.body = 404, "<html>"
    async with opening(server.url, tmp_path, no_profile) as client:
        await client.no_server()
        server.status, server.body = 200, None
        await client.pilot.press("r")
        await client.screen(DeskScreen)
        await client.until(lambda: client.table.rows)


async def test_a_server_that_is_lost_later_leaves_the_desk_on_show(server: ServedDesk, tmp_path: Path) -> None:
    async with opening(server.url, tmp_path, no_profile) as client:
        desk = await client.desk()
        await client.until(lambda: client.table.rows)
        server.status, server.body = 502, "<html>"
        await client.pilot.press("ctrl+r")
        await client.until(lambda: desk.query_one(Banner).display)
        assert client.app.screen is desk
        assert client.table.rows


@pytest.mark.parametrize(("key", "command"), [("d", "demo"), ("i", "init")])
async def test_a_command_takes_its_place(tmp_path: Path, key: str, command: str) -> None:
    async with opening(NOBODY, tmp_path, no_profile) as client:
        await client.no_server()
        await client.pilot.press(key)
        assert client.app.then == (command,)
        assert not client.app.is_running


async def test_a_command_does_not_take_its_place_unasked_while_another_shop_has_not_answered(tmp_path: Path) -> None:
    entry = SimpleNamespace(key="k", draft=SimpleNamespace(word="assign"), order_ids=["1"], state="sent")
    async with opening(NOBODY, tmp_path, no_profile) as client:
        await client.no_server()
        assert client.start.shops is not None
        client.start.shops._left.append(cast("LeftDesk", SimpleNamespace(unsettled=[entry])))
        await client.pilot.press("d")
        await client.screen(QuitDialog)
        assert not client.app.then
        await client.pilot.press("y")
        assert client.app.then == ("demo",)


async def test_the_mouse_chooses_as_well(tmp_path: Path) -> None:
    async with opening(NOBODY, tmp_path, no_profile) as client:
        await client.no_server()
        await client.pilot.click(Choices, offset=(5, 1))
        assert client.app.then == ("demo",)


async def test_so_do_the_arrows_and_leaving_leaves(tmp_path: Path) -> None:
    async with opening(NOBODY, tmp_path, no_profile) as client:
        screen = await client.no_server()
        await client.pilot.press("j", "up")
        assert screen.query_one(Choices).current == "again"
        await client.pilot.press("end", "q")
        assert client.app.then == ()
        assert client.app.return_code == 0


async def test_another_address_opens_its_desk_and_gets_no_token_of_another(server: ServedDesk, tmp_path: Path) -> None:
    async with opening(NOBODY, tmp_path, no_profile, token="secret", environment="PROD") as client:
        await client.no_server()
        await client.pilot.press("a")
        dialog = await client.screen(ServerDialog)
        await _try(client, "nonsense")
        assert "address such as" in _problem(dialog)
        await _try(client, "http://127.0.0.1:9/other")
        await client.until(lambda: "no server answers" in _problem(dialog))
        await _try(client, server.url)
        desk = await client.screen(DeskScreen)
        await client.until(lambda: client.table.rows)
        assert desk.work.config.server == server.url
        assert (desk.work.config.token, desk.work.config.environment) == (None, None)
        assert server.tokens == {None}


async def _try(client: Opening, address: str) -> None:
    client.app.screen.query_one(Input).value = address
    await client.pilot.pause(0.2)
    await client.pilot.press("ctrl+s")


def _problem(dialog: ServerDialog) -> str:
    return str(dialog.query_one("#problem", Static).render())


@pytest.mark.parametrize(
    ("cause", "kind", "says"),
    [
        (ConnectionRefusedError(111, "refused"), Unreachable, "nothing listens there"),
        (socket.gaierror(-2, "unknown"), Unreachable, "no host of this name"),
        (TimeoutError(), Unreachable, "nothing came back"),
        (ExceptionGroup("all", [OSError(113, "route")]), Unreachable, "no route to host"),
    ],
)
def test_why_nobody_is_reached_is_said_in_words(cause: Exception, kind: type[Exception], says: str) -> None:
    with pytest.raises(kind, match=says), transport_errors("http://desk", writes=False):
        raise httpx.ConnectError("failed") from cause


def test_what_speaks_something_else_is_no_sync_server() -> None:
    with pytest.raises(NotASyncServer), transport_errors("http://desk", writes=False):
        raise httpx.RemoteProtocolError("illegal status line: bytearray(b'SSH-2.0')")


@pytest.mark.parametrize(
    ("problem", "title"),
    [
        (Unreachable("nobody"), "No server is in reach"),
        (NotTrusted("self-signed"), "not trusted"),
        (TimedOut("no answer in time"), "does not answer"),
        (NotASyncServer("a web page"), "no Sync server"),
        (VersionSkew("it speaks 2.0"), "another version"),
        (Refused(ErrorCode.UNAVAILABLE, "the database is away"), ""),
        (SignInNeeded("a token"), ""),
    ],
)
async def test_what_was_met_decides_whether_it_is_offered_and_how(
    open_desk: Open, session: FakeSession, problem: ApiError, title: str
) -> None:
    async with open_desk((80, 24)) as desk:
        session.me_now = None
        session.put(rows=(), as_of=None, problem=problem)
        session.set_line(state=ConnectionState.OFFLINE, reason=str(problem))
        await desk.pilot.pause()
        offered = desk.app.screen
        assert isinstance(offered, NoServerScreen) is bool(title)
        if isinstance(offered, NoServerScreen):
            assert title in said(offered)
            session.put(as_of=session.now())
            session.tell(changes.ViewChanged())
            await desk.pilot.pause()
            assert desk.app.screen is desk.screen
