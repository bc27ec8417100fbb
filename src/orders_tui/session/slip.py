"""An order as it is read to be packed: its lines, and what stands against packing them."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from orders_tui.actions.draft import ending
from orders_tui.errors import Refused
from orders_tui.packing.lines import PackLine
from orders_tui.packing.parcel import OpenParcel
from orders_tui.wording.readiness import against, held
from orders_tui.wording.whole_order import properties, variant_title
from orders_wire.vocabulary import ErrorCode

if TYPE_CHECKING:
    from orders_tui.api.client import SyncApi
    from orders_wire.detail import OrderDetail
    from orders_wire.lines import OrderLines, PackingLine


@dataclass(frozen=True, slots=True)
class Slip:
    """An order, with nothing counted. `obstacle`: why nothing of it can be packed, as it stands behind its number; `against`:
    why it should wait, although its lines can be packed.
    """

    parcel: OpenParcel
    customer: str = ""
    obstacle: str = ""
    against: str = ""


async def read_slip(api: SyncApi, order: str) -> tuple[Slip, OrderDetail]:
    """The order to be packed, and its detail. Raises ApiError."""
    detail, answer = await asyncio.gather(api.order(order), api.lines((order,)))
    for failure in answer.failures:
        raise Refused(failure.code, failure.message)
    if not answer.orders:
        raise Refused(ErrorCode.NOT_FOUND, f"the server says nothing of the lines of {detail.order_number}")
    return slip_of(detail, answer.orders[0]), detail


def slip_of(detail: OrderDetail, read: OrderLines) -> Slip:
    """What can be packed of an order: nothing of one that has ended, whatever it owes."""
    ended = ending(detail) or ""
    lines = tuple(_line(line) for line in read.lines if line.owed or line.sendable)
    if ended:
        lines = tuple(replace(line, sendable=0) for line in lines)
    parcel = OpenParcel(detail.id, detail.order_number, read.version, lines)
    return Slip(parcel, detail.customer_name or "", ended or _obstacle(detail, parcel), against(detail))


def _obstacle(detail: OrderDetail, parcel: OpenParcel) -> str:
    if parcel.packable:
        return ""
    if parcel.ended:
        return "fulfilled already: it owes nothing"
    if detail.hold is not None:
        return held(detail) or f"on hold ({detail.hold.reason.replace('_', ' ')})"
    units = sum(line.owed for line in parcel.lines)
    return f"not covered, or the shop does not allow it yet: none of {units} can be sent"


def _line(line: PackingLine) -> PackLine:
    chosen = (f"{each.name}: {each.value}" for each in properties(line))
    details = ", ".join(filter(None, (variant_title(line), *chosen)))
    barcode, sku = line.barcode or "", line.sku or ""
    return PackLine(line.line_id, sku, barcode, line.title, line.owed, line.held, line.sendable, details)
