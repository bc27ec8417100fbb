"""`note` and mentions as whoever holds the contract sees them: contract §3a, over HTTP alone."""

from __future__ import annotations

from typing import Any

import pytest
from tests.server.conftest import SettableClock
from tests.server.contract.whole_desk import Body, WholeDesk
from tests.support.desk_orders import order, told

from orders_sync.instants import MINUTE

HOSTILE = (
    "@omar \x1b]0;x\x07\x1b[2J \u202e\u2066\u200f\u0301 \U0001f469\u200d\U0001f680 \ufffd \ufdfd \\u0000 "
    "<b>'\"&%s{0}\r\n\t\x7f\x01"
)
"""What a terminal, a page, a database or a log could take for something else than text."""


async def ask(desk: WholeDesk, method: str, path: str, by: str = "", **more: Any) -> tuple[int, Body]:
    headers = {"Authorization": f"Bearer {by}"} if by else {}
    async with desk.client.request(method, path, headers=headers | more.pop("headers", {}), **more) as response:
        body: Body = await response.json()
        return response.status, body


async def mentions(desk: WholeDesk, by: str, state: str = "?state=unread") -> list[Body]:
    status, answer = await ask(desk, "GET", f"/sync/mentions{state}", by)
    assert status == 200, answer
    found: list[Body] = answer["mentions"]
    return found


async def test_a_note_from_its_writing_to_its_end(guarded: WholeDesk, clock: SettableClock) -> None:
    desk = guarded
    await told(desk.database, [order(1)])
    text = (HOSTILE * 200)[:5000].strip()
    written = await desk.done("note", {"orderIds": ["#1"], "note": text}, by="oda")
    note_id = written["updatedOrders"][0]["noteId"]
    assert written["updatedOrders"] == [{"id": "#1", "noteId": note_id}]
    clock.advance(MINUTE)
    shown = await desk.detail(1)
    assert shown["notes"] == [
        {
            "id": note_id,
            "at": "2026-03-10T12:00:00Z",
            "by": "oda",
            "text": text,
            "mentions": ["omar"],
            "edited_at": None,
        }
    ]
    (row,) = (await desk.page(has="note"))["orders"]["items"]
    assert (row["note_count"], row["last_note_at"], row["assigned_to"]) == (1, "2026-03-10T12:00:00Z", "unassigned")
    (entry,) = [entry for entry in row["timeline"] if entry["event"] == "note"]
    assert (entry["note_id"], entry["details"]) == (note_id, f"oda: {text}"[:279] + "…")
    (mention,) = await mentions(desk, "omar")
    assert (mention["text"], mention["note_id"], mention["by"]) == (text, note_id, "oda")
    assert "mention" not in {event["type"] for event in await desk.events()}, "lea is not omar"

    edit = {"orderIds": ["1"], "note": "@lea please", "noteId": note_id}
    assert (await desk.act("note", edit, by="lea"))[1]["code"] == "forbidden"
    await desk.done("note", edit, by="oda")
    (note,) = (await desk.detail(1))["notes"]
    assert (note["text"], note["mentions"], note["edited_at"]) == ("@lea please", ["lea"], "2026-03-10T12:01:00Z")
    assert (await mentions(desk, "omar"), [each["text"] for each in await mentions(desk, "lea")]) == (
        [],
        ["@lea please"],
    )

    status, gone = await ask(desk, "DELETE", f"/sync/orders/note/{note_id}", "oda")
    assert (status, gone["success"]) == (200, True)
    shown = await desk.detail(1)
    assert (shown["notes"], shown["note_count"], shown["last_note_at"]) == ([], 0, None)
    assert not [entry for entry in shown["timeline"] if entry["event"] == "note"]
    assert [entry["actor"] for entry in shown["audit"]] == ["oda", "oda", "lea", "oda"]
    assert shown["audit"][0]["details"] == "deleted; it was: @lea please"
    assert (await desk.page(has="note"))["orders"]["items"] == []
    assert (await mentions(desk, "lea", ""), await mentions(desk, "omar", "")) == ([], [])


async def test_who_may_do_what(guarded: WholeDesk) -> None:
    await told(guarded.database, [order(1)])
    written = await guarded.done("note", {"orderIds": ["1"], "note": "@vic look"}, by="oda")
    path = f"/sync/orders/note/{written['updatedOrders'][0]['noteId']}"
    for status, answer in (
        await guarded.act("note", {"orderIds": ["1"], "note": "x"}, by="vic"),
        await ask(guarded, "DELETE", path, "vic"),
        await ask(guarded, "DELETE", path, "omar"),
        await guarded.act("undo", {"actionId": written["actionId"]}, by="omar"),
    ):
        assert (status, answer["code"], answer["updatedOrders"]) == (403, "forbidden", [])
    assert (await ask(guarded, "DELETE", path))[0] == 401
    (mention,) = await mentions(guarded, "vic")
    read = {"ids": [mention["id"]]}
    assert (await ask(guarded, "POST", "/sync/mentions/read", "omar", json=read))[1]["message"] == "Read: 0 mentions"
    assert (await ask(guarded, "POST", "/sync/mentions/read", "vic", json=read))[1]["message"] == "Read: 1 mention"
    assert await mentions(guarded, "vic") == []
    assert (await guarded.act("undo", {"actionId": written["actionId"]}, by="lea"))[0] == 200


@pytest.mark.parametrize(
    ("headers", "body", "refused"),
    [
        ({"Host": "evil.example"}, None, (403, "forbidden")),
        ({"Origin": "https://evil.example"}, None, (400, "invalid_request")),
        ({"Content-Type": "text/plain"}, b"{}", (400, "invalid_request")),
        ({"Content-Type": "application/json"}, b"[]", (400, "invalid_request")),
        ({"X-Shop-Domain": "another.example"}, None, (403, "unknown_shop")),
    ],
)
async def test_no_page_of_somebody_else_deletes_a_note(
    desk: WholeDesk, headers: dict[str, str], body: bytes | None, refused: tuple[int, str]
) -> None:
    await told(desk.database, [order(1)])
    written = await desk.done("note", {"orderIds": ["1"], "note": "stays"}, by="dashboard")
    path = f"/sync/orders/note/{written['updatedOrders'][0]['noteId']}"
    status, answer = await ask(desk, "DELETE", path, headers=headers, data=body)
    assert (status, answer["code"], answer["updatedOrders"]) == (*refused, [])
    assert len((await desk.detail(1))["notes"]) == 1


async def test_a_version_1_2_client_hears_of_no_mention(desk: WholeDesk) -> None:
    await told(desk.database, [order(1), order(2)])
    await desk.done("assign", {"orderIds": ["2"], "assignee": "cy"})
    await desk.done("note", {"orderIds": ["1"], "note": "@cy @Dashboard"}, by="bea")
    assert {event["type"] for event in await desk.events()} == {"refresh"}
