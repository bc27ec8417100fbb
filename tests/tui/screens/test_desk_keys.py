"""What keys do on the desk: the cursor stays on its order, nothing happens that was not meant."""

from __future__ import annotations

import pytest
from tests.tui.screens import desk_data
from tests.tui.screens.desk_driver import Open
from tests.tui.screens.fake_session import FakeSession

from orders_tui.actions.assign import AssignDraft
from orders_tui.commands import COMMANDS, Place
from orders_tui.context.preferences import Preferences
from orders_tui.dialogs.sign_in import SignInDialog
from orders_tui.feed import ConnectionState
from orders_tui.screens.command_screen import CommandScreen
from orders_tui.screens.desk.layout import Part
from orders_tui.screens.order import OrderScreen
from orders_tui.session import changes
from orders_tui.session.log import ActionState, OrderFailure
from orders_tui.store.patches import MarkKind
from orders_tui.widgets.line_list import LineList
from orders_tui.widgets.order_table import OrderTable
from orders_tui.widgets.side_bar import SideBar
from orders_wire.vocabulary import ErrorCode, Role, SortField, Tab


def ids(session: FakeSession) -> list[str]:
    return [row.order.id for row in session.table.view.rows]


async def test_the_table_has_the_focus_at_once(open_desk: Open) -> None:
    async with open_desk() as desk:
        assert desk.table.has_focus


async def test_the_cursor_stays_on_its_order_when_rows_change_come_and_go(
    open_desk: Open, session: FakeSession
) -> None:
    async with open_desk() as desk:
        await desk.press("j", "j", "j")
        here = desk.cursor
        session.insert_first(desk_data.order(200001))
        session.change_order(ids(session)[2], assigned_to="zoe")
        session.remove_order(ids(session)[1])
        await desk.pilot.pause()
        assert desk.cursor == here
        assert session.table.view.cursor_id == desk.table.rows[desk.table.cursor].order.id


async def test_an_order_that_left_stays_as_a_ghost_until_the_cursor_leaves(
    open_desk: Open, session: FakeSession
) -> None:
    async with open_desk() as desk:
        await desk.press("j")
        here, gone = desk.cursor, ids(session)[1]
        session.remove_order(gone, "fulfilled")
        await desk.pilot.pause()
        assert desk.cursor == here
        assert "→ fulfilled" in desk.line(2)
        await desk.press("j")
        await desk.pilot.pause()
        assert gone not in [row.order.id for row in desk.table.rows]


async def test_a_ghost_cannot_be_marked(open_desk: Open, session: FakeSession) -> None:
    async with open_desk() as desk:
        session.remove_order(ids(session)[0])
        await desk.press("space")
        assert len(desk.screen.selection) == 0
        assert "left the view" in desk.hint


async def test_reading_goes_on_over_the_end_of_a_page(open_desk: Open, session: FakeSession) -> None:
    async with open_desk() as desk:
        last = session.table.view.rows[-1].order.order_number
        desk.table.move_to(35)
        desk.screen.cursor_moved()
        assert desk.cursor == last
        await desk.press("j")
        assert session.table.view.span.page == 2
        assert desk.table.cursor == 0
        await desk.press("k")
        assert desk.cursor == last


async def test_pages_turn_from_anywhere_and_ends_are_ends_of_the_view(open_desk: Open, session: FakeSession) -> None:
    async with open_desk() as desk:
        await desk.press("greater_than_sign")
        assert session.table.view.span.page == 2
        await desk.press("less_than_sign")
        assert session.table.view.span.page == 1
        await desk.press("G")
        assert session.table.view.span.page == session.table.view.span.pages
        assert desk.table.cursor == len(desk.table.rows) - 1
        await desk.press("G", "j")
        assert "end of the list" in desk.hint
        await desk.press("g")
        assert (session.table.view.span.page, desk.table.cursor) == (1, 0)


async def test_marks_survive_refreshing_paging_and_tabs(open_desk: Open, session: FakeSession) -> None:
    async with open_desk() as desk:
        await desk.press("space", "space")
        marked = desk.screen.selection.ids
        await desk.press("ctrl+r", "greater_than_sign", "3", "2")
        assert desk.screen.selection.ids == marked
        assert len(marked) == 2


