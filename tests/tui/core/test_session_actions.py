"""Acting on a desk in memory: at once on screen, never lost, never done twice, and always told what became of it."""

from __future__ import annotations

from typing import Any

import pytest
from tests.tui.core.fake_desk import DOWN, LOST
from tests.tui.core.samples import NOON, gid
from tests.tui.core.test_session import Watched, play

from orders_tui.actions.assign import AssignDraft
from orders_tui.actions.fulfill import FulfillDraft, Parcel
from orders_tui.actions.inventory import InventoryDraft
from orders_tui.actions.support import SupportDraft
from orders_tui.errors import ApiError, Refused, SignInNeeded, Unread
from orders_tui.feed import ConnectionState, Events
from orders_tui.query import OrdersQuery
from orders_tui.session.bulk import OutcomeKind
from orders_tui.session.changes import ActionSettled, AlertsChanged, BulkChanged, DeskLeft, Notice
from orders_tui.session.log import ActionState
from orders_tui.store import MarkKind
from orders_wire.alerts import Event
from orders_wire.vocabulary import ErrorCode, EventType, OpenClosed, Severity, Status, Tab

BUSY = Refused(ErrorCode.UNAVAILABLE, "busy", retry_after_s=2.0)


def owner(w: Watched, number: int) -> str:
    row = w.session.table.row(gid(number))
    assert row is not None
    return row.order.assigned_to


def kind(w: Watched, number: int) -> MarkKind | None:
    row = w.session.table.row(gid(number))
    assert row is not None
    return row.mark.kind if row.mark else None


def assign(number: int, who: str = "ana", **more: Any) -> AssignDraft:
    return AssignDraft((gid(number),), who, **more)


def test_a_change_is_on_screen_at_once_and_confirmed_later() -> None:
    async def scenario(w: Watched) -> None:
        (entry,) = w.session.actions.act(assign(30))
        assert (owner(w, 30), kind(w, 30)) == ("ana", MarkKind.PENDING)
        await w.rest(0.1)
        assert kind(w, 30) is MarkKind.CONFIRMED
        assert w.session.actions.log[-1].state is ActionState.DONE
        assert w.desk.rows[gid(30)].assigned_to == "ana"
        await w.rest(10)
        assert kind(w, 30) is None
        assert entry.order_ids == (gid(30),)

    play(scenario)


def test_a_refusal_rolls_back_and_says_why_on_the_row_and_in_a_notice() -> None:
    async def scenario(w: Watched) -> None:
        w.desk.change(30, ping=False, assigned_to="bo")
        w.session.actions.act(assign(30, versions={gid(30): 1}))
        await w.rest(0.1)
        row = w.session.table.row(gid(30))
        assert row is not None
        assert row.order.assigned_to != "ana"
        assert row.mark is not None
        assert (row.mark.kind, row.mark.reason) == (MarkKind.FAILED, "changed meanwhile")
        assert "assign not done" in w.of(Notice)[-1].text
        w.session.actions.dismiss([gid(30)])
        assert kind(w, 30) is None

    play(scenario)


def test_an_escalation_for_all_that_wait_is_about_the_orders_that_the_answer_names() -> None:
    async def scenario(w: Watched) -> None:
        waiting = {row.id for row in w.desk.listed(Tab.UNFULFILLED)}
        (entry,) = w.session.actions.act(InventoryDraft((), "A-1"))
        assert entry.order_ids == ()
        await w.rest(0.1)
        assert set(w.session.actions.log[-1].order_ids) == waiting
        w.session.actions.undo()
        await w.rest(0.1)
        assert set(w.session.actions.log[-1].order_ids) == waiting

    play(scenario)


def raised(w: Watched, number: int) -> Event:
    return Event(
        id=f"{w.desk.desk_id}-{w.desk.version + number}",
        type=EventType.SUPPORT_ESCALATED,
        status=OpenClosed.OPEN,
        severity=Severity.CRITICAL,
        message=f"#{1000 + number} was escalated to support",
        alert_id=f"a{number}",
        order_id=gid(number),
        created_at=NOON,
    )


