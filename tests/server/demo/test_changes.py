"""The mutations: what they refuses and how, what they change, what the ledger and the webhooks say of it."""

from __future__ import annotations

from typing import Any

import pytest
from tests.server.demo.worlds import World

from orders_demo.operations import returning
from orders_demo.world.ids import gid
from orders_demo.world.orders import Order
from orders_demo.world.parcels import FulfillmentOrder
from orders_demo.world.returns import Return

ERRORS = "userErrors { field message }"
CODED = "userErrors { field message code }"
FULFILL = f"""mutation F($f: FulfillmentInput!) {{ fulfillmentCreate(fulfillment: $f) {{
  fulfillment {{ id status displayStatus trackingInfo {{ number company url }} }} {ERRORS} }} }}"""
HOLD = f"""mutation H($id: ID!, $h: FulfillmentOrderHoldInput!) {{ fulfillmentOrderHold(id: $id, fulfillmentHold: $h) {{
  fulfillmentHold {{ id handle }} fulfillmentOrder {{ status supportedActions {{ action }} lineItems(first: 5) {{ nodes {{
    remainingQuantity lineItem {{ fulfillableQuantity }} }} }} }} remainingFulfillmentOrder {{ id }} {CODED} }} }}"""
RELEASE = f"""mutation R($id: ID!, $ids: [ID!]) {{ fulfillmentOrderReleaseHold(id: $id, holdIds: $ids) {{
  fulfillmentOrder {{ status fulfillmentHolds {{ id }} }} {CODED} }} }}"""
METAFIELDS = """mutation M($m: [MetafieldsSetInput!]!) { metafieldsSet(metafields: $m) {
  metafields { value compareDigest } userErrors { field message code elementIndex } } }"""
PROCESS = f"mutation P($i: ReturnProcessInput!) {{ returnProcess(input: $i) {{ return {{ status }} {CODED} }} }}"


def _task(world: World) -> FulfillmentOrder:
    """All the work of a paid order, which can be sent."""
    tasks = [order.tasks for order in world.simulation.stage.shop.orders.values() if order.financial_status == "PAID"]
    return next(of[0] for of in tasks if len(of) == 1 and of[0].status == "OPEN" and of[0].order.requires_shipping)


def _fulfill(world: World, task: FulfillmentOrder, **more: Any) -> Any:
    portion = {"fulfillmentOrderId": gid("FulfillmentOrder", task.id)} | more
    tracking = {"number": "1Z5R89390357567127", "company": "UPS"}
    given = {"lineItemsByFulfillmentOrder": [portion], "trackingInfo": tracking}
    return world.ask(FULFILL, f=given)["data"]["fulfillmentCreate"]


def _return(world: World, status: str, *, refunded: bool = False) -> Return:
    rows = world.simulation.stage.shop.returns.values()
    return next(entry for entry in rows if entry.status == status and bool(entry.refunds) == refunded)


def _move(world: World, name: str, entry: Return | None, **more: Any) -> Any:
    text = gid("Return", entry.id) if entry else "gid://shopify/Return/999"
    if name in ("returnCancel", "returnClose", "returnReopen"):
        return world.ask(f"mutation M($id: ID!) {{ {name}(id: $id) {{ return {{ status }} {CODED} }} }}", id=text)[
            "data"
        ][name]
    kind = f"{name[0].upper()}{name[1:]}Input!"
    query = f"mutation M($i: {kind}) {{ {name}(input: $i) {{ return {{ status }} {CODED} }} }}"
    return world.ask(query, i={"id": text} | more)["data"][name]


def _ledger(world: World) -> list[tuple[str, str]]:
    return [(entry.name, entry.subject) for entry in world.simulation.stage.ledger.entries]


def test_a_fulfilment_closes_its_order_and_comes_back_as_webhooks(world: World) -> None:
    task = _task(world)
    answer = _fulfill(world, task)
    assert answer["userErrors"] == []
    assert answer["fulfillment"]["trackingInfo"] == [
        {
            "number": "1Z5R89390357567127",
            "company": "UPS",
            "url": "https://www.ups.com/track?tracknum=1Z5R89390357567127",
        }
    ]
    assert (answer["fulfillment"]["status"], answer["fulfillment"]["displayStatus"]) == ("SUCCESS", "FULFILLED")
    assert (task.status, task.order.owed, task.order.fulfillment_status) == ("CLOSED", 0, "FULFILLED")
    assert world.topics() == ["fulfillments/create", "orders/fulfilled", "orders/updated"]
    assert _ledger(world) == [("fulfillmentCreate", gid("Order", task.order.id))]


