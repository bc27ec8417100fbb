"""A recording played to the simulated shop: the same requests, and where its answers differ from those of the live shop."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLError,
    OperationDefinitionNode,
    parse,
    print_ast,
)
from tests.server.demo import stand_ins
from tests.server.demo.recordings import Exchange, answerable, asked, orders, roots, variants
from tests.server.demo.worlds import World

from orders_demo.world.goods import Location
from orders_demo.world.ids import gid
from orders_demo.world.orders import Line, Order, Payment

Json = dict[str, Any]

GID = re.compile(r"gid://shopify/(\w+)/([\w-]+)")
NUMBER = re.compile(r"\d{6,}")
CURSORS = frozenset({"cursor", "startCursor", "endCursor"})
UNEQUAL = frozenset({"compareDigest"})
"""Values that only have to be there on both sides, or on neither; so have instants."""
SHOP_WIDE = frozenset({"locations", "orders", "fulfillmentOrders", "manualHoldsFulfillmentOrders"})
"""Root lists: the recorded shop has much more in them than the recording made."""
STOOD_IN = {"orderCreate": "order", "fulfillmentEventCreate": None}
"""Mutations that are not in the simulated shop's API but done to it, and what of their payload can be read there."""

Before = Callable[["Replay", Exchange], None]


@dataclass
class Replay:
    """One recording on its way through a shop. `known`: the gids of the recorded shop and what they are called here."""

    world: World
    known: dict[str, str] = field(default_factory=dict)
    locations: dict[str, str] = field(default_factory=dict)
    routed: dict[str, str] = field(default_factory=dict)
    differences: list[str] = field(default_factory=list)
    played: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)

    def play(self, recording: Json, exchanges: Iterable[Exchange], before: Before | None = None) -> None:
        """All of it, in order. `before`: what else to see to before each request."""
        shop = self.world.simulation.stage.shop
        shop.archives = True
        self._survey(recording)
        for place, name in self.locations.items():
            stand_ins.location(shop, int(place.rsplit("/", 1)[1]), name)
        for told in variants(recording):
            self.known[told["id"]] = gid("ProductVariant", stand_ins.variant(shop, told).id)
        for told in orders(recording):
            if told["id"] not in self.known:
                self._known_order(told)
        for exchange in exchanges:
            if before:
                before(self, exchange)
            self._exchange(exchange)

    def order(self, recorded: str, told: Json) -> Order:
        """An order that stands for a recorded record, made from what is told of it."""
        shop, at = self.world.simulation.stage.shop, self.world.simulation.stage.now()
        order = stand_ins.order_told(shop, told, self._source(told), at)
        self.known[recorded] = gid("Order", order.id)
        return order

    def _known_order(self, told: Json) -> None:
        """An order as it was read, with its own ids."""
        order = self.order(told["id"], told)
        lines = (told.get("lineItems") or {}).get("nodes") or []
        payments = told.get("transactions") or []
        pairs: list[tuple[Json, Line | Payment]] = list(zip(lines, order.lines, strict=False))
        pairs += zip(payments, order.payments, strict=False)
        self.known |= {
            theirs["id"]: gid(theirs["id"].split("/")[3], ours.id) for theirs, ours in pairs if "id" in theirs
        }

    def _survey(self, node: object) -> None:
        """The places of the recorded shop, and from which of them each fulfilment order is sent."""
        if isinstance(node, list):
            for entry in node:
                self._survey(entry)
        if not isinstance(node, dict):
            return
        named = str(node.get("id", ""))
        if named.startswith("gid://shopify/Location/") and node.get("name"):
            self.locations.setdefault(named, node["name"])
        assigned = node.get("assignedLocation") or {}
        place = (assigned.get("location") or {}).get("id")
        if place and assigned.get("name"):
            self.locations.setdefault(place, assigned["name"])
        if named.startswith("gid://shopify/FulfillmentOrder/") and place:
            self.routed.setdefault(named, place)
        for entry in node.values():
            self._survey(entry)

    def _exchange(self, exchange: Exchange) -> None:
        try:
            document = asked(exchange)
            (root, *others) = roots(document)
        except (GraphQLError, KeyError, ValueError) as error:
            self.left_out.append(f"{exchange.path}: no request kept ({type(error).__name__})")
            return
        if root in STOOD_IN and not others:
            document = self._stand_in(root, document, exchange)
        elif not roots(answerable(document)):
            self.left_out.append(f"{exchange.path}: {root} is not in the simulated shop's API")
            return
        self._compare(document, exchange, root)

    def _stand_in(self, root: str, document: DocumentNode, exchange: Exchange) -> DocumentNode:
        given = self._here(exchange.variables)
        shop, at = self.world.simulation.stage.shop, self.world.simulation.stage.now()
        if root == "orderCreate":
            told = exchange.body["data"][root]["order"]
            made = stand_ins.order_create(shop, given, self._source(told), at, told.get("name"))
            return _reading(document, root, "order", made)
        stand_ins.event_create(shop, given, at)
        return parse("{ shop { name } }")

    def _source(self, told: Json) -> Location:
        nodes = (told.get("fulfillmentOrders") or {}).get("nodes") or []
        names = {name: place for place, name in self.locations.items()}
        assigned = (names.get(str((node.get("assignedLocation") or {}).get("name"))) for node in nodes)
        place = next((self.routed[node["id"]] for node in nodes if node.get("id") in self.routed), next(assigned, None))
        shop = self.world.simulation.stage.shop
        if place is None:
            return shop.locations[0]
        return stand_ins.location(shop, int(place.rsplit("/", 1)[1]), self.locations.get(place, "Warehouse"))

    def _compare(self, document: DocumentNode, exchange: Exchange, root: str) -> None:
        self.world.later(seconds=1)
        text = print_ast(answerable(document))
        ours = self.world.simulation.admin.answer({"query": text, "variables": self._here(exchange.variables)})
        theirs = exchange.body
        if root in STOOD_IN:
            if STOOD_IN[root] is None:
                return
            told = theirs["data"][root][STOOD_IN[root]]
            theirs = {"data": {STOOD_IN[root]: told}}
        self.played.append(f"{exchange.path} {root}")
        told, here = (_of_the_record(entry.get("data")) for entry in (theirs, ours))
        found = [*self._unlike(told, here, "data"), *self._errors(theirs, ours)]
        self.differences += [f"{exchange.path}: {entry}" for entry in found]

    def _errors(self, theirs: Json, ours: Json) -> Iterator[str]:
        told, here = (
            [self._plain(entry) for entry in body.get("errors") or () if _of_a_record(entry)] for body in (theirs, ours)
        )
        if told != here:
            yield f"errors: {here} for {told}"

    def _plain(self, error: Json) -> Json:
        return {name: self._here(error[name]) for name in ("message", "path", "extensions") if name in error}

    def _unlike(self, theirs: Any, ours: Any, path: str) -> Iterator[str]:
        if isinstance(theirs, dict) and isinstance(ours, dict):
            for name, value in ours.items():
                yield from self._unlike(theirs.get(name), value, f"{path}.{name}")
        elif isinstance(theirs, list) and isinstance(ours, list) and len(theirs) == len(ours):
            for index, (left, right) in enumerate(zip(theirs, ours, strict=True)):
                yield from self._unlike(left, right, f"{path}.{index}")
        elif not self._alike(theirs, ours, path.rpartition(".")[2]):
            yield f"{path}: {ours!r} for {theirs!r}"

    def _alike(self, theirs: Any, ours: Any, name: str) -> bool:
        if theirs == ours:
            return True
        if theirs is None or ours is None or isinstance(theirs, dict | list):
            return False
        if name in UNEQUAL or name.endswith("At"):
            return True
        if name in CURSORS:
            return _form(theirs) == _form(ours)
        if str(theirs) in self.known:
            return self.known[str(theirs)] == str(ours)
        left, right = GID.match(str(theirs)), GID.match(str(ours))
        if left and right and left[1] == right[1] == "Job":
            return True
        if left and right and left[1] == right[1]:
            self.known[left[0]] = right[0]
            return True
        return bool(self._here(theirs) == ours)

    def _here(self, value: Any) -> Any:
        """A recorded value with the ids of this shop in it."""
        if isinstance(value, dict):
            return {name: self._here(entry) for name, entry in value.items()}
        if isinstance(value, list):
            return [self._here(entry) for entry in value]
        if not isinstance(value, str):
            return value
        numbers = {left.rsplit("/", 1)[1]: right.rsplit("/", 1)[1] for left, right in self.known.items()}
        if "gid://" in value:
            return GID.sub(lambda found: self.known.get(found[0], found[0]), value)
        return NUMBER.sub(lambda found: numbers.get(found[0], found[0]), value)


