"""The store's rules one by one: which row wins, when a patch ends, what is said of a row."""

from __future__ import annotations

import pytest
from tests.tui.core.samples import NOON, answer, gid, order, page

from orders_tui.actions.assign import AssignDraft
from orders_tui.actions.fulfill import FulfillDraft, Parcel
from orders_tui.actions.inventory import InventoryDraft
from orders_tui.actions.returns import ReturnsDraft
from orders_tui.actions.support import SupportDraft
from orders_tui.actions.undo import UndoDraft
from orders_tui.api.body import MOST_KEPT
from orders_tui.query import Filters, OrdersQuery
from orders_tui.store import MarkKind
from orders_tui.store.store import Store
from orders_wire.actions import Failure
from orders_wire.detail import OrderDetail
from orders_wire.orders import Order, ReturnSummary, Tracking
from orders_wire.vocabulary import AlertType, ErrorCode, Issue, ReturnAction, ReturnState, Status, Tab

ONE = gid(1)
HERE = OrdersQuery()
ELSEWHERE = OrdersQuery(tab=Tab.OVERDUE)


@pytest.fixture
def store() -> Store:
    store = Store()
    store.absorb_page(HERE, page([order(1, version=3), order(2)], 10), 0.0)
    return store


def shown(store: Store, order_id: str = ONE) -> Order:
    row = store.view(order_id)
    assert row is not None
    return row


def assign(store: Store, who: str = "ana", key: str = "k") -> None:
    store.begin(key, AssignDraft((ONE,), who))


def test_the_highest_version_wins_however_late_another_page_arrives(store: Store) -> None:
    store.absorb_page(HERE, page([order(1, version=5, assigned_to="bo")], 12), 1.0)
    changed = store.absorb_page(ELSEWHERE, page([order(1, version=4, assigned_to="ana")], 11), 2.0)
    assert shown(store).assigned_to == "bo"
    assert not changed


def test_between_equal_versions_the_newer_desk_wins(store: Store) -> None:
    late = order(1, version=3, alerts=[AlertType.ORDER_OVERDUE])
    store.absorb_page(HERE, page([late], 12), 1.0)
    store.absorb_page(ELSEWHERE, page([order(1, version=3)], 11), 2.0)
    assert shown(store).alerts == [AlertType.ORDER_OVERDUE]


def test_growing_older_is_no_change(store: Store) -> None:
    assert not store.absorb_page(HERE, page([order(1, version=3, age_hours=5.0)], 11), 1.0)


def test_an_action_shows_at_once_and_says_so(store: Store) -> None:
    assert store.begin("k", AssignDraft((ONE,), "ana")) == {ONE}
    assert shown(store).assigned_to == "ana"
    mark = store.mark(ONE)
    assert mark is not None
    assert mark.kind is MarkKind.PENDING


def test_an_accepted_action_stays_until_a_row_holds_it(store: Store) -> None:
    assign(store)
    store.accept("k", answer({ONE: 4}, 13))
    store.absorb_page(HERE, page([order(1, version=3)], 12), 1.0)
    assert shown(store).assigned_to == "ana"
    store.absorb_page(HERE, page([order(1, version=6, assigned_to="bo")], 14), 2.0)
    assert shown(store).assigned_to == "bo"


def test_an_answer_without_versions_ends_with_the_first_page_of_that_desk_version(store: Store) -> None:
    assign(store)
    store.accept("k", answer({}, 13))
    store.absorb_page(HERE, page([order(1, version=3)], 12), 1.0)
    assert shown(store).assigned_to == "ana"
    store.absorb_page(HERE, page([order(1, version=3)], 13), 2.0)
    assert shown(store).assigned_to == "unassigned"


def test_a_page_that_came_before_the_answer_already_holds_it(store: Store) -> None:
    assign(store)
    store.absorb_page(HERE, page([order(1, version=5, assigned_to="bo")], 14), 1.0)
    assert shown(store).assigned_to == "ana"
    store.accept("k", answer({ONE: 4}, 13))
    assert shown(store).assigned_to == "bo"


