"""A fault costs one message: the desk goes on, a report says what it was, and what is really broken ends the client."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.tui.screens.conftest import MakeApp
from tests.tui.screens.desk_driver import Open
from textual.app import ComposeResult
from textual.pilot import Pilot
from textual.screen import ModalScreen
from textual.widgets import Static

from orders_tui.app import DeskApp
from orders_tui.dialogs.help import HelpDialog
from orders_tui.dialogs.sort import SortDialog
from orders_tui.faults import AT_MOST, WITHIN_S, Faults
from orders_tui.screens.desk import DeskScreen
from orders_tui.screens.order import OrderScreen
from orders_tui.session.changes import PageShown
from orders_tui.widgets.order_table import OrderTable


@pytest.fixture
def every_frame() -> bool:
    return True


class Broken(Exception):
    """The fault."""


def breaks(*_: object, **__: object) -> None:
    raise Broken("customer@example.org")


def reports(folder: Path) -> list[str]:
    return [path.read_text(encoding="utf-8") for path in sorted(folder.glob("crash-*.txt"))]


async def answers(pilot: Pilot[None]) -> bool:
    """The desk hears keys: the help opens, and closes again."""
    await pilot.press("question_mark")
    opened = isinstance(pilot.app.screen, HelpDialog)
    await pilot.press("escape")
    return opened and isinstance(pilot.app.screen, DeskScreen)


@pytest.mark.parametrize(
    "place", ["handler", "key", "timer", "later", "after a frame", "painting", "session", "on top"]
)
async def test_a_fault_costs_its_message_and_is_reported(open_desk: Open, tmp_path: Path, place: str) -> None:
    done = False
    with pytest.raises(Broken), pytest.MonkeyPatch.context() as patch:  # noqa: PT012  what a driven app bore it raises at its end
        async with open_desk() as desk:
            screen, table = desk.screen, desk.table
            match place:
                case "handler":
                    patch.setattr(DeskScreen, "on_order_table_pointed", breaks)
                    table.post_message(OrderTable.Pointed(0, gutter=False, twice=False))
                case "key":
                    screen.handlers = {**screen.handlers, "view.theme": breaks}
                    await desk.press("T")
                case "timer":
                    screen.set_timer(0.001, breaks)
                case "later":
                    screen.call_later(breaks)
                case "after a frame":
                    screen.call_after_refresh(breaks)
                case "painting":
                    broken, paint = iter([breaks]), type(table).render_line
                    patch.setattr(type(table), "render_line", lambda *given: next(broken, paint)(*given))  # noqa: PLW0108
                    table.refresh()
                case "session":
                    patch.setattr(DeskScreen, "session_changed", breaks)
                    desk.app.session_changed(PageShown())
                    patch.undo()
                case "on top":
                    await desk.press("S")
                    desk.app.screen.call_later(breaks)
                    await desk.pilot.pause(0.05)
                    await desk.press("escape")
            await desk.pilot.pause(0.05)
            assert [toast.message for toast in desk.app._notifications if "went wrong" in toast.message]
            assert await answers(desk.pilot)
            done = True
    assert done
    (report,) = reports(tmp_path)
    assert "Broken" in report
    assert "example.org" not in report


@pytest.mark.parametrize("at", ["on_mount", "compose"])
async def test_a_screen_that_cannot_be_built_is_taken_away(open_desk: Open, tmp_path: Path, at: str) -> None:
    done = False
    with pytest.raises(Broken), pytest.MonkeyPatch.context() as patch:  # noqa: PT012  what a driven app bore it raises at its end
        async with open_desk() as desk:
            patch.setattr(SortDialog, at, breaks)
            await desk.press("S")
            await desk.pilot.pause(0.05)
            assert isinstance(desk.app.screen, DeskScreen)
            assert not desk.app.keyboard.holding
            assert await answers(desk.pilot)
            done = True
    assert done
    assert len(reports(tmp_path)) == 1


async def test_a_desk_that_cannot_be_built_ends_the_client_with_a_report(make_app: MakeApp, tmp_path: Path) -> None:
    app = make_app()
    with pytest.raises(Broken), pytest.MonkeyPatch.context() as patch:  # noqa: PT012
        patch.setattr(DeskScreen, "on_mount", breaks)
        async with app.run_test() as pilot:
            await pilot.pause()
    assert app.return_code == 1
    assert len(reports(tmp_path)) == 1


async def test_faults_that_do_not_end_end_the_client(open_desk: Open, tmp_path: Path) -> None:
    app: DeskApp | None = None
    with pytest.raises(Broken):  # noqa: PT012
        async with open_desk() as desk:
            app = desk.app
            desk.app.faults = Faults(lambda: 0.0)
            desk.screen.set_interval(0.002, breaks)
            for _ in range(100):
                await desk.pilot.pause(0.02)
                if not app.is_running:
                    break
            assert not app.is_running
    assert app is not None
    assert app.return_code == 1


def test_a_fault_now_and_then_is_borne_for_ever() -> None:
    now = 0.0
    faults = Faults(lambda: now)
    for _ in range(100):
        now += WITHIN_S / AT_MOST
        assert faults.tolerate()
    for _ in range(AT_MOST):
        last = faults.tolerate()
    assert not last


def test_each_kind_of_fault_is_reported_once() -> None:
    faults = Faults(lambda: 0.0)
    seen = []
    for raised in (breaks, breaks, lambda: 1 // 0):
        try:
            raised()
        except (Broken, ZeroDivisionError) as error:
            seen.append(faults.is_new(error))
    assert seen == [True, False, True]


async def test_what_comes_too_late_for_a_screen_is_no_fault(open_desk: Open, tmp_path: Path) -> None:
    async with open_desk() as desk:
        await desk.press("enter")
        screen = desk.app.screen
        assert isinstance(screen, OrderScreen)
        await desk.press("escape")
        screen.say("too late")
        screen.session_changed(PageShown())
        screen.refresh_hints()
        assert await answers(desk.pilot)
    assert reports(tmp_path) == []


async def test_a_dialog_is_left_once_and_takes_no_other_screen_along(open_desk: Open) -> None:
    heard: list[object] = []
    async with open_desk() as desk:
        await desk.press("enter")
        under = desk.app.screen
        dialog = SortDialog(desk.screen.work)
        await desk.app.push_screen(dialog, heard.append)
        dialog.dismiss(None)
        dialog.dismiss(None)
        await desk.pilot.pause()
        assert desk.app.screen is under
        assert heard == [None]


class Above(ModalScreen[None]):
    def compose(self) -> ComposeResult:
        yield Static("above")


async def test_a_dialog_that_ends_under_another_screen_waits_for_it(open_desk: Open) -> None:
    async with open_desk() as desk:
        dialog = SortDialog(desk.screen.work)
        await desk.app.push_screen(dialog)
        await desk.app.push_screen(Above())
        dialog.dismiss(None)
        await desk.pilot.pause()
        assert isinstance(desk.app.screen, Above)
        await desk.app.pop_screen()
        await desk.pilot.pause()
        assert isinstance(desk.app.screen, DeskScreen)
