"""orders/*: the order itself, with all that its body holds of it; edits and deletions.

Only fields that the body has are passed on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from operator import methodcaller
from typing import Any

from orders_sync.evidence import entities
from orders_sync.evidence.changes import Change, OrderDeleted, OrderEdited, OrderSeen, Stamp
from orders_sync.evidence.entities import MoneyPart
from orders_sync.evidence.json_fields import MOST_NAME, Node
from orders_sync.evidence.line_properties import bounded, properties
from orders_sync.evidence.money import summed
from orders_sync.ingest.normalise import fulfillment_orders, fulfillments, payments, returns
from orders_sync.instants import Ms

_Field = tuple[tuple[str, ...], str, Callable[[Node], Any]]

_INSTANTS = ("created_at", "processed_at", "updated_at", "cancelled_at", "closed_at")
_PERSON = ("first_name", "last_name")
_PLACE = (
    "company",
    "address1",
    "address2",
    "city",
    "province",
    "zip",
    "country",
    "phone",
    "province_code",
    "country_code",
)


def read(verb: str, body: Node, seen: Ms) -> tuple[Change, ...]:
    """orders/delete has an id alone, orders/edited the edit; any other topic has the order."""
    if verb == "delete":
        return tuple(OrderDeleted(order.need_id("id"), Stamp(seen, seen)) for order in body.unwrap("order"))
    if verb == "edited":
        return tuple(_edit(edit, seen) for edit in body.unwrap("order_edit"))
    found = body.unwrap("order", "orders")
    return tuple(change for order in found if _is_order(verb, order) for change in _order(order, seen))


_VERBS = frozenset({"create", "updated", "paid", "partially_paid", "cancelled", "fulfilled", "partially_fulfilled"})


def _is_order(verb: str, node: Node) -> bool:
    """Other topics of the family (risk, protection) may name an order without being one."""
    return verb in _VERBS or (node.has("name", "line_items") and node.has("id") and node.has("created_at"))


def _order(order: Node, seen: Ms) -> list[Change]:
    order_id = order.need_id("id", "admin_graphql_api_id")
    at = order.instant("updated_at") or seen
    changes: list[Change] = [OrderSeen(order_id, _fields(order), Stamp(at, seen))]
    changes += (fulfillments.seen(node, order_id, seen, with_lines=False) for node in order.nodes("fulfillments"))
    currency = order.text("currency", most=16)
    changes += (payments.transaction(node, order_id, seen, currency) for node in order.nodes("transactions"))
    for refund in order.nodes("refunds"):
        changes += payments.refund_changes(refund, order_id, seen, currency)
    found = (returns.return_change("", node, seen, order_id) for node in order.nodes("returns"))
    changes += (change for change in found if change is not None)
    changes += fulfillment_orders.of_order(order, order_id, seen)
    return changes


def _edit(edit: Node, seen: Ms) -> OrderEdited:
    items = edit.node("line_items")
    added = len(items.nodes("additions")) if items is not None else 0
    removed = len(items.nodes("removals")) if items is not None else 0
    counts = [f"{count} {word}" for count, word in ((added, "added"), (removed, "removed")) if count]
    note = edit.text("staff_note")
    return OrderEdited(
        order_id=edit.need_id("order_id"),
        edit_id=edit.need_id("id"),
        details=", ".join(counts) + (f": {note}" if note else ""),
        stamp=Stamp(edit.instant("created_at") or seen, seen),
    )


def _fields(order: Node) -> entities.OrderFields:
    fields = {field: read(order) for names, field, read in _FIELDS if order.has(*names)}
    if fields.get("name") is None and (number := order.text("order_number", most=MOST_NAME)) is not None:
        fields["name"] = f"#{number}"
    return entities.OrderFields(**fields)


def _customer(order: Node) -> entities.CustomerPart | None:
    customer = order.node("customer")
    if customer is None:
        return None
    return entities.CustomerPart(
        id=customer.id("id", "admin_graphql_api_id"),
        name=_full_name(customer),
        email=customer.text("email", most=MOST_NAME),
        phone=customer.text("phone", most=MOST_NAME),
        tags=customer.words("tags"),
    )


def _address(order: Node, name: str) -> entities.AddressPart | None:
    address = order.node(name)
    if address is None:
        return None
    fields = {field: address.text(field, most=MOST_NAME) for field in (*_PERSON, *_PLACE) if address.has(field)}
    return entities.AddressPart(name=address.text("name", most=MOST_NAME) or _full_name(address), **fields)


def _full_name(person: Node) -> str | None:
    parts = (person.text(name, most=MOST_NAME) for name in _PERSON)
    return " ".join(part for part in parts if part) or None


def _currency(order: Node) -> str | None:
    return order.text("currency", most=16)


def _shipping_lines(order: Node) -> list[Node]:
    """The ways of shipping that were not taken off again."""
    return [line for line in order.nodes("shipping_lines") if not line.flag("is_removed")]


def _shipping_titles(order: Node) -> tuple[str, ...]:
    titles = (line.text("title", "code", most=MOST_NAME) for line in _shipping_lines(order))
    return tuple(title for title in titles if title)


def _shipping(order: Node) -> MoneyPart | None:
    """After discounts, as GraphQL has it; REST's own sum is before them, and stands where no prices are told."""
    currency, lines = _currency(order), _shipping_lines(order)
    prices = _amounts(lines, "price", currency)
    if len(prices) < len(lines) or (not lines and order.has(_SHIPPING_SUM)):
        return order.money("total_shipping_price", currency)
    discounts = [off for line in lines for off in line.nodes("discount_allocations")]
    return summed(prices, currency, less=_amounts(discounts, "amount", currency))


