"""A hole in what a write rests on is never "nothing": whatever part is denied, missing or null, nothing is written, and a reason
is given. Every part of every answer is tried."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import pytest
from tests.server.shopify.test_fulfillment_writes import sendable, shipped, to_fulfill
from tests.server.shopify.test_writes import fulfillable, owing, part, presented, returning, row, sent, suggesting
from tests.support.shopify import DOCUMENTS, ScriptedShop, page

from orders_sync.outbox.kinds import Kind
from orders_sync.outbox.outcome import Begun, Refused, Sent, Unknown

Json = dict[str, Any]
Path = tuple[str | int, ...]

NUMBERS = [{"number": "A1", "company": "UPS", "url": None}]
PARCEL = {"id": "gid://shopify/Fulfillment/70", "status": "SUCCESS", "trackingInfo": NUMBERS}
EXCHANGING: Json = returning("OPEN", 1, exchanged=1)
ANSWERS: dict[str, tuple[Any, Json]] = {
    "Fulfillable": (
        row(Kind.FULFILLMENT, lines=[[1, 1]], known=[70]),
        to_fulfill(sendable(), made=[shipped(70, (1, 1), numbers=["A1"])]),
    ),
    "Holdable, held": (row(Kind.HOLD, sku="KETTLE", handle="h"), fulfillable(part())),
    "Holdable, released": (
        row(Kind.RELEASE_HOLD, handle="h"),
        fulfillable(part(fulfillmentHolds=[{"id": "gid://shopify/FulfillmentHold/1", "handle": "h"}])),
    ),
    "HoldableLines": (row(Kind.HOLD, sku="KETTLE", handle="h"), owing(KETTLE=1)),
    **{name: (row(Kind.REFUND, return_id=5), answer) for name, answer in EXCHANGING.items()},
    "ReturnToProcess, denied": (row(Kind.RETURN_DENY, return_id=5), EXCHANGING["ReturnToProcess"]),
    "ReturnOutcome": (row(Kind.REFUND, return_id=5), suggesting("7.5")),
    "ReturnOutcome, invoiced": (
        row(Kind.REFUND, return_id=5),
        {
            "return": {
                "suggestedFinancialOutcome": {
                    "financialTransfer": {"__typename": "InvoiceReturnOutcome", "amount": presented("3.0")}
                }
            }
        },
    ),
    "Cancellable": (
        row(Kind.CANCEL, reason="other", refund="none", restock=True, now=0, sent=False),
        {
            "order": {
                "id": "gid://shopify/Order/1",
                "updatedAt": "2026-03-10T12:00:00Z",
                "cancelledAt": None,
                "fulfillments": [{"id": "gid://shopify/Fulfillment/70", "name": "#1.1", "status": "CANCELLED"}],
                "returns": page([{"id": "gid://shopify/Return/5", "name": "#1-R1", "status": "CLOSED"}]),
            }
        },
    ),
    "ParcelNumbers": (row(Kind.TRACKING, fulfillment_id=70, number="B2", before="A1"), {"fulfillment": PARCEL}),
    "SentOfOrder": (
        row(Kind.TRACKING, fulfillment_id=None, known=[69], number="B2", before="A1"),
        {"order": {"id": "gid://shopify/Order/1", "fulfillments": [shipped(70, (1, 1), numbers=["A1"])]}},
    ),
}
NOTHING_WHEN_NULL = {
    "cancelledAt",
    "handle",
    "endCursor",
    "company",
    "url",
    "sku",
    "title",
    "location",
    "number",
    "financialTransfer",
}
"""What the schema lets be null, and what null says: not cancelled, no handle, no more pages, no money due. A denial says none of
these."""


def paths(value: Any, before: Path = ()) -> Iterator[Path]:
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in inside:
        yield (*before, key)
        yield from paths(inner, (*before, key))


HOLES = [
    (name, path, how)
    for name, (_, answer) in ANSWERS.items()
    for path in paths(answer)
    for how in ("denied", "missing", "null")
    if how == "denied"
    or (path[-1] not in NOTHING_WHEN_NULL and not (how == "missing" and (isinstance(path[-1], int) or len(path) == 1)))
]


def with_hole(answer: Json, path: Path, how: str) -> Json:
    data = copy.deepcopy(answer)
    at: Any = data
    for step in path[:-1]:
        at = at[step]
    if how == "missing":
        del at[path[-1]]
    else:
        at[path[-1]] = None
    denied = [{"message": "Access denied", "path": list(path), "extensions": {"code": "ACCESS_DENIED"}}]
    return {"data": data} | ({"errors": denied} if how == "denied" else {})


def shop(document: str, answer: Json) -> ScriptedShop:
    """Everything else is answered whole, and every mutation done."""
    whole = {name.partition(",")[0]: told for name, (_, told) in reversed(ANSWERS.items())}
    done: dict[str, Any] = {
        each.name: {
            _payload(each.text): {
                "userErrors": [],
                **{name: {"id": "gid://shopify/Any/9", "done": False} for name in _RESULTS},
            }
        }
        for each in DOCUMENTS
        if each.text.startswith("mutation")
    }
    return ScriptedShop(**(whole | done | {document: answer}))


_RESULTS = ("fulfillment", "fulfillmentHold", "fulfillmentOrder", "return", "job")
WRITES = {each.name for each in DOCUMENTS if each.text.startswith("mutation")}


def _payload(text: str) -> str:
    return text.partition("{")[2].strip().partition("(")[0]


@pytest.mark.parametrize(("name", "path", "how"), HOLES, ids=str)
async def test_nothing_is_written_on_a_hole(name: str, path: Path, how: str) -> None:
    write, answer = ANSWERS[name]
    document = name.partition(",")[0]
    asked = shop(document, with_hole(answer, path, how))
    (outcome,) = await sent(asked, write)
    first = asked.names.index(document)
    if WRITES & set(asked.names[first:]):
        pytest.fail(f"written all the same: {asked.names}, {outcome}")
    assert isinstance(outcome, Refused), outcome
    assert outcome.reason


@pytest.mark.parametrize("name", ANSWERS)
async def test_the_same_without_a_hole_is_written(name: str) -> None:
    write, answer = ANSWERS[name]
    asked = shop(name.partition(",")[0], answer)
    assert isinstance((await sent(asked, write))[0], Sent | Begun)
    assert WRITES & set(asked.names)


@pytest.mark.parametrize(
    ("kind", "read", "mutation", "payload"),
    [
        (
            row(Kind.FULFILLMENT, lines=[[1, 1]]),
            {"Fulfillable": to_fulfill(sendable())},
            "CreateFulfillment",
            "fulfillmentCreate",
        ),
        (
            row(Kind.HOLD, sku="KETTLE", handle="h"),
            {"Holdable": fulfillable(part()), "HoldableLines": owing(KETTLE=1)},
            "Hold",
            "fulfillmentOrderHold",
        ),
        (
            row(Kind.RETURN_DENY, return_id=5),
            returning("REQUESTED", 1),
            "DeclineReturn",
            "returnDeclineRequest",
        ),
        (
            row(Kind.RETURN_DENY, return_id=5),
            returning("OPEN", 1),
            "CancelReturn",
            "returnCancel",
        ),
        (
            row(Kind.REFUND, return_id=5),
            {**returning("OPEN", 1), "ReturnOutcome": suggesting("1.0")},
            "ProcessReturn",
            "returnProcess",
        ),
        (row(Kind.REFUND, return_id=5), returning("OPEN", 0), "CloseReturn", "returnClose"),
        (
            row(Kind.TRACKING, fulfillment_id=70, number="B2", before="A1"),
            {"ParcelNumbers": {"fulfillment": PARCEL}},
            "SetNumbers",
            "fulfillmentTrackingInfoUpdate",
        ),
        (row(Kind.OWNER, value="bo"), {}, "SetMetafields", "metafieldsSet"),
    ],
)
async def test_a_mutation_that_does_not_say_what_became_of_it_is_of_unknown_outcome(
    kind: Any, read: Json, mutation: str, payload: str
) -> None:
    nothing: Json = dict.fromkeys((*_RESULTS, "metafields"))
    answers: list[Json | None] = [None, {"userErrors": None}, {}, {"userErrors": [], **nothing}]
    for told in answers:
        asked = ScriptedShop(**read, **{mutation: {payload: told}})
        (outcome,) = await sent(asked, kind)
        assert isinstance(outcome, Unknown), told
