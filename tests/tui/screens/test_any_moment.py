"""Every key at every moment of a start, on every dialog as it opens and closes, and in a terminal of any size."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest
from tests.tui.screens.desk_driver import Desk, Open
from tests.tui.screens.opening import opening
from tests.tui.screens.served_desk import ServedDesk, served
from tests.tui.screens.test_first_frame import NOBODY
from textual import events
from textual.screen import Screen
from textual.widgets import Static

from orders_tui.app import DeskApp
from orders_tui.commands import COMMANDS, Group
from orders_tui.dialogs.assign import AssignDialog
from orders_tui.dialogs.command_line import CommandLine
from orders_tui.dialogs.help import HelpDialog
from orders_tui.screens.desk import DeskScreen
from orders_tui.startup.first_frame import FirstFrame

KEYS = tuple(sorted({key for command in COMMANDS for key in command.keys}))
OPENING = (
    "a",
    "m",
    "f",
    "s",
    "r",
    "i",
    ".",
    "/",
    "&",
    "S",
    "C",
    "V",
    "W",
    "Y",
    "e",
    ":",
    "?",
    "ctrl+p",
    "enter",
    "L",
    "O",
    "p",
)
LEAVING = {"q", "ctrl+q"}
STAYING = [key for key in KEYS if key not in LEAVING]
NAMES = {
    "/": "slash", "?": "question_mark", ":": "colon", ".": "full_stop", "<": "less_than_sign", ">": "greater_than_sign",
    "[": "left_square_bracket", "]": "right_square_bracket", "-": "minus", "*": "asterisk", "&": "ampersand",
    "\\": "backslash", "!": "exclamation_mark", "+": "plus",
}  # fmt: skip
Moment = tuple[type[Screen[None]], str]
MOMENTS: list[Moment] = [
    (FirstFrame, "compose"),
    (FirstFrame, "on_mount"),
    (DeskScreen, "compose"),
    (DeskScreen, "on_mount"),
]


@pytest.fixture
def every_frame() -> bool:
    return True


def post(app: DeskApp, keys: Sequence[str]) -> None:
    """As a terminal brings them: all at once, whatever the app is at."""
    for key in keys:
        character = {"enter": "\r", "tab": "\t", "space": " "}.get(key, key if len(key) == 1 else None)
        app.post_message(events.Key(NAMES.get(key, key), character))


def crashes(folder: Path) -> list[Path]:
    return list(folder.rglob("crash-*"))


@pytest.fixture
async def server() -> AsyncIterator[ServedDesk]:
    async with served() as desk:
        yield desk


def at(patch: pytest.MonkeyPatch, when: Moment, keys: Sequence[str]) -> None:
    """Keys that come the moment before a method of a screen is called."""
    screen, moment = when
    method = getattr(screen, moment)

    def with_keys(self: Screen[None]) -> object:
        assert isinstance(self.app, DeskApp)
        post(self.app, keys)
        return method(self)

    patch.setattr(screen, moment, with_keys)


@pytest.mark.parametrize("when", MOMENTS)
async def test_every_key_may_come_at_every_moment_of_a_start(
    server: ServedDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, when: Moment
) -> None:
    keys = list(STAYING)
    random.Random(str(when)).shuffle(keys)
    at(monkeypatch, when, keys)
    async with opening(server.url, tmp_path) as client:
        client.go_on.set()
        await client.until(
            lambda: any(isinstance(each, DeskScreen) and each.is_mounted for each in client.app.screen_stack)
        )
        await client.pilot.pause(0.2)
        assert client.app.is_running
    assert crashes(tmp_path) == []


@pytest.mark.parametrize(
    "key", [["ctrl+q"], ["q", "q"], ["ctrl+p", "ctrl+q"], ["ctrl+q", *STAYING], ["j", "ctrl+q", "ctrl+q"]]
)
@pytest.mark.parametrize("when", MOMENTS)
async def test_it_can_be_left_at_every_moment_of_a_start(
    server: ServedDesk,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    when: Moment,
    key: list[str],
) -> None:
    at(monkeypatch, when, key)
    async with opening(server.url, tmp_path) as client:
        client.go_on.set()
        await client.until(lambda: client.app.return_code is not None or isinstance(client.app.screen, DeskScreen))
        async with asyncio.timeout(30):
            while client.app.return_code is None:
                await client.pilot.pause(0.01)
                post(client.app, ["escape", "ctrl+q"])
        assert client.app.return_code == 0
    assert crashes(tmp_path) == []


async def test_every_key_on_a_desk_that_no_server_answers(tmp_path: Path) -> None:
    async with opening(NOBODY, tmp_path) as client:
        await client.no_server()
        for key in STAYING:
            post(client.app, [key])
            await asyncio.sleep(0)
        await client.pilot.pause(0.1)
        assert client.app.is_running
    assert crashes(tmp_path) == []


async def back(desk: Desk) -> None:
    for _ in range(20):
        await desk.pilot.pause()
        if desk.app.screen is desk.screen:
            return
        post(desk.app, ["escape"])
    raise AssertionError(f"{desk.app.screen} does not close")


async def test_every_key_may_come_while_anything_opens_and_closes(open_desk: Open, tmp_path: Path) -> None:
    rng = random.Random(7)
    async with open_desk() as desk:
        for key in OPENING:
            post(desk.app, [key, *rng.sample(STAYING, 5), "escape", *[key, "escape"] * 3])
            await back(desk)
        assert desk.app.is_running
    assert crashes(tmp_path) == []


async def test_every_theme_of_the_key_exists_and_comes_round(open_desk: Open) -> None:
    async with open_desk() as desk:
        seen = [desk.app.theme]
        for _ in range(8):
            await desk.press("T")
            seen.append(desk.app.theme)
        assert len(set(seen)) >= 3
        assert seen.count(seen[0]) >= 2


@pytest.mark.parametrize("opens", [":", "ctrl+p"])
@pytest.mark.parametrize("typed", ["", "zzzzzz"])
async def test_lists_of_commands_bear_every_key_in_an_empty_list(open_desk: Open, opens: str, typed: str) -> None:
    async with open_desk() as desk:
        post(desk.app, [opens, "pageup", "pagedown", "up", "pageup"])
        await desk.pilot.pause()
        await desk.type(typed)
        await desk.press("pageup", "pagedown", "up", "down", "ctrl+home", "ctrl+end", "tab", "pageup", "home")
        assert isinstance(desk.app.screen, CommandLine)


SMALL = [(59, 40), (120, 15), (20, 5), (1, 1)]


@pytest.mark.parametrize("size", SMALL)
async def test_a_desk_that_is_not_shown_does_nothing_but_leave(open_desk: Open, size: tuple[int, int]) -> None:
    async with open_desk() as desk:
        before = (desk.cursor, desk.app.theme, desk.screen.view.query, desk.screen.work.preferences.write())
        await desk.pilot.resize_terminal(*size)
        for key in STAYING:
            if key not in {"?", "f1"}:
                post(desk.app, [key])
        await desk.pilot.pause(0.1)
        assert desk.app.screen is desk.screen
        assert not len(desk.screen.selection)
        assert desk.session.sent == []
        await desk.press("question_mark")
        assert isinstance(desk.app.screen, HelpDialog)
        await desk.press("escape")
        await desk.pilot.resize_terminal(120, 40)
        await desk.pilot.pause()
        assert (desk.cursor, desk.app.theme, desk.screen.view.query, desk.screen.work.preferences.write()) == before
        await desk.pilot.resize_terminal(*size)
        await desk.press("q", "q")
        assert desk.app.return_code == 0


async def test_how_to_leave_stands_in_the_smallest_terminal(open_desk: Open) -> None:
    async with open_desk(size=(20, 5), environment="TEST") as desk:
        small = desk.screen.query_one("#small", Static)
        assert small.region.size == (20, 5)
        assert "60 columns and 16 rows" in str(small.render())
        assert "q q quits" in str(small.render())


@pytest.mark.parametrize("size", SMALL)
async def test_nothing_is_confirmed_that_cannot_be_read(open_desk: Open, size: tuple[int, int]) -> None:
    async with open_desk() as desk:
        await desk.press("a")
        assert isinstance(desk.app.screen, AssignDialog)
        await desk.type("zoe")
        await desk.pilot.resize_terminal(*size)
        await desk.press("ctrl+s", "enter")
        assert isinstance(desk.app.screen, AssignDialog)
        assert "too small" in desk.said()
        assert desk.session.sent == []
        await desk.pilot.resize_terminal(120, 40)
        await desk.press("ctrl+s")
        assert desk.session.sent


async def test_an_order_in_a_small_terminal_is_read_and_not_acted_on(open_desk: Open) -> None:
    acting = [
        key
        for command in COMMANDS
        if command.group is Group.ACT and command.id != "action.undo"
        for key in command.keys
    ]
    async with open_desk() as desk:
        await desk.press("enter")
        order = desk.app.screen
        await desk.pilot.resize_terminal(59, 15)
        for key in acting:
            await desk.press(NAMES.get(key, key))
            assert desk.app.screen is order
            assert "too small" in desk.hint
        await desk.press("escape")
        assert desk.app.screen is desk.screen
