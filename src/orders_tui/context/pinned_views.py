"""Pinned views among the tabs: what there is, how one is opened, whether it is still as it is saved."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from orders_tui.errors import UsageError
from orders_tui.views.pins import pin, unpinned
from orders_wire.vocabulary import Tab

if TYPE_CHECKING:
    from orders_tui.context.context import Context
    from orders_tui.query import OrdersQuery
    from orders_tui.views.saved_view import SavedView


def places(work: Context) -> list[str]:
    """The tabs, and behind them the pinned views; the one on show is always among them."""
    names = work.views.pinned
    here = work.session.table.view.pinned
    return [*Tab, *map(pin, [*names, *([here] if here and here not in names else [])])]


def word(place: str) -> str:
    """What a tab or a pinned view is called after `:tab`."""
    return unpinned(place) or place.replace("_", "-")


def counts(work: Context) -> Mapping[str, int]:
    """The size of every tab, and of the pinned view on show, whose page tells it."""
    page, view = work.session.table.summary, work.session.table.view
    known: dict[str, int] = dict(page.tabs) if page is not None else {}
    return known | (
        {view.place: view.span.total} if view.pinned and view.as_of is not None and not view.loading else {}
    )


def query_of(work: Context, view: SavedView) -> OrdersQuery:
    """What a view asks for. Raises UsageError."""
    return view.query(work.session.table.view.query.page_size, work.name or None)


def open_place(work: Context, place: str, *, anew: bool = False) -> None:
    """Shows a tab or a pinned view as it was left; `anew`: the view as it is saved. Raises UsageError."""
    name = unpinned(place)
    if not name:
        work.session.table.open_tab(Tab(place))
        return
    view = work.views.views.get(name)
    if view is None:
        raise UsageError(f"there is no view {name} any more")
    query = None
    if anew or work.session.table.memory(place).saved != view.saved:
        query = query_of(work, view)
        work.preferences.columns[place] = view.columns or work.preferences.columns_of(view.tab)
    work.session.table.open_view(name, view.saved, view.tab, query)


def resume(work: Context, name: str) -> None:
    """Begins on the pinned view that was on show, where there still is one; else on its tab."""
    if name in work.views.pinned:
        try:
            open_place(work, pin(name))
        except UsageError:
            return


def changed(work: Context) -> bool:
    """Whether the pinned view on show is another way than it is saved."""
    shown = work.session.table.view
    view = work.views.views.get(shown.pinned)
    if not shown.pinned or view is None:
        return False
    try:
        query = query_of(work, view)
    except UsageError:  # the server has not said yet who is meant by me
        return False
    columns = work.preferences.columns_of(view.tab, shown.place)
    others = bool(view.columns) and columns != view.columns
    return others or (shown.query.filters, shown.query.sort) != (query.filters, query.sort)
