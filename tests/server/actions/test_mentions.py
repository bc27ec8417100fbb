"""Who is named in a note is told, alone and once, and finds it among their mentions: contract §3a, Mentions."""

from __future__ import annotations

import asyncio
import hashlib
import re
from typing import Any

import orjson
import pytest
from sqlalchemy import Connection, insert, update
from tests.server.conftest import SettableClock
from tests.support.acting import Body, Desk, serve
from tests.support.desk_orders import PLACED, gid, order, stamp

from orders_sync.db import audit, events
from orders_sync.db.tables import mentions as mentions_table
from orders_sync.db.tables import order_assignments, order_docs
from orders_sync.evidence.changes import OrderDeleted
from orders_sync.http.app_keys import Caller
from orders_sync.http.auth import Tokens
from orders_sync.instants import DAY, HOUR
from orders_sync.upkeep.retention import AUDIT, Retention
from orders_wire.vocabulary import Role

BEA = {"X_Operator": "bea"}


async def peopled(desk: Desk, *names: str) -> None:
    """Orders 1 and 2; these people owned an order once."""
    await desk.tell(order(1), order(2))
    for name in names:
        await desk.act("assign", {"orderIds": ["2"], "assignee": name})


async def noted(desk: Desk, text: str, *order_ids: str, **more: Any) -> Body:
    status, answer = await desk.act("note", {"orderIds": list(order_ids) or ["1"], "note": text, **more}, **BEA)
    assert status == 200, answer
    return answer


def id_of(answer: Body) -> str:
    return str(answer["updatedOrders"][0]["noteId"])


async def mentions_of(desk: Desk, name: str, query: str = "") -> list[Body]:
    async with desk.client.get(f"/sync/mentions{query}", headers={"X-Operator": name}) as response:
        assert response.status == 200, await response.text()
        found: list[Body] = (await response.json())["mentions"]
        return found


async def unread(desk: Desk, name: str) -> list[str]:
    """What the unread mentions of somebody say, newest first."""
    return [mention["text"] for mention in await mentions_of(desk, name, "?state=unread")]


async def read(desk: Desk, name: str, ids: list[str]) -> tuple[int, Body]:
    async with desk.client.post("/sync/mentions/read", json={"ids": ids}, headers={"X-Operator": name}) as response:
        return response.status, await response.json()


async def told(desk: Desk) -> list[tuple[str | None, Body]]:
    """Every mention that was announced, with whom it was told."""
    batch = await desk.db.read(lambda conn: events.after(conn, desk.db.shop_id, 0, 1000))
    found = [(event.addressee, orjson.loads(event.body)) for event in batch.events]
    return [(whom, body) for whom, body in found if body["type"] == "mention"]


async def told_of(desk: Desk, note_id: str) -> list[str | None]:
    return [whom for whom, body in await told(desk) if body["note_id"] == note_id]


async def test_who_is_named_is_told_without_a_word_of_the_text(desk: Desk) -> None:
    await peopled(desk, "Ana María", "ana", "bea")
    note_id = id_of(await noted(desk, "@ANA María, and @bea: look"))
    assert await told(desk) == [
        (
            "ana maría",
            {
                "type": "mention",
                "order_id": gid(1),
                "order_number": "#1",
                "note_id": note_id,
                "by": "bea",
                "created_at": "2026-03-10T12:00:00Z",
            },
        )
    ]
    (mention,) = await mentions_of(desk, "ANA maría", "?state=unread")
    assert mention == {
        "id": mention["id"],
        "order_id": gid(1),
        "order_number": "#1",
        "note_id": note_id,
        "by": "bea",
        "at": "2026-03-10T12:00:00Z",
        "text": "@ANA María, and @bea: look",
    }
    assert await mentions_of(desk, "ana") == await mentions_of(desk, "bea") == []
    (note,) = (await desk.order(1)).operator.notes.values()
    assert note.mentions == ("Ana María",)


async def test_known_are_all_who_ever_owned_an_order_and_who_has_a_token_now(desk: Desk) -> None:
    names = {name: hashlib.sha256(name.encode()).hexdigest() for name in ("vic", "oda")}
    tokens = Tokens({names["oda"]: Caller("oda", Role.OPERATOR)})
    await peopled(desk, "cy", "dan", "unassigned")
    async with serve(desk.db, tokens) as guarded:
        wanted = {"orderIds": ["1"], "note": "@vic @cy @dan @oda @unassigned @nobody"}
        await guarded.act("note", wanted, Authorization="Bearer oda")
        tokens.replace({of: Caller(name, Role.VIEWER) for name, of in names.items()} | dict(tokens.callers))
        await guarded.act("note", wanted, Authorization="Bearer oda")
        async with guarded.client.get("/sync/mentions", headers={"Authorization": "Bearer vic"}) as response:
            assert len((await response.json())["mentions"]) == 1, "a viewer has mentions too"
    assert [whom for whom, _ in await told(desk)] == ["cy", "dan", "vic", "cy", "dan"]


