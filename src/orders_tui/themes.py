"""The desk's own themes, and what every other theme needs to show the desk's meanings.

Each tone of `wording.Tone` has a colour in every theme; on the desk's own themes all of them reach a contrast of 4.5 to 1
against the background and against the cursor's row (a test holds that).
"""

from __future__ import annotations

from textual.theme import BUILTIN_THEMES, Theme

from orders_tui.config import Config, nearest
from orders_tui.errors import ConfigError

DARK = Theme(
    name="desk-dark",
    dark=True,
    primary="#6cb6ff",
    secondary="#8b9bb4",
    accent="#6cb6ff",
    foreground="#d8dee8",
    background="#11151c",
    surface="#161b24",
    panel="#1d2430",
    success="#6bc28a",
    warning="#e3b341",
    error="#ff8178",
    variables={
        "tone-dim": "#97a3b6",
        "tone-good": "#6bc28a",
        "tone-active": "#6cb6ff",
        "tone-warn": "#e3b341",
        "tone-bad": "#ff8178",
        "row-cursor": "#25364f",
        "row-marked": "#1a2638",
        "row-changed": "#242a22",
        "rule": "#313b4b",
        "faint": "#4d5a6e",
        "bar": "#1d2430",
        "on-bad": "#2a0d0b",
        "footer-key-foreground": "#6cb6ff",
        "input-selection-background": "#6cb6ff 35%",
        "block-cursor-background": "#25364f",
        "block-cursor-foreground": "#d8dee8",
        "block-cursor-text-style": "bold",
        "border": "#6cb6ff",
        "border-blurred": "#313b4b",
        "scrollbar": "#313b4b",
        "scrollbar-hover": "#4d5a6e",
        "scrollbar-active": "#6cb6ff",
        "scrollbar-background": "#11151c",
        "scrollbar-background-hover": "#11151c",
        "scrollbar-background-active": "#11151c",
    },
)

LIGHT = Theme(
    name="desk-light",
    dark=False,
    primary="#0b5cad",
    secondary="#55606e",
    accent="#0b5cad",
    foreground="#1d232b",
    background="#fcfbf9",
    surface="#f4f2ee",
    panel="#e9e6df",
    success="#17693a",
    warning="#7a4f00",
    error="#ad1f18",
    variables={
        "tone-dim": "#59626e",
        "tone-good": "#17693a",
        "tone-active": "#0b5cad",
        "tone-warn": "#7a4f00",
        "tone-bad": "#ad1f18",
        "row-cursor": "#d3e3f6",
        "row-marked": "#e8f0fa",
        "row-changed": "#f3f1da",
        "rule": "#cfcac0",
        "faint": "#a39d92",
        "bar": "#e9e6df",
        "on-bad": "#fff5f4",
        "footer-key-foreground": "#0b5cad",
        "input-selection-background": "#0b5cad 25%",
        "block-cursor-background": "#d3e3f6",
        "block-cursor-foreground": "#1d232b",
        "block-cursor-text-style": "bold",
        "border": "#0b5cad",
        "border-blurred": "#cfcac0",
        "scrollbar": "#cfcac0",
        "scrollbar-hover": "#a39d92",
        "scrollbar-active": "#0b5cad",
        "scrollbar-background": "#fcfbf9",
        "scrollbar-background-hover": "#fcfbf9",
        "scrollbar-background-active": "#fcfbf9",
    },
)

THEMES: tuple[Theme, ...] = (DARK, LIGHT)
CYCLE: tuple[str, ...] = (DARK.name, LIGHT.name, "ansi-dark", "ansi-light")
"""What the theme key walks through; the palette offers every theme there is."""


def require(config: Config) -> None:
    """Raises ConfigError, with the nearest right one, when the configured theme is none."""
    known = sorted({*BUILTIN_THEMES, *(theme.name for theme in THEMES)})
    if config.theme and config.theme not in known:
        near = nearest(config.theme, known)
        raise ConfigError(f"{config.path}: there is no theme {config.theme}{near}; known: {', '.join(known)}")


_ANSI = {
    "tone-dim": "ansi_bright_black",
    "tone-good": "ansi_green",
    "tone-active": "ansi_blue",
    "tone-warn": "ansi_yellow",
    "tone-bad": "ansi_red",
    "row-cursor": "ansi_bright_black 30%",
    "row-marked": "ansi_default",
    "row-changed": "ansi_default",
    "rule": "ansi_bright_black",
    "faint": "ansi_bright_black",
    "bar": "ansi_default",
    "on-bad": "ansi_default",
}


def fill_in(theme: Theme) -> dict[str, str]:
    """The desk's variables for a theme that lacks them: its own colours where it has some, else those of DARK or LIGHT."""
    house = DARK if theme.dark else LIGHT
    own = {
        "tone-good": theme.success,
        "tone-active": theme.accent or theme.primary,
        "tone-warn": theme.warning,
        "tone-bad": theme.error,
    }
    defaults = dict(house.variables) if theme.name in (DARK.name, LIGHT.name) else _desk_only(house)
    return defaults | {name: color for name, color in own.items() if color is not None}


def _desk_only(house: Theme) -> dict[str, str]:
    return {name: house.variables[name] for name in _ANSI}