def test_what_ones_own_action_raises_is_no_news() -> None:
    async def scenario(w: Watched) -> None:
        w.desk.ping(w.desk.version)
        w.session.actions.act(assign(30))
        w.desk.feed.items.put_nowait(Events((raised(w, 29), raised(w, 30))))
        await w.rest(0.1)
        assert len(w.session.alerts.open(NOON)) == 2
        assert [change.toast.order_id for change in w.of(AlertsChanged) if change.toast] == [gid(29)]

    play(scenario)


def test_what_is_raised_where_ones_own_action_failed_is_news() -> None:
    async def scenario(w: Watched) -> None:
        w.desk.change(30, ping=False, assigned_to="bo")
        w.session.actions.act(assign(30, versions={gid(30): 1}))
        await w.rest(0.1)
        assert kind(w, 30) is MarkKind.FAILED
        w.desk.ping(w.desk.version)
        w.desk.feed.items.put_nowait(Events((raised(w, 30),)))
        await w.rest(0.1)
        assert [change.toast.order_id for change in w.of(AlertsChanged) if change.toast] == [gid(30)]

    play(scenario)


@pytest.mark.parametrize("trouble", [LOST, BUSY, Unread("the server's answer is not read")])
def test_an_answer_that_did_not_come_is_asked_for_with_the_same_key(trouble: ApiError) -> None:
    async def scenario(w: Watched) -> None:
        w.desk.writes.after = [trouble, trouble]
        w.session.actions.act(assign(30))
        await w.rest(0.5)
        assert (owner(w, 30), kind(w, 30)) == ("ana", MarkKind.UNCONFIRMED)
        assert len(w.session.actions.unsettled) == 1
        await w.rest(10)
        assert w.session.actions.log[-1].state is ActionState.DONE
        assert w.session.actions.log[-1].attempts == 3
        assert len({key for key, _ in w.desk.posted}) == 1
        assert w.desk.rows[gid(30)].version == 2

    play(scenario)


def test_what_is_unconfirmed_is_settled_as_soon_as_the_line_is_back() -> None:
    async def scenario(w: Watched) -> None:
        w.desk.writes.before = [LOST] * 5
        w.session.actions.act(assign(30))
        await w.rest(40)
        w.desk.writes.before.clear()
        w.desk.feed.line(ConnectionState.RECONNECTING)
        w.desk.feed.line(ConnectionState.LIVE)
        await w.rest(0.1)
        assert w.session.actions.log[-1].state is ActionState.DONE

    play(scenario)


def test_while_offline_is_declared_actions_are_refused_and_the_draft_is_kept() -> None:
    async def scenario(w: Watched) -> None:
        w.desk.feed.line(ConnectionState.OFFLINE, "gone")
        await w.rest(0.1)
        (entry,) = w.session.actions.act(assign(30))
        assert entry.state is ActionState.REFUSED
        assert owner(w, 30) == "unassigned"
        assert not w.desk.posted
        assert w.session.drafts.find(AssignDraft, gid(30)) == assign(30)
        assert "the draft is kept" in w.of(Notice)[-1].text

    play(scenario)


def test_what_was_surely_not_sent_is_taken_back_once_offline_is_declared() -> None:
    async def scenario(w: Watched) -> None:
        w.desk.writes.before = [DOWN] * 100
        w.session.actions.act(assign(30))
        await w.rest(0.5)
        assert kind(w, 30) is MarkKind.PENDING
        w.desk.feed.line(ConnectionState.OFFLINE, "gone")
        await w.rest(0.5)
        assert w.session.actions.log[-1].state is ActionState.REFUSED
        assert (owner(w, 30), kind(w, 30)) == ("unassigned", None)
        assert w.session.drafts.find(AssignDraft, gid(30)) is not None

    play(scenario)


def test_what_may_have_been_done_is_never_taken_back_by_guessing() -> None:
    async def scenario(w: Watched) -> None:
        w.desk.writes.after = [LOST]
        w.desk.writes.before = []
        w.session.actions.act(assign(30))
        await w.rest(0.1)
        w.desk.writes.before = [DOWN] * 100
        w.desk.feed.line(ConnectionState.OFFLINE, "gone")
        await w.rest(60)
        assert (owner(w, 30), kind(w, 30)) == ("ana", MarkKind.UNCONFIRMED)
        w.desk.writes.before.clear()
        w.desk.feed.line(ConnectionState.LIVE)
        await w.rest(0.1)
        assert w.session.actions.log[-1].state is ActionState.DONE

    play(scenario)


