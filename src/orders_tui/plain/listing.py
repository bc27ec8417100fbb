"""What is listed: pages, tabs, filters, sorts, saved views."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from orders_tui import paths, wording
from orders_tui.errors import UsageError
from orders_tui.plain.desk import ANSWER_S, Desk, Misread
from orders_tui.query import OrdersQuery, Sort, chips, parse
from orders_tui.session.matching import orders_of
from orders_tui.views.folder import ViewFolder
from orders_tui.views.pins import VIEW, VIEWS_IN_FILES
from orders_wire.vocabulary import SortField, Tab

if TYPE_CHECKING:
    from orders_tui.config import Config
    from orders_tui.query import Filters
    from orders_tui.views.saved_view import SavedView


class Listing:
    """What can be asked for; each method says its answer."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._listing: OrdersQuery | None = None
        self._tab_before: Tab | None = None

    # -- lists

    async def list(self) -> None:
        """The page on show, numbered as it stands in the whole list."""
        desk = self.desk
        table, say = desk.session.table, desk.console.say
        came = await desk.until(lambda: not table.view.loading or table.view.problem is not None)
        view = table.view
        if not came or (view.problem is not None and not view.rows):
            say(f"the list cannot be had: {view.problem or 'no answer in time'}")
            return
        if view.query.listing != self._listing:
            self._listing = view.query.listing
            desk.listed.clear()
            desk.current = ""
        say(self._heading())
        for number, row in enumerate(view.rows, start=max(1, view.span.first)):
            desk.listed[number] = row.order.id
            say(f"{number}. {desk.line(row)}")
        if view.unread:
            say(wording.unread(view.unread))
        if view.problem is not None:
            say(f"this is not the newest state: {view.problem}")
        elif not view.rows:
            say("no order matches")
        elif view.span.has_next:
            say("more shows the next page")

    def _heading(self) -> str:
        view = self.desk.session.table.view
        narrowed = [chip.label for chip in chips(view.query.filters)]
        span = view.span
        which = f"{span.first} to {span.last} of {span.total}" if view.rows else "nothing"
        return ", ".join(
            [
                f"{view.pinned or wording.tab(view.query.tab)[0]}: {which}, page {span.page} of {span.pages}",
                *narrowed,
                *_sorted(view.query.sort),
            ]
        )

    async def turn(self, direction: int) -> None:
        """The next page, or the one before."""
        table = self.desk.session.table
        if table.next_page() if direction > 0 else table.previous_page():
            await self.list()
        else:
            self.desk.console.say(f"this is the {'end' if direction > 0 else 'start'} of the list")

    async def end(self, direction: int) -> None:
        """The first page, or the last."""
        table = self.desk.session.table
        if direction < 0:
            table.first_page()
        else:
            table.last_page()
        await self.list()

    async def refresh(self) -> None:
        """What the server has now."""
        desk, before = self.desk, self.desk.session.table.view.as_of
        desk.session.refresh()
        await desk.until(lambda: desk.session.table.view.as_of != before, ANSWER_S / 3)
        await self.list()

    async def show_tab(self, tab: Tab) -> None:
        """A tab, as it was left."""
        table = self.desk.session.table
        here = table.view.query.tab
        if tab is not here or table.view.pinned:
            self._tab_before = here
            self.desk.current = ""
            table.open_tab(tab)
        await self.list()

    async def next_tab(self, step: int) -> None:
        """The tab beside this one."""
        tabs = list(Tab)
        await self.show_tab(tabs[(tabs.index(self.desk.session.table.view.query.tab) + step) % len(tabs)])

    async def last_tab(self) -> None:
        """The tab that was shown before this one."""
        if self._tab_before is None:
            self.desk.console.say("no other tab was shown yet")
        else:
            await self.show_tab(self._tab_before)

    async def customer(self) -> None:
        """All orders of the customer of the one that is looked at."""
        desk = self.desk
        if not desk.current:
            raise Misread("no order is open; its number in the list opens one")
        detail = await desk.detail(desk.current)
        if detail is None:
            return
        now = desk.session.table.view.query
        query = orders_of(detail, now.page_size)
        if query is None:
            desk.console.say(f"the shop names no customer for {detail.order_number}")
            return
        self._tab_before = now.tab
        desk.session.table.show(query)
        await self.list()

    # -- what is in the list

    async def filter(self, typed: str) -> None:
        """Filters on the server; a blank line shows all."""
        now = self.desk.session.table.view.query
        typed = typed or await self.desk.console.ask("filter: words and field:value, blank shows all")
        parsed = parse(typed, self.desk.name or None)
        if isinstance(parsed, list):
            self.desk.console.say(*(problem.message for problem in parsed))
            return
        await self._filtered(parsed.filters, parsed.sort or now.sort)

    async def clear(self) -> None:
        """Without any filter."""
        query = self.desk.session.table.view.query
        if not query.filters:
            self.desk.console.say("there is no filter")
            return
        await self._filtered(type(query.filters)(), query.sort)

    async def _filtered(self, filters: Filters, sort: Sort | None) -> None:
        self.desk.session.table.set_filters(filters, sort)
        await self.list()

    async def sort(self, typed: str) -> None:
        """By a field, `-` in front: descending; `none`: the tab's own order."""
        if not typed:
            options = [
                *((str(by), f"{by}, {wording.sort_field(by)}") for by in SortField),
                ("none", "the tab's own order"),
            ]
            typed = await self.desk.console.choose("sort by", options)
            if typed != "none" and await self.desk.console.choose(
                "which way", [(False, "ascending"), (True, "descending")], 1
            ):
                typed = f"-{typed}"
        self.desk.session.table.set_sort(None if typed == "none" else Sort.parse(typed))
        await self.list()

    async def view(self, name: str) -> None:
        """A saved view: its tab, filter and sort."""
        views, console = self.desk.views, self.desk.console
        if not views:
            console.say("no view was saved yet; save-view saves one")
            return
        name = name or await console.choose("views", [(name, f"{name}: {_shows(views[name])}") for name in views])
        try:
            view, table = views[name], self.desk.session.table
            query = view.query(table.view.query.page_size, self.desk.name or None)
        except UsageError as error:
            console.say(f"{name} cannot be opened: {error}")
            return
        if view.pinned:
            table.open_view(name, view.saved, view.tab, query)
        else:
            table.show(query)
        await self.list()

    async def tab(self, name: str) -> None:
        """A tab or a pinned view by its name."""
        tabs = {tab.replace("_", "-"): tab for tab in Tab}
        name = name or await self.desk.console.choose("tabs", [(each, each) for each in self.desk.tabs()])
        if name in tabs:
            await self.show_tab(tabs[name])
        else:
            await self.view(name)

    async def pinned(self) -> None:
        """A pinned view, chosen where there are several."""
        names = [name for name, view in self.desk.views.items() if view.pinned]
        if not names:
            self.desk.console.say("no view is pinned; a desk with a screen pins them")
            return
        only = len(names) == 1
        await self.view(names[0] if only else await self.desk.console.choose("views", [(name, name) for name in names]))


def views_of(config: Config, ui: Mapping[str, str]) -> tuple[dict[str, SavedView], list[str]]:
    """The saved views, those that an earlier release left in the state file among them; and what is wrong with files."""
    folder = ViewFolder(paths.views_folder(config))
    folder.read()
    kept = {} if VIEWS_IN_FILES in ui else {name.removeprefix(VIEW): ui[name] for name in ui if name.startswith(VIEW)}
    here = ViewFolder()
    here.views = dict(folder.views)
    here.adopt(kept)
    return here.views, [*folder.faults, *here.faults]


def _shows(view: SavedView) -> str:
    return f"{wording.tab(view.tab)[0]} {view.tokens}".rstrip()


def _sorted(sort: Sort | None) -> list[str]:
    """In which order, where it is not the tab's own."""
    return [f"by {wording.sort_field(sort.by)}{', descending' if sort.descending else ''}"] if sort is not None else []
