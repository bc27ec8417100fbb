"""Following the cursors of a list: its page info is what the shop says, and progress is what is checked. Pure."""

from __future__ import annotations

from typing import Any

from orders_sync.external.shopify.errors import NoProgress
from orders_sync.external.shopify.nodes import Page

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
