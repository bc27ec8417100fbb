"""An order whose address is to be corrected: as it is, held for it, and after Shopify refused another."""

from __future__ import annotations

from tests.tui.screens import desk_data
from tests.tui.screens.desk_data import ago
from tests.tui.screens.fake_session import FakeSession

from orders_tui.actions.address import AddressDraft
from orders_tui.session.log import ActionEntry, ActionState
from orders_wire.detail import Address, FieldError, HoldEntry, OrderDetail, OutboxEntry
from orders_wire.vocabulary import HoldReason, OutboundState

THERE = Address(
    name="Priya Natarajan",
    first_name="Priya",
    last_name="Natarajan",
    address1="Sonnenallee 12",
    zip="12045",
    city="Berlin",
    country="Germany",
    country_code="DE",
    phone="+49 30 123456",
)
TYPED: dict[str, str | None] = {
    "first_name": "Priya",
    "last_name": None,
    "company": None,
    "address1": "3 Bad Province",
    "address2": None,
    "zip": None,
    "city": "Chicago",
    "province_code": "ON",
    "country_code": "US",
    "phone": "+49 30 123456",
}
SAID = [
    FieldError(field="last_name", message="Enter a last name"),
    FieldError(field="zip", message="Enter a ZIP code"),
    FieldError(field="province_code", message="State is not a valid state in United States"),
]


def _show(session: FakeSession, **more: object) -> OrderDetail:
    order = session.table.view.rows[0].order
    detail = desk_data.detail(order).model_copy(update={"shipping_address": THERE, **more})
    session.details[order.id] = detail
    return detail


def show(session: FakeSession) -> None:
    """The order under the cursor, with all that is known of its address."""
    _show(session)


def show_held(session: FakeSession) -> None:
    """The same, held by this desk for its address."""
    hold = HoldEntry(id="h1", reason=HoldReason.ADDRESS, since=ago(5), by="bo", ours=True)
    _show(session, holds=[hold])


def show_refused(session: FakeSession) -> None:
    """An address that was typed here left, and Shopify did not take it."""
    entry = OutboxEntry(
        id="o9",
        target="shopify",
        kind="address",
        state=OutboundState.DEAD,
        attempts=1,
        action_id="act9",
        last_error="; ".join(error.message for error in SAID),
        errors=SAID,
    )
    detail = _show(session, outbox=[entry])
    done = ActionState.DONE
    session.log_now.append(
        ActionEntry("key9", AddressDraft((detail.id,), TYPED), (detail.id,), ago(0.1), done, action_id="act9")
    )


def unread(session: FakeSession) -> None:
    """Only the row is known."""
    session.details_known = False
