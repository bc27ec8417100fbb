"""`tracking`: numbers of parcels, added and corrected, Shopify's and ours (contract §3a)."""

from __future__ import annotations

from typing import Any

import pytest
from tests.server.conftest import NOON
from tests.support.acting import Desk
from tests.support.desk_orders import gid, line, order, parcel
from tests.support.relaying import Ledger, relay_to

from orders_sync.evidence.changes import OrderChange
from orders_sync.outbox.outcome import Refused, Sent

Json = dict[str, Any]


def sent(*parcels: OrderChange, order_id: int = 1) -> tuple[OrderChange, ...]:
    """An order that owes nothing, and its parcels."""
    return (order(order_id, None, line(1, "TEE", 2, 0)), *parcels)


def item(number: str, parcel_id: str | None = None, order_id: str = "1", **fields: str) -> Json:
    return {"orderId": order_id, "number": number, **fields} | (
        {} if parcel_id is None else {"fulfillmentId": parcel_id}
    )


async def give(desk: Desk, *items: Json, **fields: Any) -> tuple[int, Json]:
    return await desk.act("tracking", {"items": list(items), **fields})


async def shown(desk: Desk) -> list[tuple[str | None, ...]]:
    """Number, carrier and page of each parcel."""
    return [(each.number, each.carrier, each.url) for each in (await desk.order(1)).state.parcels]


async def numbers(desk: Desk) -> list[str | None]:
    return [each.number for each in (await desk.order(1)).state.parcels]


async def test_without_a_parcel_it_goes_to_the_only_one_that_lacks_a_number(desk: Desk) -> None:
    await desk.tell(*sent(parcel(1, 70, number="DHL-1"), parcel(1, 71)))
    given = {"number": "1Z9", "carrier": "UPS", "url": "https://ups.example/1Z9"}
    status, answer = await give(desk, item(**given), notify=True)
    assert (status, answer["message"]) == (200, "Tracking updated on 1 order")
    assert answer["updatedOrders"] == [{"id": "1", "fulfillmentId": "gid://shopify/Fulfillment/71", "tracking": given}]
    assert await shown(desk) == [("DHL-1", None, None), ("1Z9", "UPS", "https://ups.example/1Z9")]
    assert await desk.payloads("tracking") == [{"fulfillment_id": 71, "before": None, **given, "notify": True}]


async def test_a_correction_shows_at_once_and_stands_until_shopify_has_another(desk: Desk) -> None:
    page = "https://dhl.example/?id=DHL-1"
    first = parcel(1, 70, number="DHL-1", carrier="DHL", url=page)
    await desk.tell(*sent(first))
    await give(desk, item("DHL-2"))
    assert await shown(desk) == [("DHL-2", "DHL", "https://dhl.example/?id=DHL-2")]
    (row,) = await desk.payloads("tracking")
    assert (row["before"], row["number"]) == ("DHL-1", "DHL-2")
    await desk.tell(parcel(1, 70, at=NOON + 1000, number="DHL-1", carrier="DHL", url=page))
    assert await numbers(desk) == ["DHL-2"], "as it was told before"
    await desk.tell(parcel(1, 70, at=NOON + 2000, number="DHL-3"))
    assert await numbers(desk) == ["DHL-3"]


async def test_a_carrier_alone_is_corrected_until_shopify_has_another(light_desk: Desk) -> None:
    await light_desk.tell(*sent(parcel(1, 70, number="A1", carrier="DHL")))
    await give(light_desk, item("A1", carrier="UPS"))
    assert await shown(light_desk) == [("A1", "UPS", None)]
    await light_desk.tell(parcel(1, 70, at=NOON + 1000, number="A1", carrier="GLS"))
    assert await shown(light_desk) == [("A1", "GLS", None)]


async def test_a_parcel_of_several_boxes_keeps_its_other_numbers(light_desk: Desk) -> None:
    await light_desk.tell(*sent(parcel(1, 70, number="A1", more_numbers=("A2", "A3"))))
    await give(light_desk, item("B1"))
    (found,) = (await light_desk.order(1)).state.parcels
    assert (found.number, found.more_numbers) == ("B1", ("A2", "A3"))


