"""Widgets that draw lines of pieces straight to strips: no markup, no layout of text, each style built once per theme.

Textual's component classes would do the same at the price of a stylesheet match for every name in every widget at every start.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.widget import Widget

from orders_tui.widgets.cells import Piece, plain

LOOKS: dict[str, tuple[str, str, bool]] = {
    "strong": ("", "", True),
    **{tone: (f"tone-{tone}", "", False) for tone in ("dim", "good", "active", "warn", "bad")},
    "dire": ("tone-dire", "", True),
    "key": ("tone-active", "", True),
    "faint": ("faint", "", False),
    "pointed": ("", "row-cursor", True),
    "alarm": ("on-bad", "tone-bad", True),
    "badge": ("background", "tone-active", True),
    "chip": ("", "row-cursor", False),
    "banner": ("on-warn", "", False),
    "banner-strong": ("on-warn", "", True),
    "tab": ("", "row-cursor", True),
    "tab-key": ("tone-active", "row-cursor", True),
    "tab-dim": ("tone-dim", "row-cursor", False),
    "tab-warn": ("tone-warn", "row-cursor", False),
    "cursor": ("", "row-cursor", True),
    "cursor-away": ("", "surface", False),
    "marked": ("", "row-marked", False),
    "changed": ("", "row-changed", False),
    "ghost": ("tone-dim", "", False),
    "header": ("tone-dim", "surface", True),
    "sorted": ("foreground", "surface", True),
    "loading": ("faint", "", False),
}
"""Name → the theme's variable for the text, for the ground (empty: as below), and whether it is bold."""

_USED = sorted(
    {variable for text, ground, _ in LOOKS.values() for variable in (text, ground, "background") if variable}
)
_built: dict[tuple[str, ...], Mapping[str, Style]] = {}


def palette(variables: Mapping[str, str]) -> Mapping[str, Style]:
    """The styles by name in these colours: while a theme changes, its name is there before they are."""
    colors = tuple(variables[name] for name in _USED)
    if colors not in _built:
        styles = {name: _style(*look, variables) for name, look in LOOKS.items()}
        styles["ghost"] += Style(italic=True)
        _built[colors] = MappingProxyType(styles)
    return _built[colors]


_SELECTED = "row-cursor"
"""The ground of what is chosen."""


def _style(text: str, ground: str, bold: bool, variables: Mapping[str, str]) -> Style:
    """With the terminal's own colours nobody knows which two of them can be read on each other, but for text on its ground: what
    has a ground of its own is that in reverse.
    """
    if ground and Color.parse(variables["background"]).ansi is not None:
        tone = ground if ground.startswith("tone-") else ""
        color = Color.parse(variables[tone]).rich_color if tone else None
        return Style(color=color, reverse=bool(tone) or ground == _SELECTED or None, bold=bold or None)
    return Style(
        color=Color.parse(variables[text]).rich_color if text else None,
        bgcolor=Color.parse(variables[ground]).rich_color if ground else None,
        bold=bold or None,
    )


def toned(base: Style, style: Style) -> Style:
    """A piece's style on a line's: what is in reverse as a whole is in one colour."""
    return base + (Style(bold=style.bold) if base.reverse else style)


def content_style(name: str) -> str:
    """A style of the palette that has no ground, as Textual's Content wants it."""
    text, _, bold = LOOKS.get(name, ("", "", False))
    return f"{'bold ' if bold else ''}${text or 'foreground'}"


def changed_lines(before: Sequence[object], after: Sequence[object]) -> set[int]:
    """The numbers of the lines that differ."""
    shared = min(len(before), len(after))
    longer = set(range(shared, max(len(before), len(after))))
    return longer | {at for at in range(shared) if before[at] != after[at]}


def set_content_size(view: ScrollView, size: Size) -> None:
    """How much there is to scroll. Textual lays out the whole screen for it, where nothing but the bar depends on it too."""
    if view.styles.auto_dimensions:
        view.virtual_size = size
    elif size != view.virtual_size:
        view.set_reactive(Widget.virtual_size, size)
        view._scroll_update(size)


class Styled(Widget):
    """Knows the styles of the palette; `plain` is the widget's own."""

    _own: Style | None = None
    _palette: Mapping[str, Style] | None = None

    def own_style(self, name: str) -> Style:
        """A style of the palette, on no ground unless it has one; `plain`: the widget's, with its ground."""
        if name == "plain":
            if self._own is None:
                self._own = self.rich_style
            return self._own
        if self._palette is None:
            self._palette = palette(self.app.theme_variables)
        return self._palette[name]

    def strip(self, pieces: Iterable[Piece], cells: int, over: str = "plain") -> Strip:
        """The pieces as a line that is exactly so wide; `over` is a style that the whole line is on."""
        base = self.own_style("plain")
        if over != "plain":
            base += self.own_style(over)
        segments = [Segment(plain(text), self._piece_style(base, style)) for text, style in pieces]
        return Strip(segments).simplify().adjust_cell_length(cells, base)

    def _piece_style(self, base: Style, name: str) -> Style:
        return base if name == "plain" else toned(base, self.own_style(name))

    def notify_style_update(self) -> None:
        """The theme, a class or the focus has changed."""
        super().notify_style_update()
        self._own = self._palette = None
