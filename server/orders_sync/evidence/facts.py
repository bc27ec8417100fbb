"""What is known of one order: a document that any two reports can be joined into, in any order and any number of times.

Three maps by kind and key, each joined by a rule that is commutative, associative and idempotent, so that the document is too:
`reported` (what the shop said of an entity: every field as the newest report has it), `first` (grow-only: the earliest instant
that evidences something) and `instants` (grow-only: every instant at which something was so). Nothing here is a state; the
rules derive that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias, TypeVar

import orjson

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"
Fields = dict[str, Json]

V = TypeVar("V")
ByKey = Mapping[str, V]
ByKind = Mapping[str, ByKey[V]]

DELETED = "deleted"
REDACTED = "redacted"
IN_PART = "order_in_part"
"""The kind of what is known of an order's people from a reader who may not see all of it; it stands below what is known whole."""

EXCHANGED = "exchanged"
"""The order's lines that were made of what is exchanged for a return, each as of 0."""
ROUTED = "routed"
"""When the first fulfilment order with a line was created, where that is reported."""

_OF_ORDER = frozenset({"customer", "email", "note", "shipping_address", "billing_address"})
_PERSONAL: Mapping[str, frozenset[str]] = {
    "order": _OF_ORDER,
    IN_PART: _OF_ORDER,
    "refund": frozenset({"note"}),
    "return": frozenset({"note", "decline_note"}),
    "hold": frozenset({"note"}),
    "edit": frozenset({"details"}),
}
"""The fields that name or may name a person, by kind of entity: what `customers/redact` erases."""


class Layer(NamedTuple):
    """Fields of one report that no newer report has replaced. Reports are ordered by `at`, `seen`, `digest`."""

    at: int
    seen: int
    digest: str
    fields: Fields


Layers = tuple[Layer, ...]


@dataclass(frozen=True, slots=True)
class OrderFacts:
    """Keys are ids as text, of the shop's entity, `a/b` where it takes two. Values are treated as immutable."""

    reported: ByKind[Layers] = field(default_factory=dict)
    first: ByKind[int] = field(default_factory=dict)
    instants: ByKind[tuple[int, ...]] = field(default_factory=dict)

    @property
    def deleted(self) -> bool:
        """True once the shop deleted the order: nothing else is kept, and nothing brings it back."""
        return DELETED in self.first

    @property
    def redacted(self) -> bool:
        """True once the shop had the customer's data erased."""
        return REDACTED in self.first

    def fields(self, kind: str, key: str = "") -> Fields | None:
        """What is reported of one entity, None when nothing is."""
        layers = self.reported.get(kind, {}).get(key)
        return None if layers is None else flatten(layers)

    def entities(self, kind: str) -> Iterator[tuple[str, Fields]]:
        """Every entity of a kind, by key in no order."""
        for key, layers in self.reported.get(kind, {}).items():
            yield key, flatten(layers)

    def at(self, kind: str, name: str, key: str = "") -> int | None:
        """When the report that decides a field was so; None when the field is not reported."""
        for layer in self.reported.get(kind, {}).get(key, ()):
            if name in layer.fields:
                return layer.at
        return None


def flatten(layers: Layers) -> Fields:
    """The fields of all layers, which share none."""
    if len(layers) == 1:
        return layers[0].fields
    return {name: value for layer in layers for name, value in layer.fields.items()}


def join(*documents: OrderFacts) -> OrderFacts:
    """All that the documents say. Commutative, associative, idempotent."""
    facts = OrderFacts(
        reported=_join_kinds([document.reported for document in documents], _overlay),
        first=_join_kinds([document.first for document in documents], min),
        instants=_join_kinds([document.instants for document in documents], _union),
    )
    if facts.deleted:
        return OrderFacts(first={DELETED: facts.first[DELETED]})
    return _without_person(facts) if facts.redacted else facts


def dump(facts: OrderFacts) -> bytes:
    """The one byte string of a document: equal documents give equal bytes."""
    reported = {
        kind: {key: [list(layer) for layer in layers] for key, layers in keys.items()}
        for kind, keys in facts.reported.items()
    }
    return orjson.dumps(
        {"told": reported, "first": facts.first, "instants": facts.instants}, option=orjson.OPT_SORT_KEYS
    )


def load(stored: bytes) -> OrderFacts:
    """The document that `dump` wrote."""
    raw = orjson.loads(stored)
    reported = {
        kind: {key: tuple(Layer(*layer) for layer in layers) for key, layers in keys.items()}
        for kind, keys in raw["told"].items()
    }
    instants = {kind: {key: tuple(values) for key, values in keys.items()} for kind, keys in raw["instants"].items()}
    return OrderFacts(reported, raw["first"], instants)


def _join_kinds(documents: list[ByKind[V]], joined: Callable[[Iterable[V]], V]) -> ByKind[V]:
    out: dict[str, dict[str, V]] = {}
    shared: dict[tuple[str, str], list[V]] = {}
    for document in documents:
        for kind, keys in document.items():
            known = out.setdefault(kind, {})
            for key, value in keys.items():
                if key in known:
                    shared.setdefault((kind, key), [known[key]]).append(value)
                else:
                    known[key] = value
    for (kind, key), values in shared.items():
        out[kind][key] = joined(values)
    return out


def _union(values: Iterable[tuple[int, ...]]) -> tuple[int, ...]:
    return tuple(sorted({instant for value in values for instant in value}))


def _overlay(values: Iterable[Layers]) -> Layers:
    """Every field in the newest layer that has it; layers with nothing left fall away. Newest first."""
    fields_of: dict[tuple[int, int, str], Fields] = {}
    for layers in values:
        for layer in layers:
            fields_of[layer[:3]] = {**fields_of.get(layer[:3], {}), **layer.fields}
    kept: list[Layer] = []
    settled: set[str] = set()
    for stamp in sorted(fields_of, reverse=True):
        left = {name: value for name, value in fields_of[stamp].items() if name not in settled}
        settled |= left.keys()
        if left:
            kept.append(Layer(*stamp, left))
    return tuple(kept)


def _without_person(facts: OrderFacts) -> OrderFacts:
    """The same facts with every personal field reported as null."""
    reported = dict(facts.reported)
    for kind, names in _PERSONAL.items():
        if kind in reported:
            reported[kind] = {
                key: tuple(_blank(layer, names) for layer in layers) for key, layers in reported[kind].items()
            }
    return OrderFacts(reported, facts.first, facts.instants)


def _blank(layer: Layer, names: frozenset[str]) -> Layer:
    fields = {name: None if name in names else value for name, value in layer.fields.items()}
    lines = fields.get("lines")
    if isinstance(lines, list):
        fields["lines"] = [_without_words(line) for line in lines]
    return layer._replace(fields=fields)


def _without_words(line: Json) -> Json:
    """A line without what the customer wrote for it: a name to engrave, a message to somebody."""
    return {**line, "properties": []} if isinstance(line, dict) and "properties" in line else line