async def test_an_action_hits_the_marks_and_the_hints_say_so(open_desk: Open, session: FakeSession) -> None:
    async with open_desk() as desk:
        await desk.press("space", "space", "j")
        assert "assign 2" in desk.hint
        await desk.press("a", "down", "enter")
        draft = session.sent[-1]
        assert isinstance(draft, AssignDraft)
        assert draft.order_ids == tuple(ids(session)[:2])
        assert set(draft.versions) == set(draft.order_ids)


async def test_what_is_done_is_unmarked_and_what_failed_stays_marked(open_desk: Open, session: FakeSession) -> None:
    async with open_desk() as desk:
        await desk.press("space", "space", "a", "down", "enter")
        failed = ids(session)[1]
        session.settle(ActionState.PARTLY, (OrderFailure(failed, ErrorCode.ON_HOLD, "held"),))
        await desk.pilot.pause()
        assert desk.screen.selection.ids == (failed,)


async def test_marking_all_takes_two_steps(open_desk: Open, session: FakeSession) -> None:
    async with open_desk() as desk:
        await desk.press("asterisk")
        assert len(desk.screen.selection) == 36
        assert "all 100 that match" in desk.hint
        await desk.press("asterisk")
        await desk.app.workers.wait_for_complete([w for w in desk.app.workers if w.group == "collect"])
        assert len(desk.screen.selection) == 100
        await desk.press("U")
        assert len(desk.screen.selection) == 0
        await desk.press("u")
        assert len(desk.screen.selection) == 100


async def test_escape_goes_one_level_back_and_never_unmarks_or_quits(open_desk: Open) -> None:
    async with open_desk() as desk:
        await desk.press("space", "tab")
        assert desk.screen.query_one(SideBar).has_focus
        await desk.press("escape")
        assert desk.table.has_focus
        await desk.press("escape", "escape", "escape")
        assert len(desk.screen.selection) == 1
        assert desk.app.is_running


async def test_q_quits_only_twice(open_desk: Open) -> None:
    async with open_desk() as desk:
        await desk.press("q")
        assert "again to quit" in desk.hint
        assert desk.app.return_value is None
        await desk.press("q")
        assert not desk.app.is_running or desk.app._exit


async def test_ctrl_c_only_says_how_to_quit(open_desk: Open) -> None:
    async with open_desk() as desk:
        await desk.press("ctrl+c")
        assert "ctrl+q quits" in desk.hint


async def test_quitting_with_something_unanswered_asks(open_desk: Open) -> None:
    async with open_desk() as desk:
        await desk.press("m", "ctrl+q")
        assert type(desk.app.screen).__name__ == "QuitDialog"
        await desk.press("escape")
        assert desk.app.is_running


async def test_unbound_keys_and_caps_lock_are_told(open_desk: Open) -> None:
    async with open_desk() as desk:
        await desk.press("N")
        assert "not a key here" in desk.hint
        await desk.press("A")
        assert "Caps Lock" in desk.hint


async def test_a_remapped_key_is_what_hints_and_keys_use(open_desk: Open) -> None:
    async with open_desk(keys={"order.mine": "M"}) as desk:
        assert "M mine" in desk.hint
        await desk.press("m")
        assert desk.session.sent == []
        await desk.press("M")
        assert len(desk.session.sent) == 1


async def test_what_a_role_may_not_do_is_refused_with_the_reason(open_desk: Open, session: FakeSession) -> None:
    session.me_now = desk_data.ME.model_copy(update={"role": Role.VIEWER})
    async with open_desk() as desk:
        await desk.press("a")
        assert desk.app.screen is desk.screen
        assert "needs the role operator" in desk.hint


async def test_keys_right_after_the_window_got_the_focus_do_not_act(open_desk: Open) -> None:
    async with open_desk() as desk:
        desk.app.keyboard.focused_at = desk.screen.work.pace.monotonic()
        await desk.press("m")
        assert desk.session.sent == []
        assert "press again" in desk.hint


