"""Lists that an answer cuts short come whole, whatever the sizes of their pages; one that cannot be ended is refused."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.shopify import AS_OF, DOCUMENTS, ScriptedShop, order, page, parcel

from orders_sync.external.shopify import pagination, read_documents
from orders_sync.external.shopify.answers import Answer
from orders_sync.external.shopify.documents import MOST_AT_ONCE, Document, TruncatedList
from orders_sync.external.shopify.errors import NoProgress, ShopifyError, UnexpectedShape
from orders_sync.external.shopify.nodes import Page
from orders_sync.external.shopify.order_reader import OrderReader
from orders_sync.external.shopify.pagination import MOST_IDLE, Pagination

Json = dict[str, Any]

WITH_LISTS = [document for document in DOCUMENTS if document.lists]


class Pages:
    """Every list of an object as long as it is told to be, in pages of a size; plain lists as long as they are asked for."""

    def __init__(self, size: int, lengths: Mapping[tuple[str, ...], int]) -> None:
        self.size = size
        self.lengths = lengths
        self.asked = 0

    def whole(self, document: Document, path: tuple[str, ...] = ()) -> Json:
        """The object with everything in it, its connections bare lists."""
        told: Json = {"id": f"gid://shopify/It/{'-'.join(path) or 'top'}"}
        for cut in document.lists:
            if len(cut.path) == len(path) + 1 and cut.path[:-1] == path:
                told[cut.path[-1]] = [
                    self.whole(document, cut.path) | {"id": f"{'.'.join(cut.path)}/{number}"}
                    for number in range(self.lengths[cut.path])
                ]
        return told

    def cut_short(self, document: Document, whole: Json, path: tuple[str, ...] = ()) -> Json:
        """As an answer has it."""
        told = dict(whole)
        for cut in document.lists:
            if cut.path[:-1] == path and cut.path[-1] in whole:
                items = [self.cut_short(document, item, cut.path) for item in whole[cut.path[-1]]]
                told[cut.path[-1]] = items[: cut.first] if cut.first is not None else self.page(items, 0)
        return told

    def page(self, items: list[Json], start: int) -> Json:
        following = start + self.size
        return page(items[start:following], str(following) if following < len(items) else None)


def _owner_of(whole: Json, entity: str) -> Json | None:
    if whole["id"] == entity:
        return whole
    inner = (item for value in whole.values() if isinstance(value, list) for item in value)
    return next((found for item in inner if (found := _owner_of(item, entity))), None)


def _bare(told: Json) -> Json:
    """With connections as the lists that they are."""
    out: Json = {}
    for name, value in told.items():
        items = value["nodes"] if isinstance(value, dict) else value
        out[name] = [_bare(item) for item in items] if isinstance(items, list) else items
    return out


@st.composite
def _shapes(draw: st.DrawFn) -> tuple[Document, Pages]:
    document = draw(st.sampled_from(WITH_LISTS))
    lengths = {
        cut.path: draw(st.integers(0, 4) if cut.first is None else st.sampled_from((0, 1, cut.first, cut.first + 1)))
        for cut in document.lists
    }
    return document, Pages(draw(st.integers(1, 4)), lengths)


@given(_shapes())
@settings(max_examples=60, deadline=None)
def test_an_object_comes_whole_whatever_the_sizes_of_its_pages(shape: tuple[Document, Pages]) -> None:
    document, pages = shape
    whole = pages.whole(document)
    _unique(whole)
    paths = {cut.rest.name: cut for cut in document.lists}

    async def ask(rest: Document, variables: Mapping[str, Any]) -> Answer:
        cut = paths[rest.name]
        owner = _owner_of(whole, variables["id"])
        assert owner is not None
        told = pages.cut_short(document, owner, cut.path[:-1])[cut.path[-1]]
        items = [pages.cut_short(document, item, cut.path) for item in owner[cut.path[-1]]]
        told = items if cut.first is not None else pages.page(items, int(variables["after"]))
        return Answer({rest.at[0]: {cut.path[-1]: told}}, AS_OF)

    told = pages.cut_short(document, whole)
    asyncio.run(pagination.complete(ask, document.lists, told))
    assert _bare(told) == whole


def _unique(told: Json, prefix: str = "") -> None:
    told["id"] = f"{prefix}{told['id']}"
    for value in told.values():
        for item in value if isinstance(value, list) else ():
            if not item["id"].startswith(told["id"]):
                _unique(item, f"{told['id']}>")


LINES = TruncatedList(("lineItems",), read_documents.ORDER_LINES)


async def _complete(told: Json, cut: TruncatedList, *replies: Json) -> int:
    """How many requests it took."""
    shop = ScriptedShop(**{cut.rest.name: list(replies)})
    await pagination.complete(shop.execute, (cut,), told)
    return len(shop.calls)


def _lines(cursor: str | None, *ids: int, more: bool = True) -> Json:
    return {"nodes": [{"id": number} for number in ids], "pageInfo": {"hasNextPage": more, "endCursor": cursor}}


@pytest.mark.parametrize("cursors", [["a"], ["b", "a"], ["b", "c", "b"], [None], [""], ["b", None]])
async def test_a_connection_whose_cursor_leads_nowhere_is_refused(cursors: list[str | None]) -> None:
    shop = ScriptedShop(OrderLines=[{"order": {"lineItems": _lines(c, n)}} for n, c in enumerate(cursors)])
    with pytest.raises(NoProgress, match="line items"):
        await pagination.complete(shop.execute, (LINES,), {"id": "x", "lineItems": _lines("a", 9)})
    assert len(shop.calls) == len(cursors)


@pytest.mark.parametrize("ids", [(), (9,)])
async def test_pages_that_bring_nothing_new_under_new_cursors_are_refused(ids: tuple[int, ...]) -> None:
    count = iter(range(99))
    shop = ScriptedShop(OrderLines=lambda _: {"order": {"lineItems": _lines(f"c{next(count)}", *ids)}})
    with pytest.raises(NoProgress):
        await pagination.complete(shop.execute, (LINES,), {"id": "x", "lineItems": _lines("a", 9)})
    assert len(shop.calls) <= MOST_IDLE + 1


async def test_an_object_that_is_gone_before_the_end_is_not_taken_for_whole() -> None:
    with pytest.raises(UnexpectedShape, match="no longer knew"):
        await _complete({"id": "x", "lineItems": _lines("a", 1)}, LINES, {"order": None})


@pytest.mark.parametrize("info", [None, {"hasNextPage": None}, {"hasNextPage": "perhaps"}, []])
async def test_page_info_that_says_nothing_is_not_taken_for_the_end(info: Any) -> None:
    with pytest.raises(ShopifyError):
        await _complete({"id": "x", "lineItems": {"nodes": [], "pageInfo": info}}, LINES)


REFUNDS = TruncatedList(("refunds",), read_documents.ORDER_REFUNDS, first=50)


@pytest.mark.parametrize(("length", "asked"), [(0, 0), (49, 0), (50, 1), (51, 1), (249, 1)])
async def test_a_plain_list_as_long_as_was_asked_for_is_asked_for_again(length: int, asked: int) -> None:
    whole = [{"id": number} for number in range(length)]
    told: Json = {"id": "x", "refunds": whole[:50]}
    assert await _complete(told, REFUNDS, {"order": {"refunds": whole}}) == asked
    assert told["refunds"] == whole


async def test_a_plain_list_that_fills_the_most_that_can_be_asked_for_is_refused() -> None:
    with pytest.raises(UnexpectedShape, match="250 refunds"):
        await _complete({"id": "x", "refunds": [{}] * 50}, REFUNDS, {"order": {"refunds": [{}] * MOST_AT_ONCE}})


@given(st.lists(st.tuples(st.sampled_from("abcdefgh"), st.integers(0, 3)), min_size=1, max_size=30))
def test_a_walk_ends_within_the_cursors_that_there_are(pages: list[tuple[str, int]]) -> None:
    walk, steps = Pagination("things"), 0
    try:
        for cursor, content in pages * 40:
            walk.step(Page[Any](nodes=[content], has_next_page=True, end_cursor=cursor))
            steps += 1
    except NoProgress:
        assert steps <= len({cursor for cursor, _ in pages})
    else:
        pytest.fail("a walk in a circle did not end")


async def test_a_long_list_in_an_order_is_part_of_its_reading() -> None:
    numbers = [{"number": f"N{n}", "company": None, "url": None} for n in range(30)]
    boxes = [parcel(n, trackingInfo=numbers[:20] if n == 1 else [], events=page()) for n in range(1, 60)]
    shop = ScriptedShop(
        OrdersPage={"orders": page([order(fulfillments=boxes[:50])])},
        OrderFulfillments={"order": {"fulfillments": boxes}},
        FulfillmentTracking={"fulfillment": {"trackingInfo": numbers}},
    )
    found = await OrderReader(shop).page(None, None, sort_key="UPDATED_AT")
    (read,) = found.orders
    assert read.order.fulfillments is not None
    assert [len(read.order.fulfillments), len(read.order.fulfillments[0].tracking_info)] == [59, 30]
