"""Dialogs: nothing is confirmed unread, nothing typed is lost, nothing typed ahead does harm."""

from __future__ import annotations

import pytest
from tests.tui.screens import desk_data
from tests.tui.screens.desk_driver import Open
from tests.tui.screens.fake_session import FakeSession

from orders_tui.actions.assign import AssignDraft
from orders_tui.actions.fulfill import FulfillDraft
from orders_tui.actions.inventory import InventoryDraft
from orders_tui.actions.returns import ReturnsDraft
from orders_tui.actions.support import SupportDraft
from orders_tui.screens.order import OrderScreen
from orders_tui.session.bulk import OutcomeKind
from orders_tui.widgets.line_list import LineList
from orders_wire.orders import TimelineEntry
from orders_wire.people import Owner
from orders_wire.vocabulary import ReturnAction, ReturnState, Tab


def ids(session: FakeSession) -> list[str]:
    return [row.order.id for row in session.table.view.rows]


async def test_a_burst_opens_the_dialog_fills_it_in_and_confirms_nothing(open_desk: Open, session: FakeSession) -> None:
    async with open_desk() as desk:
        await desk.burst("a", "b", "o", "enter")
        assert session.sent == []
        assert desk.dialog.query_one("Input").value == "bo"  # type: ignore[attr-defined]
        await desk.pilot.pause(0.2)
        await desk.press("enter")
        assert session.sent == [
            AssignDraft((ids(session)[0],), "bo", versions={ids(session)[0]: session.orders[ids(session)[0]].version})
        ]


async def test_esc_typed_ahead_closes_what_was_opened(open_desk: Open, session: FakeSession) -> None:
    async with open_desk() as desk:
        await desk.burst("a", "b", "o", "escape", "enter")
        assert desk.app.screen is desk.screen
        assert session.sent == []


async def test_letters_of_a_burst_are_no_commands(open_desk: Open, session: FakeSession) -> None:
    async with open_desk() as desk:
        await desk.burst("slash", "m", "f", "r", "u", "enter", "m")
        assert session.sent == []
        assert desk.dialog.query_one("Input").value == "mfru"  # type: ignore[attr-defined]


async def test_a_double_press_opens_one_dialog(open_desk: Open, session: FakeSession) -> None:
    async with open_desk() as desk:
        await desk.burst("r", "r", "f", "f", "enter", "enter")
        assert len(desk.app.screen_stack) == 2
        assert session.sent == []


async def test_enter_does_nothing_in_an_untouched_dialog(open_desk: Open, session: FakeSession) -> None:
    async with open_desk() as desk:
        await desk.press("a", "enter")
        assert session.sent == []
        assert "nothing was chosen" in desk.said()
        await desk.press("ctrl+s")
        assert len(session.sent) == 1


async def test_enter_in_the_wake_of_another_enter_is_key_repeat(open_desk: Open, session: FakeSession) -> None:
    async with open_desk() as desk:
        await desk.press("a", "down", "enter")
        await desk.burst("enter", "enter", "enter")
        assert len(session.sent) == 1
        assert desk.app.screen is desk.screen


async def test_keys_a_dialog_does_not_own_end_in_it(open_desk: Open, session: FakeSession) -> None:
    async with open_desk() as desk:
        await desk.press("8", "r", "m", "x", "ctrl+r", "greater_than_sign")
        assert session.sent == []
        assert desk.dialog is not None
        assert session.table.view.span.page == 1


async def test_a_dialog_is_about_the_order_it_was_opened_on(open_desk: Open, session: FakeSession) -> None:
    async with open_desk() as desk:
        meant = ids(session)[0]
        await desk.press("a", "down")
        session.remove_order(meant)
        session.table.move_cursor(ids(session)[3])
        await desk.pilot.pause()
        await desk.press("ctrl+s", "ctrl+s")
        assert session.sent[-1].order_ids == (meant,)


