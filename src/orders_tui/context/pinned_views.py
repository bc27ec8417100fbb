"""Pinned views among the tabs: what there is, how one is opened, whether it is still as it is saved."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from orders_tui.errors import NotKnownHere, UsageError
from orders_tui.views.built_in import BUILT_IN, all_views
from orders_tui.views.pins import READY, in_order, pin, unpinned
from orders_wire.vocabulary import Tab

if TYPE_CHECKING:
    from orders_tui.context.context import Context
    from orders_tui.query import OrdersQuery
    from orders_tui.views.saved_view import SavedView


def views(work: Context) -> dict[str, SavedView]:
    """The saved views and those that come with the desk; until the server has told its figures, those that were there last."""
    page = work.session.table.summary
    last = BUILT_IN if page is None and READY in work.preferences.pinned else {}
    return {**last, **all_views(work.views.views, page)}


def names(work: Context) -> list[str]:
    """The names of the pinned views, in their order."""
    pinned = [name for name, view in views(work).items() if view.pinned]
    return sorted(pinned, key=lambda name: (name != READY, name.casefold()))


def places(work: Context) -> list[str]:
    """The tabs and the pinned views, from left to right; the one on show is always among them."""
    known, here = names(work), work.session.table.view.pinned
    return in_order(Tab, [*known, *([here] if here and here not in known else [])])


def word(place: str) -> str:
    """What a tab or a pinned view is called after `:tab`."""
    return unpinned(place) or place.replace("_", "-")


def counts(work: Context) -> Mapping[str, int]:
    """The size of every tab, of what is ready, and of the pinned view on show, whose page tells it."""
    view = work.session.table.view
    return sizes(work) | (
        {view.place: view.span.total} if view.pinned and view.as_of is not None and not view.loading else {}
    )


def sizes(work: Context) -> dict[str, int]:
    """The size of every tab and of what is ready, as far as the server has told them."""
    page = work.session.table.summary
    told = page is not None and page.metrics.ready is not None and READY not in work.views.views
    ready = {pin(READY): page.metrics.ready or 0} if page is not None and told else {}
    return {**ready, **(page.tabs if page is not None else {})}


def query_of(work: Context, view: SavedView) -> OrdersQuery:
    """What a view asks for. Raises UsageError."""
    return view.query(work.session.table.view.query.page_size, work.name or None)


def open_place(work: Context, place: str, *, anew: bool = False) -> None:
    """Shows a tab or a pinned view as it was left; `anew`: the view as it is saved. Raises UsageError."""
    name = unpinned(place)
    if not name:
        work.session.table.open_tab(Tab(place))
        return
    view = views(work).get(name)
    if view is None:
        raise UsageError(f"there is no view {name} any more")
    query = None
    if anew or work.session.table.memory(place).saved != view.saved:
        query = query_of(work, view)
        work.preferences.columns[place] = view.columns or work.preferences.columns_of(view.tab)
    work.session.table.open_view(name, view.saved, view.tab, query)


def resume(work: Context, name: str) -> None:
    """Begins on the pinned view that was on show, where there still is one; else on its tab."""
    if name in names(work):
        try:
            open_place(work, pin(name))
        except UsageError:
            return


def give_way(work: Context) -> None:
    """Shows the tab instead of a view that comes with the desk, where the server does not know what that asks for."""
    shown = work.session.table.view
    if isinstance(shown.problem, NotKnownHere) and shown.pinned in BUILT_IN.keys() - work.views.views.keys():
        work.session.table.open_tab(shown.query.tab)


def changed(work: Context) -> bool:
    """Whether the pinned view on show is another way than it is saved."""
    shown = work.session.table.view
    view = views(work).get(shown.pinned)
    if not shown.pinned or view is None:
        return False
    try:
        query = query_of(work, view)
    except UsageError:  # the server has not said yet who is meant by me
        return False
    columns = work.preferences.columns_of(view.tab, shown.place)
    others = bool(view.columns) and columns != view.columns
    return others or (shown.query.filters, shown.query.sort) != (query.filters, query.sort)
