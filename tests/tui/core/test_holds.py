"""Hold and release as drafts: what they do to a row at once, what they ask for, what they say, and how they are kept."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.tui.core.samples import NOON, gid, order

from orders_tui.actions.field_changes import fold
from orders_tui.actions.hold import HoldDraft, issue_of
from orders_tui.actions.release import ReleaseDraft, may_release
from orders_tui.actions.undo import UndoDraft
from orders_tui.query import OrdersQuery
from orders_tui.session.merging import ghost_reason
from orders_wire.orders import Hold, Order
from orders_wire.vocabulary import AlertType, HoldReason, HoldThen, Issue, Role, Status, Tab

LATER = NOON + timedelta(days=3)
MINE = Hold(reason=Issue.ADDRESS, note="no number", since=NOON, by="ana")
HELD = order(1, hold=MINE, issue=Issue.ADDRESS, alerts=[AlertType.HOLD_DUE])


def draft(reason: HoldReason = HoldReason.ADDRESS, **more: object) -> HoldDraft:
    return HoldDraft((gid(1),), reason, **{"since": NOON, "by": "ana", **more})  # type: ignore[arg-type]


def after(done: HoldDraft | ReleaseDraft, row: Order) -> Order:
    return fold(row, done.effect(row.id, row, {}))


@pytest.mark.parametrize("reason", HoldReason)
def test_a_hold_shows_at_once_with_its_word_of_issue(reason: HoldReason) -> None:
    held = after(draft(reason, note="so", until=LATER), order(1))
    assert held.hold == Hold(reason=issue_of(reason), note="so", since=NOON, until=LATER, by="ana")
    assert held.issue is issue_of(reason)


@pytest.mark.parametrize("there", Issue)
@pytest.mark.parametrize("reason", HoldReason)
def test_the_first_issue_of_the_contract_s_list_wins(there: Issue, reason: HoldReason) -> None:
    words = list(Issue)
    held = after(draft(reason), order(1, issue=there))
    assert held.issue is min(there, issue_of(reason), key=words.index)


def test_held_for_that_reason_already_note_and_time_change() -> None:
    row = after(draft(note="asked again", until=LATER), HELD)
    assert row.hold is not None
    assert (row.hold.note, row.hold.until, row.hold.since) == ("asked again", LATER, MINE.since)
    assert row.alerts == []


def test_of_two_reasons_only_the_server_knows_which_decides() -> None:
    assert after(draft(HoldReason.FRAUD), HELD) is HELD


@pytest.mark.parametrize("status", [status for status in Status if status is not Status.AWAITING_FULFILLMENT])
def test_what_owes_nothing_is_not_held(status: Status) -> None:
    row = order(1, status=status)
    assert draft().obstacle(row)
    assert after(draft(), row) is row


def test_undo_brings_back_what_stood() -> None:
    row, done = order(1, issue=Issue.CARRIER), draft(HoldReason.PAYMENT)
    changes = done.effect(row.id, row, {})
    undone = UndoDraft((row.id,), "act").effect(row.id, fold(row, changes), {"act": {row.id: changes}})
    assert fold(fold(row, changes), undone) == row


def test_a_release_that_leaves_none_frees_the_row_and_the_tab() -> None:
    freed = after(ReleaseDraft((gid(1),), ("1",), frees=True), HELD)
    assert (freed.hold, freed.issue, freed.alerts) == (None, None, [])
    assert ghost_reason(OrdersQuery(Tab.HOLDS), freed) == "released"


def test_a_release_that_leaves_another_shows_nothing_that_is_not_known() -> None:
    assert after(ReleaseDraft((gid(1),), ("1",)), HELD) is HELD


def test_without_ids_a_named_operator_s_hold_is_this_desk_s_and_no_other() -> None:
    foreign = HELD.model_copy(update={"hold": MINE.model_copy(update={"by": None})})
    assert after(ReleaseDraft((gid(1),)), HELD).hold is None
    assert after(ReleaseDraft((gid(1),)), foreign) is foreign


def test_what_is_asked_for_is_what_was_given() -> None:
    one = draft(HoldReason.CUSTOMER, note="on holiday", until=LATER, then=HoldThen.RELEASE, lines=(("7", 2),))
    assert one.request({gid(1): 3}).model_dump(mode="json", by_alias=True, exclude_none=True) == {
        "orderIds": [gid(1)],
        "reason": "customer",
        "note": "on holiday",
        "until": "2025-11-12T12:00:00Z",
        "then": "release",
        "lines": [{"lineId": "7", "quantity": 2}],
        "expectedVersions": {gid(1): 3},
    }
    release = ReleaseDraft((gid(1),), ("9",)).request({})
    assert release.model_dump(by_alias=True, exclude_none=True) == {"orderIds": [gid(1)], "holdIds": ["9"]}


def test_the_book_keeps_until_as_it_was_typed() -> None:
    kept = draft(note="so", until=LATER, typed="3d", then=HoldThen.RELEASE, lines=(("7", 2),))
    read = HoldDraft.from_book(kept.to_book())
    assert (read.typed, read.until, read.then, read.lines, read.note) == (
        "3d",
        None,
        HoldThen.RELEASE,
        (("7", 2),),
        "so",
    )
    release = ReleaseDraft((gid(1),), ("9",), "why")
    assert ReleaseDraft.from_book(release.to_book()) == release


@pytest.mark.parametrize("reason", HoldReason)
@pytest.mark.parametrize("role", Role)
def test_payment_and_fraud_are_released_by_a_lead(reason: HoldReason, role: Role) -> None:
    assert may_release(reason, role) is (role is Role.LEAD or reason not in {HoldReason.PAYMENT, HoldReason.FRAUD})
