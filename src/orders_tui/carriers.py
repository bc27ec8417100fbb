"""Which carrier a tracking number belongs to, by its shape and check digit. A guess that says why; never a gate.

Sources of the shapes and check digits: the UPU's S10 standard for international mail; GS1's SSCC and General Specifications for
20-digit parcel numbers (also USPS); UPS's 1Z and FedEx's 12-digit rules as their customers' integration guides give them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

_S10_WEIGHTS = (8, 6, 4, 2, 3, 5, 9, 7)
_FEDEX_WEIGHTS = (3, 1, 7, 3, 1, 7, 3, 1, 7, 3, 1)
_POSTS = {
    "AT": "Austrian Post",
    "AU": "Australia Post",
    "BE": "bpost",
    "CA": "Canada Post",
    "CH": "Swiss Post",
    "CN": "China Post",
    "DE": "DHL",
    "DK": "PostNord",
    "ES": "Correos",
    "FR": "La Poste",
    "GB": "Royal Mail",
    "IE": "An Post",
    "IT": "Poste Italiane",
    "JP": "Japan Post",
    "NL": "PostNL",
    "NO": "Posten",
    "NZ": "NZ Post",
    "PL": "Poczta Polska",
    "PT": "CTT",
    "SE": "PostNord",
    "SG": "Singapore Post",
    "US": "USPS",
}


@dataclass(frozen=True, slots=True)
class Guess:
    """`reason` reads `20 digits, check digit ok`; `checked` is True/False where the carrier has a check digit, else None."""

    carrier: str
    reason: str
    checked: bool | None


@dataclass(frozen=True, slots=True)
class _Shape:
    carrier: str
    pattern: re.Pattern[str]
    words: str
    check: Callable[[str], bool] | None = None


def normalise(number: str) -> str:
    """Without spaces, dots and dashes, upper case."""
    return re.sub(r"[\s.\-]", "", number).upper()


def guesses(number: str) -> list[Guess]:
    """Carriers whose numbers look like this: those whose check digit fits, those without one, those whose does not."""
    ranks = {True: 0, None: 1, False: 2}
    return sorted(_guesses(normalise(number)), key=lambda guess: ranks[guess.checked])


def _guesses(number: str) -> Iterator[Guess]:
    if re.fullmatch(r"[A-Z]{2}\d{9}[A-Z]{2}", number):
        yield _judged(_POSTS.get(number[-2:], f"post ({number[-2:]})"), "international mail number", _s10(number))
    for shape in _SHAPES:
        if shape.pattern.fullmatch(number):
            yield _judged(shape.carrier, shape.words, shape.check(number) if shape.check else None)


def _judged(carrier: str, words: str, checked: bool | None) -> Guess:
    verdict = {True: ", check digit ok", False: ", check digit wrong", None: ""}[checked]
    return Guess(carrier, words + verdict, checked)


def _s10(number: str) -> bool:
    total = sum(int(digit) * weight for digit, weight in zip(number[2:10], _S10_WEIGHTS, strict=True))
    return {10: 0, 11: 5}.get(11 - total % 11, 11 - total % 11) == int(number[10])


def _gs1(number: str) -> bool:
    """Weights 3 and 1 from the right: the check digit of SSCC and of USPS's numbers, which is that of EAN."""
    from stdnum import ean

    return ean.calc_check_digit(number[:-1]) == number[-1]


def _usps_routed(number: str) -> bool:
    """420 and the destination's postcode stand before the parcel's own 22 digits."""
    return _gs1(number[-22:])


def _ups(number: str) -> bool:
    values = [int(c) if c.isdigit() else (ord(c) - 63) % 10 for c in number[2:-1]]
    total = sum(value * (2 if place % 2 else 1) for place, value in enumerate(values))
    return -total % 10 == int(number[-1])


def _fedex(number: str) -> bool:
    total = sum(int(digit) * weight for digit, weight in zip(number[:11], _FEDEX_WEIGHTS, strict=True))
    return total % 11 % 10 == int(number[11])


def _dpd(number: str) -> bool:
    """ISO 7064 Mod 37, 36 over the number, in its last character."""
    from stdnum.iso7064 import mod_37_36

    return bool(mod_37_36.is_valid(number))


_SHAPES = (
    _Shape("UPS", re.compile(r"1Z[0-9A-Z]{15}\d"), "1Z and 16 characters", _ups),
    _Shape("DHL", re.compile(r"00\d{18}"), "20 digits", _gs1),
    _Shape("DHL", re.compile(r"(JJD|JVGL)\d{12,30}"), "begins like DHL's"),
    _Shape("DHL Express", re.compile(r"\d{10}"), "10 digits"),
    _Shape("DPD", re.compile(r"\d{14}[0-9A-Z]"), "14 digits and a check character", _dpd),
    _Shape("DPD", re.compile(r"\d{14}"), "14 digits"),
    _Shape("Hermes", re.compile(r"H\d{19}"), "H and 19 digits"),
    _Shape("GLS", re.compile(r"\d{11}"), "11 digits"),
    _Shape("USPS", re.compile(r"9[1-5]\d{20}"), "22 digits from 91 to 95", _gs1),
    _Shape("USPS", re.compile(r"420\d{5}(\d{4})?9[1-5]\d{20}"), "postcode and 22 digits", _usps_routed),
    _Shape("FedEx", re.compile(r"\d{12}"), "12 digits", _fedex),
    _Shape("FedEx", re.compile(r"\d{15}"), "15 digits"),
    _Shape("Amazon", re.compile(r"TB[ACM]\d{12}"), "begins like Amazon's"),
)
