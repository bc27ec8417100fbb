"""What a piece of text and a state of a row look like, from the theme's variables; built once per theme.

Textual's component classes would do the same at the price of a stylesheet match for every name in every widget at every start.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from rich.style import Style
from textual.color import Color

_LOOKS: dict[str, tuple[str, str, bool]] = {
    "strong": ("", "", True),
    "dim": ("tone-dim", "", False),
    "good": ("tone-good", "", False),
    "active": ("tone-active", "", False),
    "warn": ("tone-warn", "", False),
    "bad": ("tone-bad", "", False),
    "key": ("tone-active", "", True),
    "faint": ("faint", "", False),
    "alarm": ("on-bad", "tone-bad", True),
    "badge": ("background", "tone-active", True),
    "chip": ("", "row-cursor", False),
    "band": ("background", "", False),
    "band-strong": ("background", "", True),
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

_built: dict[str, Mapping[str, Style]] = {}


def palette(theme: str, variables: Mapping[str, str]) -> Mapping[str, Style]:
    """The styles by name in a theme."""
    if theme not in _built:
        styles = {name: _style(*look, variables) for name, look in _LOOKS.items()}
        styles["ghost"] += Style(italic=True)
        _built[theme] = MappingProxyType(styles)
    return _built[theme]


def _style(text: str, ground: str, bold: bool, variables: Mapping[str, str]) -> Style:
    return Style(
        color=Color.parse(variables[text]).rich_color if text else None,
        bgcolor=Color.parse(variables[ground]).rich_color if ground else None,
        bold=bold or None,
    )
