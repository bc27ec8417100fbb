"""A dialog says what will happen and which key does it, and that happens."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.tui.screens import desk_data
from tests.tui.screens.desk_data import NOW
from tests.tui.screens.desk_driver import Desk, Open
from tests.tui.screens.fake_session import FakeSession

from orders_tui.actions.assign import AssignDraft
from orders_tui.actions.inventory import InventoryDraft
from orders_tui.dialogs.dialog import Dialog
from orders_tui.feed import ConnectionState
from orders_tui.screens.desk import captions
from orders_tui.session import changes
from orders_tui.session.bulk import Outcome, OutcomeKind
from orders_tui.session.log import ActionEntry, ActionState
from orders_tui.widgets.hint_bar import Hint
from orders_tui.widgets.line_list import LineList
from orders_wire.orders import Tracking
from orders_wire.vocabulary import Status


def ids(session: FakeSession) -> list[str]:
    return [row.order.id for row in session.table.view.rows]


def end_run(session: FakeSession, **outcomes: Outcome) -> None:
    """The newest run ends; every order is done but for those that are told."""
    run = session.runs_made[-1]
    run.outcomes.update(dict.fromkeys(run.outcomes, Outcome(OutcomeKind.DONE)))
    for order_id, outcome in zip(run.outcomes, outcomes.values(), strict=False):
        run.outcomes[order_id] = outcome
    run.end()
    session.tell(changes.BulkChanged(run))


def hints(desk: Desk) -> list[Hint]:
    """The line of keys of the dialog."""
    return desk.dialog.keys()


# -- what is sent

DIALOGS = {
    "assign": ("a",),
    "mine": ("space", "space", "m"),
    "fulfil": ("f",),
    "fulfil several": ("space", "space", "f"),
    "stock-out": ("i",),
    "return": ("8", "r"),
    "save view": ("W",),
    "help": ("question_mark",),
    "command": ("colon",),
}


async def test_a_placeholder_for_what_was_sent_says_that_nothing_is_sent(open_desk: Open, session: FakeSession) -> None:
    session.orders[ids(session)[0]] = session.orders[ids(session)[0]].model_copy(
        update={"status": Status.AWAITING_TRACKING, "tracking": [Tracking()], "hold": None}
    )
    async with open_desk() as desk:
        session.change_order(ids(session)[0])
        await desk.press("f")
        assert "Shopify" not in desk.said("consequence")
        await desk.type("TRK-AB12")
        assert "Shopify" not in desk.said("consequence")
        await desk.press(*["backspace"] * 8)
        await desk.type("00340434292135100186")
        assert "goes to Shopify" in desk.said("consequence")


async def test_with_writes_off_no_dialog_says_that_something_goes_to_shopify(
    open_desk: Open, session: FakeSession
) -> None:
    session.me_now = desk_data.ME.model_copy(update={"shopify_writes": False})
    async with open_desk() as desk:
        for name in ("fulfil", "fulfil several", "stock-out", "return"):
            await desk.press("U", *DIALOGS[name])
            assert "to Shopify after" not in desk.said("consequence"), name
            await desk.press("escape")


# -- keys that work


async def test_the_key_that_a_dialog_names_first_is_one_that_acts(open_desk: Open) -> None:
    async with open_desk(typed_amount_above=1e9) as desk:
        for name, keys in DIALOGS.items():
            await desk.press(*keys)
            await desk.press(hints(desk)[0].key)
            still = desk.app.screen
            assert not isinstance(still, Dialog) or "nothing was chosen" not in desk.said(), name
            await desk.press("escape", "escape", "2", "U")


async def test_no_owner_looks_chosen_before_one_is(open_desk: Open, session: FakeSession) -> None:
    async with open_desk() as desk:
        await desk.press("a")
        owners = desk.dialog.query_one(LineList)
        glyph = desk.screen.work.glyphs.cursor
        assert not any(glyph in owners.render_line(y).text for y in range(owners.size.height))
        assert hints(desk)[0].key == "ctrl+s"
        assert hints(desk)[0].label == "assign 1 to ana"
        await desk.press("down")
        assert glyph in owners.render_line(0).text
        assert (hints(desk)[0].key, hints(desk)[0].label) == ("enter", "assign 1")
        await desk.press("enter")
        assert isinstance(session.sent[-1], AssignDraft)
        assert session.sent[-1].assignee == "ana"


async def test_a_prefilled_owner_is_chosen_and_enter_assigns(open_desk: Open, session: FakeSession) -> None:
    async with open_desk() as desk:
        await desk.press("space", "space", "m", "enter")
        assert isinstance(session.sent[-1], AssignDraft)
        assert session.sent[-1].assignee == "ana"


async def test_a_new_owner_is_asked_first(open_desk: Open, session: FakeSession) -> None:
    async with open_desk() as desk:
        await desk.press("colon")
        await desk.type("assign zoe")
        await desk.press("enter")
        assert session.sent == []
        assert "zoe is a new owner" in desk.said("taken")
        await desk.press("enter")
        assert isinstance(session.sent[-1], AssignDraft)
        assert session.sent[-1].assignee == "zoe"


# -- a bulk action


async def test_a_result_that_needs_nobody_closes_itself_and_is_said(open_desk: Open, session: FakeSession) -> None:
    async with open_desk() as desk:
        await desk.press("asterisk", "a", "down", "enter")
        end_run(session)
        await desk.pilot.pause()
        assert desk.app.screen is desk.screen
        assert f"{len(session.runs_made[0].outcomes)} assigned to ana" in desk.hint
        assert len(desk.app.screen_stack) == 1


@pytest.mark.parametrize("kind", [OutcomeKind.FAILED, OutcomeKind.SKIPPED, OutcomeKind.UNKNOWN])
async def test_a_result_that_needs_somebody_stays_or_comes_up(
    open_desk: Open, session: FakeSession, kind: OutcomeKind
) -> None:
    async with open_desk() as desk:
        for watched in ((), ("escape",)) if kind is OutcomeKind.FAILED else ((),):
            await desk.press("asterisk", "a", "down", "enter", *watched)
            end_run(session, one=Outcome(kind, "why"))
            await desk.pilot.pause()
            assert type(desk.app.screen).__name__ == "BulkDialog"
            labels = [hint.label for hint in hints(desk)]
            assert ("retry failed" in labels) is (kind is OutcomeKind.FAILED)
            await desk.press("escape", "U")
            assert desk.app.screen is desk.screen


async def test_a_result_does_not_come_up_over_another_dialog(open_desk: Open, session: FakeSession) -> None:
    async with open_desk() as desk:
        await desk.press("asterisk", "a", "down", "enter", "escape", "s")
        end_run(session, one=Outcome(OutcomeKind.FAILED, "why"))
        await desk.pilot.pause()
        assert type(desk.dialog).__name__ == "SupportDialog"


def in_batches(session: FakeSession, *counts: int) -> list[ActionEntry]:
    """Requests of one batch that were all done; the first can be taken back for the shortest time."""
    every = list(session.orders)
    entries = []
    for at, count in enumerate(counts):
        some, every = tuple(every[:count]), every[count:]
        until = NOW + timedelta(seconds=5 + at)
        entries.append(
            ActionEntry(
                f"k{at}", AssignDraft(some, "bo"), some, NOW, ActionState.DONE,
                action_id=f"a{at}", undo_until=until, batch="b-1",
            )
        )  # fmt: skip
    session.log_now += entries
    return entries


async def test_the_header_counts_the_whole_batch(open_desk: Open, session: FakeSession) -> None:
    async with open_desk() as desk:
        in_batches(session, 25, 25, 9)
        info = captions.top_info(desk.screen)
        assert (info.undo, info.undo_s) == ("assign 59", 5.0)


async def test_u_takes_back_while_the_result_is_open(open_desk: Open, session: FakeSession) -> None:
    async with open_desk() as desk:
        await desk.press("asterisk", "a", "down", "enter")
        in_batches(session, 3, 2)
        end_run(session, one=Outcome(OutcomeKind.FAILED, "why"))
        await desk.pilot.pause()
        assert "undo 5" in [hint.label for hint in hints(desk)]
        assert captions.undo_keys(desk.screen) == "u"
        await desk.press("u")
        assert ActionState.UNDONE in {entry.state for entry in session.actions.log}


async def test_the_keys_that_the_header_offers_take_back(open_desk: Open, session: FakeSession) -> None:
    async with open_desk() as desk:
        for name, keys in {"assign": ("a",), "filter": ("slash",), "bulk": ("asterisk", "a", "down", "enter")}.items():
            await desk.press(*keys)
            in_batches(session, 1)
            for key in captions.undo_keys(desk.screen).split():
                await desk.press({"esc": "escape"}.get(key, key))
            assert session.actions.log[-1].state is ActionState.UNDONE, name
            session.log_now.clear()
            await desk.press("escape")


async def test_offline_the_header_offers_no_undo(open_desk: Open, session: FakeSession) -> None:
    async with open_desk() as desk:
        in_batches(session, 1)
        session.set_line(state=ConnectionState.OFFLINE, since=NOW)
        assert captions.top_info(desk.screen).undo == ""


async def test_retry_leaves_the_keys_once_it_was_used(open_desk: Open, session: FakeSession) -> None:
    async with open_desk() as desk:
        await desk.press("asterisk", "a", "down", "enter")
        end_run(session, one=Outcome(OutcomeKind.FAILED, "why"))
        await desk.pilot.pause()
        await desk.press("escape")
        assert "retry failed" in desk.hint
        await desk.press("R")
        end_run(session)
        await desk.pilot.pause()
        assert "retry failed" not in desk.hint
        await desk.press("R")
        assert "nothing has failed" in desk.hint
        assert len(session.runs_made) == 2


async def test_retry_leaves_the_keys_by_itself(
    open_desk: Open, session: FakeSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_desk() as desk:
        await desk.press("asterisk", "a", "down", "enter")
        end_run(session, one=Outcome(OutcomeKind.FAILED, "why"))
        run = session.runs_made[0]
        assert captions.just_failed(session.actions.runs)
        monkeypatch.setattr(run, "_monotonic", lambda: 12.0 + 61)
        assert not captions.just_failed(session.actions.runs)
        assert run.retryable


# -- previews


def parts(text: str) -> int:
    """What the numbers of a preview come to."""
    return sum(int(part.split()[0]) for part in text.split("  ·  "))


async def test_a_preview_adds_up_to_all_orders(open_desk: Open, session: FakeSession) -> None:
    async with open_desk() as desk:
        await desk.press("1", "asterisk", "asterisk")
        await desk.pilot.pause()
        total = len(desk.screen.selection)
        assert total > session.table.view.query.page_size
        for choose in ("ana", "bo", "anton", "zoe", "nobody"):
            await desk.press("a")
            await desk.type(choose)
            said = desk.said("taken").removeprefix("zoe is a new owner  ·  ")
            assert parts(said) == total, said
            await desk.press("escape")


async def test_orders_that_are_on_no_page_are_known_to_a_preview(open_desk: Open, session: FakeSession) -> None:
    async with open_desk() as desk:
        await desk.press("1", "asterisk", "asterisk")
        await desk.pilot.pause()
        shown = set(ids(session))
        session.orders = {order_id: order for order_id, order in session.orders.items() if order_id in shown}
        await desk.press("a", "down")
        assert "not loaded" not in desk.said("taken")
        assert parts(desk.said("taken")) == len(desk.screen.selection)


async def test_theirs_can_be_kept_and_it_adds_up_all_the_same(open_desk: Open, session: FakeSession) -> None:
    async with open_desk() as desk:
        await desk.press("asterisk", "a", "down")
        assert "keep theirs" in desk.said("keys")
        kept = [
            order_id
            for order_id in ids(session)
            if session.orders[order_id].assigned_to in {"bo", "anton", "assistant"}
        ]
        await desk.press("ctrl+t")
        assert f"{len(kept)} stay with" in desk.said("taken")
        assert parts(desk.said("taken")) == len(ids(session))
        await desk.press("ctrl+s")
        assert set(session.sent[-1].order_ids) == set(ids(session)) - set(kept)


async def test_what_is_left_out_is_named_with_its_reason(open_desk: Open, session: FakeSession) -> None:
    async with open_desk() as desk:
        first, second, third = ids(session)[:3]
        session.change_order(first, status=Status.CANCELLED)
        session.change_order(second, status=Status.FULFILLED, tracking=[Tracking(number="1")], hold=None)
        session.change_order(third, status=Status.CANCELLED)
        numbers = [session.orders[order_id].order_number for order_id in (first, second, third)]
        await desk.press("space", "space", "space", "space", "f")
        said = desk.said("left-out")
        assert "3 left out" in said
        assert f"2 cancelled ({numbers[0]}, {numbers[2]})" in said
        assert f"1 fulfilled already ({numbers[1]})" in said


async def test_confirming_after_live_changes_names_them_all(open_desk: Open, session: FakeSession) -> None:
    async with open_desk() as desk:
        first, second = ids(session)[:2]
        await desk.press("space", "space", "space", "a", "down")
        session.change_order(first, assigned_to="bo")
        session.change_order(second, status=Status.CANCELLED)
        session.change_order(first, status=Status.FULFILLED)
        await desk.pilot.pause()
        await desk.press("ctrl+s")
        said = desk.said()
        assert f"{session.orders[first].order_number} status fulfilled, owner bo" in said
        assert f"{session.orders[second].order_number} status cancelled" in said
        assert session.sent == []
        await desk.press("ctrl+s")
        assert len(session.sent) == 1


# -- stock-outs


async def escalate(desk: Desk, text: str) -> None:
    await desk.press("i")
    await desk.type(text)
    await desk.press("enter")


async def test_an_unknown_sku_stays_in_the_dialog_with_those_that_are_known(
    open_desk: Open, session: FakeSession
) -> None:
    async with open_desk() as desk:
        await escalate(desk, "mug")
        assert session.sent == []
        assert "mug is no SKU" in desk.said()
        assert "MUG-01" in desk.said()


async def test_the_server_is_asked_for_an_unknown_sku_and_its_no_is_said_in_the_dialog(
    open_desk: Open, session: FakeSession
) -> None:
    async with open_desk() as desk:
        await escalate(desk, "NEW-7")
        await desk.pilot.pause(0.2)
        await desk.press("enter")
        assert [draft.sku for draft in session.sent if isinstance(draft, InventoryDraft)] == ["NEW-7"]
        session.settle(ActionState.FAILED, message="no open order owes NEW-7")
        await desk.pilot.pause()
        assert "no open order owes NEW-7" in desk.said()
        await desk.press("enter")
        session.settle(ActionState.DONE)
        await desk.pilot.pause()
        assert desk.app.screen is desk.screen


@pytest.mark.parametrize("spelled", ["MUG-01", "mug-01", " Mug-01 "])
async def test_a_known_sku_goes_as_it_is_spelled(open_desk: Open, session: FakeSession, spelled: str) -> None:
    async with open_desk() as desk:
        await escalate(desk, spelled)
        assert isinstance(session.sent[-1], InventoryDraft)
        assert session.sent[-1].sku == "MUG-01"


async def test_skus_of_the_order_and_those_out_of_stock_can_be_chosen(open_desk: Open, session: FakeSession) -> None:
    async with open_desk() as desk:
        await desk.press("i")
        skus = desk.dialog.query_one("#skus", LineList)
        lines = " ".join(skus.render_line(y).text for y in range(skus.size.height))
        assert "TEE-BLK-M" in lines
        assert "MUG-01" in lines
        await desk.press("down", "enter")
        assert isinstance(session.sent[-1], InventoryDraft)
        assert session.sent[-1].sku != "TEE-BLK-M"


# -- reading only


@pytest.mark.parametrize("state", [ConnectionState.OFFLINE, ConnectionState.SIGNED_OUT])
async def test_reading_only_no_dialog_opens_that_could_not_send(
    open_desk: Open, session: FakeSession, state: ConnectionState
) -> None:
    async with open_desk() as desk:
        session.set_line(state=state, since=NOW)
        for key in ("f", "a", "s", "i", "full_stop", "R"):
            await desk.press(key)
            assert desk.app.screen is desk.screen, key
            assert "reading only" in desk.hint, key


async def test_a_dialog_that_is_open_when_the_line_goes_down_keeps_what_is_typed(
    open_desk: Open, session: FakeSession
) -> None:
    async with open_desk(typed_amount_above=1e9) as desk:
        for keys in (("f",), ("a", "down"), ("s",), ("i",), ("8", "r")):
            await desk.press(*keys)
            session.set_line(state=ConnectionState.OFFLINE, since=NOW)
            await desk.press("ctrl+s")
            assert "reading only" in desk.said()
            assert session.sent == []
            assert isinstance(desk.app.screen, Dialog)
            session.set_line(state=ConnectionState.LIVE, since=NOW)
            await desk.press("escape")


async def test_hints_and_toasts_call_a_thing_by_one_word(open_desk: Open) -> None:
    async with open_desk() as desk:
        await desk.press("tab", "j")
        for key, label in (("x", "read"), ("Z", "snooze"), ("X", "put back")):
            assert key == "X" or f"{key} {label}" in desk.hint
            await desk.press(key)
            assert label in desk.hint
            await desk.pilot.pause(0)
            desk.screen.query_one("HintBar").hush()  # type: ignore[attr-defined]


# -- signs


async def test_a_partly_sent_order_has_a_sign_of_its_own(open_desk: Open, session: FakeSession) -> None:
    async with open_desk() as desk:
        await desk.press("1")
        session.change_order(ids(session)[0], status=Status.AWAITING_FULFILLMENT, tracking=[Tracking(number="1")])
        session.change_order(ids(session)[1], status=Status.AWAITING_FULFILLMENT, tracking=[])
        await desk.pilot.pause()
        assert "◐ partial" in desk.line(1)
        assert "○ unfulf" in desk.line(2)


@pytest.mark.parametrize("small", [(120, 18), (120, 22)])
async def test_after_a_resize_the_side_bar_shows_its_heading_again(
    open_desk: Open, session: FakeSession, small: tuple[int, int]
) -> None:
    async with open_desk() as desk:
        await desk.press("tab", "G")
        await desk.pilot.resize_terminal(*small)
        await desk.press("g")
        await desk.pilot.resize_terminal(120, 60)
        await desk.pilot.pause()
        assert "ALERTS" in desk.screen.side.render_line(0).text
