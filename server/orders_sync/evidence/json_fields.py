"""Reading JSON that somebody else wrote: typed access that either gives a clean value or says why the body cannot be read.

Clean means: text that a database can hold, ids of 64 bits and quantities of 32, instants with an offset, finite amounts.
Text is trimmed, and blank text is None wherever it stands (contract §1): `Node.value` is where both happen.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

import orjson

from orders_sync.evidence.entities import MoneyPart
from orders_sync.evidence.money import money
from orders_sync.instants import EARLIEST, LATEST, Ms, parse_instant
from orders_wire.texts import trimmed

MOST_NAME = 512
"""Characters of a name, a title, an SKU or a barcode."""

MOST_TEXT = 10_000
"""Characters of a free text that are kept."""

MOST_UNITS = 2**31 - 1
"""Units of anything: Shopify's `Int`. What all orders come to still fits a database's 64 bits."""

_LARGEST = 2**63 - 1
_ID = re.compile(r"(?:gid://[A-Za-z0-9_-]+/[A-Za-z0-9_]+/)?([0-9]{1,19})(?:\?.*)?")


class Unreadable(Exception):
    """The body does not say what its topic promises; the text says where."""


def read_json(raw: bytes) -> Node:
    """The object that a body is. Raises Unreadable."""
    try:
        value: object = orjson.loads(raw)
    except orjson.JSONDecodeError as strict:
        try:  # Python's own reader takes lone surrogates, which are replaced where a text is taken
            value = json.loads(raw)
        except (ValueError, RecursionError) as error:
            raise Unreadable(f"the body is no JSON: {strict}") from error
    if not isinstance(value, dict):
        raise Unreadable(f"the body is no JSON object but {_kind(value)}")
    return Node(value, "body")


def identity(value: object, where: str) -> int | None:
    """A Shopify id from a number, digits or a GID; None stays None."""
    if value is None:
        return None
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    match = _ID.fullmatch(text) if isinstance(text, str) else None
    if match is None or not 0 < int(match[1]) <= _LARGEST:
        raise Unreadable(f"{where} is no id of 64 bits: {str(value)[:60]!r}")
    return int(match[1])


def clean(text: str) -> str:
    """The text without what no database takes: NUL and lone surrogates become U+FFFD."""
    if text.isascii() and "\x00" not in text:
        return text
    return text.replace("\x00", "\ufffd").encode("utf-16", "surrogatepass").decode("utf-16", "replace")


class Node:
    """A JSON object. A field that is missing, null or blank reads as None; one of the wrong type raises Unreadable."""

    __slots__ = ("fields", "path")

    def __init__(self, fields: Mapping[str, object], path: str) -> None:
        self.fields = fields
        self.path = path

    def has(self, *names: str) -> bool:
        """True when one of these fields is reported, also as null."""
        return any(name in self.fields for name in names) if len(names) > 1 else names[0] in self.fields

    def value(self, name: str) -> object:
        """What a field says: text without white space around it, None when that leaves nothing or it is not reported."""
        value = self.fields.get(name)
        return trimmed(value) if isinstance(value, str) else value

    def id(self, *names: str) -> int | None:
        """The first of these ids that is reported."""
        for name in names:
            value = self.value(name)
            if value is not None:
                return identity(value, self._at(name))
        return None

    def need_id(self, *names: str) -> int:
        """The same, where there is no sense without it."""
        found = self.id(*names)
        if found is None:
            raise Unreadable(f"{self._at(names[0])} is missing")
        return found

    def text(self, *names: str, most: int = MOST_TEXT) -> str | None:
        """The first of these texts that is not blank; a number reads as its digits."""
        for name in names:
            value = self.value(name)
            if isinstance(value, str):
                return clean(value[:most])
            if isinstance(value, int | float) and not isinstance(value, bool):
                return str(value)[:most]
        return None

    def cleared(self, *names: str) -> bool:
        """True where one of these texts is reported, and all that are reported are None."""
        return self.has(*names) and self.text(*names) is None

    def word(self, *names: str) -> str | None:
        """A word of one of Shopify's enumerations, lower case."""
        found = self.text(*names, most=120)
        return None if found is None else found.lower()

    def flag(self, name: str) -> bool | None:
        value = self.value(name)
        return value if isinstance(value, bool) else None

    def number(self, name: str) -> int | None:
        """A whole number of units."""
        value = self.value(name)
        if value is None:
            return None
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if not isinstance(value, int) or isinstance(value, bool) or abs(value) > MOST_UNITS:
            raise Unreadable(f"{self._at(name)} is no whole number of 32 bits: {str(value)[:60]!r}")
        return value

    def instant(self, *names: str) -> Ms | None:
        """The first of these instants that is reported."""
        for name in names:
            value = self.value(name)
            if value is None:
                continue
            try:
                found = parse_instant(value) if isinstance(value, str) else None
            except (ValueError, OverflowError):
                found = None
            if found is None or not EARLIEST <= found <= LATEST:
                raise Unreadable(f"{self._at(name)} is no time with an offset: {str(value)[:60]!r}")
            return found
        return None

    def money(self, name: str, currency: str | None) -> MoneyPart | None:
        """An amount as its `…_set` has it for the shop; without that, the plain one, in `currency`."""
        value = self.value(name)
        amounts = self.node(f"{name}_set")
        shop = amounts.node("shop_money") if amounts is not None else None
        if shop is not None and shop.value("amount") is not None:
            value = shop.value("amount")
            currency = shop.text("currency_code", "currency", most=16) or currency
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise Unreadable(f"{self._at(name)} is no amount")
        try:
            return money(value, currency)
        except ValueError as error:
            raise Unreadable(f"{self._at(name)} is {error}") from error

    def node(self, name: str) -> Node | None:
        """An object; an empty list stands for none (PHP writes an empty object so)."""
        value = self.value(name)
        if value is None or value == []:
            return None
        if not isinstance(value, dict):
            raise Unreadable(f"{self._at(name)} is no object but {_kind(value)}")
        return Node(value, self._at(name))

    def nodes(self, name: str) -> list[Node]:
        """The objects of a list; none when it is missing."""
        value = self.value(name)
        if value is None or value == {}:
            return []
        if not isinstance(value, list):
            raise Unreadable(f"{self._at(name)} is no list but {_kind(value)}")
        found = []
        for n, item in enumerate(value):
            if not isinstance(item, dict):
                raise Unreadable(f"{self._at(name)}[{n}] is no object but {_kind(item)}")
            found.append(Node(item, f"{self._at(name)}[{n}]"))
        return found

    def words(self, name: str) -> tuple[str, ...]:
        """A list of texts, or one text that separates them by commas (REST's tags)."""
        value = self.value(name)
        parts = value.split(",") if isinstance(value, str) else value if isinstance(value, list) else []
        words = (trimmed(str(part)) for part in parts if part is not None)
        return tuple(clean(part[:512]) for part in words if part is not None)

    def unwrap(self, *names: str) -> list[Node]:
        """The bodies inside REST's wrapping (`{"order": {…}}`, `{"orders": […]}`), else this one."""
        for name in names:
            value = self.fields.get(name)
            if isinstance(value, dict):
                return [Node(value, name)]
            if isinstance(value, list):
                return self.nodes(name)
        return [self]

    def _at(self, name: str) -> str:
        return f"{self.path}.{name}"


def _kind(value: object) -> str:
    names = {dict: "an object", list: "a list", str: "text", bool: "a flag", type(None): "null"}
    return names.get(type(value), "a number")
