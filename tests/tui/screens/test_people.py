"""Others at the desk: who mentions the operator, who is at which order, and what is said of the operator's own."""

from __future__ import annotations

import pytest
from tests.tui.screens import desk_data, note_scenes
from tests.tui.screens.conftest import MakeApp
from tests.tui.screens.desk_data import ago
from tests.tui.screens.desk_driver import Desk, Open
from tests.tui.screens.fake_mentions import SOME, mention
from tests.tui.screens.fake_session import FakeSession
from tests.tui.screens.test_hostile_text import EVIL, screen_is_harmless

from orders_tui.actions.registry import ACTIONS
from orders_tui.dialogs.action_dialog import dialog_of
from orders_tui.errors import Refused, Unreachable
from orders_tui.screens.desk import DeskScreen
from orders_tui.screens.desk.layout import Part
from orders_tui.screens.list_screen import ListScreen
from orders_tui.screens.mentions import MentionsScreen
from orders_tui.screens.order import OrderScreen
from orders_tui.session.mentions import UNKNOWN_HERE
from orders_tui.widgets.bar import Bar
from orders_tui.widgets.cells import text_of
from orders_tui.widgets.line_list import LineList
from orders_tui.widgets.top_bar import TopBar
from orders_wire.detail import Note
from orders_wire.vocabulary import ActionName, ErrorCode


def ids(session: FakeSession) -> list[str]:
    return [row.order.id for row in session.table.view.rows]


async def listed(desk: Desk) -> MentionsScreen:
    """The list of mentions, opened."""
    await desk.press("colon")
    await desk.type("mentions")
    await desk.press("enter")
    await desk.pilot.pause()
    assert isinstance(desk.app.screen, MentionsScreen)
    return desk.app.screen


def lines(screen: ListScreen) -> list[str]:
    return [text_of((*line.left, *line.right)).strip() for line in screen.query_one(LineList).lines]


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
async def test_how_many_are_unread_stands_in_the_first_line_and_nothing_where_none_is(
    open_desk: Open, session: FakeSession, size: tuple[int, int]
) -> None:
    async with open_desk(size=size) as desk:
        top = desk.screen.query_one(TopBar)
        assert "@me" not in top.text
        session.mentions.come()
        await desk.pilot.pause()
        assert "@me 2 " in top.text
        await session.mentions.read(["m1", "m4"])
        await desk.pilot.pause()
        assert "@me" not in top.text


async def test_the_list_says_who_when_where_and_what_and_opens_the_order(open_desk: Open, session: FakeSession) -> None:
    session.mentions.come()
    async with open_desk(size=(80, 24)) as desk:
        screen = await listed(desk)
        first, *text = lines(screen)[:3]
        assert first.split() == ["13:46", "●", "unread", SOME[0].order_number, "bo"]
        assert "@ana can you call the customer" in text[0]
        assert text[1].endswith("…")
        assert sum("unread" in line for line in lines(screen)) == 2
        await desk.press("j", "enter")
        order = desk.app.screen
        assert isinstance(order, OrderScreen)
        assert order.order_id == SOME[1].order_id
        assert session.mentions.count == 2  # opening is not reading
        await desk.press("escape")
        assert desk.app.screen is screen
        await desk.press("escape")
        assert isinstance(desk.app.screen, DeskScreen)


async def test_one_is_read_or_all_are_and_a_failure_is_told(open_desk: Open, session: FakeSession) -> None:
    session.mentions.come(unread=("m1", "m4", "m9"))
    async with open_desk() as desk:
        screen = await listed(desk)
        session.mentions.refusal = Unreachable("no server answers")
        await desk.press("x")
        assert "not marked as read: no server answers" in desk.hint
        assert "unread" in lines(screen)[0]
        session.mentions.refusal = None
        await desk.press("x")
        assert "unread" not in lines(screen)[0]
        await desk.press("x")
        assert "it is read already" in desk.hint
        await desk.press("X")
        assert session.mentions.sent == [("m1",), ("m4", "m9")]
        await desk.press("X")
        assert "no mention is unread" in desk.hint


async def test_one_that_comes_while_the_list_is_open_is_in_it_and_moves_no_cursor(
    open_desk: Open, session: FakeSession
) -> None:
    session.mentions.come()
    async with open_desk() as desk:
        screen = await listed(desk)
        await desk.press("j")
        here = screen.current
        session.mentions.come((mention(2, "eva", "@ana now", 0.01), *SOME), unread=("m2", "m1"))
        await desk.pilot.pause()
        assert "eva" in lines(screen)[0]
        assert screen.current == here


@pytest.mark.parametrize("refusal", [Refused(ErrorCode.NOT_FOUND, UNKNOWN_HERE), Unreachable("no server answers")])
async def test_a_list_that_cannot_be_had_says_why(
    open_desk: Open, session: FakeSession, refusal: Refused | Unreachable
) -> None:
    session.mentions.refusal = refusal
    async with open_desk() as desk:
        screen = await listed(desk)
        assert lines(screen) == [str(refusal)]
        await desk.press("x", "X", "enter", "y")
        assert desk.app.screen is screen


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
async def test_what_strangers_wrote_is_harmless(make_app: MakeApp, session: FakeSession, size: tuple[int, int]) -> None:
    evil = [mention(at, text, text * 3, at) for at, text in enumerate(EVIL)]
    session.mentions.come(
        [each.model_copy(update={"order_number": each.by[:60]}) for each in evil], unread=["m0", "m3"]
    )
    app = make_app()
    async with app.run_test(size=size) as pilot:
        for at, text in enumerate(EVIL):
            session.meet(ids(session)[at], (text or "x", text), (text or "y", None))
        await screen_is_harmless(pilot)
        for keys in (("enter",), *[("J",)] * len(EVIL), ("f",), ("escape",)):
            await pilot.press(*keys)
            await screen_is_harmless(pilot)
        app.push_screen(MentionsScreen(app.screen_stack[0].work))  # type: ignore[attr-defined]
        for _ in EVIL:
            await pilot.press("j")
            await screen_is_harmless(pilot)


