"""The write actions: bodies, answers, refusals: contract §3. Field names on the wire are camel case, as version 1.2 has them."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import ConfigDict, Field, StringConstraints, model_validator
from pydantic.alias_generators import to_camel

from orders_wire.page import Desk
from orders_wire.scalars import Instant, Wire
from orders_wire.texts import trimmed
from orders_wire.vocabulary import ErrorCode, ReturnAction

MAX_ORDER_IDS = 250
"""More ids in one request are `too_large`."""

LONGEST_ASSIGNEE = 120
LONGEST_CARRIER = 120
LONGEST_NOTE = 5000
LONGEST_NUMBER = 250
LONGEST_SKU = 255
"""Most characters of what people type; more is `invalid_request`."""

Text = Annotated[str, StringConstraints(strict=True), Field(json_schema_extra={"pattern": r"^[^\x00]*$"})]
"""Any text without NUL, which PostgreSQL cannot hold."""


Filled = Annotated[
    str,
    StringConstraints(strict=True),
    Field(json_schema_extra={"pattern": "^[^\\x00]*[^\\x00\\s\u200b-\u200d\u2060\ufeff][^\\x00]*$"}),
]
"""The same, of which more than white space has to be left."""


OrderIds = Annotated[list[Annotated[Text, Field(min_length=1, max_length=300)]], Field(min_length=1)]
OrderId = Annotated[Text, Field(max_length=300)]
Assignee = Annotated[Filled, StringConstraints(min_length=1, max_length=LONGEST_ASSIGNEE)]
Notify = Annotated[bool, Field(strict=True)] | None
Note = Annotated[Text, Field(max_length=LONGEST_NOTE)]


class _Camel(Wire):
    model_config = ConfigDict(frozen=True, extra="ignore", populate_by_name=True, alias_generator=to_camel)


_AS_SENT = frozenset({"orderId", "order_id"})


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
    expected_versions: dict[str, Annotated[int, Field(strict=True)]] | None = None
    delay_seconds: Annotated[float, Field(ge=0, le=60)] | None = None


class GivenTracking(_Given):
    number: Annotated[Filled, StringConstraints(min_length=1, max_length=LONGEST_NUMBER)]
    carrier: Annotated[Text, Field(max_length=LONGEST_CARRIER)] | None = None


class AssignBody(Action):
    """`POST /sync/orders/assign`; the assignee `unassigned` clears the owner."""

    order_ids: OrderIds
    assignee: Assignee


class FulfillBody(Action):
    """`POST /sync/orders/fulfill`. `notify`: whether the customer is mailed; absent: as the server is set."""

    order_ids: OrderIds
    tracking: GivenTracking | None = None
    notify: Notify = None


class SupportBody(Action):
    """`POST /sync/orders/support`; a version 1.2 client may leave `note` out."""

    order_id: OrderId
    conversation_id: Annotated[Text, Field(min_length=1, max_length=200)] | None = None
    note: Note | None = None


class ReturnsBody(Action):
    """`POST /sync/orders/returns`. `notify`: whether the customer is mailed that a request is declined."""

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


class UndoBody(Action):
    """`POST /sync/orders/undo`."""

    action_id: Filled


class Failure(_Camel):
    """One order that an action could not be done on; `id` as it was sent."""

    id: str
    code: ErrorCode
    message: str
    allowed_actions: list[ReturnAction] | None = Field(default=None, alias="allowed_actions")
    version: int | None = None


class ActionAnswer(_Camel):
    """The version 1.2 envelope, for success and failure alike. `updatedOrders` items differ by action: contract §3's table."""

    success: bool
    message: str
    updated_orders: list[dict[str, Any]] = []
    code: ErrorCode | None = None
    failures: list[Failure] | None = None
    allowed_actions: list[ReturnAction] | None = Field(default=None, alias="allowed_actions")
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
