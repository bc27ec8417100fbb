"""The shop's GraphQL objects as they are read here.

Only what the documents ask for. A connection that is `None` is not known, and neither is what is `hidden`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Annotated, Any, Generic, TypeVar

from pydantic import AliasPath, BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic.alias_generators import to_camel

from orders_sync.evidence.shopify_words import CREATE_FULFILLMENT, ENDED_FULFILLMENT_ORDER
from orders_sync.external.shopify.errors import UnexpectedShape
from orders_sync.external.shopify.scalars import Id, Instant, Money, Name, Whole, Word

T = TypeVar("T")

HIDDEN = "__hidden"
"""Where an object in an answer keeps the names of what the token may not know of it."""


class Node(BaseModel):
    """`hidden`: the fields, as the shop spells them, that the token may not know: their value here says nothing; with `[]`, a
    list that lacks some of its items."""

    model_config = ConfigDict(
        frozen=True, extra="ignore", alias_generator=to_camel, populate_by_name=True, defer_build=True
    )

    hidden: Annotated[frozenset[str], Field(alias=HIDDEN)] = frozenset()

    def shown(self) -> dict[str, Any]:
        """The values of its fields, without those that are hidden."""
        return {
            name: getattr(self, name) for name, field in _shop_names(type(self)).items() if field not in self.hidden
        }


@cache
def _shop_names(kind: type[Node]) -> dict[str, str]:
    """The shop's name of each field of this type: of a path, the field where it begins."""
    paths = {name: field.validation_alias for name, field in kind.model_fields.items() if name != "hidden"}
    return {name: str(path.path[0]) if isinstance(path, AliasPath) else str(path) for name, path in paths.items()}


class Page(Node, Generic[T]):
    """One page of a connection."""

    nodes: list[T]
    has_next_page: Annotated[bool, Field(validation_alias=AliasPath("pageInfo", "hasNextPage"))] = False
    end_cursor: Annotated[str | None, Field(validation_alias=AliasPath("pageInfo", "endCursor"))] = None

    @model_validator(mode="before")
    @classmethod
    def _says_whether_more_follow(cls, value: Any) -> Any:
        if isinstance(value, dict) and not isinstance(value.get("pageInfo", {}), dict):
            raise ValueError("pageInfo is no object")
        return value


def items(page: Page[T] | None) -> list[T]:
    """What is known of a connection."""
    return page.nodes if page else []


class Ref(Node):
    id: Id


class Address(Node):
    name: str | None = None
    company: str | None = None
    address1: str | None = None
    address2: str | None = None
    city: str | None = None
    province: str | None = None
    zip: str | None = None
    country: str | None = None
    phone: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    province_code: str | None = None
    country_code: Annotated[str | None, Field(alias="countryCodeV2")] = None


class Customer(Node):
    id: Id
    first_name: str | None = None
    last_name: str | None = None
    tags: tuple[str, ...] = ()
    email: Annotated[str | None, Field(validation_alias=AliasPath("defaultEmailAddress", "emailAddress"))] = None
    phone: Annotated[str | None, Field(validation_alias=AliasPath("defaultPhoneNumber", "phoneNumber"))] = None


class ShippingLine(Node):
    """`price`: after discounts."""

    title: str | None = None
    price: Annotated[Money | None, Field(alias="discountedPriceSet")] = None


class Attribute(Node):
    key: str | None = None
    value: str | None = None


class Variant(Node):
    barcode: Name | None = None


class Line(Node):
    id: Id
    sku: Name | None = None
    title: Name | None = None
    quantity: Whole
    current_quantity: Whole
    unfulfilled_quantity: Whole
    requires_shipping: bool
    price: Annotated[Money | None, Field(alias="originalUnitPriceSet")] = None
    variant_title: Name | None = None
    custom_attributes: list[Attribute] = []
    variant: Variant | None = None


class Scan(Node):
    id: Id
    status: Word
    happened_at: Instant
    created_at: Instant


class TrackingInfo(Node):
    number: str | None = None
    company: str | None = None
    url: str | None = None


class Fulfillment(Node):
    id: Id
    name: str | None = None
    status: Word
    shipment_status: Annotated[Word | None, Field(alias="displayStatus")] = None
    requires_shipping: bool | None = None
    created_at: Instant
    updated_at: Instant
    in_transit_at: Instant | None = None
    delivered_at: Instant | None = None
    tracking_info: list[TrackingInfo] = []
    events: Page[Scan] | None = None


class Hold(Node):
    id: Id
    reason: Word
    reason_notes: str | None = None
    handle: str | None = None


class SupportedAction(Node):
    action: Word


