"""The note dialog: what it sends, what it keeps, who is named, which notes can be changed, and the editor that is not here."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.tui.screens.desk_data import NOW
from tests.tui.screens.desk_driver import Desk, Open
from tests.tui.screens.fake_session import FakeSession
from tests.tui.screens.note_scenes import OLD, OTHERS, OWN, TEMPLATES, show, show_three
from textual.widgets import Input

from orders_tui.actions.note import NoteDeletion, NoteDraft
from orders_tui.actions.support import SupportDraft
from orders_tui.dialogs.note import NoteDialog
from orders_tui.dialogs.outside_editor import NO_FIELD, NOT_LENT, UNWRITTEN
from orders_tui.dialogs.templates import NONE, TemplatesDialog
from orders_tui.dialogs.text_box import TextBox
from orders_tui.programs.editor import Editor
from orders_tui.session import changes
from orders_tui.session.log import ActionState
from orders_tui.widgets.hint_bar import HintBar
from orders_wire.people import Owner
from orders_wire.vocabulary import Role


def first(session: FakeSession, at: int = 0) -> str:
    return session.table.view.rows[at].order.id


def text(desk: Desk) -> str:
    return desk.dialog.query_one(TextBox).text


def sent(session: FakeSession) -> NoteDraft:
    draft = session.sent[-1]
    assert isinstance(draft, NoteDraft)
    return draft


async def test_a_note_is_sent_and_expects_no_version(open_desk: Open, session: FakeSession) -> None:
    async with open_desk() as desk:
        await desk.press("n", *"called", "enter", *"again", "ctrl+s")
        assert sent(session) == NoteDraft((first(session),), "called\nagain", at=NOW, by="ana")


async def test_marked_orders_get_the_same_note(open_desk: Open, session: FakeSession) -> None:
    async with open_desk() as desk:
        await desk.press("space", "space", "n")
        await desk.type("late")
        await desk.press("ctrl+s")
        assert sent(session).order_ids == (first(session), first(session, 1))


async def test_a_note_that_was_left_is_there_the_next_time(open_desk: Open, session: FakeSession) -> None:
    async with open_desk() as desk:
        await desk.press("n", *"half", "escape", "n")
        assert text(desk) == "half"
        await desk.press("ctrl+s")
        assert sent(session).note == "half"


async def test_what_is_typed_after_the_word_is_noted_at_once(open_desk: Open, session: FakeSession) -> None:
    async with open_desk() as desk:
        await desk.press("colon")
        await desk.type("note called, no answer")
        await desk.press("enter")
        assert sent(session).note == "called, no answer"
        await desk.press("space", "space", "colon")
        await desk.type("note carrier is late")
        await desk.press("enter")
        assert isinstance(desk.dialog, NoteDialog)
        assert text(desk) == "carrier is late"


async def test_nothing_and_too_much_are_not_sent(open_desk: Open, session: FakeSession) -> None:
    async with open_desk() as desk:
        await desk.press("n", "ctrl+s")
        assert "what should be noted?" in desk.said()
        await desk.type("x" * 5003)
        await desk.press("ctrl+s")
        assert "3 characters too many" in desk.said()
        assert session.sent == []


async def test_a_viewer_writes_none(open_desk: Open, session: FakeSession) -> None:
    assert session.me_now is not None
    session.me_now = session.me_now.model_copy(update={"role": Role.VIEWER})
    async with open_desk() as desk:
        await desk.press("n")
        assert "needs the role operator" in desk.hint


# -- names


@pytest.mark.parametrize("key", ["tab", "right", "ctrl+y"])
async def test_a_name_is_completed(open_desk: Open, key: str) -> None:
    async with open_desk() as desk:
        await desk.press("n", *"ask ", "at", "a", "n")
        assert desk.dialog.query_one(TextBox).suggestion == "ton"
        await desk.press(key)
        assert text(desk) == "ask @anton"
        assert "tells anton" in desk.said("consequence")


async def test_its_keys_do_what_they_always_do_where_nothing_is_completed(open_desk: Open) -> None:
    async with open_desk() as desk:
        await desk.press("n", *"ab", "left", "left", "right", "ctrl+y")
        box = desk.dialog.query_one(TextBox)
        assert box.cursor_location == (0, 1)
        await desk.press("at", "x", "right", "tab")
        assert text(desk) == "a@xb"
        assert not box.suggestion


async def test_a_name_is_not_completed_where_the_cursor_has_gone_elsewhere(open_desk: Open) -> None:
    async with open_desk() as desk:
        await desk.press("n", "at", *"anx", "left", "right", "right")
        assert text(desk) == "@anx"
        await desk.press("left", "right", "backspace", "left", "tab")
        assert text(desk) == "@an"


# -- own notes


async def test_an_own_note_is_changed(open_desk: Open, session: FakeSession) -> None:
    show_three(session)
    async with open_desk() as desk:
        await desk.press("n", *"new", "ctrl+o")
        assert text(desk) == OWN.text
        await desk.press("ctrl+s")
        assert "it says that already" in desk.said()
        await desk.press("!", "ctrl+s")
        assert (sent(session).note_id, sent(session).note) == ("n3", f"{OWN.text}!")


async def test_what_was_typed_for_each_note_stays(open_desk: Open, session: FakeSession) -> None:
    show_three(session)
    async with open_desk() as desk:
        await desk.press("n", *"new", "ctrl+o", "!", "ctrl+o")
        assert text(desk) == "new"
        await desk.press("ctrl+o")
        assert text(desk) == f"{OWN.text}!"
        await desk.press("escape", "n")
        assert text(desk) == "new"
        await desk.press("ctrl+o")
        assert text(desk) == f"{OWN.text}!"


async def test_an_own_note_is_deleted(open_desk: Open, session: FakeSession) -> None:
    show_three(session)
    async with open_desk() as desk:
        await desk.press("n", "ctrl+r")
        assert "not written yet" in desk.said()
        await desk.press("ctrl+o", "ctrl+r")
        assert session.sent == [NoteDeletion((first(session),), "n3", OTHERS.at)]


@pytest.mark.parametrize(
    ("notes", "says"),
    [
        ((), "there is no note here yet"),
        ((OTHERS,), "the last note here is bo's: only who wrote a note can change it"),
        ((OLD, OTHERS), "too late: your last note here could be changed until"),
    ],
)
async def test_why_none_can_be_changed_is_said(
    open_desk: Open, session: FakeSession, notes: tuple[object, ...], says: str
) -> None:
    if notes:
        show(session, *notes)  # type: ignore[arg-type]
    async with open_desk() as desk:
        await desk.press("n", "ctrl+o")
        assert says in desk.said()


async def test_a_change_that_comes_too_late_becomes_a_new_note(open_desk: Open, session: FakeSession) -> None:
    show_three(session)
    async with open_desk() as desk:
        await desk.press("n", "ctrl+o", "!")
        session.minutes = 12
        await desk.press("ctrl+r")
        assert "too late: a note can be deleted for 15 minutes" in desk.said()
        await desk.press("ctrl+s")
        assert "too late: a note can be changed for 15 minutes" in desk.said()
        await desk.press("ctrl+o", "ctrl+s")
        assert (sent(session).note_id, sent(session).note) == ("", f"{OWN.text}!")


async def test_own_notes_are_of_one_order(open_desk: Open) -> None:
    async with open_desk() as desk:
        await desk.press("space", "space", "n", "ctrl+o")
        assert "one order at a time" in desk.said()


async def test_for_how_long_it_can_be_taken_back_is_said_in_minutes(open_desk: Open, session: FakeSession) -> None:
    async with open_desk() as desk:
        await desk.press("n", *"hi", "ctrl+s")
        session.settle(ActionState.DONE, undo_for=timedelta(minutes=15))
        await desk.pilot.pause()
        assert "noted; u takes it back for 15 min" in desk.hint


# -- templates


async def test_a_template_is_filled_in_at_the_cursor(open_desk: Open, session: FakeSession) -> None:
    async with open_desk(templates=TEMPLATES) as desk:
        await desk.press("n", *"so: ", "ctrl+t")
        assert isinstance(desk.dialog, TemplatesDialog)
        await desk.press(*"two", "enter")
        order = session.orders[first(session)]
        assert text(desk) == f"so: {order.customer_name} asks for {order.order_number} in two parcels."


async def test_what_is_of_one_order_is_no_template_for_several(open_desk: Open) -> None:
    async with open_desk(templates=TEMPLATES) as desk:
        await desk.press("space", "space", "n", "ctrl+t", "enter")
        assert "of one order" in desk.said()
        await desk.press(*"thanks", "enter")
        assert text(desk) == "ana has thanked them."


async def test_where_there_is_no_template_it_says_so(open_desk: Open) -> None:
    async with open_desk() as desk:
        await desk.press("n", "ctrl+t")
        assert desk.said() == NONE


# -- the editor


@pytest.fixture
def edited(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """An editor that returns these, one after the other, on a terminal that can be lent."""
    given: list[str] = []

    async def lent(_app: object, editor: Editor, text: str) -> str:
        given.append(text)
        return given.pop(0)

    monkeypatch.setattr("orders_tui.dialogs.outside_editor._lent", lent)
    return given


async def test_what_comes_back_stands_in_the_text(open_desk: Open, session: FakeSession, edited: list[str]) -> None:
    async with open_desk() as desk:
        await desk.press("n", *"old")
        edited.append("new\nlines")
        await desk.press("ctrl+g")
        assert text(desk) == "new\nlines"
        await desk.press("ctrl+z")
        assert text(desk) == "old"
        assert edited == ["old"], "what the editor got"


async def test_a_line_takes_what_comes_back_in_one(open_desk: Open, edited: list[str]) -> None:
    async with open_desk() as desk:
        await desk.press("number_sign")
        edited.append("rush,\n  gift \n")
        await desk.press("ctrl+g")
        assert desk.dialog.query_one(Input).value == "rush, gift"


async def test_what_is_too_long_for_a_line_is_said_and_not_lost(open_desk: Open, edited: list[str]) -> None:
    async with open_desk() as desk:
        await desk.press("a", "x")
        edited.append("y" * 300)
        await desk.press("ctrl+g")
        assert "takes at most 120 characters, the editor brought 300" in desk.said()
        assert desk.dialog.query_one(Input).value == "x"
        edited.clear()
        await desk.press("ctrl+g")
        assert "the editor brought 300" in desk.said()


async def test_on_the_desk_the_key_writes_a_note(open_desk: Open, session: FakeSession, edited: list[str]) -> None:
    async with open_desk() as desk:
        edited.append("from outside")
        await desk.press("ctrl+g")
        assert isinstance(desk.dialog, NoteDialog)
        await desk.press("ctrl+s")
        assert sent(session).note == "from outside"


async def test_the_note_for_support_is_written_outside_too(
    open_desk: Open, session: FakeSession, edited: list[str]
) -> None:
    async with open_desk() as desk:
        edited.append("split it")
        await desk.press("s", "ctrl+g", "ctrl+s")
        assert isinstance(session.sent[-1], SupportDraft)
        assert session.sent[-1].note == "split it"


async def test_what_comes_to_be_known_meanwhile_is_offered(open_desk: Open, session: FakeSession) -> None:
    async with open_desk() as desk:
        await desk.press("n", "at", *"zo")
        assert "ctrl+o" not in desk.dialog.query_one(HintBar).text
        session.people = (*session.people, Owner(name="zoe", open_orders=0))
        session.tell(changes.PeopleChanged())
        show_three(session)
        session.tell(changes.DetailChanged(first(session)))
        await desk.press("backspace", "o")
        assert desk.dialog.query_one(TextBox).suggestion == "e"
        assert "ctrl+o yours of 13:54" in desk.dialog.query_one(HintBar).text


async def test_why_no_editor_opens_is_said(open_desk: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EDITOR", "true")
    monkeypatch.delenv("VISUAL", raising=False)
    async with open_desk() as desk:
        await desk.press("n", *"x", "ctrl+g")
        assert desk.said() == NOT_LENT
        monkeypatch.setenv("EDITOR", "")
        await desk.press("ctrl+g")
        assert "no editor is named" in desk.said()
        await desk.press("escape", "Y", "ctrl+g")
        assert desk.said() == NO_FIELD


async def test_a_secret_is_written_to_no_file(
    open_desk: Open, session: FakeSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.tui.screens.scenes import _signed_out

    monkeypatch.setenv("EDITOR", "true")
    _signed_out(session)
    async with open_desk() as desk:
        await desk.press("enter", "ctrl+g")
        assert desk.said() == UNWRITTEN