def test_a_rejected_action_rolls_back_and_the_row_says_why(store: Store) -> None:
    assign(store)
    assert store.reject(
        "k", "refused", [Failure(id=ONE, code=ErrorCode.VERSION_CONFLICT, message="changed by bo")]
    ) == {ONE}
    mark = store.mark(ONE)
    assert shown(store).assigned_to == "unassigned"
    assert mark is not None
    assert (mark.kind, mark.reason) == (MarkKind.FAILED, "changed by bo")
    assert store.dismiss([ONE]) == {ONE}
    assert store.mark(ONE) is None


def test_in_a_bulk_action_each_order_fails_alone(store: Store) -> None:
    store.begin("k", AssignDraft((ONE, gid(2)), "ana"))
    failure = Failure(id=gid(2), code=ErrorCode.ORDER_CLOSED, message="cancelled")
    store.accept("k", answer({ONE: 4}, 13, failures=[failure]))
    assert shown(store).assigned_to == "ana"
    assert shown(store, gid(2)).assigned_to == "unassigned"


def test_an_unknown_outcome_stays_on_the_row_marked_so(store: Store) -> None:
    assign(store)
    store.unconfirmed("k")
    mark = store.mark(ONE)
    assert mark is not None
    assert mark.kind is MarkKind.UNCONFIRMED
    assert shown(store).assigned_to == "ana"


def test_a_withdrawn_action_leaves_no_trace(store: Store) -> None:
    assign(store)
    store.withdraw("k")
    assert store.mark(ONE) is None
    assert shown(store).assigned_to == "unassigned"


def test_accepted_actions_apply_in_the_servers_order_not_in_that_of_their_answers(store: Store) -> None:
    assign(store, "ana", "first")
    assign(store, "bo", "second")
    store.accept("second", answer({ONE: 5}, 14))
    store.accept("first", answer({ONE: 4}, 13))
    assert shown(store).assigned_to == "bo"


def test_undo_shows_what_was_before_and_is_refused_alone(store: Store) -> None:
    assign(store)
    store.accept("k", answer({ONE: 4}, 13, action_id="a"))
    store.begin("u", UndoDraft((ONE,), "a"))
    assert shown(store).assigned_to == "unassigned"
    store.reject("u", "claimed already")
    assert shown(store).assigned_to == "ana"


def test_undone_is_said_of_the_row(store: Store) -> None:
    assign(store)
    store.accept("k", answer({ONE: 4}, 13, action_id="a"))
    store.begin("u", UndoDraft((ONE,), "a"))
    store.accept("u", answer({ONE: 5}, 14))
    mark = store.mark(ONE)
    assert mark is not None
    assert mark.kind is MarkKind.UNDONE


def test_another_desk_drops_everything(store: Store) -> None:
    assign(store)
    assert ONE in store.absorb_page(HERE, page([order(2)], 1, desk_id="restored"), 1.0)
    assert store.view(ONE) is None
    assert store.mark(ONE) is None
    assert store.desk_id == "restored"


def test_fulfilling_makes_a_parcel_and_clears_shipment_alerts() -> None:
    store = Store()
    store.absorb_page(HERE, page([order(1, alerts=[AlertType.ORDER_OVERDUE, AlertType.RETURN_UPDATE])]), 0.0)
    store.begin("k", FulfillDraft((ONE,), {ONE: Parcel("123", "DHL")}))
    row = shown(store)
    assert row.status is Status.FULFILLED
    assert row.tracking == [Tracking(number="123", carrier="DHL")]
    assert row.alerts == [AlertType.RETURN_UPDATE]


