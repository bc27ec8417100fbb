"""What holds an order up: the shop's holds on its fulfilment orders, and operators' inventory escalations (contract §1, §3).

A shop's hold stands while its newest "held" is not followed by a release or by a reading of the fulfilment order without it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from orders_sync.evidence import shopify_words
from orders_sync.evidence.facts import OrderFacts
from orders_sync.instants import Ms
from orders_sync.rules.operator_state import InventoryHold
from orders_sync.rules.stock_coverage import StockLevel
from orders_wire.vocabulary import Issue

_MEANING_ORDER = (Issue.PAYMENT, Issue.ADDRESS, Issue.INVENTORY, Issue.MANUAL_CHECK)

_OWN = "desk-"


def own_handle(action_id: str) -> str:
    """The name under which the shop keeps the hold that an inventory escalation asked for."""
    return f"{_OWN}{action_id}"


@dataclass(frozen=True, slots=True)
class Hold:
    """`key` is the shop's, or `escalation <sku> <action>`. `ended_at` None: it stands. `skus` None: not known which.

    `handle`: the name that an app gave it; ours says of which escalation it is the shop's side.
    """

    key: str
    meaning: Issue
    reason: str
    note: str | None
    since: Ms
    ended_at: Ms | None = None
    skus: frozenset[str] | None = None
    handle: str | None = None

    @property
    def asked_by(self) -> str | None:
        """The action whose inventory escalation asked the shop for it; None when none of ours did."""
        ours = self.handle is not None and self.handle.startswith(_OWN)
        return self.handle.removeprefix(_OWN) if self.handle is not None and ours else None


def shop_holds(facts: OrderFacts) -> tuple[Hold, ...]:
    """Every hold that the shop reported, also ended ones, oldest first."""
    found = [_hold(facts, key, instants) for key, instants in facts.instants.get("held", {}).items()]
    return tuple(sorted(found, key=lambda hold: (hold.since, hold.key)))


def deciding(holds: tuple[Hold, ...]) -> Hold | None:
    """The hold whose reason and note stand on the order: the first match of the rule of `issue`."""
    return min(holds, key=lambda hold: _MEANING_ORDER.index(hold.meaning), default=None)


def escalations(holds: Mapping[str, InventoryHold]) -> tuple[Hold, ...]:
    """Operators' inventory escalations as holds, by SKU."""
    return tuple(
        Hold(
            key=f"escalation {sku} {hold.action_id}",
            meaning=Issue.INVENTORY,
            reason="inventory_escalation",
            note=hold.note,
            since=hold.at,
            skus=frozenset({sku}),
        )
        for sku, hold in sorted(holds.items())
    )


def standing_escalations(
    holds: Mapping[str, InventoryHold],
    shop: tuple[Hold, ...],
    facts: OrderFacts,
    owed_skus: frozenset[str],
    stock: Mapping[str, StockLevel],
) -> dict[str, InventoryHold]:
    """Those that have not ended: contract §3, inventory. `owed_skus`: what the order, while it is open, still owes."""
    if not holds:
        return {}
    released_at = _last_release(shop, facts)
    return {
        sku: hold
        for sku, hold in holds.items()
        if sku in owed_skus and released_at <= hold.at and not _back_in_stock(hold, stock.get(sku))
    }


def _back_in_stock(hold: InventoryHold, level: StockLevel | None) -> bool:
    if level is None or level.available is None or level.updated_at is None:
        return False
    return level.available >= 0 and level.updated_at > hold.at


def _last_release(shop: tuple[Hold, ...], facts: OrderFacts) -> int:
    """When the shop last released what was held for inventory: by name, with all holds, or by no longer reporting it.

    Of a fulfilment order that is released whole and of whose holds none was reported, ours may have been one.
    """
    known = {hold.key.partition("/")[0] for hold in shop}
    released = facts.instants.get("released", {})
    whole = [max(at) for key, at in released.items() if "/" not in key and key not in known]
    named = [hold.ended_at for hold in shop if hold.meaning is Issue.INVENTORY and hold.ended_at is not None]
    return max([0, *whole, *named])


def _hold(facts: OrderFacts, key: str, held: tuple[int, ...]) -> Hold:
    fields = facts.fields("hold", key) or {}
    reason = str(fields.get("reason") or "other")
    note, handle = fields.get("note"), fields.get("handle")
    return Hold(
        key=key,
        meaning=shopify_words.HOLD_REASONS.get(reason, Issue.MANUAL_CHECK),
        reason=reason,
        note=note if isinstance(note, str) else None,
        since=Ms(held[0]),
        ended_at=_ended_at(facts, key, held[-1]),
        skus=_skus(facts, key.partition("/")[0]),
        handle=handle if isinstance(handle, str) else None,
    )


def _ended_at(facts: OrderFacts, key: str, last_held: int) -> Ms | None:
    """The first word after the newest "held" that says otherwise. A release in the same instant counts, a reading does not."""
    fulfillment_order = key.partition("/")[0]
    released = facts.instants.get("released", {})
    ends = [at for at in (*released.get(key, ()), *released.get(fulfillment_order, ())) if at >= last_held]
    ends += [at for at in facts.instants.get("unheld", {}).get(fulfillment_order, ()) if at > last_held]
    return Ms(min(ends)) if ends else None


def _skus(facts: OrderFacts, fulfillment_order: str) -> frozenset[str] | None:
    held = (facts.fields("fulfillment_order", fulfillment_order) or {}).get("held_skus")
    return frozenset(str(sku) for sku in held) if isinstance(held, list) else None