async def test_a_change_tells_those_who_were_not_named_before_and_drops_those_who_are_no_more(desk: Desk) -> None:
    await peopled(desk, "ana", "cy", "dan")
    note_id = id_of(await noted(desk, "@ana @cy"))
    await noted(desk, "@cy @dan", noteId=note_id)
    assert await told_of(desk, note_id) == ["ana", "cy", "dan"]
    assert (await unread(desk, "ana"), await unread(desk, "cy"), await unread(desk, "dan")) == (
        [],
        ["@cy @dan"],
        ["@cy @dan"],
    )
    await noted(desk, "@ana @cy again", noteId=note_id)
    assert await told_of(desk, note_id) == ["ana", "cy", "dan"], "nobody twice"
    assert (await unread(desk, "ana"), await unread(desk, "dan")) == (["@ana @cy again"], [])


async def test_what_is_taken_back_is_gone_and_what_comes_back_is_told_to_nobody_again(desk: Desk) -> None:
    await peopled(desk, "ana", "cy")
    written = await noted(desk, "@ana")
    note_id = id_of(written)
    (mention,) = await mentions_of(desk, "ana")
    changed = await noted(desk, "@cy", noteId=note_id)
    await desk.act("undo", {"actionId": changed["actionId"]}, **BEA)
    assert (await unread(desk, "ana"), await unread(desk, "cy")) == (["@ana"], [])
    await read(desk, "ana", [mention["id"]])
    _, gone = await desk.delete(f"/sync/orders/note/{note_id}", **BEA)
    assert await mentions_of(desk, "ana") == []
    await desk.act("undo", {"actionId": gone["actionId"]}, **BEA)
    assert (await mentions_of(desk, "ana"), await unread(desk, "ana")) == ([mention], []), "read, as it was"
    await desk.act("undo", {"actionId": written["actionId"]}, **BEA)
    assert await mentions_of(desk, "ana") == []
    assert await told_of(desk, note_id) == ["ana", "cy"]


async def test_a_note_on_many_orders_is_one_mention_of_each(desk: Desk) -> None:
    await peopled(desk, "ana")
    await noted(desk, "@ana @ANA", "1", "2", gid(2), "9")
    assert [(mention["order_number"], mention["text"]) for mention in await mentions_of(desk, "ana")] == [
        ("#2", "@ana @ANA"),
        ("#1", "@ana @ANA"),
    ]


async def test_reading_counts_ones_own_once_and_everywhere(desk: Desk) -> None:
    await peopled(desk, "ana", "cy")
    await noted(desk, "@ana 1")
    await noted(desk, "@ana 2 @cy")
    second, first = await mentions_of(desk, "ana")
    (other,) = await mentions_of(desk, "cy")
    before = desk.db.version
    asked = [first["id"], first["id"], other["id"], "999", "x", "9" * 30, "٣"]
    status, answer = await read(desk, "Ana", asked)
    assert (status, answer) == (200, {"success": True, "message": "Read: 1 mention", "updatedOrders": []})
    assert (await unread(desk, "ana"), await unread(desk, "cy")) == (["@ana 2 @cy"], ["@ana 2 @cy"])
    assert [mention["id"] for mention in await mentions_of(desk, "ana")] == [second["id"], first["id"]]
    batch = await desk.db.read(lambda conn: events.after(conn, desk.db.shop_id, before, 10))
    assert [(event.addressee, orjson.loads(event.body)["type"]) for event in batch.events] == [("ana", "refresh")]
    assert (await read(desk, "ana", asked))[1]["message"] == "Read: 0 mentions"
    assert desk.db.version == before + 1, "nothing more to tell"


@pytest.mark.parametrize(
    ("body", "refused"),
    [
        ({}, (400, "invalid_request", "ids: is needed")),
        ({"ids": []}, (400, "invalid_request", "ids: needs at least 1 of them")),
        ({"ids": [1]}, (400, "invalid_request", "ids[0]: has to be text")),
        ({"ids": ["\0"]}, (400, "invalid_request", "ids[0]: a NUL character is not allowed")),
        ({"ids": ["1"] * 251}, (413, "too_large", "ids: at most 250 at once")),
    ],
)
async def test_what_cannot_be_read_is_refused_by_name(
    light_desk: Desk, body: Body, refused: tuple[int, str, str]
) -> None:
    async with light_desk.client.post("/sync/mentions/read", json=body) as response:
        answer = await response.json()
    assert (response.status, answer["code"], answer["message"], answer["updatedOrders"]) == (*refused, [])


