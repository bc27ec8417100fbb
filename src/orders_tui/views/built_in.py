"""Views that come with the desk: each stands among the tabs until a view of its name is saved, and is in no file.

One is there as far as the server knows what it asks for, which its figures say.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from orders_tui.views.pins import READY
from orders_tui.views.saved_view import SavedView
from orders_wire.vocabulary import Ready, Tab

if TYPE_CHECKING:
    from orders_wire.page import OrdersPage

BUILT_IN: Mapping[str, SavedView] = {READY: SavedView(Tab.UNFULFILLED, f"ready:{Ready.YES}", pinned=True)}
"""By name. What can leave now, as its tab has it: by `ship_by`."""


def all_views(own: Mapping[str, SavedView], page: OrdersPage | None) -> dict[str, SavedView]:
    """The operator's own views, and of those that come with the desk what a page says that its server knows."""
    known = page is not None and page.metrics.ready is not None
    return {**(BUILT_IN if known else {}), **own}