def test_an_expired_token_keeps_the_draft() -> None:
    async def scenario(w: Watched) -> None:
        w.desk.writes.before = [SignInNeeded("expired")]
        w.session.actions.act(assign(30))
        await w.rest(0.1)
        assert w.session.actions.log[-1].state is ActionState.REFUSED
        assert w.session.drafts.find(AssignDraft, gid(30)) is not None

    play(scenario)


def test_actions_on_one_order_arrive_in_the_order_in_which_they_were_made() -> None:
    async def scenario(w: Watched) -> None:
        w.desk.writes.before = [LOST]
        for who in ("ana", "bo", "cy"):
            w.session.actions.act(assign(30, who))
        assert owner(w, 30) == "cy"
        await w.rest(5)
        assert w.desk.rows[gid(30)].assigned_to == "cy"
        assert owner(w, 30) == "cy"

    play(scenario)


def test_the_operators_own_earlier_action_is_no_version_conflict() -> None:
    async def scenario(w: Watched) -> None:
        w.session.actions.act(assign(30, versions={gid(30): 1}))
        w.session.actions.act(FulfillDraft((gid(30),), versions={gid(30): 1}))
        await w.rest(0.5)
        assert [entry.state for entry in w.session.actions.log] == [ActionState.DONE, ActionState.DONE]

    play(scenario)


def test_undo_within_its_time() -> None:
    async def scenario(w: Watched) -> None:
        w.session.actions.act(assign(30))
        await w.rest(0.1)
        undone = w.session.actions.undo()
        assert undone is not None
        assert owner(w, 30) == "unassigned"
        await w.rest(0.1)
        assert kind(w, 30) is MarkKind.UNDONE
        assert [entry.state for entry in w.session.actions.log] == [ActionState.UNDONE, ActionState.DONE]
        assert w.session.actions.undo() is None

    play(scenario)


def test_undo_of_what_is_still_on_its_way_waits_for_it() -> None:
    async def scenario(w: Watched) -> None:
        w.session.actions.act(assign(30))
        w.session.actions.undo()
        await w.rest(1)
        assert w.desk.rows[gid(30)].assigned_to == "unassigned"
        assert w.session.actions.log[0].state is ActionState.UNDONE

    play(scenario)


def test_the_time_to_undo_runs_out() -> None:
    async def scenario(w: Watched) -> None:
        w.session.actions.act(assign(30))
        await w.rest(0.1)
        entry = w.session.actions.undoable()
        assert entry is not None
        assert entry.undo_until is not None
        await w.rest(10)
        assert w.session.actions.undoable() is None

    play(scenario)


def test_a_refused_undo_leaves_the_action_done() -> None:
    async def scenario(w: Watched) -> None:
        w.session.actions.act(assign(30))
        await w.rest(0.1)
        w.desk.writes.before = [Refused(ErrorCode.ALREADY_SENT, "sent already")]
        w.session.actions.undo()
        await w.rest(0.1)
        assert w.session.actions.log[0].state is ActionState.DONE
        assert owner(w, 30) == "ana"
        assert "sent already" in w.of(Notice)[-1].text

    play(scenario)


def test_fulfilling_leaves_the_tab_as_a_ghost_that_says_so() -> None:
    async def scenario(w: Watched) -> None:
        w.session.actions.act(FulfillDraft((gid(30),)))
        await w.rest(1)
        row = w.session.table.row(gid(30))
        assert row is not None
        assert row.ghost is not None
        assert row.ghost.reason == "awaiting tracking"
        assert w.cursor == 30

    play(scenario, query=OrdersQuery(Tab.UNFULFILLED, page_size=5))