async def test_a_change_underneath_is_told_and_asks_once_more(open_desk: Open, session: FakeSession) -> None:
    async with open_desk() as desk:
        await desk.press("a", "down")
        session.change_order(ids(session)[0], assigned_to="bo")
        await desk.pilot.pause()
        assert "has just changed: owner bo" in desk.said("change")
        await desk.press("ctrl+s")
        assert session.sent == []
        await desk.press("ctrl+s")
        draft = session.sent[-1]
        assert draft.versions == {ids(session)[0]: session.orders[ids(session)[0]].version}


async def test_mine_takes_one_order_at_once_and_several_through_the_dialog(
    open_desk: Open, session: FakeSession
) -> None:
    async with open_desk() as desk:
        await desk.press("m")
        assert isinstance(session.sent[-1], AssignDraft)
        assert session.sent[-1].assignee == "ana"
        await desk.press("j", "space", "space", "m")
        assert len(session.sent) == 1
        assert "Assign 2 orders" in desk.said("title")


@pytest.mark.parametrize(
    ("details", "hours", "told"),
    [
        ("bo, by bo", 5 / 3600, "taken by bo 5s ago"),
        ("bo, by ana", 0.5, "given to bo by ana 30m ago"),
        ("bo, by bo", 26, "taken by bo Wed 11:58"),
        ("ana, by ana", 1, "now with bo"),
    ],
)
async def test_taking_an_order_from_somebody_says_since_when_they_have_it(
    open_desk: Open, session: FakeSession, details: str, hours: float, told: str
) -> None:
    async with open_desk() as desk:
        entry = TimelineEntry(ts=desk_data.ago(hours), event="assigned", details=details)
        session.change_order(ids(session)[0], assigned_to="bo", timeline=[entry])
        await desk.press("a")
        assert desk.said("taken").rstrip() == told


async def test_others_orders_can_be_kept_with_them(open_desk: Open, session: FakeSession) -> None:
    async with open_desk() as desk:
        await desk.press("j", "j", "j", "space", "space", "a", "down", "ctrl+t", "ctrl+s")
        assert session.sent == []
        assert "belong to others" in desk.said()


async def test_a_new_owner_can_be_named(open_desk: Open, session: FakeSession) -> None:
    async with open_desk() as desk:
        await desk.press("a")
        await desk.type("zoe")
        await desk.press("enter")
        assert isinstance(session.sent[-1], AssignDraft)
        assert session.sent[-1].assignee == "zoe"


async def test_a_new_name_is_never_taken_for_nobody(open_desk: Open, session: FakeSession) -> None:
    session.people = ()
    async with open_desk() as desk:
        await desk.press("a")
        await desk.type("bo")
        await desk.press("enter")
        assert isinstance(session.sent[-1], AssignDraft)
        assert session.sent[-1].assignee == "bo"


async def test_a_name_is_found_before_one_that_only_holds_its_letters(open_desk: Open, session: FakeSession) -> None:
    session.people = (Owner(name="dashboard", open_orders=1), Owner(name="bob", open_orders=2), *desk_data.PEOPLE)
    async with open_desk() as desk:
        await desk.press("a")
        await desk.type("bo")
        choices = desk.dialog.query_one(LineList)
        assert [choices.render_line(at).text.split()[0] for at in range(1, 3)] == ["bob", "dashboard"]
        await desk.press("enter")
        assert isinstance(session.sent[-1], AssignDraft)
        assert session.sent[-1].assignee == "bo"


async def test_assigning_many_says_how_many_are_taken_and_from_whom(open_desk: Open, session: FakeSession) -> None:
    async with open_desk() as desk:
        for at, owner in enumerate(("bo", "bo", "anton", "assistant", "maya", "unassigned")):
            session.change_order(ids(session)[at], assigned_to=owner)
        await desk.press(*["space"] * 6, "a")
        assert desk.said("taken").rstrip() == "1 without an owner  ·  5 taken from bo, anton and 2 more"


async def test_fulfilling_one_order_takes_the_guessed_carrier(open_desk: Open, session: FakeSession) -> None:
    async with open_desk() as desk:
        await desk.press("f")
        await desk.type("0034 0434 2921 3510 0186")
        await desk.press("enter")
        draft = session.sent[-1]
        assert isinstance(draft, FulfillDraft)
        parcel = draft.parcels[ids(session)[0]]
        assert (parcel.number, parcel.carrier) == ("00340434292135100186", "DHL")


