"""Sending a part of an order, marked orders by stock, and the numbers of an order's parcels."""

from __future__ import annotations

import pytest
from tests.tui.screens import shipping_data
from tests.tui.screens.desk_driver import Desk, Open
from tests.tui.screens.fake_session import FakeSession
from tests.tui.screens.shipping_data import GUESSED
from textual.widgets import Input

from orders_tui.actions.fulfill import FulfillDraft
from orders_tui.actions.owed_lines import Part
from orders_tui.actions.tracking import TrackingDraft
from orders_tui.context.preferences import Preferences
from orders_tui.dialogs import fulfill_several
from orders_tui.dialogs.field import TextLine
from orders_tui.session import changes
from orders_tui.session.log import ActionState, OrderFailure
from orders_tui.widgets.line_list import LineList
from orders_wire.orders import Hold, Tracking
from orders_wire.vocabulary import ErrorCode, Issue, Status

LINE = "gid://shopify/LineItem/"
ITEMS = ("f", "tab", "tab")


def ids(session: FakeSession) -> list[str]:
    return [row.order.id for row in session.table.view.rows]


def shown(desk: Desk, name: str) -> list[str]:
    """The lines of a list of the dialog."""
    lines = desk.dialog.query_one(f"#{name}", LineList)
    return [lines.render_line(y).text for y in range(lines.size.height)]


def sent(session: FakeSession) -> FulfillDraft:
    draft = session.sent[-1]
    assert isinstance(draft, FulfillDraft)
    return draft


def numbered(session: FakeSession) -> list[tuple[str | None, str, str | None, str | None]]:
    draft = session.sent[-1]
    assert isinstance(draft, TrackingDraft)
    return [(number.parcel, number.number, number.carrier, number.url) for number in draft.numbers]


# -- one order


async def test_what_can_be_sent_is_chosen_already(open_desk: Open, session: FakeSession) -> None:
    shipping_data.show_mixed(session)
    async with open_desk() as desk:
        await desk.press("f")
        assert desk.said("title").startswith("Fulfil 3 of 5  #104233")
        assert "2 stay owed, ship by stays" in desk.said("consequence")
        assert [line.split("  ")[0].split(" ", 1)[1] for line in (text.strip() for text in shown(desk, "items"))] == [
            "2 of 3",
            "1 of 1",
            "0 of 1",
        ]
        await desk.press("ctrl+s")
        first = ids(session)[0]
        assert sent(session).parts == {first: Part(((f"{LINE}1", 2), (f"{LINE}2", 1)), 2)}
        assert sent(session).notify is False
        assert sent(session).versions == {first: session.orders[first].version}


async def test_lines_are_taken_left_and_counted(open_desk: Open, session: FakeSession) -> None:
    shipping_data.show_mixed(session)
    async with open_desk() as desk:
        await desk.press(*ITEMS, "plus", "plus", "j", "space")
        assert "1 stay" not in desk.said("consequence")
        assert "Fulfil 3 of 5" in desk.said("title")
        await desk.press("j", "space", "plus")
        assert "0 of 1 can be sent at most; 1 held (fraud)" in desk.said()
        await desk.press("k", "minus", "k", "minus", "enter")
        (part,) = sent(session).parts.values()
        assert part == Part(((f"{LINE}1", 2),), 3)


async def test_all_that_is_owed_is_sent_as_the_whole(open_desk: Open, session: FakeSession) -> None:
    order = session.orders[ids(session)[0]]
    session.details[order.id] = shipping_data.owing(order, shipping_data.line(1, "Mug", 2, short=1))
    async with open_desk() as desk:
        await desk.press(*ITEMS, "plus", "ctrl+s")
        assert sent(session).parts == {}


async def test_before_the_lines_are_known_all_that_is_owed_is_meant(open_desk: Open, session: FakeSession) -> None:
    session.details_known = False
    async with open_desk() as desk:
        await desk.press("f")
        assert "reading" in shown(desk, "items")[0]
        place = desk.dialog.query_one("#dialog").region
        session.details_known = True
        session.tell(changes.DetailChanged(ids(session)[0]))
        await desk.pilot.pause()
        assert "Fulfil 1 of 2" in desk.said("title")
        assert desk.dialog.query_one("#dialog").region == place
        await desk.press("escape")
        session.details_known = False
        await desk.press("f", "ctrl+s")
        assert sent(session).parts == {}