def test_several_numbers_are_several_requests_and_one_batch() -> None:
    async def scenario(w: Watched) -> None:
        ids = tuple(gid(n) for n in (30, 29, 28))
        entries = w.session.actions.act(FulfillDraft(ids, {gid(30): Parcel("1"), gid(29): Parcel("2")}))
        assert [entry.order_ids for entry in entries] == [(gid(28),), (gid(30),), (gid(29),)]
        await w.rest(0.5)
        assert all(entry.state is ActionState.DONE for entry in w.session.actions.log)
        w.session.actions.undo()
        await w.rest(0.5)
        assert all(w.desk.rows[o].status is Status.AWAITING_FULFILLMENT for o in ids)

    play(scenario)


def test_what_the_contract_does_not_allow_is_refused_without_being_sent() -> None:
    async def scenario(w: Watched) -> None:
        w.session.actions.act(SupportDraft((gid(30),), "x" * 6000))
        await w.rest(0.1)
        assert w.session.actions.log[-1].state is ActionState.FAILED
        assert "note" in w.session.actions.log[-1].message
        assert owner(w, 30) == "unassigned"

    play(scenario)


def test_a_bulk_run_goes_in_chunks_and_each_order_has_its_outcome() -> None:
    async def scenario(w: Watched) -> None:
        for n in (1, 2, 3):
            w.desk.change(n, ping=False, status=Status.CANCELLED)
        matching = await w.session.collect_matching()
        run = w.session.actions.bulk(FulfillDraft(tuple(row.id for row in matching.orders)))
        await w.rest(0.03)
        assert 0 < run.counts()[OutcomeKind.WAITING] < 600
        await w.rest(1)
        assert run.finished
        assert run.counts() == {OutcomeKind.DONE: 597, OutcomeKind.SKIPPED: 3}
        assert run.reasons(OutcomeKind.SKIPPED) == {"cancelled": [gid(3), gid(2), gid(1)]}
        assert [len(body.order_ids) for _, body in w.desk.posted] == [250, 250, 100]  # type: ignore[attr-defined]
        assert w.of(BulkChanged)[-1].run is run
        assert run.fraction() == 1.0
        assert run.per_second() > 0

    play(scenario, count=600)


def test_a_bulk_run_can_be_stopped_and_says_what_was_not_sent() -> None:
    async def scenario(w: Watched) -> None:
        run = w.session.actions.bulk(AssignDraft(tuple(gid(n) for n in range(1, 601)), "ana"))
        await w.rest(0.03)
        run.stop()
        await w.rest(1)
        counts = run.counts()
        assert counts[OutcomeKind.SKIPPED] == 100 + (250 if len(w.desk.posted) == 1 else 0)
        assert "stopped" in next(iter(run.reasons(OutcomeKind.SKIPPED)))

    play(scenario, count=600)


def test_only_what_failed_is_tried_again_after_being_read_again() -> None:
    async def scenario(w: Watched) -> None:
        ids = tuple(gid(n) for n in (30, 29, 28))
        w.desk.change(29, ping=False, assigned_to="bo")
        run = w.session.actions.bulk(AssignDraft(ids, "ana", versions=dict.fromkeys(ids, 1)))
        await w.rest(0.5)
        assert run.reasons(OutcomeKind.FAILED) == {"changed meanwhile": [gid(29)]}
        w.desk.details.clear()
        again = w.session.actions.retry_failed(run)
        await w.rest(0.5)
        assert list(again.outcomes) == [gid(29)]
        assert again.counts() == {OutcomeKind.DONE: 1}
        assert gid(29) in w.desk.details

    play(scenario)


def test_an_unknown_chunk_is_told_apart_until_it_is_known() -> None:
    async def scenario(w: Watched) -> None:
        w.desk.writes.after = [LOST]
        run = w.session.actions.bulk(AssignDraft((gid(30), gid(29)), "ana"))
        await w.rest(0.2)
        assert run.counts() == {OutcomeKind.UNKNOWN: 2}
        await w.rest(5)
        assert run.counts() == {OutcomeKind.DONE: 2}

    play(scenario)


def test_a_bulk_run_while_offline_sends_nothing() -> None:
    async def scenario(w: Watched) -> None:
        w.desk.feed.line(ConnectionState.OFFLINE, "gone")
        await w.rest(0.1)
        run = w.session.actions.bulk(assign(30))
        assert run.finished
        assert run.counts() == {OutcomeKind.FAILED: 1}
        assert not w.desk.posted

    play(scenario)


