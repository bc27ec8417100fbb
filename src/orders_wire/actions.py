"""The write actions: bodies, answers, refusals: contract §3. Field names on the wire are camel case, as version 1.2 has them."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import datetime
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BeforeValidator,
    ConfigDict,
    Field,
    OnErrorOmit,
    StringConstraints,
    WithJsonSchema,
    model_validator,
)
from pydantic.alias_generators import to_camel
from pydantic.config import JsonDict, JsonValue

from orders_wire.page import Desk
from orders_wire.scalars import Instant, Wire
from orders_wire.texts import trimmed
from orders_wire.vocabulary import CancelReason, CancelRefund, ErrorCode, HoldReason, HoldThen, ReturnAction

MAX_ORDER_IDS = 250
"""More ids in one request are `too_large`."""

LONGEST_ADDRESS_TEXT = 255
LONGEST_ASSIGNEE = 120
LONGEST_CANCEL_NOTE = 255
LONGEST_CARRIER = 120
LONGEST_NOTE = 5000
LONGEST_NUMBER = 250
LONGEST_SKU = 255
LONGEST_TAG = 40
LONGEST_URL = 2000
"""Most characters of what people type; more is `invalid_request`."""

MOST_PACKED = 1_000_000
"""Units that one side of `packed` may count; more is `invalid_request`."""

Text = Annotated[str, StringConstraints(strict=True), Field(json_schema_extra={"pattern": r"^[^\x00]*$"})]
"""Any text without NUL, which PostgreSQL cannot hold."""


_FILLED = "^[^\\x00]*[^\\x00\\s\u200b-\u200d\u2060\ufeff][^\\x00]*$"

Filled = Annotated[
    str,
    StringConstraints(strict=True),
    Field(json_schema_extra={"pattern": _FILLED}),
]
"""The same, of which more than white space has to be left."""


OrderIds = Annotated[list[Annotated[Text, Field(min_length=1, max_length=300)]], Field(min_length=1)]
OrderId = Annotated[Text, Field(max_length=300)]


def _digits(value: object) -> object:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


ItemId = Annotated[
    OrderId,
    BeforeValidator(_digits),
    WithJsonSchema({"anyOf": [{"type": "string", "maxLength": 300, "pattern": r"^[^\x00]*$"}, {"type": "integer"}]}),
]
"""An id of a line, a parcel or a hold: as ORDER's detail has it, or its number, as text or as a number (contract §3a, Ids)."""


def _whole(value: object) -> object:
    """JSON's 5.0 is 5."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


Whole = Annotated[int, Field(strict=True), BeforeValidator(_whole)]

Assignee = Annotated[Filled, StringConstraints(min_length=1, max_length=LONGEST_ASSIGNEE)]
_RFC_3339 = re.compile(r"\d{4}-\d{2}-\d{2}[Tt ]\d{2}:")


def _written(value: object) -> object:
    """Neither a number nor the digits of one."""
    if isinstance(value, datetime):
        return value
    if not isinstance(value, str) or not _RFC_3339.match(value):
        raise ValueError("has to be an instant, such as 2025-09-27T18:30:00Z")
    return datetime.fromisoformat(value)


GivenInstant = Annotated[Instant, BeforeValidator(_written)]
Page = Annotated[
    str,
    StringConstraints(strict=True, max_length=LONGEST_URL),
    Field(json_schema_extra={"pattern": r"^https?://[A-Za-z0-9.-]+([/?#][^\x00\s]*)?$"}),
]
"""An address that begins with `http://` or `https://`; what else is one is told where it is refused."""

Notify = Annotated[bool, Field(strict=True)] | None
Note = Annotated[Text, Field(max_length=LONGEST_NOTE)]


class _Camel(Wire):
    model_config = ConfigDict(frozen=True, extra="ignore", populate_by_name=True, alias_generator=to_camel)


_AS_SENT = frozenset({"orderId", "order_id", "lineId", "line_id", "fulfillmentId", "fulfillment_id"})


class _Given(_Camel):
    """What an operator sends: text is trimmed, and blank text is null (contract §1). Ids of orders are echoed as sent."""

    @model_validator(mode="before")
    @classmethod
    def _blank_is_null(cls, body: object) -> object:
        if not isinstance(body, dict):
            return body
        return {
            name: trimmed(value) if isinstance(value, str) and name not in _AS_SENT else value
            for name, value in body.items()
        }


class Action(_Given):
    """What every action body may carry. `expectedVersions` maps an order id, as sent, to the version the operator saw."""

    shop_domain: Text | None = Field(default=None, alias="shop_domain")
    expected_versions: dict[str, Whole] | None = None
    delay_seconds: Annotated[float, Field(ge=0, le=60)] | None = None

    @property
    def cleared(self) -> Collection[str]:
        """Fields that travel as null, which empties what stands there; of all others null says what leaving them out says."""
        return ()


class GivenTracking(_Given):
    number: Annotated[Filled, StringConstraints(min_length=1, max_length=LONGEST_NUMBER)]
    carrier: Annotated[Text, Field(max_length=LONGEST_CARRIER)] | None = None


class GivenLine(_Given):
    """So many units of a line item; `line_id` as ORDER's detail has it, or its number (contract §3a, Ids)."""

    line_id: ItemId
    quantity: Annotated[Whole, Field(json_schema_extra={"minimum": 1})]


