"""Parcels: fulfilments as the carrier and operators last described them (contract §1, Parcels).

Keyed by fulfilment id, so that one parcel's update never touches another's number; never back from delivered.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from orders_sync.evidence import shopify_words
from orders_sync.evidence.entities import FulfilledLine, FulfillmentPart
from orders_sync.evidence.facts import OrderFacts
from orders_sync.instants import Ms
from orders_sync.rules.operator_state import Acknowledgement, GivenNumber, Tracking, own_gid
from orders_sync.rules.tracking_numbers import page_of, several

_PROGRESS = (
    "label_purchased",
    "label_printed",
    "confirmed",
    "ready_for_pickup",
    "carrier_picked_up",
    "in_transit",
    "delayed",
    "out_for_delivery",
    "attempted_delivery",
    "failure",
    "not_delivered",
    "picked_up",
    "delivered",
)
_RANKS: Mapping[str, int] = {state: rank for rank, state in enumerate(_PROGRESS)}


@dataclass(frozen=True, slots=True)
class Parcel:
    """`state` is the carrier's, in the shop's words, None before the first. `updated_at` is the last shop update.

    `unnumbered`: it is reported without a tracking number. `more_numbers`: of its further boxes. `shipped`: something in it is
    shipped. `lines` are those that its newest report names, as of `lines_at`. `real`: it was reported itself, not only scanned.
    `of_action`: the action whose acknowledgement it is, of a parcel of ours. `in_shop`: what the shop has, where an operator's
    number stands for it.
    `carried`: by a carrier, so that it is to have a number and may be delayed; not where it is picked up or the shop brings it.
    """

    id: int
    created_at: Ms
    updated_at: Ms
    status: str = "success"
    state: str | None = None
    number: str | None = None
    carrier: str | None = None
    url: str | None = None
    delivered_at: Ms | None = None
    name: str | None = None
    more_numbers: tuple[str, ...] = ()
    shipped: bool = True
    real: bool = True
    carried: bool = True
    lines: tuple[FulfilledLine, ...] = ()
    lines_at: int = 0
    of_action: str | None = None
    in_shop: Tracking | None = None

    @property
    def ours(self) -> bool:
        """An operator's acknowledgement that Shopify has not confirmed."""
        return self.of_action is not None

    @property
    def gid(self) -> str:
        """As ORDER's detail names it, and `fulfillmentId` may."""
        return f"gid://shopify/Fulfillment/{self.id}" if self.of_action is None else own_gid(self.of_action)

    @property
    def tracking(self) -> Tracking:
        return Tracking(number=self.number, carrier=self.carrier, url=self.url)

    @property
    def alive(self) -> bool:
        """Neither cancelled nor failed."""
        return self.status not in shopify_words.DEAD_FULFILLMENT

    @property
    def live(self) -> bool:
        """Alive and not delivered (contract §1, Open)."""
        return self.alive and self.delivered_at is None

    @property
    def unnumbered(self) -> bool:
        return self.real and self.number is None

    @property
    def awaiting_number(self) -> bool:
        """Its missing number matters (contract §1, `delivery`)."""
        return self.live and self.unnumbered and self.carried

    @property
    def moving(self) -> bool:
        return self.live and self.state in shopify_words.MOVING

    @property
    def late_prone(self) -> bool:
        return self.live and self.carried and self.state in shopify_words.LATE_PRONE


@dataclass(frozen=True, slots=True)
class _Scan:
    happened_at: int
    reported_at: int
    status: str


def of_shop(facts: OrderFacts, numbers: Mapping[int, GivenNumber], *, carried: bool = True) -> tuple[Parcel, ...]:
    """Shopify's parcels, also dead ones, oldest first, with the numbers that operators gave them; last those only scanned."""
    scans = _scans(facts)
    found = [_reported(facts, key, scans.pop(key, [])) for key in facts.reported.get("fulfillment", {})]
    found.sort(key=lambda parcel: (parcel.created_at, parcel.id))
    found += (_scanned(facts, key, scans[key]) for key in sorted(scans))
    found = [with_number(parcel, numbers.get(parcel.id)) for parcel in found]
    return tuple(found) if carried else tuple(replace(parcel, carried=False) for parcel in found)