def _form(cursor: str) -> str:
    """What a cursor is made of: digits for its digits, so that a number, its text and an instant stay apart."""
    return re.sub(r"\d+", "0", base64.b64decode(cursor).decode())


def _of_the_record(data: Any) -> Any:
    return {name: entry for name, entry in data.items() if name not in SHOP_WIDE} if isinstance(data, dict) else data


def _of_a_record(error: Json) -> bool:
    return not error.get("path") or error["path"][0] not in SHOP_WIDE


def _reading(document: DocumentNode, root: str, field_name: str, made: str) -> DocumentNode:
    """The query that reads of what was made just what the mutation's payload would have told."""
    operation = next(entry for entry in document.definitions if isinstance(entry, OperationDefinitionNode))
    payload = next(entry for entry in operation.selection_set.selections if isinstance(entry, FieldNode))
    assert payload.name.value == root
    assert payload.selection_set is not None
    told = next(
        entry
        for entry in payload.selection_set.selections
        if isinstance(entry, FieldNode) and entry.name.value == field_name
    )
    fragments = [print_ast(entry) for entry in document.definitions if isinstance(entry, FragmentDefinitionNode)]
    assert told.selection_set is not None
    selected = print_ast(told.selection_set)
    return parse("\n".join([f'{{ {field_name}(id: "{made}") {selected} }}', *fragments]))
