"""The desk without a screen does the desk's work, line by line, and says why where it cannot."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.tui.plain.talk import Talk, talk
from tests.tui.screens import address_data, desk_data, note_scenes, shipping_data
from tests.tui.screens.desk_data import NOW
from tests.tui.screens.fake_session import FakeSession
from tests.tui.screens.test_hostile_text import EVIL, OBEYED

from orders_tui.actions.address import AddressDraft
from orders_tui.actions.assign import AssignDraft
from orders_tui.actions.fulfill import FulfillDraft
from orders_tui.actions.hold import HoldDraft
from orders_tui.actions.inventory import InventoryDraft
from orders_tui.actions.note import NoteDeletion, NoteDraft
from orders_tui.actions.release import ReleaseDraft
from orders_tui.actions.returns import ReturnsDraft
from orders_tui.actions.support import SupportDraft
from orders_tui.actions.tags import TagsDraft
from orders_tui.actions.tracking import TrackingDraft
from orders_tui.api.client import SyncApi
from orders_tui.commands import BUILT_IN, Command
from orders_tui.config import Config
from orders_tui.errors import Unreachable
from orders_tui.feed import ConnectionState
from orders_tui.plain import acting, desk
from orders_tui.plain.console import WIDTH, cells
from orders_tui.plain.forms.registry import FORMS
from orders_tui.plain.not_here import NOT_HERE
from orders_tui.session.log import ActionState
from orders_wire.orders import Money, ReturnSummary
from orders_wire.vocabulary import ActionName, HoldReason, ReturnAction, ReturnState, Role, Tab


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nobody answers what is sent: it is not waited for. Views are saved nowhere else."""
    monkeypatch.setattr("orders_tui.paths.views_folder", lambda _: tmp_path)
    for name in ("SETTLES_S", "RUN_S"):
        monkeypatch.setattr(acting, name, 0.01)
    monkeypatch.setattr("orders_tui.plain.prompt.LEAVING_S", 0.01)
    for name in ("ANSWER_S", "FRESH_S"):
        monkeypatch.setattr(desk, name, 0.01)


@pytest.fixture
def session() -> FakeSession:
    return FakeSession(page_size=10)


def ids(session: FakeSession, *numbers: int) -> tuple[str, ...]:
    return tuple(session.table.view.rows[number - 1].order.id for number in numbers)


def test_every_command_of_the_registry_works_or_says_why_it_does_not(session: FakeSession) -> None:
    handlers = Talk(session).prompt.handlers
    assert set(handlers) | set(NOT_HERE) == set(BUILT_IN.by_id)
    assert not set(handlers) & set(NOT_HERE)
    assert set(FORMS) == set(ActionName) - {ActionName.UNDO}


@pytest.mark.parametrize("command", BUILT_IN, ids=lambda command: command.id)
async def test_every_word_is_answered(session: FakeSession, command: Command) -> None:
    said = await talk(session, command.word, "cancel", "", "cancel", "")
    asked = said.partition(f": {command.word}\n")[2]
    assert asked.strip(), "nothing was said"
    if command.id in NOT_HERE:
        assert NOT_HERE[command.id].split()[0] in asked


async def test_orders_are_listed_page_by_page_with_numbers_that_go_on(session: FakeSession) -> None:
    said = await talk(session, "", "more")
    assert "Unfulfilled: 1 to 10 of 100, page 1 of 10" in said
    assert "\n1. #104233 " in said
    assert "\n11. #" in said
    assert "\n30. #" in said


async def test_a_number_means_the_order_that_was_listed_with_it(session: FakeSession) -> None:
    meant = ids(session, 3)[0]
    number = session.orders[meant].order_number

    def shift() -> str:
        session.remove_order(ids(session, 2)[0])
        session.remove_order(ids(session, 1)[0])
        return "3"

    said = await talk(session, shift)
    assert said.partition(": 3\n")[2].startswith(f"{number} ")


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("99", "99 is not in the list; it has 1 to 10"),
        ("3x", "3x is no number of the list"),
        ("#7", "#7 cannot be opened: "),
        ("mark #7", "#7 is not in the list; filter 7 looks for it"),
        ("cancel", "nothing is being asked; quit leaves the desk"),
        ("zzqx", "there is no command zzqx; help lists every word"),
        ("thme", "there is no command thme (did you mean theme?); help lists every word"),
        ("srot -ship_by", "there is no command srot (did you mean sort?)"),
        ("tab overdeu", "there is no tab overdeu (did you mean overdue?)"),
        ("theme light", "there is no colour here"),
        ("sort -shipby", "there is no field to sort by -shipby (did you mean -ship_by?)"),
        ("filter staus:x", "there is no staus: (did you mean status?)"),
        ("hold froud", "there is no reason froud (did you mean fraud?)"),
    ],
)
async def test_what_cannot_be_read_says_what_is_allowed(session: FakeSession, typed: str, words: str) -> None:
    assert words in " ".join((await talk(session, typed)).split())
    assert session.sent == []