def fulfillment_ids(facts: OrderFacts) -> tuple[int, ...]:
    """The fulfilments that Shopify has reported: what an acknowledgement keeps as `known`."""
    return tuple(sorted(int(key) for key in facts.reported.get("fulfillment", {})))


def with_number(parcel: Parcel, given: Acknowledgement | GivenNumber | None) -> Parcel:
    """The parcel, as the shop has it, with an operator's number, where that stands. Its further boxes keep theirs."""
    numbers = () if given is None else several(given.number)
    if given is None or not numbers or not stands(parcel.tracking, given):
        return parcel
    kept = tuple(number for number in parcel.more_numbers if number not in numbers)
    carrier, url = given.carrier or parcel.carrier, given.url or page_of(parcel.tracking, numbers[0])
    shown = replace(parcel, number=numbers[0], more_numbers=numbers[1:] + kept, carrier=carrier, url=url)
    return replace(shown, in_shop=parcel.tracking)


def stands(in_shop: Tracking, given: Acknowledgement | GivenNumber) -> bool:
    """Whether an operator's number still counts: until the shop has another than when it was given (contract §3, Fulfil).

    Where the number was right and its carrier or page was corrected, these are what is compared.
    """
    if in_shop.number is None:
        return True
    if in_shop.number in several(given.number):
        return in_shop in given.before
    return any(in_shop.number == before.number for before in given.before)


def _scans(facts: OrderFacts) -> dict[str, list[_Scan]]:
    """The scans that stand, by fulfilment."""
    withdrawn = facts.first.get("withdrawn", {})
    found: dict[str, list[_Scan]] = {}
    for key, layers in facts.reported.get("scan", {}).items():
        status, happened_at = layers[0].fields["status"], layers[0].fields["at"]
        if key not in withdrawn and status in shopify_words.CARRIER_STATES and isinstance(happened_at, int):
            found.setdefault(key.partition("/")[0], []).append(_Scan(happened_at, layers[0].at, str(status)))
    return found


def _reported(facts: OrderFacts, key: str, scans: list[_Scan]) -> Parcel:
    part = FulfillmentPart.model_validate({**(facts.fields("fulfillment", key) or {}), "id": int(key)})
    status_at = facts.at("fulfillment", "shipment_status", key) or 0
    delivered_at = facts.first.get("fulfillment_delivered", {}).get(key)
    numbers = several(part.number, *part.more_numbers)
    return Parcel(
        id=part.id,
        status=part.status,
        state="delivered" if delivered_at is not None else _state(part.shipment_status, status_at, scans),
        number=next(iter(numbers), None),
        carrier=part.carrier,
        url=part.url,
        created_at=Ms(facts.first["fulfillment_submitted"][key]) if part.created_at is None else part.created_at,
        updated_at=Ms(max(part.updated_at, *(scan.happened_at for scan in scans))) if scans else part.updated_at,
        delivered_at=None if delivered_at is None else Ms(delivered_at),
        name=part.name,
        more_numbers=numbers[1:],
        shipped=part.requires_shipping is not False,
        lines=part.lines,
        lines_at=facts.at("fulfillment", "lines", key) or 0,
    )


def _scanned(facts: OrderFacts, key: str, scans: list[_Scan]) -> Parcel:
    """A parcel that carriers scanned before its fulfilment was reported."""
    delivered_at = facts.first.get("fulfillment_delivered", {}).get(key)
    return Parcel(
        id=int(key),
        state="delivered" if delivered_at is not None else _state(None, 0, scans),
        created_at=Ms(min(scan.happened_at for scan in scans)),
        updated_at=Ms(max(scan.happened_at for scan in scans)),
        delivered_at=None if delivered_at is None else Ms(delivered_at),
        real=False,
    )


def _state(status: str | None, status_at: int, scans: list[_Scan]) -> str | None:
    """The newest of what the fulfilment says (as of its update) and what the carrier's scans say (as they happened)."""
    known = status if status in shopify_words.CARRIER_STATES else None
    if not scans:
        return known
    newest = max(scans, key=lambda scan: (scan.happened_at, scan.reported_at, _RANKS[scan.status]))
    if known is None:
        return newest.status
    ahead = newest.happened_at >= status_at or _RANKS[newest.status] > _RANKS[known]
    return newest.status if newest.reported_at > status_at and ahead else known
