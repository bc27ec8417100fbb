"""Reading what is picked of orders from the server: the lines of many in one request, a pick of at most so many."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import replace
from enum import StrEnum
from typing import TYPE_CHECKING

from orders_tui.actions.draft import MOST_ORDERS
from orders_tui.errors import ApiError, Refused, UsageError, is_unknown_endpoint
from orders_tui.picking.pick import Pick, pick
from orders_tui.query.filters import MAX_PAGE_SIZE
from orders_tui.session.matching import Matching, orders_of
from orders_wire.vocabulary import ErrorCode, Tab

if TYPE_CHECKING:
    from orders_tui.session.protocols import SessionProtocol
    from orders_wire.actions import Failure
    from orders_wire.detail import OrderDetail
    from orders_wire.lines import LinesAnswer, OrderLines
    from orders_wire.orders import Order

MOST = 1000
"""Orders of one pick: more than anybody carries."""
MOST_GROUPS = 10
"""Groups of orders whose companions are looked for: each is two requests."""
UNKNOWN_HERE = "this server tells no lines to pick: it is of an earlier release"

Ask = Callable[[Sequence[str]], Awaitable["LinesAnswer"]]
"""The lines of so many orders as one request takes, by id."""
Progress = Callable[[int, int], None]
"""Gets how many orders were read, and of how many."""


def _untold(done: int, of: int) -> None:
    """Nobody follows how far it is."""


class Which(StrEnum):
    """Whose lines: the orders at hand, these with those that ship together with them, or all that match what is on show."""

    TARGET = "target"
    TOGETHER = "together"
    VIEW = "view"


def offered(ids: Sequence[str], known: Sequence[Order]) -> list[Which]:
    """What can be meant beside the view, the likeliest first. `ids`: the orders at hand; `known`: those that are known here."""
    if not ids:
        return []
    together = 0 < len(groups(known)) <= MOST_GROUPS
    return [Which.TOGETHER, Which.TARGET] if together else [Which.TARGET]


async def of(
    session: SessionProtocol, which: Which, ids: Sequence[str], known: Sequence[Order], tell: Progress = _untold
) -> Pick:
    """What can be picked. Orders at hand that are not known here are read first. Raises ApiError, UsageError."""
    if which is Which.VIEW:
        matching = await session.collect_matching(on_progress=bounded(tell))
        return replace(await read(matching.orders, session.read_lines, tell), doubt=matching.doubt)
    _require_few(len(ids))
    found = {order.id: order for order in known}
    found |= await _details(session, [order_id for order_id in ids if order_id not in found])
    orders = [found[order_id] for order_id in ids]
    if which is Which.TOGETHER:
        orders += await _companions(session, orders)
        _require_few(len(orders))
    return await read(orders, session.read_lines, tell)


def groups(orders: Iterable[Order]) -> dict[str, Order]:
    """An order of each group of those that ship together."""
    return {order.together: order for order in orders if order.together is not None}


async def _companions(session: SessionProtocol, orders: Sequence[Order]) -> list[Order]:
    """Other open orders of these customers to the same addresses."""
    found: list[Order] = []
    known = {order.id for order in orders}
    leaders = {order.id: group for group, order in groups(orders).items()}
    for order_id, detail in (await _details(session, list(leaders))).items():
        query = orders_of(detail, MAX_PAGE_SIZE, Tab.UNFULFILLED)
        matching = await session.collect_matching(query) if query is not None else Matching((), complete=True)
        found += [each for each in matching.orders if each.together == leaders[order_id] and each.id not in known]
    return found


async def _details(session: SessionProtocol, ids: Sequence[str]) -> dict[str, OrderDetail]:
    """Raises ApiError for the first that could not be read."""
    read: dict[str, OrderDetail] = {}
    problems: list[ApiError] = []

    def came(order_id: str, detail: OrderDetail | ApiError) -> None:
        if isinstance(detail, Exception):
            problems.append(detail)
        else:
            read[order_id] = detail

    await session.read_details(ids, came)
    if problems:
        raise problems[0]
    return read


def bounded(tell: Progress = _untold) -> Progress:
    """For whoever walks pages: raises UsageError as soon as it shows that there are more orders than one pick takes."""

    def told(done: int, of: int) -> None:
        _require_few(of)
        tell(done, of)

    return told


def _require_few(count: int) -> None:
    if count > MOST:
        raise UsageError(f"{count:,} orders are too many for one pick, {MOST:,} are the most; a filter names fewer")


async def read(orders: Sequence[Order], ask: Ask, tell: Progress = _untold) -> Pick:
    """What can be picked of these orders, read in requests of 250. Raises ApiError."""
    ids = list(dict.fromkeys(order.id for order in orders))
    lines: dict[str, OrderLines] = {}
    failures: dict[str, Failure] = {}
    for start in range(0, len(ids), MOST_ORDERS):
        answer = await _asked(ask, ids[start : start + MOST_ORDERS])
        lines.update((each.id, each) for each in answer.orders)
        failures.update((each.id, each) for each in answer.failures)
        tell(min(start + MOST_ORDERS, len(ids)), len(ids))
    return pick(orders, lines, failures)


async def _asked(ask: Ask, ids: Sequence[str]) -> LinesAnswer:
    try:
        return await ask(ids)
    except ApiError as error:
        if is_unknown_endpoint(error):
            raise Refused(ErrorCode.NOT_FOUND, UNKNOWN_HERE) from error
        raise
