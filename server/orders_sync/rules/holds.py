"""What holds an order up: operators' holds and inventory escalations, and the shop's holds on its fulfilment orders (contract §1,
§3, §3a).

A shop's hold stands while its newest "held" is not followed by a release or by a reading of the fulfilment order without it. A
hold of ours has a handle, under which the shop keeps its side of it: the two are one hold.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from orders_sync.evidence import shopify_words
from orders_sync.evidence.facts import Json, OrderFacts
from orders_sync.instants import Ms
from orders_sync.rules.operator_state import DeskHold, InventoryHold, OperatorState, OwnHold
from orders_sync.rules.owed import OwedLine
from orders_sync.rules.stock_level import StockLevel
from orders_wire.vocabulary import HoldReason, HoldThen, Issue

_MEANING_ORDER = (Issue.PAYMENT, Issue.ADDRESS, Issue.INVENTORY, Issue.MANUAL_CHECK)

_OWN = "desk-"


def own_handle(action_id: str) -> str:
    """The name under which the shop keeps the hold that an action of ours asked for."""
    return f"{_OWN}{action_id}"


@dataclass(frozen=True, slots=True)
class Hold:
    """`key` is the shop's (`<fulfilment order>/<hold>`), `escalation <sku> <action>` or `desk <action>`. `reason`: in the shop's
    words. `ended_at` None: it stands. `skus` None: not known which; `lines`: units by line, None: not known, or all.

    `handle`: the name that an app gave it; ours says of which action it is the shop's side. `until`, `then`: of ours.
    """

    key: str
    word: HoldReason
    reason: str
    note: str | None
    since: Ms
    ended_at: Ms | None = None
    skus: frozenset[str] | None = None
    lines: Mapping[int, int] | None = None
    handle: str | None = None
    by: str | None = None
    until: Ms | None = None
    then: HoldThen = HoldThen.REMIND

    @property
    def meaning(self) -> Issue:
        """Its reason in the words of `issue`."""
        return shopify_words.MEANINGS.get(self.word, Issue.MANUAL_CHECK)

    @property
    def asked_by(self) -> str | None:
        """The action of ours that asked the shop for it; None when none did."""
        ours = self.handle is not None and self.handle.startswith(_OWN)
        return self.handle.removeprefix(_OWN) if self.handle is not None and ours else None

    @property
    def fulfillment_order(self) -> str:
        return self.key.partition("/")[0]

    @property
    def number(self) -> str | None:
        """Shopify's number of it, where that is known."""
        number = self.key.partition("/")[2]
        return number if number.isdigit() else None

    @property
    def name(self) -> str:
        """What a release keeps it under: the handle of ours, else Shopify's number."""
        return self.handle or "" if self.asked_by is not None else self.key.partition("/")[2]

    @property
    def id(self) -> str:
        """As ORDER's detail has it."""
        return f"gid://shopify/FulfillmentHold/{self.number}" if self.asked_by is None and self.number else self.name


def shop_holds(facts: OrderFacts) -> tuple[Hold, ...]:
    """Every hold that the shop reported, also ended ones, oldest first."""
    found = [_hold(facts, key, instants) for key, instants in facts.instants.get("held", {}).items()]
    return tuple(sorted(found, key=lambda hold: (hold.since, hold.key)))


def deciding(holds: tuple[Hold, ...]) -> Hold | None:
    """The hold whose reason and note stand on the order: the first match of the rule of `issue`."""
    return min(holds, key=lambda hold: _MEANING_ORDER.index(hold.meaning), default=None)


def own_holds(
    desk_holds: Mapping[str, DeskHold], escalated: Mapping[str, InventoryHold], lines: Sequence[OwedLine]
) -> tuple[Hold, ...]:
    """Operators' holds and escalations. `lines`: what the order owes."""
    escalations = [_of_escalation(sku, hold) for sku, hold in sorted(escalated.items())]
    return (*escalations, *(_of_desk(hold, lines) for hold in desk_holds.values()))


def of_shop_alone(shop: Iterable[Hold], own: Iterable[Hold]) -> list[Hold]:
    """Of the shop's holds that stand, those that are not its side of one of these; ours on several fulfilment orders are one."""
    handles = {hold.handle for hold in own}
    left = [hold for hold in shop if hold.handle is None or hold.handle not in handles]
    ours = sorted((hold for hold in left if hold.asked_by is not None), key=lambda hold: hold.name)
    same = [next(holds) for _, holds in groupby(ours, key=lambda hold: hold.name)]
    return [hold for hold in left if hold.asked_by is None or hold in same]


def standing_in_shop(shop: Sequence[Hold], operator: OperatorState) -> list[Hold]:
    """Those that the shop did not release, and nobody here."""
    return [hold for hold in shop if hold.ended_at is None and hold.name not in operator.released]


def standing_desk_holds(
    holds: Mapping[str, DeskHold], shop: Sequence[Hold], facts: OrderFacts, owed: Mapping[int, int]
) -> dict[str, DeskHold]:
    """Those that have not ended. `owed`: units by line, none when the order is over."""
    return {
        action_id: hold
        for action_id, hold in holds.items()
        if _still_owed(hold, owed) and not released_in_shop(own_handle(action_id), shop, facts)
    }


