"""Parts of orders and numbers of parcels: what a draft does to a row at once, what it asks for, and what is chosen already."""

from __future__ import annotations

import pytest
from tests.tui.core.samples import NOON, gid, order

from orders_tui.actions import tracking
from orders_tui.actions.field_changes import fold
from orders_tui.actions.fulfill import FulfillDraft, Parcel
from orders_tui.actions.owed_lines import Part, chosen, owed_lines, part_of
from orders_tui.actions.tracking import ParcelNumber, TrackingDraft, parcel_named
from orders_wire.detail import FulfilledLine, Fulfillment, HoldEntry, LineItem, OrderDetail
from orders_wire.orders import Hold, Order, Tracking
from orders_wire.vocabulary import AlertType, HoldReason, Issue, Status

ONE, TWO, THREE = gid(1), gid(2), gid(3)
LATE = [AlertType.ORDER_OVERDUE, AlertType.SHIPMENT_DELAY]
HELD = Hold(reason=Issue.MANUAL_CHECK, since=NOON)


def after(draft: FulfillDraft | TrackingDraft, row: Order) -> Order:
    """The row with the draft on it."""
    return fold(row, draft.effect(row.id, row, {}))


def line(number: int, owed: int, **fields: object) -> LineItem:
    values = {
        "id": f"l{number}",
        "sku": f"S{number}",
        "title": "Cup",
        "quantity": 9,
        "requires_shipping": True,
        **fields,
    }
    return LineItem.model_validate({"owed": owed, **values})


def detail(*lines: LineItem, holds: tuple[HoldEntry, ...] = ()) -> OrderDetail:
    return OrderDetail(**dict(order(1)), line_items=list(lines), holds=list(holds))


# -- a part


def test_a_part_leaves_the_order_owing_with_one_parcel_more() -> None:
    row = order(1, alerts=LATE, tracking=[Tracking(number="1")])
    draft = FulfillDraft((ONE,), {ONE: Parcel("2", "DHL")}, {ONE: Part((("l1", 2),), 3)})
    shown = after(draft, row)
    assert (shown.status, shown.alerts) == (Status.AWAITING_FULFILLMENT, LATE)
    assert [parcel.number for parcel in shown.tracking] == ["1", "2"]
    undone = {name: change.as_fact().inverse() for name, change in draft.effect(ONE, row, {}).items()}
    assert fold(shown, undone) == row


def test_the_open_part_of_a_held_order_is_sent_and_the_whole_is_not() -> None:
    row = order(1, hold=HELD)
    whole, part = FulfillDraft((ONE,)), FulfillDraft((ONE,), parts={ONE: Part((("l1", 1),), 1)})
    assert (whole.obstacle(row), part.obstacle(row)) == ("on hold (manual check)", None)
    assert after(whole, row) == row
    assert after(part, row).tracking == [Tracking()]
    assert after(part, row).hold == HELD


def test_what_is_of_one_order_alone_is_a_request_of_its_own() -> None:
    part, number = Part((("l1", 2),), 1), ParcelNumber(gid(5), "9", parcel="f1")
    ids = (ONE, TWO, THREE, gid(4), gid(5))
    draft = FulfillDraft(ids, {TWO: Parcel("8")}, {THREE: part}, (number,), notify=True, versions={gid(5): 7})
    requests = [request.request({}) for request in draft.requests()]
    sent = [request.model_dump(mode="json", by_alias=True, exclude_none=True) for request in requests]
    assert sent == [
        {"orderIds": [ONE, gid(4)], "notify": True},
        {"orderIds": [TWO], "tracking": {"number": "8"}, "notify": True},
        {"orderIds": [THREE], "lines": [{"lineId": "l1", "quantity": 2}], "notify": True},
        {"items": [{"orderId": gid(5), "fulfillmentId": "f1", "number": "9"}], "notify": True},
    ]
    assert [type(request) for request in draft.requests()] == [*[FulfillDraft] * 3, TrackingDraft]


def test_a_number_for_a_parcel_alone_sends_nothing_else_of_its_order() -> None:
    draft = FulfillDraft((ONE,), numbers=(ParcelNumber(ONE, "9"),))
    assert [request.action for request in draft.requests()] == ["tracking"]
    assert draft.obstacle(order(1, status=Status.FULFILLED, tracking=[Tracking(number="1")])) is None
    assert draft.obstacle(order(1)) == "no parcel yet"


# -- what is chosen


