"""The rules against a second reading of them: contract §1 word by word over the bodies themselves, for orders drawn at random.

Nothing here but the bodies is shared with the code under test. What depends on disorder is not the question; `test_lives` is.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.server.rules.order_states import projected, told
from tests.support import shop_bodies as shop
from tests.support.shop_bodies import Body

from orders_sync.instants import DAY, HOUR, Ms, parse_instant, to_text
from orders_sync.rules.stock_level import StockLevel

PLACED = parse_instant("2026-01-10T08:00:00Z")
QUIET, LATE, PENDING = 30 * DAY, DAY, 2 * HOUR

DEAD = ("cancelled", "failure", "error")
ON_ITS_WAY = (
    "label_purchased",
    "label_printed",
    "confirmed",
    "in_transit",
    "out_for_delivery",
    "attempted_delivery",
    "delayed",
    "ready_for_pickup",
)
STATES = (None, *ON_ITS_WAY, "delivered", "failure", "not_delivered")
MEANT = {
    "awaiting_payment": "payment",
    "incorrect_address": "address",
    "inventory_out_of_stock": "inventory",
    "other": "manual_check",
    "high_risk_of_fraud": "manual_check",
}


@dataclass
class Told:
    """What is told of one order, and when it is looked at."""

    order: Body
    now: Ms
    holds: list[str] = field(default_factory=list)
    dispute: str | None = None
    short: bool = False

    def ships(self) -> bool:
        counter = self.order["source_name"] == "pos" and self.order["shipping_address"] is None
        return not counter and any(line["requires_shipping"] for line in self.order["line_items"])

    def owed(self) -> bool:
        lines = self.order["line_items"]
        return self.ships() and any(line["requires_shipping"] and line["fulfillable_quantity"] for line in lines)

    def over(self) -> bool:
        return bool(self.order["cancelled_at"]) or self.order["financial_status"] == "refunded"

    def parcels(self) -> list[Body]:
        """Alive, of an order that ships."""
        return [p for p in self.order["fulfillments"] if p["status"] not in DEAD] if self.ships() else []

    def live(self) -> list[Body]:
        return [parcel for parcel in self.parcels() if parcel["shipment_status"] != "delivered"]

    def age(self, parcel: Body) -> int:
        return self.now - parse_instant(parcel["updated_at"])

    def is_open(self) -> bool:
        keeping = [p for p in self.live() if p["shipment_status"] in ON_ITS_WAY or p["tracking_number"] is None]
        return not self.over() and (self.owed() or any(self.age(p) < QUIET for p in keeping))

    def status(self) -> str:
        if self.order["cancelled_at"]:
            return "cancelled"
        if self.over():
            return "refunded"
        if self.owed():
            return "awaiting_fulfillment"
        if any(parcel["tracking_number"] is None for parcel in self.live()):
            return "awaiting_tracking"
        return "in_transit" if any(p["shipment_status"] in ON_ITS_WAY for p in self.live()) else "fulfilled"

    def late(self) -> bool:
        states = ("in_transit", "out_for_delivery", "delayed")
        silent = (LATE <= self.age(p) < QUIET for p in self.live() if p["shipment_status"] in states)
        return self.is_open() and any(silent)

    def issue(self) -> str | None:
        meant = {MEANT[reason] for reason in self.holds} if not self.over() else set()
        owed = self.owed() and not self.over()
        unpaid = owed and self.order["financial_status"] in ("voided", "expired")
        trouble = ("failure", "not_delivered", "attempted_delivery", "delayed")
        if self.dispute == "needs_response" or "payment" in meant or unpaid:
            return "payment"
        if "address" in meant or (owed and self.order["shipping_address"] is None):
            return "address"
        if "inventory" in meant or (owed and self.short):
            return "inventory"
        if any(parcel["shipment_status"] in trouble for parcel in self.live()) or self.late():
            return "carrier"
        return "manual_check" if meant else None

    def tabs(self) -> dict[str, bool]:
        numbered = any(parcel["tracking_number"] for parcel in self.parcels())
        bare = any(parcel["tracking_number"] is None for parcel in self.live())
        return {
            "unfulfilled": self.is_open() and self.owed(),
            "overdue": self.is_open() and self.owed() and self.now > PLACED + DAY,
            "awaiting_tracking": self.is_open() and bare,
            "tracking_pending": self.is_open() and self.now - PLACED > PENDING and not numbered,
            "delayed": self.late(),
            "holds": not self.over() and bool(self.holds),
        }


def _drawn(dice: Random) -> Told:
    def parcel(n: int) -> Body:
        updated_at = Ms(PLACED + dice.choice([HOUR, 3 * DAY, 20 * DAY]) + dice.randrange(HOUR))
        return shop.fulfillment(
            n,
            status=dice.choice(["success", "success", "success", "pending", *DEAD]),
            shipment_status=dice.choice(STATES),
            tracking_number=dice.choice([None, f"N{n}"]),
            created_at=to_text(PLACED + HOUR),
            updated_at=to_text(updated_at),
        )

    order = shop.order(
        created_at=to_text(PLACED),
        processed_at=to_text(PLACED),
        updated_at=to_text(PLACED + 21 * DAY),
        cancelled_at=dice.choice([None, None, None, None, to_text(PLACED + 20 * DAY)]),
        financial_status=dice.choice(
            ["paid", "paid", "pending", "voided", "expired", "partially_refunded", "refunded"]
        ),
        source_name=dice.choice(["web", "web", "pos", "shopify_draft_order"]),
        shipping_address=dice.choice([{"city": "London"}, {"city": "London"}, None]),
        line_items=[
            shop.line(n, requires_shipping=dice.random() < 0.8, fulfillable_quantity=dice.choice([0, 0, 2]))
            for n in (11, 12)
        ],
        fulfillments=[parcel(n) for n in range(21, 21 + dice.randrange(4))],
        tags=dice.choice(["", "VIP", "Express", "gift, RUSH"]),
    )
    waits = [HOUR, 3 * HOUR, DAY, 4 * DAY, 22 * DAY, 31 * DAY, 33 * DAY, 55 * DAY]
    return Told(
        order,
        Ms(PLACED + dice.choice(waits) + dice.randrange(2 * HOUR)),
        holds=dice.sample(sorted(MEANT), dice.choice([0, 0, 1, 2])),
        dispute=dice.choice([None, None, None, "needs_response", "won"]),
        short=dice.random() < 0.2,
    )


def _changes(drawn: Told) -> list[Any]:
    found: list[Any] = [told("orders/updated", drawn.order, "08:00")]
    for n, reason in enumerate(drawn.holds):
        owner = {"id": 41, "order_id": 1}
        body = {"fulfillment_order": owner, "fulfillment_hold": shop.hold(50 + n, reason)}
        found.append(told("fulfillment_holds/added", body, "08:00"))
    if drawn.dispute is not None:
        found.append(told("disputes/create", shop.dispute(status=drawn.dispute), "08:00"))
    return found


@settings(max_examples=200, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_every_rule_says_what_the_contract_says(seed: int) -> None:
    drawn = _drawn(Random(seed))
    level = StockLevel(-1 if drawn.short else 4, PLACED)
    found = projected(*_changes(drawn), now=drawn.now, stock={"SKU-11": level, "SKU-12": level})
    now, is_open = drawn.now, found.live_at is not None and found.live_at > drawn.now - QUIET
    late = any(p.late_prone and p.open_order and LATE <= now - p.last_update < QUIET for p in found.parcels)
    assert found.status == drawn.status()
    assert is_open is drawn.is_open()
    assert {
        "unfulfilled": found.due_at is not None,
        "overdue": found.due_at is not None and found.due_at < now,
        "awaiting_tracking": found.untracked_at is not None and is_open,
        "tracking_pending": found.unnumbered_at is not None and found.unnumbered_at < now - PENDING and is_open,
        "delayed": late,
        "holds": found.held_at is not None,
    } == drawn.tabs()
    static = found.static_issue
    assert ("carrier" if late and static in (None, "manual_check") else static) == drawn.issue()
    assert found.ship_by == (PLACED + DAY if drawn.ships() else None)
    assert found.priority == {"": "standard", "VIP": "vip"}.get(drawn.order["tags"], "rush")
