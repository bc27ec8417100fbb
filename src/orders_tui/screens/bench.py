"""`B`: the bench, over the whole screen. One line always has the focus: a scanner is a keyboard, and its Enter ends a scan."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Static

from orders_tui.actions.pack import DOING
from orders_tui.context.breakpoints import too_small
from orders_tui.context.context import Context
from orders_tui.context.screen import SafeDismiss, SessionObserver
from orders_tui.context.station import Station
from orders_tui.packing.bench import Stage
from orders_tui.packing.folder import ParcelFolder
from orders_tui.packing.words import Word
from orders_tui.screens import bench_text as said
from orders_tui.session.changes import Change, ConnectionChanged, PresenceChanged
from orders_tui.widgets.banner import Banner, sentences
from orders_tui.widgets.bar import Bar, content
from orders_tui.widgets.big_count import BigCount
from orders_tui.widgets.cells import Piece
from orders_tui.widgets.first_line import FirstLine
from orders_tui.widgets.hint_bar import Hint, HintBar, KeyBar
from orders_tui.widgets.line_list import LineList
from orders_tui.widgets.scan_line import MOST_LINES, ScanLine
from orders_tui.wording import Tone
from orders_tui.wording.readiness import against, with_others

READ_S = 0.5
"""Nobody reads in less what has changed of an order."""


class BenchScreen(SessionObserver, SafeDismiss[None]):
    """Draws a `Station`, and passes on what is typed."""

    AUTO_FOCUS = "ScanLine"
    UNDOES = False

    def __init__(self, work: Context, order_id: str = "") -> None:
        """`order_id`: the order whose parcel is opened at once."""
        super().__init__()
        self.work = work
        self._first = order_id
        self._rung = 0
        self._shown = ""
        """Whose lines are."""
        self._changes: tuple[str, ...] = ()
        self._changed_at = 0.0
        self._station = Station(work.session, ParcelFolder(work.packing), work.pace.now, self.show)
        work.keyboard.hold()

    @property
    def open_order(self) -> tuple[str, str | None] | None:
        parcel = self._station.bench.parcel
        return (parcel.order_id, DOING) if parcel is not None else None

    def compose(self) -> ComposeResult:
        glyphs = self.work.glyphs
        yield FirstLine(self.work.band, glyphs.ellipsis, id="headline")
        yield Banner(glyphs.ellipsis, id="banner")
        yield Bar(glyphs.ellipsis, id="present")
        yield BigCount(ascii_only=glyphs.ascii_only, id="count")
        yield Static(id="next")
        yield Static(id="alarm")
        yield Static(id="changes")
        yield LineList(glyphs.cursor, glyphs.ellipsis, id="lines")
        yield Bar(glyphs.ellipsis, id="said")
        with Horizontal(id="scan-field", classes="field"):
            yield Static(content([("Scan", "strong")]), classes="label")
            yield ScanLine(id="scan")
        yield HintBar(glyphs.ellipsis, id="hints")

    def on_mount(self) -> None:
        self.query_one(LineList).can_focus = False
        if self._first:
            self._station.enter(self._first)
        self.call_after_refresh(self._take_typed_ahead)

    def _take_typed_ahead(self) -> None:
        self.show()
        self.query_one(ScanLine).replay(self.work.keyboard.hand_over())

    def on_unmount(self) -> None:
        self.work.keyboard.release()
        self._station.leave()

    # -- what is typed, and what comes

    def on_scan_line_scanned(self, message: ScanLine.Scanned) -> None:
        station, chosen = self._station, self.query_one(LineList).current
        if small := too_small(self.app.size):
            station.bench.refuse(small)
        elif message.text.strip():
            station.enter(message.text, chosen)
        elif message.repeated:
            station.bench.said = "Enter was repeated: press it again"
        elif self._changes and self.work.pace.monotonic() - self._changed_at < READ_S:
            station.bench.said = "the order has just changed: read how, then press Enter"
        else:
            station.enter(chosen if station.bench.stage is Stage.SLIP else "", chosen)
        self.show()

    def on_scan_line_left(self, message: ScanLine.Left) -> None:
        only_the_line = message.cleared and not self._station.bench.alarm
        if not only_the_line and not self._station.escape():
            self.dismiss()
        self.show()

    def on_scan_line_moved(self, message: ScanLine.Moved) -> None:
        self.query_one(LineList).move(message.step)
        self.show()

    def on_scan_line_too_many(self, message: ScanLine.TooMany) -> None:
        self._station.bench.refuse(f"{message.lines} lines were pasted, {MOST_LINES} are the most: none was taken")
        self.show()

    def on_key_bar_pressed(self, message: KeyBar.Pressed) -> None:
        """A click on a hint is its key, in the line that takes them."""
        message.stop()
        line, key = self.query_one(ScanLine), message.key
        line.take(f"{key.key} ") if key.key.startswith(":") else line.replay([key])

    def session_changed(self, change: Change) -> None:
        self._station.session_changed(change)
        if isinstance(change, ConnectionChanged | PresenceChanged):
            self.show()

    # -- what is on show

    def show(self) -> None:
        """Draws everything as it is now; rings once for what has gone wrong since."""
        if not self.has_widgets:
            return
        bench = self._station.bench
        changes = bench.parcel.changes if bench.parcel is not None else ()
        if changes != self._changes:
            self._changes, self._changed_at = changes, self.work.pace.monotonic()
        self._show_around()
        self.query_one("#count", BigCount).update(said.count(bench.parcel) or " ")
        self.query_one("#next", Static).update(content(said.next_step(bench)))
        self._put("alarm", said.alarm(bench, self.work.glyphs.failed) if bench.alarm else "")
        self._put("changes", said.changes(bench.parcel))
        self._show_lines()
        self.query_one("#said", Bar).set_pieces(self._said())
        self.query_one(HintBar).show(self._hints(), Hint("esc", self._escape_word()))
        for stage in Stage:
            self.set_class(bench.stage is stage, f"-{stage}")
        if bench.bells != self._rung:
            self._rung = bench.bells
            self.app.bell()

    def _show_around(self) -> None:
        session, now = self.work.session, self.work.pace.now()
        parcel = self._station.bench.parcel
        title: list[Piece] = [("Bench", "strong")]
        if parcel is not None:
            title += [(f"  {parcel.order_number}", "strong"), (f"  {self._station.customer}", Tone.PLAIN)]
            title += self._standing(parcel.order_id)
        self.query_one("#headline", Bar).set_pieces(title)
        warnings = sentences(session.connection, session.table.view, now, self.work.zone, "")
        self.query_one(Banner).show(_offline(warnings) if not session.connection.acts else [])
        here = self.work.formatter().presence(parcel.order_id) if parcel is not None else []
        self.query_one("#present", Bar).appear(here)

    def _standing(self, order_id: str) -> list[Piece]:
        """What stands against the order, and which others go with it."""
        order = self.work.session.table.order(order_id)
        if order is None:
            return []
        others = with_others(order, self.work.session.table.together(order))
        said = (against(order), Tone.WARN), (others, Tone.ACTIVE)
        return [(f"  {text}", tone) for text, tone in said if text]

    def _put(self, widget_id: str, text: str) -> None:
        widget = self.query_one(f"#{widget_id}", Static)
        widget.display = bool(text)
        widget.update(_on_ground(text))

    def _show_lines(self) -> None:
        station, lines = self._station, self.query_one(LineList)
        parcel, glyphs = station.bench.parcel, self.work.glyphs
        if parcel is not None:
            first = said.first_by_hand(parcel) if parcel.order_id != self._shown else None
            lines.set_lines(said.lines_of(parcel, glyphs), first)
        else:
            begun = said.begun(station.folder.all(), self.work.pace.now(), self.work.zone, glyphs)
            lines.set_lines([*begun, *said.words()])
        self._shown = parcel.order_id if parcel is not None else ""

    def _said(self) -> list[Piece]:
        bench = self._station.bench
        unwritten = "counts cannot be written: they are lost when the desk ends  " if self._station.unwritten else ""
        return [(unwritten, Tone.BAD), (bench.said, Tone.PLAIN)]

    def _hints(self) -> list[Hint]:
        bench, parcel = self._station.bench, self._station.bench.parcel
        if bench.alarm or bench.busy:
            return []
        if parcel is None:
            begun = bool(self.query_one(LineList).current)
            return [*([Hint("enter", "go on with this one")] if begun else []), Hint(Word.UNDO, "take back")]
        if parcel.changes:
            return [Hint("enter", "confirm what changed", parcel.packable), Hint("-", "take one back", parcel.begun)]
        if parcel.number:
            return [Hint("-", "take the label off")]
        if bench.stage is Stage.LABEL:
            return [Hint("-", "take one back"), Hint(Word.NO_LABEL, "send without"), Hint(Word.LABEL, "type it")]
        return [
            Hint("enter", "one by hand", parcel.by_hand_alone(self.query_one(LineList).current)),
            Hint("-", "take one back", parcel.begun),
            Hint(Word.SHORT, "leave one owed"),
            Hint(Word.START_OVER, "", parcel.begun),
        ]

    def _escape_word(self) -> str:
        bench = self._station.bench
        if bench.alarm:
            return "go on"
        return "put aside" if bench.parcel is not None or bench.busy else "leave"


def _on_ground(text: str) -> Content:
    """A sentence or several in the colour that goes with their ground, the first one stressed."""
    first, *more = text.split("\n")
    return Content("\n").join([Content.styled(first, "bold"), *map(Content, more)])


def _offline(warnings: list[str]) -> list[str]:
    """What the banner says at the bench: counting goes on."""
    return [*warnings[:1], "counts go on", "a label waits until the server is there"]
