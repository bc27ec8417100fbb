"""Text as the database can hold, compare and index it.

PostgreSQL takes no NUL and no lone surrogate, and no index entry over 2,700 bytes: what is compared is cut to `LIMIT`
characters, above anything that Shopify allows in a name, an address, a SKU, a tag or a tracking number.
"""

from __future__ import annotations

from orders_wire import texts

LIMIT = 512
"""Characters of a compared text."""

LAST = "\U0010ffff"
"""Sorts after every character: `prefix + LAST` ends the range of texts that start with `prefix`."""

_REPLACED = {0: "\ufffd", ord(LAST): "\ufffd"}


def clean(text: str) -> str:
    """The text with what cannot be stored, or compared as the start of a text, replaced by U+FFFD."""
    if text.isascii() and "\0" not in text:
        return text
    return text.translate(_REPLACED).encode("utf-8", "replace").decode()


def key(text: str) -> str:
    """The text as it is compared exactly."""
    return clean(text[:LIMIT])


def folded(text: str) -> str:
    """The text as it is compared blind to case (Unicode)."""
    return clean(text[:LIMIT]).casefold()[:LIMIT]


def searched(text: str) -> str:
    """The text as a search compares it (contract §1, `q`)."""
    return texts.folded(clean(text[:LIMIT]))[:LIMIT]
