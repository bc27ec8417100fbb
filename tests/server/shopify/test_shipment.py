"""What a row sends: just what is wanted, never more than there is, one call per location, from the oldest first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.server.shopify.test_fulfillment_writes import CLOSED, sendable, shipped, to_fulfill, to_send

from orders_sync.external.shopify.fulfillable import FulfillableOrder, FulfillmentOrder
from orders_sync.external.shopify.shipment import Portion, Shipment, Short, portions

LINES = st.integers(1, 3)
QUANTITIES = st.integers(0, 3)
PARTS = st.lists(
    st.tuples(st.dictionaries(LINES, QUANTITIES, max_size=3), st.integers(8, 9), st.booleans()), max_size=5
)
UNITS = st.dictionaries(LINES, st.integers(1, 4), max_size=3)


def order(parts: Sequence[tuple[dict[int, int], int, bool]], made: Sequence[dict[int, int]] = ()) -> FulfillableOrder:
    """`parts`: units, location, and whether it may be fulfilled; `made`: units of what was sent."""
    told = [
        sendable(
            number, *(to_send(line, left) for line, left in units.items()), place=place, **({} if free else CLOSED)
        )
        for number, (units, place, free) in enumerate(parts, start=1)
        if units
    ]
    sent = [shipped(number, *units.items()) for number, units in enumerate(made, start=1)]
    return FulfillableOrder.model_validate(to_fulfill(*told, made=sent)["order"])


def taken(portion: Portion) -> Counter[int]:
    """The units of each of the order's lines."""
    items = {line.id: line.line_item.id for line in portion.part.lines}
    return Counter({items[line]: quantity for line, quantity in portion.units})


def left_of(part: FulfillmentOrder) -> Counter[int]:
    return Counter({line.line_item.id: line.remaining_quantity for line in part.lines})


@settings(max_examples=60)
@given(PARTS, UNITS)
def test_what_is_wanted_is_sent_whole_or_not_at_all(
    parts: Sequence[tuple[dict[int, int], int, bool]], wanted: dict[int, int]
) -> None:
    found = order(parts).parts
    there = sum((left_of(part) for part in found if part.fulfillable), Counter[int]())
    try:
        calls = portions(found, wanted)
    except Short:
        assert not Counter(wanted) <= there
        return
    assert Counter(wanted) <= there
    sent = [portion for call in calls for portion in call]
    assert sum(map(taken, sent), Counter[int]()) == Counter(wanted)
    assert all(taken(portion) <= left_of(portion.part) for portion in sent)
    assert [len({portion.part.place for portion in call}) for call in calls] == [1] * len(calls)
    assert len({call[0].part.place for call in calls}) == len(calls)
    for part in found:
        later = Counter[int]()
        for portion in sent:
            later += taken(portion) if portion.part.id > part.id else Counter()
        own = sum((taken(portion) for portion in sent if portion.part is part), Counter[int]())
        kept = left_of(part) - own if part.fulfillable else Counter[int]()
        assert not kept.keys() & later.keys(), "nothing of a younger one, while an older one has it"


@settings(max_examples=60)
@given(UNITS, st.lists(UNITS, max_size=3))
def test_what_was_sent_and_what_is_left_are_what_is_wanted(wanted: dict[int, int], made: list[dict[int, int]]) -> None:
    shipment = Shipment(lines=wanted, known=[1])
    there = shipment.made_of(order([], made).fulfillments, 0)
    assert {each.id for each in there} == {
        number for number, units in enumerate(made, start=1) if number > 1 and units.keys() & wanted.keys()
    }
    settled = sum((Counter(each.units) for each in there), Counter[int]())
    assert Counter(shipment.left(there)) == Counter(wanted) - settled