GivenLines = Annotated[list[GivenLine], Field(json_schema_extra={"minItems": 1})]
"""What these bounds keep out is refused where the order is known, so that the refusal can say what is left."""


class AssignBody(Action):
    """`POST /sync/orders/assign`; the assignee `unassigned` clears the owner."""

    order_ids: OrderIds
    assignee: Assignee


def _of_one_order(name: str) -> JsonDict:
    """For the schema: where this field is given, one order is named."""
    absent: JsonDict = {"properties": {name: {"type": "null"}}}
    return {"anyOf": [absent, {"properties": {"orderIds": {"maxItems": 1}}}]}


PackedCount = Annotated[int, Field(strict=True, ge=0, le=MOST_PACKED), BeforeValidator(_whole)]


class Packed(_Given):
    """How the units of a parcel were counted at the bench: by the scanner, and by hand for want of a barcode."""

    scanned: PackedCount
    by_hand: PackedCount


class FulfillBody(Action):
    """`POST /sync/orders/fulfill`. `lines`: of the one order in `order_ids`; absent: all that is owed. `notify`: whether the
    customer is mailed; absent: as the server is set. `packed`: for the audit."""

    model_config = ConfigDict(json_schema_extra=_of_one_order("lines"))

    order_ids: OrderIds
    tracking: GivenTracking | None = None
    lines: GivenLines | None = None
    notify: Notify = None
    packed: Packed | None = None


class GivenParcel(_Given):
    """A parcel's number, with its carrier and the page that follows it. Without `fulfillment_id` it goes where §3a says."""

    order_id: OrderId
    fulfillment_id: ItemId | None = None
    number: Annotated[Filled, StringConstraints(min_length=1, max_length=LONGEST_NUMBER)]
    carrier: Annotated[Text, Field(max_length=LONGEST_CARRIER)] | None = None
    url: Page | None = None


class TrackingBody(Action):
    """`POST /sync/orders/tracking`, 1…250 items; each parcel once."""

    items: Annotated[list[GivenParcel], Field(min_length=1)]
    notify: Notify = None


class HoldBody(Action):
    """`POST /sync/orders/hold`. `until`: when `then` happens; `lines`: of the one order in `order_ids`, absent: all that is
    owed. Of a hold that is there, null takes note or time away, and what is absent stays."""

    model_config = ConfigDict(json_schema_extra=_of_one_order("lines"))

    order_ids: OrderIds
    reason: HoldReason
    note: Note | None = None
    until: GivenInstant | None = None
    then: HoldThen = HoldThen.REMIND
    lines: GivenLines | None = None

    @property
    def cleared(self) -> Collection[str]:
        return {"note", "until"} & {name for name in self.model_fields_set if getattr(self, name) is None}


class ReleaseBody(Action):
    """`POST /sync/orders/release`. `hold_ids`: as ORDER's detail has them; absent: those of ours."""

    order_ids: OrderIds
    hold_ids: Annotated[list[ItemId], Field(min_length=1)] | None = None
    note: Note | None = None


def _trim(value: object) -> object:
    return (trimmed(value) or "") if isinstance(value, str) else value


def _no_comma(tag: str) -> str:
    if "," in tag:
        raise ValueError("a comma separates tags, so it cannot be in one")
    return tag


_TAG = "^[^\\x00,]*[^\\x00,\\s\u200b-\u200d\u2060\ufeff][^\\x00,]*$"

Tag = Annotated[
    Filled,
    Field(min_length=1, max_length=LONGEST_TAG, json_schema_extra={"pattern": _TAG}),
    BeforeValidator(_trim),
    AfterValidator(_no_comma),
]


def _any_of(**wanted: JsonDict) -> JsonDict:
    """For the schema: at least one of these fields is given, and like this."""
    fields: list[JsonValue] = [{"required": [name], "properties": {name: like}} for name, like in wanted.items()]
    return {"anyOf": fields}


class TagsBody(Action):
    """`POST /sync/orders/tags`. Tags are compared blind to case; one in both lists is `invalid_request`."""

    model_config = ConfigDict(json_schema_extra=_any_of(add={"minItems": 1}, remove={"minItems": 1}))

    order_ids: OrderIds
    add: list[Tag] = []
    remove: list[Tag] = []

    @model_validator(mode="after")
    def _adds_or_removes(self) -> TagsBody:
        if not self.add and not self.remove:
            raise ValueError("add and remove: at least one tag has to be in them")
        return self


