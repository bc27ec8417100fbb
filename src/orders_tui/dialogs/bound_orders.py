"""The orders that a dialog is about, as they were on show when it opened, and what has changed since. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from orders_tui import wording
from orders_wire.orders import Order

NAMED = 5
"""So many changed orders are named; the others are counted."""


class BoundOrders:
    """`now`: the orders by id, as they are known. Among many, one or another always changes: there, once is enough."""

    def __init__(self, orders: Iterable[Order]) -> None:
        self.now = {order.id: order for order in orders}
        self._as_confirmed = dict(self.now)
        self._changes: dict[str, str] = {}
        self._watching = True

    def update(self, order: Order) -> bool:
        """Takes a newer version of one of the orders; whether that is a change to be acknowledged."""
        if not self._watching or order.version <= self.now[order.id].version:
            return False
        self._changes[order.id] = f"{order.order_number} {difference(self._as_confirmed[order.id], order)}"
        self.now[order.id] = order
        return True

    @property
    def changed(self) -> str:
        """What has changed, newest last; empty when nothing has that was not acknowledged."""
        if len(self.now) == 1:
            return "".join(words.replace(" ", " has just changed: ", 1) for words in self._changes.values())
        changed = len(self._changes)
        return f"{changed} {'has' if changed == 1 else 'have'} changed: {self._listed()}" if changed else ""

    def acknowledge(self) -> str:
        """The next confirmation is of the orders as they are now; says so."""
        changes, many = self._listed(), len(self.now) > 1
        self._changes, self._as_confirmed, self._watching = {}, dict(self.now), not many
        return (
            f"press again to confirm with {'the orders as they are' if many else 'the order as it is'} now: {changes}"
        )

    def _listed(self) -> str:
        """The first few in words: `#1001 owner bo; #1002 status cancelled; and 4 more`."""
        words = list(self._changes.values())
        more = [f"and {len(words) - NAMED} more"] if len(words) > NAMED else []
        return "; ".join([*words[:NAMED], *more])


def difference(before: Order, after: Order) -> str:
    """What is different, in a few words."""
    words = []
    if before.status is not after.status:
        words.append(f"status {after.status.replace('_', ' ')}")
    if before.assigned_to != after.assigned_to:
        words.append(f"owner {after.assigned_to}{_by(after)}")
    if before.hold != after.hold:
        words.append("held" if after.hold else "hold gone")
    if before.return_ != after.return_:
        words.append(f"return {wording.return_sign(after.return_).word}" if after.return_ else "return gone")
    if before.cancelling != after.cancelling:
        words.append(f"cancelling (by {after.cancelling.by})" if after.cancelling else "no longer being cancelled")
    if not words and after.timeline and after.timeline != before.timeline:
        words.append(after.timeline[-1].event.replace("_", " "))
    return ", ".join(words) or "details"


def _by(order: Order) -> str:
    """Who gave the order its owner, where it was somebody else."""
    given = next((entry.details for entry in reversed(order.timeline) if entry.event == "assigned"), "")
    owner, _, by = given.partition(", by ")
    return f" (by {by})" if by and owner == order.assigned_to and by != owner else ""
