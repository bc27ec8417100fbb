"""`p`: the state of the desk at a glance, for a pause or a handover: how much is where and where it is going, who owns what,
what needs a person. `W` writes it down with a note for whoever comes next.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path

from orders_tui import wording
from orders_tui.context import pinned_views
from orders_tui.context.screen import hidden_bindings
from orders_tui.query import Filters, OrdersQuery
from orders_tui.screens.list_screen import ListScreen, text_line
from orders_tui.session.changes import AlertsChanged, Change, PageShown, PeopleChanged, SummaryChanged
from orders_tui.session.log import ActionState
from orders_tui.views.pins import READY, in_order, pin, unpinned
from orders_tui.widgets.cells import Piece, fit
from orders_tui.widgets.hint_bar import Hint
from orders_tui.widgets.line_list import Line, LineList
from orders_tui.widgets.tab_strip import URGENT
from orders_tui.wording import Tone
from orders_wire.page import OrdersPage
from orders_wire.vocabulary import Severity, Tab

NAME, COUNT, CHANGE, RANGE = 18, 7, 7, 13
"""Cells of a queue's name, its size, how that changed, and its lowest and highest size."""
LONGEST, HIGHEST = 140, 5
"""Cells of a course, and lines."""
MOST_OWNERS, LEAST_OWNERS = 8, 3
BESIDE = 8
"""Lines that are there beside queues, owners and what the desk lacks: headings, gaps, what needs a person."""


