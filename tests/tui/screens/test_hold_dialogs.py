"""`H`: what is not held is held, of what is held the holds are shown, and the words claim Shopify only where a row will wait."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from tests.tui.screens import desk_data
from tests.tui.screens.desk_driver import Desk, Open
from tests.tui.screens.fake_session import FakeSession
from tests.tui.screens.hold_scenes import DUE, MINE, OTHERS, PAYMENT, UNITS, held_order, keys, open_order
from textual.geometry import Region
from textual.widgets import Static

from orders_tui.actions.draft import WRITES_OFF
from orders_tui.actions.hold import ONLY_NOTED, HoldDraft
from orders_tui.actions.inventory import InventoryDraft
from orders_tui.actions.release import ReleaseDraft
from orders_tui.dialogs.hold import HoldDialog
from orders_tui.dialogs.release import ReleaseDialog
from orders_tui.screens.desk.layout import Part
from orders_tui.session import changes
from orders_tui.widgets.line_list import LineList
from orders_wire.detail import OutboxEntry
from orders_wire.vocabulary import HoldReason, HoldThen, Issue, OutboundState, Role, Status


def shown(desk: Desk, part: str) -> str:
    lines = desk.dialog.query_one(f"#{part}", LineList)
    return "\n".join(lines.render_line(y).text.rstrip() for y in range(lines.size.height))


def held(session: FakeSession) -> HoldDraft:
    draft = session.sent[-1]
    assert isinstance(draft, HoldDraft)
    return draft


def released(session: FakeSession) -> ReleaseDraft:
    draft = session.sent[-1]
    assert isinstance(draft, ReleaseDraft)
    return draft


# -- which dialog


async def test_the_key_holds_what_is_not_held_and_shows_the_holds_of_what_is(
    open_desk: Open, session: FakeSession
) -> None:
    open_order(session)
    held_order(session, MINE, at=1)
    async with open_desk() as desk:
        await desk.press("H")
        assert isinstance(desk.dialog, HoldDialog)
        await desk.press("escape", "j", "H")
        assert isinstance(desk.dialog, ReleaseDialog)
        await desk.press("ctrl+t")
        assert isinstance(desk.dialog, HoldDialog)
        await desk.press("ctrl+r")
        assert isinstance(desk.dialog, ReleaseDialog)


async def test_the_footer_says_what_the_key_would_do(open_desk: Open, session: FakeSession) -> None:
    open_order(session)
    held_order(session, MINE, at=1)
    async with open_desk() as desk:
        assert "H hold" in desk.hint
        await desk.press("j")
        desk.screen.renderer.draw(Part.ORDER)
        assert desk.hint.startswith("H release")


async def test_a_reason_after_the_word_holds_even_what_is_held(open_desk: Open, session: FakeSession) -> None:
    held_order(session, MINE)
    async with open_desk() as desk:
        await desk.press("colon")
        await desk.type("hold customer")
        await desk.press("enter", "ctrl+s")
        assert held(session).reason is HoldReason.CUSTOMER


# -- holding


async def test_a_reason_has_to_be_chosen_unless_the_order_s_issue_is_one(open_desk: Open, session: FakeSession) -> None:
    order = open_order(session)
    async with open_desk() as desk:
        await desk.press("H", "ctrl+s")
        assert "choose a reason" in desk.said()
        await desk.press("escape")
        session.change_order(order.id, issue=Issue.ADDRESS)
        await desk.press("H", "ctrl+s")
        assert held(session).reason is HoldReason.ADDRESS


async def test_everything_that_is_owed_is_held_without_naming_lines(open_desk: Open, session: FakeSession) -> None:
    open_order(session)
    async with open_desk() as desk:
        await desk.press("H", "j", "j", "enter")
        draft = held(session)
        assert (draft.reason, draft.lines, draft.until) == (HoldReason.INVENTORY, (), None)
        assert draft.versions == {draft.order_ids[0]: session.orders[draft.order_ids[0]].version}


async def test_lines_are_counted_and_only_what_is_not_held_can_be_taken(open_desk: Open, session: FakeSession) -> None:
    lines = (UNITS[0].model_copy(update={"held": 1}), *UNITS[1:])
    held_order(session, DUE, lines=lines)
    async with open_desk() as desk:
        await desk.press("H", "ctrl+t", "j", "tab", "tab", "tab", "plus", "minus", "j", "space")
        assert "1 of 2  T-shirt" in shown(desk, "lines")
        assert "1 held already" in shown(desk, "lines")
        assert "2 of 4 units; goes to Shopify" in desk.said("consequence")
        await desk.press("ctrl+s")
        assert held(session).lines == (("l1", 1), ("l3", 1))


async def test_the_rest_of_an_order_is_named_line_by_line(open_desk: Open, session: FakeSession) -> None:
    held_order(session, DUE, lines=(UNITS[0].model_copy(update={"held": 3}), *UNITS[1:]))
    async with open_desk() as desk:
        await desk.press("H", "ctrl+t", "j")
        assert "Hold the rest of" in desk.said("title")
        await desk.press("ctrl+s")
        assert held(session).lines == (("l2", 1), ("l3", 1))


async def test_the_instant_is_shown_before_it_is_sent_and_is_the_desk_s(open_desk: Open, session: FakeSession) -> None:
    open_order(session)
    session.me_now = desk_data.ME.model_copy(update={"time_zone": "Europe/Berlin"})
    async with open_desk() as desk:
        await desk.press("H", "j", "tab", "tab", *keys("mon 9:00"))
        assert desk.said("resolved").strip() == "Mon 2026-03-16 09:00, in 3 d; then an alert reminds of it"
        await desk.press("ctrl+t")
        assert "released by itself" in desk.said("resolved")
        await desk.press("enter")
        draft = held(session)
        assert (draft.until, draft.then) == (datetime(2026, 3, 16, 8, tzinfo=UTC), HoldThen.RELEASE)


@pytest.mark.parametrize(("typed", "says"), [("today 9:00", "is past"), ("soon", "is no time")])
async def test_a_time_that_cannot_be_keeps_the_dialog_and_says_what_can(
    open_desk: Open, session: FakeSession, typed: str, says: str
) -> None:
    open_order(session)
    async with open_desk() as desk:
        await desk.press("H", "j", "tab", "tab", *keys(typed), "ctrl+s")
        assert says in desk.said()
        assert "mon 9:00" in desk.said()
        assert session.sent == []


async def test_other_needs_a_note(open_desk: Open, session: FakeSession) -> None:
    open_order(session)
    async with open_desk() as desk:
        await desk.press("H", *"jjjjjj", "ctrl+s")
        assert "a note says why" in desk.said()
        await desk.press("tab", *keys("see mail"), "ctrl+s")
        assert (held(session).reason, held(session).note) == (HoldReason.OTHER, "see mail")


async def test_what_was_typed_is_there_again_after_esc(open_desk: Open, session: FakeSession) -> None:
    open_order(session)
    async with open_desk() as desk:
        await desk.press("H", *"jj", "tab", *keys("late"), "tab", *keys("3d"), "ctrl+t", "escape", "H", "ctrl+s")
        draft = held(session)
        assert (draft.reason, draft.note, draft.typed, draft.then) == (
            HoldReason.INVENTORY,
            "late",
            "3d",
            HoldThen.RELEASE,
        )


async def test_lines_that_were_counted_are_there_again_after_esc(open_desk: Open, session: FakeSession) -> None:
    open_order(session)
    async with open_desk() as desk:
        await desk.press("H", "j", "tab", "tab", "tab", "minus", "j", "space", "escape", "H")
        assert "2 of 3" in shown(desk, "lines")
        assert "0 of 1" in shown(desk, "lines")
        await desk.press("ctrl+s")
        assert held(session).lines == (("l1", 2), ("l3", 1))


async def test_note_and_time_of_the_hold_that_is_there_are_filled_in_and_emptied(
    open_desk: Open, session: FakeSession
) -> None:
    held_order(session, MINE, lines=tuple(line.model_copy(update={"held": line.owed}) for line in UNITS))
    async with open_desk() as desk:
        await desk.press("H", "ctrl+t", "j")
        assert "its time stays: Mon 2026-03-16" in desk.said("resolved")
        assert desk.said("consequence") == ONLY_NOTED
        await desk.press("ctrl+s")
        assert held(session).body(None).model_fields_set == {"order_ids", "reason", "lines", "expected_versions"}
        await desk.press("H", "ctrl+t", "j", "tab", "tab", "end", "ctrl+u")
        assert "its time is taken away" in desk.said("resolved")
        await desk.press("ctrl+s")
        body = held(session).body(None)
        assert body.until is None
        assert body.cleared == {"until"}
        assert "note" not in body.model_fields_set


async def test_of_a_part_that_is_held_note_and_time_can_change_alone(open_desk: Open, session: FakeSession) -> None:
    held_order(session, DUE, lines=(UNITS[0].model_copy(update={"held": 2}), *UNITS[1:]))
    async with open_desk() as desk:
        await desk.press("H", "ctrl+t", *"jjjjj")
        assert "goes to Shopify" in desk.said("consequence")
        assert "ctrl+o only note, time" in desk.said("keys")
        await desk.press("ctrl+o")
        assert desk.said("consequence") == ONLY_NOTED
        await desk.press("tab", "tab", "end", "ctrl+u", *keys("3d"), "enter")
        draft = held(session)
        assert (draft.lines, draft.typed, draft.note) == ((("l1", 2),), "3d", "")


async def test_marks_say_how_many_are_held_already_and_hold_the_others(open_desk: Open, session: FakeSession) -> None:
    orders = [open_order(session, at=at) for at in range(2)]
    held_order(session, MINE, at=2)
    closed = open_order(session, at=3)
    session.know(closed.model_copy(update={"status": Status.CANCELLED}))
    async with open_desk() as desk:
        await desk.press(*["space"] * 4, "H", "j")
        assert "Hold 2 of 4 orders" in desk.said("title")
        assert "1 held already (1 address), 1 cancelled" in desk.said("left-out")
        assert "2 go to Shopify" in desk.said("consequence")
        await desk.press("enter")
        assert held(session).order_ids == tuple(order.id for order in orders)


# -- what is said to be sent


async def test_a_hold_of_ours_for_that_reason_is_only_noted_here(open_desk: Open, session: FakeSession) -> None:
    held_order(session, MINE, lines=tuple(line.model_copy(update={"held": line.owed}) for line in UNITS))
    async with open_desk() as desk:
        await desk.press("H", "ctrl+t", "j")
        assert "its time stays: Mon 2026-03-16 08:58" in desk.said("resolved")
        assert "nothing is sent" in desk.said("consequence")
        assert "Shopify" not in desk.said("consequence")
        await desk.press("j")
        assert "goes to Shopify" in desk.said("consequence")
        await desk.press("k", "ctrl+s")
        assert held(session).lines == ()


async def test_another_app_s_hold_for_that_reason_is_not_ours(open_desk: Open, session: FakeSession) -> None:
    foreign = MINE.model_copy(update={"ours": False})
    held_order(session, foreign, lines=tuple(line.model_copy(update={"held": line.owed}) for line in UNITS))
    async with open_desk() as desk:
        await desk.press("H", "ctrl+t", "j")
        assert "goes to Shopify" in desk.said("consequence")


@pytest.mark.parametrize("press", [("H", "j"), ("j", "H")])
async def test_with_writes_off_nothing_is_said_to_go(
    open_desk: Open, session: FakeSession, press: tuple[str, ...]
) -> None:
    open_order(session)
    held_order(session, MINE, at=1)
    session.me_now = desk_data.ME.model_copy(update={"shopify_writes": False})
    async with open_desk() as desk:
        await desk.press(*press)
        assert WRITES_OFF in desk.said("consequence").replace("\n", " ")
        assert "goes to Shopify" not in desk.said("consequence")


# -- releasing


async def test_a_note_that_does_not_fit_is_cut_with_a_sign(open_desk: Open, session: FakeSession) -> None:
    held_order(session, OTHERS.model_copy(update={"note": "the addresses differ; " * 12}))
    async with open_desk() as desk:
        await desk.press("H")
        lines = desk.dialog.query_one("#about", Static).render_lines(Region(0, 0, 76, 4))
        assert [line.text.strip() != "" for line in lines] == [True, True, True, False]
        assert lines[2].text.rstrip().endswith("…")


async def test_ours_are_chosen_and_others_are_tried_only_on_purpose(open_desk: Open, session: FakeSession) -> None:
    held_order(session, MINE, OTHERS, DUE)
    async with open_desk() as desk:
        await desk.press("H")
        holds = shown(desk, "holds")
        assert all(words in holds for words in ("■ @ address", "□ ⚑ fraud", "Fraud Filter", "Mon 08:58", "due 2h"))
        assert "one hold stays, so the order is still held; goes to Shopify" in desk.said("consequence")
        await desk.press("ctrl+s")
        assert (released(session).hold_ids, released(session).frees) == ((MINE.id, DUE.id), False)
        await desk.press("H", "j", "space")
        assert "Shopify may refuse" in desk.said("about")
        assert "free then" in desk.said("consequence")
        await desk.press("ctrl+s")
        assert released(session).hold_ids == (MINE.id, OTHERS.id, DUE.id)


async def test_a_hold_that_was_not_sent_yet_is_withdrawn(open_desk: Open, session: FakeSession) -> None:
    order = held_order(session, MINE.model_copy(update={"id": "orders-desk-act-7"}))
    waits = OutboxEntry(id="o1", target="shopify", kind="hold", state=OutboundState.QUEUED, action_id="act-7")
    session.details[order.id] = session.details[order.id].model_copy(update={"outbox": [waits]})
    async with open_desk() as desk:
        await desk.press("H")
        assert "nothing is sent" in desk.said("consequence")
        assert "Shopify" not in desk.said("consequence")


async def test_where_no_hold_is_ours_one_has_to_be_chosen(open_desk: Open, session: FakeSession) -> None:
    held_order(session, OTHERS.model_copy(update={"by": None}))
    async with open_desk() as desk:
        await desk.press("H")
        assert "another app" in shown(desk, "holds")
        await desk.press("ctrl+s")
        assert "space chooses one" in desk.said()
        assert session.sent == []


async def test_that_a_lead_is_needed_is_said_before_it_is_sent(open_desk: Open, session: FakeSession) -> None:
    held_order(session, PAYMENT, MINE)
    session.me_now = desk_data.ME.model_copy(update={"role": Role.OPERATOR})
    async with open_desk() as desk:
        await desk.press("H")
        assert "only a lead releases it; you are operator" in desk.said("about")
        await desk.press("space", "ctrl+s")
        assert (released(session).hold_ids, released(session).frees) == ((MINE.id,), False)
        assert released(session).order_ids


async def test_of_several_the_holds_of_this_desk_end(open_desk: Open, session: FakeSession) -> None:
    for at, hold in enumerate((MINE, OTHERS, PAYMENT)):
        held_order(session, hold, at=at)
    session.me_now = desk_data.ME.model_copy(update={"role": Role.OPERATOR})
    async with open_desk() as desk:
        await desk.press(*["space"] * 3, "H")
        assert "Release 2 of 3 orders" in desk.said("title")
        assert "1 held for payment: only a lead" in desk.said("about")
        words = desk.said("consequence").replace("\n", " ")
        assert "those of other apps stay; goes to Shopify" in words
        await desk.press("ctrl+s")
        assert (released(session).hold_ids, len(released(session).order_ids)) == ((), 2)


async def test_holds_that_come_later_take_their_place(open_desk: Open, session: FakeSession) -> None:
    order = held_order(session, MINE, OTHERS)
    session.details_known = False
    detail = session.details.pop(order.id)
    async with open_desk() as desk:
        await desk.press("H")
        assert "loading its holds" in desk.said("about")
        session.details_known, session.details[order.id] = True, detail
        session.tell(changes.DetailChanged(order.id))
        await desk.pilot.pause()
        assert "■ @ address" in shown(desk, "holds")
        await desk.press("ctrl+s")
        assert released(session).hold_ids == (MINE.id,)


# -- stock-outs


async def test_a_stock_out_says_how_many_orders_it_will_hold(open_desk: Open, session: FakeSession) -> None:
    open_order(session, (UNITS[0].model_copy(update={"short": 2}), UNITS[2].model_copy(update={"sku": "WRAP"})))
    async with open_desk() as desk:
        await desk.press("i")
        assert shown(desk, "skus").startswith("▸ TEE-BLK-M")
        assert desk.said("consequence").startswith("12 orders owe it and are held")
        await desk.press("ctrl+t")
        assert desk.said("consequence").startswith("1 order owes it and is held")
        await desk.press("ctrl+t", "down")
        assert desk.said("consequence").startswith("4 orders owe it")
        await desk.press("ctrl+t")
        assert desk.said("consequence").strip() == "none of these owes it: nothing is held"
        await desk.press("ctrl+t")
        await desk.press("down")
        assert desk.said("consequence").startswith("at least 1 order owes it")
        await desk.press("up", "enter")
        assert isinstance(session.sent[-1], InventoryDraft)
        assert session.sent[-1].sku == "MUG-01"


async def test_where_the_row_is_not_short_the_panel_s_skus_come_first(open_desk: Open, session: FakeSession) -> None:
    open_order(session, (UNITS[2].model_copy(update={"sku": "WRAP", "short": 0}),))
    async with open_desk() as desk:
        await desk.press("i")
        skus = [line.split()[0] for line in shown(desk, "skus").replace("▸", " ").splitlines() if line.strip()]
        assert skus == ["TEE-BLK-M", "MUG-01", "WRAP"]
