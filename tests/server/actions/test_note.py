"""Notes of the desk's own: contract §3a, `note`. Written, changed and taken away, and what is left of each where."""

from __future__ import annotations

import asyncio
from typing import Any

import orjson
import pytest
from sqlalchemy import select
from tests.server.conftest import SettableClock
from tests.support.acting import Body, Desk
from tests.support.desk_orders import gid, order

from orders_sync.db.tables import actions, idempotency, order_marks
from orders_sync.desk.detail import detail
from orders_sync.desk.page import View
from orders_sync.instants import MINUTE, SECOND
from orders_sync.rules.thresholds import Thresholds
from orders_sync.rules.timeline import BRIEF, timeline

BEA, ANA = {"X_Operator": "bea"}, {"X_Operator": "ana"}


async def noted(desk: Desk, text: str, *order_ids: str, **more: Any) -> Body:
    body = {"orderIds": list(order_ids) or ["1"], "note": text, **more}
    status, answer = await desk.act("note", body, **BEA)
    assert status == 200, answer
    return answer


async def deleted(desk: Desk, note_id: str, body: object = None, **more: Any) -> tuple[int, Body]:
    return await desk.delete(f"/sync/orders/note/{note_id}", body, **{**BEA, **more})


def id_of(answer: Body) -> str:
    return str(answer["updatedOrders"][0]["noteId"])


async def texts(desk: Desk, order_id: int = 1) -> list[str | None]:
    return [note.text for note in (await desk.order(order_id)).operator.notes.values()]


async def in_timeline(desk: Desk) -> list[tuple[str, str | None]]:
    """What the timeline says of notes, with the note that each is of."""
    entries = timeline((await desk.order(1)).state)
    return [(entry["details"], entry.get("note_id")) for entry in entries if entry["event"] == "note"]


async def test_a_note_stays_on_this_desk_and_changes_nothing_else(desk: Desk) -> None:
    await desk.tell(order(1))
    before = await desk.order(1)
    answer = await noted(desk, "  the customer calls back  ")
    assert (answer["message"], answer["undoUntil"]) == ("Noted on 1 order", None)
    assert answer["updatedOrders"] == [{"id": "1", "noteId": id_of(answer)}]
    seen = await desk.order(1)
    assert seen.version == answer["versions"]["1"] == before.version + 1
    assert await in_timeline(desk) == [("bea: the customer calls back", id_of(answer))]
    assert (seen.waiting, await desk.outbox(1), await desk.owners(1)) == (0, [], [])
    assert seen.state.order == before.state.order, "what the shop knows of it, its own note too"
    card = orjson.loads(seen.known.card)
    assert (card["note_count"], card["last_note_at"]) == (1, "2026-03-10T12:00:00Z")


async def test_many_orders_get_a_note_each_and_each_fails_alone(light_desk: Desk) -> None:
    await light_desk.tell(order(1), order(2))
    answer = await noted(light_desk, "same truck", gid(1), "2", "999", "1")
    assert answer["message"] == "Noted on 2 orders; 1 failed"
    assert [item["id"] for item in answer["updatedOrders"]] == [gid(1), "2", "1"]
    first, second, again = (item["noteId"] for item in answer["updatedOrders"])
    assert first == again != second
    assert [failure["id"] for failure in answer["failures"]] == ["999"]
    assert (await texts(light_desk, 1), await texts(light_desk, 2)) == (["same truck"], ["same truck"])


@pytest.mark.parametrize("text", ["", " \u200b\n", None, 5, "x" * 5001, "a\0b"])
async def test_what_can_be_no_note_is_refused_by_name(light_desk: Desk, text: object) -> None:
    await light_desk.tell(order(1))
    status, answer = await light_desk.act("note", {"orderIds": ["1"], "note": text})
    assert (status, answer["code"]) == (400, "invalid_request")
    assert answer["message"].startswith("note: ")
    assert await texts(light_desk) == []


async def test_an_own_note_is_changed_and_the_audit_keeps_the_old_text(desk: Desk, clock: SettableClock) -> None:
    await desk.tell(order(1))
    note_id = id_of(await noted(desk, "red"))
    clock.advance(14 * MINUTE)
    answer = await noted(desk, "blue", gid(1), noteId=note_id)
    assert (answer["message"], answer["updatedOrders"]) == ("Noted on 1 order", [{"id": gid(1), "noteId": note_id}])
    seen = await desk.order(1)
    assert await in_timeline(desk) == [("bea: blue", note_id)], "in its place, under its time"
    (note,) = seen.operator.notes.values()
    assert (note.edited_at, note.at) == (clock.now, clock.now - 14 * MINUTE)
    card = orjson.loads(seen.known.card)
    assert (card["note_count"], card["last_note_at"]) == (1, "2026-03-10T12:00:00Z")
    first, second = await desk.audited(1)
    assert (first.actor, first.details) == ("bea", "red")
    assert (second.action, second.details) == ("note", "changed to: blue; it was: red")