class PulseScreen(ListScreen):
    """Numbers with bars; Enter opens the tab, or what an owner has to fulfil."""

    BINDINGS = hidden_bindings({"enter": "open", "W,e": "hand_over"})

    def prepare(self) -> None:
        self.work.session.refresh_owners()

    def title_pieces(self) -> list[Piece]:
        me = self.work.session.me
        return [("Pulse", "strong"), (f"  {me.shop if me is not None else ''}", Tone.DIM)]

    def own_hints(self) -> list[Hint]:
        return [Hint("enter", "open", able=bool(self.current)), Hint("W", "write handover")]

    def lines(self) -> Sequence[Line]:
        gap = text_line("")
        return [*self._queues(), gap, *self._owners(), gap, *self._needs()]

    def _queues(self) -> Iterator[Line]:
        """All on one axis: from 0 to the highest size that any of them had, from when the client was opened until now."""
        page, trend = self.work.session.table.summary, self.work.trend
        counts = self._counts()
        most = max((*counts.values(), *(trend.range(tab)[1] for tab in counts)), default=0)
        hours = f"{page.metrics.avg_fulfillment_hours:.1f} h to fulfil, {page.period.label.lower()}" if page else ""
        rows = self._rows(len(counts))
        yield _heading("QUEUES", hours, f"0 to {wording.count(most)}, {self._since()} until now" if counts else "")
        for tab, count in counts.items():
            yield from self._queue(tab, count, most, rows)

    def _counts(self) -> dict[str, int]:
        """The size of what is ready and of every tab; none before the first page."""
        told = pinned_views.sizes(self.work)
        places = in_order(Tab, [READY] if pin(READY) in told else [])
        return {place: told.get(place, 0) for place in places if told and place != Tab.ALL}

    def _queue(self, tab: str, count: int, most: int, rows: int) -> Iterator[Line]:
        """Its name, size and change, its course, and between which sizes it went; where there is room the course is higher."""
        trend = self.work.trend
        tone = Tone.WARN if tab in URGENT and count else Tone.ACTIVE
        low, high = map(wording.count, trend.range(tab))
        glyphs = self.work.glyphs
        course = trend.spark(tab, self._room(), most, glyphs.sparks, rows, below=glyphs.unfilled)
        *above, base = (_under(row, tone, glyphs.unfilled) for row in course)
        for at, row in enumerate(above):
            blank = (" " * (NAME + COUNT + CHANGE), Tone.DIM)
            yield Line(f"above {tab} {at}", (blank, *row), choosable=False)
        left = *self._figure(_name(tab), count, tone), self._change(tab), *base
        yield Line(f"tab:{tab}", left, ((f" {low} to {high}".ljust(RANGE), Tone.DIM),))

    def _since(self) -> str:
        since = self.work.trend.since
        return f"{since.astimezone(wording.zone(self.work.zone)):%H:%M}" if since is not None else "now"

    def _room(self) -> int:
        """Cells of a course, or of a bar."""
        cells = self.query_one(LineList).scrollable_content_region.width
        return max(8, min(LONGEST, cells - 4 - NAME - COUNT - CHANGE - RANGE))

    def _rows(self, queues: int) -> int:
        """Lines of a queue: as many as there is room for beside the rest."""
        room = self._height() - min(len(self.work.session.owners), MOST_OWNERS)
        return max(1, min(HIGHEST, room // max(1, queues)))

    def _height(self) -> int:
        """Lines for queues and owners."""
        return self.query_one(LineList).size.height - BESIDE - len(self._gaps())

    def _owners(self) -> Iterator[Line]:
        owners = sorted(self.work.session.owners, key=lambda owner: -owner.open_orders)
        most = max((owner.open_orders for owner in owners), default=0)
        yield _heading("OWNERS", "", "open orders")
        if not owners:
            yield text_line("nobody owns an open order")
        room = self._height() - len(self._counts())
        for owner in owners[: max(LEAST_OWNERS, min(room, MOST_OWNERS))]:
            blank, bar = (" " * CHANGE, Tone.DIM), self._bar(owner.open_orders, most, Tone.ACTIVE)
            yield Line(f"owner:{owner.name}", (*self._figure(owner.name, owner.open_orders, Tone.PLAIN), blank, *bar))

    def _needs(self) -> Iterator[Line]:
        session, page = self.work.session, self.work.session.table.summary
        groups = session.alerts.by_severity(self.work.pace.now())
        yield _heading("NEEDS A PERSON")
        if page is not None:
            yield text_line(_overdue(page), Tone.WARN if page.metrics.overdue else Tone.DIM)
        counts = [f"{len(groups[severity])} {severity}" for severity in reversed(Severity) if severity in groups]
        counts += [f"{more} more"] if (more := session.alerts.missing) else []
        yield text_line(
            f"alerts: {', '.join(counts) or 'none'}", Tone.WARN if Severity.CRITICAL in groups else Tone.DIM
        )
        for message in self._gaps():
            yield text_line(message, Tone.WARN)
        failed = sum(entry.state in {ActionState.FAILED, ActionState.PARTLY} for entry in session.actions.log)
        unsettled, drafts = len(session.actions.unsettled), len(session.drafts.all())
        yield text_line(f"here: {failed} with failures, {unsettled} without an answer, {drafts} kept as drafts")

    def _gaps(self) -> list[str]:
        now, zone = self.work.pace.now(), self.work.zone
        return [wording.dated(gap.message, now, zone) for gap in self.work.session.alerts.gaps(now)]

    def _figure(self, name: str, count: int, tone: str) -> tuple[Piece, ...]:
        return (
            *fit(((name, Tone.PLAIN),), NAME, self.work.glyphs.ellipsis),
            (f"{wording.count(count):>{COUNT - 1}} ", tone if tone == Tone.WARN else "strong"),
        )

    def _change(self, tab: str) -> Piece:
        """By how much a tab's size changed since the client was opened."""
        change, glyphs = self.work.trend.change(tab), self.work.glyphs
        words = f"{glyphs.up if change > 0 else glyphs.down}{wording.count(abs(change))}" if change else ""
        return f"{words:<{CHANGE}}", Tone.DIM

    def _bar(self, count: int, most: int, tone: str) -> tuple[Piece, ...]:
        half = self.work.glyphs.sparks[len(self.work.glyphs.sparks) // 2]
        return ((half * max(1, round(count / most * self._room())), tone),) if count else ()

    def full_text(self, key: str) -> str:
        kind, _, name = key.partition(":")
        return f"enter opens {f'what {name} has to fulfil' if kind == 'owner' else f'the tab {_name(name)}'}"

    def action_open(self) -> None:
        """Shows the tab under the cursor, or the owner's orders."""
        kind, _, name = self.current.partition(":")
        table = self.work.session.table
        if kind == "tab":
            pinned_views.open_place(self.work, name)
        elif kind == "owner":
            filters, size = Filters(owner=name), table.view.query.page_size
            table.show(OrdersQuery(Tab.UNFULFILLED, filters, page_size=size))
        if kind:
            self.dismiss()

    def action_hand_over(self) -> None:
        from orders_tui.dialogs.handover import HandoverDialog

        texts = ["".join(text for text, _ in (*line.left, *line.right)).rstrip() for line in self.lines()]
        self.app.push_screen(HandoverDialog(self.work, texts), self._handed_over)

    def _handed_over(self, path: Path | None) -> None:
        if path is not None:
            self.say(f"written to {path}", Tone.GOOD)

    def session_changed(self, change: Change) -> None:
        if isinstance(change, SummaryChanged | PeopleChanged | PageShown | AlertsChanged):
            self.show()

    def on_resize(self) -> None:
        """Another height has room for more owners, or fewer."""
        self.call_after_refresh(self.show)


def _under(row: str, tone: str, below: str) -> tuple[Piece, ...]:
    """A line of a course: what stands under it is faint, so that a high one is a line with a ground and not a block."""
    return tuple(("".join(signs), "faint" if sign == below else tone) for sign, signs in groupby(row))


def _overdue(page: OrdersPage) -> str:
    metrics = page.metrics
    share = f", {metrics.overdue_pct:.0%} of what is to fulfil, {metrics.breaches} by a day or more"
    return f"overdue: {metrics.overdue or 'none'}{share if metrics.overdue else ''}"


def _name(place: str) -> str:
    return unpinned(place) or wording.tab(Tab(place))[0]


def _heading(title: str, tail: str = "", about: str = "") -> Line:
    return Line(f"heading {title}", ((title, "strong"), (f"  {about}", Tone.DIM)), ((tail, Tone.DIM),), choosable=False)