def test_fulfilling_twice_is_refused_in_the_recorded_words_and_leaves_no_trace(world: World) -> None:
    task = _task(world)
    _fulfill(world, task)
    world.topics()
    answer = _fulfill(world, task)
    told = f"Fulfillment order {task.id} has an unfulfillable status= closed."
    assert answer == {"fulfillment": None, "userErrors": [{"field": ["fulfillment"], "message": told}]}
    assert world.topics() == []
    assert len(_ledger(world)) == 1


def test_other_fulfilments_are_refused_as_recorded(world: World) -> None:
    task = _task(world)
    line = gid("FulfillmentOrderLineItem", task.lines[0].id)
    none = _fulfill(world, task, fulfillmentOrderLineItems=[{"id": line, "quantity": 0}])
    path = ["fulfillment", "lineItemsByFulfillmentOrder", "0", "fulfillmentOrderLineItems", "0", "quantity"]
    assert none["userErrors"] == [{"field": path, "message": "Quantity must be greater than 0"}]
    many = _fulfill(world, task, fulfillmentOrderLineItems=[{"id": line, "quantity": 99}])
    assert many["userErrors"][0]["message"] == "Invalid fulfillment order line item quantity requested."
    absent = _fulfill(world, task, fulfillmentOrderId="gid://shopify/FulfillmentOrder/999")
    assert absent["userErrors"] == [{"field": ["fulfillment"], "message": "Fulfillment order does not exist."}]
    held = next(entry for entry in world.simulation.stage.shop.tasks.values() if entry.holds)
    assert _fulfill(world, held)["userErrors"][0]["message"].endswith("has an unfulfillable status= on_hold.")


def test_a_parcel_called_back_is_owed_again_and_calling_it_back_twice_changes_nothing(world: World) -> None:
    task = _task(world)
    parcel = _fulfill(world, task)["fulfillment"]["id"]
    query = f"mutation C($id: ID!) {{ fulfillmentCancel(id: $id) {{ fulfillment {{ displayStatus }} {ERRORS} }} }}"
    for _ in range(2):
        answer = world.ask(query, id=parcel)["data"]["fulfillmentCancel"]
        assert answer == {"fulfillment": {"displayStatus": "CANCELED"}, "userErrors": []}
    assert task.order.owed == sum(entry.total for entry in task.lines)
    assert [name for name, _ in _ledger(world)] == ["fulfillmentCreate", "fulfillmentCancel"]


def test_a_hold_stops_the_work_and_announces_itself(world: World) -> None:
    task = _task(world)
    answer = world.ask(HOLD, id=gid("FulfillmentOrder", task.id), h={"reason": "OTHER", "handle": "a"})["data"][
        "fulfillmentOrderHold"
    ]
    assert answer["fulfillmentOrder"]["status"] == "ON_HOLD"
    assert [entry["action"] for entry in answer["fulfillmentOrder"]["supportedActions"]] == [
        "RELEASE_HOLD",
        "HOLD",
        "MOVE",
    ]
    assert answer["fulfillmentOrder"]["lineItems"]["nodes"][0]["lineItem"]["fulfillableQuantity"] == 0
    assert world.topics() == ["fulfillment_orders/placed_on_hold", "fulfillment_holds/added", "orders/updated"]


def test_holds_stack_and_only_the_last_release_frees_the_order(world: World) -> None:
    task = _task(world)
    here = gid("FulfillmentOrder", task.id)
    holds = [
        world.ask(HOLD, id=here, h={"reason": "OTHER", "handle": handle})["data"]["fulfillmentOrderHold"][
            "fulfillmentHold"
        ]["id"]
        for handle in ("a", "b")
    ]
    world.topics()
    first = world.ask(RELEASE, id=here, ids=[holds[0]])["data"]["fulfillmentOrderReleaseHold"]["fulfillmentOrder"]
    assert first == {"status": "ON_HOLD", "fulfillmentHolds": [{"id": holds[1]}]}
    assert world.topics() == ["fulfillment_holds/released", "orders/updated"]
    last = world.ask(RELEASE, id=here, ids=[holds[1]])["data"]["fulfillmentOrderReleaseHold"]["fulfillmentOrder"]
    assert last == {"status": "OPEN", "fulfillmentHolds": []}
    assert world.topics() == ["fulfillment_holds/released", "fulfillment_orders/hold_released", "orders/updated"]