async def test_who_has_an_order_open_is_where_they_are_and_whoever_only_passes_is_nowhere(
    open_desk: Open, session: FakeSession
) -> None:
    async with open_desk() as desk:
        one, two = ids(session)[:2]
        await desk.press("j", "k", "enter", "J", "K", "f", "escape", "question_mark", "escape", "escape")
        assert session.places == [(one, None), (two, None), (one, None), (one, ActionName.FULFILL), (one, None), None]
        session.places.clear()
        await desk.press("a", "escape", "space", "space", "a", "escape", "U", "i", "escape", "S", "escape")
        assert session.places == [(ids(session)[0], ActionName.ASSIGN), None]


@pytest.mark.parametrize("action", sorted({*ActionName} - {ActionName.UNDO, ActionName.INVENTORY}))
async def test_each_action_that_is_begun_has_its_name(
    action: ActionName, open_desk: Open, session: FakeSession
) -> None:
    async with open_desk() as desk:
        await desk.press("8")  # of which each has a return
        dialog = dialog_of(action)(desk.screen.work, desk.screen.target())
        assert dialog.open_order == (ids(session)[0], action)
        assert ACTIONS[action].doing
        desk.screen.work.keyboard.release()


async def test_who_comes_and_goes_is_said_at_the_order_on_its_row_and_below(
    open_desk: Open, session: FakeSession
) -> None:
    async with open_desk() as desk:
        drawn: list[Part] = []
        desk.screen.renderer.draw = lambda *parts: drawn.extend(parts)  # type: ignore[method-assign]
        session.meet(ids(session)[2], ("bo", ActionName.HOLD))
        await desk.pilot.pause()
        assert "★ VIP +1  ☻" in desk.line(3)  # however much there is to say of it
        assert drawn == []  # no part of the desk but that row
        del desk.screen.renderer.draw
        session.meet(ids(session)[0], ("bo", ActionName.HOLD), ("zoe", None))
        await desk.pilot.pause()
        assert "☻ bo, zoe" in desk.line(1)
        pane = "".join(desk.screen.query_one("OrderPane").render_line(1).text)
        assert "☻ bo (holding), zoe are here" in pane
        await desk.press("enter")
        present = desk.app.screen.query_one("#present", Bar)
        assert "bo (holding), zoe are here" in present.text
        session.meet(ids(session)[0], ("zoe", None))
        await desk.pilot.pause()
        assert present.text.strip() == "☻ zoe is here"
        session.meet(ids(session)[0])
        await desk.pilot.pause()
        assert not present.display
        assert "☻" not in desk.line(1)


async def test_a_dialog_says_who_comes_to_its_order_and_keeps_what_it_said(
    open_desk: Open, session: FakeSession
) -> None:
    async with open_desk(size=(80, 24)) as desk:
        await desk.press("f")
        desk.dialog.say("Enter came too soon; press it again")
        session.meet(ids(session)[1], ("zoe", None))
        await desk.pilot.pause()
        assert not desk.dialog.query_one("#present").display
        session.meet(ids(session)[0], ("bo", ActionName.FULFILL))
        await desk.pilot.pause()
        assert desk.said("present").strip() == "☻ bo is here, fulfilling"
        assert "too soon" in desk.said()
        session.meet(ids(session)[0])
        await desk.pilot.pause()
        assert not desk.dialog.query_one("#present").display


async def test_in_ascii_it_is_a_letter(open_desk: Open, session: FakeSession) -> None:
    async with open_desk(ascii=True) as desk:
        session.meet(ids(session)[0], ("bo", "split_it"))
        await desk.pilot.pause()
        assert "h bo" in desk.line(1)
        await desk.press("enter")
        assert desk.app.screen.query_one("#present", Bar).text.strip() == "h bo is here, split it"


async def test_another_orders_list_of_people_costs_nothing(open_desk: Open, session: FakeSession) -> None:
    async with open_desk() as desk:
        await desk.press("enter")
        shown = 0

        def show() -> None:
            nonlocal shown
            shown += 1

        desk.app.screen.show = show  # type: ignore[attr-defined]
        session.meet(desk_data.ORDERS[60].id, ("bo", None))
        session.meet(ids(session)[0], ("bo", None))
        await desk.pilot.pause()
        assert shown == 0


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_a_mention_opens_its_order_where_the_note_stands(
    open_desk: Open, session: FakeSession, size: tuple[int, int]
) -> None:
    notes = [
        Note(id=f"n{at}", at=ago(at), by="bo", text=f"beginning of note {at}: {'and so on ' * 60}")
        for at in range(1, 9)
    ]
    order_id = note_scenes.show(session, *reversed(notes), at=3)
    made = mention(1, "bo", notes[5].text, 6).model_copy(update={"order_id": order_id, "note_id": "n6"})
    session.mentions.come([made], unread=["m1"])
    async with open_desk(size=size) as desk:
        await listed(desk)
        await desk.press("enter")
        await desk.pilot.pause()
        screen = desk.app.screen
        shown = [strip.text for strip in screen._compositor.render_strips()]
        assert any("beginning of note 6" in line for line in shown), shown
        top = screen.query_one("#sheets" if size[0] == 80 else "#happened")
        top.scroll_home(animate=False)
        session.change_order(order_id, tags=["new"])
        await desk.pilot.pause()
        assert top.scroll_offset.y == 0  # it is looked for once
