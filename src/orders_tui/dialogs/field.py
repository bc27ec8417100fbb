"""One line to type in, with its name in front. It drops nothing silently: what does not go in is refused with a reason."""

from __future__ import annotations

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static

from orders_tui.sanitise import trimmed
from orders_tui.widgets.bar import content
from orders_tui.wording import Tone


class TextLine(Input):
    """`refusal`: why the last thing typed or pasted was not taken, while what was there stays; empty once it was edited since."""

    class Refused(Message):
        """`refusal` is another now."""

    def __init__(self, value: str, label: str, line_id: str, *, password: bool, max_length: int, prose: bool) -> None:
        super().__init__(
            value, id=line_id, password=password, max_length=max_length, compact=True, select_on_focus=False
        )
        self.cursor_blink = False
        self.refusal = ""
        self.left_out = ""
        """What came back from an editor and was too long."""
        self._label = label if label.isalpha() else "this line"
        self._prose = prose

    def put(self, text: str) -> None:
        """Puts pasted text at the cursor, or refuses it."""
        lines = [line for line in text.splitlines() if trimmed(line)]
        if not lines:
            self._refuse("what was pasted is blank" if text else "")
        elif len(lines) > 1 and not self._prose:
            self._refuse(f"{len(lines)} lines were pasted and {self._label} takes one: nothing was put in")
        else:
            self.replace(lines[0] if len(lines) == 1 else " ".join(map(trimmed, lines)), *self.selection)

    def put_edited(self, text: str) -> None:
        """What came back from an editor stands here, in one line. What is too long does not: it is what the editor gets next."""
        line = " ".join(filter(None, map(trimmed, text.splitlines())))
        if self.max_length and len(line) > self.max_length:
            self.left_out = line
            most = f"{self._label} takes at most {self.max_length} characters, the editor brought {len(line)}"
            self._refuse(f"{most}: not put in; it gets them again")
            return
        self.replace(line, 0, len(self.value))
        self.cursor_position = len(self.value)

    def replace(self, text: str, start: int, end: int) -> None:
        """Every change of the text comes through here, from the keyboard and from the clipboard."""
        first, last = sorted((max(0, start), min(len(self.value), end)))
        cells = len(self.value) - (last - first) + len(text)
        if self.max_length and cells > self.max_length:
            most = f"{self._label} takes at most {self.max_length} characters, {cells} are too many"
            self._refuse(f"{most}: {'the paste was' if len(text) > 1 else 'that letter was'} not put in")
            return
        self._refuse("")
        self.left_out = ""
        super().replace(text, start, end)

    def _refuse(self, reason: str) -> None:
        if reason != self.refusal:
            self.refusal = reason
            self.post_message(self.Refused())

    def action_paste(self) -> None:
        """What was cut or copied here."""
        self.put(self.app.clipboard)

    def _on_paste(self, event: events.Paste) -> None:
        event.stop()
        event.prevent_default()
        self.put(event.text)


class Field(Horizontal):
    """A label and a line to type in; `value` is what is typed."""

    def __init__(
        self,
        label: str,
        value: str = "",
        *,
        hint: str = "",
        id: str,  # noqa: A002
        password: bool = False,
        max_length: int = 500,
        prose: bool = False,
    ) -> None:
        """`max_length` in characters; `prose`: pasted lines are put behind each other, elsewhere several are refused."""
        super().__init__(id=f"field-{id}", classes="field")
        self._label = label
        self._input = TextLine(value, label, id, password=password, max_length=max_length, prose=prose)
        self._input.placeholder = hint

    def compose(self) -> ComposeResult:
        yield Static(Content(self._label), classes="label")
        yield self._input

    @property
    def value(self) -> str:
        """What is typed, without blanks around it."""
        return trimmed(self._input.value)

    @property
    def blank(self) -> bool:
        """Whether something was typed that is nothing but blanks."""
        return bool(self._input.value) and not self.value

    def advise(self, hint: str) -> None:
        """Says in the empty line what is to be typed."""
        self._input.placeholder = hint

    def set(self, value: str) -> None:
        """Fills it in."""
        self._input.value = value
        self._input.cursor_position = len(value)


class RemarkedField(Field):
    """A field that has something said about it behind the line."""

    def compose(self) -> ComposeResult:
        yield from super().compose()
        yield Static(classes="remark")

    def remark(self, text: str, tone: Tone) -> None:
        """Says it; empty: nothing."""
        remark = self.query_one(".remark", Static)
        remark.update(content([(text, tone)]))
        remark.display = bool(text)
