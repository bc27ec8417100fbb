"""What survives a restart, and that a broken file is no trouble."""

from __future__ import annotations

import stat
from datetime import timedelta
from pathlib import Path

import pytest
from tests.tui.core.samples import NOON, gid

from orders_tui.actions.assign import AssignDraft
from orders_tui.actions.cancel import CancelDraft
from orders_tui.actions.draft import MARKS, Draft
from orders_tui.actions.fulfill import FulfillDraft, Parcel
from orders_tui.actions.inventory import InventoryDraft
from orders_tui.actions.owed_lines import Part
from orders_tui.actions.returns import ReturnsDraft
from orders_tui.actions.support import SupportDraft
from orders_tui.actions.tags import TagsDraft
from orders_tui.actions.tracking import ParcelNumber, TrackingDraft
from orders_tui.actions.undo import UndoDraft
from orders_tui.drafts import DraftBook
from orders_tui.query import AgeBound, Filters, Sort
from orders_tui.state_file import Remembered, StateFile, TabMemory
from orders_wire.vocabulary import CancelReason, CancelRefund, ReturnAction, SortField, StatusFilter, Tab

REMEMBERED = Remembered(
    tab=Tab.RETURNS,
    tabs={
        Tab.ALL: TabMemory(
            Filters(status=StatusFilter.HOLDS, owner="me", tag="gift wrap", older_than=AgeBound(2, "d"), words="a b"),
            Sort(SortField.VALUE_USD, True),
            "key",
            gid(1),
            False,
        ),
        Tab.RETURNS: TabMemory(),
    },
    hidden_alerts={"a": None, "b": NOON + timedelta(minutes=5)},
    ui={"sidebar": "hidden"},
)
DRAFTS: list[Draft] = [
    AssignDraft((gid(1),), "ana", versions={gid(1): 3}),
    FulfillDraft((gid(1), gid(2)), {gid(1): Parcel("123", "DHL")}),
    SupportDraft((gid(1),), "call\nher"),
    FulfillDraft((gid(2),), parts={gid(2): Part((("l1", 2),), 1)}, notify=True),
    TrackingDraft((gid(1),), (ParcelNumber(gid(1), "9", "UPS", None, "f1", "8"),), notify=False),
    ReturnsDraft((gid(1),), ReturnAction.DENY, "no"),
    ReturnsDraft((gid(2),), ReturnAction.APPROVE_REQUEST, notify=True),
    CancelDraft((gid(1),), CancelReason.FRAUD, CancelRefund.NONE, restock=False, notify=True, note="called"),
    TagsDraft((gid(1), gid(2)), ("rush",), ("gift",)),
    InventoryDraft((gid(1),), "A-1", "waits"),
]


def test_the_last_session_is_remembered_whole_and_privately(tmp_path: Path) -> None:
    file = StateFile(tmp_path / "deep" / "state.json")
    assert file.save(REMEMBERED)
    assert StateFile(file.path).load() == REMEMBERED
    assert stat.S_IMODE(file.path.stat().st_mode) == 0o600
    assert list(file.path.parent.iterdir()) == [file.path]


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"tab": "attic"}', '{"tabs": {"all": 5}}', '{"hidden_alerts": {"a": "yesterday"}}', "\x00"]
)
def test_a_file_that_cannot_be_read_means_a_fresh_start(tmp_path: Path, text: str) -> None:
    (tmp_path / "s.json").write_text(text)
    assert StateFile(tmp_path / "s.json").load() == Remembered()


def test_a_folder_that_cannot_be_written_is_only_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert not StateFile(tmp_path / "file" / "s.json").save(REMEMBERED)


@pytest.mark.parametrize("draft", DRAFTS, ids=lambda draft: draft.action)
def test_every_draft_survives(tmp_path: Path, draft: Draft) -> None:
    DraftBook(tmp_path / "d.json").keep(draft)
    assert DraftBook(tmp_path / "d.json").all() == [draft]


def test_drafts_are_found_by_what_they_are_about_and_go_once_sent(tmp_path: Path) -> None:
    book = DraftBook(tmp_path / "d.json")
    for draft in DRAFTS:
        book.keep(draft)
    assert book.find(FulfillDraft, MARKS) == DRAFTS[1]
    assert book.find(InventoryDraft, "A-1") == DRAFTS[-1]
    book.drop(DRAFTS[0])
    assert DraftBook(tmp_path / "d.json").find(AssignDraft, gid(1)) is None


def test_an_undo_is_no_draft() -> None:
    book = DraftBook()
    book.keep(UndoDraft((gid(1),), "a"))
    assert book.all() == []


def test_a_broken_draft_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "d.json").write_text('{"drafts": [{"verb": "dance"}, {"verb": "assign"}, 7]}')
    assert DraftBook(tmp_path / "d.json").all() == []
