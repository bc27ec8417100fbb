"""`p`: the state of the desk at a glance, for a pause or a handover: how much is where and where it is going, who owns what,
what needs a person. `W` writes it down with a note for whoever comes next.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from orders_tui import wording
from orders_tui.context.screen import hidden_bindings
from orders_tui.query import Filters, OrdersQuery
from orders_tui.screens.list_screen import ListScreen, text_line
from orders_tui.session.changes import AlertsChanged, Change, PageShown, PeopleChanged, SummaryChanged
from orders_tui.session.log import ActionState
from orders_tui.widgets.cells import Piece
from orders_tui.widgets.hint_bar import Hint
from orders_tui.widgets.line_list import Line, LineList
from orders_tui.widgets.tab_strip import URGENT
from orders_tui.wording import Tone
from orders_wire.page import OrdersPage
from orders_wire.vocabulary import Severity, Tab

BAR, SPARK, NAME = 24, 12, 18
MOST_OWNERS, LEAST_OWNERS = 8, 3
OTHER_LINES = 19
"""Lines that are there beside the owners."""


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
        page = self.work.session.table.summary
        counts = {tab: page.tabs.get(tab, 0) for tab in Tab if tab is not Tab.ALL} if page is not None else {}
        most = max(counts.values(), default=0)
        hours = f"{page.metrics.avg_fulfillment_hours:.1f} h to fulfil, {page.period.label.lower()}" if page else ""
        yield _heading("QUEUES", hours)
        for tab, count in counts.items():
            tone = Tone.WARN if tab in URGENT and count else Tone.ACTIVE
            left = (*self._figure(wording.tab(tab)[0], count, tone), *self._trend(tab), *self._bar(count, most, tone))
            yield Line(f"tab:{tab}", left)

    def _owners(self) -> Iterator[Line]:
        owners = sorted(self.work.session.owners, key=lambda owner: -owner.open_orders)
        most = max((owner.open_orders for owner in owners), default=0)
        yield _heading("OWNERS", "open orders")
        if not owners:
            yield text_line("nobody owns an open order")
        room = self.query_one(LineList).size.height - OTHER_LINES - len(self._gaps())
        for owner in owners[: max(LEAST_OWNERS, min(room, MOST_OWNERS))]:
            bar = self._bar(owner.open_orders, most, Tone.ACTIVE)
            blank = (" " * (SPARK + 7), Tone.DIM)
            yield Line(f"owner:{owner.name}", (*self._figure(owner.name, owner.open_orders, Tone.PLAIN), blank, *bar))

    def _needs(self) -> Iterator[Line]:
        session, page = self.work.session, self.work.session.table.summary
        groups = session.alerts.by_severity(self.work.pace.now())
        yield _heading("NEEDS A PERSON")
        if page is not None:
            yield text_line(_overdue(page), Tone.WARN if page.metrics.overdue else Tone.DIM)
        counts = [f"{len(groups[severity])} {severity}" for severity in reversed(Severity) if severity in groups]
        yield text_line(
            f"alerts: {', '.join(counts) or 'none'}", Tone.WARN if Severity.CRITICAL in groups else Tone.DIM
        )
        for message in self._gaps():
            yield text_line(message, Tone.WARN)
        failed = sum(entry.state in {ActionState.FAILED, ActionState.PARTLY} for entry in session.actions.log)
        unsettled, drafts = len(session.actions.unsettled), len(session.drafts.all())
        yield text_line(f"here: {failed} with failures, {unsettled} without an answer, {drafts} kept as drafts")

    def _gaps(self) -> list[str]:
        return [gap.message for gap in self.work.session.alerts.gaps(self.work.pace.now())]

    def _figure(self, name: str, count: int, tone: str) -> tuple[Piece, ...]:
        return (
            (f"{name:<{NAME}.{NAME}}", Tone.PLAIN),
            (f"{wording.count(count):>6} ", tone if tone == Tone.WARN else "strong"),
        )

    def _trend(self, tab: Tab) -> tuple[Piece, ...]:
        """How a tab's size changed since the client was opened: by how much, and the course of it."""
        trend, glyphs = self.work.trend, self.work.glyphs
        change = trend.change(tab)
        words = f"{glyphs.up if change > 0 else glyphs.down}{wording.count(abs(change))}" if change else ""
        return (f"{words:<5} ", Tone.DIM), (f"{trend.spark(tab, SPARK, glyphs.sparks)} ", Tone.DIM)

    def _bar(self, count: int, most: int, tone: str) -> tuple[Piece, ...]:
        glyphs, full = self.work.glyphs, max(1, round(count / most * BAR)) if count else 0
        return (glyphs.filled * full, tone), (glyphs.unfilled * (BAR - full), "faint")

    def full_text(self, key: str) -> str:
        kind, _, name = key.partition(":")
        return (
            f"enter opens {f'what {name} has to fulfil' if kind == 'owner' else f'the tab {wording.tab(Tab(name))[0]}'}"
        )

    def action_open(self) -> None:
        """Shows the tab under the cursor, or the owner's orders."""
        kind, _, name = self.current.partition(":")
        table = self.work.session.table
        if kind == "tab":
            table.open_tab(Tab(name))
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


def _overdue(page: OrdersPage) -> str:
    metrics = page.metrics
    share = f", {metrics.overdue_pct:.0%} of what is to fulfil, {metrics.breaches} by a day or more"
    return f"overdue: {metrics.overdue or 'none'}{share if metrics.overdue else ''}"


def _heading(title: str, tail: str = "") -> Line:
    return Line(f"heading {title}", ((title, "strong"),), ((tail, Tone.DIM),), choosable=False)