async def test_a_detour_into_an_order_leaves_the_desk_as_it_was(open_desk: Open, session: FakeSession) -> None:
    async with open_desk() as desk:
        await desk.press("3", "greater_than_sign", "j", "space", "j")
        before = (session.table.view.query, session.table.view.span, desk.cursor, desk.screen.selection.ids)
        await desk.press("enter")
        assert isinstance(desk.app.screen, OrderScreen)
        await desk.press("escape")
        assert (session.table.view.query, session.table.view.span, desk.cursor, desk.screen.selection.ids) == before
        assert desk.table.has_focus


async def test_the_next_order_is_one_key_away_and_the_cursor_goes_along(open_desk: Open, session: FakeSession) -> None:
    async with open_desk() as desk:
        await desk.press("enter", "J", "J", "K")
        assert isinstance(desk.app.screen, OrderScreen)
        assert desk.app.screen.order_id == ids(session)[1]
        await desk.press("escape")
        assert desk.table.cursor == 1


async def test_an_action_on_an_opened_order_hits_that_order_not_the_marks(
    open_desk: Open, session: FakeSession
) -> None:
    async with open_desk() as desk:
        await desk.press("space", "space", "enter", "m")
        assert session.sent[-1].order_ids == (ids(session)[2],)


async def test_sorting_by_a_title_goes_both_ways(open_desk: Open, session: FakeSession) -> None:
    async with open_desk() as desk:
        desk.screen.on_order_table_sort_wanted(OrderTable.SortWanted(SortField.SHIP_BY))
        assert str(session.table.view.query.sort) == "ship_by"
        await desk.pilot.pause()
        desk.screen.on_order_table_sort_wanted(OrderTable.SortWanted(SortField.SHIP_BY))
        assert str(session.table.view.query.sort) == "-ship_by"


async def test_narrowing_hides_loaded_rows_and_is_cleared_first(open_desk: Open, session: FakeSession) -> None:
    async with open_desk() as desk:
        await desk.press("ampersand")
        await desk.type("roux")
        await desk.press("enter")
        assert {row.order.customer_name for row in desk.table.rows} == {"Amélie Roux"}
        await desk.press("backslash")
        assert len(desk.table.rows) == 36


async def test_the_filter_box_filters_and_refuses_what_it_cannot_read(open_desk: Open, session: FakeSession) -> None:
    async with open_desk() as desk:
        await desk.press("slash")
        await desk.type("status:late")
        await desk.press("enter")
        assert desk.app.screen is not desk.screen
        await desk.press("escape", "slash")
        await desk.type("owner:bo")
        await desk.press("enter")
        assert session.table.view.query.filters.owner == "bo"
        assert desk.app.screen is desk.screen


async def test_the_empty_filter_box_offers_the_filters_of_late_and_every_token(
    open_desk: Open, session: FakeSession
) -> None:
    async with open_desk() as desk:
        for text in ("owner:bo", "-hold:any value:>100"):
            await desk.press("slash")
            await desk.type(text)
            await desk.press("enter", "backslash")
        await desk.press("slash", "down", "down", "enter")
        assert session.table.view.query.filters.owner == "bo"
        await desk.press("backslash", "slash", "down", "down", "down", "enter")
        assert desk.dialog.query_one("Input").value == "status:"  # type: ignore[attr-defined]
        await desk.press("enter")
        assert desk.app.screen is not desk.screen
        await desk.press("escape", "slash")
        await desk.press("enter")
        assert not session.table.view.query.filters
        assert Preferences.read(desk.screen.work.preferences.write()).asked == ["owner:bo", "-hold:any value:>100"]


async def test_going_to_tabs_by_digit_neighbour_and_back(open_desk: Open, session: FakeSession) -> None:
    async with open_desk() as desk:
        await desk.press("8")
        shown = [session.table.view.query.tab]
        await desk.press("right_square_bracket", "right_square_bracket")
        shown.append(session.table.view.query.tab)
        await desk.press("minus")
        shown.append(session.table.view.query.tab)
        assert shown == [Tab.RETURNS, Tab.ALL, Tab.REFUNDED]


async def test_a_failure_is_on_the_row_until_it_was_read(open_desk: Open, session: FakeSession) -> None:
    async with open_desk() as desk:
        session.mark_row(ids(session)[0], MarkKind.FAILED, "on hold since 14:02")
        await desk.pilot.pause()
        assert "on hold since" in desk.line(1)
        await desk.press("escape")
        assert "on hold since" not in desk.line(1)


