"""Carriers: numbers in their real formats with right check digits, their pages, and what their scans say."""

from __future__ import annotations

import string
from collections.abc import Callable
from random import Random
from typing import NamedTuple

from stdnum import ean
from stdnum.iso7064 import mod_37_36

from orders_demo.world.parcels import Tracking


class Carrier(NamedTuple):
    """`company` as Shopify names it; `url` takes the number."""

    company: str
    url: str
    draw: Callable[[Random], str]


def ups(rng: Random) -> str:
    """`1Z`, six of the shipper, two of the service, seven digits, and a check digit over letters and digits."""
    shipper = "".join(rng.choices(string.digits + string.ascii_uppercase, k=6))
    body = f"{shipper}{rng.choice(('03', '12', '67'))}{_digits(rng, 7)}"
    values = [int(char) if char.isdigit() else (ord(char) - 63) % 10 for char in body]
    return f"1Z{body}{-(sum(values[::2]) + 2 * sum(values[1::2])) % 10}"


def usps(rng: Random) -> str:
    """22 digits, the last a check digit weighted 3 and 1 from the right."""
    body = f"{rng.choice(('9400', '9405', '9361'))}{_digits(rng, 17)}"
    return body + str(ean.calc_check_digit(body))


def dhl_express(rng: Random) -> str:
    """Ten digits, the last the remainder of the others by 7."""
    body = _digits(rng, 9, first="123456789")
    return f"{body}{int(body) % 7}"


def dhl_parcel(rng: Random) -> str:
    """The 20 digits of a German DHL label: an SSCC with its check digit."""
    body = f"00340434{_digits(rng, 11)}"
    return body + str(ean.calc_check_digit(body))


def royal_mail(rng: Random) -> str:
    """Two letters, eight digits, a check digit modulo 11, `GB`: the Universal Postal Union's S10."""
    body = _digits(rng, 8)
    rest = 11 - sum(int(digit) * weight for digit, weight in zip(body, (8, 6, 4, 2, 3, 5, 9, 7), strict=True)) % 11
    check = {10: 0, 11: 5}.get(rest, rest)
    return f"{rng.choice(('RB', 'TT', 'XG'))}{body}{check}GB"


def dpd(rng: Random) -> str:
    """Fourteen digits and a check character modulo 37, 36."""
    body = _digits(rng, 14)
    return body + mod_37_36.calc_check_digit(body)


def fedex(rng: Random) -> str:
    """Twelve digits, the last weighted 3, 1, 7 modulo 11."""
    body = _digits(rng, 11, first="123456789")
    weighted = sum(int(digit) * weight for digit, weight in zip(body, (3, 1, 7) * 4, strict=False))
    return f"{body}{weighted % 11 % 10}"


UPS = Carrier("UPS", "https://www.ups.com/track?tracknum={}", ups)
USPS = Carrier("USPS", "https://tools.usps.com/go/TrackConfirmAction?tLabels={}", usps)
DHL_EXPRESS = Carrier("DHL Express", "https://www.dhl.com/en/express/tracking.html?AWB={}", dhl_express)
DHL_PARCEL = Carrier("DHL", "https://www.dhl.de/de/privatkunden/dhl-sendungsverfolgung.html?piececode={}", dhl_parcel)
ROYAL_MAIL = Carrier("Royal Mail", "https://www.royalmail.com/track-your-item#/tracking-results/{}", royal_mail)
DPD = Carrier("DPD", "https://tracking.dpd.de/status/en_US/parcel/{}", dpd)
FEDEX = Carrier("FedEx", "https://www.fedex.com/fedextrack/?trknbr={}", fedex)

ALL = (UPS, USPS, DHL_EXPRESS, DHL_PARCEL, ROYAL_MAIL, DPD, FEDEX)

_HOME = {"US": (UPS, USPS, FEDEX), "CA": (UPS, FEDEX), "GB": (ROYAL_MAIL, DPD, UPS), "DE": (DHL_PARCEL, DPD)}
_ABROAD = (DHL_EXPRESS, DPD, UPS)

SAYINGS = {
    "LABEL_PURCHASED": "Label purchased",
    "LABEL_PRINTED": "Label printed",
    "CONFIRMED": "Shipment information received",
    "IN_TRANSIT": "Departed facility",
    "OUT_FOR_DELIVERY": "Out for delivery",
    "ATTEMPTED_DELIVERY": "Delivery attempted, nobody home",
    "READY_FOR_PICKUP": "Ready for collection at the parcel shop",
    "DELAYED": "Delayed: severe weather",
    "DELIVERED": "Delivered, left at front door",
    "FAILURE": "Undeliverable: address not found",
}


def tracking(rng: Random, country: str) -> Tracking:
    """A parcel's number at a carrier that serves the country."""
    carrier = rng.choice(_HOME.get(country, _ABROAD))
    number = carrier.draw(rng)
    return Tracking(carrier.company, number, carrier.url.format(number))


def _digits(rng: Random, count: int, first: str = string.digits) -> str:
    return rng.choice(first) + "".join(rng.choices(string.digits, k=count - 1))
