"""Fulfilments: what is sent of an order in which calls, what of it is there already, and what each refusal comes to."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from tests.server.shopify.test_writes import Json, fulfillable, part, recorded, row, sent
from tests.support.shopify import ScriptedShop, page

from orders_sync.external.shopify.errors import NoAnswer
from orders_sync.instants import MINUTE, parse_instant
from orders_sync.outbox.kinds import Kind
from orders_sync.outbox.outcome import Later, Outcome, Refused, Sent, Unknown


def to_send(number: int, left: int = 1, **told: Any) -> Json:
    """A line of a fulfilment order, of the order's line of the same number."""
    item = {"id": f"gid://shopify/LineItem/{number}", "title": "Kettle", "sku": f"K-{number}"}
    return {
        "id": f"gid://shopify/FulfillmentOrderLineItem/{number}",
        "remainingQuantity": left,
        "lineItem": item,
    } | told


def sendable(number: int = 1, *lines: Json, place: int | None = 8, **told: Any) -> Json:
    """A fulfilment order with what it has to send; without `lines`, one of the order's line 1. `place`: its location."""
    location = None if place is None else {"id": f"gid://shopify/Location/{place}"}
    return part(
        number,
        createdAt=f"2026-03-01T00:00:{number:02}Z",
        assignedLocation={"location": location},
        lineItems=page(lines or [to_send(1)]),
        **told,
    )


def shipped(number: int, *units: tuple[int, int], numbers: Sequence[str] = (), **told: Any) -> Json:
    """A fulfilment of so many units of the order's lines."""
    lines = [{"quantity": quantity, "lineItem": {"id": f"gid://shopify/LineItem/{line}"}} for line, quantity in units]
    return {
        "id": f"gid://shopify/Fulfillment/{number}",
        "status": "SUCCESS",
        "createdAt": f"2026-03-01T01:{number % 60:02}:00Z",
        "trackingInfo": [{"number": each} for each in numbers],
        "fulfillmentLineItems": page(lines),
    } | told


def to_fulfill(*parts: Json, made: Sequence[Json] = (), cancelled_at: str | None = None) -> Json:
    """What is read of an order before a fulfilment is made."""
    order = fulfillable(*parts, cancelled_at=cancelled_at)
    order["order"]["fulfillments"] = list(made)
    return order


def created(message: str | None = None, number: int = 9) -> Json:
    errors = [] if message is None else [{"field": ["fulfillment"], "message": message}]
    made = None if errors else {"id": f"gid://shopify/Fulfillment/{number}", "status": "SUCCESS"}
    return {"fulfillmentCreate": {"fulfillment": made, "userErrors": errors}}


QUEUED = parse_instant("2026-03-01T00:30:00Z")
NUMBER = {"number": "1Z", "carrier": "UPS", "url": "https://example.org/1Z"}
ALL = row(Kind.FULFILLMENT, tracking={"number": "1Z", "carrier": "UPS"}, known=[])
"""As landed releases queued it."""


def wanting(*lines: tuple[int, int], repeated: bool = False, **payload: Any) -> Any:
    """A row for so many units of these lines."""
    given = {"tracking": None, "known": [], "lines": [list(each) for each in lines]} | payload
    return row(Kind.FULFILLMENT, **given)._replace(created_at=QUEUED, claimed_before=repeated)


def asked(shop: ScriptedShop) -> list[dict[int, dict[int, int]]]:
    """The units of each call, by fulfilment order and line."""
    calls = [given["fulfillment"]["lineItemsByFulfillmentOrder"] for given in shop.asked("CreateFulfillment")]
    return [
        {
            _number(each["fulfillmentOrderId"]): {
                _number(line["id"]): line["quantity"] for line in each["fulfillmentOrderLineItems"]
            }
            for each in call
        }
        for call in calls
    ]


def told(shop: ScriptedShop) -> list[str | None]:
    """The number that each call carried."""
    return [(given["fulfillment"].get("trackingInfo") or {}).get("number") for given in shop.asked("CreateFulfillment")]


