"""Stock from the shop: what is available of each item at each location, and which SKU an item is."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass

from orders_sync.evidence.changes import InventoryItemSeen, InventoryLevelSeen, Stamp, StockChange
from orders_sync.external.shopify import read_documents as documents
from orders_sync.external.shopify.client import ShopifyClient
from orders_sync.external.shopify.nodes import HIDDEN, Node, Page, Ref, parse_page, parsing
from orders_sync.external.shopify.pagination import PageSize, Pagination, read_page, read_to_end
from orders_sync.external.shopify.scalars import Id, Instant, Whole, gid
from orders_sync.instants import Ms

_AVAILABLE = "available"


class StockItem(Node):
    id: Id
    sku: str | None = None
    tracked: bool = True
    updated_at: Instant


class StockQuantity(Node):
    name: str
    quantity: Whole


class StockLevel(Node):
    id: str
    updated_at: Instant
    quantities: list[StockQuantity] = []
    item: StockItem


@dataclass(frozen=True, slots=True)
class StockPage:
    """`next_cursor`: where the page after this one starts; `None` on the last. `as_of`: the shop's clock when it was asked for.
    `broken`: what failed of some of its items, `None` when none did."""

    changes: tuple[StockChange, ...]
    next_cursor: str | None
    as_of: Ms
    broken: str | None = None


class StockReader:
    """Reads stock with one client; remembers between calls how much the shop lets it ask for."""

    def __init__(self, client: ShopifyClient) -> None:
        self._client = client
        self._locations_size = PageSize(first=50, most=250)
        self._page_size = PageSize(first=50, most=250)

    async def locations(self) -> list[int]:
        """The ids of the active locations. Raises ShopifyError."""

        async def page(after: str | None) -> Page[Ref]:
            answer = await read_page(self._client, documents.LOCATIONS, self._locations_size, {"after": after})
            with parsing():
                return parse_page(Ref, answer.data["locations"])

        return [ref.id for ref in await read_to_end("locations", page)]

    async def page(
        self, location_id: int, query: str | None, after: str | None, pagination: Pagination | None = None
    ) -> StockPage:
        """One page of a location's stock; empty when the location is gone. `pagination`: the one that its cursor is of.

        Raises ShopifyError.
        """
        variables = {"id": gid("Location", location_id), "query": query, "after": after}
        answer = await read_page(self._client, documents.STOCK_PAGE, self._page_size, variables)
        with parsing():
            location = answer.data["location"]
        if location is None:
            return StockPage((), None, answer.as_of)
        with parsing():
            page = parse_page(object, location["inventoryLevels"])
            levels = parse_page(StockLevel, {"nodes": _readable(page.nodes, answer.broken)}).nodes
        changes = tuple(change for level in levels for change in _changes(level, location_id, answer.as_of))
        next_cursor = (pagination or Pagination("stock levels", after)).next_cursor(page)
        return StockPage(changes, next_cursor, answer.as_of, next(iter(answer.broken.values()), None))


def _readable(levels: Iterable[object], broken: Container[int]) -> list[object]:
    """Without those that failed, and those that are denied, themselves or their item."""
    known = (level for place, level in enumerate(levels) if level is not None and place not in broken)
    return [level for level in known if not (isinstance(level, dict) and "item" in level.get(HIDDEN, ()))]


def _changes(level: StockLevel, location_id: int, as_of: Ms) -> Iterator[StockChange]:
    """An item whose stock is not tracked has no figure that means anything; what is hidden says nothing."""
    if "sku" not in level.item.hidden:
        yield InventoryItemSeen(level.item.id, level.item.sku, Stamp(level.item.updated_at, as_of))
    if "quantities" in level.hidden or "tracked" in level.item.hidden:
        return
    figures = (quantity.quantity for quantity in level.quantities if quantity.name == _AVAILABLE)
    available = next(figures, None) if level.item.tracked else None
    yield InventoryLevelSeen(level.item.id, location_id, available, Stamp(level.updated_at, as_of))
