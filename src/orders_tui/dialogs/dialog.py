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

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, ClassVar, Generic, TypeVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Static, TextArea

from orders_tui.dialogs.text_line import TextLine
from orders_tui.screens.breakpoints import too_small
from orders_tui.screens.leaving import Leaving
from orders_tui.screens.stage import REPEAT_S
from orders_tui.screens.watches import Watches
from orders_tui.screens.workplace import Workplace
from orders_tui.session.changes import Change, ConnectionChanged, DetailChanged, PageShown, RowsChanged
from orders_tui.widgets.bar import Bar, content
from orders_tui.widgets.cells import Piece
from orders_tui.widgets.hint_bar import Hint, fitting
from orders_tui.wording import Tone

if TYPE_CHECKING:
    from orders_wire.orders import Order

READ_S = 0.15
NAMED = 5
"""So many changed orders are named; the others are counted."""

T = TypeVar("T")


FIELDS = ("TextLine", "TextArea")
"""Where text goes; before a dialog has its focus, the first of them."""


class Dialog(Watches, ModalScreen[T | None], Leaving[T | None], Generic[T]):
    """The frame: a title, a body, a line for what is wrong, a line of keys."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", show=False),
        Binding("ctrl+s", "confirm", show=False),
        Binding("up", "choose(-1)", show=False),
        Binding("down", "choose(1)", show=False),
    ]
    SIZE = "medium"
    NEEDS_TOUCH = True
    UNDOES = False
    """Whether `u` takes back here, as on the screen below."""
    SENDS = False
    """Whether confirming sends something to the server."""

    def __init__(self, work: Workplace, orders: Sequence[Order] = ()) -> None:
        super().__init__(classes=self.SIZE)
        self.work = work
        self.touched = False
        self._bound = {order.id: order for order in orders}
        self._as_opened = dict(self._bound)
        self._unread: dict[str, str] = {}
        self._acknowledged = False
        self._opened_at = float("inf")
        self._given: dict[Input, str] = {}
        work.keyboard.hold()

    # -- what a dialog fills in

    def title_pieces(self) -> list[Piece]:
        """The first line."""
        raise NotImplementedError

    def body(self) -> ComposeResult:
        """What is between title and keys."""
        raise NotImplementedError

    def keys(self) -> list[Hint]:
        """The line of keys; `esc` is added."""
        raise NotImplementedError

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

    @property
    def confirm_key(self) -> str:
        """The key that confirms at this moment: Enter does nothing in a dialog where nothing was typed or chosen yet."""
        return "enter" if self.touched or not self.NEEDS_TOUCH else "ctrl+s"

    def fault(self) -> str:
        """What stands in the way of confirming, whoever noticed it: a field, the line to the server, the dialog."""
        return self._obstacle() or self.problem()

    def _obstacle(self) -> str:
        refused = next((field.refusal for field in self.query(TextLine) if field.refusal), "")
        held = self.SENDS and not self.work.session.connection.acts
        return refused or (f"{self.work.reading_only()}; esc keeps what is typed" if held else "")

    # -- the frame

    def compose(self) -> ComposeResult:
        glyph = self.work.glyphs.ellipsis
        with Vertical(id="dialog"):
            yield Bar(glyph, id="title")
            yield from self.body()
            yield Bar(glyph, id="change")
            yield Static(id="problem")
            yield Bar(glyph, id="keys")

    def on_mount(self) -> None:
        """Typed-ahead letters go into the first field once it is there."""
        self._opened_at = self.work.pace.monotonic()
        self._given = {field: field.value for field in self.query(Input)}
        self.prepare()
        self.update()
        self.call_after_refresh(self._take_typed_ahead)

    def _take_typed_ahead(self) -> None:
        ahead = self.work.keyboard.release()
        taken = not ahead.text or self.take(ahead.text)
        if ahead.left:
            self.action_leave()
        elif ahead.dropped or not taken:
            self.say("keys that came before this was on screen were dropped")

    def take(self, text: str) -> bool:
        """Puts typed-ahead text where it was meant for; False where there is no such place."""
        field = self.focused or next(iter(self.query(", ".join(FIELDS))), None)
        match field:
            case TextLine():
                field.put(text)
            case TextArea():
                field.insert(text)
            case _:
                return False
        return True

    def on_unmount(self) -> None:
        """A dialog that never got to its field keeps no key."""
        self.work.keyboard.release()

    def update(self) -> None:
        """Draws title, change, problem and keys anew."""
        self.query_one("#title", Bar).set_pieces(self.title_pieces())
        change = self.query_one("#change", Bar)
        change.display = bool(self._unread)
        change.set_pieces([(self._changed(), Tone.WARN)])
        self.say(self.fault() if self.touched else self._obstacle() or self.hindrance(), Tone.WARN)
        keys = self.query_one("#keys", Bar)
        keys.set_pieces(fitting(self.keys(), Hint("esc", self.escape_word()), max(20, keys.size.width)))

    def say(self, text: str, tone: Tone = Tone.DIM) -> None:
        """A sentence above the keys."""
        self.query_one("#problem", Static).update(content([(text, tone)]))

    def on_resize(self) -> None:
        self.call_after_refresh(self.update)

    def session_changed(self, change: Change) -> None:
        """Watches the orders that this dialog is about."""
        if isinstance(change, ConnectionChanged) and self.SENDS:
            self.update()
        if isinstance(change, RowsChanged | PageShown | DetailChanged):
            for order_id in list(self._bound):
                order = self.work.session.table.order(order_id)
                if order is not None:
                    self._order_seen(order)

    def _order_seen(self, order: Order) -> None:
        before = self._bound[order.id]
        if order.version > before.version and not self._acknowledged:
            self._unread[order.id] = f"{order.order_number} {difference(self._as_opened[order.id], order)}"
            self._bound[order.id] = order
            self.update()

    def _changed(self) -> str:
        """What has changed since the dialog opened, newest last."""
        if len(self._bound) == 1:
            return "".join(words.replace(" ", " has just changed: ", 1) for words in self._unread.values())
        return f"{len(self._unread)} have changed: {_listed(self._unread.values())}"

    @property
    def bound(self) -> list[Order]:
        """The orders it is about, as they are now known."""
        return list(self._bound.values())

    # -- confirming and leaving

    def action_leave(self) -> None:
        """Nothing is done; what was typed is kept."""
        self.keep_draft()
        self.dismiss(None)

    def action_confirm(self) -> None:
        """ctrl+s: as it stands."""
        self.touched = True
        self._try()

    def action_choose(self, step: int) -> None:
        """Up and down choose in the dialog's list, wherever the focus is."""

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.entered()

    def entered(self) -> None:
        """Enter, with its rules."""
        if self.work.pace.monotonic() - self._opened_at < READ_S or self.work.keyboard.enter_gap_s < REPEAT_S:
            self.say("Enter came too soon; press it again")
        elif self.NEEDS_TOUCH and not self.touched:
            self.say("nothing was chosen yet; ctrl+s confirms as it stands")
        else:
            self._try()

    def _try(self) -> None:
        if self._unread:
            changed = _listed(self._unread.values())
            self._unread, self._as_opened, self._acknowledged = {}, dict(self._bound), len(self._bound) > 1
            self.update()
            known = "the orders as they are" if self._acknowledged else "the order as it is"
            self.say(f"press again to confirm with {known} now: {changed}", Tone.WARN)
            return
        problem = too_small(self.app.size) or self.fault()
        if problem:
            self.say(problem, Tone.WARN)
            return
        result = self.result()
        if result is None:
            self.dismiss(None)
        else:
            self.finish(result)

    def finish(self, result: T) -> None:
        """Confirmed, and nothing stands in the way: the dialog returns it."""
        self.dismiss(result)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Typing is touching; what the dialog filled in itself is not."""
        event.stop()
        if event.value != self._given.get(event.input, event.value):
            self.touched = True
        self.edited()
        self.update()

    def edited(self) -> None:
        """The text of a field is another now."""

    def on_text_line_refused(self, event: TextLine.Refused) -> None:
        """Something did not go into a field, or it was edited since."""
        event.stop()
        self.touched = True
        self.update()

    def on_paste(self, event: events.Paste) -> None:
        """A paste that no field took. A `TextArea` lets it pass when it has taken it."""
        event.stop()
        if isinstance(self.focused, TextArea):
            return
        self.say("what was pasted went nowhere: no field has the focus; tab goes to one", Tone.WARN)

    def on_key(self, event: events.Key) -> None:
        """What the dialog does not own ends here."""
        if event.key == "enter" and not isinstance(self.focused, Input):
            event.stop()
            self.entered()


def _listed(changes: Collection[str]) -> str:
    """The changes, the first few in words: `#1001 owner bo; #1002 status cancelled; and 4 more`."""
    words = list(changes)
    more = [f"and {len(words) - NAMED} more"] if len(words) > NAMED else []
    return "; ".join([*words[:NAMED], *more])


def _by(order: Order) -> str:
    """Who gave the order its owner, where it was somebody else."""
    given = next((entry.details for entry in reversed(order.timeline) if entry.event == "assigned"), "")
    owner, _, by = given.partition(", by ")
    return f" (by {by})" if by and owner == order.assigned_to and by != owner else ""


def difference(before: Order, after: Order) -> str:
    """What is different, in a few words."""
    words = []
    if before.status is not after.status:
        words.append(f"status {after.status.replace('_', ' ')}")
    if before.assigned_to != after.assigned_to:
        words.append(f"owner {after.assigned_to}{_by(after)}")
    if before.hold != after.hold:
        words.append("held" if after.hold else "hold gone")
    if before.return_ != after.return_:
        words.append(f"return {after.return_.state.replace('_', ' ')}" if after.return_ else "return gone")
    if not words and after.timeline and after.timeline != before.timeline:
        words.append(after.timeline[-1].event.replace("_", " "))
    return ", ".join(words) or "details"
