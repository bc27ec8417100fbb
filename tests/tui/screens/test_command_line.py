"""`:` and the palette: what was typed or chosen is done, and nothing else."""

from __future__ import annotations

import pytest
from tests.tui.screens.desk_driver import Desk, Open
from tests.tui.screens.fake_session import FakeSession
from textual.widgets import Input

from orders_tui.actions.assign import AssignDraft
from orders_tui.commands import BUILT_IN
from orders_tui.dialogs.command_line import CommandLine, Palette
from orders_tui.dialogs.fulfill import FulfillDialog
from orders_tui.dialogs.hold import HoldDialog
from orders_tui.feed import ConnectionState
from orders_tui.session import changes
from orders_tui.widgets.line_list import LineList
from orders_wire.people import Owner
from orders_wire.vocabulary import Role, Tab

BOTH = pytest.mark.parametrize("opens", ["colon", "ctrl+p"])


async def open_with(desk: Desk, opens: str, typed: str, *keys: str) -> None:
    await desk.press(opens)
    await desk.type(typed)
    await desk.press(*keys)


def typed(desk: Desk) -> str:
    return desk.app.screen.query_one(Input).value


def line(desk: Desk, number: int) -> str:
    return desk.app.screen.query_one(LineList).render_line(number).text


@BOTH
@pytest.mark.parametrize("typed", ["srt -ship_by", "sor -ship_by", "sort -ship_by"])
async def test_a_command_is_found_by_what_is_like_it(
    open_desk: Open, session: FakeSession, opens: str, typed: str
) -> None:
    async with open_desk() as desk:
        await open_with(desk, opens, typed, "enter")
        assert str(session.table.view.query.sort) == "-ship_by"


@BOTH
async def test_tabs_and_themes_are_opened_by_name(open_desk: Open, session: FakeSession, opens: str) -> None:
    async with open_desk() as desk:
        for named, theme in (("theme light", "desk-light"), ("theme nord", "nord"), ("theme dar", "desk-dark")):
            await open_with(desk, opens, named, "enter")
            assert desk.app.theme == theme
        await open_with(desk, opens, "tab overdue", "enter")
        assert session.table.view.query.tab is Tab.OVERDUE


@BOTH
@pytest.mark.parametrize("typed", ["q", "quit"])
async def test_quit_quits(open_desk: Open, opens: str, typed: str) -> None:
    async with open_desk() as desk:
        await open_with(desk, opens, typed, "enter")
        assert not desk.app.is_running or desk.app._exit


@BOTH
@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("zzqx", "there is no command zzqx"),
        ("theme nordd", "there is no theme nordd (did you mean nord?)"),
        ("tab overdeu", "there is no tab overdeu (did you mean overdue?); there are all, unfulfilled"),
        ("search staus:x", "there is no staus: (did you mean status?)"),
    ],
)
async def test_what_is_wrong_is_said_and_stays_to_be_mended(
    open_desk: Open, session: FakeSession, opens: str, typed: str, words: str
) -> None:
    async with open_desk() as desk:
        before = session.table.view.query, desk.app.theme
        await open_with(desk, opens, typed, "tab", "enter")
        assert words in desk.said()
        assert desk.app.screen.query_one(Input).value == typed
        assert (session.table.view.query, desk.app.theme) == before


async def test_its_own_examples_are_commands(open_desk: Open) -> None:
    for dialog in (CommandLine, Palette):
        examples = dialog.EXAMPLES.removeprefix("a word, or a whole command: ").removesuffix(" …").split(", ")
        assert len(examples) >= 2
        for example in examples:
            command, _, argument = BUILT_IN.parse_line(example)
            assert command is not None, example
            assert not argument or command.argument, example


async def test_tab_completes_word_and_argument_and_enter_does_what_stands_there(
    open_desk: Open, session: FakeSession
) -> None:
    async with open_desk() as desk:
        await desk.press("colon", *"assi", "tab")
        assert typed(desk) == "assign "
        assert line(desk, 0).split() == ["assign", "ana", "you"]
        await desk.press("b", "tab")
        assert typed(desk) == "assign bo "
        await desk.press("enter")
        assert isinstance(session.sent[-1], AssignDraft)
        assert session.sent[-1].assignee == "bo"


async def test_what_stands_there_is_done_and_not_what_is_offered(open_desk: Open, session: FakeSession) -> None:
    session.people = (*session.people, Owner(name="anabel", open_orders=1))
    async with open_desk() as desk:
        await desk.press("colon")
        await desk.type("assign anabe")
        assert "enter assign anabe " in desk.said("keys")
        await desk.press("enter")
        assert session.sent == []
        assert typed(desk) == "anabe"


async def test_what_was_chosen_with_the_arrows_is_done_until_something_is_typed(
    open_desk: Open, session: FakeSession
) -> None:
    async with open_desk() as desk:
        await open_with(desk, "colon", "sort ", "down", "down")
        chosen = line(desk, 1).split("▸")[1].split("  ")[0].strip()
        assert f"enter {chosen}" in desk.said("keys")
        await desk.press("enter")
        assert f"sort {session.table.view.query.sort}" == chosen
        await open_with(desk, "colon", "sort -pla", "down", "c", "enter")
        assert str(session.table.view.query.sort) == "-placed_at"


