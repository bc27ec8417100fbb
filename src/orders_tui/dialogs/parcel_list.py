"""The parcels of an order as a list to choose from: two lines for each, what it is and what is in it. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from orders_tui import wording
from orders_tui.widgets.cells import Piece, column, width
from orders_tui.widgets.formatter import Formatter
from orders_tui.widgets.line_list import Line
from orders_tui.widgets.order_text import NO_NUMBER, contents, parcel_state
from orders_tui.wording import Tone
from orders_wire.vocabulary import OutboundState, ParcelSent

if TYPE_CHECKING:
    from orders_tui.actions.tracking import ParcelNumber
    from orders_wire.detail import Fulfillment, OrderDetail

NAME, CARRIER, NUMBER = 12, 12, 26
"""Most cells that the columns are padded to."""


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in the fields that are about a parcel."""

    number: str = ""
    carrier: str = ""
    url: str = ""

    @classmethod
    def of(cls, parcel: Fulfillment) -> Self:
        """What is known of it."""
        return cls(parcel.number or "", parcel.carrier or "", parcel.url or "")

    @classmethod
    def given(cls, number: ParcelNumber) -> Self:
        """What was kept for it."""
        return cls(number.number, number.carrier or "", number.url or "")


def as_lines(parcels: Sequence[Fulfillment], typed: Mapping[str, Typed], failed: str, fmt: Formatter) -> list[Line]:
    """`typed`: by parcel, where it is another than what is known; `failed`: why a parcel could not be sent."""
    now = [typed.get(parcel.id, Typed.of(parcel)) for parcel in parcels]
    names = column((parcel.name or "parcel" for parcel in parcels), NAME)
    carriers = column((each.carrier for each in now), CARRIER)
    numbers = column((each.number or NO_NUMBER for each in now), NUMBER)
    signs = [fmt.piece(wording.parcel_sent(parcel.sent)) for parcel in parcels]
    most = max((width(text) for text, _ in signs), default=0)
    lines = []
    for parcel, name, carrier, number, (sign, tone) in zip(parcels, names, carriers, numbers, signs, strict=True):
        look = Tone.ACTIVE if parcel.id in typed else Tone.PLAIN if parcel.number else Tone.WARN
        left = ((f"{name}  ", Tone.DIM), (f"{carrier} " if carrier.strip() else "", Tone.DIM), (number, look))
        right = ((parcel_state(parcel, fmt), Tone.DIM), (f"  {sign:<{most}}", tone))
        below = Line(f"of {parcel.id}", (_inside(parcel, failed),), choosable=False, below=True)
        lines += [Line(parcel.id, left, right), below]
    return lines


def _inside(parcel: Fulfillment, failed: str) -> Piece:
    """What is in a parcel; of one that could not be sent, why."""
    if parcel.sent is ParcelSent.FAILED and failed:
        return f"  not taken: {failed}", Tone.BAD
    return f"  {contents(parcel) or 'what is in it is not known'}", Tone.DIM


def failure(detail: OrderDetail) -> str:
    """Why the newest write of a parcel was not taken."""
    of_parcels = (entry for entry in detail.outbox if entry.kind in {"tracking", "fulfillment"})
    dead = [entry for entry in of_parcels if entry.state is OutboundState.DEAD]
    newest = max(dead, key=lambda entry: entry.created_at or detail.placed_at, default=None)
    return (newest.last_error or "") if newest is not None else ""