def test_two_hundred_actions_over_a_bad_line_end_with_screen_and_server_equal() -> None:
    async def scenario(w: Watched) -> None:
        w.desk.latency_s = 1.0
        w.desk.writes.after = [LOST if n % 5 == 0 else BUSY for n in range(40)]
        for n in range(200):
            who = ("ana", "bo", "cy")[n % 3]
            w.session.actions.act(assign(1 + n % 30, who))
            if n % 17 == 0:
                w.session.actions.undo()
            await w.rest(0.3)
        await w.rest(120)
        assert not w.session.actions.unsettled
        assert len(w.of(ActionSettled)) >= 200
        for number in range(26, 31):
            assert owner(w, number) == w.desk.rows[gid(number)].assigned_to

    play(scenario)


def test_undo_takes_back_the_whole_run_and_sends_nothing_more_of_it() -> None:
    async def scenario(w: Watched) -> None:
        ids = tuple(gid(n) for n in range(1, 601))
        run = w.session.actions.bulk(AssignDraft(ids, "ana"))
        await w.rest(1)
        assert sum(len(entry.order_ids) for entry in w.session.actions.undoables()) == 600
        w.session.actions.undo()
        await w.rest(1)
        assert run.stopped
        assert w.session.actions.undoables() == ()
        assert owner(w, 600) == "unassigned"
        half = w.session.actions.bulk(AssignDraft(ids, "bo"))
        await w.rest(0.03)
        w.session.actions.undo()
        await w.rest(1)
        assert half.counts()[OutcomeKind.SKIPPED] > 0
        assert owner(w, 600) == "unassigned"

    play(scenario, count=600)


def _other_desk(w: Watched, *, told_by: str) -> None:
    w.desk.desk_id, w.desk.version = "other", 3
    if told_by == "feed":
        w.desk.ping(0, reset=True)
    else:
        w.session.refresh()


@pytest.mark.parametrize("told_by", ["feed", "page"])
def test_what_was_done_on_another_desk_is_not_offered_to_be_taken_back(told_by: str) -> None:
    async def scenario(w: Watched) -> None:
        w.session.actions.act(assign(30))
        w.session.actions.act(FulfillDraft((gid(29),)))
        await w.rest(0.1)
        assert w.session.actions.undoable() is not None
        _other_desk(w, told_by=told_by)
        await w.rest(0.5)
        assert (w.session.actions.undoable(), w.session.actions.undoables(), w.session.actions.undo()) == (
            None,
            (),
            None,
        )
        assert (kind(w, 30), kind(w, 29)) == (None, None)
        assert [entry.state for entry in w.session.actions.log] == [ActionState.DONE] * 2
        w.session.actions.act(assign(28))
        await w.rest(0.1)
        newest = w.session.actions.undoable()
        assert newest is not None
        assert newest.order_ids == (gid(28),)
        w.session.actions.undo()
        w.session.actions.undo()
        await w.rest(0.5)
        assert [entry.state for entry in w.session.actions.log[:2]] == [ActionState.DONE] * 2
        assert w.session.actions.log[2].state is ActionState.UNDONE

    play(scenario)


def test_what_the_other_desk_answered_first_can_be_taken_back_there() -> None:
    async def scenario(w: Watched) -> None:
        w.session.actions.act(assign(30))
        await w.rest(0.1)
        w.desk.desk_id, w.desk.version = "other", 3
        w.session.actions.act(assign(29))
        await w.rest(0.5)
        w.session.refresh()
        await w.rest(0.5)
        assert [entry.order_ids for entry in w.session.actions.undoables()] == [(gid(29),)]

    play(scenario)


def test_the_same_desk_after_a_reset_takes_back_as_before() -> None:
    async def scenario(w: Watched) -> None:
        w.session.actions.act(assign(30))
        await w.rest(0.1)
        w.desk.ping(0, reset=True)
        await w.rest(0.5)
        assert w.session.actions.undoable() is not None
        assert not w.of(DeskLeft)

    play(scenario)