@pytest.mark.parametrize(
    ("of", "open_", "ready", "reason"),
    [
        (line(1, 3, sendable=3), 3, 3, ""),
        (line(1, 3, short=2, sendable=1), 3, 1, "short by 2"),
        (line(1, 3, short=0, held=1, sendable=2), 2, 2, "1 held (fraud)"),
        (line(1, 3, short=1, held=1, sendable=1), 2, 1, "1 held (fraud), short by 1"),
        (line(1, 2, held=2, short=2, sendable=0), 0, 0, "2 held (fraud)"),
        (line(1, 2, short=0, sendable=0), 2, 0, "the shop does not allow it yet"),
        (line(1, 3, short=1, held=1), 2, 1, "1 held (fraud), short by 1"),
    ],
    ids=["free", "short", "held", "both", "wholly held", "not allowed", "older server"],
)
def test_what_can_be_sent_is_chosen_and_the_rest_has_its_reason(
    of: LineItem, open_: int, ready: int, reason: str
) -> None:
    held = (FulfilledLine(id="l1", quantity=1),)
    holds = (HoldEntry(id="h", reason=HoldReason.FRAUD, since=NOON, lines=list(held)),)
    (owed,) = owed_lines(detail(of, line(2, 0), holds=holds if of.held else ()))
    assert (owed.open, owed.ready, owed.reason) == (open_, ready, reason)


def test_held_units_are_never_counted_and_short_ones_can_be() -> None:
    lines = owed_lines(detail(line(1, 3, held=1, short=2, sendable=0)))
    assert chosen(lines, {}) == {"l1": 0}
    assert chosen(lines, {"l1": 9}) == {"l1": 2}


def test_all_that_is_owed_is_no_part() -> None:
    lines = owed_lines(detail(line(1, 2, sendable=2), line(2, 1, sendable=0, short=1)))
    assert part_of(lines, {"l1": 2, "l2": 1}) is None
    assert part_of(lines, {"l1": 2, "l2": 0}) == Part((("l1", 2),), 1)


# -- numbers


@pytest.mark.parametrize(
    ("parcels", "number", "numbers", "status"),
    [
        (["1", None, None], ParcelNumber(ONE, "9", parcel="f2"), ["1", "9", None], Status.AWAITING_TRACKING),
        (["1", None], ParcelNumber(ONE, "9"), ["1", "9"], Status.FULFILLED),
        (["1"], ParcelNumber(ONE, "9"), ["9"], Status.FULFILLED),
        (["1", "2"], ParcelNumber(ONE, "9", parcel="f2", before="2"), ["1", "9"], Status.FULFILLED),
        (["1", "2"], ParcelNumber(ONE, "9"), ["1", "2"], Status.FULFILLED),
        ([None, None], ParcelNumber(ONE, "9"), [None, None], Status.AWAITING_TRACKING),
    ],
)
def test_a_number_goes_to_its_parcel_at_once_where_it_is_clear(
    parcels: list[str | None], number: ParcelNumber, numbers: list[str | None], status: Status
) -> None:
    known = [Tracking(number=each, carrier="DHL") for each in parcels]
    row = order(1, status=Status.AWAITING_TRACKING, tracking=known, alerts=[AlertType.TRACKING_PENDING])
    shown = after(TrackingDraft((ONE,), (number,)), row)
    assert [parcel.number for parcel in shown.tracking] == numbers
    assert shown.status is status
    assert (AlertType.TRACKING_PENDING in shown.alerts) is (None in numbers)


def test_a_number_on_a_part_that_was_sent_leaves_the_order_owing() -> None:
    row = order(1, tracking=[Tracking()])
    assert after(TrackingDraft((ONE,), (ParcelNumber(ONE, "9"),)), row).status is Status.AWAITING_FULFILLMENT


def test_the_parcels_of_an_order_are_never_parted() -> None:
    numbers = tuple(ParcelNumber(gid(n // 3), f"N{n}", parcel=str(n)) for n in range(600))
    draft = TrackingDraft(tuple(gid(n) for n in range(200)), numbers)
    requests = list(draft.requests())
    assert [len(request.numbers) for request in requests] == [249, 249, 102]
    assert [number for request in requests for number in request.numbers] == list(numbers)


@pytest.mark.parametrize(
    ("name", "found"),
    [("F2", 1), ("#1001-f2", 1), ("1001-F1", 0), ("2", 1), ("902", 1), ("gid://f/901", 0), ("3", None), ("0", None)],
)
def test_a_parcel_is_found_by_name_id_or_place(name: str, found: int | None) -> None:
    parcels = [
        Fulfillment(id=f"gid://f/90{at}", name=f"#1001-F{at}", status="success", created_at=NOON) for at in (1, 2)
    ]
    assert parcel_named(name, parcels) is (None if found is None else parcels[found])


@pytest.mark.parametrize(
    ("number", "shopify", "mail"),
    [("9", True, True), ("TRK-AB12", False, False)],
)
def test_words_about_a_number_claim_shopify_and_a_mail_where_a_row_waits(
    number: str, *, shopify: bool, mail: bool
) -> None:
    words = tracking.outward([ParcelNumber(ONE, number)], None, "u", notify=True)
    assert ("Shopify" in words) is shopify
    assert ("mailed" in words) is mail