async def test_nothing_ready_is_not_sent_as_everything(open_desk: Open, session: FakeSession) -> None:
    order = session.orders[ids(session)[0]]
    session.details[order.id] = shipping_data.owing(order, shipping_data.line(1, "Mug", 2, short=2))
    async with open_desk() as desk:
        await desk.press("f", "ctrl+s")
        assert session.sent == []
        assert "nothing is chosen" in desk.said()
        await desk.press("down", "space", "ctrl+s")
        assert len(session.sent) == 1


async def test_the_lines_follow_the_order_and_the_change_is_confirmed(open_desk: Open, session: FakeSession) -> None:
    shipping_data.show_mixed(session)
    async with open_desk() as desk:
        await desk.press(*ITEMS, "plus")
        order = session.orders[ids(session)[0]]
        session.details[order.id] = shipping_data.owing(order, shipping_data.line(1, "T-shirt", 2))
        session.change_order(order.id, assigned_to="bo", hold=None)
        await desk.pilot.pause()
        assert "Fulfil 2 of 2" in desk.said("title")
        await desk.press("ctrl+s")
        assert session.sent == []
        await desk.press("ctrl+s")
        assert sent(session).parts == {}


async def test_forty_lines_fit_and_the_rest_stays_in_sight(open_desk: Open, session: FakeSession) -> None:
    shipping_data.show_forty(session)
    async with open_desk(size=(80, 24)) as desk:
        await desk.press(*ITEMS, *["pagedown"] * 9)
        assert "Postcard no. 40" in shown(desk, "items")[-1]
        for name in ("#number", "#carrier", "#mail", "#consequence", "#keys"):
            region = desk.dialog.query_one(name).region
            assert region.height, name
            assert region.bottom < 24, name


async def test_what_was_counted_is_kept(open_desk: Open, session: FakeSession) -> None:
    shipping_data.show_mixed(session)
    async with open_desk() as desk:
        await desk.press(*ITEMS, "minus", "escape", "f")
        assert "Fulfil 2 of 5" in desk.said("title")


async def test_the_mail_box_is_off_at_first_and_then_as_it_was_sent(open_desk: Open, session: FakeSession) -> None:
    async with open_desk() as desk:
        await desk.press("f", "ctrl+n", "escape", "f", "ctrl+n")
        assert "the customer is mailed" in desk.said("consequence")
        await desk.press("ctrl+s", "j", "f")
        assert sent(session).notify is True
        assert "the customer is mailed" in desk.said("consequence")
        preferences = desk.screen.work.preferences
        assert Preferences.read(preferences.write()).mail


# -- several


async def test_marked_orders_go_whole_or_by_what_is_in_stock(open_desk: Open, session: FakeSession) -> None:
    shipping_data.show_several(session)
    first, second, third, fourth = ids(session)[:4]
    async with open_desk() as desk:
        await desk.press("space", "space", "space", "space", "f")
        await desk.pilot.pause()
        assert "4 of 5, 1 stays owed" in shown(desk, "list")[0]
        assert "all that is owed" in shown(desk, "list")[1]
        await desk.press("ctrl+t")
        await desk.pilot.pause()
        assert "3 of 5, 2 stay owed" in shown(desk, "list")[0]
        assert "1 without anything in stock" in desk.said("left-out")
        await desk.type(f"{session.orders[third].order_number},{GUESSED}")
        assert "a parcel that was sent" in shown(desk, "list")[2]
        await desk.press("ctrl+s")
        draft = sent(session)
        assert draft.order_ids == (first, third, fourth)
        assert list(draft.parts) == [first]
        assert [(number.order_id, number.parcel) for number in draft.numbers] == [(third, None)]
        assert second not in draft.order_ids


async def test_the_number_to_type_is_the_one_that_is_taken(
    open_desk: Open, session: FakeSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fulfill_several, "TYPED_FROM", 2)
    shipping_data.show_several(session)
    order = session.orders[ids(session)[0]]
    session.change_order(order.id, hold=Hold(reason=Issue.ADDRESS, since=order.placed_at))
    async with open_desk() as desk:
        await desk.press("space", "space", "f")
        await desk.pilot.pause()
        line = desk.dialog.query_one("#count", TextLine)
        assert line.placeholder == "type 2 to confirm so many"
        await desk.press("ctrl+t")
        await desk.pilot.pause()
        assert line.placeholder == "type 1 to confirm so many"
        await desk.press("tab")
        await desk.type("1")
        await desk.press("ctrl+s")
        assert len(sent(session).order_ids) == 1


