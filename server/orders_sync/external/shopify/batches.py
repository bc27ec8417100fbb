"""Asking for many things at a cost that the shop allows: pages sized by what they cost, and ids in batches that are."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from pydantic import ValidationError

from orders_sync.external.shopify import denied_fields
from orders_sync.external.shopify.answers import Answer
from orders_sync.external.shopify.client import ShopifyClient
from orders_sync.external.shopify.documents import Document
from orders_sync.external.shopify.errors import Broken, Misshapen, TooCostly
from orders_sync.instants import EARLIEST

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
    denied_fields.take_out(answer, document.at)
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
        except Broken as error:
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


@contextmanager
def understood(of: str = "") -> Iterator[None]:
    """Around the parsing of an answer, or of that part `of` it. Raises Misshapen when it has another shape than the schema's."""
    try:
        yield
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in ((of, *first["loc"]) if of else first["loc"]))
        raise Misshapen(f"Shopify's answer has an unexpected shape at {where}: {first['msg']}") from error
    except (AttributeError, LookupError, OverflowError, TypeError, ValueError) as error:
        raise Misshapen(f"Shopify's answer has an unexpected shape: {error!r}") from error