async def test_fulfilling_without_a_number_takes_ctrl_s(open_desk: Open, session: FakeSession) -> None:
    async with open_desk() as desk:
        await desk.press("f", "enter")
        assert session.sent == []
        await desk.press("ctrl+s")
        draft = session.sent[-1]
        assert isinstance(draft, FulfillDraft)
        assert draft.parcels == {}


async def test_fulfilling_very_many_orders_takes_their_number(open_desk: Open, session: FakeSession) -> None:
    async with open_desk() as desk:
        await desk.press("asterisk", "f", "ctrl+s")
        assert session.sent == []
        count = desk.said().rpartition(" ")[2]
        await desk.press("tab")
        await desk.type(count)
        await desk.press("ctrl+s")
        assert len(session.sent[-1].order_ids) == int(count)


async def test_among_many_orders_a_change_asks_once_and_later_ones_are_for_the_server(
    open_desk: Open, session: FakeSession
) -> None:
    async with open_desk() as desk:
        first, second = ids(session)[:2]
        await desk.press("space", "space", "a", "down")
        session.change_order(first, assigned_to="bo")
        known = session.orders[first].version
        await desk.pilot.pause()
        await desk.press("ctrl+s")
        assert "the orders as they are now" in desk.said()
        before = session.orders[second].version
        session.change_order(second, assigned_to="bo")
        await desk.pilot.pause()
        await desk.press("ctrl+s")
        assert session.sent[-1].versions == {first: known, second: before}


async def test_a_change_by_somebody_else_names_them(open_desk: Open, session: FakeSession) -> None:
    async with open_desk() as desk:
        await desk.press("a", "down")
        entry = TimelineEntry(ts=desk_data.NOW, event="assigned", details="bo, by anton")
        session.change_order(ids(session)[0], assigned_to="bo", timeline=[entry])
        await desk.pilot.pause()
        assert "owner bo (by anton)" in desk.said("change")


async def test_a_held_order_cannot_be_fulfilled_and_it_says_why(open_desk: Open, session: FakeSession) -> None:
    async with open_desk() as desk:
        await desk.press("7", "f")
        why = desk.said()
        assert "hold" in why or "cancelled" in why
        await desk.press("ctrl+s")
        assert session.sent == []
        assert desk.said() == why


@pytest.mark.parametrize("state", [state for state in ReturnState if not state.terminal])
async def test_a_return_offers_exactly_what_its_state_allows(
    open_desk: Open, session: FakeSession, state: ReturnState
) -> None:
    order = next(o for o in desk_data.of_tab(Tab.RETURNS) if o.return_ and o.return_.state is state)
    async with open_desk(typed_amount_above=1e9) as desk:
        desk.app.push_screen(OrderScreen(desk.screen.work, order.id))
        await desk.pilot.pause()
        await desk.press("r", "enter")
        assert session.sent == []
        assert "ctrl+s does" in desk.said()
        await desk.press("ctrl+s")
        draft = session.sent[-1]
        assert isinstance(draft, ReturnsDraft)
        assert draft.move == desk_data.ACTIONS[state][0]
        assert draft.return_id == (order.return_.id if order.return_ else None)


async def test_a_return_that_is_over_offers_nothing(open_desk: Open, session: FakeSession) -> None:
    over = next(o for o in desk_data.ORDERS if o.return_ is not None and o.return_.state.terminal)
    async with open_desk() as desk:
        desk.app.push_screen(OrderScreen(desk.screen.work, over.id))
        await desk.pilot.pause()
        await desk.press("r", "ctrl+s")
        assert session.sent == []
        assert "nothing can be done" in desk.said()


async def test_a_large_refund_is_typed(open_desk: Open, session: FakeSession) -> None:
    order = next(o for o in desk_data.ORDERS if o.return_ and o.return_.state is ReturnState.INSPECTION)
    amount = f"{order.return_.refund_amount:.2f}" if order.return_ else ""
    async with open_desk(typed_amount_above=1.0) as desk:
        desk.app.push_screen(OrderScreen(desk.screen.work, order.id))
        await desk.pilot.pause()
        await desk.press("r", "ctrl+s")
        assert session.sent == []
        assert amount in desk.said()
        place = desk.dialog.query_one("#dialog").region
        await desk.press("down")
        assert desk.dialog.query_one("#dialog").region == place
        await desk.press("up")
        await desk.press("tab", "tab")
        await desk.type(amount)
        await desk.press("ctrl+s")
        assert isinstance(session.sent[-1], ReturnsDraft)
        assert session.sent[-1].move is ReturnAction.APPROVE_REFUND


