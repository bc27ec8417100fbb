"""The desk's rules over plain lists: what every answer of the storage is compared with. Slow, obvious, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from random import Random
from typing import Any

from tests.support.naive_allotment import readiness, without
from tests.support.projections import projection

from orders_sync.db.order_rows import PRIORITY_RANK
from orders_sync.db.selection import ANY, Amounts, Between, Dimension, Filters, Selection, Wanted
from orders_sync.instants import DAY, FOREVER, HOUR, Ms
from orders_sync.rules.projection import OwedSku, OwedUnits, ParcelRow, Projection, ReturnRow, Turn
from orders_sync.rules.thresholds import Thresholds
from orders_wire.texts import folded
from orders_wire.vocabulary import (
    UNASSIGNED,
    Channel,
    Delivery,
    HoldReason,
    Issue,
    Priority,
    Ready,
    ReturnState,
    SortField,
    Status,
    StatusFilter,
    Tab,
)

Key = Any


@dataclass
class DeskModel:
    """Orders, a moment, and the questions that a page asks."""

    orders: list[Projection]
    now: Ms
    thresholds: Thresholds = field(default_factory=Thresholds)
    available: Mapping[str, int | None] = field(default_factory=dict)

    @cached_property
    def readiness(self) -> dict[int, tuple[str | None, list[str]]]:
        """`ready` and `blockers` by order id."""
        missing = without(self.orders, self.available)
        return {o.order_id: readiness(o, missing.get(o.order_id, {})) for o in self.orders}

    def select(self, selection: Selection) -> list[Projection]:
        """The selection's rows in their order."""
        rows = [o for o in self.orders if self.in_tab(o, selection.tab) and self.passes(o, selection.filters)]
        key, descending = self.order_of(selection)
        valued = [o for o in rows if key(o) is not None]
        bare = [o for o in rows if key(o) is None]
        valued.sort(key=lambda o: (key(o), o.order_id), reverse=descending)
        bare.sort(key=lambda o: o.order_id, reverse=descending)
        return valued + bare

    def is_open(self, o: Projection) -> bool:
        return o.live_at is not None and o.live_at > self.now - self.thresholds.quiet

    def late_at(self, o: Projection) -> Ms | None:
        f = self.thresholds
        late = [
            p.last_update
            for p in o.parcels
            if p.late_prone and p.open_order and self.now - f.quiet < p.last_update <= self.now - f.delayed
        ]
        return min(late, default=None)

    def in_tab(self, o: Projection, tab: Tab) -> bool:
        pending = self.now - self.thresholds.tracking_pending
        rules: dict[Tab, Callable[[], bool]] = {
            Tab.ALL: lambda: True,
            Tab.UNFULFILLED: lambda: o.due_at is not None,
            Tab.OVERDUE: lambda: o.due_at is not None and o.due_at < self.now,
            Tab.AWAITING_TRACKING: lambda: o.untracked_at is not None and self.is_open(o),
            Tab.TRACKING_PENDING: lambda: o.unnumbered_at is not None and o.unnumbered_at < pending and self.is_open(o),
            Tab.DELAYED: lambda: self.late_at(o) is not None,
            Tab.HOLDS: lambda: o.held_at is not None,
            Tab.RETURNS: lambda: o.return_at is not None,
            Tab.REFUNDED: lambda: o.refunded_at is not None,
        }
        return rules[tab]()

    def passes(self, o: Projection, f: Filters) -> bool:
        return (
            (f.placed.start is None or o.placed_at >= f.placed.start)
            and (f.placed.end is None or o.placed_at < f.placed.end)
            and self._has_status(o, f.status)
            and f.priority in (None, o.priority)
            and f.assigned_to in (None, o.assigned_to or UNASSIGNED)
            and f.channel in (None, o.channel)
            and (f.tag is None or f.tag.casefold() in [tag.casefold() for tag in o.tags])
            and all(self._matches(o, word) for word in f.words)
            and f.customer in (None, o.customer_id)
            and self._is_worth(o, f.value)
            and (f.ready is None or (self.readiness[o.order_id][0] == f.ready.value) is not f.ready.excluded)
            and all((w.value.casefold() in self._marks(o, d)) is not w.excluded for d, w in f.marks.items())
        )

    def _marks(self, o: Projection, dimension: Dimension) -> set[str]:
        """What the order has of what can be asked for, case-folded."""
        issue = self.issue(o)
        found: dict[Dimension, Collection[str]] = {
            Dimension.HOLD: [*o.hold_reasons, *([ANY] if o.held_at is not None else [])],
            Dimension.ISSUE: [issue, ANY] if issue else [],
            Dimension.DELIVERY: [o.delivery],
            Dimension.HAS: ["note"] if o.note_count else [],
            Dimension.COUNTRY: [o.country] if o.country else [],
            Dimension.SKU: o.skus,
        }
        return {value.casefold() for value in found[dimension]}

    def _is_worth(self, o: Projection, value: Amounts | None) -> bool:
        if value is None:
            return True
        cents = o.value_usd_cents
        if cents is None:
            return False
        return (value.least is None or cents >= value.least) and (value.most is None or cents <= value.most)

    def order_of(self, selection: Selection) -> tuple[Callable[[Projection], Key], bool]:
        if selection.sort is not None:
            return _SORT_KEYS[selection.sort.field], selection.sort.descending
        if selection.tab is Tab.DELAYED:
            return self.late_at, False
        return _TAB_KEYS[selection.tab], selection.tab in (Tab.ALL, Tab.REFUNDED)

    def issue(self, o: Projection) -> Issue | None:
        """`issue` with the rule of the tab `delayed`."""
        weak = o.static_issue in (None, Issue.MANUAL_CHECK)
        return Issue.CARRIER if weak and self.late_at(o) is not None else o.static_issue

    def _has_status(self, o: Projection, status: StatusFilter | None) -> bool:
        if status in (StatusFilter.OVERDUE, StatusFilter.HOLDS):
            return self.in_tab(o, Tab(status.value))
        return status is None or o.status.value == status.value

    def _matches(self, o: Projection, word: str) -> bool:
        word = folded(word)
        if "#" in word:
            return folded(o.name).startswith(word)
        named = word in folded(o.customer_name or "")
        runs = re.findall("[0-9]+", folded(o.name))
        return named or any(folded(text).startswith(word) for text in (*runs, *(term for _, term in o.terms)))


