"""Notes: what a draft makes of row and detail at once and what stays of it, what is completed, what can still be changed."""

from __future__ import annotations

from datetime import datetime, timedelta

import httpx
import pytest
from tests.tui.core.samples import NOON, answer, gid, order, page

from orders_tui.actions.assign import AssignDraft
from orders_tui.actions.draft import Draft
from orders_tui.actions.note import CHANGEABLE, NoteDeletion, NoteDraft, own_changeable
from orders_tui.actions.undo import UndoDraft
from orders_tui.api.body import parse_safe
from orders_tui.api.client import SyncApi
from orders_tui.drafts import DraftBook
from orders_tui.query import OrdersQuery
from orders_tui.session.log import ActionEntry, ActionLog, ActionState
from orders_tui.store.store import Store
from orders_tui.words.names import completion
from orders_wire.actions import Failure
from orders_wire.detail import Note, OrderDetail
from orders_wire.orders import TimelineEntry
from orders_wire.vocabulary import ErrorCode

NAMES = ("ana", "Ana Maria", "bo", "Zoë", "o'neil")
WRITTEN = Note(id="n1", at=NOON - timedelta(minutes=5), by="ana", text="first\nsecond")
ENTRY = TimelineEntry(ts=WRITTEN.at, event="note", details="ana: first second", note_id="n1")


def detail(version: int = 1, *notes: Note) -> OrderDetail:
    entries = [ENTRY.model_copy(update={"note_id": note.id}) for note in notes]
    row = order(1, version=version, note_count=len(notes), timeline=entries)
    return OrderDetail(**{**dict(row), "notes": list(notes)})


def draft(text: str = "called", note_id: str = "") -> NoteDraft:
    return NoteDraft((gid(1),), text, note_id, at=NOON, by="ana")


@pytest.fixture
def store() -> Store:
    """An order with one note, row and detail."""
    store = Store()
    held = detail(1, WRITTEN)
    store.absorb_page(OrdersQuery(), page([order(1, note_count=1, timeline=held.timeline)]), 0.0)
    store.absorb_detail(held)
    return store


def shown(store: Store) -> tuple[int, datetime | None, list[str], list[str]]:
    """Count and time on the row; the texts of the detail, and what its timeline says."""
    row, held = store.view(gid(1)), store.detail(gid(1))
    assert row is not None
    assert held is not None
    known = {note.id: note for note in held.notes}
    told = [known[entry.note_id].text if entry.note_id in known else entry.details for entry in held.timeline]
    return row.note_count, row.last_note_at, [note.text for note in held.notes], told


CALLED = WRITTEN.model_copy(update={"id": "n2", "text": "called"})
ANEW = WRITTEN.model_copy(update={"text": "anew"})


@pytest.mark.parametrize(
    ("acts", "then"),
    [(draft(), [WRITTEN, CALLED]), (draft("anew", "n1"), [ANEW]), (NoteDeletion((gid(1),), "n1"), [])],
    ids=["written", "changed", "deleted"],
)
def test_all_that_shows_a_note_shows_at_once_what_becomes_of_it(store: Store, acts: Draft, then: list[Note]) -> None:
    texts = [note.text for note in then]
    store.begin("k", acts)
    assert shown(store)[0] == len(then)
    assert shown(store)[2:] == (texts, texts)
    store.accept("k", answer({gid(1): 2}))
    store.absorb_page(OrdersQuery(), page([order(1, version=2, note_count=len(then))], 2), 1.0)
    assert shown(store)[2] == texts, "the row that holds it came, the detail that does not yet"
    store.absorb_detail(detail(2, *then))
    assert shown(store)[2] == texts


@pytest.mark.parametrize("acts", [draft(), draft("anew", "n1"), NoteDeletion((gid(1),), "n1")])
def test_what_is_refused_leaves_no_trace(store: Store, acts: Draft) -> None:
    before = shown(store)
    store.begin("k", acts)
    store.reject("k", "too late")
    assert shown(store) == before
    store.begin("k2", acts)
    store.withdraw("k2")
    assert shown(store) == before


