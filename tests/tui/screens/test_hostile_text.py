"""What strangers typed reaches no terminal in a form that it could obey, in no part of the screen."""

from __future__ import annotations

import pytest
from rich.segment import Segment
from tests.tui.screens import desk_data
from tests.tui.screens.conftest import MakeApp
from tests.tui.screens.desk_data import NOW
from tests.tui.screens.fake_session import FakeSession
from textual.color import Color
from textual.pilot import Pilot

from orders_tui.app import DeskApp
from orders_tui.store.patches import MarkKind
from orders_wire.orders import Order, TimelineEntry, Tracking

EVIL = (
    "\x1b[31mred\x1b[0m",
    "\x1b]52;c;ZXZpbA==\x07",
    "\x9b2J",
    "a\u202egnp.exe",
    "[/x] Smith [@click=app.exit]cheap[/]",
    "[bold red]{}",
    "zero\u200bwidth\u200d",
    "x" * 5000,
    "田中 花子 🦊👨‍👩‍👧",
    "line\nbreak\ttab",
    "\u0300\u0301\u0302",
    "",
)
OBEYED = {*range(0x20), *range(0x7F, 0xA0), *range(0x202A, 0x202F), *range(0x2066, 0x206A)}


@pytest.fixture
def every_frame() -> bool:
    return True


def hostile(at: int) -> Order:
    evil = EVIL[at % len(EVIL)]
    return desk_data.order(
        300_000 + at,
        order_number=f"#{evil}"[:60],
        customer_name=evil,
        assigned_to=evil or "x",
        tags=[evil, evil],
        support_thread=evil or None,
        timeline=[TimelineEntry(ts=NOW, event=evil, details=evil)],
        tracking=[Tracking(number=evil, carrier=evil, shipment_status=evil, updated_at=NOW)],
    )


def hostile_session(session: FakeSession) -> FakeSession:
    for at in range(len(EVIL)):
        session.insert_first(hostile(at))
    session.put(cursor_id=session.table.view.rows[0].order.id)
    for row in session.table.view.rows[: len(EVIL)]:
        session.mark_row(row.order.id, MarkKind.FAILED, EVIL[0] + EVIL[4])
    return session


async def screen_is_harmless(pilot: Pilot[None]) -> None:
    await pilot.pause()
    strips = pilot.app.screen._compositor.render_strips()
    width = pilot.app.size.width
    for strip in strips:
        assert {ord(char) for char in strip.text} & OBEYED == set()
        assert strip.cell_length == width


@pytest.mark.parametrize("size", [(120, 40), (80, 24)], ids=["120", "80"])
async def test_no_part_of_the_screen_passes_it_on(
    make_app: MakeApp, session: FakeSession, size: tuple[int, int]
) -> None:
    app = make_app()
    async with app.run_test(size=size, notifications=True) as pilot:
        hostile_session(session)
        for evil in EVIL:
            app.toast("error", evil)
        await screen_is_harmless(pilot)
        for keys in (("j", "j"), ("enter",), ("escape", "a"), ("escape", "f"), ("escape", "s"), ("escape", "Y")):
            await pilot.press(*keys)
            await screen_is_harmless(pilot)
        await pilot.press("escape", "space", "space", "space", "f")
        await screen_is_harmless(pilot)
        await pilot.press("escape", "m", "L")
        await screen_is_harmless(pilot)
        assert app.is_running


async def test_clicking_on_a_name_runs_nothing(make_app: MakeApp, session: FakeSession) -> None:
    app = make_app()
    async with app.run_test(size=(120, 40)) as pilot:
        hostile_session(session)
        await pilot.pause()
        for x in range(10, 70, 6):
            await pilot.click("#orders", offset=(x, 8))
        assert isinstance(app, DeskApp)
        assert app.is_running


async def test_what_is_written_goes_through_the_last_filter(make_app: MakeApp) -> None:
    app = make_app()
    async with app.run_test() as pilot:
        await pilot.pause()
        segments = [Segment("a\x1b[31mb")]
        for line_filter in app.screen.get_line_filters():
            segments = line_filter.apply(segments, Color(0, 0, 0))
        assert [segment.text for segment in segments] == ["a\ufffd[31mb"]