_TAB_KEYS: dict[Tab, Callable[[Projection], Key]] = {
    Tab.ALL: lambda o: o.placed_at,
    Tab.UNFULFILLED: lambda o: o.due_at,
    Tab.OVERDUE: lambda o: o.due_at,
    Tab.AWAITING_TRACKING: lambda o: o.untracked_at,
    Tab.TRACKING_PENDING: lambda o: o.unnumbered_at,
    Tab.HOLDS: lambda o: o.held_at,
    Tab.RETURNS: lambda o: o.return_at,
    Tab.REFUNDED: lambda o: o.refunded_at,
}

_SORT_KEYS: dict[SortField, Callable[[Projection], Key]] = {
    SortField.PLACED_AT: lambda o: o.placed_at,
    SortField.SHIP_BY: lambda o: o.ship_by,
    SortField.ORDER_NUMBER: lambda o: o.number,
    SortField.STATUS: lambda o: o.status.value,
    SortField.PRIORITY: lambda o: PRIORITY_RANK[o.priority],
    SortField.VALUE_USD: lambda o: o.value_usd_cents,
    SortField.ASSIGNED_TO: lambda o: o.assigned_to,
    SortField.CUSTOMER_NAME: lambda o: None if o.customer_name is None else folded(o.customer_name),
}

OWNERS = ("bo", "Åsa", "assistant")
NAMES = (
    "Åsa Öberg",
    "Bo Weiß",
    "STRASSE Maße",
    "李 小龍",
    "O’Brien 100%_\\",
    "Ann Bo",
    "Jose\u0301 İnönü",
    "Søren Æbelø",
)
TAGS = ("vip", "Café", "gift wrap")
SKUS = ("TEE-1", "MUG", "100%_OFF")
WHOLE_SKUS = ("TEE-1", "Mug", "MUG-2", "-odd", "straße")
COUNTRIES = (None, "DE", "DE", "DE", "DE", "US", "SE")
CUSTOMERS = (None, 7, 8)


