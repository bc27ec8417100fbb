"""`&` in the side bar: which alerts to show there. Where nothing of a group is chosen, all of it is shown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from orders_tui import wording
from orders_tui.context.context import Context
from orders_tui.context.screen import hidden_bindings
from orders_tui.dialogs.list_dialog import ListDialog
from orders_tui.query import ALL_ALERTS, AlertFilter
from orders_tui.widgets.alert_lines import said
from orders_tui.widgets.cells import Piece
from orders_tui.widgets.hint_bar import Hint
from orders_tui.widgets.line_list import Line
from orders_tui.wording import Sign, Tone
from orders_wire.vocabulary import AlertType, EventType, Severity

MINE = "mine"


class AlertFilterDialog(ListDialog[AlertFilter]):
    """Returns what was chosen. Beside each kind stands how many alerts of it are known."""

    BINDINGS = hidden_bindings({"space,x": "show_or_hide", "d": "all"})
    LIST = "types"
    KEYS = (Hint("enter", "done"), Hint("space", "only this"), Hint("d", "all"))

    def __init__(self, work: Context, chosen: AlertFilter) -> None:
        super().__init__(work)
        self._chosen = chosen
        known = work.session.alerts.open(work.pace.now())
        self._counts = Counter[str](key for alert in known for key in (alert.type, alert.severity))

    def lines(self) -> list[Line]:
        return list(self._lines())

    def _lines(self) -> Iterator[Line]:
        for kind in map(EventType, AlertType):
            yield self._line(kind, wording.event_type(kind), kind in self._chosen.types)
        for severity in reversed(Severity):
            yield self._line(severity, wording.severity(severity), severity in self._chosen.severities)
        if self.work.name:
            yield Line(MINE, (self._box(bool(self._chosen.owner)), ("of my orders", Tone.ACTIVE)))

    def _line(self, key: str, sign: Sign, chosen: bool) -> Line:
        words = f"{sign.mark(self.work.glyphs.ascii_only)} {sign.word}"
        count = str(self._counts[key])
        return Line(key, (self._box(chosen), (words, sign.tone)), ((count, Tone.DIM),))

    def _box(self, chosen: bool) -> Piece:
        glyphs = self.work.glyphs
        return f"{glyphs.box_full if chosen else glyphs.box} ", Tone.ACTIVE

    def title_pieces(self) -> list[Piece]:
        only = said(self._chosen, self.work.name)
        return [("Alerts on show", "strong"), (f"  {only or 'all'}", Tone.DIM)]

    def _choose(self, chosen: AlertFilter) -> None:
        self._chosen = chosen
        self.fill()
        self.update()

    def action_show_or_hide(self) -> None:
        chosen, key = self._chosen, self.current
        if key == MINE:
            self._choose(replace(chosen, owner="" if chosen.owner else self.work.name))
        elif key in list(Severity):
            self._choose(replace(chosen, severities=chosen.severities ^ {Severity(key)}))
        elif key:
            self._choose(replace(chosen, types=chosen.types ^ {EventType(key)}))

    def action_all(self) -> None:
        """No choice: everything."""
        self._choose(ALL_ALERTS)

    def result(self) -> AlertFilter:
        return self._chosen