def test_of_several_orders_each_fails_alone() -> None:
    store = Store()
    rows = [order(1), order(2)]
    store.absorb_page(OrdersQuery(), page(rows), 0.0)
    for row in rows:
        store.absorb_detail(OrderDetail(**dict(row)))
    store.begin("k", NoteDraft((gid(1), gid(2)), "called", at=NOON, by="ana"))
    gone = Failure(id=gid(2), code=ErrorCode.NOT_FOUND, message="there is no such order")
    store.accept("k", answer({gid(1): 2}, failures=[gone]))
    counts = {row.id: (store.view(row.id) or row).note_count for row in rows}
    texts = {row.id: [note.text for note in held.notes] for row in rows if (held := store.detail(row.id))}
    assert counts == {gid(1): 1, gid(2): 0}
    assert texts == {gid(1): ["called"], gid(2): []}
    assert (mark := store.mark(gid(2))) is not None
    assert mark.reason == "there is no such order"


def test_undo_takes_the_count_back_at_once(store: Store) -> None:
    store.begin("k", draft())
    store.accept("k", answer({gid(1): 2}))
    store.begin("u", UndoDraft((gid(1),), "act-1"))
    row = store.view(gid(1))
    assert row is not None
    assert row.note_count == 1


def test_whoever_is_too_late_for_something_newer_does_not_take_a_note_back() -> None:
    log = ActionLog()
    noted = ActionEntry("n", draft(), (gid(1),), NOON, ActionState.DONE, action_id="a1", undo_until=NOON + CHANGEABLE)
    log.add(noted)
    assert log.newest_undoable(NOON) is noted
    until = NOON + timedelta(seconds=10)
    assigned = AssignDraft((gid(1),), "bo")
    newer = ActionEntry("k", assigned, (gid(1),), NOON, ActionState.DONE, action_id="a2", undo_until=until)
    log.add(newer)
    assert log.newest_undoable(NOON) is newer
    assert log.newest_undoable(until) is None
    log.update("k", state=ActionState.UNDONE)
    assert log.newest_undoable(until) is noted


def test_a_new_note_and_the_change_of_one_are_kept_beside_each_other() -> None:
    book = DraftBook()
    new, change = draft("new"), draft("change", "n1")
    book.keep(new)
    book.keep(change)
    assert book.find(NoteDraft, gid(1)) == new
    book.drop(NoteDeletion((gid(1),), "n1"))
    assert book.all() == [new]
    assert NoteDraft.from_book({**change.to_book(), "at": "x"}) == NoteDraft((gid(1),), "change", "n1")


def test_a_note_expects_no_version_of_its_order() -> None:
    assert draft().request({}).model_dump(by_alias=True, exclude_none=True) == {"orderIds": [gid(1)], "note": "called"}


def test_own_notes_of_the_last_quarter_of_an_hour_can_be_changed() -> None:
    old = WRITTEN.model_copy(update={"id": "n0", "at": NOON - timedelta(minutes=15)})
    late = WRITTEN.model_copy(update={"id": "n2", "at": NOON})
    others = WRITTEN.model_copy(update={"id": "n3", "by": "bo"})
    assert [note.id for note in own_changeable([old, WRITTEN, others, late], "ANA", NOON)] == ["n2", "n1"]
    untold = draft().on_detail(detail(1)).notes
    assert own_changeable(untold, "ana", NOON) == []


def test_a_note_keeps_its_lines_and_nothing_that_steers_a_terminal() -> None:
    body = b'{"text": "a\\r\\nb\\u001b[2J\\u202ec", "note": "x\\ny"}'
    assert parse_safe(body) == {"text": "a\nb\ufffd[2J\ufffdc", "note": "x y"}


@pytest.mark.parametrize(
    ("before", "missing"),
    [
        ("@b", "o"),
        ("ask @AN", "a"),
        ("@ana", ""),
        ("@ana ", "Maria"),
        ("@ana m", "aria"),
        ("mail joe@b", ""),
        ("@", ""),
        ("@x", ""),
        ("no sign", ""),
    ],
)
def test_a_name_is_completed_from_what_stands_behind_the_sign(before: str, missing: str) -> None:
    assert completion(before, "", NAMES) == missing
    assert completion(before, "x", NAMES) == ""


async def test_a_note_is_deleted_with_the_key_that_makes_it_safe_to_ask_again() -> None:
    asked: list[httpx.Request] = []

    def server(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(200, json={"success": True, "message": "Deleted", "actionId": "a2"})

    async with SyncApi("http://desk", transport=httpx.MockTransport(server)) as api:
        assert (await NoteDeletion((gid(1),), "1-a/1").send(api, {}, "key")).action_id == "a2"
    (request,) = asked
    assert (request.method, request.url.raw_path) == ("DELETE", b"/sync/orders/note/1-a%2F1")
    assert (request.headers["idempotency-key"], request.headers["content-type"]) == ("key", "application/json")
