"""Lists that an answer cuts short, read to their end: connections page after page, plain lists by asking for more at once.

Works on the answer's JSON, before it is read: what is completed looks as if it had come whole. A list of whose rest the token may
not know is not told at all; one whose end cannot be reached is refused, never taken for the whole.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any

from orders_sync.external.shopify.answers import Answer
from orders_sync.external.shopify.batches import understood
from orders_sync.external.shopify.documents import MOST_AT_ONCE, Cut, Document
from orders_sync.external.shopify.errors import Misshapen, NoProgress
from orders_sync.external.shopify.nodes import Page, read_page

Ask = Callable[[Document, Mapping[str, Any]], Awaitable[Answer]]
Json = dict[str, Any]


async def complete(ask: Ask, lists: Iterable[Cut], told: Json) -> None:
    """Reads each of these lists of one object to its end, in place. Raises ShopifyError."""
    for cut in lists:
        for owner in _owners(told, cut.path[:-1]):
            name = cut.path[-1]
            if owner.get(name) is None:
                continue
            found = await (_connection(ask, cut, owner) if cut.first is None else _plain(ask, cut, owner))
            if found is None:
                del owner[name]
            else:
                owner[name] = found


def _owners(told: Json, path: Iterable[str]) -> list[Json]:
    """The objects at the end of a path, through lists and the nodes of connections."""
    owners = [told]
    for name in path:
        owners = [inner for owner in owners for inner in _objects(owner.get(name))]
    return owners


def _objects(value: object) -> list[Json]:
    if isinstance(value, dict):
        value = value.get("nodes", [value])
    return [inner for inner in value if isinstance(inner, dict)] if isinstance(value, list) else []


async def _connection(ask: Ask, cut: Cut, owner: Json) -> Json | None:
    """The whole connection as one page; null when its rest is not told."""
    name = cut.path[-1]
    told: Any = owner[name]
    with understood(name):
        page = read_page(object, told)
    if not page.has_next_page:
        return dict(told)
    found = list(page.nodes)
    walk = Walk(_words(name))
    after = walk.step(page)
    while after is not None:
        told = await _more(ask, cut, owner, {"after": after})
        if told is None:
            return None
        with understood(name):
            page = read_page(object, told)
        found += page.nodes
        after = walk.step(page)
    return {"nodes": found, "pageInfo": {"hasNextPage": False, "endCursor": None}}


async def _plain(ask: Ask, cut: Cut, owner: Json) -> list[Any] | None:
    """The whole list; null when it is not told. One that is as long as it may be asked for has no end that anybody knows."""
    name = cut.path[-1]
    told: Any = owner[name]
    if not isinstance(told, list) or cut.first is None or len(told) < cut.first:
        return told  # type: ignore[no-any-return]
    told = await _more(ask, cut, owner, {})
    if isinstance(told, list) and len(told) >= MOST_AT_ONCE:
        raise Misshapen(f"Shopify tells {len(told)} {_words(name)} of one object, and no more can be asked for at once")
    return told  # type: ignore[no-any-return]


async def _more(ask: Ask, cut: Cut, owner: Json, variables: Json) -> Any:
    """What the rest document tells of this list; null when it is not told."""
    name = cut.path[-1]
    with understood(name):
        entity = owner["id"]
    answer = await ask(cut.rest, {"id": entity, **variables})
    (root,) = cut.rest.at
    if root not in answer.data:
        return None
    told = answer.data[root]
    if told is None:
        raise Misshapen(f"Shopify told a part of its {_words(name)}, and then no longer knew {entity}")
    with understood(name):
        return told.get(name)


def _words(name: str) -> str:
    """`lineItems` as `line items`."""
    return "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name)


MOST_IDLE = 3
"""Pages in a row that bring nothing new and say that more follow."""


class Walk:
    """One walk through a list, from its start or from `cursor`. `of` names the list to an operator."""

    def __init__(self, of: str, cursor: str | None = None) -> None:
        self._of = of
        self._cursors = {cursor}
        self._contents: set[int] = set()
        self._idle = 0

    def step(self, page: Page[Any]) -> str | None:
        """Where the page after this one starts; null after the last. Raises NoProgress when there is no getting on."""
        if not page.has_next_page:
            return None
        cursor = page.end_cursor
        if not cursor:
            raise NoProgress(f"Shopify says that more {self._of} follow, and not where")
        if cursor in self._cursors:
            raise NoProgress(
                f"Shopify says again and again that more {self._of} follow, and leads back to the same place"
            )
        self._cursors.add(cursor)
        self._count_idle(page)
        return cursor

    def _count_idle(self, page: Page[Any]) -> None:
        """An empty page, or one that was there before under another cursor."""
        content = hash(repr((len(page.nodes), page.nodes[:1], page.nodes[-1:])))
        self._idle = self._idle + 1 if not page.nodes or content in self._contents else 0
        self._contents.add(content)
        if self._idle >= MOST_IDLE:
            raise NoProgress(f"Shopify says again and again that more {self._of} follow, and tells none")
