"""What confirming the hold dialog would do, and what it says of that. Pure.

Invariant: that something goes to Shopify is said only where a hold is new; what this desk holds for the same reason already only
changes its note and time, here (contract §3a).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from orders_tui.actions.draft import Eligibility
from orders_tui.actions.hold import ONLY_NOTED, HoldDraft, issue_of
from orders_tui.actions.sending import goes
from orders_tui.dialogs.line_counts import LineCounts
from orders_wire.vocabulary import HoldReason

if TYPE_CHECKING:
    from datetime import tzinfo

    from orders_wire.detail import HoldEntry, OrderDetail
    from orders_wire.orders import Order
    from orders_wire.people import Me

MEANS: Mapping[HoldReason, str] = {
    HoldReason.ADDRESS: "it is wrong, or incomplete",
    HoldReason.INVENTORY: "the goods are not there",
    HoldReason.PAYMENT: "it is not paid; only a lead releases it",
    HoldReason.FRAUD: "it may be false; only a lead releases it",
    HoldReason.CUSTOMER: "the customer asked to wait",
    HoldReason.OTHER: "the note says why",
}


@dataclass(frozen=True, slots=True)
class HoldPlan:
    """`targets`: the orders by id, of which `orders` are known; `detail`: all about the only one, as far as it has come.

    `counts`: the lines of it that something can be held of, and what is taken.
    """

    targets: Sequence[str]
    orders: Sequence[Order]
    detail: OrderDetail | None
    reason: HoldReason | None
    counts: LineCounts

    @property
    def held(self) -> list[Order]:
        """The orders that are held."""
        return [order for order in self.orders if order.hold is not None]

    @property
    def ids(self) -> tuple[str, ...]:
        """Those that can be held and are not; where there are none, those that can be."""
        held, possible = {order.id for order in self.held}, self._eligibility().sendable
        return tuple(order_id for order_id in possible if order_id not in held) or possible

    def _eligibility(self) -> Eligibility:
        found = {order.id: order for order in self.orders}
        return HoldDraft(tuple(self.targets), HoldReason.OTHER).eligibility(found.get)

    def ours(self) -> Mapping[HoldReason, HoldEntry]:
        """The holds of this desk that the only order is known to have. One without an operator is known from Shopify alone."""
        holds = self.detail.holds if self.detail is not None else []
        return {hold.reason: hold for hold in holds if hold.ours and hold.by}

    @property
    def rest(self) -> bool:
        """Whether a part of the only order is held already, and there is more to hold."""
        return bool(self.counts) and self.detail is not None and any(line.held for line in self.detail.line_items)

    def named_lines(self) -> tuple[tuple[str, int], ...]:
        """The lines to be named: none where all that is owed is meant, or a hold of all of it."""
        if self.noted is not None:
            return tuple((line.id, line.quantity) for line in self.noted.lines) if self.counts else ()
        owed = sum(line.owed for line in self.detail.line_items) if self.detail is not None else 0
        return () if self.counts.total == owed else self.counts.taken()

    @property
    def noted(self) -> HoldEntry | None:
        """The hold that is there, when only its note and time change: nothing else is left to be held, or taken."""
        return None if self.counts.total else self._there

    def terms(self, zone: tzinfo) -> dict[str, str]:
        """Note and time of the hold that would change, as they can be typed; empty where it has none, or there is none."""
        hold = self.noted
        at = hold.until.astimezone(zone) if hold is not None and hold.until is not None else None
        note = " ".join((hold.note or "").split()) if hold is not None else ""
        return {"note": note, "until": f"{at:%Y-%m-%d %H:%M}" if at is not None else ""}

    @property
    def _there(self) -> HoldEntry | None:
        """Our hold for that reason, where it can be named: beside units that are not held, by its lines."""
        hold = self.ours().get(self.reason) if self.reason is not None else None
        return hold if hold is not None and (hold.lines or not self.counts) else None

    @property
    def either(self) -> bool:
        """Whether it can be about the hold that is there as well as about more units."""
        return bool(self.counts) and self._there is not None

    def hindrance(self) -> str:
        """Why none of them can be held; empty where one can."""
        found = self._eligibility()
        return "" if found.sendable else next(iter(found.skipped), "none of these can be held")

    def problem(self) -> str:
        """What is still to be chosen."""
        if self.reason is None:
            return "why is it held? choose a reason"
        nothing = self.counts and not self.counts.total and self.noted is None
        return "nothing is taken to be held: space takes a line" if nothing else ""

    def consequence(self, me: Me | None, undo_key: str) -> str:
        """What is held, and what of it is sent."""
        ids = self.ids
        if not ids:
            return ""
        if self.noted is not None:
            return ONLY_NOTED
        sent = goes(len(ids), me, undo_key, alone=True)
        if any(self._maybe_noted(order) for order in self.held if order.id in ids):
            return f"{sent}; of a hold of this desk for that reason only note and time change, here"
        part = self.counts.total < self.counts.most
        return f"{self.counts.total} of {self.counts.most} units; {sent}" if part else sent

    def _maybe_noted(self, order: Order) -> bool:
        """Whether this desk may hold an order for that reason already, as far as its row alone tells."""
        if self.detail is not None or self.reason is None or order.hold is None:
            return False
        return order.hold.by is not None and order.hold.reason is issue_of(self.reason)

    def left_out(self) -> str:
        """Which of several are left out: `left out: 3 held already (2 address, 1 inventory), 1 cancelled`."""
        if len(self.targets) == 1:
            return ""
        ids = set(self.ids)
        held = [order.hold for order in self.held if order.hold is not None and order.id not in ids]
        reasons = Counter(hold.reason.replace("_", " ") for hold in held).most_common()
        words = (
            [f"{len(held)} held already ({', '.join(f'{count} {reason}' for reason, count in reasons)})"]
            if held
            else []
        )
        words += [f"{len(left)} {why}" for why, left in self._eligibility().skipped.items()]
        return f"left out: {', '.join(words)}" if words else ""
