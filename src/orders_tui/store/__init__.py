"""What is known: rows as the server last said them, and what the operator meant on top. Pure: no clock, no loop, no I/O."""

from orders_tui.store.marks import Mark, MarkKind
from orders_tui.store.pages import PageEntry

__all__ = ["Mark", "MarkKind", "PageEntry"]
