"""`ready` and what stands against it, before stock is looked at: contract §3a. Pure.

What is there of a SKU is shared by all orders that owe it (`allotment`): an order's own part is decided here, with every unit
covered; what it goes without comes on top when it is read (`with_stock`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from orders_sync.instants import FOREVER
from orders_sync.rules.allowed import not_allowed
from orders_sync.rules.issue import addressless
from orders_sync.rules.order_state import OrderState
from orders_sync.rules.projection import OwedUnits, Turn
from orders_sync.rules.thresholds import ReadyWhen
from orders_wire.blockers import HOLD, Blocker
from orders_wire.vocabulary import HoldReason, Issue, Ready

_PAID = frozenset({"paid", "partially_refunded"})
_PAID_WHEN = {ReadyWhen.PAID: _PAID, ReadyWhen.AUTHORIZED: _PAID | {"authorized"}}


@dataclass(frozen=True, slots=True)
class Readiness:
    """`sendable`: units that nothing keeps here but stock. `owed`: what the order takes of each SKU, and when its turn is."""

    ready: Ready | None = None
    blockers: tuple[str, ...] = ()
    sendable: int = 0
    owed: tuple[OwedUnits, ...] = ()


@dataclass(frozen=True, slots=True)
class LineUnits:
    """What a line owes: `held`, in a fulfilment order that allows no fulfilment (`stuck`), or neither."""

    sku: str | None
    held: int
    stuck: int
    free: int


def readiness(state: OrderState) -> Readiness:
    """Null where nothing is owed, or the order is over."""
    if state.over or not state.owed:
        return Readiness()
    lines = [*line_units(state).values()]
    whole = [*_whole_order(state)]
    blockers = (*whole, *_parts(state, lines))
    sendable = 0 if whole else sum(line.free for line in lines)
    return Readiness(
        ready=_ready(sendable, blocked=bool(blockers)),
        blockers=blockers,
        sendable=sendable,
        owed=tuple(_owed(state, lines, Turn.BLOCKED if blockers else Turn.FIRST)),
    )


def with_stock(ready: str | None, sendable: int, lost: int, *, short: bool) -> str | None:
    """The order's own `ready` when it goes without `lost` of its `sendable` units; `short`: or without others that it owes."""
    if ready is None or not short:
        return ready
    return Ready.PART.value if sendable > lost else Ready.NO.value


def line_units(state: OrderState) -> dict[int, LineUnits]:
    """By line id."""
    stuck_of, found = not_allowed(state.facts, state.lines), {}
    for line in state.lines:
        held = min(line.owed, state.held.get(line.part.id, 0))
        stuck = min(line.owed - held, stuck_of.get(line.part.id, 0))
        found[line.part.id] = LineUnits(line.part.sku, held, stuck, line.owed - held - stuck)
    return found


def _ready(sendable: int, *, blocked: bool) -> Ready:
    if not sendable:
        return Ready.NO
    return Ready.PART if blocked else Ready.YES


def _whole_order(state: OrderState) -> Iterator[str]:
    """What keeps all of it here."""
    if not _paid(state):
        yield Blocker.PAYMENT.value
    if addressless(state):
        yield Blocker.ADDRESS.value
    if state.operator.cancelling is not None:
        yield Blocker.CANCELLING.value


def _parts(state: OrderState, lines: Sequence[LineUnits]) -> Iterator[str]:
    """What keeps some of it here."""
    if any(line.stuck for line in lines):
        yield Blocker.SHOP.value
    held_for = {hold.word for hold in state.holds}
    yield from (f"{HOLD}{reason.value}" for reason in HoldReason if reason in held_for)


def _paid(state: OrderState) -> bool:
    """As the shop ships. An order that costs nothing is; of one whose payment nothing is known of, it is not known."""
    when, total = state.thresholds.ready_when, state.order.total
    if when is ReadyWhen.ANY or (total is not None and total.hundredths <= 0):
        return True
    return state.order.financial_status in _PAID_WHEN[when]


def _owed(state: OrderState, lines: Sequence[LineUnits], turn: Turn) -> Iterator[OwedUnits]:
    due = FOREVER if state.ship_by is None else state.ship_by
    held_for = [hold.skus for hold in state.holds if hold.meaning is Issue.INVENTORY]
    for sku in sorted({line.sku for line in lines if line.sku}):
        mine = [line for line in lines if line.sku == sku]
        stuck, held = sum(line.stuck for line in mine), sum(line.held for line in mine)
        units = stuck + sum(line.free for line in mine)
        waits = any(skus is None or sku in skus for skus in held_for)
        if units:
            yield OwedUnits(sku, turn, due, units, stuck, waits)
        if held:
            yield OwedUnits(sku, Turn.HELD, due, held, held, waits)
