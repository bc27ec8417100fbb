"""`P`: a pick goes where it is to go, says what is left out of it, and takes nothing that was not asked for."""

from __future__ import annotations

import asyncio
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.tui.core.test_programs import script
from tests.tui.screens.desk_driver import Desk, Open
from tests.tui.screens.fake_session import FakeSession
from tests.tui.screens.pick_scenes import MARKED, some_orders

from orders_tui.actions.assign import AssignDraft
from orders_tui.dialogs.pick import PickDialog
from orders_tui.feed import ConnectionState
from orders_tui.programs import printer, prints
from orders_wire.vocabulary import Role

pytestmark = pytest.mark.usefixtures("_orders")


@pytest.fixture
def _orders(session: FakeSession, monkeypatch: pytest.MonkeyPatch) -> None:
    some_orders(session)
    monkeypatch.setattr(prints, "READING_S", 0.0)


def mode(path: Path) -> int | None:
    return stat.S_IMODE(path.stat().st_mode) if path.exists() else None


async def until(desk: Desk, done: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not done():
            await desk.pilot.pause(0.02)


async def said(desk: Desk) -> str:
    """What stays on screen once the dialog is gone."""
    await until(desk, lambda: not isinstance(desk.app.screen, PickDialog))
    (toast,) = desk.app._notifications
    return str(toast.message)


async def test_one_key_and_enter_print_an_order_with_what_ships_with_it(
    open_desk: Open, session: FakeSession, tmp_path: Path
) -> None:
    program, told = script(tmp_path / "lp", f"#!/bin/sh\ncat >> {tmp_path / 'told'}\n"), tmp_path / "told"
    async with open_desk(print_command=(program,)) as desk:
        await desk.press("P")
        assert desk.said("consequence") == "2 orders, 8 units"
        await desk.press("enter", "enter")
        assert await said(desk) == "2 orders, 8 units printed by lp; left out: 2 lines wait for stock; 2 lines are held"
    assert told.read_text().count("ship with") == 2
    assert session.sent == []


async def test_what_is_picked_is_taken_where_that_is_asked_for_and_only_that(
    open_desk: Open, session: FakeSession, tmp_path: Path
) -> None:
    first = session.table.view.rows[0].order
    path = tmp_path / "mine.csv"
    async with open_desk() as desk:
        await desk.press(*MARKED, "P", "down", "tab", "tab", "end", "down", "tab", "ctrl+u")
        await desk.type(str(path))
        await desk.press("ctrl+t", "enter")
        assert await said(desk) == (
            f"2 orders, 8 units written to {path}; left out: 2 lines wait for stock; 2 lines are held; "
            f"not paid: {session.table.view.rows[1].order.order_number}; "
            f"nothing left to send: {session.table.view.rows[3].order.order_number}"
        )
    assert session.sent == [AssignDraft((first.id,), "ana", versions={first.id: first.version})]
    assert mode(path) == 0o600
    assert path.read_text("utf-8-sig").startswith("sku,")


async def test_it_is_written_as_of_the_moment_when_it_is_confirmed(open_desk: Open, session: FakeSession) -> None:
    async with open_desk(print_command=("false",)) as desk:
        await desk.press("P")
        assert desk.said("consequence") == "2 orders, 8 units"
        for row in session.table.view.rows[:4]:
            session.know(row.order.model_copy(update={"blockers": ["payment"]}))
        session.details.clear()
        await desk.press("enter")
        await until(desk, lambda: desk.said() == "nothing of this can be sent now")


async def test_a_printer_that_fails_leaves_the_dialog_open_and_says_why(open_desk: Open) -> None:
    async with open_desk(print_command=("false",)) as desk:
        await desk.press("P", "enter")
        await until(desk, lambda: desk.said() == "false did not print: exit status 1")
        await desk.press("escape")
        assert not isinstance(desk.app.screen, PickDialog)


async def test_without_a_display_it_says_where_the_page_lies_until_the_desk_is_left(
    open_desk: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(printer, "has_display", lambda *_: False)
    async with open_desk(state_dir=tmp_path) as desk:
        await desk.press("P", "enter")
        sentence = await said(desk)
        page = Path(sentence.split(" in ")[1].split(" until ")[0])
        assert page.is_relative_to(tmp_path / "prints")
        assert mode(page) == 0o600
    assert mode(page) is None


async def test_who_only_looks_picks_as_well_and_takes_nothing(
    open_desk: Open, session: FakeSession, tmp_path: Path
) -> None:
    assert session.me_now is not None
    session.me_now = session.me_now.model_copy(update={"role": Role.VIEWER})
    async with open_desk(read_only=True, state_dir=tmp_path, print_command=("cat",)) as desk:
        await desk.press("enter", "P")
        assert not desk.dialog.query_one("#take").display
        assert "of this view" not in str([line.left for line in desk.dialog.query_one("#which").lines])  # type: ignore[attr-defined]
        await desk.press("ctrl+t", "enter")
        assert "printed by cat" in await said(desk)
    assert session.sent == []


async def test_out_of_reach_it_says_so_and_goes_on_once_it_is_back(open_desk: Open, session: FakeSession) -> None:
    async with open_desk(print_command=("true",)) as desk:
        session.set_line(state=ConnectionState.OFFLINE)
        await desk.press("P")
        assert desk.said("consequence") == "the server does not answer"
        await desk.press("enter")
        await until(desk, lambda: desk.said() == "the server does not answer")
        session.set_line(state=ConnectionState.LIVE)
        await desk.press("enter")
        assert await said(desk)
