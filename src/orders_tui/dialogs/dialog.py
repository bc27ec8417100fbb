"""What every dialog keeps to, so that no key ever confirms what nobody has read.

- Enter does nothing until the dialog was on screen for 150 ms, and not in the wake of another Enter (key repeat).
- Enter does nothing in a dialog where nothing was typed or chosen; ctrl+s says "as it stands".
- A dialog is bound to the orders and versions that were on show when it opened. When some change, it says which and to what, and
  the next confirmation only acknowledges that. Among many orders, where one or another always changes, once is enough: the server
  refuses those that changed later, each by itself.
- What was typed or pasted and not taken is said, and nothing is confirmed until the field was edited since.
- One that sends stays open while nothing can be sent: what is typed in it is kept.
- Every key that a dialog does not own ends in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Generic, TypeVar

from rich.console import RenderableType
from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.geometry import Size
from textual.screen import ModalScreen
from textual.widgets import Input, Static, TextArea

from orders_tui.context.breakpoints import too_small
from orders_tui.context.context import Context
from orders_tui.context.screen import SafeDismiss, SessionObserver, hidden_bindings
from orders_tui.dialogs.bound_orders import BoundOrders
from orders_tui.dialogs.field import TextLine
from orders_tui.errors import ReadOnly
from orders_tui.session.changes import (
    Change,
    ConnectionChanged,
    DetailChanged,
    PageShown,
    PresenceChanged,
    RowsChanged,
)
from orders_tui.widgets.bar import Bar, content
from orders_tui.widgets.cells import Piece
from orders_tui.widgets.first_line import Shade
from orders_tui.widgets.hint_bar import Hint, HintBar, KeyBar
from orders_tui.widgets.line_list import LineList
from orders_tui.widgets.switch import Switch
from orders_tui.wording import Tone
from orders_wire.orders import Order

EDITOR = "text.editor"
"""The command whose key has the text at hand edited outside."""

READ_S = 0.15
"""Nobody reads a dialog in less."""

T = TypeVar("T")


class Dialog(SessionObserver, ModalScreen[T | None], SafeDismiss[T | None], Generic[T]):
    """The frame: a title, a body, a line for what is wrong, a line of keys."""

    BINDINGS = hidden_bindings(
        {
            "escape": "leave",
            "ctrl+s": "confirm",
            "up": "choose(-1)",
            "down": "choose(1)",
            "pageup": "choose(-8)",
            "pagedown": "choose(8)",
        }
    )
    HEADING: ClassVar[tuple[str, str]] = ("", "")
    """The first line, where it is always the same: what it is, and a word more."""
    KEYS: ClassVar[Sequence[Hint]] = ()
    """The line of keys, where it is always the same."""
    SIZE = "medium"
    NEEDS_TOUCH = True
    UNDOES = False
    SENDS = False
    """Whether confirming sends something to the server."""

    def __init__(self, work: Context, orders: Sequence[Order] = ()) -> None:
        super().__init__(classes=f"{self.SIZE} -banded" if work.config.band_color else self.SIZE)
        self.work = work
        self.touched = False
        self.in_editor = False
        """Whether it opens with its text in the operator's editor."""
        self._orders = BoundOrders(orders)
        self._opened_at = float("inf")
        self._drawn_for: Size | None = None
        self._prefilled: dict[Input, str] = {}
        work.keyboard.hold()

    # -- what a dialog fills in

    def title_pieces(self) -> list[Piece]:
        """The first line."""
        title, more = self.HEADING
        return [(title, "strong"), *([(f"  {more}", Tone.DIM)] if more else [])]

    def body(self) -> ComposeResult:
        """What is between title and keys."""
        raise NotImplementedError

    def keys(self) -> list[Hint]:
        """The line of keys; `esc` is added."""
        return list(self.KEYS)

    def problem(self) -> str:
        """What stands in the way of confirming; empty when nothing does."""
        return ""

    def hindrance(self) -> str:
        """What stands in the way whatever is typed: said from the start."""
        return ""

    def escape_word(self) -> str:
        """What `esc` does, as the line of keys says it."""
        return "cancel"

    def result(self) -> T | None:
        """What confirming returns."""
        raise NotImplementedError

    def keep_draft(self) -> None:
        """The dialog is being left: what was typed is kept."""

    def prepare(self) -> None:
        """Fills the body in, once it is there."""

    def edited(self) -> None:
        """The text of a field is another now."""

    def action_choose(self, step: int) -> None:
        """Up and down choose in the dialog's list, wherever the focus is."""
        for lines in self.query(LineList):
            lines.move(step)

    @property
    def current(self) -> str:
        """The key of the line under the cursor of the dialog's list; empty when nothing can be chosen."""
        return self.query_one(LineList).current

    def finish(self, result: T) -> None:
        """Confirmed, and nothing stands in the way: the dialog returns it."""
        self.dismiss(result)

    def prefill(self, name: str, text: str) -> None:
        """Fills a field in, which is not typing."""
        line = self.query_one(f"#{name}", TextLine)
        self._prefilled[line] = text
        line.value, line.cursor_position = text, len(text)

    # -- the frame

    def bar(self, widget_id: str) -> Bar:
        """A line of the body."""
        return Bar(self.work.glyphs.ellipsis, id=widget_id)

    def switch(self, widget_id: str, key: str) -> Switch:
        """A box of the body, with its key."""
        return Switch(key, self.work.glyphs.ellipsis, id=widget_id)

    def line_list(self, widget_id: str) -> LineList:
        """A list of the body."""
        return LineList(self.work.glyphs.cursor, self.work.glyphs.ellipsis, id=widget_id)

    def render(self) -> RenderableType:
        """What is behind, in the shade but for the first line."""
        return Shade.over(self) or super().render()

    def compose(self) -> ComposeResult:
        with Vertical(id="dialog"):
            yield self.bar("title")
            yield from self.body()
            yield self.bar("change")
            yield self.bar("present")
            yield Static(id="problem")
            yield HintBar(self.work.glyphs.ellipsis, id="keys")

    def on_mount(self) -> None:
        """Typed-ahead letters go into the first field once it is there."""
        self._opened_at = self.work.pace.monotonic()
        self._prefilled = {field: field.value for field in self.query(Input)}
        self.prepare()
        self.update()
        self.call_after_refresh(self._take_typed_ahead)
        if self.in_editor:
            self.call_after_refresh(self.write_outside)

    def _take_typed_ahead(self) -> None:
        ahead = self.work.keyboard.release()
        taken = not ahead.text or self.take(ahead.text)
        if ahead.left:
            self.action_leave()
        elif ahead.dropped or not taken:
            self.say("keys that came before this was on screen were dropped")

    def take(self, text: str) -> bool:
        """Puts typed-ahead text where it was meant for, before there is a focus in the first field; False without a field."""
        match self.focused or next(iter(self.query("TextLine, TextArea")), None):
            case TextLine() as line:
                line.put(text)
            case TextArea() as area:
                area.insert(text)
            case _:
                return False
        return True

    def on_unmount(self) -> None:
        """A dialog that never got to its field keeps no key."""
        self.work.keyboard.release()

    def update(self) -> None:
        """Draws title, change, problem and keys anew. What was to be drawn after a refresh may come when the dialog was left."""
        if not self.has_widgets:
            return
        self.query_one("#title", Bar).set_pieces(self.title_pieces())
        change = self.query_one("#change", Bar)
        change.display = bool(self._orders.changed)
        change.set_pieces([(self._orders.changed, Tone.WARN)])
        self._show_present()
        self.say(self.fault() if self.touched else self._obstacle() or self.hindrance(), Tone.WARN)
        self.query_one(HintBar).show(self.keys(), Hint("esc", self.escape_word()))

    def _show_present(self) -> None:
        """Who else is at the order that it is about, if it is one."""
        bound = self.bound
        said = self.work.formatter().presence(bound[0].id) if len(bound) == 1 else []
        self.query_one("#present", Bar).appear(said)

    def say(self, text: str, tone: Tone = Tone.DIM) -> None:
        """A sentence above the keys."""
        self.query_one("#problem", Static).update(content([(text, tone)]))

    def on_resize(self, event: events.Resize) -> None:
        """Drawn anew for another size; a terminal that was lent comes back with the one that it had."""
        if event.size != self._drawn_for:
            self._drawn_for = event.size
            self.call_after_refresh(self.update)

    @property
    def bound(self) -> list[Order]:
        """The orders it is about, as they are now known."""
        return list(self._orders.now.values())

    def session_changed(self, change: Change) -> None:
        """Watches the orders that this dialog is about."""
        if isinstance(change, ConnectionChanged) and self.SENDS:
            self.update()
        if isinstance(change, PresenceChanged) and self.has_widgets:
            self._show_present()
        if isinstance(change, RowsChanged | PageShown | DetailChanged):
            for before in self.bound:
                order = self.work.session.table.order(before.id)
                if order is not None and self._orders.update(order):
                    self.update()

    # -- confirming and leaving

    @property
    def confirm_key(self) -> str:
        """The key that confirms at this moment: Enter does nothing in a dialog where nothing was typed or chosen yet."""
        return "enter" if self.touched or not self.NEEDS_TOUCH else "ctrl+s"

    def fault(self) -> str:
        """What stands in the way of confirming, whoever noticed it: a field, the connection to the server, the dialog."""
        return self._obstacle() or self.problem()

    def _obstacle(self) -> str:
        if self.SENDS and self.work.read_only:
            return str(ReadOnly())
        refused = next((field.refusal for field in self.query(TextLine) if field.refusal), "")
        held = self.SENDS and not self.work.session.connection.acts
        return refused or (f"{self.work.reading_only()}; esc keeps what is typed" if held else "")

    def action_leave(self) -> None:
        """Nothing is done; what was typed is kept."""
        self.keep_draft()
        self.dismiss(None)

    def action_confirm(self) -> None:
        """ctrl+s: as it stands."""
        self.touched = True
        self.confirm()

    def entered(self) -> None:
        """Enter, with its rules."""
        if self.work.pace.monotonic() - self._opened_at < READ_S or self.work.keyboard.enter_repeated:
            self.say("Enter came too soon; press it again")
        elif self.NEEDS_TOUCH and not self.touched:
            self.say("nothing was chosen yet; ctrl+s confirms as it stands")
        else:
            self.confirm()

    def confirm(self) -> None:
        """Finishes with the result, unless there is something to be acknowledged first, or something stands in the way."""
        if self._orders.changed:
            acknowledged = self._orders.acknowledge()
            self.update()
            self.say(acknowledged, Tone.WARN)
        elif problem := too_small(self.app.size) or self.fault():
            self.say(problem, Tone.WARN)
        elif (result := self.result()) is None:
            self.dismiss(None)
        else:
            self.finish(result)

    # -- keys and text

    def write_outside(self) -> None:
        """The text at hand in the operator's editor."""
        from orders_tui.dialogs.outside_editor import edit

        self.run_worker(edit(self), "editor")

    def on_key_bar_pressed(self, message: KeyBar.Pressed) -> None:
        """A click on a key that came before anybody could read it goes nowhere."""
        if self.work.pace.monotonic() - self._opened_at < READ_S:
            message.stop()
            self.say("the click came too soon; click again")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.entered()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Typing is touching; what the dialog filled in itself is not."""
        event.stop()
        self.touched |= event.value != self._prefilled.get(event.input, event.value)
        self.edited()
        self.update()

    def on_text_line_refused(self, event: TextLine.Refused) -> None:
        """Something did not go into a field, or it was edited since."""
        event.stop()
        self.touched = True
        self.update()

    def on_paste(self, event: events.Paste) -> None:
        """A paste that no field took. A `TextArea` lets it pass when it has taken it."""
        event.stop()
        if not isinstance(self.focused, TextArea):
            self.say("what was pasted went nowhere: no field has the focus; tab goes to one", Tone.WARN)

    def on_key(self, event: events.Key) -> None:
        """What the dialog does not own ends here."""
        if event.key in self.work.keymap.keys.get(EDITOR, ()):
            event.stop()
            self.write_outside()
        elif event.key == "enter" and not isinstance(self.focused, Input):
            event.stop()
            self.entered()