async def test_the_order_of_now_is_offered_the_other_way_first(open_desk: Open) -> None:
    async with open_desk() as desk:
        desk.screen.perform("find.sort", "-ship_by")
        await open_with(desk, "colon", "sort ", "down", "enter")
        assert str(desk.session.table.view.query.sort) == "ship_by"


async def test_values_come_from_what_the_client_knows(open_desk: Open) -> None:
    async with open_desk() as desk:
        desk.screen.perform("view.save", "late ones")
        wanted = {
            "assign ant": "assign anton",
            "tag wh": "tags wholesale",
            "views la": "views late ones",
            "theme mono": "theme monokai",
            "hold cus": "hold customer",
            "search country:DE owner:ant": "search country:DE owner:anton",
            "columns pla": "columns placed",
            "stock ": "inventory ",
        }
        for begun, whole in wanted.items():
            await open_with(desk, "colon", begun)
            assert whole in line(desk, 0), begun
            await desk.press("escape")


async def test_a_column_is_shown_and_hidden_by_name(open_desk: Open) -> None:
    async with open_desk() as desk:
        keys = desk.screen.work.preferences.columns_of(Tab.UNFULFILLED)
        await open_with(desk, "colon", "columns placed", "enter")
        assert desk.screen.work.preferences.columns_of(Tab.UNFULFILLED) == (*keys, "placed")
        await open_with(desk, "colon", "columns -placed", "enter")
        assert desk.screen.work.preferences.columns_of(Tab.UNFULFILLED) == keys


async def test_nothing_typed_does_nothing(open_desk: Open, session: FakeSession) -> None:
    async with open_desk() as desk:
        await desk.press("colon", "a", "backspace", "enter")
        assert session.sent == []
        assert isinstance(desk.app.screen, CommandLine)


async def test_five_thousand_hostile_characters_do_no_harm(open_desk: Open, session: FakeSession) -> None:
    text = ("\x1b]52;c;aGk=\x07\u202e[/x]" + "tag ,-a" * 10) * 60
    async with open_desk() as desk:
        await open_with(desk, "colon", text[:5000], "enter")
        assert "at most 500 characters" in desk.said()
        await open_with(desk, "backspace", "sort " + "s" * 450, *"hip", "tab", "down", "up", "enter")
        assert isinstance(desk.app.screen, CommandLine)
        assert session.sent == []


async def test_the_palette_has_what_works_here_with_keys_and_why_the_rest_does_not(
    open_desk: Open, session: FakeSession
) -> None:
    session.me_now = session.me_now.model_copy(update={"role": Role.VIEWER}) if session.me_now else None
    async with open_desk() as desk:
        await desk.press("ctrl+p")
        await desk.type("fulf")
        assert "fulfill number needs the role operator; you are viewer" in " ".join(line(desk, 0).split())
        await desk.press("enter")
        assert "needs the role operator" in desk.said()
        await desk.press("escape", "enter", "ctrl+p")
        await desk.type("sort")
        assert "find.sort" not in {offer.command.id for offer in desk.app.screen.offered()}  # type: ignore[attr-defined]


async def test_offline_a_command_that_sends_says_so_before_it_is_chosen(open_desk: Open, session: FakeSession) -> None:
    async with open_desk() as desk:
        session.set_line(state=ConnectionState.OFFLINE, since=session.now())
        await open_with(desk, "colon", "fulfil", "enter")
        assert "reading only" in desk.said()
        assert not isinstance(desk.app.screen, FulfillDialog)


async def test_people_who_come_meanwhile_change_no_line_under_the_finger(open_desk: Open, session: FakeSession) -> None:
    async with open_desk() as desk:
        await open_with(desk, "colon", "assign ", "down", "down")
        before = line(desk, 1)
        session.people = (Owner(name="aaron", open_orders=1), *session.people)
        session.tell(changes.PeopleChanged())
        await desk.pilot.pause()
        assert line(desk, 1) == before


@pytest.mark.parametrize(("typed", "found"), [("srt", "find.sort"), ("S", "find.sort"), ("escalate", "order.support")])
async def test_the_help_finds_keys_words_and_what_is_like_them(open_desk: Open, typed: str, found: str) -> None:
    async with open_desk() as desk:
        await desk.press("question_mark")
        await desk.type(typed)
        assert desk.dialog.current == found


@BOTH
async def test_on_an_order_what_only_the_desk_does_says_so(open_desk: Open, session: FakeSession, opens: str) -> None:
    async with open_desk() as desk:
        await desk.press("enter")
        await open_with(desk, opens, "tab overdue", "enter")
        assert "does nothing here" in desk.said()
        assert session.table.view.query.tab is Tab.UNFULFILLED
        await open_with(desk, "escape", "", opens)
        await desk.type("hold cus")
        await desk.press("enter")
        assert isinstance(desk.app.screen, HoldDialog)


async def test_where_enter_cancels_an_order_escape_is_called_something_else(open_desk: Open) -> None:
    async with open_desk() as desk:
        for typed, leaves in (("cancel fraud", "leave it"), ("cancel", "leave it"), ("theme light", "cancel")):
            await open_with(desk, "colon", typed)
            assert desk.hint.endswith(f"esc {leaves}")
            await desk.press("escape")
