"""One line to type in, with its name in front."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Input, Static


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
    ) -> None:
        super().__init__(id=f"field-{id}", classes="field")
        self._label = label
        self._input = Input(
            value,
            placeholder=hint,
            id=id,
            compact=True,
            password=password,
            max_length=max_length,
            select_on_focus=False,
        )
        self._input.cursor_blink = False

    def compose(self) -> ComposeResult:
        yield Static(Content(self._label), classes="label")
        yield self._input

    @property
    def value(self) -> str:
        """What is typed, without blanks around it."""
        return self._input.value.strip()

    def set(self, value: str) -> None:
        """Fills it in."""
        self._input.value = value
        self._input.cursor_position = len(value)
