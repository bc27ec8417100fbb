"""What one API call works with."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, TypeAlias

from graphql import GraphQLResolveInfo

from orders_demo.admin.order_search import Shelf
from orders_demo.live_shop import LiveShop
from orders_demo.webhooks.subscriptions import Subscriptions

ALL_SCOPES = (
    "read_orders",
    "read_all_orders",
    "write_orders",
    "write_order_edits",
    "read_customers",
    "read_products",
    "read_inventory",
    "read_locations",
    "read_returns",
    "write_returns",
    "read_merchant_managed_fulfillment_orders",
    "write_merchant_managed_fulfillment_orders",
    "read_assigned_fulfillment_orders",
    "read_third_party_fulfillment_orders",
    "read_fulfillments",
    "write_fulfillments",
    "read_shopify_payments_disputes",
)
"""What a custom app of the shop is given; `read_apps` is not among it."""


@dataclass(slots=True)
class Call:
    """The shop behind the API, the app's scopes, and the search warnings that came up on the way."""

    stage: LiveShop
    shelf: Shelf
    subscriptions: Subscriptions
    scopes: frozenset[str] = frozenset(ALL_SCOPES)
    search: list[dict[str, Any]] = field(default_factory=list)


Info: TypeAlias = GraphQLResolveInfo


def call(info: Info) -> Call:
    """The call that a resolver works for."""
    context = info.context
    assert isinstance(context, Call)
    return context
