"""`P`: what can be sent now of the orders at hand or of the whole view, as a pick list or as slips: to the printer, the browser
or a file; and, where that is wanted, taken by whoever picks it.

What would come of it is read and said before; it is read again when it is written, so that it is as of that moment.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import Static
from textual.worker import Worker, WorkerState

from orders_tui.actions.assign import AssignDraft
from orders_tui.context.breakpoints import too_small
from orders_tui.context.context import Context
from orders_tui.context.screen import hidden_bindings
from orders_tui.context.target import Target
from orders_tui.dialogs.dialog import Dialog
from orders_tui.dialogs.field import Field
from orders_tui.errors import ClientError
from orders_tui.picking import reading
from orders_tui.picking.choices import SUFFIXES_SAID, By, Form, To
from orders_tui.picking.handing_out import Outlets, form_of_file, name_of
from orders_tui.picking.pick import Pick
from orders_tui.picking.reading import Which
from orders_tui.picking.sentences import contents, remarks
from orders_tui.picking.sheet import Sheet
from orders_tui.picking.taking import SAID, may_take, taking
from orders_tui.widgets.bar import content
from orders_tui.widgets.cells import Piece
from orders_tui.widgets.hint_bar import Hint
from orders_tui.widgets.line_list import Line, LineList
from orders_tui.widgets.switch import Switch
from orders_tui.wording import Tone

LISTS: Mapping[By, tuple[str, str]] = {
    By.SKU: ("pick list", "each SKU once, with its orders"),
    By.ORDER: ("slips", "a page for each order, with its bar code"),
}
CHOICES = {"which": "Orders", "by": "As", "to": "To"}
LOOK, HAND_OUT = "look", "hand out"
"""What its workers do."""
DOES = {To.PRINTER: "print", To.BROWSER: "open", To.FILE: "write"}

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class HandedOut:
    """What was done, as a sentence, and what is still to be sent: who is to own the orders."""

    sentence: str
    take: AssignDraft | None = None


class PickDialog(Dialog[HandedOut]):
    """Hands the pick out when it is confirmed."""

    BINDINGS = hidden_bindings({"ctrl+t": "take", "j": "choose(1)", "k": "choose(-1)"})
    HEADING = ("Pick", "what can be sent now")
    NEEDS_TOUCH = False
    SIZE = "wide"

    def __init__(self, work: Context, target: Target, *, view: bool) -> None:
        """`view`: whether all that matches in the table can be meant."""
        super().__init__(work)
        self._target, self._view = target, view
        self._outlets = Outlets(work.programs.prints, work.config.print_command)
        self._take = self._out = False
        self._found: dict[str, Pick | str] = {}
        """What was read of each that can be chosen, or why it could not be."""
        self._filled = ""
        """What the field was filled in with."""

    def body(self) -> ComposeResult:
        for name, label in CHOICES.items():
            with Horizontal(classes="choice"):
                yield Static(label, classes="label")
                yield self.line_list(name)
        yield Field("File", hint=f"ends in {SUFFIXES_SAID}", id="file", max_length=1000)
        yield self.switch("take", "ctrl+t")
        yield Static(id="consequence")
        yield Static(id="left-out")

    def prepare(self) -> None:
        by = By.SKU if self._target.marked or not self._target else By.ORDER
        self._list("which").set_lines(self._which_lines())
        self._list("by").set_lines([_line(each, *words) for each, words in LISTS.items()], by)
        self._list("to").set_lines([_line(to, to.value, self._outlets.about(to)) for to in self._outlets.all])
        self._list("which" if len(self._list("which").lines) > 1 else "by").focus()
        self._look()

    def keys(self) -> list[Hint]:
        return [Hint(self.confirm_key, DOES[self._to]), Hint("↑↓", "choose"), Hint("tab", "next")]

    def _which_lines(self) -> list[Line]:
        target = self._target
        title = target.title if target.only else f"the {len(target.ids)} marked orders"
        words = {
            Which.TARGET: title,
            Which.TOGETHER: f"{title}, and what ships together with {'it' if target.only else 'them'}",
            Which.VIEW: f"all {self.work.session.table.view.span.total:,} of this view",
        }
        offered = reading.offered(target.ids, target.orders)
        return [_line(which, words[which]) for which in (*offered, *([Which.VIEW] if self._view else []))]

    # -- what is chosen

    def _list(self, name: str) -> LineList:
        return self.query_one(f"#{name}", LineList)

    @property
    def _which(self) -> str:
        return self._list("which").current

    @property
    def _to(self) -> To:
        return To(self._list("to").current)

    @property
    def _file(self) -> Field:
        return self.query_one("#field-file", Field)

    def _sheet(self, pick: Pick) -> Sheet:
        work, by = self.work, By(self._list("by").current)
        shop = work.session.me.shop if work.session.me is not None else ""
        return Sheet(pick, by, shop, work.pace.now(), work.zone, work.name)

    @property
    def _can_take(self) -> bool:
        return bool(self.work.name) and may_take(self.work.role, read_only=self.work.read_only)

    def problem(self) -> str:
        found = self._found.get(self._which)
        if isinstance(found, Pick) and not found.orders:
            return "nothing of this can be sent now"
        if self._take and not self.work.session.connection.acts:
            return f"{self.work.reading_only()}, so nothing can be taken"
        if self._to is To.FILE and form_of_file(Path(self._file.value)) is None:
            return f"the name has to end in {SUFFIXES_SAID}"
        return ""

    # -- what is shown

    def update(self) -> None:
        super().update()
        if not self.has_widgets:
            return
        for label, lines in zip(self.query(".choice .label"), self.query(LineList), strict=True):
            label.set_class(lines.has_focus, "-here")
        self._file.display = self._to is To.FILE
        self._name_file()
        switch = self.query_one(Switch)
        switch.display = self._can_take
        switch.show(SAID, on=self._take)
        self._show_outcome()

    def _show_outcome(self) -> None:
        """How much it would be, and what is left out of it."""
        found, rest = self._found.get(self._which), ""
        told: Piece = (f"reading {self.work.glyphs.ellipsis}", Tone.DIM)
        if isinstance(found, str):
            told = (found, Tone.WARN)
        elif found is not None:
            told = (contents(found), Tone.PLAIN)
            rest = remarks(found)
        self.query_one("#consequence", Static).update(content([told]))
        self.query_one("#left-out", Static).update(content([(rest, Tone.WARN)]))

    def _name_file(self) -> None:
        """The name of the file says what is in it, until another is typed."""
        name = name_of(self._sheet(Pick()), Form.HTML)
        if name != self._filled and self._file.value == self._filled:
            self._filled = name
            self.prefill("file", name)

    # -- keys

    def action_choose(self, step: int) -> None:
        """Up and down choose in the list that has the focus."""
        lines = self.focused if isinstance(self.focused, LineList) else self._list("to")
        lines.move(step)
        self._chosen()

    def on_descendant_focus(self) -> None:
        """It shows in which list up and down choose."""
        self.update()

    def on_line_list_moved(self) -> None:
        """A click chooses as well."""
        self._chosen()

    def _chosen(self) -> None:
        self._look()
        self.update()

    def action_take(self) -> None:
        """Whether the orders are to be one's own."""
        self._take = self._can_take and not self._take
        self.update()

    # -- reading and handing out

    def _look(self) -> None:
        """Reads what was not read yet of what is chosen."""
        which = self._which
        if which and which not in self._found:
            self.run_worker(self._read_for(which), name=LOOK, group=LOOK, exclusive=True, exit_on_error=False)

    async def _read_for(self, which: str) -> None:
        try:
            self._found[which] = await self._read(which)
        except ClientError as error:
            self._found[which] = str(error)
        self.update()

    async def _read(self, which: str) -> Pick:
        """As it is now. Raises ClientError."""
        session, target = self.work.session, self._target
        known = [session.table.order(order.id) or order for order in target.orders]
        return await reading.of(session, Which(which), target.ids, known, self._tell)

    def _tell(self, done: int, of: int) -> None:
        if self.has_widgets and done < of:
            self.query_one("#consequence", Static).update(content([(f"{done:,} of {of:,} read", Tone.DIM)]))

    def confirm(self) -> None:
        """It goes out once, however often Enter is pressed; what could not be read is read again."""
        if problem := too_small(self.app.size) or self.fault():
            self.say(problem, Tone.WARN)
        elif not self._out:
            self._out = True
            self.say(f"reading {self.work.glyphs.ellipsis}")
            self.run_worker(self._hand_out(self._which), name=HAND_OUT, exit_on_error=False)

    async def _hand_out(self, which: str) -> HandedOut | None:
        """Raises ClientError. None: nothing can be sent any more, which is said."""
        pick = self._found[which] = await self._read(which)
        if not pick.orders:
            self.update()
            self.say(self.problem(), Tone.WARN)
            return None
        sentence = await self._outlets.hand_out(self._sheet(pick), self._to, self._file.value)
        return HandedOut(sentence, taking(pick, self.work.name) if self._take else None)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """It is out, or it says why not."""
        worker = event.worker
        if worker.name not in {LOOK, HAND_OUT}:
            return
        event.stop()
        self._out = self._out and not (worker.name == HAND_OUT and worker.is_finished)
        if event.state is WorkerState.ERROR:
            known = isinstance(worker.error, ClientError)
            if not known:
                _log.error("picking broke", exc_info=worker.error)
            self.say(str(worker.error) if known else "something went wrong inside; the log has it", Tone.WARN)
        elif event.state is WorkerState.SUCCESS and isinstance(worker.result, HandedOut):
            self.dismiss(worker.result)


def _line(key: str, name: str, about: str = "") -> Line:
    return Line(key, ((f"{name:<11}" if about else name, Tone.PLAIN), (about, Tone.DIM)))
