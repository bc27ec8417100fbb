"""The first line of every screen: it is the band of the profile, coloured over its whole width, and costs no line of its own.

On the band everything is in black or white, whichever can be read better on its colour (always 4.5 to 1 at least); what stands
out elsewhere by its colour stands out by weight or in reverse here. Reverse is also what is left of the band without colours.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from rich.console import Console, ConsoleOptions, RenderResult
from rich.segment import Segment
from rich.style import Style
from textual._context import visible_screen_stack
from textual.color import Color
from textual.renderables.background_screen import BackgroundScreen
from textual.screen import Screen

from orders_tui.config import Config
from orders_tui.glyphs import UNICODE
from orders_tui.widgets.bar import Bar, spread
from orders_tui.widgets.cells import Piece
from orders_tui.wording import Tone

BLACK, WHITE, TRANSPARENT = Color(0, 0, 0), Color(255, 255, 255), Color(0, 0, 0, 0)
REVERSED = Style(bold=True, reverse=True)
BOLD = Style(bold=True)
STYLES = {
    **dict.fromkeys(("badge", "alarm"), REVERSED),
    **dict.fromkeys(("strong", "key", Tone.WARN, Tone.BAD), BOLD),
}
"""How pieces look on a band; all others are plain."""


@dataclass(frozen=True, slots=True)
class Band:
    """The word of an environment, and the colour of its band; without one the word stands in a badge."""

    word: str = ""
    color: str | None = None

    @classmethod
    def of(cls, config: Config) -> Band:
        """The band of the profile that is in force."""
        color = config.band_color
        return cls(config.environment or (config.profile or "" if color else ""), color)

    @property
    def pieces(self) -> list[Piece]:
        """The word, to stand first."""
        return [(f" {self.word} ", "badge"), (" ", Tone.PLAIN)] if self.word else []


def ink(ground: Color) -> Color:
    """Black or white, whichever has more contrast with the ground."""
    return BLACK if contrast(BLACK, ground) >= contrast(WHITE, ground) else WHITE


def contrast(one: Color, two: Color) -> float:
    """As WCAG has it, 1 to 21."""
    brighter, darker = sorted((_luminance(one), _luminance(two)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


def _luminance(color: Color) -> float:
    parts = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in color.normalized]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


class FirstLine(Bar):
    """A bar on the band. The word stands before whatever the line says."""

    def __init__(self, band: Band, ellipsis: str = UNICODE.ellipsis, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(ellipsis, id=id)
        self.band = band

    def on_mount(self) -> None:
        if self.band.color is not None:
            ground = Color.parse(self.band.color)
            self.styles.background, self.styles.color = ground, ink(ground)

    def own_style(self, name: str) -> Style:
        if self.band.color is None or name == "plain":
            return super().own_style(name)
        return STYLES.get(name, Style.null())

    def pieces(self, cells: int) -> Sequence[Piece]:
        left, right = self._pieces
        return spread([*self.band.pieces, *left], right, cells, self.ellipsis)


class Shade(BackgroundScreen):
    """What is behind a dialog, in its shade, but for the first line: which shop this is, and what can be taken back for how long,
    is read there.
    """

    @classmethod
    def over(cls, dialog: Screen[Any]) -> Shade | None:
        """What is behind a dialog that is being drawn; None where nothing is. Colours of the terminal's own cannot be mixed."""
        stack, shade = visible_screen_stack.get([]), dialog.styles.background
        if not stack or stack[-1] is dialog:
            return None
        return cls(stack.pop(), shade if shade.ansi is None else TRANSPARENT)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        segments = iter(console.render(self.screen._compositor, options))
        yield from self.process_segments(_first_line(segments), TRANSPARENT)
        yield from self.process_segments(segments, self.color)


def _first_line(segments: Iterator[Segment]) -> Iterator[Segment]:
    """The segments up to the end of a line, and no further."""
    for segment in segments:
        yield segment
        if segment.text == "\n":
            return