AddressText = Annotated[Text, Field(max_length=LONGEST_ADDRESS_TEXT)] | None


def _two_letters(code: str) -> str:
    if len(code) != 2 or not (code.isascii() and code.isalpha()):
        raise ValueError("two letters (ISO 3166-1), as DE")
    return code.upper()


_FILLED_TEXT: JsonDict = {"type": "string", "pattern": _FILLED}
_ADDRESS_TEXTS = ("first_name", "last_name", "company", "address1", "address2", "city", "province_code", "zip", "phone")

CountryCode = Annotated[Text, Field(json_schema_extra={"pattern": "^[A-Za-z]{2}$"}), AfterValidator(_two_letters)]


class GivenAddress(_Given):
    """A shipping address, always whole: what is left out is null. Names as in Shopify's `MailingAddressInput`, in snake case."""

    model_config = ConfigDict(
        alias_generator=None,
        json_schema_extra=_any_of(**dict.fromkeys(_ADDRESS_TEXTS, _FILLED_TEXT)),
    )

    first_name: AddressText = None
    last_name: AddressText = None
    company: AddressText = None
    address1: AddressText = None
    address2: AddressText = None
    city: AddressText = None
    province_code: AddressText = None
    zip: AddressText = None
    country_code: CountryCode | None = None
    phone: AddressText = None

    @model_validator(mode="after")
    def _says_something(self) -> GivenAddress:
        if not any(self.model_dump().values()):
            raise ValueError("the address is empty: give at least one of its parts")
        return self


class AddressBody(Action):
    """`POST /sync/orders/address`. `release`: our `address` hold ends after Shopify took the address."""

    order_id: OrderId
    shipping_address: GivenAddress
    release: Annotated[bool, Field(strict=True)] = False


class SupportBody(Action):
    """`POST /sync/orders/support`; a version 1.2 client may leave `note` out."""

    order_id: OrderId
    conversation_id: Annotated[Text, Field(min_length=1, max_length=200)] | None = None
    note: Note | None = None


class ReturnsBody(Action):
    """`POST /sync/orders/returns`. `notify`: whether the customer is mailed that a request is approved or declined."""

    order_id: OrderId
    action: ReturnAction
    note: Note | None = None
    return_id: OrderId | None = None
    notify: Notify = None


class InventoryBody(Action):
    """`POST /sync/orders/inventory`."""

    sku: Annotated[Filled, Field(min_length=1, max_length=LONGEST_SKU)]
    order_ids: OrderIds | None = None
    note: Note | None = None


class NoteBody(Action):
    """`POST /sync/orders/note`: a note of the desk's own. `note_id`: one of the caller's own, of the one order in
    `order_ids`, whose text this is from now on."""

    model_config = ConfigDict(json_schema_extra=_of_one_order("noteId"))

    order_ids: OrderIds
    note: Annotated[Filled, Field(min_length=1, max_length=LONGEST_NOTE)]
    note_id: Annotated[Text, Field(min_length=1, max_length=300)] | None = None


class CancelBody(Action):
    """`POST /sync/orders/cancel`. `note`: for the shop's staff, in Shopify; `notify`: whether the customer is mailed."""

    order_id: OrderId
    reason: CancelReason
    refund: CancelRefund
    restock: Annotated[bool, Field(strict=True)]
    notify: Notify = None
    note: Annotated[Text, Field(max_length=LONGEST_CANCEL_NOTE)] | None = None


class UndoBody(Action):
    """`POST /sync/orders/undo`."""

    action_id: Filled


class Failure(_Camel):
    """One order that an action could not be done on; `id` as it was sent."""

    id: str
    code: ErrorCode
    message: str
    allowed_actions: list[OnErrorOmit[ReturnAction]] | None = Field(default=None, alias="allowed_actions")
    version: int | None = None


class ActionAnswer(_Camel):
    """The version 1.2 envelope, for success and failure alike. `updatedOrders` items differ by action: contract §3's table."""

    success: bool
    message: str
    updated_orders: list[dict[str, Any]] = []
    code: ErrorCode | None = None
    failures: list[Failure] | None = None
    allowed_actions: list[OnErrorOmit[ReturnAction]] | None = Field(default=None, alias="allowed_actions")
    version: int | None = None
    action_id: str | None = None
    undo_until: Instant | None = None
    versions: dict[str, int] | None = None
    desk: Desk | None = None


class Problem(Wire):
    """A refused GET: the envelope without `updatedOrders`."""

    success: bool = False
    message: str
    code: ErrorCode