async def test_what_is_wholly_held_is_left_out_as_held(open_desk: Open, session: FakeSession) -> None:
    order = session.orders[ids(session)[0]]
    held = Hold(reason=Issue.ADDRESS, since=order.placed_at)
    session.change_order(order.id, hold=held)
    session.details[order.id] = shipping_data.owing(order, shipping_data.line(1, "Mug", 2, held=2))
    async with open_desk() as desk:
        await desk.press("space", "space", "f")
        await desk.pilot.pause()
        for _ in range(2):
            assert "on hold (address)" in shown(desk, "list")[0]
            await desk.press("ctrl+t")
            await desk.pilot.pause()


async def test_orders_that_cannot_be_read_are_left_out_with_the_reason(open_desk: Open, session: FakeSession) -> None:
    session.details_known = False
    async with open_desk() as desk:
        await desk.press("space", "space", "f", "ctrl+t")
        await desk.pilot.pause()
        assert "could not be read" in desk.said("left-out")
        await desk.press("ctrl+s")
        assert session.sent == []


async def test_a_pasted_parcel_is_found_by_its_name(open_desk: Open, session: FakeSession) -> None:
    shipping_data.show_parcels(session)
    first = session.orders[ids(session)[0]]
    async with open_desk() as desk:
        await desk.press("space", "space", "f")
        await desk.type(f"{first.order_number},{GUESSED},DHL,F2")
        await desk.pilot.pause()
        await desk.press("ctrl+s")
        (number,) = sent(session).numbers
        assert (number.parcel, number.before) == ("gid://shopify/Fulfillment/2", "1Z999AA10123456784")


# -- parcels


async def test_f_opens_the_parcels_of_what_was_sent(open_desk: Open, session: FakeSession) -> None:
    shipping_data.show_parcels(session)
    async with open_desk() as desk:
        await desk.press("f")
        await desk.type(GUESSED)
        await desk.press("enter")
        assert numbered(session) == [("gid://shopify/Fulfillment/3", GUESSED, "DHL", None)]


async def test_numbers_of_several_parcels_are_sent_at_once(open_desk: Open, session: FakeSession) -> None:
    shipping_data.show_parcels(session)
    async with open_desk() as desk:
        await desk.press("f")
        await desk.type("A1")
        await desk.press("shift+tab", "up", "enter")
        desk.dialog.query_one("#url", Input).value = "ftp://ups"
        await desk.press("ctrl+s")
        assert "has to begin with http" in desk.said()
        desk.dialog.query_one("#url", Input).value = "https://ups"
        await desk.press("ctrl+s")
        assert numbered(session) == [
            ("gid://shopify/Fulfillment/2", "1Z999AA10123456784", "UPS", "https://ups"),
            ("gid://shopify/Fulfillment/3", "A1", None, None),
        ]


async def test_a_parcel_that_is_not_changed_is_not_sent(open_desk: Open, session: FakeSession) -> None:
    shipping_data.show_parcels(session)
    async with open_desk() as desk:
        await desk.press("f", "shift+tab", "down", "up", "up", "ctrl+s")
        assert session.sent == []
        assert "nothing is changed" in desk.said()


async def test_a_number_that_comes_meanwhile_is_shown_and_not_overwritten(
    open_desk: Open, session: FakeSession
) -> None:
    shipping_data.show_parcels(session)
    first = ids(session)[0]
    async with open_desk() as desk:
        await desk.press("f", "shift+tab", "up", "down")
        detail = session.details[first]
        parcels = [parcel.model_copy(update={"number": f"N{parcel.id[-1]}"}) for parcel in detail.fulfillments]
        session.details[first] = detail.model_copy(update={"fulfillments": parcels})
        session.tell(changes.DetailChanged(first))
        await desk.pilot.pause()
        assert desk.dialog.query_one("#number", Input).value == "N3"
        await desk.press("ctrl+s")
        assert "nothing is changed" in desk.said()


