"""`p`: the state of the desk at a glance, for a pause or a handover: how much is where, who owns what, what needs a person."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from orders_tui import wording
from orders_tui.screens.ledger import Ledger
from orders_tui.session.actions import ActionState
from orders_tui.session.changes import Change, PageShown, PeopleChanged, SummaryChanged
from orders_tui.widgets.cells import Piece
from orders_tui.widgets.line_list import Line
from orders_tui.widgets.tab_strip import URGENT
from orders_tui.wording import Tone
from orders_wire.vocabulary import Severity, Tab

BAR = 30


class PulseScreen(Ledger):
    """Numbers with bars; Enter on a tab opens it."""

    BINDINGS = [("enter", "open", "")]

    def prepare(self) -> None:
        self.work.session.refresh_owners()

    def title_pieces(self) -> list[Piece]:
        me = self.work.session.me
        return [("Pulse", "strong"), (f"  {me.shop if me is not None else ''}", Tone.DIM)]

    def lines(self) -> Sequence[Line]:
        return [*self._queues(), *self._owners(), *self._needs()]

    def _queues(self) -> Iterator[Line]:
        page = self.work.session.summary
        counts = {tab: page.tabs.get(tab, 0) for tab in Tab if tab is not Tab.ALL} if page is not None else {}
        most = max(counts.values(), default=0)
        yield _heading("QUEUES")
        for tab, count in counts.items():
            tone = Tone.WARN if tab in URGENT and count else Tone.PLAIN
            yield Line(f"tab:{tab}", self._bar(wording.tab(tab)[0], count, most, tone))
        if page is not None:
            metrics = page.metrics
            words = f"{metrics.overdue_pct:.0%} of what is to fulfil is overdue, {metrics.breaches} by a day or more"
            yield _text(words)
            yield _text(f"{metrics.avg_fulfillment_hours:.1f} hours to fulfil, {page.period.label.lower()}")

    def _owners(self) -> Iterator[Line]:
        owners = sorted(self.work.session.owners, key=lambda owner: -owner.open_orders)
        most = max((owner.open_orders for owner in owners), default=0)
        yield _heading("OWNERS")
        for owner in owners[:8]:
            yield Line(
                f"owner:{owner.name}", self._bar(owner.name, owner.open_orders, most, Tone.PLAIN), choosable=False
            )

    def _needs(self) -> Iterator[Line]:
        session, now = self.work.session, self.work.pace.now()
        groups = session.alerts.by_severity(now)
        yield _heading("NEEDS A PERSON")
        counts = [f"{len(groups[severity])} {severity}" for severity in reversed(Severity) if severity in groups]
        yield _text(f"alerts: {', '.join(counts) or 'none'}", Tone.WARN if Severity.CRITICAL in groups else Tone.DIM)
        for gap in session.alerts.gaps(now):
            yield _text(gap.message, Tone.WARN)
        failed = sum(entry.state in {ActionState.FAILED, ActionState.PARTLY} for entry in session.log)
        yield _text(
            f"{failed} actions with failures, {len(session.unsettled)} without an answer, {len(session.drafts.all())} drafts"
        )

    def _bar(self, name: str, count: int, most: int, tone: str) -> tuple[Piece, ...]:
        full = round(count / most * BAR) if most else 0
        full = max(full, 1) if count else 0
        glyphs = self.work.glyphs
        return (
            (f"{name:<18.18}", Tone.PLAIN),
            (f"{wording.count(count):>6}  ", tone if tone != Tone.PLAIN else "strong"),
            (glyphs.filled * full, Tone.WARN if tone == Tone.WARN else Tone.ACTIVE),
            (glyphs.unfilled * (BAR - full), "faint"),
        )

    def whole(self, key: str) -> list[Piece]:
        return [("enter opens the tab", Tone.DIM)] if key.startswith("tab:") else []

    def action_open(self) -> None:
        """Shows the tab under the cursor."""
        kind, _, tab = self.current.partition(":")
        if kind == "tab":
            self.work.session.open_tab(Tab(tab))
            self.dismiss()

    def session_changed(self, change: Change) -> None:
        if isinstance(change, SummaryChanged | PeopleChanged | PageShown):
            self.show()


def _heading(title: str) -> Line:
    return Line(f"heading {title}", ((title, "strong"),), choosable=False)


def _text(text: str, tone: str = Tone.DIM) -> Line:
    return Line(f"text {text}", ((text, tone),), choosable=False)
