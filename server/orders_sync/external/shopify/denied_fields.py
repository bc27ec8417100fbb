"""Parts of an answer that the token may not know, taken out of it: what is denied is not told, which is not the same as null.

A denied field that may not be null takes the object around it with it, so the null may stand above what the error's path names.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from orders_sync.external.shopify.answers import Answer, Path
from orders_sync.external.shopify.nodes import HIDDEN

VALUES = frozenset(
    {
        "amount",
        "amountSet",
        "decline",
        "defaultEmailAddress",
        "defaultPhoneNumber",
        "deliveryMethod",
        "dispositions",
        "events",
        "exchangeLineItems",
        "fulfillmentHolds",
        "lineItems",
        "originalUnitPriceSet",
        "quantities",
        "returnLineItems",
        "reverseDeliveries",
        "reverseFulfillmentOrders",
        "risk",
        "shippingLines",
        "tags",
        "totalPriceSet",
        "totalRefundedSet",
        "trackingInfo",
        "withCodeDiscountedTotalPriceSet",
    }
)
"""What is told as one: with a hole in it, it is not told."""

_PARTS_OF_CONNECTION = frozenset({"nodes", "pageInfo"})
_Steps = list[tuple[Any, Any]]


def remove_denied(answer: Answer, at: tuple[str, ...]) -> None:
    """Removes from the data all that is denied, in place. An item of a list is left out of it, but for the objects that stand
    `at` the document's own place: theirs are counted, and stay as null."""
    hollow: list[list[Any]] = []
    for denied in answer.denied:
        steps = _to_null(answer.data, denied.path)
        if steps:
            _remove(steps, hollow, counted=tuple(key for _, key in steps[:-1]) == at)
    for items in hollow:
        items[:] = [item for item in items if item is not None]


def objects(answer: Answer, at: tuple[str, ...], told: Sequence[object]) -> dict[int, str]:
    """The objects of the document's own list that are denied themselves, by place, with what they need."""
    return {
        place: f"The Admin token may not read this: {hole.needs}"
        for hole in answer.denied
        if hole.path[: len(at)] == at
        for place in hole.path[len(at) : len(at) + 1]
        if isinstance(place, int) and place < len(told) and told[place] is None
    }


def _to_null(data: Any, path: Path) -> _Steps:
    """The steps to the null on the path: each a container and the key in it. Empty where there is none."""
    steps: _Steps = []
    told = data
    for part in path:
        if isinstance(told, dict):
            there = part in told
        else:
            there = isinstance(told, list) and isinstance(part, int) and 0 <= part < len(told)
        if not there:
            return []
        steps.append((told, part))
        told = told[part]
        if told is None:
            return steps
    return []


def _remove(steps: _Steps, hollow: list[list[Any]], *, counted: bool) -> None:
    for container, key in steps:
        if key in VALUES:
            _hide(container, key)
            return
    container, key = steps[-1]
    if key in _PARTS_OF_CONNECTION and len(steps) > 1:
        container, key = steps[-2]
    if isinstance(container, dict):
        _hide(container, key)
    elif not counted:
        hollow.append(container)
        owner, name = next((holder, key) for holder, key in reversed(steps[:-1]) if key not in _PARTS_OF_CONNECTION)
        owner[HIDDEN] = [*owner.get(HIDDEN, ()), f"{name}[]"]


def _hide(told: dict[str, Any], name: str) -> None:
    """Names beginning with two underscores are GraphQL's own, so that this is none of the shop's."""
    del told[name]
    told[HIDDEN] = [*told.get(HIDDEN, ()), name]
