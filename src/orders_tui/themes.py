"""The desk's own themes, and what every other theme needs to show the desk's meanings.

Each tone of `wording.Tone` has a colour in every theme; on the desk's own themes all of them reach a contrast of 4.5 to 1
against the background and against the cursor's row (a test holds that).
"""

from __future__ import annotations

from textual.theme import BUILTIN_THEMES, Theme

from orders_tui.config import Config
from orders_tui.errors import ConfigError

_COLORS: dict[str, tuple[str, str]] = {
    "primary": ("#6cb6ff", "#0b5cad"),
    "secondary": ("#8b9bb4", "#55606e"),
    "foreground": ("#d8dee8", "#1d232b"),
    "background": ("#11151c", "#fcfbf9"),
    "surface": ("#161b24", "#f4f2ee"),
    "panel": ("#1d2430", "#e9e6df"),
    "success": ("#6bc28a", "#17693a"),
    "warning": ("#e3b341", "#7a4f00"),
    "error": ("#ff8178", "#ad1f18"),
    "tone-dim": ("#97a3b6", "#59626e"),
    "tone-dire": ("#ff8ad4", "#96106f"),
    "row-cursor": ("#25364f", "#d3e3f6"),
    "row-marked": ("#1a2638", "#e8f0fa"),
    "row-changed": ("#242a22", "#f3f1da"),
    "rule": ("#313b4b", "#cfcac0"),
    "faint": ("#76839a", "#7b756b"),
    "on-bad": ("#2a0d0b", "#fff5f4"),
    "on-warn": ("#11151c", "#fcfbf9"),
}
"""Every colour of the dark theme and of the light one; the rest follows from them."""

_OWN = (
    *("tone-dim", "tone-dire", "row-cursor", "row-marked", "row-changed"),
    *("rule", "faint", "on-bad", "on-warn"),
)
"""Those that stand as they are."""


def _theme(name: str, *, dark: bool, selection: str) -> Theme:
    own = {key: colors[0 if dark else 1] for key, colors in _COLORS.items()}
    accent, background = own["primary"], own["background"]
    tones = {"good": own["success"], "active": accent, "warn": own["warning"], "bad": own["error"]}
    return Theme(
        name=name,
        dark=dark,
        primary=accent,
        secondary=own["secondary"],
        accent=accent,
        foreground=own["foreground"],
        background=background,
        surface=own["surface"],
        panel=own["panel"],
        success=own["success"],
        warning=own["warning"],
        error=own["error"],
        variables={
            **{name: own[name] for name in _OWN},
            **{f"tone-{name}": color for name, color in tones.items()},
            "bar": own["panel"],
            "footer-key-foreground": accent,
            "input-selection-background": f"{accent} {selection}",
            "block-cursor-background": own["row-cursor"],
            "block-cursor-foreground": own["foreground"],
            "block-cursor-text-style": "bold",
            "border": accent,
            "border-blurred": own["rule"],
            "scrollbar": own["rule"],
            "scrollbar-hover": own["faint"],
            "scrollbar-active": accent,
            **{f"scrollbar-background{state}": background for state in ("", "-hover", "-active")},
        },
    )


DARK = _theme("desk-dark", dark=True, selection="35%")
LIGHT = _theme("desk-light", dark=False, selection="25%")
THEMES: tuple[Theme, ...] = (DARK, LIGHT)
OWN = {theme.name.removeprefix("desk-"): theme.name for theme in THEMES}
"""The desk's own by their short names: `theme light`."""
CYCLE: tuple[str, ...] = (DARK.name, LIGHT.name, "ansi-dark", "ansi-light")
"""What the theme key walks through; the palette offers every theme there is."""


def names() -> list[str]:
    """Every theme there is."""
    return sorted({*BUILTIN_THEMES, *(theme.name for theme in THEMES)})


def require(config: Config) -> None:
    """Raises ConfigError, with the nearest right one, when the configured theme is none."""
    if config.theme and config.theme not in (known := names()):
        from orders_wire.spelling import meant

        near = meant(config.theme, known)
        raise ConfigError(f"{config.path}: there is no theme {config.theme}{near}; orders-tui config themes lists them")


_DESK_ONLY = (
    *("tone-dim", "tone-good", "tone-active", "tone-warn", "tone-bad", "tone-dire"),
    *("row-cursor", "row-marked", "row-changed", "rule", "faint", "bar", "on-bad", "on-warn"),
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