async def test_the_words_of_the_line_do_the_same_here(session: FakeSession) -> None:
    said = await talk(session, ":tab overdue", "sort -ship_by", "search owner:bo", "views late", "q", "never asked")
    assert "Overdue: 1 to" in said
    assert "by ship by, descending" in said
    assert "owner: bo" in said
    assert session.table.view.query.tab is Tab.OVERDUE
    assert session.table.view.query.filters.owner == "unassigned"
    assert "never asked" not in said


async def test_several_are_marked_and_given_to_somebody(session: FakeSession) -> None:
    wanted = ids(session, 1, 4, 5)
    said = await talk(session, "mark 1 4-5", "assign", "anton")
    assert "3 marked" in said
    draft = session.sent[-1]
    assert isinstance(draft, AssignDraft)
    assert (draft.order_ids, draft.assignee) == (wanted, "anton")
    assert set(draft.versions) == set(wanted)


async def test_without_marks_or_an_open_order_it_is_asked_which(session: FakeSession) -> None:
    await talk(session, "support", "2", "asks for her parcel")
    draft = session.sent[-1]
    assert isinstance(draft, SupportDraft)
    assert (draft.order_ids, draft.note) == (ids(session, 2), "asks for her parcel")


async def test_a_note_is_written_in_as_many_lines_as_it_needs(session: FakeSession) -> None:
    said = await talk(session, "mark 1-2", "note", "called, @anton knows\\", "and mailed")
    assert "tells anton" in said
    note = NoteDraft(ids(session, 1, 2), "called, @anton knows\nand mailed", at=NOW, by="ana")
    assert session.sent == [note]
    said = await talk(session, "1", "note asked twice", "note", "")
    assert session.sent[-1] == NoteDraft(ids(session, 1), "asked twice", at=NOW, by="ana")
    assert "a note says something; nothing is sent" in said


async def test_an_own_note_is_changed_and_deleted(session: FakeSession) -> None:
    order_id = note_scenes.show(session, note_scenes.OTHERS, note_scenes.OWN)
    said = await talk(session, "1", "note", "2", "she takes the red one", "note", "3")
    assert "2 notes" in said
    assert "If there is none left: @bo knows the supplier." in said
    assert "change yours of 13:54: Called her: she takes the green one, and" in " ".join(said.split())
    change = NoteDraft((order_id,), "she takes the red one", "n3", at=NOW, by="ana")
    assert session.sent == [change, NoteDeletion((order_id,), "n3")]


async def test_what_is_outward_is_said_and_sent_only_for_a_whole_yes(session: FakeSession) -> None:
    fill = ("1", "fulfil", "", "00340434292135100186", "", "no")
    said = " ".join((await talk(session, *fill, "y")).split())
    assert "it looks like DHL: 20 digits, check digit ok" in said
    assert "goes to Shopify after 10 s; undo takes it back" in said
    assert "not sent; the draft is kept" in said
    assert session.sent == []
    said = await talk(session, "1", "fulfil", "yes", "yes")
    assert "a draft was kept" in said
    draft = session.sent[-1]
    assert isinstance(draft, FulfillDraft)
    assert draft.parcels[draft.order_ids[0]].carrier == "DHL"


async def test_what_is_offered_can_be_left_out(session: FakeSession) -> None:
    said = await talk(session, "1", "fulfil 00340434292135100186", "", "none", "no", "yes")
    assert "tracking number, none for none [00340434292135100186]:" in " ".join(said.split())
    draft = session.sent[-1]
    assert isinstance(draft, FulfillDraft)
    assert draft.parcels == {}