async def test_another_state_is_refused_by_what_is_allowed(light_desk: Desk) -> None:
    status, answer = await light_desk.get("/sync/mentions?state=read")
    refused = "state: 'read' is not allowed; allowed: unread"
    assert (status, answer["code"], answer["message"]) == (400, "invalid_request", refused)
    status, answer = await light_desk.get("/sync/mentions?state=unread&state=all")
    assert (status, answer["message"]) == (400, "state: given twice with different values; give it once")


async def test_another_shops_mentions_are_not_read_here(light_desk: Desk) -> None:
    body = {"ids": ["1"], "shop_domain": "other.myshopify.com"}
    async with light_desk.client.post("/sync/mentions/read", json=body) as response:
        assert (response.status, (await response.json())["code"]) == (403, "unknown_shop")
    async with light_desk.client.post("/sync/mentions/read", json=body | {"shop_domain": " \u200b"}) as response:
        assert response.status == 200, "blank text is null"


async def test_the_newest_250_are_listed(light_desk: Desk) -> None:
    await peopled(light_desk, "ana")
    note_id = id_of(await noted(light_desk, "@ana"))
    (mention,) = await mentions_of(light_desk, "ana")
    row = {"shop_id": light_desk.db.shop_id, "order_id": 1, "note_id": note_id, "named": True, "at": 0}
    others = [{**row, "addressee": "ana", "note_id": f"1-{n:x}"} for n in range(250)]
    notes = {each["note_id"]: {"action_id": "a", "at": 0, "by": "bo", "text": "@ana"} for each in others}
    known = update(order_docs).where(order_docs.c.order_id == 1).values(operator=orjson.dumps({"notes": notes}))
    await light_desk.db.write(lambda tx: tx.conn.execute(insert(mentions_table), others))
    await light_desk.db.write(lambda tx: tx.conn.execute(known))
    found = await mentions_of(light_desk, "ana", "?state=unread")
    assert len(found) == 250
    assert mention["id"] not in {each["id"] for each in found}


async def test_the_mentions_of_an_order_that_is_deleted_are_gone(desk: Desk) -> None:
    await peopled(desk, "ana")
    await noted(desk, "@ana")
    await desk.tell(OrderDeleted(1, stamp(PLACED + HOUR)))
    assert await mentions_of(desk, "ana") == []


async def test_mentions_are_kept_as_long_as_the_audit(desk: Desk, clock: SettableClock) -> None:
    await peopled(desk, "ana")
    await noted(desk, "@ana")
    kept = Retention(events=7 * DAY, answers=72 * HOUR)
    clock.advance(AUDIT)
    await kept.prune(desk.db)
    assert len(await mentions_of(desk, "ana")) == 1
    clock.advance(1)
    await kept.prune(desk.db)
    assert await mentions_of(desk, "ana") == []


async def test_of_two_changes_at_once_each_name_is_told_once(desk: Desk) -> None:
    await peopled(desk, "ana", "cy")
    note_id = id_of(await noted(desk, "red"))
    await asyncio.gather(*(noted(desk, f"@ana @cy {n}", noteId=note_id) for n in range(4)))
    assert sorted(map(str, await told_of(desk, note_id))) == ["ana", "cy"]


async def test_finding_who_is_known_costs_the_names_and_not_the_history(desk: Desk) -> None:
    """Read from name to name through the index, whatever was assigned."""
    row = {"shop_id": desk.db.shop_id, "order_id": 1, "assigned_by": "x", "assigned_at": 0}
    rows = [{**row, "assignee": f"p{n % 7}"} for n in range(700)]
    await desk.db.write(lambda tx: tx.conn.execute(insert(order_assignments), rows))
    found = await desk.db.read(lambda conn: audit.everybody(conn, desk.db.shop_id))
    assert found == [f"p{n}" for n in range(7)]
    plan = await desk.db.read(lambda conn: _plan(conn, desk.db.shop_id))
    assert "order_assignments_by_assignee" in plan
    assert not re.search(r"SCAN order_assignments\b|Seq Scan", plan), plan


def _plan(conn: Connection, shop_id: int) -> str:
    """How the database would find everybody, if it had to be quick."""
    query = audit.EVERYBODY.params(shop_id=shop_id)
    sql = str(query.compile(dialect=conn.dialect, compile_kwargs={"literal_binds": True}))
    if conn.dialect.name == "sqlite":
        return "\n".join(str(row[-1]) for row in conn.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}"))
    conn.exec_driver_sql("SET LOCAL enable_seqscan = off")
    return "\n".join(conn.exec_driver_sql(f"EXPLAIN {sql}").scalars())