def random_orders(dice: Random, count: int, now: Ms, *, first_id: int = 1) -> list[Projection]:
    """Orders of every kind over the last hundred days, many with equal instants."""
    return [random_order(dice, first_id + n, now) for n in range(count)]


def random_order(dice: Random, order_id: int, now: Ms) -> Projection:
    def past(days: int) -> Ms:
        return Ms(
            now - dice.choice([dice.randrange(days) * DAY, dice.randrange(days * DAY), dice.randrange(40) * HOUR])
        )

    def maybe(value: Any, chance: float = 0.5) -> Any:
        return value if dice.random() < chance else None

    placed = past(100)
    fulfilled = maybe(Ms(placed + dice.randrange(4 * DAY)))
    cancelled = dice.random() < 0.1
    owed = not cancelled and dice.random() < 0.4
    held = maybe(past(20), 0.2)
    name = f"{dice.choice(['#', '#', 'EN#', 'EU-7-', ''])}{dice.choice([order_id, 1000 + order_id])}"
    parcels = tuple(_parcel(dice, order_id * 10 + n, past, not cancelled) for n in range(dice.choice([0, 0, 1, 1, 2])))
    returns = tuple(_return(dice, order_id * 10 + n, past) for n in range(dice.choice([0, 0, 0, 1, 2])))
    pending = [r.since for r in returns if not r.state.terminal]
    email = f"{dice.choice(['Ann', 'bo', 'ÅSA'])}{order_id}@example.org"
    sku = dice.choice(SKUS)
    digits = {("digits", run[0]) for run in re.finditer("[0-9]+", name) if run.start()}
    return projection(
        order_id,
        name=name,
        number=maybe(order_id, 0.9),
        placed_at=placed,
        ship_by=maybe(Ms(placed + DAY), 0.8),
        status=dice.choice(list(Status)),
        priority=dice.choice(list(Priority)),
        channel=dice.choice(list(Channel)),
        static_issue=dice.choice([None, None, *Issue]),
        value_usd_cents=maybe(dice.choice([*range(0, 5000, 125), 10**14, -250]), 0.8),
        assigned_to=maybe(dice.choice(OWNERS)),
        customer_name=maybe(dice.choice(NAMES), 0.8),
        first_fulfilled_at=fulfilled,
        live_at=dice.choice([None, Ms(2**53), past(50)]),
        due_at=Ms(placed + DAY) if owed else None,
        untracked_at=maybe(placed, 0.2),
        unnumbered_at=maybe(placed, 0.2),
        held_at=held,
        return_at=min(pending, default=None),
        refunded_at=maybe(past(60), 0.3),
        tags=tuple(dice.sample(TAGS, dice.randrange(3))),
        terms=frozenset(
            {("number", name.removeprefix("#")), ("email", email), ("sku", sku), ("tracking", f"1Z{order_id}"), *digits}
        ),
        parcels=parcels,
        returns=returns,
        hold_reasons=frozenset(dice.sample(list(HoldReason), dice.choice([1, 1, 2]))) if held else frozenset(),
        delivery=dice.choice([Delivery.SHIPPING] * 5 + list(Delivery)),
        country=dice.choice(COUNTRIES),
        customer_id=dice.choice(CUSTOMERS),
        skus=frozenset(dice.sample(WHOLE_SKUS, dice.choice([0, 1, 1, 2]))),
        note_count=dice.choice([0, 0, 0, 2]),
        **(_owing(dice, Ms(placed + DAY)) if owed else {}),
    )