async def test_returns_say_how_long_their_state_lasts_and_refunds_how_much(session: FakeSession) -> None:
    first = session.orders[ids(session, 1)[0]]
    returned = ReturnSummary(id="R1", state=ReturnState.INSPECTION, reason="other", since=desk_data.ago(72))
    session.change_order(first.id, return_=returned, refunded=Money(amount="12.50", currency="EUR"))
    said = " ".join((await talk(session, "")).split())
    assert "return's state 3d old, 12.50 EUR refunded" in said


async def test_figures_are_those_of_the_page(session: FakeSession) -> None:
    said = " ".join((await talk(session, "pulse")).split())
    assert session.table.summary is not None
    metrics = session.table.summary.metrics
    assert metrics.overdue_pct > 0.05
    assert f"{metrics.overdue} overdue ({100 * metrics.overdue_pct:.0f}%)" in said


async def test_a_part_is_sent_line_by_line(session: FakeSession) -> None:
    shipping_data.show_mixed(session)
    said = await talk(session, "1", "fulfil", "1=99", "x=1", "1=1", "", "no", "yes")
    assert "of line 1 at most" in said
    assert "x=1 is not LINE=UNITS" in said
    draft = session.sent[-1]
    assert isinstance(draft, FulfillDraft)
    (part,) = draft.parts.values()
    assert [units for _, units in part.units] == [1]


async def test_every_other_action_has_its_questions(session: FakeSession) -> None:
    shipping_data.show_parcels(session)
    await talk(session, "1", "parcels", "1", "1Z999AA10123456784", "", "no", "yes")
    assert isinstance(session.sent[-1], TrackingDraft)
    await talk(session, "2", "hold fraud", "looks odd", "3d", "1", "yes")
    held = session.sent[-1]
    assert isinstance(held, HoldDraft)
    assert (held.reason, held.note, held.typed) == (HoldReason.FRAUD, "looks odd", "3d")
    await talk(session, "2", "tag rush, -gift", "yes")
    tagged = session.sent[-1]
    assert isinstance(tagged, TagsDraft)
    assert (tagged.add, tagged.remove) == (("rush",), ("gift",))
    await talk(session, "stock TEE-BLK-M", "", "yes")
    assert isinstance(session.sent[-1], InventoryDraft)
    await talk(session, "mark 1-3", "release", "", "yes")
    assert isinstance(session.sent[-1], ReleaseDraft)


async def test_an_address_keeps_what_is_left_blank(session: FakeSession) -> None:
    address_data.show(session)
    await talk(session, "1", "address", *[""] * 3, "New Street 1", *[""] * 6, "yes")
    draft = session.sent[-1]
    assert isinstance(draft, AddressDraft)
    assert draft.address["address1"] == "New Street 1"
    assert draft.address["city"] == address_data.THERE.city


async def test_money_is_said_and_a_large_amount_is_typed(session: FakeSession) -> None:
    session.table.open_tab(Tab.RETURNS)
    returns = ((number, row.order.return_) for number, row in enumerate(session.table.view.rows, start=1))
    found = ((number, each) for number, each in returns if each and ReturnAction.APPROVE_REFUND in each.allowed_actions)
    at, wanted = next(found)
    amount = f"{wanted.refund_amount:.2f}"
    said = await talk(session, str(at), "return", "approve", "1", "yes", typed_amount_above=1.0)
    assert f"1 is not {amount}; nothing is sent" in said
    assert session.sent == []
    said = await talk(session, str(at), "return", "approve", amount, "", "yes", typed_amount_above=1.0)
    assert "approve refund: the refund is" in " ".join(said.split())
    draft = session.sent[-1]
    assert isinstance(draft, ReturnsDraft)
    assert draft.move is ReturnAction.APPROVE_REFUND


async def test_undo_takes_the_last_action_back_and_a_return_is_never_repeated(session: FakeSession) -> None:
    def answered() -> str:
        session.settle()
        return "undo"

    said = await talk(session, "1", "mine", answered, "log")
    assert "#104233 assigned to ana; undo takes it back for 9 s" in said
    assert "taking back: assigned to ana" in said
    assert "undone" in said.partition("what was done here")[2]


