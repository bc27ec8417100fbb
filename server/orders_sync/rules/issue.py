"""`issue`: contract §1, the first match of its rule. `desk.rows` adds the delay to a row's static issue when it is read."""

from __future__ import annotations

from orders_sync.evidence import shopify_words
from orders_sync.instants import Ms
from orders_sync.rules.delayed import is_delayed
from orders_sync.rules.order_state import OrderState
from orders_wire.vocabulary import Delivery, Issue


def static_issue(state: OrderState) -> Issue | None:
    """The issue without the rule of the tab `delayed`, which only the clock decides."""
    reasons = {hold.meaning for hold in state.holds}
    if state.disputed or Issue.PAYMENT in reasons or _unpaid(state):
        return Issue.PAYMENT
    if Issue.ADDRESS in reasons or (addressless(state) and not state.facts.redacted):
        return Issue.ADDRESS
    if Issue.INVENTORY in reasons or any(state.stock[sku].short for sku in state.owed_skus if sku in state.stock):
        return Issue.INVENTORY
    if any(parcel.live and parcel.state in shopify_words.CARRIER_TROUBLE for parcel in state.shipments):
        return Issue.CARRIER
    if reasons or (state.order.risk == "high" and not state.over):
        return Issue.MANUAL_CHECK
    return None


def issue_at(state: OrderState, now: Ms) -> str | None:
    """The issue as the order shows it at this moment."""
    late = state.open_at(now) and any(is_delayed(state, parcel, now) for parcel in state.shipments)
    return with_delay(static_issue(state), late=late)


def with_delay(static: str | None, *, late: bool) -> str | None:
    """The issue of an order of which a parcel is delayed (`late`), or not: a delay stands before `manual_check`."""
    return Issue.CARRIER.value if late and static in (None, Issue.MANUAL_CHECK) else static


def _unpaid(state: OrderState) -> bool:
    return state.owed and not state.over and state.order.financial_status in ("voided", "expired")


def addressless(state: OrderState) -> bool:
    """Something is to be brought to the buyer, and there is no address: the shop says so, or it was erased. Who picks it up needs
    none."""
    reported = "shipping_address" in state.order.model_fields_set
    wanted = state.delivery is not Delivery.PICKUP and state.owed and not state.over
    return reported and wanted and state.order.shipping_address is None
