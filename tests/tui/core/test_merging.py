"""A fresh page laid over the rows on show: nothing moves under the operator's eyes, nothing is lost, nothing is doubled."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.tui.core.samples import NOON, order

from orders_tui.query import Filters, OrdersQuery
from orders_tui.session.merging import ghost_reason, merge
from orders_wire.orders import Hold, Order, ReturnSummary, Tracking
from orders_wire.vocabulary import Delivery, Issue, ReturnState, Status, Tab

pages = st.lists(st.sampled_from("abcdefghij"), unique=True, max_size=8)


@given(pages, pages)
def test_rows_keep_their_places_and_new_ones_come_after(shown: list[str], fresh: list[str]) -> None:
    merged = merge(shown, fresh)
    assert list(merged.ids[: len(shown)]) == shown
    assert len(set(merged.ids)) == len(merged.ids)


@given(pages, pages)
def test_every_fresh_row_is_shown_or_counted(shown: list[str], fresh: list[str]) -> None:
    merged = merge(shown, fresh)
    assert len(set(fresh) - set(merged.ids)) == merged.held_back


@given(pages, pages)
def test_only_what_is_missing_is_gone(shown: list[str], fresh: list[str]) -> None:
    merged = merge(shown, fresh)
    assert merged.gone <= set(shown) - set(fresh)
    assert len(set(shown) - set(fresh) - merged.gone) <= merged.held_back


def test_a_row_that_left_makes_room_at_the_end() -> None:
    merged = merge("abc", "acd")
    assert (merged.ids, merged.gone, merged.held_back) == (("a", "b", "c", "d"), frozenset("b"), 0)


def test_a_row_that_would_push_others_down_is_held_back_and_nobody_has_left() -> None:
    merged = merge("abc", "axb")
    assert (merged.ids, merged.gone, merged.held_back) == (("a", "b", "c"), frozenset(), 1)


def test_where_a_row_went() -> None:
    unfulfilled = OrdersQuery(Tab.UNFULFILLED)
    assert ghost_reason(unfulfilled, order(1, status=Status.FULFILLED)) == "fulfilled"
    assert ghost_reason(unfulfilled, order(1)) == ""
    assert ghost_reason(OrdersQuery(Tab.HOLDS), order(1)) == "released"
    assert ghost_reason(OrdersQuery(Tab.HOLDS), order(1, hold=Hold(reason=Issue.ADDRESS, since=NOON))) == ""
    returned = order(1, return_=ReturnSummary(id="r", state=ReturnState.DENIED))
    assert ghost_reason(OrdersQuery(Tab.RETURNS), returned) == "denied"
    mine = OrdersQuery(Tab.UNFULFILLED, Filters(owner="ana"))
    assert ghost_reason(mine, order(1, assigned_to="bo")) == "now bo's"
    assert ghost_reason(unfulfilled, None) == ""


@pytest.mark.parametrize(
    ("filters", "row", "reason"),
    [
        (Filters(issue="none"), order(1, issue=Issue.MANUAL_CHECK), "manual check"),
        (Filters(issue="carrier"), order(1), "no issue"),
        (Filters(issue="-carrier"), order(1, issue=Issue.CARRIER), "carrier"),
        (Filters(issue="-carrier"), order(1), ""),
        (Filters(delivery="-pickup"), order(1, delivery=Delivery.PICKUP), "pickup"),
        (Filters(ready="yes"), order(1, ready="no"), "not ready"),
        (Filters(ready="yes"), order(1, ready="part"), "ready in part"),
        (Filters(ready="-yes"), order(1, ready="yes"), "ready"),
        (Filters(ready="yes"), order(1, ready="no", hold=Hold(reason=Issue.ADDRESS, since=NOON)), "held"),
        (Filters(ready="yes"), order(1), ""),
        (Filters(hold="fraud"), order(1), "released"),
        (Filters(hold="none"), order(1, hold=Hold(reason=Issue.ADDRESS, since=NOON)), "held"),
        (Filters(hold="-any"), order(1), ""),
        (Filters(hold="-fraud"), order(1), ""),
        (Filters(value_min=1), order(1, value_usd=None), "another value"),
        (Filters(value_max=1999), order(1, value_usd=20.0), "another value"),
        (Filters(value_min=1999, value_max=1999), order(1, value_usd=19.99), ""),
        (Filters(country="DE", sku="TEE", has="note"), order(1), ""),
    ],
)
def test_a_row_that_no_longer_matches_a_list_parameter_says_why(filters: Filters, row: Order, reason: str) -> None:
    assert ghost_reason(OrdersQuery(Tab.ALL, filters), row) == reason


def test_a_row_that_may_only_stand_on_another_page_is_said_to_be_nowhere_else() -> None:
    for status in Status:
        assert ghost_reason(OrdersQuery(Tab.ALL), order(1, status=status)) == ""
        assert ghost_reason(OrdersQuery(Tab.REFUNDED), order(1, status=status)) == ""
    assert ghost_reason(OrdersQuery(Tab.AWAITING_TRACKING), order(1, tracking=[Tracking(number=None)])) == ""
    assert ghost_reason(OrdersQuery(Tab.DELAYED), order(1, status=Status.IN_TRANSIT)) == ""
