"""Parts of an answer that the token may not know, taken out of it: what is denied is unknown, which is not the same as null.

A denied field that may not be null takes the object around it with it, so the null may stand above what the error's path names.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from orders_sync.external.shopify.answers import Answer, Path
from orders_sync.external.shopify.nodes import HIDDEN

VALUES = frozenset(
    {
        *("amount", "amountSet", "discountedPriceSet", "originalUnitPriceSet", "subtotalPriceSet", "totalDiscountsSet"),
        *("totalPriceSet", "totalReceivedSet", "totalRefundedSet", "totalTaxSet"),
        *("decline", "defaultEmailAddress", "defaultPhoneNumber", "deliveryMethod", "dispositions", "events"),
        *("exchangeLineItems", "fulfillmentHolds", "lineItems", "quantities", "returnLineItems", "reverseDeliveries"),
        *(
            "reverseFulfillmentOrders",
            "risk",
            "shippingLines",
            "tags",
            "trackingInfo",
            "withCodeDiscountedTotalPriceSet",
        ),
    }
)
"""What is known as one: with a part of it denied, none of it is known."""

_APART = frozenset({"variant"})
"""What stands by itself within a value: a line whose variant may not be read is a line (products have a scope of their own)."""

_PARTS_OF_CONNECTION = frozenset({"nodes", "pageInfo"})
_Steps = list[tuple[Any, Any]]


def remove_denied(answer: Answer, at: tuple[str, ...]) -> None:
    """Removes from the data all that is denied, in place. An item of a list is left out of it, but for the objects that stand
    `at` the document's own place: theirs are counted, and stay as null."""
    lists: list[list[Any]] = []
    for denied in answer.denied:
        steps = _to_null(answer.data, denied.path)
        if steps:
            _remove(steps, lists, counted=tuple(key for _, key in steps[:-1]) == at)
    for items in lists:
        items[:] = [item for item in items if item is not None]


def denied_objects(answer: Answer, at: tuple[str, ...], found: Sequence[object]) -> dict[int, str]:
    """The objects of the document's own list that are denied themselves, by place, with what they need."""
    return {
        place: f"The Admin token may not read this: {denied.needs}"
        for denied in answer.denied
        if denied.path[: len(at)] == at
        for place in denied.path[len(at) : len(at) + 1]
        if isinstance(place, int) and place < len(found) and found[place] is None
    }


def _to_null(data: Any, path: Path) -> _Steps:
    """The steps to the null on the path: each a container and the key in it. Empty where there is none."""
    steps: _Steps = []
    value = data
    for part in path:
        try:
            if isinstance(part, int) and part < 0:
                return []
            steps.append((value, part))
            value = value[part]
        except (LookupError, TypeError):
            return []
        if value is None:
            return steps
    return []


def _remove(steps: _Steps, lists: list[list[Any]], *, counted: bool) -> None:
    for container, key in sorted(steps, key=lambda step: step[1] not in _APART):
        if key in VALUES or key in _APART:
            _hide(container, key)
            return
    container, key = steps[-1]
    if key in _PARTS_OF_CONNECTION and len(steps) > 1:
        container, key = steps[-2]
    if isinstance(container, dict):
        _hide(container, key)
    elif not counted:
        lists.append(container)
        owner, name = next((holder, key) for holder, key in reversed(steps[:-1]) if key not in _PARTS_OF_CONNECTION)
        owner[HIDDEN] = [*owner.get(HIDDEN, ()), f"{name}[]"]


def _hide(node: dict[str, Any], name: str) -> None:
    """Names beginning with two underscores are GraphQL's own, so that this is none of the shop's."""
    del node[name]
    node[HIDDEN] = [*node.get(HIDDEN, ()), name]
