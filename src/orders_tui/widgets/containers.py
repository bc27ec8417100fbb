"""Containers that place what is in them and draw nothing: no line of theirs is looked at when a frame is put together."""

from __future__ import annotations

from textual.containers import Horizontal, Vertical


class Row(Horizontal):
    """Side by side."""

    BLANK = True


class Column(Vertical):
    """One below the other."""

    BLANK = True
