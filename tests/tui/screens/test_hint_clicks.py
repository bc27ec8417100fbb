"""The line of keys under the mouse: a click is the key that it shows, with the same guards, on the desk and in dialogs."""

from __future__ import annotations

import pytest
from tests.tui.screens import desk_data
from tests.tui.screens.conftest import SteppingClock
from tests.tui.screens.desk_driver import Desk, Open
from tests.tui.screens.fake_session import FakeSession
from textual import events

from orders_tui.commands import Place
from orders_tui.dialogs.assign import AssignDialog
from orders_tui.keymap import KEY_OF
from orders_tui.session import changes
from orders_tui.widgets.hint_bar import HintBar
from orders_tui.widgets.switch import Switch
from orders_wire.vocabulary import Role


def bar(desk: Desk) -> HintBar:
    return desk.app.screen.query_one(HintBar)


def place(desk: Desk, text: str) -> tuple[int, int]:
    """Where a text stands in the line, from the widget's corner."""
    line = bar(desk)
    at = line.text.index(text)
    return at + line.content_region.x - line.region.x, 0


async def click(desk: Desk, text: str) -> None:
    await desk.pilot.click(bar(desk), offset=place(desk, text))
    await desk.pilot.pause()


async def test_every_hint_of_the_desk_does_what_its_key_does(open_desk: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    async with open_desk(size=(200, 60)) as desk:
        done: list[str] = []
        monkeypatch.setattr(desk.screen, "perform", lambda command_id, argument="": done.append(command_id))
        hints = [hint.strip() for hint in bar(desk).text.split("   ") if hint.strip()]
        for hint in hints:
            await click(desk, hint)
        keymap = desk.screen.work.keymap
        keys = [hint.split()[0] for hint in hints]
        commands = [keymap.find(Place.DESK, KEY_OF.get(key, key)) for key in keys]
        assert len(keys) > 12
        assert done == [command.id for command in commands if command is not None]


async def test_a_dialog_is_opened_worked_and_left_by_clicks(open_desk: Open, session: FakeSession) -> None:
    async with open_desk() as desk:
        await click(desk, "a assign")
        assert isinstance(desk.app.screen, AssignDialog)
        await click(desk, "esc cancel")
        await click(desk, "assign")
        await click(desk, "choose")
        before = desk.dialog.current
        await click(desk, "↓")
        assert desk.dialog.current != before
        await click(desk, "↑")
        assert desk.dialog.current == before
        await desk.type("bo")
        await click(desk, "assign 1")
        assert session.actions.log
        assert len(desk.app.screen_stack) == 1


async def test_a_switch_in_a_dialog_turns_by_a_click_on_it_and_nowhere_beside(open_desk: Open) -> None:
    async with open_desk() as desk:
        await desk.press("space", "space", "f")
        stock = desk.dialog.query_one("#stock", Switch)
        off = stock.text
        await desk.pilot.click(stock, offset=(len(off.rstrip()) + 5, 0))
        assert stock.text == off
        await desk.pilot.click(stock, offset=(5, 0))
        await desk.pilot.pause()
        assert stock.text != off
        assert "whole orders" in bar(desk).text
        await desk.pilot.click(stock, offset=(5, 0))
        await desk.pilot.pause()
        assert stock.text == off


async def test_a_list_is_walked_and_closed_by_clicks(open_desk: Open) -> None:
    async with open_desk() as desk:
        await desk.press("p")
        first = desk.app.screen.current  # type: ignore[attr-defined]
        await click(desk, "j")
        assert desk.app.screen.current != first  # type: ignore[attr-defined]
        await click(desk, "k move")
        assert desk.app.screen.current == first  # type: ignore[attr-defined]
        await click(desk, "esc close")
        assert desk.app.screen is desk.screen


async def test_a_dimmed_hint_says_why(open_desk: Open, session: FakeSession) -> None:
    session.me_now = desk_data.ME.model_copy(update={"role": Role.VIEWER})
    async with open_desk() as desk:
        await click(desk, "a assign")
        assert "needs the role operator" in desk.hint


async def test_a_click_acts_only_on_what_stood_there_when_the_button_went_down(
    open_desk: Open, session: FakeSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_desk() as desk:
        done: list[str] = []
        monkeypatch.setattr(desk.screen, "perform", lambda command_id, argument="": done.append(command_id))
        at = place(desk, "f fulfil")
        await desk.pilot.mouse_down(bar(desk), offset=at)
        session.put(new_count=3)
        session.tell(changes.ViewChanged())
        await desk.pilot.pause()
        assert "show 3 new" in desk.hint
        await desk.pilot.mouse_up(bar(desk), offset=at)
        assert done == []


async def test_the_click_that_chooses_the_window_does_nothing(
    open_desk: Open, session: FakeSession, clock: SteppingClock
) -> None:
    async with open_desk() as desk:
        desk.app.post_message(events.AppFocus())
        await desk.pilot.pause()
        clock.step = 0
        desk.app.keyboard.focused_at = clock()
        await click(desk, "m mine")
        assert not session.actions.log
        await click(desk, "a assign")
        assert desk.app.screen is desk.screen


async def test_a_click_before_a_dialog_could_be_read_goes_nowhere(
    open_desk: Open, session: FakeSession, clock: SteppingClock
) -> None:
    async with open_desk() as desk:
        await desk.press("a")
        clock.step = 0
        desk.dialog._opened_at = clock()
        await click(desk, "esc cancel")
        assert isinstance(desk.app.screen, AssignDialog)
        assert desk.said() == "the click came too soon; click again"


async def test_what_the_pointer_is_on_stands_out(open_desk: Open) -> None:
    async with open_desk() as desk:
        plain = bar(desk).pieces(bar(desk).size.width)
        await desk.pilot.hover(bar(desk), offset=place(desk, "a assign"))
        pointed = bar(desk).pieces(bar(desk).size.width)
        assert [text for (text, style), before in zip(pointed, plain, strict=True) if (text, style) != before] == [
            "a",
            " assign",
        ]
        await desk.pilot.hover("OrderTable")
        assert bar(desk).pieces(bar(desk).size.width) == plain