def _number(gid: str) -> int:
    return int(gid.rpartition("/")[2])


CLOSED: Mapping[str, Any] = {"status": "CLOSED", "actions": ()}
HELD: Mapping[str, Any] = {
    "status": "ON_HOLD",
    "actions": ("RELEASE_HOLD",),
    "fulfillmentHolds": [{"id": "gid://shopify/FulfillmentHold/1"}],
}


async def test_all_that_leaves_from_one_location_is_one_fulfilment_and_the_first_has_the_number() -> None:
    order = to_fulfill(
        sendable(3, to_send(3), place=8),
        sendable(2, to_send(2), place=9),
        sendable(1, to_send(1, 2), to_send(4, 0), place=8),
        sendable(4, **CLOSED),
    )
    shop = ScriptedShop(Fulfillable=order, CreateFulfillment=[created(number=70), created(number=71)])
    assert await sent(shop, ALL) == [Sent(made=(70, 71))]
    assert asked(shop) == [{1: {1: 2}, 3: {3: 1}}, {2: {2: 1}}]
    assert told(shop) == ["1Z", None]


async def test_just_what_is_wanted_is_taken_from_the_oldest_first() -> None:
    order = to_fulfill(sendable(2, to_send(1, 5)), sendable(1, to_send(1, 2), to_send(2, 1)))
    shop = ScriptedShop(Fulfillable=order, CreateFulfillment=created(number=70))
    assert await sent(shop, wanting((1, 3), tracking=NUMBER)) == [Sent(made=(70,))]
    assert asked(shop) == [{1: {1: 2}, 2: {1: 1}}]
    (given,) = shop.asked("CreateFulfillment")
    assert given["fulfillment"]["trackingInfo"] == {"number": "1Z", "company": "UPS", "url": "https://example.org/1Z"}


async def test_fulfilment_orders_of_which_no_location_is_known_are_sent_one_by_one() -> None:
    order = to_fulfill(sendable(1, to_send(1), place=None), sendable(2, to_send(2), place=None))
    shop = ScriptedShop(Fulfillable=order, CreateFulfillment=[created(number=70), created(number=71)])
    await sent(shop, wanting((1, 1), (2, 1)))
    assert asked(shop) == [{1: {1: 1}}, {2: {2: 1}}]


@pytest.mark.parametrize(("tracking", "given"), [(None, None), ({"number": "1Z", "carrier": None}, {"number": "1Z"})])
async def test_only_what_was_given_is_told_of_the_parcel(tracking: Json | None, given: Json | None) -> None:
    shop = ScriptedShop(Fulfillable=to_fulfill(sendable()), CreateFulfillment=created())
    await sent(shop, row(Kind.FULFILLMENT, tracking=tracking))
    assert shop.asked("CreateFulfillment")[0]["fulfillment"].get("trackingInfo") == given


async def test_a_fulfilment_that_is_there_already_is_not_made_again() -> None:
    shop = ScriptedShop(Fulfillable=to_fulfill(sendable(**CLOSED)))
    assert await sent(shop, ALL) == [Sent()]
    assert shop.names == ["Fulfillable"]


@pytest.mark.parametrize("write", [ALL, wanting((1, 1))], ids=["all", "a line"])
@pytest.mark.parametrize(
    "order",
    [
        {"order": None},
        to_fulfill(),
        to_fulfill(sendable(), cancelled_at="2026-03-01T00:00:00Z"),
        to_fulfill(sendable(**HELD)),
        to_fulfill(sendable(status="IN_PROGRESS", actions=())),
    ],
)
async def test_an_order_that_cannot_be_fulfilled_is_refused_without_a_try(write: Any, order: Json) -> None:
    shop = ScriptedShop(Fulfillable=order)
    (outcome,) = await sent(shop, write)
    assert isinstance(outcome, Refused)
    assert shop.names == ["Fulfillable"]