def _owing(dice: Random, due: Ms) -> dict[str, Any]:
    """What it owes, and what keeps it here."""
    blockers = tuple(dice.choice([[], [], [], ["payment"], ["hold:address"], ["shop"], ["shop", "hold:fraud"]]))
    units: list[OwedUnits] = []
    skus = sorted(dice.sample(SKUS, dice.choice([1, 1, 2])))
    waits = {sku: dice.random() < 0.2 for sku in skus}
    for sku in skus:
        free, stuck, held = dice.choice([1, 2, 3]), dice.choice([0, 1]), dice.choice([0, 2])
        stuck, held = stuck if "shop" in blockers else 0, held if any(b[:4] == "hold" for b in blockers) else 0
        at = dice.choice([due, due, FOREVER])
        turn = Turn.BLOCKED if blockers else Turn.FIRST
        units.append(OwedUnits(sku, turn, at, free + stuck, stuck, waits[sku]))
        units += [OwedUnits(sku, Turn.HELD, at, held, held, waits[sku])] if held else []
    sendable = 0 if "payment" in blockers else sum(each.units - each.stuck for each in units)
    own = (Ready.PART if blockers else Ready.YES) if sendable else Ready.NO
    return {
        "ready": own,
        "blockers": blockers,
        "sendable": sendable,
        "owed_units": tuple(units),
        "owed_skus": tuple(OwedSku(sku, f"A {sku}", held=waits[sku]) for sku in skus),
    }


def _parcel(dice: Random, fulfillment_id: int, past: Callable[[int], Ms], open_order: bool) -> ParcelRow:
    live = dice.random() < 0.7
    moving = live and dice.random() < 0.7
    updated = past(45)
    return ParcelRow(
        fulfillment_id=fulfillment_id,
        created_at=updated,
        last_update=updated,
        live=live,
        moving=moving,
        late_prone=moving and dice.random() < 0.8,
        has_number=dice.random() < 0.7,
        open_order=open_order,
        carrier=dice.choice([None, "UPS", "DHL"]),
        delivered_at=None if live else updated,
    )


def _return(dice: Random, return_id: int, past: Callable[[int], Ms]) -> ReturnRow:
    minor = dice.choice([None, dice.randrange(10_000)])
    return ReturnRow(
        return_id=return_id,
        state=dice.choice(list(ReturnState)),
        since=past(30),
        reason=dice.choice([None, "too small"]),
        refund_hundredths=minor,
        currency=None if minor is None else "USD",
        usd_cents=minor,
    )


def random_filters(dice: Random, now: Ms) -> Filters:
    """Some filters, mostly one or two at once."""

    def some(value: Any) -> Any:
        return value if dice.random() < 0.2 else None

    bounds: Sequence[Ms | None] = (
        None,
        Ms(now - 30 * DAY),
        Ms(now - 7 * DAY),
        Ms(now // DAY * DAY),
        Ms(now - 90 * DAY + 1),
    )
    words = (
        "#1",
        "#10",
        "1",
        "101",
        "en#",
        "#en",
        "åsa",
        "weiss",
        "strasse",
        "maß",
        "小",
        "100%_",
        "tee",
        "1z4",
        "a",
        "%",
        "_",
        "bo",
        "o'brien",
        "JOSÉ",
        "inonu",
        "aebelo",
        "eu–7",
        "１０",
    )
    return Filters(
        placed=Between(some(dice.choice(bounds)), some(dice.choice(bounds))),
        status=some(dice.choice(list(StatusFilter))),
        priority=some(dice.choice(list(Priority))),
        assigned_to=some(dice.choice([*OWNERS, UNASSIGNED])),
        channel=some(dice.choice(list(Channel))),
        tag=some(dice.choice([*TAGS, "VIP", "CAFÉ", "none"])),
        words=tuple(dict.fromkeys(folded(word) for word in dice.sample(words, dice.choice([0, 0, 0, 1, 1, 2])))),
    )


def random_list_filters(dice: Random) -> Filters:
    """Some of the list parameters, mostly one or two at once, half of them excluding."""

    def some(values: Sequence[str]) -> Wanted | None:
        return Wanted(dice.choice(values), dice.random() < 0.5) if dice.random() < 0.25 else None

    least, most = (dice.choice([None, None, None, None, dice.randrange(5000)]) for _ in range(2))
    return Filters(
        hold=some([*HoldReason, ANY]),
        issue=some([*Issue, ANY]),
        delivery=some(list(Delivery)),
        has=some(["note"]),
        country=some(["DE", "US", "SE", "FR"]),
        sku=some(["tee-1", "MUG", "mug-2", "-ODD", "STRASSE", "none"]),
        customer=dice.choice([None, None, None, None, 7, 9]),
        value=None if least is None and most is None else Amounts(least, most),
        ready=some(list(Ready)),
    )
