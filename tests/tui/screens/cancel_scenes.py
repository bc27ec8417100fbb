"""Cancelling and requested returns as an operator meets them: what can be cancelled, what stands against it, what comes of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from types import MappingProxyType

from tests.tui.screens import desk_data
from tests.tui.screens.desk_data import NOW, ago
from tests.tui.screens.fake_session import FakeSession
from tests.tui.screens.hold_scenes import UNITS, keys, open_order
from tests.tui.screens.scene import Scene

from orders_tui.session.log import ActionState, OrderFailure
from orders_wire.detail import FulfilledLine, Fulfillment, OutboxEntry, Totals
from orders_wire.orders import Cancelling, Money, Order, Outbound, ReturnSummary
from orders_wire.return_machine import allowed_actions
from orders_wire.vocabulary import ErrorCode, OutboundState, ReturnState, Status

BY_BO = Cancelling(by="bo", at=ago(0.01), sends_at=NOW + timedelta(seconds=8))
REFUSED = "Shopify ended it without cancelling and gives no reason"


def paid_order(
    session: FakeSession,
    captured: str = "89.90",
    refunded: str | None = None,
    changes: Mapping[str, object] = MappingProxyType({}),
) -> Order:
    """The first row's order owes everything, and so much was received for it."""
    there = {"return_": None, "status": Status.AWAITING_FULFILLMENT, "issue": None}
    order = open_order(session).model_copy(update={**there, **changes})
    back = Money(amount=refunded, currency="EUR") if refunded is not None else None
    told = {"totals": Totals(captured=Money(amount=captured, currency="EUR"), refunded=back), "outbox": []}
    lines = {"line_items": list(UNITS), "fulfillments": []}
    session.know(order, desk_data.detail(order).model_copy(update=told | lines))
    return order


def _paid(captured: str, **changes: object) -> Callable[[FakeSession], None]:
    return lambda session: (paid_order(session, captured, changes=changes), None)[1]


def delivered(session: FakeSession) -> Order:
    """A part of it was delivered, and the rest is still owed."""
    order = paid_order(session)
    inside = [FulfilledLine(id="l2", sku="MUG-01", title="Mug", quantity=1)]
    parcel = Fulfillment(
        id="f1",
        name=f"{order.order_number}-F1",
        status="success",
        shipment_status="delivered",
        created_at=ago(70),
        delivered_at=ago(9),
        lines=inside,
    )
    session.know(order, session.details[order.id].model_copy(update={"fulfillments": [parcel]}))
    return order


def _delivered(session: FakeSession) -> None:
    delivered(session)


def ended_without(session: FakeSession) -> Order:
    """Shopify's job is done, and the order is not cancelled."""
    order = paid_order(session, changes={"outbound": Outbound(failed=1)})
    dead = OutboxEntry(
        id="o9",
        target="shopify",
        kind="cancel",
        state=OutboundState.DEAD,
        attempts=1,
        created_at=ago(0.1),
        last_error=REFUSED,
    )
    session.know(order, session.details[order.id].model_copy(update={"outbox": [dead]}))
    return order


def _ended_without(session: FakeSession) -> None:
    ended_without(session)


def requested(session: FakeSession) -> Order:
    """A customer asks to send the first row's order back."""
    state = ReturnState.AWAITING_LABEL
    asked = ReturnSummary(
        id="gid://shopify/Return/1",
        state=state,
        reason="wrong size",
        allowed_actions=allowed_actions(state, requested=True),
        refund_amount=89.9,
        currency="EUR",
        since=ago(5),
        requested=True,
    )
    first = session.table.view.rows[0].order
    order = first.model_copy(update={"return_": asked, "status": Status.FULFILLED, "hold": None, "issue": None})
    told = desk_data.detail(order)
    returns = [each.model_copy(update={"requested": True}) for each in told.returns]
    session.know(order, told.model_copy(update={"returns": returns}))
    return order


def _requested(session: FakeSession) -> None:
    requested(session)


def _lost(session: FakeSession) -> None:
    """Somebody's fulfilment came first."""
    order_id = session.table.view.rows[0].order.id
    why = "#104233: a fulfilment of bo's waits for Shopify"
    session.settle(ActionState.FAILED, (OrderFailure(order_id, ErrorCode.ILLEGAL_TRANSITION, why),), why)


OPEN = ("colon",)
REASON = ("enter", "j", "down")
CANCELLING = [
    Scene("cancel", OPEN, "cancel", REASON, given=_paid("89.90")),
    Scene("cancel_typed", OPEN, "cancel", (*REASON, "ctrl+t", "ctrl+n", "ctrl+s"), given=_paid("1289.90")),
    Scene("cancel_unpaid", OPEN, "cancel declined", ("enter",), given=_paid("0.00")),
    Scene("cancel_delivered", OPEN, "cancel", ("enter", "ctrl+s"), given=_delivered),
    Scene("cancel_ordered", OPEN, "cancel staff", ("enter",), given=_paid("89.90", cancelling=BY_BO)),
    Scene("cancel_again", OPEN, "cancel", ("enter",), given=_ended_without),
    Scene("cancelling", given=_paid("89.90", cancelling=BY_BO)),
    Scene("order_cancelling", ("enter",), given=_paid("89.90", cancelling=BY_BO)),
    Scene("order_not_cancelled", ("enter",), given=_ended_without),
    Scene("fulfil_while_cancelling", ("f",), given=_paid("89.90", cancelling=BY_BO)),
    Scene("outcome_cancel_lost", (*OPEN, *keys("cancel staff"), "enter", "ctrl+s"), given=_paid("89.90"), then=_lost),
    Scene("return_requested", ("r",), given=_requested),
    Scene("order_return_requested", ("enter",), given=_requested),
]
