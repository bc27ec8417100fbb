"""Metafields of orders: what the desk tells the shop's side of an order. Setting the same value twice is one write."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from orders_sync.external.shopify import documents
from orders_sync.external.shopify.client import ShopifyClient
from orders_sync.external.shopify.mutations import UserErrors, mutate
from orders_sync.external.shopify.scalars import gid

NAMESPACE = "order_desk"
AT_ONCE = 25
"""The shop's limit for one call, which writes all or nothing."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One metafield of one order."""

    order_id: int
    key: str
    value: str


async def set_metafields(client: ShopifyClient, settings: Sequence[Setting]) -> list[str | None]:
    """Sets at most 25; for each its refusal, null when it is set. Raises OutcomeLost, ShopifyError.

    The call is atomic: those that the shop refuses are left out, and the others sent again without them. Of two settings of
    the same metafield the later one counts.
    """
    latest = {(setting.order_id, setting.key): setting for setting in settings}
    left = list(latest.values())
    refused: dict[tuple[int, str], str] = {}
    while left:
        try:
            await mutate(
                client, documents.SET_METAFIELDS, {"metafields": [_input(setting) for setting in left]}, "metafields"
            )
            break
        except UserErrors as errors:
            bad = _places(errors, len(left))
            refused |= {(left[at].order_id, left[at].key): message for at, message in bad.items()}
            left = [setting for at, setting in enumerate(left) if at not in bad]
    return [refused.get((setting.order_id, setting.key)) for setting in settings]


def _input(setting: Setting) -> dict[str, str]:
    return {
        "ownerId": gid("Order", setting.order_id),
        "namespace": NAMESPACE,
        "key": setting.key,
        "type": "single_line_text_field",
        "value": " ".join(setting.value.split()),
    }


def _places(errors: UserErrors, count: int) -> dict[int, str]:
    """Which of the settings are refused, by `["metafields", "1", …]`; all of them when an error names none."""
    places: dict[int, str] = {}
    for error in errors.errors:
        place = error.field[1] if error.field and len(error.field) > 1 else ""
        if not place.isdigit() or int(place) >= count:
            return dict.fromkeys(range(count), error.message)
        places[int(place)] = error.message
    return places
