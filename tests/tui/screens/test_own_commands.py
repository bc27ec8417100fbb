"""Own commands on the desk: keys, words, marks, what asks first, what is said, and the log."""

from __future__ import annotations

import pytest
from tests.tui.screens.conftest import MakeApp
from tests.tui.screens.desk_driver import Desk, Open
from tests.tui.screens.fake_session import FakeSession
from tests.tui.screens.test_snapshots import SIZES, Snap
from textual.pilot import Pilot

from orders_tui.config.own_commands import OwnCommand
from orders_tui.dialogs.own_command import OwnCommandDialog
from orders_tui.dialogs.quit import QuitDialog
from orders_tui.screens.log import LogScreen
from orders_tui.screens.output import OutputScreen
from orders_tui.widgets.line_list import LineList

COUNT = OwnCommand("count", ("wc", "-l"), key="f6", about="Count the lines of its JSON")
NUMBER = OwnCommand("number", ("sh", "-c", "echo one; echo $0; exit 3", "{number}"), dangerous=True, key="f7")
SLOW = OwnCommand("slow", ("sleep", "77.7"))
COMMANDS = (COUNT, NUMBER, SLOW)


async def ended(desk: Desk) -> None:
    """Every program has."""
    programs = desk.screen.work.programs
    while programs.running:
        await desk.pilot.pause(0.02)
    await desk.pilot.pause()


async def test_a_key_runs_it_on_the_row_and_says_what_came_of_it(open_desk: Open) -> None:
    async with open_desk(commands=COMMANDS) as desk:
        number = desk.cursor
        await desk.press("f6")
        await ended(desk)
        assert f"count {number}: exit status 0: 1" in desk.hint
        await desk.press("enter", "f6")
        await ended(desk)
        assert f"count {number}: exit status 0: 1" in desk.hint
        assert len(desk.screen.work.programs.log) == 2


async def test_it_is_a_word_of_the_command_line_and_a_line_of_the_help(open_desk: Open) -> None:
    async with open_desk(commands=COMMANDS) as desk:
        await desk.press(":")
        await desk.type("count")
        await desk.press("enter")
        await ended(desk)
        assert "count" in desk.hint
        await desk.press("?")
        await desk.type("lines of its")
        assert desk.dialog.current == "own.count"
        await desk.press("enter")
        await ended(desk)
        assert len(desk.screen.work.programs.log) == 2


async def test_marked_orders_are_one_run_each_with_one_sentence(open_desk: Open) -> None:
    async with open_desk(commands=COMMANDS) as desk:
        await desk.press("space", "space", "space", "f6")
        await ended(desk)
        assert "count: 3 of 3 done" in desk.hint
        assert [run.output for run in desk.screen.work.programs.log] == [("1",)] * 3


async def test_what_is_dangerous_asks_first_with_the_cursor_on_cancel(open_desk: Open) -> None:
    async with open_desk(commands=COMMANDS) as desk:
        await desk.press("f7")
        assert isinstance(desk.app.screen, OwnCommandDialog)
        desk.app.screen._opened_at = float("-inf")
        await desk.press("enter")
        assert desk.screen.is_current
        assert desk.screen.work.programs.log == ()
        await desk.press("f7", "y")
        await ended(desk)
        assert "number #" in desk.hint
        assert "exit status 3" in desk.hint


async def test_more_orders_than_are_run_at_once_are_refused(open_desk: Open) -> None:
    async with open_desk(commands=COMMANDS) as desk:
        desk.screen.selection.add([f"gid://shopify/Order/{n}" for n in range(300)])
        await desk.press("f6")
        assert "count takes 250 orders at once; 300 are marked" in desk.hint


async def test_read_only_runs_nothing_and_says_so(open_desk: Open) -> None:
    async with open_desk(commands=COMMANDS, read_only=True) as desk:
        await desk.press("f6")
        assert "read only" in desk.hint
        assert desk.screen.work.programs.log == ()


async def test_the_log_shows_runs_and_their_output(open_desk: Open) -> None:
    async with open_desk(commands=COMMANDS) as desk:
        number = desk.cursor
        await desk.press("f7", "y")
        await ended(desk)
        await desk.press("L")
        assert isinstance(desk.app.screen, LogScreen)
        assert f"{number}  number  failed  exit status 3  {number}" in desk.app.screen.full_text("run 1")
        await desk.press("enter")
        assert isinstance(desk.app.screen, OutputScreen)
        assert [line.left[0][0] for line in desk.app.screen.lines()] == ["one", number]
        await desk.press("escape", "escape")
        assert desk.app.screen is desk.screen


async def test_quitting_asks_while_one_runs_and_ends_it(open_desk: Open) -> None:
    async with open_desk(commands=COMMANDS) as desk:
        desk.screen.perform("own.slow")
        while not desk.screen.work.programs._groups:
            await desk.pilot.pause(0.02)
        await desk.press("ctrl+q")
        assert isinstance(desk.app.screen, QuitDialog)
        programs = desk.screen.work.programs
        await desk.press("y")
    assert programs.running == []
    assert programs.log[0].words == "ended with the client"


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("scene", ["asks", "log", "output"])
def test_looks(make_app: MakeApp, session: FakeSession, snap_compare: Snap, scene: str, size: tuple[int, int]) -> None:
    told = OwnCommand(
        "label", ("sh", "-c", "echo printer zebra-2; echo no paper; exit 3"), key="f6", about="Print the label"
    )
    argv = ("/usr/local/bin/label", "--printer", "zebra 2", "{number}")
    label = OwnCommand("label", argv, key="f6", about="Print the label", dangerous=True)
    app = make_app(commands=(label if scene == "asks" else told,))

    async def prepare(pilot: Pilot[None]) -> None:
        await pilot.pause()
        if scene == "asks":
            await pilot.press("space", "space", "f6")
            return
        await pilot.press("f6")
        desk = Desk(app, pilot, session)
        await ended(desk)
        await pilot.press("L")
        if scene == "output":
            await pilot.press("enter")
            await pilot.pause()
            pilot.app.screen.query_one(LineList).move(1)
        await pilot.pause()

    assert snap_compare(app, terminal_size=size, run_before=prepare)
