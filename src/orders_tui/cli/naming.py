"""Lines and parcels as people name them (a SKU, `F2`, a place), as the ids that the server knows them by.

Orders of which something is named are read first. One in which a name fits nothing, or more than one thing, is left out with the
reason, and the others go on.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from orders_tui.actions.draft import Draft
from orders_tui.actions.fulfill import FulfillDraft
from orders_tui.actions.hold import HoldDraft
from orders_tui.actions.owed_lines import Part
from orders_tui.actions.tracking import ParcelNumber, TrackingDraft, no_such_parcel, parcel_named, parcels_of
from orders_tui.errors import ApiError, Refused
from orders_wire.vocabulary import ErrorCode

if TYPE_CHECKING:
    from orders_tui.api.client import SyncApi
    from orders_wire.detail import LineItem, OrderDetail

AT_ONCE = 8


async def named(api: SyncApi, draft: Draft) -> tuple[Draft, dict[str, ApiError]]:
    """The draft with ids in place of names, over the orders in which all could be found; and why not, of the others."""
    orders = _to_read(draft)
    failed: dict[str, ApiError] = {}
    for order, detail in zip(orders, await _read(api, orders), strict=True):
        try:
            draft = _named_in(draft, order, detail)
        except ApiError as error:
            failed[order] = error
    left = tuple(order for order in draft.order_ids if order not in failed)
    return (replace(draft, order_ids=left) if failed else draft), failed


def _to_read(draft: Draft) -> list[str]:
    """The orders in which lines or parcels are named."""
    if isinstance(draft, FulfillDraft):
        return list(draft.parts)
    if isinstance(draft, HoldDraft):
        return list(draft.order_ids) if draft.lines else []
    numbers = draft.numbers if isinstance(draft, TrackingDraft) else ()
    return list(dict.fromkeys(number.order_id for number in numbers if number.parcel))


async def _read(api: SyncApi, orders: Sequence[str]) -> list[OrderDetail | ApiError]:
    free = asyncio.Semaphore(AT_ONCE)

    async def read(order: str) -> OrderDetail | ApiError:
        async with free:
            try:
                return await api.order(order)
            except ApiError as error:
                return error

    return await asyncio.gather(*map(read, orders))


def _named_in(draft: Draft, order: str, detail: OrderDetail | ApiError) -> Draft:
    """The draft with the ids of what is named in this order. Raises ApiError."""
    if isinstance(detail, ApiError):
        raise detail
    if isinstance(draft, FulfillDraft):
        return replace(draft, parts={**draft.parts, order: _part(draft.parts[order], detail)})
    if isinstance(draft, HoldDraft):
        return replace(draft, lines=_part(Part(draft.lines), detail).units)
    if isinstance(draft, TrackingDraft):
        numbers = (_parcel(number, detail) if number.order_id == order else number for number in draft.numbers)
        return replace(draft, numbers=tuple(numbers))
    return draft


def _part(part: Part, detail: OrderDetail) -> Part:
    units: dict[str, int] = {}
    for name, quantity in part.units:
        line = _line(name, detail)
        if line.id in units:
            raise Refused(ErrorCode.INVALID_REQUEST, f"{detail.order_number}: the line {name} is given twice")
        units[line.id] = quantity
    return Part(tuple(units.items()))


def _line(name: str, detail: OrderDetail) -> LineItem:
    """The line of this SKU or id; of several, the one that still owes something. Raises Refused."""
    wanted = name.casefold()
    lines = [line for line in detail.line_items if (line.sku or "").casefold() == wanted]
    lines = lines or [line for line in detail.line_items if wanted in {line.id.casefold(), line.id.rpartition("/")[2]}]
    lines = [line for line in lines if line.owed] or lines
    if len(lines) == 1:
        return lines[0]
    if lines:
        those = ", ".join(f"{line.id.rpartition('/')[2]} ({line.title}, {line.owed} owed)" for line in lines)
        why = f"{name} is on {len(lines)} lines of {detail.order_number}: {those}; name one by its id"
        raise Refused(ErrorCode.AMBIGUOUS, why)
    owed = ", ".join(line.sku or line.id.rpartition("/")[2] for line in detail.line_items if line.owed)
    raise Refused(ErrorCode.NOT_FOUND, f"{detail.order_number} has no line {name}; it owes {owed or 'nothing'}")


def _parcel(number: ParcelNumber, detail: OrderDetail) -> ParcelNumber:
    if number.parcel is None:
        return number
    parcels = parcels_of(detail)
    parcel = parcel_named(number.parcel, parcels)
    if parcel is None:
        raise Refused(ErrorCode.NOT_FOUND, no_such_parcel(detail.order_number, number.parcel, parcels))
    return replace(number, parcel=parcel.id)
