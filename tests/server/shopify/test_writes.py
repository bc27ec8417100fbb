"""Writes to the shop: what is sent, what is done already, and what each refusal comes to; against recorded exchanges."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from tests.support.shopify import Reply, ScriptedShop, page

from orders_sync.db.outbox import OutboxRow
from orders_sync.external.shopify.errors import Denied, NoAnswer, NotSent, Throttled
from orders_sync.external.shopify.sender import ShopifySender
from orders_sync.instants import Ms
from orders_sync.outbox.kinds import Kind
from orders_sync.outbox.outcome import Later, Outcome, Refused, Sent, Unknown
from orders_wire.vocabulary import OutboundState

Json = dict[str, Any]


def row(kind: Kind, order_id: int = 1, **payload: Any) -> OutboxRow:
    return OutboxRow(
        id=1,
        target=kind.target,
        kind=kind,
        order_id=order_id,
        action_id="a1",
        dedupe_key="k1",
        payload=payload,
        state=OutboundState.CLAIMED,
        not_before=Ms(0),
        attempts=0,
        claimed_before=False,
    )


async def sent(shop: ScriptedShop, *rows: OutboxRow) -> list[Outcome]:
    return await ShopifySender(shop).send(rows)


def part(
    number: int = 1, *, status: str = "OPEN", actions: tuple[str, ...] = ("CREATE_FULFILLMENT", "HOLD"), **told: Any
) -> Json:
    return {
        "id": f"gid://shopify/FulfillmentOrder/{number}",
        "status": status,
        "supportedActions": [{"action": action} for action in actions],
        "fulfillmentHolds": [],
    } | told


def fulfillable(*parts: Json, cancelled_at: str | None = None) -> Json:
    return {
        "order": {
            "id": "gid://shopify/Order/1",
            "cancelledAt": cancelled_at,
            "fulfillmentOrders": page(parts),
        }
    }


def recorded(shared_dir: Path, name: str, *where: str) -> Json:
    told: Any = json.loads((shared_dir / "shopify" / "graphql" / f"{name}.json").read_text())
    for step in where:
        told = told[step]
    answer: Json = told["response"]
    body: Json = answer.get("payload", answer)
    return body


HOLD = row(Kind.HOLD, sku="KETTLE", handle="desk-a1", note="none left")
HELD: Json = {"fulfillmentOrderHold": {"userErrors": []}}


def owing(**left: int) -> Json:
    """The lines of a fulfilment order: how many are left of each SKU."""
    lines = [
        {
            "id": f"gid://shopify/FulfillmentOrderLineItem/{place}",
            "sku": sku,
            "remainingQuantity": count,
            "lineItem": {"id": f"gid://shopify/LineItem/{place + 10}"},
        }
        for place, (sku, count) in enumerate(left.items(), 1)
    ]
    return {"fulfillmentOrder": {"lineItems": page(lines)}}


async def test_what_still_owes_the_sku_is_held() -> None:
    parts = [part(1), part(2), part(3), part(4, actions=())]
    lines = [owing(KETTLE=2), owing(LAMP=1), owing(KETTLE=0)]
    shop = ScriptedShop(Holdable=fulfillable(*parts), HoldableLines=lines, Hold=HELD)
    assert await sent(shop, HOLD) == [Sent()]
    assert shop.asked("Hold") == [
        {
            "id": "gid://shopify/FulfillmentOrder/1",
            "hold": {
                "reason": "INVENTORY_OUT_OF_STOCK",
                "reasonNotes": "none left",
                "handle": "desk-a1",
                "notifyMerchant": False,
            },
        }
    ]


async def test_a_hold_that_is_there_is_not_placed_again() -> None:
    ours = part(fulfillmentHolds=[{"id": "gid://shopify/FulfillmentHold/1", "handle": "desk-a1"}])
    shop = ScriptedShop(Holdable=fulfillable(ours))
    assert await sent(shop, HOLD) == [Sent()]


@pytest.mark.shared
@pytest.mark.parametrize(
    ("case", "kind"),
    [("firstHold", Sent), ("duplicateHandle", Sent), ("limitReached", Refused), ("notSplittable", Refused)],
)
async def test_recorded_answers_to_a_hold(case: str, kind: type[Outcome], shared_dir: Path) -> None:
    body = recorded(shared_dir, "fulfillment-order-hold-validation-2026-04", "workflows", "validation", case)
    shop = ScriptedShop(Holdable=fulfillable(part()), HoldableLines=owing(KETTLE=1), Hold=body)
    (outcome,) = await sent(shop, HOLD)
    assert isinstance(outcome, kind)


async def test_only_our_hold_is_released() -> None:
    holds = [
        {"id": "gid://shopify/FulfillmentHold/1", "handle": "desk-a1"},
        {"id": "gid://shopify/FulfillmentHold/2", "handle": "other"},
        {"id": "gid://shopify/FulfillmentHold/3", "handle": None},
    ]
    shop = ScriptedShop(
        Holdable=fulfillable(part(1, fulfillmentHolds=holds), part(2)),
        ReleaseHold={"fulfillmentOrderReleaseHold": {"userErrors": []}},
    )
    assert await sent(shop, row(Kind.RELEASE_HOLD, handle="desk-a1")) == [Sent()]
    (asked,) = shop.asked("ReleaseHold")
    assert asked == {"id": "gid://shopify/FulfillmentOrder/1", "holdIds": ["gid://shopify/FulfillmentHold/1"]}


def returned(number: int, left: int, kind: str = "ReturnLineItem", **told: Any) -> Json:
    """A line of which so many can be processed, and two were."""
    quantities = {"processableQuantity": left, "processedQuantity": 2, "unprocessedQuantity": left}
    return {"id": f"gid://shopify/{kind}/{number}"} | quantities | told


def returning(status: str, *quantities: int, refunds: int = 0, exchanged: int = 0) -> dict[str, Reply]:
    """What is read of a return before anything is written of it."""
    made = [{"id": f"gid://shopify/Refund/{n}"} for n in range(refunds)]
    lines = [returned(n, quantity) for n, quantity in enumerate(quantities)]
    exchanges = [returned(1, exchanged, "ExchangeLineItem")] if exchanged else []
    return {
        "ReturnToProcess": {"return": {"id": "gid://shopify/Return/5", "status": status, "refunds": page(made)}},
        "ReturnLines": {"return": {"returnLineItems": page(lines)}},
        "ExchangeLines": {"return": {"exchangeLineItems": page(exchanges)}},
    }


def presented(amount: str, currency: str = "EUR") -> Json:
    return {"presentmentMoney": {"amount": amount, "currencyCode": currency}}


def suggesting(*amounts: str) -> Json:
    payments = [
        {"amountSet": presented(amount), "parentTransaction": {"id": f"gid://shopify/OrderTransaction/{n}"}}
        for n, amount in enumerate(amounts)
    ]
    whole = presented(str(sum(map(Decimal, amounts))))
    transfer = {"__typename": "RefundReturnOutcome", "amount": whole, "suggestedTransactions": payments}
    return {"return": {"suggestedFinancialOutcome": {"financialTransfer": transfer if amounts else None}}}


def done(name: str) -> Json:
    return {name: {"return": {"id": "gid://shopify/Return/5"}, "userErrors": []}}


READ = ["ReturnToProcess", "ReturnLines", "ExchangeLines"]

REFUND = row(Kind.REFUND, return_id=5)
CLOSED = done("returnClose")


async def test_a_refund_pays_back_what_the_shop_suggests_and_closes_the_return() -> None:
    shop = ScriptedShop(
        **returning("OPEN", 2, 0, 1),
        ReturnOutcome=suggesting("7.5", "0.0"),
        ProcessReturn=done("returnProcess"),
        CloseReturn=CLOSED,
    )
    assert await sent(shop, REFUND) == [Sent()]
    lines = [
        {"id": "gid://shopify/ReturnLineItem/0", "quantity": 2},
        {"id": "gid://shopify/ReturnLineItem/2", "quantity": 1},
    ]
    payment = {
        "parentId": "gid://shopify/OrderTransaction/0",
        "transactionAmount": {"amount": "7.5", "currencyCode": "EUR"},
    }
    (asked,) = shop.asked("ProcessReturn")
    assert asked["input"] == {
        "returnId": "gid://shopify/Return/5",
        "returnLineItems": lines,
        "financialTransfer": {"issueRefund": {"orderTransactions": [payment]}},
    }


async def test_what_is_paid_back_is_in_the_buyers_currency() -> None:
    shop = processing(returning("OPEN", 1), suggested("3400.0", bag("20.0", "3400.0")))
    assert await sent(shop, REFUND) == [Sent()]
    (payment,) = shop.asked("ProcessReturn")[0]["input"]["financialTransfer"]["issueRefund"]["orderTransactions"]
    assert payment["transactionAmount"] == {"amount": "3400.0", "currencyCode": "ISK"}


async def test_an_exchange_is_asked_with_and_processed() -> None:
    shop = processing(returning("OPEN", 1, exchanged=2), suggested("3400.0", bag("20.0", "3400.0")))
    assert await sent(shop, REFUND) == [Sent()]
    swapped = [{"id": "gid://shopify/ExchangeLineItem/1", "quantity": 2}]
    assert shop.asked("ReturnOutcome")[0]["exchanges"] == swapped
    assert shop.asked("ProcessReturn")[0]["input"]["exchangeLineItems"] == swapped


async def test_an_invoice_pays_nothing_and_says_what_is_owed() -> None:
    transfer = {"__typename": "InvoiceReturnOutcome", "amount": bag("3.0", "510.0")}
    outcome = {"return": {"suggestedFinancialOutcome": {"financialTransfer": transfer}}}
    shop = processing(returning("OPEN", 1, exchanged=1), outcome)
    assert await sent(shop, REFUND) == [Sent("nothing is paid back: the customer owes 510.0 ISK")]
    assert "financialTransfer" not in shop.asked("ProcessReturn")[0]["input"]


@pytest.mark.parametrize("outcome", ["no payments", "too little", "no parent"])
async def test_a_sum_without_the_payments_for_it_is_refused(outcome: str) -> None:
    payments = {"no payments": [], "too little": [bag("10.0", "1700.0")], "no parent": [bag("20.0", "3400.0")]}
    told = suggested("3400.0", *payments[outcome])
    if outcome == "no parent":
        transfer = told["return"]["suggestedFinancialOutcome"]["financialTransfer"]
        transfer["suggestedTransactions"][0]["parentTransaction"] = None
    shop = processing(returning("OPEN", 1), told)
    (refused,) = await sent(shop, REFUND)
    assert isinstance(refused, Refused)
    assert "3400.0 ISK" in refused.reason
    assert {"ProcessReturn", "CloseReturn"} & set(shop.names) == set()


async def test_what_is_left_after_a_part_is_not_closed() -> None:
    left = returned(1, 0, unprocessedQuantity=3)
    reads: dict[str, Reply] = returning("OPEN", 2) | {
        "ReturnLines": {"return": {"returnLineItems": page([returned(0, 2), left])}}
    }
    shop = processing(reads, suggesting("7.5"))
    (outcome,) = await sent(shop, REFUND)
    assert isinstance(outcome, Sent)
    assert outcome.note == "the return stays open: Shopify does not let all of it be processed yet"
    assert shop.names[-1] == "ProcessReturn"
    nothing: dict[str, Reply] = reads | {"ReturnLines": {"return": {"returnLineItems": page([left])}}}
    assert isinstance((await sent(processing(nothing, suggesting("7.5")), REFUND))[0], Refused)


async def test_a_list_that_stands_still_is_no_end() -> None:
    still = {"return": {"returnLineItems": page([returned(0, 1)], "again")}}
    shop = processing(returning("OPEN", 1) | {"ReturnLines": still}, suggesting("7.5"))
    assert isinstance((await sent(shop, REFUND))[0], Refused)
    assert shop.names == ["ReturnToProcess", "ReturnLines", "ReturnLines"]


def bag(shops: str, buyers: str) -> Json:
    return {
        "shopMoney": {"amount": shops, "currencyCode": "GBP"},
        "presentmentMoney": {"amount": buyers, "currencyCode": "ISK"},
    }


def suggested(whole: str, *bags: Json) -> Json:
    """An order of a shop in pounds, whose buyer paid in krónur."""
    payments = [{"amountSet": each, "parentTransaction": {"id": "gid://shopify/OrderTransaction/1"}} for each in bags]
    transfer = {"__typename": "RefundReturnOutcome", "amount": bag("20.0", whole), "suggestedTransactions": payments}
    return {"return": {"suggestedFinancialOutcome": {"financialTransfer": transfer}}}


def processing(reads: Mapping[str, Reply], outcome: Json) -> ScriptedShop:
    return ScriptedShop(**reads, ReturnOutcome=outcome, ProcessReturn=done("returnProcess"), CloseReturn=CLOSED)


async def test_a_return_for_which_nothing_is_owed_is_processed_without_a_refund() -> None:
    shop = ScriptedShop(
        **returning("OPEN", 1),
        ReturnOutcome=suggesting(),
        ProcessReturn=done("returnProcess"),
        CloseReturn=CLOSED,
    )
    assert await sent(shop, REFUND) == [Sent()]
    assert "financialTransfer" not in shop.asked("ProcessReturn")[0]["input"]


async def test_a_refund_whose_outcome_was_unknown_is_never_made_twice() -> None:
    processed = ScriptedShop(**returning("OPEN", 0, refunds=1), CloseReturn=CLOSED)
    assert await sent(processed, REFUND) == [Sent()]
    assert processed.names == [*READ, "CloseReturn"]
    ended = ScriptedShop(**returning("CLOSED", 0, refunds=1))
    assert await sent(ended, REFUND) == [Sent()]


@pytest.mark.parametrize(
    "told",
    [
        {"ReturnToProcess": {"return": None}},
        *(returning(s, 1) for s in ("REQUESTED", "CLOSED", "CANCELED", "DECLINED")),
    ],
)
async def test_a_return_that_cannot_be_refunded_is_refused(told: dict[str, Reply]) -> None:
    (outcome,) = await sent(ScriptedShop(**told), REFUND)
    assert isinstance(outcome, Refused)


DENY = row(Kind.RETURN_DENY, return_id=5, note="worn")


async def test_a_request_is_declined() -> None:
    shop = ScriptedShop(**returning("REQUESTED", 1), DeclineReturn=done("returnDeclineRequest"))
    assert await sent(shop, DENY) == [Sent()]
    assert shop.asked("DeclineReturn") == [
        {"input": {"id": "gid://shopify/Return/5", "declineReason": "OTHER", "declineNote": "worn"}}
    ]


async def test_an_open_return_is_cancelled() -> None:
    shop = ScriptedShop(**returning("OPEN", 1), CancelReturn=done("returnCancel"))
    assert await sent(shop, DENY) == [Sent()]


@pytest.mark.parametrize("status", ["CLOSED", "DECLINED", "CANCELED"])
async def test_a_return_that_has_ended_is_denied_already(status: str) -> None:
    shop = ScriptedShop(**returning(status, 0))
    assert await sent(shop, DENY) == [Sent()]


APPROVE = row(Kind.RETURN_APPROVE, return_id=5, notify=True)


def refusing(code: str, message: str = "no") -> Json:
    return {"returnApproveRequest": {"return": None, "userErrors": [{"field": None, "message": message, "code": code}]}}


@pytest.mark.parametrize(
    ("then", "refusal", "expected"),
    [
        ("OPEN", refusing("INVALID_STATE"), Sent()),
        ("CLOSED", refusing("INVALID_STATE"), Sent()),
        ("DECLINED", refusing("INVALID_STATE"), Refused("the return is declined in Shopify")),
        ("CANCELED", refusing("INVALID_STATE"), Refused("the return is canceled in Shopify")),
        ("REQUESTED", refusing("MISSING_PERMISSION", "not yours"), Refused("not yours")),
        (
            "OPEN",
            refusing("NOTIFICATION_FAILED", "mail is down"),
            Sent("the request was accepted, and the customer not mailed: mail is down"),
        ),
    ],
)
async def test_a_request_that_somebody_answers_meanwhile_is_looked_at_again(
    then: str, refusal: Json, expected: Outcome
) -> None:
    looks = [returning(status, 0)["ReturnToProcess"] for status in ("REQUESTED", then)]
    shop = ScriptedShop(ReturnToProcess=looks, ApproveReturn=refusal)
    assert await sent(shop, APPROVE) == [expected]


@pytest.mark.parametrize("then", ["OPEN", "CLOSED"])
async def test_an_acceptance_of_unknown_outcome_is_looked_at_before_anybody_is_mailed_again(then: str) -> None:
    looks = [returning(status, 0)["ReturnToProcess"] for status in ("REQUESTED", then)]
    shop = ScriptedShop(ReturnToProcess=looks, ApproveReturn=NoAnswer("cut"))
    assert await sent(shop, APPROVE) == [Unknown("cut")]
    assert await sent(shop, APPROVE) == [Sent()]
    assert len(shop.asked("ApproveReturn")) == 1


RETURNS = "returnClose-Reopen-Cancel-state-preconditions-2026-04"


@pytest.mark.shared
async def test_a_return_that_can_no_longer_be_cancelled_is_closed_as_recorded(shared_dir: Path) -> None:
    shop = ScriptedShop(
        **returning("OPEN", 0),
        CancelReturn=recorded(shared_dir, RETURNS, "processedCase", "returnCancelInvalid"),
        CloseReturn=recorded(shared_dir, RETURNS, "openCloseReopenCase", "returnClose"),
    )
    assert await sent(shop, DENY) == [Sent()]
    assert shop.names[-2:] == ["CancelReturn", "CloseReturn"]


@pytest.mark.shared
async def test_recorded_refusals_of_returns_are_refusals(shared_dir: Path) -> None:
    processing = ScriptedShop(
        **returning("OPEN", 1),
        ReturnOutcome=suggesting("1.0"),
        ProcessReturn=recorded(shared_dir, RETURNS, "processedCase", "returnProcessInvalidLine"),
    )
    assert await sent(processing, REFUND) == [Refused("Return line item was not found.")]
    declining = ScriptedShop(
        **returning("REQUESTED", 1),
        DeclineReturn=recorded(
            shared_dir, "returnApprove-decline-state-preconditions-2026-04", "declinedCase", "declineDeclinedInvalid"
        ),
    )
    assert await sent(declining, DENY) == [Refused("The return is already declined.")]


def owner(order_id: int, value: str) -> OutboxRow:
    return row(Kind.OWNER, order_id, value=value)


async def test_metafields_go_together_and_the_latest_value_counts() -> None:
    shop = ScriptedShop(SetMetafields={"metafieldsSet": {"metafields": [], "userErrors": []}})
    rows = [owner(1, "bo"), row(Kind.THREAD, 1, value="conversation:1"), owner(1, "ada\nl")]
    assert await sent(shop, *rows) == [Sent()] * 3
    (asked,) = shop.asked("SetMetafields")
    assert [(field["key"], field["value"]) for field in asked["metafields"]] == [
        ("assigned_to", "ada l"),
        ("support_thread", "conversation:1"),
    ]
    assert asked["metafields"][0]["ownerId"] == "gid://shopify/Order/1"


async def test_one_bad_metafield_does_not_keep_the_others_back() -> None:
    def reply(variables: Mapping[str, Any]) -> Json:
        owners = [field["ownerId"] for field in variables["metafields"]]
        bad = [at for at, gid in enumerate(owners) if gid.endswith("/2")]
        errors = [{"field": ["metafields", str(at), "ownerId"], "message": "Owner does not exist."} for at in bad]
        return {"metafieldsSet": {"metafields": [], "userErrors": errors}}

    outcomes = await sent(ScriptedShop(SetMetafields=reply), owner(1, "bo"), owner(2, "bo"), owner(3, "bo"))
    assert outcomes == [Sent(), Refused("Owner does not exist."), Sent()]


@pytest.mark.shared
async def test_a_recorded_refusal_of_one_metafield_names_it(shared_dir: Path) -> None:
    refused = recorded(shared_dir, "metafields-set-owner-existence-atomicity-2025-01", "mixedInvalid")
    fine: Json = {"metafieldsSet": {"metafields": [], "userErrors": []}}
    outcomes = await sent(ScriptedShop(SetMetafields=[refused, fine]), owner(1, "bo"), owner(2, "bo"))
    assert outcomes == [Sent(), Refused("Owner does not exist.")]


async def test_a_refusal_that_names_none_is_everybodys() -> None:
    told = {"metafieldsSet": {"metafields": [], "userErrors": [{"field": None, "message": "Too many."}]}}
    outcomes = await sent(ScriptedShop(SetMetafields=told), owner(1, "bo"), owner(2, "bo"))
    assert outcomes == [Refused("Too many.")] * 2


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (NotSent("no connection"), Later("no connection")),
        (Throttled(3), Later(str(Throttled(3)), 3000)),
        (Denied("no scope"), Refused("no scope")),
        (NoAnswer("cut off"), Unknown("cut off")),
    ],
)
async def test_what_happened_to_a_write_decides_what_comes_next(error: Exception, outcome: Outcome) -> None:
    shop = ScriptedShop(Holdable=fulfillable(part()), HoldableLines=owing(KETTLE=1), Hold=error, SetMetafields=error)
    assert await sent(shop, HOLD) == [outcome]
    assert await sent(shop, owner(1, "bo")) == [outcome]


async def test_a_lost_read_before_a_write_leaves_nothing_unknown() -> None:
    assert await sent(ScriptedShop(Holdable=NoAnswer("cut off")), HOLD) == [Later("cut off")]