def standing_escalations(
    holds: Mapping[str, InventoryHold],
    shop: Sequence[Hold],
    facts: OrderFacts,
    owed_skus: frozenset[str],
    stock: Mapping[str, StockLevel],
) -> dict[str, InventoryHold]:
    """Those that have not ended: contract §3, inventory. `owed_skus`: what the order, while it is open, still owes."""
    return {
        sku: hold
        for sku, hold in holds.items()
        if sku in owed_skus and not _back_in_stock(hold, stock.get(sku)) and not _escalation_released(hold, shop, facts)
    }


def due(hold: OwnHold, now: Ms) -> bool:
    """Its time has come to be released."""
    return hold.then is HoldThen.RELEASE and hold.until is not None and hold.until <= now


def released_in_shop(handle: str, shop: Sequence[Hold], facts: OrderFacts) -> bool | None:
    """Whether the shop released its side of a hold of ours, wherever it was; None: it told of none of this name."""
    told = [key for key, fields in facts.entities("hold") if fields.get("handle") == handle]
    if not told:
        return None
    ended = {hold.key: hold.ended_at is not None for hold in shop}
    return all(ended.get(key, key in facts.instants.get("released", {})) for key in told)


def _still_owed(hold: DeskHold, owed: Mapping[int, int]) -> bool:
    return any(owed.values()) if hold.lines is None else any(owed.get(line.id) for line in hold.lines)


def _back_in_stock(hold: InventoryHold, level: StockLevel | None) -> bool:
    if level is None or level.available is None or level.updated_at is None:
        return False
    return level.available >= 0 and level.updated_at > hold.at


def _escalation_released(hold: InventoryHold, shop: Sequence[Hold], facts: OrderFacts) -> bool:
    """Its own hold's release ends it. Where the shop told of none, one that has no name may be it."""
    released = released_in_shop(own_handle(hold.action_id), shop, facts)
    return released if released is not None else _last_release(shop, facts) > hold.at


def _last_release(shop: Sequence[Hold], facts: OrderFacts) -> int:
    """When the shop last released what was held for inventory without a name: by itself, with all, or by no longer reporting it.

    Of a fulfilment order that is released whole and of whose holds none was reported, ours may have been one.
    """
    known = {hold.fulfillment_order for hold in shop}
    released = facts.instants.get("released", {})
    whole = [max(at) for key, at in released.items() if "/" not in key and key not in known]
    nameless = [hold for hold in shop if hold.meaning is Issue.INVENTORY and not hold.handle]
    return max([0, *whole, *(hold.ended_at for hold in nameless if hold.ended_at is not None)])


def _own(hold: OwnHold, key: str, word: HoldReason, reason: str) -> Hold:
    return Hold(
        key=key,
        word=word,
        reason=reason,
        note=hold.note,
        since=hold.at,
        handle=own_handle(hold.action_id),
        by=hold.by,
        until=hold.until,
        then=hold.then,
    )


def _of_escalation(sku: str, hold: InventoryHold) -> Hold:
    found = _own(hold, f"escalation {sku} {hold.action_id}", HoldReason.INVENTORY, "inventory_escalation")
    return replace(found, skus=frozenset({sku}))


def _of_desk(hold: DeskHold, lines: Sequence[OwedLine]) -> Hold:
    found = _own(hold, f"desk {hold.action_id}", hold.reason, hold.reason.value)
    if hold.lines is None:
        return found
    units = {line.id: line.quantity for line in hold.lines}
    skus = frozenset(line.part.sku for line in lines if line.part.id in units and line.part.sku)
    return replace(found, skus=skus, lines=units)


def _hold(facts: OrderFacts, key: str, held: tuple[int, ...]) -> Hold:
    fields = facts.fields("hold", key) or {}
    reason = str(fields.get("reason") or "other")
    note, handle = fields.get("note"), fields.get("handle")
    waiting, units = (_read_since(facts, key, name, held[0]) for name in ("held_skus", "held_lines"))
    return Hold(
        key=key,
        word=shopify_words.HELD_FOR.get(reason, HoldReason.OTHER),
        reason=reason,
        note=note if isinstance(note, str) else None,
        since=Ms(held[0]),
        ended_at=_ended_at(facts, key, held[-1]),
        skus=None if waiting is None else frozenset(str(sku) for sku in waiting),
        lines=None if units is None else _units(units),
        handle=handle if isinstance(handle, str) else None,
    )


def _ended_at(facts: OrderFacts, key: str, last_held: int) -> Ms | None:
    """The first word after the newest "held" that says otherwise. A release in the same instant counts, a reading does not."""
    fulfillment_order = key.partition("/")[0]
    released = facts.instants.get("released", {})
    ends = [at for at in (*released.get(key, ()), *released.get(fulfillment_order, ())) if at >= last_held]
    ends += [at for at in facts.instants.get("unheld", {}).get(fulfillment_order, ()) if at > last_held]
    return Ms(min(ends)) if ends else None


def _read_since(facts: OrderFacts, key: str, name: str, since: int) -> list[Json] | None:
    """What was read of a hold's fulfilment order since it is held: holding a part of it takes the rest out."""
    fulfillment_order = key.partition("/")[0]
    value = (facts.fields("fulfillment_order", fulfillment_order) or {}).get(name)
    fresh = (facts.at("fulfillment_order", name, fulfillment_order) or 0) >= since
    return value if fresh and isinstance(value, list) else None


def _units(pairs: list[Json]) -> dict[int, int]:
    found = (pair for pair in pairs if isinstance(pair, list))
    return {line: count for line, count in found if isinstance(line, int) and isinstance(count, int)}
