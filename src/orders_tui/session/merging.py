"""How a fresh page is laid over the rows on show, so that nothing moves under the operator's eyes. Pure.

Rows on show keep their places. Rows that left stay as ghosts for a while (the caller's business), the one under the cursor as
long as the cursor is on it. New rows are appended where the page has room; those that would push others down are counted.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from orders_wire.vocabulary import UNASSIGNED, Ready, ReturnState, Status, Tab

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
    """Why a row is no longer in the view, in a word or two; empty when the row, as it is known, does not say that it left.

    A row that is only missing from its page (it was sorted elsewhere, others came before it) has not left the view.
    """
    if row is None:
        return ""
    wanted = query.filters.owner
    if wanted is not None and row.assigned_to != wanted:
        return "unassigned" if row.assigned_to == UNASSIGNED else f"now {row.assigned_to}'s"
    if query.filters.priority is not None and row.priority != query.filters.priority:
        return row.priority.value
    status = query.filters.status
    if status is not None and status.value in list(Status) and row.status.value != status.value:
        return _word(row.status)
    return _unlike(query.filters, row) or _left_tab(query.tab, row)


_UNHELD = frozenset({"none", "-any"})
"""What asks for rows without a hold. Of a row that is held, not all reasons are on show."""


_READY = {Ready.YES: "ready", Ready.PART: "ready in part", Ready.NO: "not ready"}


def _unlike(filters: Filters, row: Order) -> str:
    """What of a row is otherwise than the list parameters of contract §3a ask, where the row itself shows it."""
    issue = row.issue.value if row.issue is not None else "none"
    if not _fits(filters.issue, issue):
        return "no issue" if row.issue is None else _spaced(issue)
    if row.ready is not None and not _fits(filters.ready, row.ready.value):
        return "held" if row.hold is not None else _READY[row.ready]
    if not _fits(filters.delivery, row.delivery.value):
        return row.delivery.value
    if filters.hold in _UNHELD and row.hold is not None:
        return "held"
    if filters.hold not in _UNHELD and row.hold is None and not (filters.hold or "-").startswith("-"):
        return "released"
    cents = None if row.value_usd is None else round(row.value_usd * 100)
    low, high = filters.value_min, filters.value_max
    bounded = low is not None or high is not None
    out = bounded and (cents is None or not (low or 0) <= cents <= (cents if high is None else high))
    return "another value" if out else ""


def _fits(wanted: str | None, word: str) -> bool:
    """Whether the row's word is that which is asked for, or, with a `-` first, is not."""
    return wanted is None or (wanted.removeprefix("-") == word) is not wanted.startswith("-")


def _left_tab(tab: Tab, row: Order) -> str:
    """Contract §1, the tabs' rules, as far as a row tells them."""
    over = row.status in {Status.CANCELLED, Status.REFUNDED}
    if tab is Tab.RETURNS:
        return _word(row.return_.state) if row.return_ is not None and row.return_.state.terminal else ""
    if tab is Tab.HOLDS and row.hold is None and not over:
        return "released"
    sent = row.status is not Status.AWAITING_FULFILLMENT
    left = {
        Tab.UNFULFILLED: sent,
        Tab.OVERDUE: sent,
        Tab.AWAITING_TRACKING: over or all(parcel.number is not None for parcel in row.tracking),
        Tab.TRACKING_PENDING: over or any(parcel.number is not None for parcel in row.tracking),
        Tab.DELAYED: over or row.status is Status.FULFILLED,
        Tab.HOLDS: over,
    }
    return _word(row.status) if left.get(tab) else ""


def _word(state: Status | ReturnState) -> str:
    return _spaced(state.value)


def _spaced(word: str) -> str:
    return word.replace("_", " ")
