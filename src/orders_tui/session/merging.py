"""How a fresh page is laid over the rows on show, so that nothing moves under the operator's eyes. Pure.

Rows on show keep their places. Rows that left stay as ghosts for a while (the caller's business), the one under the cursor as
long as the cursor is on it. New rows are appended where the page has room; those that would push others down are counted.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from orders_wire.vocabulary import UNASSIGNED, Status, Tab

_STATUSES: frozenset[str] = frozenset(status.value for status in Status)
MOVED = "another page"
"""What is said of the row under the cursor, which stays, when it only moved within the view."""

if TYPE_CHECKING:
    from orders_tui.query import Filters, OrdersQuery
    from orders_wire.orders import Order


@dataclass(frozen=True, slots=True)
class Merged:
    """`ids` to show, in order; which of them have `gone` from the list; how many new ones are `held_back`."""

    ids: tuple[str, ...]
    gone: frozenset[str]
    held_back: int


def merge(shown: Sequence[str], fresh: Sequence[str]) -> Merged:
    """Lays a fresh page over the rows on show. Ghosts among `shown` that are still missing stay among the gone."""
    known, present = set(shown), set(fresh)
    kept = [order_id for order_id in fresh if order_id in known]
    if not kept:
        return Merged((*shown, *fresh), frozenset(shown), 0)
    last = fresh.index(kept[-1])
    held_back = last + 1 - len(kept)
    slid = _slid(shown, present, held_back)
    gone = frozenset(order_id for order_id in shown if order_id not in present and order_id not in slid)
    return Merged((*shown, *fresh[last + 1 :]), gone, held_back)


def _slid(shown: Sequence[str], present: Collection[str], held_back: int) -> set[str]:
    """Rows at the end that the held-back ones pushed to the next page: they have not left the list."""
    tail: list[str] = []
    for order_id in reversed(shown):
        if order_id in present or len(tail) == held_back:
            break
        tail.append(order_id)
    return set(tail)


def ghost_reason(query: OrdersQuery, row: Order | None) -> str:
    """Where a row went that left the view, in a word or two; empty when it is still in it, as far as the row tells."""
    if row is None:
        return ""
    return _left_the_filters(query.filters, row) or _left_the_tab(query.tab, row)


def _left_the_filters(filters: Filters, row: Order) -> str:
    if filters.owner is not None and row.assigned_to != filters.owner:
        return "unassigned" if row.assigned_to == UNASSIGNED else f"now {row.assigned_to}'s"
    if filters.status is not None and filters.status in _STATUSES and row.status != filters.status.value:
        return _words(row.status)
    if filters.priority is not None and row.priority is not filters.priority:
        return f"now {row.priority}"
    if filters.tag is not None and filters.tag.casefold() not in map(str.casefold, row.tags):
        return "untagged"
    return ""


def _left_the_tab(tab: Tab, row: Order) -> str:
    over = _words(row.status) if row.status in {Status.CANCELLED, Status.REFUNDED} else ""
    match tab:
        case Tab.UNFULFILLED | Tab.OVERDUE:
            return "" if row.status is Status.AWAITING_FULFILLMENT else _words(row.status)
        case Tab.AWAITING_TRACKING:
            return over or ("has numbers" if row.tracking and all(parcel.number for parcel in row.tracking) else "")
        case Tab.TRACKING_PENDING:
            return over or ("has a number" if any(parcel.number for parcel in row.tracking) else "")
        case Tab.DELAYED:
            return "" if row.status is Status.IN_TRANSIT else _words(row.status)
        case Tab.HOLDS:
            return "released" if row.hold is None else over
        case Tab.RETURNS if row.return_ is not None:
            return _words(row.return_.state) if row.return_.state.terminal else ""
        case _:
            return ""


def _words(state: str) -> str:
    return state.replace("_", " ")
