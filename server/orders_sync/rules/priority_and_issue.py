"""`issue`, `hold` and `priority`: contract §1, each the first match of its rule."""

from __future__ import annotations

from orders_sync.evidence import shopify_words
from orders_sync.rules.holds import MEANING_ORDER, Hold
from orders_sync.rules.order_state import Picture
from orders_wire.vocabulary import Delivery, Issue, Priority

_RUSH = frozenset({"rush", "express"})


def static_issue(picture: Picture) -> Issue | None:
    """The issue without the rule of the tab `delayed`, which only the clock decides."""
    meanings = {hold.meaning for hold in picture.holds}
    if picture.disputed or Issue.PAYMENT in meanings or _unpaid(picture):
        return Issue.PAYMENT
    if Issue.ADDRESS in meanings or _addressless(picture):
        return Issue.ADDRESS
    if Issue.INVENTORY in meanings or any(
        picture.stock[sku].short for sku in picture.owed_skus if sku in picture.stock
    ):
        return Issue.INVENTORY
    if any(parcel.live and parcel.state in shopify_words.CARRIER_TROUBLE for parcel in picture.shipments):
        return Issue.CARRIER
    if meanings or (picture.order.risk == "high" and not picture.over):
        return Issue.MANUAL_CHECK
    return None


def deciding(holds: tuple[Hold, ...]) -> Hold | None:
    """The hold whose reason and note stand on the order."""
    return min(holds, key=lambda hold: MEANING_ORDER.index(hold.meaning), default=None)


def priority(picture: Picture) -> Priority:
    """From tags and shipping lines, blind to case."""
    order = picture.order
    tags = {tag.strip().casefold() for tag in order.tags}
    customers = {tag.strip().casefold() for tag in order.customer.tags} if order.customer is not None else set()
    if "vip" in tags | customers:
        return Priority.VIP
    hurried = {line.strip().casefold() for line in order.shipping_lines} & picture.thresholds.rush_shipping
    return Priority.RUSH if tags & _RUSH or hurried else Priority.STANDARD


def _unpaid(picture: Picture) -> bool:
    return picture.owed and not picture.over and picture.order.financial_status in ("voided", "expired")


def _addressless(picture: Picture) -> bool:
    """Something is to be brought to the buyer, and the shop says that there is no address."""
    if picture.delivery is Delivery.PICKUP:
        return False
    told = "shipping_address" in picture.order.model_fields_set and not picture.facts.redacted
    return told and picture.owed and not picture.over and picture.order.shipping_address is None
