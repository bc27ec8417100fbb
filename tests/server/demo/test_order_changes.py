"""Holds on a part, parcels called back, cancels and addresses: what the API does to an order."""

from __future__ import annotations

from collections.abc import Callable

from tests.server.demo.worlds import NOW, World

from orders_demo.operations import parcels
from orders_demo.world.ids import gid
from orders_demo.world.money import short, text
from orders_demo.world.parcels import FulfillmentOrder


def test_a_hold_on_a_part_goes_and_the_order_is_whole_again(world: World) -> None:
    task = _open_task(world, lambda task: task.remaining > 1)
    units = [{"id": gid("FulfillmentOrderLineItem", task.lines[0].id), "quantity": 1}]
    whole, others = task.remaining, len(task.order.tasks)
    hold = (
        "mutation($id: ID!, $hold: FulfillmentOrderHoldInput!) { fulfillmentOrderHold(id: $id, fulfillmentHold: $hold) "
    )
    hold += "{ fulfillmentHold { id } remainingFulfillmentOrder { id } userErrors { message } } }"
    given = {"reason": "OTHER", "handle": "part", "fulfillmentOrderLineItems": units}
    placed = world.ask(hold, id=gid("FulfillmentOrder", task.id), hold=given)["data"]["fulfillmentOrderHold"]
    assert placed["userErrors"] == []
    assert (task.remaining, len(task.order.tasks)) == (1, others + 1)
    release = 'mutation($id: ID!) { fulfillmentOrderReleaseHold(id: $id, externalId: "who asks") '
    release += "{ fulfillmentOrder { status } userErrors { message } } }"
    freed = world.ask(release, id=gid("FulfillmentOrder", task.id))["data"]["fulfillmentOrderReleaseHold"]
    assert freed == {"fulfillmentOrder": {"status": "OPEN"}, "userErrors": []}
    assert task.remaining == whole
    assert world.simulation.stage.shop.tasks[_number(placed["remainingFulfillmentOrder"]["id"])].status == "CLOSED"


def test_a_handle_has_at_most_64_characters(world: World) -> None:
    task = _open_task(world, lambda task: True)
    hold = (
        "mutation($id: ID!, $hold: FulfillmentOrderHoldInput!) { fulfillmentOrderHold(id: $id, fulfillmentHold: $hold) "
    )
    hold += "{ fulfillmentHold { id } userErrors { field message } } }"
    told = world.ask(hold, id=gid("FulfillmentOrder", task.id), hold={"reason": "OTHER", "handle": "h" * 65})
    assert told["data"]["fulfillmentOrderHold"]["userErrors"] == [
        {"field": ["fulfillmentHold", "handle"], "message": "Handle is too long (maximum is 64 characters)"}
    ]


def test_part_of_a_fulfilment_order_that_is_called_back_is_owed_by_it_again(world: World) -> None:
    task = _open_task(world, lambda task: task.remaining > 1)
    shop, order, whole = world.simulation.stage.shop, task.order, task.remaining
    parcel = parcels.send(shop, [(task, [(task.lines[0], 1)])], [], NOW)
    assert (task.status, task.remaining) == ("IN_PROGRESS", whole - 1)
    others = len(order.tasks)
    parcels.call_back(shop, parcel, NOW)
    assert (task.status, task.remaining, len(order.tasks)) == ("OPEN", whole, others)


def test_a_sent_and_paid_order_is_not_cancelled(world: World) -> None:
    sent = next(o for o in world.simulation.stage.shop.orders.values() if o.sent and o.received > o.refunded)
    cancel = "mutation($id: ID!) { orderCancel(orderId: $id, reason: OTHER, restock: true) "
    cancel += "{ job { id } orderCancelUserErrors { field code } userErrors { message } } }"
    told = world.ask(cancel, id=gid("Order", sent.id))["data"]["orderCancel"]
    assert told == {
        "job": None,
        "orderCancelUserErrors": [{"field": ["orderId"], "code": "INVALID"}],
        "userErrors": [{"message": "Cannot cancel an order that has outstanding fulfillments"}],
    }
    assert sent.cancelled_at is None or sent.cancelled_at < NOW


