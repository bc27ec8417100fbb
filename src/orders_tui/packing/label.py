"""Whether a scan can be a parcel's label. Pure.

A label's number is the only scan that no list holds, so what is known to be none is refused: an item of the order, and its slip.
What only looks like something else can be said to be the label all the same: another slip, a label that another parcel has, and
whatever has the shape and the check digit of an article, unless it has that of a carrier's number.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from orders_tui import carriers
from orders_tui.packing.codes import looks_like_an_item, named
from orders_wire.actions import LONGEST_NUMBER

if TYPE_CHECKING:
    from orders_tui.packing.parcel import OpenParcel

GID = "gid://shopify/Order/"


def fault(number: str, parcel: OpenParcel, used: Mapping[str, str], *, typed: bool = False) -> str:
    """Why this is no label; empty where it may be one. `used`: which order has it, by number. `typed`: it was said to be one."""
    lines = named(number, parcel.lines)
    if lines:
        return f"{number} is {lines[0].name}, an item and not the label; all items are packed, scan the label"
    if is_slip(number, parcel):
        return f"{number} is the slip of {parcel.order_number}, not the label; scan the label"
    if len(number) > LONGEST_NUMBER:
        return f"a label's number has at most {LONGEST_NUMBER} characters, this one has {len(number)}"
    looks = "" if typed else _looks(number, parcel, used)
    return f"{number} {looks}; if it is the label, type :label {number}" if looks else ""


def _looks(number: str, parcel: OpenParcel, used: Mapping[str, str]) -> str:
    if used.get(number, parcel.order_number) != parcel.order_number:
        return f"is the label of {used[number]}"
    if number.startswith("#") or _pattern(parcel.order_number).fullmatch(number):
        return "looks like the slip of another order"
    if looks_like_an_item(number) and not any(guess.checked for guess in carriers.guesses(number)):
        return "looks like an item"
    return ""


def _pattern(order_number: str) -> re.Pattern[str]:
    """What other orders are called like: the same letters, and about as many digits."""
    parts = re.split(r"(\d+)", order_number.removeprefix("#"))
    shape = (rf"\d{{{max(1, len(part) - 1)},{len(part) + 1}}}" if part.isdigit() else re.escape(part) for part in parts)
    return re.compile("".join(shape), re.IGNORECASE)


def carrier(number: str) -> str | None:
    """Whose the number looks like."""
    guess = next(iter(carriers.guesses(number)), None)
    return guess.carrier if guess is not None else None


def is_slip(code: str, parcel: OpenParcel) -> bool:
    """Whether a code names the order itself."""
    names = {
        parcel.order_number.removeprefix("#").casefold(),
        parcel.order_id.casefold(),
        parcel.order_id.removeprefix(GID),
    }
    return code.removeprefix("#").casefold() in names
