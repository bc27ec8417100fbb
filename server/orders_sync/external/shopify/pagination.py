"""Reading many things at a cost that the shop allows, each list to its end.

Pages are sized by what they cost, and ids go in batches that are. A list that an answer cuts short is completed in the answer's
JSON, before it is parsed: what is completed looks as if it had come whole. A list of whose rest the token may not know is left
out altogether; one whose end cannot be reached is refused, never taken for the whole.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Mapping
from functools import partial
from typing import Any, TypeVar

from orders_sync.external.shopify.answers import Answer
from orders_sync.external.shopify.client import ShopifyClient
from orders_sync.external.shopify.denied_fields import remove_denied
from orders_sync.external.shopify.documents import MOST_AT_ONCE, Document, TruncatedList
from orders_sync.external.shopify.errors import NoProgress, PartFailed, TooCostly, UnexpectedShape
from orders_sync.external.shopify.nodes import Page, parse_page, parsing
from orders_sync.instants import EARLIEST

AIM_POINTS = 800.0
"""What one request should ask for: most of what it may, with room for the estimate to be wrong."""

MOST_IDLE = 3
"""Pages in a row that bring nothing new and say that more follow."""

T = TypeVar("T")
Read = Callable[[Document, Mapping[str, Any]], Awaitable[Answer]]
Json = dict[str, Any]


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
        self._proven = self.size = asked // 2
        return True


async def read_permitted(client: ShopifyClient, document: Document, variables: Mapping[str, Any]) -> Answer:
    """A read without what is denied of it: where a part is missing, nothing is known of it. Raises ShopifyError."""
    answer = await client.read(document, variables)
    remove_denied(answer, document.at)
    return answer


async def read_page(client: ShopifyClient, document: Document, size: PageSize, variables: Mapping[str, Any]) -> Answer:
    """The answer with `first` as large as the shop allows. Raises ShopifyError."""
    while True:
        asked = size.size
        try:
            answer = await read_permitted(client, document, {**variables, "first": asked})
        except TooCostly:
            if not size.refused(asked):
                raise
            continue
        size.learn(asked, answer)
        return answer


async def read_batches(
    client: ShopifyClient, document: Document, size: PageSize, gids: Iterable[str]
) -> AsyncGenerator[tuple[list[str], Answer], None]:
    """`nodes(ids:)` for all of these, as many at a time as the shop allows; a batch in which some fail and take the others with
    them is asked for without them. Raises ShopifyError."""
    left = list(dict.fromkeys(gids))
    while left:
        batch = left[: size.size]
        try:
            answer = await read_permitted(client, document, {"ids": batch})
        except TooCostly:
            if not size.refused(len(batch)):
                raise
            continue
        except PartFailed as error:
            failed = {gid: error.places[place] for place, gid in enumerate(batch) if place in error.places}
            if not failed:
                raise
            yield (
                list(failed),
                Answer({"nodes": [None] * len(failed)}, EARLIEST, broken=dict(enumerate(failed.values()))),
            )
            left = [gid for gid in left if gid not in failed]
            continue
        size.learn(len(batch), answer)
        yield batch, answer
        left = left[len(batch) :]


class Pagination:
    """The cursors of one list, from its start or from `cursor`; `of` names the list to an operator.

    Its page info is what the shop says, and progress is what is checked.
    """

    def __init__(self, of: str, cursor: str | None = None) -> None:
        self._of = of
        self._cursors = {cursor}
        self._contents: set[int] = set()
        self._idle = 0

    def next_cursor(self, page: Page[Any]) -> str | None:
        """Where the page after this one starts; `None` after the last. Raises NoProgress when there is no getting on."""
        if not page.has_next_page:
            return None
        cursor = page.end_cursor
        if not cursor:
            raise NoProgress(f"Shopify says that more {self._of} follow, and not where")
        again = f"Shopify says again and again that more {self._of} follow, and"
        if cursor in self._cursors:
            raise NoProgress(f"{again} leads back to the same place")
        self._cursors.add(cursor)
        content = hash(repr((len(page.nodes), page.nodes[:1], page.nodes[-1:])))
        idle = not page.nodes or content in self._contents
        self._idle = self._idle + 1 if idle else 0
        self._contents.add(content)
        if self._idle >= MOST_IDLE:
            raise NoProgress(f"{again} tells none")
        return cursor


async def read_to_end(of: str, read: Callable[[str | None], Awaitable[Page[T]]]) -> list[T]:
    """All nodes of a connection; `of` names it, `read`: its page after a cursor, `None` for the first. Raises ShopifyError."""
    pagination, cursor = Pagination(of), None
    found: list[T] = []
    while True:
        page = await read(cursor)
        found += page.nodes
        cursor = pagination.next_cursor(page)
        if cursor is None:
            return found


async def complete(client: ShopifyClient, document: Document, node: Json) -> None:
    """Reads every list of one object of this document to its end, in place. Raises ShopifyError."""
    await complete_lists(partial(read_permitted, client), document.lists, node)


async def complete_lists(read: Read, lists: Iterable[TruncatedList], node: Json) -> None:
    """Reads each of these lists of one object to its end, in place: connections page after page, plain lists by asking for more
    at once. Raises ShopifyError."""
    for each in lists:
        for owner in _owners(node, each.path[:-1]):
            if owner.get(each.name) is None:
                continue
            whole = await (_connection if each.first is None else _plain_list)(read, each, owner)
            if whole is None:
                del owner[each.name]
            else:
                owner[each.name] = whole


def _owners(node: Json, path: Iterable[str]) -> list[Json]:
    """The objects at the end of a path, through lists and the nodes of connections."""
    owners = [node]
    for name in path:
        owners = [inner for owner in owners for inner in _objects(owner.get(name))]
    return owners


def _objects(value: object) -> list[Json]:
    if isinstance(value, dict):
        value = value.get("nodes", [value])
    return [inner for inner in value if isinstance(inner, dict)] if isinstance(value, list) else []


async def _connection(read: Read, truncated: TruncatedList, owner: Json) -> Json | None:
    """The whole connection as one page; `None` when its rest is denied."""
    value: Any = owner[truncated.name]
    pagination = Pagination(_words(truncated.name))
    found: list[object] = []
    while value is not None:
        with parsing(truncated.name):
            page = parse_page(object, value)
        if not found and not page.has_next_page:
            return dict(value)
        found += page.nodes
        after = pagination.next_cursor(page)
        if after is None:
            return {"nodes": found, "pageInfo": {"hasNextPage": False, "endCursor": None}}
        value = await _rest(read, truncated, owner, {"after": after})
    return None


async def _plain_list(read: Read, truncated: TruncatedList, owner: Json) -> Any:
    """The whole list; `None` when it is denied. One that is as long as it may be asked for has no end that anybody knows."""
    value: Any = owner[truncated.name]
    if not isinstance(value, list) or truncated.first is None or len(value) < truncated.first:
        return value
    value = await _rest(read, truncated, owner, {})
    if isinstance(value, list) and len(value) >= MOST_AT_ONCE:
        raise UnexpectedShape(
            f"Shopify tells {len(value)} {_words(truncated.name)} of one object, and no more can be asked for at once"
        )
    return value


async def _rest(read: Read, truncated: TruncatedList, owner: Json, variables: Json) -> Any:
    """What the rest document says of this list; `None` when it is denied."""
    with parsing(truncated.name):
        entity = owner["id"]
    answer = await read(truncated.rest, {"id": entity, **variables})
    (root,) = truncated.rest.at
    if root not in answer.data:
        return None
    node = answer.data[root]
    if node is None:
        raise UnexpectedShape(f"Shopify told a part of its {_words(truncated.name)}, and then no longer knew {entity}")
    with parsing(truncated.name):
        return node.get(truncated.name)


def _words(name: str) -> str:
    """`lineItems` as `line items`."""
    return "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name)