async def test_the_side_bar_leads_to_orders_and_stock(open_desk: Open, session: FakeSession) -> None:
    async with open_desk() as desk:
        await desk.press("tab", "enter")
        assert isinstance(desk.app.screen, OrderScreen)
        await desk.press("escape", "G", "enter")
        assert type(desk.app.screen).__name__ == "InventoryDialog"


async def test_alerts_are_put_away_one_by_one_or_by_kind(open_desk: Open, session: FakeSession) -> None:
    async with open_desk() as desk:
        before = len(desk.screen.open_alerts())
        await desk.press("x")
        assert "no alert here" in desk.hint
        await desk.press("tab", "x")
        assert len(desk.screen.open_alerts()) == before - 1


async def test_signed_out_enter_leads_back_in(open_desk: Open, session: FakeSession) -> None:
    async with open_desk() as desk:
        session.set_line(state=ConnectionState.SIGNED_OUT)
        await desk.press("enter")
        await desk.type("token")
        await desk.press("enter")
        assert session.connection.state is ConnectionState.LIVE


async def test_a_wrong_token_keeps_the_dialog_and_what_is_typed_next(open_desk: Open, session: FakeSession) -> None:
    async with open_desk() as desk:
        session.set_line(state=ConnectionState.SIGNED_OUT)
        await desk.press("enter")
        await desk.type("wrong")
        await desk.press("enter")
        assert isinstance(desk.pilot.app.screen, SignInDialog)
        await desk.press("m", "f", "a")
        assert session.sent == []
        assert session.connection.state is ConnectionState.SIGNED_OUT


async def test_refused_while_offline_nothing_is_sent_and_it_says_so(open_desk: Open, session: FakeSession) -> None:
    async with open_desk() as desk:
        session.set_line(state=ConnectionState.OFFLINE, since=desk_data.NOW)
        await desk.press("m")
        assert session.sent == []
        assert "draft is kept" in desk.hint


async def test_twenty_updates_draw_twenty_lines_and_nothing_else(open_desk: Open, session: FakeSession) -> None:
    async with open_desk() as desk:
        drawn: list[int] = []
        paint = desk.table.render_line
        desk.table.render_line = lambda y: drawn.append(y) or paint(y)  # type: ignore[method-assign, func-returns-value]
        for at in range(20):
            session.change_order(ids(session)[at % 10 + 1], assigned_to=f"o{at}")
        await desk.pilot.pause()
        assert set(drawn) <= set(range(2, 13))


async def test_a_thousand_changes_at_once_cost_one_drawing(open_desk: Open, session: FakeSession) -> None:
    async with open_desk() as desk:
        drawn: list[int] = []
        renderer = desk.screen.renderer
        page = renderer.page
        renderer.page = lambda: drawn.append(1) or page()  # type: ignore[method-assign, func-returns-value]
        for _ in range(1000):
            session.tell(changes.PageShown())
        await desk.pilot.pause()
        assert len(drawn) <= 1


@pytest.mark.parametrize("size", [(60, 16), (80, 24), (110, 30), (200, 60)])
async def test_every_size_keeps_focus_and_cursor(open_desk: Open, size: tuple[int, int]) -> None:
    async with open_desk() as desk:
        await desk.press("j", "j")
        here = desk.cursor
        await desk.pilot.resize_terminal(*size)
        await desk.pilot.pause()
        assert (desk.cursor, desk.table.has_focus) == (here, True)


async def test_a_terminal_too_small_says_so_and_comes_back(open_desk: Open) -> None:
    async with open_desk() as desk:
        await desk.pilot.resize_terminal(50, 12)
        await desk.pilot.pause()
        assert desk.screen.query_one("#small").display
        await desk.pilot.resize_terminal(80, 24)
        await desk.pilot.pause()
        assert not desk.screen.query_one("#small").display
        assert desk.table.display