def _amounts(found: Iterable[Node], name: str, currency: str | None) -> list[MoneyPart]:
    amounts = (node.money(name, currency) for node in found)
    return [amount for amount in amounts if amount is not None]


def _lines(order: Node) -> tuple[entities.LinePart, ...]:
    currency = _currency(order)
    fulfilled = order.word("fulfillment_status") == "fulfilled"
    return bounded(_line(line, currency, fulfilled=fulfilled) for line in order.nodes("line_items"))


def _line(line: Node, currency: str | None, *, fulfilled: bool) -> entities.LinePart:
    quantity = line.number("quantity") or 0
    current = line.number("current_quantity") if line.has("current_quantity") else quantity
    left = line.number("fulfillable_quantity")
    if left is None:
        left = 0 if fulfilled or line.word("fulfillment_status") == "fulfilled" else quantity
    return entities.LinePart(
        id=line.need_id("id", "admin_graphql_api_id"),
        sku=line.text("sku", most=MOST_NAME),
        title=line.text("title", "name", most=MOST_NAME) or "",
        quantity=quantity,
        current_quantity=current or 0,
        fulfillable_quantity=max(0, min(left, current or 0)),
        requires_shipping=line.flag("requires_shipping") is not False,
        price=line.money("price", currency),
        variant_title=line.text("variant_title", most=MOST_NAME),
        properties=properties(_pairs(line.value("properties"))),
    )


def _pairs(found: object) -> Iterable[tuple[object, object]]:
    """Names and values, from a list of both or an object."""
    if isinstance(found, Mapping):
        return found.items()
    items = found if isinstance(found, list) else ()
    return ((item.get("name"), item.get("value")) for item in items if isinstance(item, Mapping))


_SHIPPING_SUM = "total_shipping_price_set"


def _amount(name: str, field: str) -> _Field:
    return (name, f"{name}_set"), field, lambda order: order.money(name, _currency(order))


def _alike(read: str, *names: str) -> Iterable[_Field]:
    """Fields that both sides call the same, each read by this method."""
    return (((name,), name, methodcaller(read, name)) for name in names)


_FIELDS: tuple[_Field, ...] = (
    (("name",), "name", lambda order: order.text("name", most=MOST_NAME)),
    *_alike("instant", *_INSTANTS),
    *_alike("word", "financial_status", "fulfillment_status"),
    _amount("total_price", "total"),
    _amount("subtotal_price", "subtotal"),
    _amount("total_tax", "tax"),
    _amount("total_discounts", "discounts"),
    (("shipping_lines", _SHIPPING_SUM), "shipping", _shipping),
    (("currency",), "currency", _currency),
    (("source_name",), "source_name", lambda order: order.text("source_name", most=MOST_NAME)),
    *_alike("words", "tags"),
    (("email",), "email", lambda order: order.text("email", "contact_email", most=MOST_NAME)),
    *_alike("text", "note"),
    (("customer",), "customer", _customer),
    (("shipping_address",), "shipping_address", lambda order: _address(order, "shipping_address")),
    (("billing_address",), "billing_address", lambda order: _address(order, "billing_address")),
    (("shipping_lines",), "shipping_lines", _shipping_titles),
    (("line_items",), "lines", _lines),
)
"""REST's field, by any of its names, ours, and how it is read."""