async def test_what_is_there_already_changes_nothing(desk: Desk) -> None:
    await desk.tell(*sent(parcel(1, 70, number="A1", carrier="UPS")))
    before = await desk.order(1)
    for given in (item("A1"), item("A1", carrier="ups")):
        status, answer = await give(desk, given)
        assert (status, len(answer["updatedOrders"])) == (200, 1)
    assert await desk.order(1) == before
    assert await desk.outbox(1) == []


async def test_several_parcels_of_one_order_and_orders_that_fail_alone(desk: Desk) -> None:
    await desk.tell(*sent(parcel(1, 70), parcel(1, 71)), *sent(parcel(2, 80), order_id=2))
    body = [item("A1", "70"), item("A2", "gid://shopify/Fulfillment/71", gid(1)), item("C1", "70", "2")]
    status, answer = await give(desk, *body)
    assert (status, answer["message"]) == (200, "Tracking updated on 1 order; 1 failed")
    updated = [(each["id"], each["fulfillmentId"]) for each in answer["updatedOrders"]]
    assert updated == [(name, of) for name in ("1", gid(1)) for of in ("70", "gid://shopify/Fulfillment/71")]
    assert [(each["id"], each["code"]) for each in answer["failures"]] == [("2", "not_found")]
    assert await numbers(desk) == ["A1", "A2"]


@pytest.mark.parametrize(
    ("items", "status", "code", "told"),
    [
        pytest.param(
            [item("A1")], 409, "ambiguous", "gid://shopify/Fulfillment/70 (#1-F1), gid:", id="several lack one"
        ),
        pytest.param([item("A1", "9")], 404, "not_found", "no parcel 9", id="no such parcel"),
        pytest.param([item("A1", "72")], 404, "not_found", "no parcel 72", id="a cancelled one is none"),
        pytest.param([item("A1", order_id="2")], 404, "not_found", "#2 has no parcel", id="no parcel at all"),
        pytest.param([item("A1", order_id="3")], 409, "order_closed", "cancelled", id="cancelled"),
        pytest.param([item("A1", order_id="4")], 409, "order_closed", "refunded", id="refunded"),
        pytest.param(
            [item("A1", "70"), item("A2", "gid://shopify/Fulfillment/70", gid(1))],
            400,
            "invalid_request",
            "Fulfillment/70 of #1 is named twice",
            id="a parcel twice",
        ),
        pytest.param([item("A1", "70", url="ftp://x.example")], 400, "invalid_request", "items[0].url", id="no page"),
    ],
)
async def test_what_is_refused(desk: Desk, items: list[Json], status: int, code: str, told: str) -> None:
    await desk.tell(*sent(parcel(1, 70, name="#1-F1"), parcel(1, 71), parcel(1, 72, status="cancelled")), order(2))
    await desk.tell(order(3, cancelled_at=NOON), parcel(3, 90), order(4, financial_status="refunded"), parcel(4, 91))
    before = await desk.order(1)
    found, answer = await desk.act("tracking", {"items": items}, key="k")
    assert (found, answer["code"]) == (status, code)
    assert told in answer["message"]
    assert await desk.act("tracking", {"items": items}, key="k") == (found, answer)
    other, _ = await give(desk, item("B1", "71"))
    status_again, _ = await desk.act("tracking", {"items": [item("B1", "71")]}, key="k")
    assert (other, status_again) == (200, 422), "a refusal of the order is recorded"
    assert (await desk.order(1)).version == before.version + 1


@pytest.mark.parametrize(
    ("body", "status", "told"),
    [
        ({"items": []}, 400, "items"),
        ({"items": [item(" \u200b")]}, 400, "items[0].number"),
        ({"items": [item("A1")] * 251}, 413, "items: at most 250"),
    ],
)
async def test_what_cannot_be_read_is_refused(light_desk: Desk, body: Json, status: int, told: str) -> None:
    found, answer = await light_desk.act("tracking", body)
    assert found == status
    assert told in answer["message"]


