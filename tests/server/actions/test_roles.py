"""Who may do what: contract §5."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator

import pytest
from tests.support.acting import Desk, serve
from tests.support.desk_orders import order, returned

from orders_sync.http.app_keys import Caller
from orders_sync.http.auth import Tokens
from orders_wire.vocabulary import Role

PEOPLE = {"vic": Role.VIEWER, "oda": Role.OPERATOR, "omar": Role.OPERATOR, "lea": Role.LEAD}

BODIES = {
    "assign": {"orderIds": ["1"], "assignee": "maya"},
    "fulfill": {"orderIds": ["1"]},
    "support": {"orderId": "1"},
    "inventory": {"sku": "TEE-M"},
    "returns": {"orderId": "1", "action": "deny"},
    "cancel": {"orderId": "2", "reason": "staff", "refund": "none", "restock": False},
    "undo": {"actionId": "none"},
}


@pytest.fixture
async def guarded(light_desk: Desk) -> AsyncIterator[Desk]:
    """A desk with tokens: everybody's token is their name."""
    tokens = Tokens({hashlib.sha256(name.encode()).hexdigest(): Caller(name, role) for name, role in PEOPLE.items()})
    async with serve(light_desk.db, tokens) as desk:
        await desk.tell(order(1), returned(1, 9), order(2))
        yield desk


def bearer(name: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {name}"}


@pytest.mark.parametrize("action", list(BODIES))
async def test_a_viewer_does_nothing(guarded: Desk, action: str) -> None:
    before = await guarded.order(1)
    status, answer = await guarded.act(action, BODIES[action], **bearer("vic"))
    assert (status, answer["code"], answer["updatedOrders"]) == (403, "forbidden", [])
    assert await guarded.order(1) == before


@pytest.mark.parametrize("action", ["assign", "fulfill", "support", "inventory"])
async def test_an_operator_assigns_fulfils_and_escalates(guarded: Desk, action: str) -> None:
    status, _ = await guarded.act(action, BODIES[action], **bearer("oda"))
    assert status == 200


@pytest.mark.parametrize("action", ["returns", "cancel"])
async def test_returns_and_cancelling_are_for_leads(guarded: Desk, action: str) -> None:
    assert (await guarded.act(action, BODIES[action], **bearer("oda")))[0] == 403
    assert (await guarded.act(action, BODIES[action], **bearer("lea")))[0] == 200


async def test_an_operator_undoes_their_own_and_a_lead_anybodys(guarded: Desk) -> None:
    for undoer, status in (("omar", 403), ("oda", 200), ("lea", 200)):
        _, answer = await guarded.act("assign", {"orderIds": ["1"], "assignee": undoer}, **bearer("oda"))
        got, refusal = await guarded.act("undo", {"actionId": answer["actionId"]}, **bearer(undoer))
        assert got == status
        if status == 403:
            assert (refusal["code"], refusal["updatedOrders"]) == ("forbidden", [])


async def test_an_operator_undoes_an_own_action_that_a_lead_may_do(guarded: Desk) -> None:
    _, answer = await guarded.act("assign", BODIES["assign"], **bearer("lea"))
    assert (await guarded.act("undo", {"actionId": answer["actionId"]}, **bearer("oda")))[0] == 403


async def test_without_a_token_nobody_acts(guarded: Desk) -> None:
    status, answer = await guarded.act("assign", BODIES["assign"])
    assert (status, answer["code"], answer["updatedOrders"]) == (401, "unauthorized", [])


async def test_the_name_on_loopback_is_the_clients_operator_or_dashboard(light_desk: Desk) -> None:
    await light_desk.tell(order(1))
    await light_desk.act("assign", BODIES["assign"], X_Operator="bo")
    await light_desk.act("assign", {"orderIds": ["1"], "assignee": "lee"})
    assert [owner.assigned_by for owner in await light_desk.owners(1)] == ["bo", "dashboard"]


@pytest.mark.parametrize("what", ["retry", "discard"])
async def test_the_outbox_is_decided_on_by_leads(guarded: Desk, what: str) -> None:
    await guarded.act("assign", BODIES["assign"], **bearer("oda"))
    (row,) = await guarded.outbox(1)
    status, answer = await guarded.post(f"/sync/outbox/{row.id}/{what}", **bearer("oda"))
    assert (status, answer["code"]) == (403, "forbidden")