@pytest.mark.parametrize(
    ("parts", "reason"),
    [
        ([sendable(1, to_send(1, 1)), sendable(2, to_send(1, 2), **HELD)], "3 to send, and Shopify has 1 (2 on hold)"),
        (
            [sendable(1, to_send(1, 1), status="SCHEDULED", actions=("MARK_AS_OPEN",))],
            "has 0 (1 not to be fulfilled by this app now, the others fulfilled or removed there)",
        ),
        ([sendable(1, to_send(1, 0), **CLOSED)], "Kettle (K-1): 3 to send, and Shopify has 0 (the others fulfilled"),
        ([sendable(1, to_send(2, 3))], "line item 1: 3 to send, and Shopify has 0 (the others fulfilled or removed"),
    ],
)
async def test_what_cannot_be_sent_whole_is_refused_naming_the_line_and_what_is_left(
    parts: list[Json], reason: str
) -> None:
    shop = ScriptedShop(Fulfillable=to_fulfill(*parts))
    (outcome,) = await sent(shop, wanting((1, 3)))
    assert isinstance(outcome, Refused)
    assert reason in outcome.reason
    assert shop.names == ["Fulfillable"]


MADE = [shipped(70, (1, 2), numbers=["1Z"])]


async def test_after_an_unknown_outcome_a_fulfilment_with_exactly_these_lines_is_ours() -> None:
    shop = ScriptedShop(Fulfillable=to_fulfill(sendable(1, to_send(1, 5)), made=MADE))
    assert await sent(shop, wanting((1, 2), tracking=NUMBER, repeated=True)) == [Sent(made=(70,))]
    assert shop.names == ["Fulfillable"]


@pytest.mark.parametrize(
    ("made", "payload"),
    [
        (MADE, {"known": [70]}),
        ([shipped(70, (1, 2), createdAt="2026-03-01T00:28:00Z")], {}),
        ([shipped(70, (2, 2))], {}),
    ],
    ids=["known, or of another row", "older than the row", "of another line"],
)
async def test_what_is_none_of_it_frees_nothing_and_doubles_nothing(made: list[Json], payload: Json) -> None:
    shop = ScriptedShop(
        Fulfillable=to_fulfill(sendable(1, to_send(1, 5)), made=made), CreateFulfillment=created(number=71)
    )
    assert await sent(shop, wanting((1, 2), repeated=True, **payload)) == [Sent(made=(71,))]
    assert asked(shop) == [{1: {1: 2}}]


async def test_the_clock_of_the_queue_is_compared_as_the_shop_has_it() -> None:
    made = [shipped(70, (1, 2), createdAt="2026-03-01T00:20:30Z")]
    shop = ScriptedShop(Fulfillable=to_fulfill(sendable(1, to_send(1, 5)), made=made))
    shop.clock_skew_ms = 10 * MINUTE
    assert await sent(shop, wanting((1, 2), repeated=True)) == [Sent(made=(70,))]


async def test_of_two_locations_only_the_one_that_is_missing_is_sent_and_has_no_number() -> None:
    order = to_fulfill(
        sendable(1, to_send(1, 0), place=8, **CLOSED),
        sendable(2, to_send(2, 1), place=9),
        made=[shipped(70, (1, 2), numbers=["1Z"])],
    )
    shop = ScriptedShop(Fulfillable=order, CreateFulfillment=created(number=71))
    assert await sent(shop, wanting((1, 2), (2, 1), tracking=NUMBER, repeated=True)) == [Sent(made=(70, 71))]
    assert asked(shop) == [{2: {2: 1}}]
    assert told(shop) == [None]


async def test_what_somebody_made_of_it_in_the_shop_is_not_sent_again_and_the_rest_has_the_number() -> None:
    order = to_fulfill(sendable(1, to_send(1, 4), to_send(2, 1)), made=[shipped(70, (1, 1), (3, 1))])
    shop = ScriptedShop(Fulfillable=order, CreateFulfillment=created(number=71))
    assert await sent(shop, wanting((1, 2), (2, 1), tracking=NUMBER)) == [Sent(made=(71, 70))]
    assert asked(shop) == [{1: {1: 1, 2: 1}}]
    assert told(shop) == ["1Z"]


