"""The state of an order as a whole, typed: what the shop and the operators say of it, before the clock is looked at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from orders_sync.evidence import shopify_words
from orders_sync.evidence.entities import MoneyPart, OrderFields
from orders_sync.evidence.facts import IN_PART, OrderFacts
from orders_sync.evidence.money import NO_CURRENCY
from orders_sync.instants import FOREVER, Ms, to_datetime
from orders_sync.lazy import lazy
from orders_sync.rules import acknowledgements, held_lines, holds, parcels, returns
from orders_sync.rules.acknowledgements import Settled
from orders_sync.rules.delivery import channel, delivery, ships
from orders_sync.rules.holds import Hold
from orders_sync.rules.operator_state import DeskHold, InventoryHold, OperatorState
from orders_sync.rules.owed import OwedLine, owed_lines
from orders_sync.rules.parcels import Parcel
from orders_sync.rules.requested_changes import with_requested
from orders_sync.rules.returns import OrderReturn
from orders_sync.rules.ship_by import ship_by
from orders_sync.rules.stock_level import StockLevel
from orders_sync.rules.thresholds import Thresholds
from orders_wire.vocabulary import Channel, Delivery, Status


@dataclass(frozen=True)
class OrderState:
    """`over`: cancelled or refunded in full. `ships`: false for an order without shipping; `ship_by` is None then.

    `lines` and `owed` count acknowledgements; `in_shop` does not. An acknowledgement is a parcel for what is owed: of what the
    shop owes no more, by a fulfilment or without one (the lines were refunded or taken off), it stands for nothing. `settled`:
    what became of each.
    """

    order_id: int
    facts: OrderFacts
    operator: OperatorState
    stock: Mapping[str, StockLevel]
    thresholds: Thresholds
    order: OrderFields
    name: str
    placed_at: Ms
    delivery: Delivery
    ships: bool
    parcels: tuple[Parcel, ...]
    settled: tuple[Settled, ...]
    in_shop: tuple[OwedLine, ...]
    lines: tuple[OwedLine, ...]
    ship_by: Ms | None
    shop_holds: tuple[Hold, ...]
    returns: tuple[OrderReturn, ...]

    @lazy
    def cancelled(self) -> bool:
        return self.order.cancelled_at is not None

    @lazy
    def refunded(self) -> bool:
        """In full: as the shop's financial status says, or as refunds newer than it add up, in the order's own currency."""
        if self.order.financial_status == "refunded":
            return True
        total = self.order.total
        if total is None or total.hundredths <= 0:
            return False
        status_at = self.facts.at("order", "financial_status") or 0
        comparable = [
            (at, part.hundredths) for at, part in self.refunds if part.currency in (total.currency, NO_CURRENCY)
        ]
        newest = max((at for at, _ in comparable), default=0)
        return newest > status_at and sum(hundredths for _, hundredths in comparable) >= total.hundredths

    @lazy
    def over(self) -> bool:
        return self.cancelled or self.refunded

    @lazy
    def refunds(self) -> tuple[tuple[Ms, MoneyPart], ...]:
        """When what was paid back; refunds of nothing (a restock) are none."""
        refunds = ((fields.get("created_at"), fields.get("total")) for _, fields in self.facts.entities("refund"))
        paid = ((at, total) for at, total in refunds if isinstance(total, dict) and total.get("minor"))
        found = [(Ms(at), MoneyPart.model_validate(total)) for at, total in paid if isinstance(at, int)]
        return tuple(sorted(found, key=lambda refund: refund[0]))

    @lazy
    def refunded_at(self) -> Ms | None:
        """The latest refund, None when nothing was paid back: the tab `refunded`."""
        if self.refunds:
            return self.refunds[-1][0]
        refunded = self.facts.first.get("payment_refunded", {})
        return Ms(max(refunded.values())) if refunded else None

    @lazy
    def owed(self) -> bool:
        return any(line.owed for line in self.lines)

    @lazy
    def owed_in_shop(self) -> bool:
        return any(line.owed for line in self.in_shop)

    @lazy
    def owed_skus(self) -> frozenset[str]:
        """The SKUs that the order, while it is open, still owes."""
        return (
            frozenset() if self.over else frozenset(line.part.sku for line in self.lines if line.owed and line.part.sku)
        )

    @lazy
    def shipments(self) -> tuple[Parcel, ...]:
        """The parcels that the shipment rules are about: alive, and something in them is shipped."""
        return tuple(p for p in self.parcels if p.alive and p.shipped) if self.ships else ()

    @lazy
    def live_at(self) -> Ms | None:
        """Contract §1, Open: forever while something is owed, else the last update of a live parcel that keeps it open."""
        if self.over:
            return None
        if self.owed:
            return FOREVER
        return max((p.updated_at for p in self.shipments if p.moving or p.awaiting_number), default=None)

    def open_at(self, now: Ms) -> bool:
        """True while the order is open."""
        return self.live_at is not None and self.live_at > now - self.thresholds.quiet

    def local_time(self, at: Ms) -> str:
        """Date and time in the desk's zone."""
        return to_datetime(at).astimezone(self.thresholds.zone).strftime("%Y-%m-%d %H:%M")

    @lazy
    def status(self) -> Status:
        """Contract §1, first match."""
        if self.cancelled:
            return Status.CANCELLED
        if self.refunded:
            return Status.REFUNDED
        if self.owed:
            return Status.AWAITING_FULFILLMENT
        if any(p.awaiting_number for p in self.shipments):
            return Status.AWAITING_TRACKING
        if any(p.moving for p in self.shipments):
            return Status.IN_TRANSIT
        return Status.FULFILLED

    @lazy
    def channel(self) -> Channel:
        return channel(self.order)

    @lazy
    def escalations(self) -> dict[str, InventoryHold]:
        """The operators' inventory escalations that have not ended."""
        return holds.standing_escalations(self.operator.holds, self.shop_holds, self.facts, self.owed_skus, self.stock)

    @lazy
    def desk_holds(self) -> dict[str, DeskHold]:
        """The operators' holds that have not ended, by the action that placed them."""
        if not self.operator.desk_holds:
            return {}
        owed = {} if self.over else {line.part.id: line.owed for line in self.lines}
        return holds.standing_desk_holds(self.operator.desk_holds, self.shop_holds, self.facts, owed)

    @lazy
    def own_holds(self) -> tuple[Hold, ...]:
        """The holds of ours that stand: operators' and escalations."""
        return holds.own_holds(self.desk_holds, self.escalations, self.lines)

    @lazy
    def standing_in_shop(self) -> list[Hold]:
        """The shop's holds that stand, as far as nobody here released them: ours and others'."""
        return holds.standing_in_shop(self.shop_holds, self.operator)

    @lazy
    def holds(self) -> tuple[Hold, ...]:
        """Everything that holds the order now, oldest first; nothing holds an order that is over.

        A hold of ours and the shop's side of it are one hold.
        """
        if self.over:
            return ()
        others = holds.of_shop_alone(self.standing_in_shop, self.own_holds)
        return tuple(sorted([*others, *self.own_holds], key=lambda hold: (hold.since, hold.key)))

    @lazy
    def held(self) -> Mapping[int, int]:
        """Units that are held, by line, of the lines that have any (contract §3a)."""
        if self.over:
            return {}
        ended = [hold for hold in self.shop_holds if hold.ended_at is not None]
        return held_lines.held(self.lines, self.own_holds, self.standing_in_shop, ended)

    @lazy
    def disputed(self) -> bool:
        """A dispute is open."""
        return any(
            fields.get("status") not in shopify_words.SETTLED_DISPUTES for _, fields in self.facts.entities("dispute")
        )

    @lazy
    def skus(self) -> frozenset[str]:
        return frozenset(line.part.sku for line in self.lines if line.part.sku)