def test_holding_a_part_splits_the_rest_off(world: World) -> None:
    tasks = world.simulation.stage.shop.tasks.values()
    task = next(entry for entry in tasks if entry.status == "OPEN" and entry.remaining > 1)
    line = task.lines[0]
    portion = [{"id": gid("FulfillmentOrderLineItem", line.id), "quantity": 1}]
    given = {"reason": "OTHER", "fulfillmentOrderLineItems": portion}
    before = task.remaining
    answer = world.ask(HOLD, id=gid("FulfillmentOrder", task.id), h=given)["data"]["fulfillmentOrderHold"]
    rest = world.simulation.stage.shop.tasks[int(answer["remainingFulfillmentOrder"]["id"].rsplit("/", 1)[1])]
    assert (task.remaining, rest.remaining, rest.status) == (1, before - 1, "OPEN")


def test_holds_are_refused_as_recorded(world: World) -> None:
    task = _task(world)
    here = gid("FulfillmentOrder", task.id)
    line = {"id": gid("FulfillmentOrderLineItem", task.lines[0].id), "quantity": 1}

    def code(**given: Any) -> str | None:
        answer = world.ask(HOLD, id=here, h={"reason": "OTHER"} | given)["data"]["fulfillmentOrderHold"]
        return answer["userErrors"][0]["code"] if answer["userErrors"] else None

    assert code(handle="z", fulfillmentOrderLineItems=[line | {"quantity": 0}]) == "GREATER_THAN_ZERO"
    assert code(handle="z", fulfillmentOrderLineItems=[line, line]) == "DUPLICATED_FULFILLMENT_ORDER_LINE_ITEMS"
    assert [code(handle=str(index)) for index in range(10)] == [None] * 10
    assert code(handle="3") == "DUPLICATE_FULFILLMENT_HOLD_HANDLE"
    assert code(handle="z") == "FULFILLMENT_ORDER_HOLD_LIMIT_REACHED"


def _order(world: World) -> Order:
    return next(iter(world.simulation.stage.shop.orders.values()))


def _set(world: World, *entries: dict[str, Any]) -> Any:
    return world.ask(METAFIELDS, m=list(entries))["data"]["metafieldsSet"]


def test_a_metafield_changes_its_order_and_echoes(world: World) -> None:
    order = _order(world)
    before = order.updated_at
    world.later(minutes=1)
    entry = {
        "ownerId": gid("Order", order.id),
        "namespace": "desk",
        "key": "owner",
        "type": "single_line_text_field",
        "value": "bo",
    }
    answer = _set(world, entry)
    assert (answer["userErrors"], answer["metafields"][0]["value"]) == ([], "bo")
    assert order.updated_at > before
    assert world.topics() == ["orders/updated"]
    read = 'query R($id: ID!) { order(id: $id) { metafield(namespace: "desk", key: "owner") { value } } }'
    assert world.ask(read, id=entry["ownerId"])["data"]["order"]["metafield"] == {"value": "bo"}


def test_one_bad_metafield_means_that_none_is_written(world: World) -> None:
    order = _order(world)
    good = {
        "ownerId": gid("Order", order.id),
        "namespace": "desk",
        "key": "owner",
        "type": "single_line_text_field",
        "value": "bo",
    }
    answer = _set(world, good, good | {"ownerId": "gid://shopify/Order/999"})
    error = {
        "field": ["metafields", "1", "ownerId"],
        "message": "Owner does not exist.",
        "code": "INVALID_VALUE",
        "elementIndex": None,
    }
    assert answer == {"metafields": [], "userErrors": [error]}
    assert (order.metafields, world.topics(), _ledger(world)) == ([], [], [])


