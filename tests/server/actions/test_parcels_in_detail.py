"""What an order's detail says of its parcels: what is in them, and how far each has come (contract §3a)."""

from __future__ import annotations

from typing import Any

from tests.server.conftest import NOON
from tests.support.acting import SHOP, Desk
from tests.support.desk_orders import held, line, order, parcel
from tests.support.relaying import Ledger, relay_to

from orders_sync.desk.detail import detail
from orders_sync.desk.page import View
from orders_sync.outbox.outcome import Refused, Sent
from orders_sync.rules.thresholds import Thresholds
from orders_wire.detail import OrderDetail

TEE, CAP = line(1, "TEE", 3), line(2, "CAP", 2)


async def read(desk: Desk) -> OrderDetail:
    view = View(desk.db.shop_id, desk.db.clock(), Thresholds())
    found = await desk.db.read(lambda conn: detail(conn, view, 1, SHOP))
    assert found is not None
    return found


async def sent(desk: Desk) -> list[str]:
    return [each.sent.value for each in (await read(desk)).fulfillments]


async def give(desk: Desk, number: str, **fields: Any) -> None:
    status, _ = await desk.act("tracking", {"items": [{"orderId": "1", "number": number}], **fields})
    assert status == 200


async def test_what_is_in_each_parcel(desk: Desk) -> None:
    shopifys = parcel(1, 70, lines=[{"id": 1, "quantity": 1, "left": 2}])
    await desk.tell(order(1, None, line(1, "TEE", 3, 2), CAP), shopifys)
    body = {"orderIds": ["1"], "lines": [{"lineId": "1", "quantity": 1}, {"lineId": "2", "quantity": 2}]}
    _, answer = await desk.act("fulfill", body)
    found = (await read(desk)).fulfillments
    assert [each.id for each in found] == ["gid://shopify/Fulfillment/70", f"acknowledgement/{answer['actionId']}"]
    assert [[(each.id, each.sku, each.title, each.quantity) for each in one.lines] for one in found] == [
        [("gid://shopify/LineItem/1", "TEE", "Tee", 1)],
        [("gid://shopify/LineItem/1", "TEE", "Tee", 1), ("gid://shopify/LineItem/2", "CAP", "Cap", 2)],
    ]
    assert [(each.owed, each.sendable) for each in (await read(desk)).line_items] == [(1, 1), (0, 0)]


async def test_what_is_held_is_not_sendable(light_desk: Desk) -> None:
    await light_desk.tell(order(1, None, TEE, CAP), held(1))
    assert [(each.held, each.sendable) for each in (await read(light_desk)).line_items] == [(3, 0), (2, 0)]


async def test_a_parcel_of_ours_waits_until_its_row_has_left(desk: Desk) -> None:
    await desk.tell(order(1, None, TEE, CAP))
    relay = relay_to(desk.db, Ledger(answers=[Sent(made=(77,)), Refused("no")]))
    await desk.act("fulfill", {"orderIds": ["1"], "delaySeconds": 0})
    assert await sent(desk) == ["waiting"]
    await relay.send_due()
    assert await sent(desk) == ["sent"]
    await give(desk, "A1", delaySeconds=0)
    assert await sent(desk) == ["waiting"]
    await relay.send_due()
    assert await sent(desk) == ["failed"]
    await give(desk, "A2", delaySeconds=0)
    await relay.send_due()
    assert await sent(desk) == ["sent"]
    await desk.tell(parcel(1, 77, at=NOON + 1000), order(1, None, line(1, "TEE", 3, 0), at=NOON + 1000))
    assert await sent(desk) == ["sent"]


async def test_a_parcel_of_shopifys_is_as_it_is_shown_there_or_its_number_waits(light_desk: Desk) -> None:
    await light_desk.tell(order(1, None, line(owed=0)), parcel(1, 70))
    assert await sent(light_desk) == ["sent"]
    await give(light_desk, "TRK-AB12")
    assert await sent(light_desk) == ["local"], "nothing is queued"
    await give(light_desk, "A1")
    assert await sent(light_desk) == ["waiting"]
    (row,) = await light_desk.outbox(1)
    await light_desk.post(f"/sync/outbox/{row.id}/discard")
    assert await sent(light_desk) == ["sent"], "as Shopify has it, without a number"


async def test_a_placeholder_of_a_parcel_of_ours_stays_here(light_desk: Desk) -> None:
    await light_desk.tell(order(1))
    body = {"orderIds": ["1"], "tracking": {"number": "TRK-AB12"}, "delaySeconds": 0}
    await light_desk.act("fulfill", body)
    assert await light_desk.payloads("fulfillment") == [{"tracking": None, "known": [], "lines": [[1, 1]]}]
    assert await sent(light_desk) == ["waiting"]
    await relay_to(light_desk.db, Ledger(answers=[Sent(made=(77,))])).send_due()
    await light_desk.tell(parcel(1, 77, at=NOON + 1000), order(1, None, line(owed=0), at=NOON + 1000))
    assert [(each.number, each.sent) for each in (await read(light_desk)).fulfillments] == [("TRK-AB12", "local")]
