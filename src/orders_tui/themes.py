"""The desk's own themes, and what every other theme needs to show the desk's meanings.

Each tone of `wording.Tone` has a colour in every theme; on the desk's own themes all of them reach a contrast of 4.5 to 1
against the background and against the cursor's row (a test holds that).
"""

from __future__ import annotations

from textual.theme import BUILTIN_THEMES, Theme

from orders_tui.config import Config, nearest
from orders_tui.errors import ConfigError


def _desk_theme(theme: Theme, selection: str) -> Theme:
    """The theme with what follows from its colours: the tones, and Textual's cursors, borders and scroll bars."""
    own, background = theme.variables, theme.background or ""
    tones = {"good": theme.success, "active": theme.accent, "warn": theme.warning, "bad": theme.error}
    theme.variables = {
        **own,
        **{f"tone-{name}": color or "" for name, color in tones.items()},
        "bar": theme.panel or "",
        "footer-key-foreground": theme.primary,
        "input-selection-background": f"{theme.primary} {selection}",
        "block-cursor-background": own["row-cursor"],
        "block-cursor-foreground": theme.foreground or "",
        "block-cursor-text-style": "bold",
        "border": theme.primary,
        "border-blurred": own["rule"],
        "scrollbar": own["rule"],
        "scrollbar-hover": own["faint"],
        "scrollbar-active": theme.primary,
        **{f"scrollbar-background{state}": background for state in ("", "-hover", "-active")},
    }
    return theme


DARK = _desk_theme(
    Theme(
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
            "row-cursor": "#25364f",
            "row-marked": "#1a2638",
            "row-changed": "#242a22",
            "rule": "#313b4b",
            "faint": "#4d5a6e",
            "on-bad": "#2a0d0b",
        },
    ),
    selection="35%",
)

LIGHT = _desk_theme(
    Theme(
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
            "row-cursor": "#d3e3f6",
            "row-marked": "#e8f0fa",
            "row-changed": "#f3f1da",
            "rule": "#cfcac0",
            "faint": "#a39d92",
            "on-bad": "#fff5f4",
        },
    ),
    selection="25%",
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


_DESK_ONLY = (
    *("tone-dim", "tone-good", "tone-active", "tone-warn", "tone-bad"),
    *("row-cursor", "row-marked", "row-changed", "rule", "faint", "bar", "on-bad"),
)
"""The variables that no other theme has."""


def fill_in(theme: Theme) -> dict[str, str]:
    """The desk's variables for a theme that lacks them: its own colours where it has some, else those of DARK or LIGHT."""
    ours = DARK if theme.dark else LIGHT
    own = {
        "tone-good": theme.success,
        "tone-active": theme.accent or theme.primary,
        "tone-warn": theme.warning,
        "tone-bad": theme.error,
    }
    names = ours.variables if theme.name in (DARK.name, LIGHT.name) else _DESK_ONLY
    defaults = {name: ours.variables[name] for name in names}
    return defaults | {name: color for name, color in own.items() if color is not None}