def test_metafields_are_compared_before_they_are_set(world: World) -> None:
    entry = {
        "ownerId": gid("Order", _order(world).id),
        "namespace": "desk",
        "key": "owner",
        "type": "single_line_text_field",
    }
    first = _set(world, entry | {"value": "bo", "compareDigest": None})["metafields"][0]
    assert _set(world, entry | {"value": "al", "compareDigest": None})["userErrors"][0]["code"] == "STALE_OBJECT"
    assert _set(world, entry | {"value": "al", "compareDigest": first["compareDigest"]})["userErrors"] == []


def test_no_more_than_twenty_five_metafields_at_once(world: World) -> None:
    entry = {
        "ownerId": gid("Order", _order(world).id),
        "namespace": "desk",
        "type": "single_line_text_field",
        "value": "x",
    }
    answer = _set(world, *(entry | {"key": f"k{index}"} for index in range(26)))
    assert answer["userErrors"][0]["message"] == "Exceeded the maximum metafields input limit of 25."


def _process(world: World, entry: Return, amount: str | None = None) -> Any:
    parent = next(payment for payment in entry.order.payments if payment.kind == "SALE")
    money = {"amount": amount, "currencyCode": entry.order.tender.presentment}
    paid = {"transactionAmount": money, "parentId": gid("OrderTransaction", parent.id)}
    lines = [{"id": gid("ReturnLineItem", line.id), "quantity": line.quantity} for line in entry.lines]
    transfer = {"financialTransfer": {"issueRefund": {"orderTransactions": [paid]}}} if amount else {}
    given = {"returnId": gid("Return", entry.id), "returnLineItems": lines} | transfer
    return world.ask(PROCESS, i=given)["data"]["returnProcess"]


def test_processing_a_return_pays_back_and_leaves_it_open(world: World) -> None:
    entry = _return(world, "OPEN")
    due = returning.due(entry)
    assert _process(world, entry, f"{due / 100:.2f}") == {"return": {"status": "OPEN"}, "userErrors": []}
    assert [refund.total for refund in entry.refunds] == [due]
    assert world.topics() == ["order_transactions/create", "refunds/create", "orders/updated"]


def test_processing_a_return_twice_pays_back_once(world: World) -> None:
    entry = _return(world, "OPEN")
    amount = f"{returning.due(entry) / 100:.2f}"
    _process(world, entry, amount)
    assert _process(world, entry, amount)["userErrors"][0]["code"] == "INVALID"
    assert len(entry.refunds) == 1
    assert [name for name, _ in _ledger(world)] == ["returnProcess"]


def test_no_return_pays_back_more_than_came_in(world: World) -> None:
    entry = _return(world, "OPEN")
    answer = _process(world, entry, "999999.00")
    assert "is greater than net payment received" in answer["userErrors"][0]["message"]
    assert entry.refunds == []


def test_the_outcome_that_the_shop_suggests_is_what_can_be_paid(world: World) -> None:
    entry = _return(world, "OPEN")
    lines = [{"id": gid("ReturnLineItem", line.id), "quantity": line.quantity} for line in entry.lines]
    query = """query S($id: ID!, $l: [SuggestedOutcomeReturnLineItemInput!]!) { return(id: $id) {
      suggestedFinancialOutcome(returnLineItems: $l, exchangeLineItems: []) { financialTransfer { ... on RefundReturnOutcome {
        suggestedTransactions { amountSet { shopMoney { amount } } parentTransaction { id } } } } } } }"""
    answer = world.ask(query, id=gid("Return", entry.id), l=lines)
    transfer = answer["data"]["return"]["suggestedFinancialOutcome"]["financialTransfer"]
    assert float(transfer["suggestedTransactions"][0]["amountSet"]["shopMoney"]["amount"]) == returning.due(entry) / 100


APPROVE = "Return is not approvable. Only returns with status REQUESTED can be approved."
DECLINE = "Return is not declinable. Only non-refunded returns with status REQUESTED can be declined."
INVALID = "Return status is invalid."
REFUSALS = [
    ("returnApproveRequest", "OPEN", APPROVE),
    ("returnApproveRequest", "DECLINED", APPROVE),
    ("returnDeclineRequest", "OPEN", DECLINE),
    ("returnDeclineRequest", "DECLINED", "The return is already declined."),
    ("returnClose", "REQUESTED", INVALID),
    ("returnClose", "DECLINED", INVALID),
    ("returnReopen", "REQUESTED", INVALID),
    ("returnCancel", "DECLINED", "Return is not cancelable."),
]


