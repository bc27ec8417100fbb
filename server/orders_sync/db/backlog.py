"""Counters of the open work: what is due, by owner; what lacks a number; late parcels; returns; and what waits for each SKU.

What an order adds to them stands in its row (`orders.counted`), so that they move by what the locked old row and the new one
differ in, whatever a process of an earlier release, which knows none of them, did to the order in between: it leaves that as it
is, and the order's next settling takes back what it says.

What time moves is counted by the hour, or the day, of the instant that is compared: a count is a sum of whole ones, which are no
more than the backlog has hours, and the rows of an index within one at each edge.
"""

from __future__ import annotations

from typing import Any

import orjson
from sqlalchemy import BigInteger, ColumnElement, Select, bindparam, exists, func, literal_column, select

from orders_sync.db.counters import Count, Tally, total
from orders_sync.db.cutoffs import Cutoffs
from orders_sync.db.tables import LATE_PRONE, day_counters, order_marks, orders, parcels
from orders_sync.db.tabs import IS_LATE, QUIET, SHOP
from orders_sync.instants import DAY, FOREVER, HOUR
from orders_sync.rules.projection import Projection
from orders_wire.vocabulary import ReturnState

DUE = "due@"
"""Before the owner, or before nothing where an order has none."""

UNNUMBERED, UNTRACKED, LATE, RETURNS, REFUNDS = "unnumbered", "untracked", "late", "returns", "refunds"
OWED = ":owed"
"""Behind the kind: of orders that are open as long as they owe something."""

SEVERAL = "late:several"
"""The mark of an order with several parcels that may be late: which of them is, is asked of the parcels."""


