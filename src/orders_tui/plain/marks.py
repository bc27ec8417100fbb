"""Marking orders by their numbers in the list."""

from __future__ import annotations

from orders_tui.plain.desk import Desk

NAMED = 20
"""So many of the marked are named."""


class Marks:
    """Actions are about the marked orders where there are some."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    async def toggle(self, text: str) -> None:
        """Marks orders by their numbers; those that are marked already are unmarked."""
        desk = self.desk
        text = text or await desk.console.ask("which orders? numbers of the list, as 1 4-6, or all")
        ids = desk.ids(text)
        if all(order_id in desk.marks for order_id in ids):
            for order_id in ids:
                del desk.marks[order_id]
        else:
            desk.marks.update(dict.fromkeys(ids))
        desk.console.say(
            f"{len(desk.marks)} marked: {', '.join(desk.number(each) for each in list(desk.marks)[:NAMED])}"
        )

    def clear(self) -> None:
        count = len(self.desk.marks)
        self.desk.marks.clear()
        self.desk.console.say(f"{count} unmarked" if count else "nothing is marked")