def with_number(*numbers: str) -> Json:
    return {
        "fulfillment": {
            "id": "gid://shopify/Fulfillment/70",
            "status": "SUCCESS",
            "trackingInfo": [{"number": each, "company": None, "url": None} for each in numbers],
        }
    }


async def test_what_somebody_made_of_all_of_it_gets_our_number() -> None:
    shop = ScriptedShop(
        Fulfillable=to_fulfill(sendable(1, to_send(1, 0), **CLOSED), made=[shipped(70, (1, 2))]),
        ParcelNumbers=with_number(),
        SetNumbers={"fulfillmentTrackingInfoUpdate": {"fulfillment": {"id": "x"}, "userErrors": []}},
    )
    assert await sent(shop, wanting((1, 2), tracking=NUMBER)) == [Sent(made=(70,))]
    assert shop.names == ["Fulfillable", "ParcelNumbers", "SetNumbers"]


async def test_a_number_that_is_there_already_stays_and_is_said() -> None:
    made = [shipped(70, (1, 2), numbers=["DHL-7"])]
    shop = ScriptedShop(Fulfillable=to_fulfill(sendable(**CLOSED), made=made), ParcelNumbers=with_number("DHL-7"))
    (outcome,) = await sent(shop, wanting((1, 2), tracking=NUMBER))
    assert isinstance(outcome, Sent)
    assert outcome.made == (70,)
    assert outcome.note is not None
    assert "DHL-7" in outcome.note
    assert shop.names == ["Fulfillable", "ParcelNumbers"]


async def test_what_was_cancelled_since_was_made_only_where_it_may_have_been_ours() -> None:
    order = to_fulfill(sendable(1, to_send(1, 2)), made=[shipped(70, (1, 2), status="CANCELLED")])
    shop = ScriptedShop(Fulfillable=order, CreateFulfillment=created(number=71))
    ours = Sent("it was made, and cancelled in Shopify since", made=(70,))
    assert await sent(shop, wanting((1, 2), notify=True, repeated=True)) == [ours]
    assert await sent(shop, wanting((1, 2), notify=True)) == [Sent(made=(71,))]


CLOSED_MEANWHILE = "Fulfillment order 1 has an unfulfillable status= closed."
TOO_MANY = "Invalid fulfillment order line item quantity requested."


@pytest.mark.parametrize("message", [CLOSED_MEANWHILE, TOO_MANY])
async def test_who_was_overtaken_reads_again_and_decides(message: str) -> None:
    before = to_fulfill(sendable(1, to_send(1, 2)))
    after = to_fulfill(sendable(1, to_send(1, 0), **CLOSED), made=[shipped(70, (1, 2))])
    shop = ScriptedShop(Fulfillable=[before, after], CreateFulfillment=created(message))
    assert await sent(shop, wanting((1, 2))) == [Sent(made=(70,))]
    short = to_fulfill(sendable(1, to_send(1, 1)))
    shop = ScriptedShop(Fulfillable=[before, short], CreateFulfillment=created(message))
    (outcome,) = await sent(shop, wanting((1, 2)))
    assert isinstance(outcome, Refused)
    assert "Kettle (K-1): 2 to send, and Shopify has 1" in outcome.reason


async def test_the_second_of_two_locations_is_done_by_the_next_try() -> None:
    parts = [sendable(1, to_send(1), place=8), sendable(2, to_send(2), place=9)]
    after = to_fulfill(
        sendable(1, to_send(1, 0), place=8, **CLOSED), parts[1], made=[shipped(70, (1, 1), numbers=["1Z"])]
    )
    shop = ScriptedShop(
        Fulfillable=[to_fulfill(*parts), after],
        CreateFulfillment=[created(number=70), NoAnswer("cut off"), created(number=71)],
    )
    both = wanting((1, 1), (2, 1), tracking=NUMBER)
    assert await sent(shop, both) == [Unknown("cut off")]
    assert await sent(shop, both._replace(claimed_before=True)) == [Sent(made=(70, 71))]
    assert told(shop) == ["1Z", None, None]


