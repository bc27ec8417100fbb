"""The dialogs of tags and of the address: what they offer, what they return, and what stands in the way."""

from __future__ import annotations

import pytest
from tests.tui.screens import address_data
from tests.tui.screens.address_data import SAID, THERE, TYPED
from tests.tui.screens.desk_driver import Open
from tests.tui.screens.fake_session import FakeSession
from textual.widgets import Input, Static

from orders_tui.actions.address import FIELDS, AddressDraft
from orders_tui.actions.tags import TagsDraft
from orders_tui.dialogs.address import AddressDialog
from orders_tui.session import changes
from orders_tui.widgets.line_list import LineList
from orders_wire.vocabulary import Status

ADDRESS = ("colon", *"address", "enter")


def first(session: FakeSession) -> str:
    return session.table.view.rows[0].order.id


async def test_tags_are_typed_and_taken_off(open_desk: Open, session: FakeSession) -> None:
    async with open_desk() as desk:
        await desk.press("j", "number_sign", *"rush", "comma", *"new", "ctrl+t", "enter")
        row = session.table.view.rows[1].order
        assert session.sent == [TagsDraft((row.id,), ("rush", "new"), ("wholesale",), versions={row.id: row.version})]


async def test_tags_of_other_orders_are_offered_and_completed(open_desk: Open, session: FakeSession) -> None:
    async with open_desk() as desk:
        await desk.press("number_sign", *"gi", "ctrl+y")
        assert desk.dialog.query_one(Input).value == "gift"
        await desk.press("enter")
        assert isinstance(session.sent[-1], TagsDraft)
        assert session.sent[-1].add == ("gift",)


async def test_the_cursor_goes_to_a_tag_that_begins_as_typed(open_desk: Open, session: FakeSession) -> None:
    async with open_desk() as desk:
        await desk.press("j", "number_sign", *"gi", "ctrl+y", "enter")
        assert isinstance(session.sent[-1], TagsDraft)
        assert session.sent[-1].add == ("gift",)


async def test_of_several_orders_each_tag_says_on_how_many_it_is(open_desk: Open) -> None:
    async with open_desk() as desk:
        await desk.press("space", "space", "space", "number_sign")
        lines = desk.dialog.query_one(LineList)
        assert "on 1 of 3" in lines.render_line(0).text
        assert "which tag?" in desk.said() or not desk.said()
        await desk.press("ctrl+s")
        assert "which tag?" in desk.said()


async def test_what_no_tag_can_be_is_said(open_desk: Open, session: FakeSession) -> None:
    async with open_desk() as desk:
        await desk.press("number_sign")
        await desk.type("x" * 41)
        await desk.press("enter")
        assert "at most 40 characters" in desk.said()
        assert session.sent == []


async def test_the_command_line_fills_the_tags_in(open_desk: Open, session: FakeSession) -> None:
    async with open_desk() as desk:
        await desk.press("j", "colon", *"tags", "space", *"rush", "comma", "minus", *"vip", "enter", "enter")
        assert isinstance(session.sent[-1], TagsDraft)
        assert (session.sent[-1].add, session.sent[-1].remove) == (("rush",), ("vip",))


def typed(dialog: AddressDialog) -> dict[str, str]:
    return {name: dialog.query_one(f"#{name}", Input).value for name in FIELDS}


@pytest.fixture
def known(session: FakeSession) -> FakeSession:
    address_data.show(session)
    return session


async def test_the_form_has_the_present_address_and_returns_it_whole(open_desk: Open, known: FakeSession) -> None:
    async with open_desk() as desk:
        await desk.press(*ADDRESS)
        assert isinstance(desk.dialog, AddressDialog)
        there = {name: getattr(THERE, name) for name in FIELDS}
        assert typed(desk.dialog) == {name: value or "" for name, value in there.items()}
        await desk.press("ctrl+s")
        assert desk.said() == "this is its address already"
        await desk.press("down", "down", *"Ltd", "enter")
        order = known.table.view.rows[0].order
        wanted = {**there, "company": "Ltd"}
        assert known.sent == [AddressDraft((order.id,), wanted, versions={order.id: order.version})]


async def test_our_address_hold_ends_with_it_unless_it_is_to_stay(open_desk: Open, session: FakeSession) -> None:
    address_data.show_held(session)
    async with open_desk() as desk:
        await desk.press(*ADDRESS)
        assert "our address hold ends" in desk.said("release")
        await desk.press("ctrl+s")
        assert isinstance(session.sent[-1], AddressDraft)
        assert session.sent[-1].release
        await desk.press(*ADDRESS, "ctrl+t", "x", "enter")
        assert isinstance(session.sent[-1], AddressDraft)
        assert not session.sent[-1].release


async def test_after_a_refusal_it_opens_with_what_was_typed_and_the_complaints(
    open_desk: Open, session: FakeSession
) -> None:
    address_data.show_refused(session)
    async with open_desk() as desk:
        await desk.press(*ADDRESS)
        assert isinstance(desk.dialog, AddressDialog)
        assert typed(desk.dialog) == {name: value or "" for name, value in TYPED.items()}
        for error in SAID:
            remark = desk.dialog.query_one(f"#field-{error.field} .remark", Static)
            assert str(remark.render()) == error.message
        await desk.press("down")
        assert "Enter a last name" in desk.said("consequence")
        await desk.press(*"Doe", "enter")
        assert isinstance(session.sent[-1], AddressDraft)
        assert session.sent[-1].address["last_name"] == "Doe"


async def test_what_shopify_said_of_an_address_that_was_typed_elsewhere_stands_at_no_field(
    open_desk: Open, session: FakeSession
) -> None:
    address_data.show_refused(session)
    session.log_now.clear()
    async with open_desk() as desk:
        await desk.press(*ADDRESS)
        assert isinstance(desk.dialog, AddressDialog)
        assert typed(desk.dialog)["city"] == "Berlin"
        assert "not typed here: Enter a last name; Enter a ZIP code" in desk.said("consequence")
        assert str(desk.dialog.query_one("#field-zip .remark", Static).render()) == ""


async def test_what_was_typed_before_the_address_was_read_stays(open_desk: Open, session: FakeSession) -> None:
    session.details_known = False
    async with open_desk() as desk:
        await desk.press(*ADDRESS, *"Zoe", "enter")
        assert "reading the address" in desk.said()
        assert session.sent == []
        session.details_known = True
        address_data.show(session)
        session.tell(changes.DetailChanged(first(session)))
        await desk.pilot.pause()
        assert isinstance(desk.dialog, AddressDialog)
        assert typed(desk.dialog)["first_name"] == "Zoe"
        assert typed(desk.dialog)["city"] == "Berlin"


async def test_a_cancelled_order_keeps_its_address(open_desk: Open, known: FakeSession) -> None:
    known.change_order(first(known), status=Status.CANCELLED)
    async with open_desk() as desk:
        await desk.press(*ADDRESS, "x", "enter")
        assert "cancelled: its address stays" in desk.said()
        assert known.sent == []


async def test_what_was_left_with_esc_is_there_again(open_desk: Open, known: FakeSession) -> None:
    async with open_desk() as desk:
        await desk.press(*ADDRESS, *"Zoe", "escape", *ADDRESS)
        assert isinstance(desk.dialog, AddressDialog)
        assert typed(desk.dialog)["first_name"] == "PriyaZoe"


async def test_addresses_are_corrected_one_at_a_time(open_desk: Open) -> None:
    async with open_desk() as desk:
        await desk.press("space", "space", *ADDRESS)
        assert "one at a time" in desk.hint