def build_order_state(
    order_id: int, facts: OrderFacts, operator: OperatorState, stock: Mapping[str, StockLevel], thresholds: Thresholds
) -> OrderState | None:
    """The state; None for a stub and for a deleted order: without a name and a time it is no order yet."""
    fields = facts.fields("order")
    if facts.deleted or fields is None:
        return None
    told = _with_currency(OrderFields.model_validate({**(facts.fields(IN_PART) or {}), **fields}))
    order = with_requested(told, operator)
    placed_at = order.processed_at if order.processed_at is not None else order.created_at
    if not order.name or placed_at is None:
        return None
    method = delivery(facts)
    shipped = ships(order, method)
    cancelled, carried = order.cancelled_at is not None, method is Delivery.SHIPPING
    in_shop_parcels = parcels.of_shop(facts, operator.numbers, carried=carried)
    settled = acknowledgements.settle(operator.acknowledgements, in_shop_parcels, order)
    in_shop = owed_lines(order, facts.at("order", "lines") or 0, in_shop_parcels, owing=shipped)
    ours = () if cancelled else acknowledgements.standing(settled, in_shop, carried=carried)
    return OrderState(
        order_id=order_id,
        facts=facts,
        operator=operator,
        stock=stock,
        thresholds=thresholds,
        order=order,
        name=order.name,
        placed_at=placed_at,
        delivery=method,
        ships=shipped,
        parcels=acknowledgements.beside(acknowledgements.with_numbers(in_shop_parcels, settled), ours),
        settled=settled,
        in_shop=in_shop,
        lines=acknowledgements.less(in_shop, ours),
        ship_by=ship_by(placed_at, facts, in_shop, thresholds) if shipped else None,
        shop_holds=holds.shop_holds(facts),
        returns=returns.returns(facts, operator),
    )


def _with_currency(order: OrderFields) -> OrderFields:
    """An amount that was reported alone is in the shop's currency, as another report has it."""
    total = order.total
    if total is None or total.currency != NO_CURRENCY or order.currency is None:
        return order
    return order.model_copy(update={"total": total.model_copy(update={"currency": order.currency})})


def skus(facts: OrderFacts) -> frozenset[str]:
    """The SKUs of the order's lines: whose stock a state needs."""
    lines = (facts.fields("order") or {}).get("lines")
    found = (line.get("sku") for line in lines if isinstance(line, dict)) if isinstance(lines, list) else ()
    return frozenset(sku for sku in found if isinstance(sku, str) and sku)