async def test_a_part_that_was_sent_is_said_where_the_rest_is_refused() -> None:
    parts = [sendable(1, to_send(1), place=8), sendable(2, to_send(2), place=9)]
    shop = ScriptedShop(Fulfillable=to_fulfill(*parts), CreateFulfillment=[created(), created("Not today.")])
    refused = Refused("what leaves from one location was fulfilled, the rest was not: Not today.")
    assert await sent(shop, wanting((1, 1), (2, 1))) == [refused]


async def test_a_fulfilment_that_is_not_named_is_read_again() -> None:
    nameless = {"fulfillmentCreate": {"fulfillment": {"id": None}, "userErrors": []}}
    shop = ScriptedShop(Fulfillable=to_fulfill(sendable()), CreateFulfillment=nameless)
    assert isinstance((await sent(shop, wanting((1, 1))))[0], Unknown)


async def test_a_lost_read_before_a_fulfilment_leaves_nothing_unknown() -> None:
    assert await sent(ScriptedShop(Fulfillable=NoAnswer("cut off")), ALL) == [Later("cut off")]


@pytest.mark.shared
@pytest.mark.parametrize(
    ("case", "outcome"),
    [
        ("happyPath", Sent(made=(8036708286770,))),
        ("inProgress", Sent(made=(8036708254002,))),
        ("closed", Refused("Fulfillment order 9825095909682 has an unfulfillable status= closed.")),
        ("cancelled", Refused("Fulfillment order 9825095713074 has an unfulfillable status= closed.")),
        ("overFulfill", Refused("Invalid fulfillment order line item quantity requested.")),
        ("missingFulfillmentOrder", Refused("Fulfillment order does not exist.")),
        ("nonPositiveQuantity", Refused("Quantity must be greater than 0")),
    ],
)
async def test_recorded_answers_to_a_fulfilment(case: str, outcome: Outcome, shared_dir: Path) -> None:
    """Of a shop that shows it as open all the same, however often it is read."""
    body = recorded(shared_dir, "fulfillment-create-preconditions-2026-04", "cases", case)
    shop = ScriptedShop(Fulfillable=to_fulfill(sendable()), CreateFulfillment=body)
    assert await sent(shop, ALL) == [outcome]


@pytest.mark.shared
async def test_a_recorded_fulfilment_of_two_fulfilment_orders(shared_dir: Path) -> None:
    body = recorded(shared_dir, "fulfillment-create-multi-group-2026-04", "cases", "validMultiGroup")
    order = to_fulfill(sendable(1, to_send(1)), sendable(2, to_send(1)))
    shop = ScriptedShop(Fulfillable=order, CreateFulfillment=body)
    assert await sent(shop, wanting((1, 2))) == [Sent(made=(8123962229042,))]
    assert asked(shop) == [{1: {1: 1}, 2: {1: 1}}]


@pytest.mark.shared
async def test_several_numbers_are_written_as_recorded(shared_dir: Path) -> None:
    """The recorded shop took both, by position; the first of them is replaced here, the other is kept."""
    name = "fulfillment-multi-tracking-info-2025-01"
    found = json.loads((shared_dir / "shopify" / "graphql" / f"{name}.json").read_text())
    made = found["fulfillmentCreate"]["response"]["data"]["fulfillmentCreate"]["fulfillment"]
    given = found["fulfillmentTrackingInfoUpdate"]["variables"]["trackingInfoInput"]
    shop = ScriptedShop(
        ParcelNumbers={"fulfillment": made},
        SetNumbers=recorded(shared_dir, name, "fulfillmentTrackingInfoUpdate"),
    )
    old, kept = made["trackingInfo"]
    new = {"number": given["numbers"][0], "url": given["urls"][0], "carrier": given["company"], "before": old["number"]}
    assert await sent(shop, row(Kind.TRACKING, fulfillment_id=_number(made["id"]), **new)) == [Sent()]
    (asked_for,) = shop.asked("SetNumbers")
    assert asked_for["tracking"] == given | {
        "numbers": [given["numbers"][0], kept["number"]],
        "urls": [given["urls"][0], kept["url"]],
    }