@pytest.mark.parametrize(("name", "status", "message"), REFUSALS)
def test_moves_of_a_return_are_refused_as_recorded(name: str, status: str, message: str, world: World) -> None:
    more = {"declineReason": "OTHER"} if name == "returnDeclineRequest" else {}
    answer = _move(world, name, _return(world, status), **more)
    assert answer["return"] is None
    assert (answer["userErrors"][0]["message"], answer["userErrors"][0]["code"]) == (message, "INVALID_STATE")


@pytest.mark.parametrize(
    ("name", "before", "after", "topics"),
    [
        ("returnApproveRequest", "REQUESTED", "OPEN", ["returns/approve", "orders/updated"]),
        ("returnDeclineRequest", "REQUESTED", "DECLINED", ["returns/decline", "orders/updated"]),
        ("returnCancel", "OPEN", "CANCELED", ["returns/cancel", "orders/updated"]),
        ("returnClose", "OPEN", "CLOSED", ["returns/close", "orders/updated"]),
    ],
)
def test_moves_of_a_return_announce_themselves(
    name: str, before: str, after: str, topics: list[str], world: World
) -> None:
    more = {"declineReason": "OTHER"} if name == "returnDeclineRequest" else {}
    assert _move(world, name, _return(world, before), **more) == {"return": {"status": after}, "userErrors": []}
    assert world.topics() == topics


def test_closing_and_reopening_and_cancelling_again_are_done_without_effect(world: World) -> None:
    entry = _return(world, "OPEN")
    for name in ("returnClose", "returnClose", "returnReopen", "returnReopen", "returnCancel", "returnCancel"):
        assert _move(world, name, entry)["userErrors"] == []
    assert [name for name, _ in _ledger(world)] == ["returnClose", "returnReopen", "returnCancel"]


def test_a_processed_return_can_no_longer_be_cancelled(world: World) -> None:
    entry = _return(world, "OPEN")
    _process(world, entry)
    assert _move(world, "returnCancel", entry)["userErrors"][0]["message"] == "Return is not cancelable."


@pytest.mark.parametrize(
    "name", ["returnApproveRequest", "returnDeclineRequest", "returnCancel", "returnClose", "returnReopen"]
)
def test_an_unknown_return_is_not_found(name: str, world: World) -> None:
    more = {"declineReason": "OTHER"} if name == "returnDeclineRequest" else {}
    error = _move(world, name, None, **more)["userErrors"][0]
    assert (error["message"], error["code"]) == ("Return not found.", "NOT_FOUND")


def test_a_tag_with_a_comma_is_two_tags(world: World) -> None:
    order = _order(world)
    query = f"mutation T($id: ID!, $t: [String!]!) {{ tagsAdd(id: $id, tags: $t) {{ node {{ id }} {ERRORS} }} }}"
    assert world.ask(query, id=gid("Order", order.id), t=["one, two"])["data"]["tagsAdd"]["userErrors"] == []
    assert {"one", "two"} <= set(order.tags)


def test_subscriptions_are_made_listed_and_not_made_twice(world: World) -> None:
    query = f"""mutation S($t: WebhookSubscriptionTopic!, $w: WebhookSubscriptionInput!) {{
      webhookSubscriptionCreate(topic: $t, webhookSubscription: $w) {{ webhookSubscription {{ id topic uri }} {ERRORS} }} }}"""
    given = {"t": "FULFILLMENT_ORDERS_PLACED_ON_HOLD", "w": {"uri": "https://desk.example.com/shopify/webhook"}}
    made = world.ask(query, **given)["data"]["webhookSubscriptionCreate"]
    assert made["webhookSubscription"]["topic"] == "FULFILLMENT_ORDERS_PLACED_ON_HOLD"
    again = world.ask(query, **given)["data"]["webhookSubscriptionCreate"]
    assert again["userErrors"][0]["message"] == "Address for this topic has already been taken"
    listed = world.ask("{ webhookSubscriptions(first: 10) { nodes { topic uri } } }")["data"]["webhookSubscriptions"][
        "nodes"
    ]
    assert listed == [{"topic": "FULFILLMENT_ORDERS_PLACED_ON_HOLD", "uri": "https://desk.example.com/shopify/webhook"}]
    assert world.simulation.subscriptions.entries[0].topic == "fulfillment_orders/placed_on_hold"
