"""Whether an order can be sent, what stands against it, and which others go with it: contract §3a, `ready`, `together`. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING

from orders_tui.wording.states import READY, Sign, Tone, hold_reason
from orders_wire.blockers import HOLD, OF_ALL, STOCK, Blocker
from orders_wire.vocabulary import HoldReason, Issue, Ready

if TYPE_CHECKING:
    from orders_wire.detail import LineItem, OrderDetail
    from orders_wire.orders import Order

NAMED = 2
"""So many SKUs and orders are named in a row."""
TOGETHER = Sign("⊕", "&", "ship together", "together", Tone.ACTIVE)

_WHY = {
    Blocker.PAYMENT: "not paid",
    Blocker.ADDRESS: "no address",
    Blocker.SHOP: "the shop lets nothing go",
    Blocker.CANCELLING: "being cancelled",
}


def readiness(order: Order) -> list[Sign]:
    """The flags of it, which stand behind all others: how much can go, and that others go to the same address.

    An order that cannot go says why in quiet words, and nothing where another flag of its row has said it already.
    """
    signs = [sign for sign in [_ready(order)] if sign is not None]
    return [*signs, TOGETHER] if order.together is not None else signs


def _ready(order: Order) -> Sign | None:
    if order.ready is None:
        return None
    sign = READY[order.ready]
    if order.ready is Ready.YES:
        return sign
    why = blocked(order, _told(order))
    if order.ready is Ready.PART:
        return Sign(sign.glyph, sign.ascii, f"{sign.word}: {why}" if why else sign.word, sign.short, sign.tone)
    if not why and order.blockers:
        return None
    return Sign(sign.glyph, sign.ascii, why or sign.word, sign.short, sign.tone)


def blocked(order: Order, told: Collection[str] = ()) -> str:
    """What stands against it: `not paid, waits for TEE-BLK-M`; without what is `told` already."""
    return ", ".join(dict.fromkeys(_why([each for each in order.blockers if each not in told])))


def held(order: Order) -> str:
    """For what it is held, as the server's rule has it: `held: fraud`."""
    return blocked(order, [each for each in order.blockers if not each.startswith(HOLD)])


def against(order: Order) -> str:
    """What stands against the order as a whole, whatever can be sent of its lines: `not paid`."""
    return blocked(order, [each for each in order.blockers if each not in OF_ALL])


def _why(blockers: Sequence[str]) -> Iterator[str]:
    skus = [each.removeprefix(STOCK) for each in blockers if each.startswith(STOCK)]
    for each in blockers:
        if each.startswith(STOCK):
            yield f"waits for {some(skus)}"
        elif each.startswith(HOLD):
            reason = each.removeprefix(HOLD)
            yield f"held: {hold_reason(HoldReason(reason)).word if reason in list(HoldReason) else reason}"
        else:
            yield _WHY[Blocker(each)] if each in list(Blocker) else each.replace("_", " ")


def _told(order: Order) -> set[str]:
    """The blockers that other flags of a row stand for."""
    told: set[str] = {each for each in order.blockers if each.startswith(HOLD)} if order.hold is not None else set()
    issues = {Issue.PAYMENT: Blocker.PAYMENT, Issue.ADDRESS: Blocker.ADDRESS}
    if order.hold is None and order.issue in issues:
        told.add(issues[order.issue])
    return {*told, Blocker.CANCELLING} if order.cancelling is not None else told


def some(names: Sequence[str], most: int = NAMED) -> str:
    """`A, B`, or `A, B and 3 more`."""
    more = len(names) - most
    return ", ".join(names[:most]) + (f" and {more:,} more" if more > 0 else "")


def can_go(order: Order) -> str:
    """How much of it can be sent: `2 of 3 can go`; empty where that is all or nothing, and where the row alone is known."""
    if order.ready is not Ready.PART:
        return ""
    lines: Sequence[LineItem] = getattr(order, "line_items", ())
    owed = sum(line.owed for line in lines)
    return units(sum(line.sendable for line in lines), owed) if owed else ""


def line_can_go(line: LineItem, detail: OrderDetail) -> str:
    """`2 of 3 can go`; empty where all of a line can, and where the server does not say it."""
    return "" if detail.ready is None or line.sendable >= line.owed else units(line.sendable, line.owed)


def units(sendable: int, owed: int) -> str:
    """`2 of 3 can go`."""
    return f"{sendable or 'none'} of {owed} can go"


def with_others(order: Order, others: Sequence[str] = (), key: str = "") -> str:
    """With which it is to be shipped: `Ship together with #1005`; of others that are not known, what shows them."""
    if order.together is None:
        return ""
    if others:
        return f"Ship together with {some(others)}"
    shows = f"; {key} shows them" if key else ""
    return f"Ship together with others of this customer{shows}"
