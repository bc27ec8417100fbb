"""Stock from the shop: what is available of each item at each location, and which SKU an item is."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass

from orders_sync.evidence.changes import InventoryItemSeen, InventoryLevelSeen, Stamp, StockChange
from orders_sync.external.shopify import read_documents
from orders_sync.external.shopify.client import ShopifyClient
from orders_sync.external.shopify.nodes import HIDDEN, Node, Ref, parsing, read_page
from orders_sync.external.shopify.pagination import PageSize, Pagination, page
from orders_sync.external.shopify.scalars import Id, Instant, Whole, gid
from orders_sync.instants import Ms


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


_AVAILABLE = "available"


@dataclass(frozen=True, slots=True)
class StockPage:
    """`next_cursor`: where the page after this one starts; null on the last. `as_of`: the shop's clock when it was asked for.
    `broken`: what the shop failed to tell of some of its items, null when it told all."""

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
        found: list[int] = []
        after: str | None = None
        walk = Pagination("locations")
        while True:
            answer = await page(self._client, read_documents.LOCATIONS, self._locations_size, {"after": after})
            with parsing():
                told = read_page(Ref, answer.data["locations"])
            found += (ref.id for ref in told.nodes)
            after = walk.step(told)
            if after is None:
                return found

    async def page(
        self, location_id: int, query: str | None, after: str | None, walk: Pagination | None = None
    ) -> StockPage:
        """One page of a location's stock; empty when the location is gone. `walk`: the one that its cursor is of. Raises
        ShopifyError."""
        variables = {"id": gid("Location", location_id), "query": query, "after": after}
        answer = await page(self._client, read_documents.STOCK_PAGE, self._page_size, variables)
        with parsing():
            location = answer.data["location"]
        if location is None:
            return StockPage((), None, answer.as_of)
        with parsing():
            told = read_page(object, location["inventoryLevels"])
            levels = read_page(StockLevel, {"nodes": _whole(told.nodes, answer.broken)}).nodes
        changes = tuple(change for level in levels for change in _changes(level, location_id, answer.as_of))
        following = (walk or Pagination("stock levels", after)).step(told)
        return StockPage(changes, following, answer.as_of, next(iter(answer.broken.values()), None))


def _whole(levels: Iterable[object], broken: Container[int]) -> list[object]:
    """Without those that failed, and those that are denied, themselves or their item."""
    told = (level for place, level in enumerate(levels) if level is not None and place not in broken)
    return [level for level in told if not (isinstance(level, dict) and "item" in level.get(HIDDEN, ()))]


def _changes(level: StockLevel, location_id: int, as_of: Ms) -> Iterator[StockChange]:
    """An item whose stock is not tracked has no figure that means anything; what is hidden is not told."""
    if "sku" not in level.item.hidden:
        yield InventoryItemSeen(level.item.id, level.item.sku, Stamp(level.item.updated_at, as_of))
    if "quantities" in level.hidden or "tracked" in level.item.hidden:
        return
    thresholds = [quantity.quantity for quantity in level.quantities if quantity.name == _AVAILABLE]
    available = thresholds[0] if thresholds and level.item.tracked else None
    yield InventoryLevelSeen(level.item.id, location_id, available, Stamp(level.updated_at, as_of))