class FulfillmentOrder(Node):
    id: Id
    status: Word
    created_at: Instant | None = None
    updated_at: Instant
    fulfill_by: Instant | None = None
    method: Annotated[Word | None, Field(validation_alias=AliasPath("deliveryMethod", "methodType"))] = None
    fulfillment_holds: list[Hold] | None = None
    supported_actions: list[SupportedAction] | None = None

    @property
    def fulfillable(self) -> bool | None:
        """The shop lets it be fulfilled; None where that is hidden."""
        actions = self.supported_actions
        return None if actions is None else any(each.action == CREATE_FULFILLMENT for each in actions)

    @property
    def kept(self) -> bool:
        """Something keeps what it has to send where it is: a hold, a later day, another location's service."""
        held = bool(self.fulfillment_holds) or self.status in ("on_hold", "scheduled")
        return held or (self.fulfillable is False and self.status not in ENDED_FULFILLMENT_ORDER)


class Transaction(Node):
    id: Id
    kind: Word
    status: Word
    gateway: str | None = None
    created_at: Instant
    amount: Annotated[Money | None, Field(alias="amountSet")] = None


class Refund(Node):
    id: Id
    created_at: Instant | None = None
    note: str | None = None
    return_: Annotated[Ref | None, Field(alias="return")] = None
    total: Annotated[Money | None, Field(alias="totalRefundedSet")] = None


class RiskAssessment(Node):
    risk_level: Word


class Risk(Node):
    assessments: list[RiskAssessment] = []


class Dispute(Node):
    id: Id
    initiated_as: Word
    status: Word


class Parcels(Node):
    """An order's parcels alone, for those that are on their way."""

    id: Id
    updated_at: Instant
    fulfillments: list[Fulfillment] | None = None


class Order(Parcels):
    """An order as a page has it; `Return`, `RoutedLines` and `DisputeDetail` complete it."""

    name: str
    created_at: Instant
    processed_at: Instant | None = None
    cancelled_at: Instant | None = None
    closed_at: Instant | None = None
    financial_status: Annotated[Word | None, Field(alias="displayFinancialStatus")] = None
    display_fulfillment_status: Word | None = None
    source_name: str | None = None
    tags: tuple[str, ...] = ()
    email: str | None = None
    note: str | None = None
    total: Annotated[Money | None, Field(alias="totalPriceSet")] = None
    subtotal: Annotated[Money | None, Field(alias="subtotalPriceSet")] = None
    tax: Annotated[Money | None, Field(alias="totalTaxSet")] = None
    discounts: Annotated[Money | None, Field(alias="totalDiscountsSet")] = None
    received: Annotated[Money | None, Field(alias="totalReceivedSet")] = None
    refunded: Annotated[Money | None, Field(alias="totalRefundedSet")] = None
    customer: Customer | None = None
    shipping_address: Address | None = None
    billing_address: Address | None = None
    shipping_lines: Page[ShippingLine] | None = None
    line_items: Page[Line] | None = None
    fulfillment_orders: Page[FulfillmentOrder] | None = None
    transactions: list[Transaction] | None = None
    refunds: list[Refund] | None = None
    returns: Page[Ref] | None = None
    risk: Risk | None = None
    disputes: list[Dispute] | None = None


class HeldLine(Node):
    sku: str | None = None
    remaining_quantity: Whole


class RoutedLine(HeldLine):
    """`line_item`: the order's line."""

    line_item: Ref | None = None


class RoutedLines(Node):
    """The lines of a fulfilment order, and what it still has to send of them."""

    id: Id
    order_id: Id
    line_items: Page[RoutedLine] | None = None


class PackedLine(Node):
    """`line_item`: the order's line."""

    quantity: Whole | None = None
    line_item: Ref


class PackedLines(Node):
    """What is in a fulfilment."""

    id: Id
    fulfillment_line_items: Page[PackedLine] | None = None


class DisputeDetail(Node):
    id: Id
    initiated_at: Instant
    evidence_due_by: Instant | None = None
    amount: Money | None = None


def parse_page(kind: type[T], value: Any) -> Page[T]:
    """A connection's page of `kind`. Raises pydantic's ValidationError when the shop's answer is not of this shape."""
    page: Page[T] = Page[kind].model_validate(value)  # type: ignore[valid-type]
    return page


@contextmanager
def parsing(of: str = "") -> Iterator[None]:
    """Around the parsing of an answer, or of that part `of` it. Raises UnexpectedShape where it is not as the schema says."""
    try:
        yield
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in ((of, *first["loc"]) if of else first["loc"]))
        raise UnexpectedShape(f"Shopify's answer has an unexpected shape at {where}: {first['msg']}") from error
    except (AttributeError, LookupError, OverflowError, TypeError, ValueError) as error:
        raise UnexpectedShape(f"Shopify's answer has an unexpected shape: {error!r}") from error
