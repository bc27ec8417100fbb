"""The band of a profile: the colour of the first line on every screen, so that nobody forgets which shop this is."""

from __future__ import annotations

import re
from typing import Any

COLORS = {
    "red": "#b3261e",
    "orange": "#d9730d",
    "yellow": "#e3b341",
    "green": "#2e7d4f",
    "teal": "#1f7a80",
    "blue": "#2563b0",
    "purple": "#7b3fb0",
    "pink": "#c2407f",
    "brown": "#7a4f28",
    "grey": "#5a6472",
}
"""What may be named instead of `#rrggbb`."""

ALLOWED = f"#rrggbb or one of {', '.join(COLORS)}"
PATTERN = f"^(#[0-9a-fA-F]{{6}}|{'|'.join(COLORS)})$"
PRODUCTION = frozenset({"prod", "production", "live"})
"""Words of an environment that alarm by themselves."""


def band_problem(value: Any) -> str | None:
    """What is wrong with a colour; None when it can be used."""
    if isinstance(value, str) and re.match(PATTERN, value):
        return None
    from orders_wire.spelling import meant

    return f"is {ALLOWED}{meant(value, COLORS) if isinstance(value, str) else ''}"


def band_color(environment: str | None, band: str | None) -> str | None:
    """The colour as `#rrggbb`: the one that is set, else the alarming one of production; None: there is no band."""
    if band:
        return COLORS.get(band, band)
    return COLORS["red"] if environment and environment.casefold() in PRODUCTION else None