async def test_a_return_is_never_repeated(open_desk: Open, session: FakeSession) -> None:
    async with open_desk(typed_amount_above=1e9) as desk:
        await desk.press("8", "r", "ctrl+s", "j", "full_stop")
        assert len(session.sent) == 1
        assert "never repeated" in desk.hint


async def test_a_support_note_left_is_there_the_next_time(open_desk: Open, session: FakeSession) -> None:
    async with open_desk() as desk:
        await desk.press("s")
        await desk.type("please split")
        await desk.press("escape", "s", "ctrl+s")
        draft = session.sent[-1]
        assert isinstance(draft, SupportDraft)
        assert draft.note == "please split"


async def test_an_escalation_is_for_all_that_wait_unless_orders_are_marked(
    open_desk: Open, session: FakeSession
) -> None:
    async with open_desk() as desk:
        await desk.press("i", "ctrl+s")
        draft = session.sent[-1]
        assert isinstance(draft, InventoryDraft)
        assert (draft.sku, draft.order_ids) == ("TEE-BLK-M", ())
        await desk.press("j", "space", "space", "i")
        await desk.type("MUG-01")
        await desk.press("ctrl+s")
        draft = session.sent[-1]
        assert isinstance(draft, InventoryDraft)
        assert (draft.sku, len(draft.order_ids)) == ("MUG-01", 2)


async def test_on_a_stock_line_the_escalation_is_about_its_sku(open_desk: Open, session: FakeSession) -> None:
    async with open_desk() as desk:
        await desk.press("tab", "G", "i", "ctrl+s")
        draft = session.sent[-1]
        assert isinstance(draft, InventoryDraft)
        assert (draft.sku, draft.order_ids) == ("MUG-01", ())


async def test_many_orders_show_progress_and_just_what_failed_is_tried_again(
    open_desk: Open, session: FakeSession
) -> None:
    async with open_desk() as desk:
        await desk.press("asterisk", "a", "down", "enter")
        assert type(desk.app.screen).__name__ == "BulkDialog"
        session.move_run(ended=True)
        await desk.pilot.pause()
        await desk.press("R")
        assert len(session.runs_made) == 2
        assert session.runs_made[1].draft.order_ids == session.runs_made[0].of(OutcomeKind.FAILED)


async def test_hiding_a_bulk_run_does_not_stop_it(open_desk: Open, session: FakeSession) -> None:
    async with open_desk() as desk:
        await desk.press("asterisk", "a", "down", "enter", "escape")
        assert not session.runs_made[0].stopped
        session.move_run(ended=True)
        await desk.pilot.pause()
        await desk.press("R")
        assert len(session.runs_made) == 2


async def test_stopping_a_bulk_run_takes_its_own_key(open_desk: Open, session: FakeSession) -> None:
    async with open_desk() as desk:
        await desk.press("asterisk", "a", "down", "enter", "ctrl+x")
        assert session.runs_made[0].stopped


async def test_help_runs_what_was_found(open_desk: Open, session: FakeSession) -> None:
    async with open_desk() as desk:
        await desk.press("question_mark")
        await desk.type("order of rows")
        await desk.press("enter")
        assert type(desk.app.screen).__name__ == "SortDialog"


async def test_every_command_that_opens_something_opens_it(open_desk: Open, session: FakeSession) -> None:
    async with open_desk() as desk:
        for command in ("view.log", "view.pulse", "take.copy_more", "take.export", "view.columns", "desk.palette"):
            desk.screen.perform(command)
            await desk.pilot.pause()
            assert desk.app.screen is not desk.screen, command
            await desk.press("escape")
            assert desk.app.screen is desk.screen, command
            assert desk.table.has_focus, command
