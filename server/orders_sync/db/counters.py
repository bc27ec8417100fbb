"""Counts over history by UTC day: orders placed, first fulfilled (with the time that took) and last refunded.

Invariant: a counter equals the count of the rows, since both change in one transaction, the counter by what the locked old
row and the new one differ in. They are written last in a transaction and in sorted order. A second level, in blocks of
`BLOCK` days, makes a total over all history or a walk to a position a matter of a few dozen rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql, sqlite

from orders_sync.db.tables import day_counters
from orders_sync.instants import DAY

BLOCK = 32
"""Days in one row of the second level."""


class Counted(StrEnum):
    """What is counted, by the day of which instant."""

    PLACED = "placed"
    FULFILLED = "fulfilled"
    REFUNDED = "refunded"

    @property
    def block(self) -> str:
        """The kind of this counter's second level; its `day` is a block's number."""
        return f"{self.value}/{BLOCK}"


@dataclass(frozen=True, slots=True)
class Count:
    """A number of orders, and for `FULFILLED` the sum of the milliseconds from placed to first fulfilled."""

    n: int
    total: int = 0

    def __add__(self, other: Count) -> Count:
        return Count(self.n + other.n, self.total + other.total)

    def __neg__(self) -> Count:
        return Count(-self.n, -self.total)


Tally = Mapping[tuple[str, int], Count]
"""Counts by kind and day (or block)."""


_COUNTED = ("placed_at", "first_fulfilled_at", "refunded_at")


def tally(row: Mapping[str, Any]) -> dict[tuple[str, int], Count]:
    """What one row of `orders` adds to the counters."""
    placed, fulfilled, refunded = row["placed_at"], row["first_fulfilled_at"], row["refunded_at"]
    found = {(Counted.PLACED, placed // DAY): Count(1)}
    if fulfilled is not None:
        found[Counted.FULFILLED, fulfilled // DAY] = Count(1, fulfilled - placed)
    if refunded is not None:
        found[Counted.REFUNDED, refunded // DAY] = Count(1)
    blocks = {(kind.block, day // BLOCK): count for (kind, day), count in found.items()}
    return {(kind.value, day): count for (kind, day), count in found.items()} | blocks


def difference(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> Tally:
    """How the counters move when one row becomes another; None: there is no row."""
    if before is not None and after is not None and all(before[name] == after[name] for name in _COUNTED):
        return {}
    gained = tally(after) if after is not None else {}
    lost = {place: -count for place, count in tally(before).items()} if before is not None else {}
    return total([gained, lost])


def total(tallies: Iterable[Tally]) -> dict[tuple[str, int], Count]:
    """The sum of several, without what comes to nothing."""
    summed: dict[tuple[str, int], Count] = {}
    for one in tallies:
        add(summed, one)
    return {place: count for place, count in summed.items() if count != Count(0)}


def add(summed: dict[tuple[str, int], Count], moved: Tally) -> None:
    """Adds to `summed`, in place."""
    for place, count in moved.items():
        summed[place] = summed.get(place, Count(0)) + count


def apply(conn: Connection, shop_id: int, moved: Tally) -> None:
    """Moves the counters. The last thing in a transaction: other processes wait for these rows."""
    rows = list(_rows(shop_id, moved))
    if rows:
        conn.execute(_ADD[conn.dialect.name], rows)


def _rows(shop_id: int, moved: Tally) -> Iterator[dict[str, Any]]:
    for (kind, day), count in sorted(moved.items(), key=lambda item: item[0]):
        yield {"shop_id": shop_id, "kind": kind, "day": day, "n": count.n, "total": count.total}


def _adding(insert: Any) -> Any:
    return insert.on_conflict_do_update(
        index_elements=["shop_id", "kind", "day"],
        set_={"n": day_counters.c.n + insert.excluded.n, "total": day_counters.c.total + insert.excluded.total},
    )


_ADD = {"sqlite": _adding(sqlite.insert(day_counters)), "postgresql": _adding(postgresql.insert(day_counters))}