def test_a_number_of_an_order_that_was_sent_goes_to_the_oldest_parcel_without_one() -> None:
    store = Store()
    parcels = [Tracking(number="1"), Tracking(), Tracking()]
    store.absorb_page(HERE, page([order(1, status=Status.AWAITING_TRACKING, tracking=parcels)], 10), 0.0)
    store.begin("k", FulfillDraft((ONE,), {ONE: Parcel("2", "DHL")}))
    assert [parcel.number for parcel in shown(store).tracking] == ["1", "2", None]
    assert shown(store).status is Status.AWAITING_TRACKING


def test_fulfilling_without_a_number_awaits_tracking(store: Store) -> None:
    store.begin("k", FulfillDraft((ONE,)))
    assert shown(store).status is Status.AWAITING_TRACKING


def test_fulfilling_never_covers_a_cancellation_that_came_meanwhile(store: Store) -> None:
    store.begin("k", FulfillDraft((ONE,)))
    store.absorb_page(HERE, page([order(1, version=4, status=Status.CANCELLED)], 11), 1.0)
    assert shown(store).status is Status.CANCELLED


def test_a_return_moves_once_even_over_a_row_that_already_moved() -> None:
    def returned(state: ReturnState, version: int) -> Order:
        return order(1, version=version, **{"return": ReturnSummary(id="r", state=state)})

    store = Store()
    store.absorb_page(HERE, page([returned(ReturnState.INSPECTION, 1)], 1), 0.0)
    store.begin("k", ReturnsDraft((ONE,), ReturnAction.APPROVE_REFUND))
    for version, desk_version in ((1, 1), (2, 2)):
        state = ReturnState.INSPECTION if version == 1 else ReturnState.AWAITING_REFUND
        store.absorb_page(HERE, page([returned(state, version)], desk_version), 1.0)
        current = shown(store).return_
        assert current is not None
        assert current.state is ReturnState.AWAITING_REFUND


def test_support_takes_the_thread_that_the_server_made(store: Store) -> None:
    store.begin("k", SupportDraft((ONE,), "please call"))
    assert shown(store).assigned_to == "assistant"
    told = answer({ONE: 4}, 13).model_copy(update={"updated_orders": [{"id": ONE, "supportThread": "conversation:ab"}]})
    store.accept("k", told)
    assert shown(store).support_thread == "conversation:ab"


def test_inventory_escalation_names_the_issue(store: Store) -> None:
    store.begin("k", InventoryDraft((ONE,), "A-1"))
    assert shown(store).issue is Issue.INVENTORY


def test_a_detail_is_never_older_than_its_row(store: Store) -> None:
    store.absorb_detail(OrderDetail(**dict(order(1, version=3)), note="gift"))
    store.absorb_page(HERE, page([order(1, version=4, assigned_to="bo", placed_at=NOON)], 12), 1.0)
    detail = store.detail(ONE)
    assert detail is not None
    assert (detail.assigned_to, detail.note) == ("bo", "gift")
    assert store.detail_version(ONE) == 3


def test_the_memory_of_a_long_shift_stays_flat() -> None:
    store = Store()
    store.hold([gid(1)])
    for n in range(60):
        rows = [order(k) for k in range(n * 200, n * 200 + 200)]
        store.absorb_page(HERE.at(f"ofs:{n}"), page([order(1), *rows] if n == 0 else rows), 0.0)
    assert store.view(gid(1)) is not None
    assert store.view(gid(2)) is None
    assert store.page(HERE.at("ofs:0")) is None


def test_large_pages_are_kept_as_far_as_there_is_room_and_the_newest_always() -> None:
    store = Store()
    queries = [OrdersQuery(filters=Filters(words=str(n))) for n in range(4)]
    for n, (query, size) in enumerate(zip(queries, (1, MOST_KEPT - 1, 1, 2 * MOST_KEPT), strict=True)):
        large = page([order(n + 1)]).model_copy(update={"size_bytes": size})
        store.absorb_page(query, large, 0.0)
        kept = [each for each in queries if store.page(each) is not None]
        assert kept == {0: queries[:1], 1: queries[:2], 2: queries[1:3], 3: queries[3:]}[n]
