"""`tracking`: a parcel's number added or corrected: contract §3a."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
from tests.server.contract.whole_desk import Body, WholeDesk
from tests.support.desk_orders import line, order, parcel, told

from orders_sync.evidence.changes import OrderChange


def sent(order_id: int, *numbers: str | None) -> list[OrderChange]:
    """An order that owes nothing, with a parcel for each number, ids 10·n+1, 10·n+2, …"""
    parcels = (parcel(order_id, order_id * 10 + at, number=number) for at, number in enumerate(numbers, 1))
    return [order(order_id, None, line(1, "TEE", 2, 0)), *parcels]


def item(order_id: str = "#1", **more: Any) -> Body:
    return {"orderId": order_id, "number": "1Z5", **more}


def numbers(detail: Body) -> list[str | None]:
    return [each["number"] for each in detail["fulfillments"]]


def tracking_rows(detail: Body) -> list[Body]:
    return [row for row in detail["outbox"] if row["kind"] == "tracking"]


@pytest.mark.parametrize("spelled", [None, "11", "gid://shopify/Fulfillment/11"])
async def test_the_number_is_shown_at_once_and_goes_to_the_shop(desk: WholeDesk, spelled: str | None) -> None:
    await told(desk.database, sent(1, None))
    more = {"carrier": "UPS", "url": "https://ups.example/1Z5"} | (
        {} if spelled is None else {"fulfillmentId": spelled}
    )
    answer = await desk.done("tracking", {"items": [item(**more)]})
    (updated,) = answer["updatedOrders"]
    assert updated["id"] == "#1"
    assert updated["fulfillmentId"] == (spelled or "gid://shopify/Fulfillment/11")
    assert updated["tracking"]["number"] == "1Z5"
    assert updated["tracking"]["carrier"] == "UPS"
    after = await desk.detail(1)
    (shown,) = after["fulfillments"]
    assert (shown["number"], shown["carrier"], shown["url"]) == ("1Z5", "UPS", "https://ups.example/1Z5")
    assert shown["sent"] == "waiting"
    assert len(tracking_rows(after)) == 1
    assert after["tracking"][0]["number"] == "1Z5"
    assert after["status"] == "fulfilled"


async def test_without_a_parcel_it_is_the_only_one_that_lacks_a_number(desk: WholeDesk) -> None:
    await told(desk.database, sent(1, "1Z1", None, "1Z3"))
    answer = await desk.done("tracking", {"items": [item()]})
    assert answer["updatedOrders"][0]["fulfillmentId"] == "gid://shopify/Fulfillment/12"
    assert numbers(await desk.detail(1)) == ["1Z1", "1Z5", "1Z3"]


async def test_where_none_lacks_one_and_there_is_one_parcel_it_is_corrected(desk: WholeDesk) -> None:
    await told(desk.database, sent(1, "1Z1"))
    await desk.done("tracking", {"items": [item()]})
    assert numbers(await desk.detail(1)) == ["1Z5"]


@pytest.mark.parametrize("parcels", [("1Z1", "1Z2"), (None, None), (None, "1Z1", None)])
async def test_else_it_is_ambiguous_and_they_are_listed(desk: WholeDesk, parcels: tuple[str | None, ...]) -> None:
    await told(desk.database, sent(1, *parcels))
    status, refused = await desk.act("tracking", {"items": [item()]})
    assert (status, refused["code"]) == (409, "ambiguous")
    lacking = [at for at, number in enumerate(parcels, 11) if number is None] or range(11, 11 + len(parcels))
    assert all(str(at) in refused["message"] for at in lacking), refused["message"]
    assert numbers(await desk.detail(1)) == list(parcels)


async def test_without_any_parcel_it_is_not_found(desk: WholeDesk) -> None:
    await told(desk.database, [order(1, None, line(1, "TEE", 2))])
    assert (await desk.act("tracking", {"items": [item()]}))[0] == 404


@pytest.mark.parametrize("fulfillment_id", ["21", "gid://shopify/Fulfillment/21", "99"])
async def test_a_parcel_of_another_order_is_not_found(desk: WholeDesk, fulfillment_id: str) -> None:
    await told(desk.database, [*sent(1, None), *sent(2, None)])
    status, refused = await desk.act("tracking", {"items": [item(fulfillmentId=fulfillment_id)]})
    assert (status, refused["code"]) == (404, "not_found")
    assert fulfillment_id in refused["message"]


def twice() -> Iterable[tuple[Body, Body]]:
    named, by_gid = {"fulfillmentId": "11"}, {"fulfillmentId": "gid://shopify/Fulfillment/11"}
    yield item(**named), item("1", **by_gid)
    yield item(), item(**named)
    yield item(), item("gid://shopify/Order/1")


@pytest.mark.parametrize("pair", list(twice()), ids=["named", "found and named", "found"])
async def test_the_same_parcel_twice_is_refused_however_it_is_spelled(desk: WholeDesk, pair: tuple[Body, Body]) -> None:
    await told(desk.database, sent(1, None))
    status, refused = await desk.act("tracking", {"items": list(pair)})
    assert (status, refused["code"], refused["updatedOrders"]) == (400, "invalid_request", [])
    assert numbers(await desk.detail(1)) == [None]


async def test_several_parcels_of_one_order_take_a_number_each(desk: WholeDesk) -> None:
    await told(desk.database, sent(1, None, None))
    items = [item(fulfillmentId="11"), item(fulfillmentId="12", number="1Z6")]
    answer = await desk.done("tracking", {"items": items})
    assert [(each["id"], each["fulfillmentId"]) for each in answer["updatedOrders"]] == [("#1", "11"), ("#1", "12")]
    after = await desk.detail(1)
    assert numbers(after) == ["1Z5", "1Z6"]
    assert len(tracking_rows(after)) == 2
    await desk.done("undo", {"actionId": answer["actionId"]})
    assert numbers(await desk.detail(1)) == [None, None]


async def test_a_parcel_of_ours_that_waits_takes_it_into_its_own_row(desk: WholeDesk) -> None:
    await told(desk.database, [order(1, None, line(1, "TEE", 2))])
    await desk.done("fulfill", {"orderIds": ["1"], "lines": [{"lineId": "1", "quantity": 1}]})
    (ours,) = (await desk.detail(1))["fulfillments"]
    await desk.done("tracking", {"items": [item(fulfillmentId=ours["id"])]})
    after = await desk.detail(1)
    assert numbers(after) == ["1Z5"]
    assert [row["kind"] for row in after["outbox"]] == ["fulfillment"]
    await desk.done("tracking", {"items": [item(number="1Z6")]})
    after = await desk.detail(1)
    assert numbers(after) == ["1Z6"]
    assert [row["kind"] for row in after["outbox"]] == ["fulfillment"]


async def test_one_that_left_gets_a_row_of_its_own(desk: WholeDesk) -> None:
    await told(desk.database, [order(1, None, line(1, "TEE", 1))])
    await desk.done("fulfill", {"orderIds": ["1"], "delaySeconds": 0})
    await desk.claim()
    await desk.done("tracking", {"items": [item()]})
    after = await desk.detail(1)
    assert numbers(after) == ["1Z5"]
    assert sorted(row["kind"] for row in after["outbox"]) == ["fulfillment", "tracking"]


async def test_the_number_that_it_has_changes_nothing(desk: WholeDesk) -> None:
    await told(desk.database, sent(1, "1Z5"))
    before = await desk.detail(1)
    answer = await desk.done("tracking", {"items": [item()]})
    assert answer["undoUntil"] is None
    assert (await desk.detail(1)) | {"audit": []} == before | {"audit": []}


@pytest.mark.parametrize("number", ["TRK-9F2c", "TRK-AAAA"])
async def test_a_placeholder_is_shown_and_never_sent(desk: WholeDesk, number: str) -> None:
    await told(desk.database, sent(1, None))
    answer = await desk.done("tracking", {"items": [item(number=number)]})
    assert answer["undoUntil"] is None
    after = await desk.detail(1)
    (shown,) = after["fulfillments"]
    assert (shown["number"], shown["sent"]) == (number, "local")
    assert after["outbox"] == []
    await desk.done("tracking", {"items": [item()]})
    after = await desk.detail(1)
    assert numbers(after) == ["1Z5"]
    assert len(tracking_rows(after)) == 1


async def test_text_is_trimmed_and_blank_text_is_none(desk: WholeDesk) -> None:
    await told(desk.database, sent(1, None))
    await desk.done("tracking", {"items": [item(number=" 1Z5\u00a0", carrier=" \u200b", url="\ufeff")]})
    (shown,) = (await desk.detail(1))["fulfillments"]
    assert (shown["number"], shown["carrier"], shown["url"]) == ("1Z5", None, None)


async def test_a_number_on_a_sent_order_given_by_fulfil_reaches_the_shop(desk: WholeDesk) -> None:
    await told(desk.database, sent(1, None, "1Z2"))
    answer = await desk.done("fulfill", {"orderIds": ["1"], "tracking": {"number": "1Z5"}})
    after = await desk.detail(1)
    assert numbers(after) == ["1Z5", "1Z2"]
    assert len(tracking_rows(after)) == 1
    assert answer["undoUntil"] is not None