CANCEL = """mutation($id: ID!) { orderCancel(orderId: $id, reason: OTHER, restock: true, notifyCustomer: true,
  refundMethod: {originalPaymentMethodsRefund: true}) { job { id done } orderCancelUserErrors { field message code } } }"""
JOB = "query($id: ID!) { job(id: $id) { id done query { shop { name } } } }"


def test_an_order_is_cancelled_by_a_job_which_is_one_at_a_time(world: World) -> None:
    stage = world.simulation.stage
    order = next(
        o for o in stage.shop.orders.values() if o.owed and o.received == o.total and not (o.parcels or o.returns)
    )
    stage.jobs.after_s = 3
    asked = {"id": gid("Order", order.id)}
    job = world.ask(CANCEL, **asked)["data"]["orderCancel"]["job"]
    assert world.ask(JOB, id=job["id"])["data"]["job"] == {**job, "done": False, "query": None}
    (error,) = world.ask(CANCEL, **asked)["data"]["orderCancel"]["orderCancelUserErrors"]
    assert error == {"field": None, "message": "Cancellation is already in progress", "code": None}
    assert order.cancelled_at is None
    world.topics()
    world.later(seconds=3)
    told = world.ask(JOB, id=job["id"])["data"]["job"]
    assert told["done"]
    assert told["query"]["shop"]["name"]
    assert order.refunded == order.received
    assert {"orders/cancelled", "refunds/create"} <= set(world.topics())
    assert [entry.kind for entry in stage.ledger.entries] == ["mutation", "refund", "mail"]


def test_a_job_that_is_not_known_has_ended(world: World) -> None:
    assert world.ask(JOB, id="gid://shopify/Job/0")["data"]["job"]["done"]


def test_a_paid_order_with_a_return_is_not_cancelled(world: World) -> None:
    orders = world.simulation.stage.shop.orders.values()
    order = next(
        o for o in orders if o.received > o.refunded and any(r.status in ("REQUESTED", "OPEN") for r in o.returns)
    )
    (error,) = world.ask(CANCEL, id=gid("Order", order.id))["data"]["orderCancel"]["orderCancelUserErrors"]
    assert (error["message"], error["code"]) == ("Cannot cancel an order that has returns", "INVALID")


def test_store_credit_needs_a_customer_and_time(world: World) -> None:
    order = next(o for o in world.simulation.stage.shop.orders.values() if o.customer and not o.cancelled_at)
    cancel = "mutation($id: ID!, $at: DateTime) { orderCancel(orderId: $id, reason: OTHER, restock: true, "
    cancel += "refundMethod: {storeCreditRefund: {expiresAt: $at}}) { orderCancelUserErrors { code } } }"

    def code(at: str | None) -> str:
        told = world.ask(cancel, id=gid("Order", order.id), at=at)["data"]["orderCancel"]
        return str(told["orderCancelUserErrors"][0]["code"])

    assert code("2020-01-01T00:00:00Z") == "STORE_CREDIT_REFUND_EXPIRATION_IN_PAST"
    order.customer = None
    assert code(None) == "STORE_CREDIT_REFUND_MISSING_CUSTOMER"


def test_an_address_is_changed_or_said_why_not(world: World) -> None:
    order = next(iter(world.simulation.stage.shop.orders.values()))
    update = "mutation($input: OrderInput!) { orderUpdate(input: $input) "
    update += "{ order { shippingAddress { city provinceCode } } userErrors { field message } } }"
    address = {"lastName": "Doe", "address1": "1 Road", "city": "Portland", "countryCode": "US", "provinceCode": "OR"}
    told = world.ask(update, input={"id": gid("Order", order.id), "shippingAddress": address})["data"]["orderUpdate"]
    assert told["userErrors"] == [{"field": ["shippingAddress", "zip"], "message": "Enter a ZIP code"}]
    whole = {**address, "zip": "97205"}
    told = world.ask(update, input={"id": gid("Order", order.id), "shippingAddress": whole})["data"]["orderUpdate"]
    assert told == {"order": {"shippingAddress": {"city": "Portland", "provinceCode": "OR"}}, "userErrors": []}