@pytest.mark.parametrize("place", Place)
async def test_every_command_of_a_place_has_a_handler_there(
    open_desk: Open, session: FakeSession, place: Place
) -> None:
    async with open_desk() as desk:
        screen: CommandScreen = desk.screen
        if place is Place.ORDER:
            screen = OrderScreen(desk.screen.work, ids(session)[0])
        missing = [command.id for command in COMMANDS if place in command.places and command.id not in screen.handlers]
        assert missing == []


async def test_offline_the_hints_of_actions_are_dim_and_the_help_says_why(
    open_desk: Open, session: FakeSession
) -> None:
    async with open_desk() as desk:
        session.set_line(state=ConnectionState.OFFLINE, since=desk_data.NOW)
        acts = [hint for hint in desk.screen.hints() if hint.label in {"assign", "fulfil", "support"}]
        assert [hint.able for hint in acts] == [False] * len(acts)
        await desk.press("question_mark")
        await desk.type("owner")
        await desk.press("enter")
        assert "offline: reading only" in desk.said()


async def test_the_pane_says_whose_order_it_shows_at_once_and_after_a_move(open_desk: Open) -> None:
    async with open_desk(size=(120, 40)) as desk:
        for key in ("", "j"):
            await desk.press(*[key] if key else ())
            desk.screen.renderer.draw(Part.ORDER)
            await desk.pilot.pause()
            strips = desk.app.screen._compositor.render_strips()
            assert desk.cursor in strips[31].text


async def test_nothing_to_act_on_offers_no_action(open_desk: Open, session: FakeSession) -> None:
    async with open_desk() as desk:
        session.put(rows=(), cursor_id=None)
        session.tell(changes.PageShown())
        await desk.pilot.pause()
        assert "open" not in desk.hint
        assert "mark" not in desk.hint


@pytest.mark.parametrize("keys", [["j"] * 30, ["G"], ["G", *["k"] * 20], ["ctrl+d"] * 3])
async def test_the_row_under_the_cursor_is_always_in_sight(open_desk: Open, keys: list[str]) -> None:
    async with open_desk(size=(80, 24)) as desk:
        await desk.press(*keys)
        await desk.pilot.pause()
        shown = [desk.line(y) for y in range(desk.table.size.height)]
        assert [line for line in shown if desk.cursor in line and line.startswith("▸")] != []


async def test_the_line_under_the_cursor_of_a_list_is_always_in_sight(open_desk: Open) -> None:
    async with open_desk(size=(80, 24)) as desk:
        await desk.press("question_mark", *["down"] * 30)
        await desk.pilot.pause()
        commands = desk.dialog.query_one(LineList)
        shown = [commands.render_line(y).text for y in range(commands.size.height)]
        assert [line for line in shown if line.startswith("▸")] != []


@pytest.mark.parametrize(("keys", "alone"), [((), "#orders"), (("tab",), "#side")])
async def test_a_pane_takes_the_room_of_the_others_and_gives_it_back(
    open_desk: Open, keys: tuple[str, ...], alone: str
) -> None:
    async with open_desk(size=(120, 40)) as desk:
        await desk.press(*keys, "plus")
        await desk.pilot.pause()
        shown = [name for name in ("#orders", "#side", "#pane") if desk.screen.query_one(name).region.area]
        assert shown == [alone]
        assert desk.screen.query_one("#top").region.area
        await desk.press("plus")
        await desk.pilot.pause()
        assert all(desk.screen.query_one(name).region.area for name in ("#orders", "#side", "#pane"))


@pytest.mark.parametrize("key", ["exclamation_mark", "tab", "escape"])
async def test_where_there_is_room_for_one_the_side_bar_takes_the_place_of_the_table(open_desk: Open, key: str) -> None:
    async with open_desk(size=(80, 24)) as desk:
        await desk.press("exclamation_mark")
        await desk.pilot.pause()
        assert desk.screen.side.has_focus
        await desk.press(key)
        await desk.pilot.pause()
        assert desk.table.has_focus
        assert not desk.screen.side.display


async def test_alerts_that_were_put_away_can_be_shown_again(open_desk: Open, session: FakeSession) -> None:
    async with open_desk() as desk:
        before = len(desk.screen.open_alerts())
        await desk.press("tab", "x", "x")
        assert len(desk.screen.open_alerts()) == before - 2
        await desk.press("X")
        assert len(desk.screen.open_alerts()) == before
