"""A count that is read from two metres away: `3 / 5`."""

from __future__ import annotations

from rich.text import Text
from textual.app import RenderResult
from textual.widgets import Digits

_ASCII = (
    " _     _  _     _  _  _  _  _   /   ",
    "| |  | _| _||_||_ |_   ||_||_| /    ",
    "|_|  ||_  _|  | _||_|  ||_| _|/     ",
)
"""The ten digits, a stroke and a blank, three cells each."""
_CHARS = "0123456789/ "


class BigCount(Digits):
    """Textual's digits; where there is ASCII alone, as on a pocket calculator."""

    def __init__(self, *, ascii_only: bool, id: str) -> None:  # noqa: A002
        super().__init__(id=id)
        self._ascii_only = ascii_only

    def render(self) -> RenderResult:
        if not self._ascii_only:
            return super().render()
        places = [_CHARS.index(char) * 3 for char in self.value if char in _CHARS]
        rows = ("".join(f"{row[at : at + 3]:<4}" for at in places) for row in _ASCII)
        return Text("\n".join(rows), self.rich_style, justify="center")