def places(p: Projection, owner: str | None) -> str | None:
    """What the order adds to the counters, as JSON: kind, hour or day, number, total. None: nothing."""
    found = [[f"{DUE}{owner or ''}", p.due_at // HOUR, 1, 0]] if p.due_at is not None else []
    for kind, at in ((UNNUMBERED, p.unnumbered_at), (UNTRACKED, p.untracked_at)):
        if at is not None and p.live_at is not None:
            found.append([kind + OWED, 0, 1, 0] if p.live_at >= FOREVER else [kind, p.live_at // DAY, 1, 0])
    if p.return_at is not None:
        found.append([RETURNS, 0, 1, 0])
    refunds = [each.usd_cents or 0 for each in p.returns if each.state is ReturnState.AWAITING_REFUND]
    found += [[REFUNDS, 0, len(refunds), sum(refunds)]] if refunds else []
    late = late_prone(p)
    found += [[LATE, late[0] // HOUR, 1, 0]] if len(late) == 1 else []
    return orjson.dumps(found).decode() if found else None


def late_prone(p: Projection) -> list[int]:
    """The last updates of its parcels that may be late."""
    return [each.last_update for each in p.parcels if each.late_prone and each.open_order]


def difference(before: str | None, after: str | None) -> Tally:
    """How the counters move when what a row says becomes another."""
    if before == after:
        return {}
    return total([tally(after), {place: -count for place, count in tally(before).items()}])


def tally(counted: str | None) -> Tally:
    """What a row that says this adds."""
    found: dict[tuple[str, int], Count] = {}
    for kind, place, n, sum_of in orjson.loads(counted or "[]"):
        found[kind, place] = found.get((kind, place), Count(0)) + Count(n, sum_of)
    return found


def with_owner(counted: str | None, before: str | None, after: str | None) -> str | None:
    """The same when the order passes to another owner."""
    if counted is None:
        return None
    mine, theirs = f"{DUE}{before or ''}", f"{DUE}{after or ''}"
    return orjson.dumps([[theirs if kind == mine else kind, *rest] for kind, *rest in orjson.loads(counted)]).decode()


# What they say, in SQL

_d, _o, _p = day_counters.c, orders.c, parcels.c


def _bound(name: str) -> ColumnElement[int]:
    return bindparam(name, type_=BigInteger)


_TIMES = ("now", "soon", "tomorrow", "breached")
_MINE = (_d.shop_id == SHOP, _d.kind >= literal_column(f"'{DUE}'"), _d.kind < literal_column("'dueA'"))


def parameters(cutoffs: Cutoffs, tomorrow: int) -> dict[str, int]:
    """What the statements are bound to, beside the cutoffs: the hours and days at their edges."""
    times = {"now": cutoffs.now, "soon": cutoffs.soon, "tomorrow": tomorrow, "breached": cutoffs.breach + 1}
    found = {f"{name}_at": at for name, at in times.items()}
    for name, at in times.items():
        found |= {f"{name}_hour": at // HOUR, f"{name}_start": at // HOUR * HOUR}
    found |= _span("late", cutoffs.quiet + 1, cutoffs.late + 1, HOUR)
    return found | _span("live", cutoffs.quiet + 1, FOREVER, DAY)


def _span(name: str, start: int, end: int, unit: int) -> dict[str, int]:
    """Whole units from `_0` to `_1`, and instants on either side of them from `_2` to `_3` and from `_4` to `_5`."""
    end = max(start, end)
    first, last = -(-start // unit), end // unit
    bounds = (0, 0, start, end, 0, 0) if first > last else (first, last, start, first * unit, last * unit, end)
    return {f"{name}_{n}": bound for n, bound in enumerate(bounds)}


def _before(name: str) -> ColumnElement[int]:
    return func.coalesce(func.sum(_d.n).filter(_d.day < _bound(f"{name}_hour")), 0)


def _edge(name: str, *conditions: ColumnElement[bool], index: str = "orders_due") -> ColumnElement[int]:
    """Orders due in the hour of this instant, before it."""
    within = (_o.due_at >= _bound(f"{name}_start"), _o.due_at < _bound(f"{name}_at"))
    query = select(func.count()).select_from(orders).where(_o.shop_id == SHOP, *within, *conditions)
    return query.with_hint(orders, f"INDEXED BY {index}", "sqlite").scalar_subquery()


_total = func.coalesce(func.sum(_d.n), 0)
_hours = select(_total.label("all"), *(_before(name).label(name) for name in _TIMES)).where(*_MINE).subquery("hours")
_by = {name: _hours.c[name] + _edge(name) for name in _TIMES}
DUE_COUNTS = select(
    _hours.c["all"].label("tab_unfulfilled"),
    _by["now"].label("tab_overdue"),
    _by["breached"].label("breaches"),
    (_by["soon"] - _by["now"]).label("due_soon"),
    (_by["tomorrow"] - _by["now"]).label("due_today"),
).subquery("due_counts")
"""Every count over the tab `unfulfilled`."""

_nobody = (
    select(_total.label("all"), _before("now").label("now"))
    .where(_d.shop_id == SHOP, _d.kind == literal_column(f"'{DUE}'"))
    .subquery("nobody")
)
UNOWNED = select(
    _nobody.c["all"].label("unowned"),
    (_nobody.c.now + _edge("now", _o.assigned_to.is_(None), index="orders_owed")).label("unowned_overdue"),
).subquery("unowned_counts")


def owners(most: Any) -> Select[Any]:
    """The owners with most to send: `owner`, `total`, `overdue`."""
    owner = func.substr(_d.kind, len(DUE) + 1)
    grouped = (
        select(owner.label("owner"), func.sum(_d.n).label("total"), _before("now").label("before"))
        .where(*_MINE, _d.kind != literal_column(f"'{DUE}'"))
        .group_by(_d.kind)
        .having(func.sum(_d.n) > 0)
        .order_by(func.sum(_d.n).desc(), _d.kind)
        .limit(most)
        .subquery("by_owner")
    )
    edge = _edge("now", _o.assigned_to == grouped.c.owner, index="orders_owed")
    return select(grouped.c.owner, grouped.c.total, (grouped.c.before + edge).label("overdue"))


def _kept(kind: str, column: Any = _d.n) -> ColumnElement[int]:
    named = (_d.shop_id == SHOP, _d.kind == literal_column(f"'{kind}'"))
    return select(func.coalesce(func.sum(column), 0)).where(*named).scalar_subquery()


def _whole(kind: str, name: str) -> ColumnElement[int]:
    named = (_d.shop_id == SHOP, _d.kind == literal_column(f"'{kind}'"))
    within = (_d.day >= _bound(f"{name}_0"), _d.day < _bound(f"{name}_1"))
    return select(func.coalesce(func.sum(_d.n), 0)).where(*named, *within).scalar_subquery()


def _open(kind: str, column: ColumnElement[Any]) -> ColumnElement[int]:
    """The orders of a kind that are open: those that owe, and those that are live and not quiet."""
    edge = select(func.count()).where(
        _o.shop_id == SHOP, _o.live_at >= _bound("live_2"), _o.live_at < _bound("live_3"), column.is_not(None)
    )
    edge = edge.with_hint(orders, "INDEXED BY orders_live", "sqlite")
    return _kept(kind + OWED) + _whole(kind, "live") + edge.scalar_subquery()


_recent = select(func.count()).where(_o.shop_id == SHOP, _o.unnumbered_at >= _bound("pending"), _o.live_at > QUIET)
TRACKING_PENDING = _open(UNNUMBERED, _o.unnumbered_at) - (
    _recent.with_hint(orders, "INDEXED BY orders_unnumbered", "sqlite").scalar_subquery()
)
AWAITING_TRACKING = _open(UNTRACKED, _o.untracked_at)
OPEN_RETURNS = _kept(RETURNS)
HELD = _kept("hold:any")
REFUNDS_DUE, REFUND_CENTS = _kept(REFUNDS), _kept(REFUNDS, _d.total)

_m = order_marks.alias("several")
_SEVERAL = (_m.c.shop_id == SHOP, _m.c.mark == literal_column(f"'{SEVERAL}'"))
_alone = ~exists().where(*_SEVERAL, _m.c.order_id == _p.order_id)


def _late_edge(start: str, end: str) -> ColumnElement[int]:
    within = (_p.last_update >= _bound(start), _p.last_update < _bound(end))
    query = select(func.count()).select_from(parcels).where(_p.shop_id == SHOP, LATE_PRONE, *within, _alone)
    return query.with_hint(parcels, "INDEXED BY parcels_late", "sqlite").scalar_subquery()


_of_several = (
    select(func.count()).select_from(_m).where(*_SEVERAL, exists().where(*IS_LATE, _p.order_id == _m.c.order_id))
)
DELAYED = (
    _whole(LATE, "late")
    + _late_edge("late_2", "late_3")
    + _late_edge("late_4", "late_5")
    + _of_several.scalar_subquery()
)
