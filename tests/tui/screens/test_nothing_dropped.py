"""What is typed or pasted goes in whole, or it is said why it did not, and then nothing is confirmed by it."""

from __future__ import annotations

import pytest
from tests.tui.screens.desk_driver import Open
from tests.tui.screens.fake_session import FakeSession
from textual.widgets import Input, TextArea

from orders_tui.actions.fulfill import FulfillDraft
from orders_wire.actions import LONGEST_NUMBER

FIELDS = {
    "owner": ("a",),
    "number": ("f",),
    "sku": ("i",),
    "note": ("i", "tab"),
    "note of a return": ("8", "r", "tab"),
    "filter": ("slash",),
    "command": ("colon",),
    "how many": ("asterisk", "f", "tab"),
}


async def test_a_paste_that_is_too_long_is_refused_and_what_was_there_stays(
    open_desk: Open, session: FakeSession
) -> None:
    async with open_desk() as desk:
        for name, keys in FIELDS.items():
            await desk.press(*keys)
            field = desk.dialog.focused
            assert isinstance(field, Input), name
            before = field.value
            await desk.type("x" * 6000)
            assert field.value == before, name
            assert "at most" in desk.said(), name
            await desk.press("ctrl+s")
            assert session.sent == [], name
            assert desk.dialog.focused is field, name
            assert "at most" in desk.said(), name
            await desk.press("escape")


@pytest.mark.parametrize("keys", [FIELDS[name] for name in ("owner", "number", "sku", "filter", "command")])
async def test_lines_where_one_goes_in_are_said(open_desk: Open, session: FakeSession, keys: tuple[str, ...]) -> None:
    async with open_desk() as desk:
        await desk.press(*keys)
        await desk.type("one\ntwo\n")
        assert "2 lines were pasted" in desk.said()
        await desk.press("ctrl+s")
        assert session.sent == []


async def test_lines_pasted_into_a_note_stand_behind_each_other(open_desk: Open) -> None:
    async with open_desk() as desk:
        await desk.press(*FIELDS["note"])
        await desk.type("first\n\n second \n")
        assert desk.dialog.query_one("#note", Input).value == "first second"


async def test_a_line_end_behind_a_number_is_no_second_line(open_desk: Open) -> None:
    async with open_desk() as desk:
        await desk.press("f")
        await desk.type("00340434292135100186\n")
        assert desk.dialog.query_one("#number", Input).value == "00340434292135100186"
        assert "lines" not in desk.said()


async def test_after_a_refused_paste_the_field_is_edited_first(open_desk: Open, session: FakeSession) -> None:
    async with open_desk() as desk:
        await desk.press("f")
        await desk.type("9" * (LONGEST_NUMBER + 1))
        await desk.press("ctrl+s")
        assert session.sent == []
        await desk.press("backspace")
        assert "at most" not in desk.said()
        await desk.type("00340434292135100186")
        await desk.press("enter")
        assert isinstance(session.sent[-1], FulfillDraft)
        assert len(session.sent[-1].parcels) == 1


@pytest.mark.parametrize(
    "pasted",
    [
        "1Z999AA10123456784\n1Z999AA10123456795",
        "1Z999AA10123456784, 1Z999AA10123456795",
        "1Z999AA10123456784;1Z999AA10123456795",
        "1Z999AA10123456784\t1Z999AA10123456795",
        "1Z999AA10123456784 1Z999AA10123456795",
    ],
)
async def test_two_numbers_for_one_order_are_said_and_none_is_sent(
    open_desk: Open, session: FakeSession, pasted: str
) -> None:
    async with open_desk() as desk:
        await desk.press("f")
        await desk.type(pasted)
        await desk.press("ctrl+s", "enter")
        assert session.sent == []
        assert "2 lines" in desk.said() or "2 numbers" in desk.said()


@pytest.mark.parametrize("blank", [" ", "\u00a0", "\u200b", "\ufeff \u2060"])
async def test_a_blank_number_is_said_to_be_empty(open_desk: Open, session: FakeSession, blank: str) -> None:
    async with open_desk() as desk:
        await desk.press("f")
        desk.dialog.query_one("#number", Input).value = blank
        await desk.press("ctrl+s")
        assert session.sent == []
        assert "the number is empty" in desk.said()


async def test_that_no_number_is_given_is_said_before_it_is_sent(open_desk: Open) -> None:
    async with open_desk() as desk:
        await desk.press("f")
        assert "without a number" in desk.said("consequence")
        await desk.type("00340434292135100186")
        assert "without a number" not in desk.said("consequence")


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("{0},", "has no tracking number"),
        ("{0}, ,DHL", "has no tracking number"),
        (",DHL", "has no tracking number"),
        ("{0}," + "9" * 300, "are the most"),
        ("{0},1Z999," + "D" * 130, "are the most"),
    ],
)
async def test_a_line_of_several_that_cannot_be_sent_says_why(
    open_desk: Open, session: FakeSession, line: str, fault: str
) -> None:
    async with open_desk() as desk:
        await desk.press("space", "space", "f")
        await desk.type(line.format(desk.dialog.bound[0].order_number))
        await desk.press("ctrl+s")
        assert session.sent == []
        assert fault in desk.said()


async def test_a_placeholder_is_sent_as_it_was_typed(open_desk: Open, session: FakeSession) -> None:
    async with open_desk() as desk:
        await desk.press("f")
        await desk.type("TRK-9f2c")
        assert "never sent" in desk.said("consequence")
        await desk.press("enter")
        assert isinstance(session.sent[-1], FulfillDraft)
        assert [parcel.number for parcel in session.sent[-1].parcels.values()] == ["TRK-9f2c"]


async def test_a_paste_where_no_field_is_goes_nowhere_with_a_word(open_desk: Open) -> None:
    async with open_desk() as desk:
        await desk.type("mfru")
        assert "went nowhere" in desk.hint
        await desk.press("S")
        await desk.type("mfru")
        assert "went nowhere" in desk.said()


async def test_a_long_note_to_support_says_how_much_is_too_much(open_desk: Open, session: FakeSession) -> None:
    async with open_desk() as desk:
        await desk.press("s")
        await desk.type("x" * 5001)
        assert len(desk.dialog.query_one(TextArea).text) == 5001
        await desk.press("ctrl+s")
        assert session.sent == []
        assert "1 characters too many" in desk.said()
