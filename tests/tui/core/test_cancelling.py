"""`cancel`, and accepting a request for a return: the drafts, what rows show of them, their words, and their verbs."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
from tests.tui.core.cli_desk import Call, Capture, Desk
from tests.tui.core.samples import NOON, answer, gid, order, page

from orders_tui import wording
from orders_tui.actions.address import AddressDraft
from orders_tui.actions.cancel import CancelDraft, against, payback
from orders_tui.actions.draft import Draft
from orders_tui.actions.fulfill import FulfillDraft
from orders_tui.actions.hold import HoldDraft
from orders_tui.actions.inventory import InventoryDraft
from orders_tui.actions.returns import ReturnsDraft
from orders_tui.actions.tracking import ParcelNumber, TrackingDraft
from orders_tui.actions.undo import UndoDraft
from orders_tui.query import OrdersQuery
from orders_tui.store.store import Store
from orders_tui.wording.cancelling import standing
from orders_wire.detail import Fulfillment, OrderDetail, OutboxEntry, Totals
from orders_wire.orders import Cancelling, Money, Order, Outbound, ReturnSummary, TimelineEntry, Tracking
from orders_wire.return_machine import allowed_actions
from orders_wire.vocabulary import (
    CancelReason,
    CancelRefund,
    HoldReason,
    Issue,
    OutboundState,
    ReturnAction,
    ReturnState,
    Status,
)

ONE, HERE = gid(1), OrdersQuery()
DRAFT = CancelDraft((ONE,), CancelReason.CUSTOMER, CancelRefund.ORIGINAL, restock=True, at=NOON, by="ana")
BY_BO = Cancelling(by="bo", at=NOON, sends_at=NOON + timedelta(seconds=8))


def detail(**told: Any) -> OrderDetail:
    return OrderDetail(**{**dict(order(1)), **told})


def euros(amount: str) -> Money:
    return Money(amount=amount, currency="EUR")


# -- what a row shows


@pytest.fixture
def store() -> Store:
    store = Store()
    store.absorb_page(HERE, page([order(1)], 1), 0.0)
    return store


def shown(store: Store) -> Order:
    row = store.view(ONE)
    assert row is not None
    return row


def test_nothing_but_cancelling_is_shown_until_shopify_says_so(store: Store) -> None:
    store.begin("k", DRAFT)
    row = shown(store)
    assert row.cancelling is not None
    assert (row.cancelling.by, row.status) == ("ana", Status.AWAITING_FULFILLMENT)
    store.accept("k", answer({ONE: 2}, 2))
    told = Cancelling(by="ana", at=NOON, sends_at=NOON)
    store.absorb_page(HERE, page([order(1, version=2, cancelling=told)], 2), 1.0)
    assert shown(store).cancelling == told
    store.absorb_page(HERE, page([order(1, version=3, status=Status.CANCELLED)], 3), 2.0)
    assert (shown(store).cancelling, shown(store).status) == (None, Status.CANCELLED)


def test_undo_takes_it_off_the_row_as_the_server_told_it_too(store: Store) -> None:
    store.begin("k", DRAFT)
    store.accept("k", answer({ONE: 2}, 2, action_id="a1"))
    told = Cancelling(by="ana", at=NOON + timedelta(seconds=1), sends_at=NOON)
    store.absorb_page(HERE, page([order(1, version=2, cancelling=told)], 2), 1.0)
    store.begin("u", UndoDraft((ONE,), "a1"))
    assert shown(store).cancelling is None


def test_the_loser_of_two_shows_nothing_false(store: Store) -> None:
    store.begin("k", DRAFT)
    store.absorb_page(HERE, page([order(1, version=2, status=Status.FULFILLED, tracking=[Tracking()])], 2), 1.0)
    store.reject("k", "too late")
    assert (shown(store).cancelling, shown(store).status) == (None, Status.FULFILLED)


def test_an_accepted_request_is_requested_no_more_and_stays_where_it_is(store: Store) -> None:
    state = ReturnState.AWAITING_LABEL
    asked = ReturnSummary(
        id="r", state=state, allowed_actions=allowed_actions(state, requested=True), since=NOON, requested=True
    )
    store.absorb_page(HERE, page([order(1, version=2, **{"return": asked})], 2), 1.0)
    assert ReturnsDraft((ONE,), ReturnAction.APPROVE_REQUEST).obstacle(shown(store)) is None
    store.begin("k", ReturnsDraft((ONE,), ReturnAction.APPROVE_REQUEST, None, "r", notify=True))
    now = shown(store).return_
    assert now is not None
    assert (now.state, now.requested, now.since) == (state, False, NOON)
    assert now.allowed_actions == [ReturnAction.DENY]
    assert wording.return_sign(asked).word == "requested"
    assert wording.return_sign(now).word == "awaiting label"


# -- what stands against it, and against others while it lasts


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (order(1), ""),
        (order(1, status=Status.CANCELLED), "is cancelled already"),
        (order(1, status=Status.REFUNDED), ""),
        (order(1, cancelling=BY_BO), "is being cancelled already, ordered by bo"),
        (order(1, tracking=[Tracking(shipment_status="delivered")]), "has a parcel (delivered)"),
        (order(1, **{"return": ReturnSummary(id="r", state=ReturnState.DENIED)}), ""),
        (
            order(1, **{"return": ReturnSummary(id="r", state=ReturnState.AWAITING_LABEL, requested=True)}),
            "has a return under way (requested)",
        ),
        (detail(fulfillments=[Fulfillment(id="f", status="cancelled", created_at=NOON)]), ""),
    ],
)
def test_what_stands_against_it(row: Order, why: str) -> None:
    assert against(row) == why
    assert DRAFT.obstacle(row) == (why or None)


@pytest.mark.parametrize(
    "draft",
    [
        FulfillDraft((ONE,)),
        HoldDraft((ONE,), HoldReason.ADDRESS, since=NOON),
        AddressDraft((ONE,)),
        InventoryDraft((ONE,), "A-1"),
        TrackingDraft((ONE,), (ParcelNumber(ONE, "1Z1"),)),
    ],
    ids=lambda draft: draft.word,
)
def test_while_it_is_being_cancelled_nothing_is_sent_held_or_corrected(draft: Draft) -> None:
    row = order(1, cancelling=BY_BO)
    assert draft.obstacle(row) == "being cancelled, ordered by bo"
    if not isinstance(draft, TrackingDraft):
        assert not draft.effect(ONE, row, {})


# -- the money


@pytest.mark.parametrize(
    ("told", "amount", "exact"),
    [
        ({"totals": Totals(captured=euros("199.00"))}, "199.00", True),
        ({"totals": Totals(captured=euros("199.00"), refunded=euros("99.50"))}, "99.50", True),
        ({"totals": Totals(captured=euros("10"), refunded=euros("99.50"))}, "0.00", True),
        ({"totals": Totals(captured=Money(amount="1990", currency="JPY"))}, "1990", True),
        ({"financial_status": "authorized"}, "0.00", True),
        ({"financial_status": "paid"}, "12.50", False),
        ({"refunded": euros("2.50")}, "10.00", False),
        ({"total": None}, "", False),
        ({"total": euros("NaN")}, "", False),
        ({"total": euros("much")}, "", False),
    ],
)
def test_what_is_paid_back_is_what_was_captured_less_what_was_refunded(
    told: dict[str, object], amount: str, exact: bool
) -> None:
    back = payback(detail(**told))
    assert (back.typed, back.exact) == (amount, exact)
    assert back.nothing is (exact and float(amount) == 0)
    assert back.above(1e9) is (not amount)


# -- the words


@pytest.mark.parametrize(
    ("sends_at", "words"),
    [
        (NOON + timedelta(seconds=8), "cancelling: ordered by ana 12:00, leaves in 8 s"),
        (NOON, "cancelling: ordered by ana 12:00, waits for Shopify"),
        (None, "cancelling: ordered by ana 12:00, waits in the outbox for somebody to look at it"),
    ],
)
def test_how_far_it_has_come(sends_at: object, words: str) -> None:
    row = order(1, cancelling={"by": "ana", "at": NOON, "sends_at": sends_at})
    assert standing(row, NOON, "UTC") == words
    assert wording.order_status(row).word == "cancelling"
    assert [sign.word for sign in wording.flags(row, NOON)] == ["cancelling"]
    assert wording.flags(row, NOON, shown={"status"}) == []
    held = row.model_copy(update={"issue": Issue.INVENTORY, "outbound": Outbound(waiting=1), "note_count": 2})
    assert wording.flags(held, NOON)[0].word == "cancelling", "before all that it makes needless"


@pytest.mark.parametrize(
    ("state", "told", "words"),
    [
        (OutboundState.DEAD, {}, "not cancelled: no more"),
        (OutboundState.DEAD, {"status": Status.CANCELLED}, ""),
        (OutboundState.DONE, {}, ""),
        (OutboundState.DISCARDED, {}, ""),
    ],
)
def test_that_shopify_did_not_do_it_is_told(state: OutboundState, told: dict[str, object], words: str) -> None:
    row = OutboxEntry(
        id="1", target="shopify", kind="cancel", state=state, attempts=1, created_at=NOON, last_error="no more"
    )
    assert standing(detail(outbox=[row], **told), NOON, "UTC") == words


def test_the_entry_of_a_return_that_is_no_more_than_requested_says_so() -> None:
    entry = TimelineEntry(ts=NOON, event="return_awaiting_label")
    asked = ReturnSummary(id="r", state=ReturnState.AWAITING_LABEL, since=NOON, requested=True)
    older = asked.model_copy(update={"since": NOON + timedelta(days=1)})
    assert wording.timeline_sign(entry, asked).word == "return: requested"
    for other in (None, older, asked.model_copy(update={"requested": False})):
        assert wording.timeline_sign(entry, other).word == "return: awaiting label"


# -- the request, the book, the verbs


def test_a_draft_survives_the_book_without_what_is_only_shown() -> None:
    kept = CancelDraft.from_book(DRAFT.to_book())
    assert kept == CancelDraft((ONE,), CancelReason.CUSTOMER, CancelRefund.ORIGINAL, restock=True)
    assert kept.repeated is None


def test_the_verb_sends_what_was_chosen(call: Call, desk: Desk) -> None:
    chosen = ("--reason", "fraud", "--refund", "none", "--no-restock", "--notify", "--note", "called")
    assert call("cancel", "1001", *chosen) == 0
    assert call("cancel", "#1002", "--reason", "customer", "--refund", "original", "--restock", "--json") == 0
    assert desk.bodies() == [
        {"orderId": "1001", "reason": "fraud", "refund": "none", "restock": False, "notify": True, "note": "called"},
        {"orderId": "#1002", "reason": "customer", "refund": "original", "restock": True},
    ]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--refund", "none", "--restock"), "customer, inventory, fraud, declined, staff, other"),
        (("--reason", "staff", "--restock"), "original, none"),
        (("--reason", "staff", "--refund", "none"), "--restock or --no-restock"),
    ],
)
def test_nothing_final_is_a_default(
    call: Call, desk: Desk, capsys: Capture, arguments: tuple[str, ...], says: str
) -> None:
    assert call("cancel", "1001", *arguments) == 2
    assert says in capsys.readouterr().err
    assert desk.asked == []


def test_a_request_is_accepted_with_a_mail_or_as_the_server_is_set(call: Call, desk: Desk, capsys: Capture) -> None:
    for mail in ((), ("--notify",), ("--no-notify",)):
        assert call("returns", "1001", "--action", "approve_request", *mail) == 0
    asked = {"orderId": "1001", "action": "approve_request"}
    assert desk.bodies() == [asked, {**asked, "notify": True}, {**asked, "notify": False}]
    assert call("returns", "1001", "--action", "approve_refund", "--notify") == 2
    assert "approve_request and deny" in capsys.readouterr().err


class Typed(io.TextIOWrapper):
    """Lines that somebody types at a terminal."""

    def isatty(self) -> bool:
        return True


def test_somebody_at_a_terminal_is_asked_once_more(call: Call, desk: Desk, capsys: Capture) -> None:
    chosen = ("cancel", "1001", "--reason", "staff", "--refund", "original", "--restock")
    assert call(*chosen, stdin=Typed(io.BytesIO(b"n\n"))) == 2
    assert desk.asked == []
    assert "cancel, and its money is paid back, for 1 order(s)? [y/N]" in capsys.readouterr().err
    assert call(*chosen, stdin=Typed(io.BytesIO(b"y\n"))) == 0
    assert call(*chosen, "--yes", stdin=Typed(io.BytesIO(b""))) == 0
    assert len(desk.bodies()) == 2