async def test_the_same_text_again_changes_nothing(light_desk: Desk) -> None:
    await light_desk.tell(order(1))
    answer = await noted(light_desk, "red")
    again = await noted(light_desk, " red ", noteId=id_of(answer))
    assert again["versions"] == answer["versions"]
    assert (await light_desk.audited(1))[-1].result == "unchanged"


async def test_a_deleted_note_is_gone_and_the_audit_keeps_its_text(desk: Desk) -> None:
    await desk.tell(order(1))
    written = await noted(desk, "red")
    status, answer = await deleted(desk, id_of(written), key="k")
    assert (status, answer["message"]) == (200, "Noted: the note on #1 is deleted")
    assert answer["updatedOrders"] == [{"id": gid(1), "noteId": id_of(written)}]
    assert answer["versions"] == {gid(1): written["versions"]["1"] + 1}
    assert (await texts(desk), await in_timeline(desk)) == ([], [])
    card = orjson.loads((await desk.order(1)).known.card)
    assert (card["note_count"], card["last_note_at"]) == (0, None)
    assert (await desk.audited(1))[-1].details == "deleted; it was: red"
    assert await deleted(desk, id_of(written), key="k") == (200, answer), "asked again under its key"
    status, refused = await deleted(desk, id_of(written))
    assert (status, refused["code"], refused["updatedOrders"]) == (404, "not_found", [])


@pytest.mark.parametrize(
    ("body", "refused"),
    [
        ({"orderIds": ["1", "2"]}, (400, "invalid_request", "noteId: orderIds has to name one order")),
        ({"orderIds": ["2"]}, (404, "not_found", "#2 has no note")),
        ({"orderIds": ["1"], "noteId": "1-none"}, (404, "not_found", "#1 has no note")),
    ],
)
async def test_a_note_that_is_not_there_is_not_changed(
    light_desk: Desk, body: Body, refused: tuple[int, str, str]
) -> None:
    await light_desk.tell(order(1), order(2))
    note_id = id_of(await noted(light_desk, "red"))
    status, answer = await light_desk.act("note", {"note": "blue", "noteId": note_id, **body}, **BEA)
    assert (status, answer["code"]) == refused[:2]
    assert answer["message"].startswith(refused[2])
    assert await texts(light_desk) == ["red"]


@pytest.mark.parametrize("note_id", ["x", "-", "1-none", "99-none", "1", "%F0%9F%98%80", "9" * 30 + "-a", "1-%00"])
async def test_a_note_that_is_not_there_is_not_deleted(desk: Desk, note_id: str) -> None:
    await desk.tell(order(1))
    status, answer = await deleted(desk, note_id)
    assert (status, answer["code"], answer["success"]) == (404, "not_found", False)


async def test_a_note_of_somebody_else_is_left_alone(light_desk: Desk) -> None:
    await light_desk.tell(order(1))
    note_id = id_of(await noted(light_desk, "red"))
    edit = {"orderIds": ["1"], "note": "blue", "noteId": note_id}
    for status, answer in (await light_desk.act("note", edit, **ANA), await deleted(light_desk, note_id, **ANA)):
        assert (status, answer["code"]) == (403, "forbidden")
        assert answer["message"] == "The note is bea's; only they may change or delete it"
    status, _ = await light_desk.act("note", edit, X_Operator="Bea")
    assert (status, await texts(light_desk)) == (200, ["blue"])


async def test_after_a_quarter_of_an_hour_a_note_stays_as_it_is(desk: Desk, clock: SettableClock) -> None:
    await desk.tell(order(1))
    written = await noted(desk, "red")
    clock.advance(15 * MINUTE - SECOND)
    changed = await noted(desk, "blue", noteId=id_of(written))
    clock.advance(SECOND)
    edit = {"orderIds": ["1"], "note": "green", "noteId": id_of(written)}
    for status, answer in (
        await desk.act("note", edit, **BEA),
        await deleted(desk, id_of(written)),
        await desk.act("undo", {"actionId": changed["actionId"]}, **BEA),
    ):
        assert (status, answer["code"], answer["allowed_actions"]) == (409, "illegal_transition", [])
        assert answer["message"] == "The note was written at 2026-03-10T12:00:00Z; it could be changed for 15 minutes"
    assert await texts(desk) == ["blue"]


async def undone(desk: Desk, answer: Body, **by: str) -> tuple[int, Body]:
    return await desk.act("undo", {"actionId": answer["actionId"]}, **(by or BEA))


async def test_undo_takes_a_note_away_and_leaves_its_text_nowhere_that_shows(desk: Desk) -> None:
    await desk.tell(order(1), order(2))
    written = await noted(desk, "red", "1", "2")
    status, answer = await undone(desk, written, X_Operator="a lead")
    assert (status, answer["message"]) == (200, "Undone: note on 2 orders")
    assert answer["updatedOrders"] == written["updatedOrders"]
    assert (await texts(desk, 1), await texts(desk, 2)) == ([], [])
    assert await in_timeline(desk) == [("note undone, by a lead", None)]
    assert b"bea: red" not in (await desk.order(1)).known.card
    assert (await undone(desk, written))[0] == 404, "once"