async def test_a_parcel_of_ours_that_waits_takes_it_into_its_own_row(desk: Desk) -> None:
    await desk.tell(order(1))
    _, made = await desk.act("fulfill", {"orderIds": ["1"]})
    own = f"acknowledgement/{made['actionId']}"
    given = {"number": "A1", "carrier": "UPS", "url": "https://ups.example/A1"}
    _, answer = await give(desk, item(parcel_id=own, **given), notify=True)
    assert answer["updatedOrders"] == [{"id": "1", "fulfillmentId": own, "tracking": given}]
    assert await desk.payloads("fulfillment") == [{"tracking": given, "known": [], "lines": [[1, 1]], "notify": True}]
    await give(desk, item("B1"))
    assert [row["tracking"]["number"] for row in await desk.payloads("fulfillment")] == ["B1"]
    assert await desk.payloads("tracking") == []
    assert await numbers(desk) == ["B1"]


async def test_one_whose_row_has_left_gets_a_row_that_knows_what_was_sent(desk: Desk) -> None:
    await desk.tell(order(1))
    body: Json = {"orderIds": ["1"], "tracking": {"number": "A1", "carrier": "UPS"}, "delaySeconds": 0}
    _, made = await desk.act("fulfill", body)
    await relay_to(desk.db, Ledger(answers=[Sent(made=(77,))])).send_due()
    await give(desk, item("B1"), delaySeconds=60)
    (row,) = await desk.payloads("tracking")
    assert (row["fulfillment_id"], row["known"], row["lines"]) == (77, [], [[1, 1]])
    assert (row["before"], row["number"]) == ("A1", "B1")
    await give(desk, item("C1"), delaySeconds=60)
    (row,) = await desk.payloads("tracking")
    assert (row["before"], row["number"]) == ("A1", "C1"), "the row that waits takes it"
    told = parcel(1, 77, at=NOON + 1000, number="A1", carrier="UPS")
    await desk.tell(told, order(1, None, line(owed=0), at=NOON + 1000))
    assert await numbers(desk) == ["C1"]
    _, answer = await give(desk, item("D1", f"acknowledgement/{made['actionId']}"), delaySeconds=60)
    assert answer["updatedOrders"][0]["fulfillmentId"] == f"acknowledgement/{made['actionId']}"
    assert await numbers(desk) == ["D1"]
    (row,) = await desk.payloads("tracking")
    assert (row["before"], row["number"]) == ("A1", "D1")


async def test_a_second_correction_expects_the_first_at_shopify(light_desk: Desk) -> None:
    await light_desk.tell(*sent(parcel(1, 70, number="A1")))
    await give(light_desk, item("B1"), delaySeconds=0)
    await relay_to(light_desk.db, Ledger()).send_due()
    await give(light_desk, item("C1"))
    assert [row["before"] for row in await light_desk.payloads("tracking")] == ["A1", "B1"]
    await light_desk.tell(parcel(1, 70, at=NOON + 1000, number="A1"))
    await light_desk.tell(parcel(1, 70, at=NOON + 2000, number="B1"))
    assert await numbers(light_desk) == ["C1"]


async def test_a_customer_is_mailed_of_a_parcel_once(light_desk: Desk) -> None:
    await light_desk.tell(order(1))
    await light_desk.act("fulfill", {"orderIds": ["1"], "notify": True, "delaySeconds": 0})
    relay = relay_to(light_desk.db, Ledger(answers=[Sent(made=(77,))]))
    await relay.send_due()
    await give(light_desk, item("A1"), notify=True, delaySeconds=0)
    await relay.send_due()
    await light_desk.tell(parcel(1, 77, at=NOON + 1000), order(1, None, line(owed=0), at=NOON + 1000))
    _, answer = await give(light_desk, item("B1"), notify=True)
    assert answer["message"].startswith("Tracking updated on 1 order; of a parcel that a customer was mailed of")
    assert [row.get("notify", False) for row in await light_desk.payloads("tracking")] == [False, False]


