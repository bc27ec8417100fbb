"""One line to type in, with its name in front."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Static

from orders_tui.dialogs.text_line import TextLine
from orders_tui.sanitise import trimmed


class Field(Horizontal):
    """A label and an `Input`; `value` is what is typed."""

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
        self._input = TextLine(
            value,
            label,
            placeholder=hint,
            id=id,
            compact=True,
            password=password,
            max_length=max_length,
            prose=prose,
        )
        self._input.cursor_blink = False

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

    def set(self, value: str) -> None:
        """Fills it in."""
        self._input.value = value
        self._input.cursor_position = len(value)