async def test_undo_of_a_change_brings_the_old_text_back_and_of_a_deletion_the_note(desk: Desk) -> None:
    await desk.tell(order(1))
    note_id = id_of(await noted(desk, "red"))
    as_written = (await desk.order(1)).operator.notes
    changed = await noted(desk, "blue", noteId=note_id)
    _, gone = await deleted(desk, note_id)
    status, refused = await undone(desk, changed)
    assert (status, refused["code"]) == (409, "version_conflict"), "deleted since"
    status, answer = await undone(desk, gone)
    assert (status, answer["updatedOrders"]) == (200, [{"id": gid(1), "noteId": note_id}])
    assert await texts(desk) == ["blue"]
    assert (await undone(desk, changed))[0] == 200
    assert (await desk.order(1)).operator.notes == as_written


async def test_undo_leaves_a_note_that_was_changed_since(light_desk: Desk) -> None:
    await light_desk.tell(order(1))
    written = await noted(light_desk, "red")
    await noted(light_desk, "blue", noteId=id_of(written))
    status, refused = await undone(light_desk, written)
    assert (status, refused["code"]) == (409, "version_conflict")
    assert await texts(light_desk) == ["blue"]


async def test_of_two_changes_at_once_one_wins(desk: Desk) -> None:
    await desk.tell(order(1))
    written = await noted(desk, "red")
    edit = {"orderIds": ["1"], "noteId": id_of(written), "expectedVersions": written["versions"]}
    results = await asyncio.gather(*(desk.act("note", {**edit, "note": text}, **BEA) for text in ("blue", "green")))
    results.append(await deleted(desk, id_of(written), {"expectedVersions": {gid(1): written["versions"]["1"]}}))
    assert sorted(status for status, _ in results) == [200, 409, 409]
    assert {answer.get("code") for _, answer in results} == {None, "version_conflict"}
    seen = await desk.order(1)
    assert seen.version == written["versions"]["1"] + 1


HOSTILE = "\x1b[31m\u202e\u2066\r\n\t\x7f\u0301\U0001f600 \\u0000 ' \" <b> %s {x} \u2028 \ufdfd"


async def test_every_answer_has_the_very_text(desk: Desk, clock: SettableClock) -> None:
    await desk.tell(order(1))
    text = (HOSTILE * 300)[:5000].strip()
    note_id = id_of(await noted(desk, text))
    assert await texts(desk) == [text]
    assert (await desk.audited(1))[0].details == text
    ((details, _),) = await in_timeline(desk)
    assert (len(details), details[:-1]) == (BRIEF, f"bea: {text}"[: BRIEF - 1])
    stored = await desk.db.read(lambda conn: conn.execute(select(actions.c.body)).scalar_one())
    assert orjson.loads(stored)["orders"][0]["patch"][f"notes/{note_id}"][1]["text"] == text


async def test_no_recorded_answer_has_any_text(light_desk: Desk) -> None:
    await light_desk.tell(order(1))
    status, answer = await light_desk.act("note", {"orderIds": ["1"], "note": "crimson"}, key="a", **BEA)
    assert status == 200
    edit = {"orderIds": ["1"], "note": "scarlet", "noteId": id_of(answer)}
    for n, headers in enumerate((BEA, ANA)):
        await light_desk.act("note", edit, key=f"b{n}", **headers)
        await deleted(light_desk, id_of(answer), key=f"c{n}", **headers)
    kept = await light_desk.db.read(lambda conn: conn.execute(select(idempotency.c.answer)).scalars().all())
    assert len(kept) == 5
    assert not [answer for answer in kept if b"crimson" in answer or b"scarlet" in answer]


async def test_orders_with_a_note_are_marked(desk: Desk) -> None:
    await desk.tell(order(1), order(2))
    marked = select(order_marks.c.order_id).where(order_marks.c.mark == "has:note")
    note_id = id_of(await noted(desk, "red"))
    assert await desk.db.read(lambda conn: conn.execute(marked).scalars().all()) == [1]
    await deleted(desk, note_id)
    assert await desk.db.read(lambda conn: conn.execute(marked).scalars().all()) == []


@pytest.mark.parametrize("char", ["x", "\U0001f600", "\x1b"])
async def test_an_order_with_all_the_notes_that_it_can_have_is_no_larger_than_a_client_reads(
    light_desk: Desk, char: str
) -> None:
    await light_desk.tell(order(1), order(2))
    body = {"orderIds": ["1", "2"], "note": char.join("y" * 2501)[:5000]}
    answer: Body = {}
    while "failures" not in answer:
        status, answer = await light_desk.act("note", body | {"orderIds": ["1"]}, **BEA)
    assert (status, answer["code"]) == (413, "too_large")
    assert "#1 has" in answer["message"]
    _, answer = await light_desk.act("note", body, **BEA)
    assert ([each["id"] for each in answer["failures"]], len(answer["updatedOrders"])) == (["1"], 1)
    db = light_desk.db
    found = await db.read(lambda conn: detail(conn, View(db.shop_id, db.clock(), Thresholds()), 1, "x.example"))
    assert found is not None
    assert 400_000 < len(found.model_dump_json().encode()) < 2**20
    assert found.audit[-1].details.startswith("y")