async def test_undo_restores_the_number_the_row_and_the_payload(desk: Desk) -> None:
    await desk.tell(*sent(parcel(1, 70, number="A1")))
    _, first = await give(desk, item("B1"))
    _, second = await give(desk, item("C1"))
    status, answer = await desk.act("undo", {"actionId": second["actionId"]})
    parcel_id = "gid://shopify/Fulfillment/70"
    assert (status, answer["updatedOrders"]) == (
        200,
        [{"id": "1", "fulfillmentId": parcel_id, "tracking": {"number": "B1"}}],
    )
    assert [row["number"] for row in await desk.payloads("tracking")] == ["B1"]
    _, answer = await desk.act("undo", {"actionId": first["actionId"]})
    assert answer["updatedOrders"] == [{"id": "1", "fulfillmentId": parcel_id, "tracking": {"number": "A1"}}]
    assert [row.state for row in await desk.outbox(1)] == ["undone"]


async def test_undo_after_shopify_gave_another_number_is_a_conflict(light_desk: Desk) -> None:
    await light_desk.tell(*sent(parcel(1, 70, number="A1")))
    _, answer = await give(light_desk, item("B1"))
    await light_desk.tell(parcel(1, 70, at=NOON + 1000, number="X9"))
    status, answer = await light_desk.act("undo", {"actionId": answer["actionId"]})
    assert (status, answer["code"]) == (409, "version_conflict")


async def test_a_row_that_dies_takes_its_number_back_alone(desk: Desk) -> None:
    await desk.tell(*sent(parcel(1, 70, number="A1"), parcel(1, 71)))
    await give(desk, item("B1", "70"), delaySeconds=0)
    await give(desk, item("C1", "71"), delaySeconds=60)
    await relay_to(desk.db, Ledger(answers=[Refused("it was changed")])).send_due()
    assert await numbers(desk) == ["A1", "C1"]
    assert "integration_failed" in (await desk.order(1)).alerts
    await give(desk, item("C2", "71"))
    assert "integration_failed" in (await desk.order(1)).alerts, "of another parcel"
    await give(desk, item("B2", "70"))
    assert "integration_failed" not in (await desk.order(1)).alerts


async def test_one_of_ours_whose_new_number_dies_has_the_one_that_was_sent(light_desk: Desk) -> None:
    await light_desk.tell(order(1))
    await light_desk.act("fulfill", {"orderIds": ["1"], "tracking": {"number": "A1"}, "delaySeconds": 0})
    relay = relay_to(light_desk.db, Ledger(answers=[Sent(made=(77,)), Refused("no")]))
    await relay.send_due()
    await give(light_desk, item("B1"), delaySeconds=0)
    await relay.send_due()
    assert await numbers(light_desk) == ["A1"]


async def test_a_discarded_correction_is_alerted_until_shopify_has_another_number(light_desk: Desk) -> None:
    await light_desk.tell(*sent(parcel(1, 70, number="A1")))
    await give(light_desk, item("B1"))
    (row,) = await light_desk.outbox(1)
    await light_desk.post(f"/sync/outbox/{row.id}/discard")
    assert await numbers(light_desk) == ["A1"]
    assert "integration_failed" in (await light_desk.order(1)).alerts
    await light_desk.tell(parcel(1, 70, at=NOON + 1000, number="B1"))
    assert "integration_failed" not in (await light_desk.order(1)).alerts


async def test_a_placeholder_is_shown_where_no_number_is_and_never_leaves(light_desk: Desk) -> None:
    await light_desk.tell(*sent(parcel(1, 70), parcel(1, 71, number="A1")))
    _, answer = await give(light_desk, item("TRK-AB12"))
    assert (answer["undoUntil"], await numbers(light_desk)) == (None, ["TRK-AB12", "A1"])
    status, answer = await give(light_desk, item("TRK-CD34", "71"))
    assert (status, answer["code"]) == (400, "invalid_request")
    assert "A1 of #1 stays" in answer["message"]
    assert await light_desk.outbox(1) == []
    await give(light_desk, item("B1"))
    assert [(row["before"], row["number"]) for row in await light_desk.payloads("tracking")] == [(None, "B1")]
