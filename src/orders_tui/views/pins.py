"""How a pinned view is told from a tab wherever both may stand, and views among the choices of a screen. Loads nothing: the first
frame shows them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

_PIN = "+"

READY = "Ready"
"""The name of the view that comes with the desk (`built_in.py`), which stands before the tabs."""

VIEW, VIEWS_IN_FILES = "view.", "views"
"""What a view's line in the state file is called, and what says that it came from a file. Releases that have no files for views
read and write them there, and drop the latter.
"""


def pin(name: str) -> str:
    """What stands for a pinned view where tabs are named. No tab begins so."""
    return f"{_PIN}{name}"


def unpinned(place: str) -> str:
    """The name of the pinned view that a place is; empty for a tab."""
    return place.removeprefix(_PIN) if place.startswith(_PIN) else ""


def in_order(tabs: Iterable[str], names: Collection[str]) -> list[str]:
    """Tabs and pinned views from left to right: what can leave now, the tabs, the other views."""
    first = [pin(READY)] if READY in names else []
    return [*first, *tabs, *(pin(name) for name in names if name != READY)]
