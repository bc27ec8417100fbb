"""Words claim Shopify exactly where a row waits for it: contract §3a."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.tui.screens import desk_data
from tests.tui.screens.desk_data import NOW

from orders_tui.actions import fulfill, inventory
from orders_tui.actions.fulfill import FulfillDraft, Parcel
from orders_tui.context.outcome import sentence
from orders_tui.session.log import ActionEntry, ActionState
from orders_wire.orders import Order, Tracking
from orders_wire.vocabulary import Status

REAL, PLACEHOLDER = Parcel("00340434292135100186", "DHL"), Parcel("TRK-9F2c")
BARE, NUMBERED = Tracking(), Tracking(number="1Z1")
OWED = desk_data.order(1, status=Status.AWAITING_FULFILLMENT, tracking=[])
PARTLY = desk_data.order(2, status=Status.AWAITING_FULFILLMENT, tracking=[NUMBERED])
LACKING = desk_data.order(3, status=Status.AWAITING_TRACKING, tracking=[BARE])
SENT = desk_data.order(4, status=Status.FULFILLED, tracking=[NUMBERED])


@pytest.mark.parametrize("order", [OWED, PARTLY, LACKING, SENT], ids=["owed", "partly", "lacking", "sent"])
@pytest.mark.parametrize("parcel", [None, REAL, PLACEHOLDER], ids=["bare", "real", "placeholder"])
def test_the_words_before_sending_claim_shopify_where_a_row_will_wait(order: Order, parcel: Parcel | None) -> None:
    row_waits = order in (OWED, PARTLY) or (order is LACKING and parcel is REAL)
    words = fulfill.outward([order], {order.id: parcel} if parcel else {}, desk_data.ME, "u")
    assert ("Shopify" in words) is row_waits, words
    assert ("nothing is sent" in words) is not row_waits, words
    assert ("never sent" in words) is (parcel is PLACEHOLDER), words


def test_of_several_orders_each_is_counted_where_it_goes() -> None:
    words = fulfill.outward([OWED, PARTLY, LACKING, SENT], {LACKING.id: REAL}, desk_data.ME, "u")
    assert words.startswith("3 go to Shopify after")
    assert "1 stays on this desk" in words


def test_with_writes_off_nothing_is_said_to_go() -> None:
    off = desk_data.ME.model_copy(update={"shopify_writes": False})
    for words in (fulfill.outward([OWED], {}, off, "u"), inventory.outward(off)):
        assert "writes to Shopify are off" in words
        assert "goes to Shopify" not in words


@pytest.mark.parametrize("seconds", [9, None])
def test_the_words_of_an_answer_follow_from_the_answer(seconds: int | None) -> None:
    until = None if seconds is None else NOW + timedelta(seconds=seconds)
    draft = FulfillDraft((SENT.id,), {SENT.id: PLACEHOLDER})
    entry = ActionEntry("k", draft, draft.order_ids, NOW, ActionState.DONE, "Marked", action_id="a", undo_until=until)
    words, _ = sentence(entry, "#4", NOW, "u")
    assert "Shopify" not in words
    assert ("nothing is on its way" in words) is (seconds is None)