def _open_task(world: World, wanted: Callable[[FulfillmentOrder], bool]) -> FulfillmentOrder:
    tasks = world.simulation.stage.shop.tasks.values()
    return next(task for task in tasks if task.status == "OPEN" and not task.holds and wanted(task))


def _number(text: str) -> int:
    return int(text.rsplit("/", 1)[1])


def test_what_is_paid_and_what_can_be_refunded_is_told_as_the_schema_describes_it(world: World) -> None:
    asked = "query($id: ID!) { order(id: $id) { unpaid fullyPaid lineItems(first: 250) { nodes { refundableQuantity "
    asked += "currentQuantity } } transactions(first: 9) { maximumRefundableV2 { amount } } } }"
    for order in list(world.simulation.stage.shop.orders.values())[:120]:
        found = world.ask(asked, id=gid("Order", order.id))["data"]["order"]
        assert found["unpaid"] == (order.received == 0 and order.total > 0)
        assert not (found["unpaid"] and found["fullyPaid"])
        assert all(line["refundableQuantity"] == line["currentQuantity"] for line in found["lineItems"]["nodes"])
        assert all(payment["maximumRefundableV2"] is None for payment in found["transactions"])


def test_shipping_that_is_paid_back_is_told(world: World) -> None:
    order = next(
        o
        for o in world.simulation.stage.shop.orders.values()
        if o.carriage and o.received > o.carriage and not o.refunds
    )
    parent = next(payment for payment in order.payments if payment.kind in ("SALE", "CAPTURE"))
    create = "mutation($input: RefundInput!) { refundCreate(input: $input) { userErrors { message } "
    create += (
        "order { totalRefundedShippingSet { shopMoney { amount } } totalRefundedSet { shopMoney { amount } } } } }"
    )
    amount = text(order.carriage)
    payment = {"amount": amount, "gateway": "g", "kind": "REFUND", "orderId": gid("Order", order.id)}
    payment["parentId"] = gid("OrderTransaction", parent.id)
    given = {"orderId": gid("Order", order.id), "shipping": {"fullRefund": True}, "transactions": [payment]}
    told = world.ask(create, input=given)["data"]["refundCreate"]
    assert told["userErrors"] == []
    assert told["order"]["totalRefundedShippingSet"] == {"shopMoney": {"amount": short(order.carriage)}}
    assert told["order"]["totalRefundedSet"] == told["order"]["totalRefundedShippingSet"]


def test_a_refund_asked_for_in_the_buyers_currency_is_paid_in_it(world: World) -> None:
    orders = world.simulation.stage.shop.orders.values()
    order = next(o for o in orders if o.tender.presentment != o.tender.shop and o.received and not o.refunds)
    parent = next(payment for payment in order.payments if payment.kind in ("SALE", "CAPTURE"))
    create = "mutation($input: RefundInput!) { refundCreate(input: $input) { userErrors { message } "
    create += "refund { totalRefundedSet { presentmentMoney { amount currencyCode } } } } }"
    payment = {"amount": "5.00", "gateway": "g", "kind": "REFUND", "orderId": gid("Order", order.id)}
    payment["parentId"] = gid("OrderTransaction", parent.id)
    given = {"orderId": gid("Order", order.id), "currency": order.tender.presentment, "transactions": [payment]}
    told = world.ask(create, input=given)["data"]["refundCreate"]
    money = {"amount": "5.0", "currencyCode": order.tender.presentment}
    assert told == {"userErrors": [], "refund": {"totalRefundedSet": {"presentmentMoney": money}}}
