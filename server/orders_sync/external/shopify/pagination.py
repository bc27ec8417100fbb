"""Lists that an answer cuts short, read to their end: connections page after page, plain lists by asking for more at once.

Works on the answer's JSON, before it is read: what is completed looks as if it had come whole. A list of whose rest the token may
not know is not told at all; one whose end cannot be reached is refused, never taken for the whole.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Mapping
from typing import Any

from orders_sync.external.shopify import denied_fields
from orders_sync.external.shopify.answers import Answer
from orders_sync.external.shopify.client import ShopifyClient
from orders_sync.external.shopify.documents import MOST_AT_ONCE, Document, TruncatedList
from orders_sync.external.shopify.errors import NoProgress, PartFailed, TooCostly, UnexpectedShape
from orders_sync.external.shopify.nodes import Page, parsing, read_page
from orders_sync.instants import EARLIEST

Ask = Callable[[Document, Mapping[str, Any]], Awaitable[Answer]]
Json = dict[str, Any]


async def complete(ask: Ask, lists: Iterable[TruncatedList], told: Json) -> None:
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


async def _connection(ask: Ask, cut: TruncatedList, owner: Json) -> Json | None:
    """The whole connection as one page; null when its rest is not told."""
    name = cut.path[-1]
    told: Any = owner[name]
    with parsing(name):
        page = read_page(object, told)
    if not page.has_next_page:
        return dict(told)
    found = list(page.nodes)
    walk = Pagination(_words(name))
    after = walk.step(page)
    while after is not None:
        told = await _more(ask, cut, owner, {"after": after})
        if told is None:
            return None
        with parsing(name):
            page = read_page(object, told)
        found += page.nodes
        after = walk.step(page)
    return {"nodes": found, "pageInfo": {"hasNextPage": False, "endCursor": None}}


async def _plain(ask: Ask, cut: TruncatedList, owner: Json) -> list[Any] | None:
    """The whole list; null when it is not told. One that is as long as it may be asked for has no end that anybody knows."""
    name = cut.path[-1]
    told: Any = owner[name]
    if not isinstance(told, list) or cut.first is None or len(told) < cut.first:
        return told  # type: ignore[no-any-return]
    told = await _more(ask, cut, owner, {})
    if isinstance(told, list) and len(told) >= MOST_AT_ONCE:
        raise UnexpectedShape(
            f"Shopify tells {len(told)} {_words(name)} of one object, and no more can be asked for at once"
        )
    return told  # type: ignore[no-any-return]


async def _more(ask: Ask, cut: TruncatedList, owner: Json, variables: Json) -> Any:
    """What the rest document tells of this list; null when it is not told."""
    name = cut.path[-1]
    with parsing(name):
        entity = owner["id"]
    answer = await ask(cut.rest, {"id": entity, **variables})
    (root,) = cut.rest.at
    if root not in answer.data:
        return None
    told = answer.data[root]
    if told is None:
        raise UnexpectedShape(f"Shopify told a part of its {_words(name)}, and then no longer knew {entity}")
    with parsing(name):
        return told.get(name)


def _words(name: str) -> str:
    """`lineItems` as `line items`."""
    return "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name)


MOST_IDLE = 3
"""Pages in a row that bring nothing new and say that more follow."""


class Pagination:
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


AIM_POINTS = 800.0
"""What one request should ask for: most of what it may, with room for the estimate to be wrong."""


class PageSize:
    """The size of the next request for one document, learnt from what the shop says each costs.

    A connection's cost grows with its size, and no request may ask for more than 1,000 points (its figure for a document is not
    published). So the first page is small, and each answer sizes the next.
    """

    def __init__(self, first: int, most: int) -> None:
        self.size = first
        self._most = most
        self._proven = most

    def learn(self, asked: int, answer: Answer) -> None:
        """An answer for `asked` items came: grow or shrink towards the aim, at most fourfold, never past what was refused."""
        if answer.requested is None or answer.requested <= 0 or asked <= 0:
            return
        aim = AIM_POINTS if answer.throttle is None else min(AIM_POINTS, answer.throttle.maximum * 0.8)
        fitting = int(asked * aim / answer.requested)
        self.size = max(1, min(fitting, asked * 4, self._proven, self._most))

    def refused(self, asked: int) -> bool:
        """The shop found `asked` items too costly. False when there is nothing smaller to ask for."""
        if asked <= 1:
            return False
        self._proven = self.size = max(1, asked // 2)
        return True


async def told(client: ShopifyClient, document: Document, variables: Mapping[str, Any]) -> Answer:
    """A read without what is denied of it: where a part is missing, nothing is known of it. Raises ShopifyError."""
    answer = await client.read(document, variables)
    denied_fields.remove_denied(answer, document.at)
    return answer


async def page(client: ShopifyClient, document: Document, size: PageSize, variables: Mapping[str, Any]) -> Answer:
    """The answer with `first` as large as the shop allows. Raises ShopifyError."""
    while True:
        asked = size.size
        try:
            answer = await told(client, document, {**variables, "first": asked})
        except TooCostly:
            if not size.refused(asked):
                raise
            continue
        size.learn(asked, answer)
        return answer


async def batches(
    client: ShopifyClient, document: Document, size: PageSize, gids: Iterable[str]
) -> AsyncGenerator[tuple[list[str], Answer], None]:
    """`nodes(ids:)` for all of these, as many at a time as the shop allows; a batch in which some fail and take the others with
    them is asked for without them. Raises ShopifyError."""
    left = list(dict.fromkeys(gids))
    while left:
        batch = left[: size.size]
        try:
            answer = await told(client, document, {"ids": batch})
        except TooCostly:
            if not size.refused(len(batch)):
                raise
            continue
        except PartFailed as error:
            reasons = [why for place, why in error.places.items() if 0 <= place < len(batch)]
            failed = [gid for place, gid in enumerate(batch) if place in error.places]
            if not failed:
                raise
            yield failed, Answer({"nodes": [None] * len(failed)}, EARLIEST, broken=dict(enumerate(reasons)))
            left = [gid for gid in left if gid not in failed]
            continue
        size.learn(len(batch), answer)
        yield batch, answer
        left = left[len(batch) :]