async def test_a_refusal_a_conflict_and_a_lost_line_are_each_a_sentence(session: FakeSession) -> None:
    def refuse() -> str:
        session.settle(ActionState.FAILED, message="changed by bo meanwhile")
        session.set_line(state=ConnectionState.OFFLINE, since=session.now(), reason="no answer")
        return "mine"

    said = await talk(session, "1", "mine", refuse, "assign bo")
    assert "#104233 not assigned to ana: changed by bo meanwhile" in said
    assert "connection: offline since" in said
    assert "offline: reading only" in said
    assert len(session.sent) == 1
    assert session.drafts.all()


async def test_what_a_role_or_a_read_only_desk_may_not_do_is_said(session: FakeSession) -> None:
    assert "read only" in await talk(session, "1", "fulfil", read_only=True)
    session.me_now = desk_data.ME.model_copy(update={"role": Role.VIEWER})
    assert "assign needs the role operator; you are viewer" in await talk(session, "1", "assign bo")
    assert session.sent == []


async def test_all_open_alerts_are_counted_and_none_names_its_order_twice(session: FakeSession) -> None:
    first, *_ = (event for event in desk_data.alert_events() if event.order_number)
    raised = first.model_copy(
        update={"alert_id": "new", "id": "k3f9-99", "message": f"{first.order_number}: return R1 waits"}
    )
    session.alerts.absorb(raised)
    assert session.summary_now is not None
    session.summary_now = session.summary_now.model_copy(update={"alerts_total": 165})
    said = await talk(session, "alerts")
    assert "165 alerts are open" in said
    assert f"{first.order_number}, return R1 waits" in said


async def test_an_alert_is_told_before_the_next_question_and_never_into_one(session: FakeSession) -> None:
    def alarm() -> str:
        for event in desk_data.alert_events()[:1]:
            raised = event.model_copy(update={"alert_id": "new", "id": "k3f9-99", "message": "it burns"})
            session.alerts.absorb(raised)
        return "log"

    said = await talk(session, alarm, "alerts")
    asked, told = said.index(": log\n"), said.index("alert: ")
    assert said.index("nothing was done yet") < told < said.index(": alerts\n")
    assert asked < told
    assert "it burns" in said


async def test_the_outbox_is_decided_on_by_number(session: FakeSession) -> None:
    said = await talk(session, "outbox", "1", "1")
    assert "it is tried again" in said


async def test_another_shop_is_gone_to_once_its_server_has_answered(
    session: FakeSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = Config(server="http://127.0.0.1:9")
    conversation = Talk(session, ["shop b", "shop a", "never asked"])
    conversation.desk.load = lambda name: there
    monkeypatch.setattr(desk, "profiles", lambda: ["a", "b"])
    answers = iter([Unreachable("no server answers"), None])

    async def me(_: SyncApi) -> None:
        if problem := next(answers):
            raise problem

    monkeypatch.setattr(SyncApi, "me", me)
    said = await conversation.run()
    assert "b cannot be gone to: no server answers" in said
    assert "never asked" not in said
    assert conversation.prompt.goes_to is there


async def test_leaving_is_clean_however_it_is_done(session: FakeSession) -> None:
    for typed in ((), ("quit",), ("q",), ("fulfil",)):
        assert (await talk(session, *typed)).rstrip().endswith("left")


async def test_hostile_text_reaches_no_terminal_and_no_line_is_too_wide(session: FakeSession) -> None:
    for order_id, text in zip(list(session.orders), EVIL, strict=False):
        session.know(
            session.orders[order_id].model_copy(update={"customer_name": text, "tags": [text], "assigned_to": text})
        )
    said = await talk(
        session, "1", "more", "alerts", "pulse", "timeline", "help", "\x1b]52;c;aGk=\x07", "assign \x1b[2J"
    )
    for line in said.split("\n"):
        assert not OBEYED & set(map(ord, line)), line
        assert cells(line.rpartition(": ")[0]) <= WIDTH
    assert session.sent == []


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.one_of(st.text(max_size=30), st.sampled_from([c.word for c in BUILT_IN] + ["1", "yes", ""])), max_size=12
    )
)
async def test_whatever_is_typed_the_desk_goes_on(lines: list[str]) -> None:
    said = await talk(FakeSession(page_size=5), *lines)
    assert said.rstrip().splitlines()[-1].startswith("left")


def test_it_needs_no_screen_library() -> None:
    code = "import sys, orders_tui.plain.run; sys.exit('textual' in sys.modules or 'rich' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
