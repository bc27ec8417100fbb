"""What is known: rows as the server last sent them, and what the operator meant on top. Pure: no clock, no loop, no I/O."""

from orders_tui.store.cache import PageEntry
from orders_tui.store.patches import Mark, MarkKind

__all__ = ["Mark", "MarkKind", "PageEntry"]
