"""Correct the shipping address: contract §3a. Neither the audit nor the timeline says what it is or was."""

from __future__ import annotations

from collections.abc import Mapping

from orders_sync.actions.closed_orders import being_cancelled
from orders_sync.actions.context import ActionContext
from orders_sync.actions.decision import Decision, Refusal, Shown
from orders_sync.actions.definition import ActionDefinition, on_each_order
from orders_sync.actions.locked_order import LockedOrder, with_entry
from orders_sync.db.outbox import Payload
from orders_sync.evidence.entities import AddressPart
from orders_sync.outbox.kinds import Kind
from orders_sync.outbox.queue import Write
from orders_sync.rules.operator_state import AddressChange, Entry
from orders_sync.rules.timeline import key
from orders_wire.actions import AddressBody, GivenAddress
from orders_wire.vocabulary import ErrorCode, HoldReason

_BARE: tuple[Shown, ...] = ({},)
"""The order's item in the response: its id, and nothing of the address."""

_INSTEAD: Mapping[str, str] = {
    "first_name": "name",
    "last_name": "name",
    "province_code": "province",
    "country_code": "country",
}
"""What is known of an address that was told before these were kept."""


def _decide(order: LockedOrder, body: AddressBody, context: ActionContext) -> Decision | Refusal:
    """Shows the address until Shopify has taken it, or refused it. The row names the holds that are to end then."""
    before, shown = order.operator, order.state.order.shipping_address
    if order.state.cancelled:
        return Refusal(ErrorCode.ORDER_CLOSED, f"{order.name} is cancelled")
    leaving = being_cancelled(order)
    if leaving is not None:
        return leaving
    given = body.shipping_address.model_dump()
    seen = None if shown is None else _known(shown)
    holds = [of for of, hold in order.state.desk_holds.items() if hold.reason is HoldReason.ADDRESS]
    ending = holds if body.release else []
    if seen == given and not ending:
        return Decision(before, _BARE, "so already")
    details = f"shipping address corrected, by {context.actor.name}"
    entry = Entry(ts=context.second, event="note", details=details)
    change = AddressChange(at=context.now, address=AddressPart(**given))
    decided = {
        "addresses": {**before.addresses, context.action_id: change},
        "failed": before.failed_but(Kind.ADDRESS),
    }
    operator = with_entry(before, key("note", context.action_id), entry, **decided)
    payload: Payload = {"address": given, "address_before": seen, "release": ending}
    return Decision(operator, _BARE, details, (Write(Kind.ADDRESS, order.order_id, payload),))


def _known(address: AddressPart) -> dict[str, str | None]:
    """What is known of the address, under the names of the request, else under those that it was told by."""
    told = address.model_fields_set
    names = {name if name in told else _INSTEAD.get(name, name) for name in GivenAddress.model_fields}
    return {name: getattr(address, name) for name in names}


ADDRESS = ActionDefinition(
    "Correct the shipping address",
    AddressBody,
    run=on_each_order(lambda body: [body.order_id], _decide),
    order_ids=lambda body: [body.order_id],
    message=lambda _, execution: f"Address updated on {execution.orders}",
    restored=lambda *_: {},
    restored_parts=lambda *_: _BARE,
    refusals=(ErrorCode.ORDER_CLOSED,),
)
