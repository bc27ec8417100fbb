"""What one row of the outbox is to send: what the shop has of it already, and which calls send the rest. Pure (contract §3a)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from orders_sync.external.shopify.fulfillable import Fulfillment, FulfillmentOrder, Units
from orders_sync.instants import EARLIEST, MINUTE, Ms

LATITUDE_MS = MINUTE
"""How much the clocks of the shop and of whoever queued the row may disagree beyond what is known of them."""


@dataclass(frozen=True, slots=True)
class Shipment:
    """`lines`: quantities by line item; None, as landed releases queued it: all that is left to send. `known`: fulfilments that
    are none of it: they were there before, or another row made them. `queued_at`: by our clock. `repeated`: it may have left
    before. `notify`: the customer is mailed of each fulfilment, when it is made."""

    lines: Mapping[int, int] | None = None
    known: Collection[int] = ()
    queued_at: Ms = EARLIEST
    repeated: bool = False
    number: str | None = None
    carrier: str | None = None
    url: str | None = None
    notify: bool = False

    def made_of(self, fulfillments: Iterable[Fulfillment], skew_ms: int) -> list[Fulfillment]:
        """The fulfilments that the shop has made since of what this is to send, oldest first, whoever asked for them.
        `skew_ms`: how far our clock is ahead of the shop's."""
        since = self.queued_at - skew_ms - LATITUDE_MS
        found = (each for each in fulfillments if each.created_at >= since and self._answered_by(each))
        return sorted(found, key=lambda each: (each.created_at, each.id))

    def left(self, made: Iterable[Fulfillment]) -> Units | None:
        """What is still to be sent beside these; None: all that there is."""
        if self.lines is None:
            return None
        left = dict(self.lines)
        for each in made:
            for line, quantity in each.units.items():
                if line in left:
                    left[line] -= quantity
        return {line: quantity for line, quantity in left.items() if quantity > 0}

    def _answered_by(self, fulfillment: Fulfillment) -> bool:
        """One that was cancelled since counts only where it may have been our own: then it was made, and is not made again."""
        if fulfillment.id in self.known or not (fulfillment.alive or self.repeated):
            return False
        return self.repeated if self.lines is None else not self.lines.keys().isdisjoint(fulfillment.units)


@dataclass(frozen=True, slots=True)
class Portion:
    """Units of one fulfilment order, by the ids that its lines have there."""

    part: FulfillmentOrder
    units: Sequence[tuple[str, int]]

    @property
    def given(self) -> dict[str, Any]:
        """As the mutation takes it: always with its lines, so that what came to be there since is not sent along."""
        lines = [{"id": line, "quantity": quantity} for line, quantity in self.units]
        return {"fulfillmentOrderId": self.part.gid, "fulfillmentOrderLineItems": lines}


class Short(Exception):
    """The shop has less to send than is wanted. The message names the lines, and what there is of them."""


def portions(parts: Sequence[FulfillmentOrder], wanted: Units | None) -> list[list[Portion]]:
    """What each call sends: one for each location, that of the oldest fulfilment order first. `parts`: oldest first; `wanted`
    None: all that they have. Raises Short."""
    left = None if wanted is None else dict(wanted)
    calls: dict[int, list[Portion]] = {}
    for part in parts:
        units = [*_taken(part, left)] if part.fulfillable else []
        if units:
            calls.setdefault(part.place, []).append(Portion(part, units))
    if wanted is not None and left and any(left.values()):
        raise Short("; ".join(_shortage(parts, line, wanted[line]) for line, missing in left.items() if missing))
    return list(calls.values())


def _taken(part: FulfillmentOrder, left: Units | None) -> Iterator[tuple[str, int]]:
    """What of this fulfilment order is sent; `left` has so much less."""
    for line in part.lines:
        item, quantity = line.line_item.id, line.remaining_quantity
        if left is not None:
            quantity = min(quantity, left.get(item, 0))
            left[item] = left.get(item, 0) - quantity
        if quantity > 0:
            yield line.id, quantity


def _shortage(parts: Sequence[FulfillmentOrder], item: int, wanted: int) -> str:
    """`Kettle (K-1): 3 to send, and Shopify has 1 (1 on hold, the others fulfilled or removed)`."""
    found = [(part, line) for part in parts for line in part.lines if line.line_item.id == item]
    name = found[0][1].line_item.name if found else f"line item {item}"
    going_on = [(part, line.remaining_quantity) for part, line in found if not part.ended]
    free = sum(quantity for part, quantity in going_on if part.fulfillable)
    held = sum(quantity for part, quantity in going_on if not part.fulfillable and part.fulfillment_holds)
    closed = sum(quantity for part, quantity in going_on if not part.fulfillable and not part.fulfillment_holds)
    reasons = [f"{held} on hold"] if held else []
    reasons += [f"{closed} not to be fulfilled by this app now"] if closed else []
    if free + held + closed < wanted:
        reasons.append("the others fulfilled or removed there")
    return f"{name}: {wanted} to send, and Shopify has {free} ({', '.join(reasons)})"