async def test_what_was_typed_for_a_parcel_that_shopify_has_made_meanwhile_is_kept(
    open_desk: Open, session: FakeSession
) -> None:
    shipping_data.show_parcels(session)
    first = ids(session)[0]
    async with open_desk() as desk:
        await desk.press("f")
        await desk.type("A1")
        detail = session.details[first]
        made = detail.fulfillments[2].model_copy(update={"id": "gid://shopify/Fulfillment/9"})
        parcels = [*detail.fulfillments[:2], made]
        session.details[first] = detail.model_copy(update={"fulfillments": parcels})
        session.tell(changes.DetailChanged(first))
        await desk.pilot.pause()
        await desk.press("ctrl+s")
        assert numbered(session) == [("gid://shopify/Fulfillment/9", "A1", None, None)]


async def test_a_number_cannot_be_taken_away(open_desk: Open, session: FakeSession) -> None:
    shipping_data.show_parcels(session)
    async with open_desk() as desk:
        await desk.press("f", "shift+tab", "up", "enter")
        desk.dialog.query_one("#number", Input).value = ""
        await desk.press("ctrl+s")
        assert session.sent == []
        assert "needs a number" in desk.said()


async def test_the_page_of_an_old_number_goes_with_it(open_desk: Open, session: FakeSession) -> None:
    shipping_data.show_parcels(session)
    first = ids(session)[0]
    detail = session.details[first]
    parcels = [detail.fulfillments[0].model_copy(update={"url": "https://dhl/1"})]
    session.details[first] = detail.model_copy(update={"fulfillments": parcels})
    async with open_desk() as desk:
        await desk.press("f", "enter", "end", "backspace", "5", "ctrl+s")
        assert numbered(session) == [("gid://shopify/Fulfillment/1", f"{GUESSED[:-1]}5", "DHL", None)]


async def test_parcels_are_reached_while_something_is_owed(open_desk: Open, session: FakeSession) -> None:
    shipping_data.show_parcels(session)
    session.change_order(ids(session)[0], status=Status.AWAITING_FULFILLMENT)
    async with open_desk() as desk:
        await desk.press("f", "ctrl+o")
        await desk.type("A1")
        await desk.press("ctrl+s")
        assert numbered(session) == [("gid://shopify/Fulfillment/3", "A1", None, None)]
        assert desk.app.screen is desk.screen
        await desk.press("colon")
        await desk.type("parcels B2")
        await desk.press("enter")
        assert desk.dialog.query_one("#number", Input).value == "B2"


async def test_before_the_parcels_are_known_the_server_finds_the_one(open_desk: Open, session: FakeSession) -> None:
    session.change_order(ids(session)[0], status=Status.AWAITING_TRACKING, tracking=[Tracking()], hold=None)
    session.details_known = False
    async with open_desk() as desk:
        await desk.press("f")
        await desk.type("A1")
        await desk.press("ctrl+s")
        assert numbered(session) == [(None, "A1", None, None)]


async def test_an_unclear_parcel_comes_up_to_be_chosen_and_the_number_goes_along(
    open_desk: Open, session: FakeSession
) -> None:
    shipping_data.show_parcels(session)
    async with open_desk() as desk:
        first = ids(session)[0]
        session.details_known = False
        await desk.press("f")
        await desk.type("A1")
        await desk.press("ctrl+s")
        session.details_known = True
        session.drafts.keep(session.sent[-1])
        failure = OrderFailure(first, ErrorCode.AMBIGUOUS, "name one of F1, F2")
        session.settle(ActionState.FAILED, (failure,), failure.message)
        await desk.pilot.pause()
        session.change_order(first, status=Status.AWAITING_TRACKING)
        assert "name one of F1, F2" in desk.said()
        await desk.press("up", "ctrl+s", "ctrl+s")
        assert numbered(session) == [("gid://shopify/Fulfillment/2", "A1", None, None)]


@pytest.mark.parametrize("code", [ErrorCode.ON_HOLD, ErrorCode.INVALID_REQUEST, ErrorCode.NOT_FOUND])
async def test_a_refusal_is_said_in_the_servers_words_and_the_draft_is_kept(
    open_desk: Open, session: FakeSession, code: ErrorCode
) -> None:
    shipping_data.show_mixed(session)
    async with open_desk() as desk:
        await desk.press("f", "ctrl+s")
        failure = OrderFailure(ids(session)[0], code, "line SKU-01: 1 is left")
        session.settle(ActionState.FAILED, (failure,), failure.message)
        await desk.pilot.pause()
        assert "not fulfilled in part: line SKU-01: 1 is left" in desk.hint
