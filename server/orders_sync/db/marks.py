"""Marks: what orders are filtered by beside their columns (contract §3a, list parameters), one row of `order_marks` for each.

A mark is `dimension:value`. Every order has exactly one of each dimension in `EXCLUSIVE`: an empty one where the
country is not known. Their rows lie in the order in which orders were placed: the newest of a million are a range of an index.

Invariant: `day_counters` holds how many orders bear a mark, moved by whoever writes or drops its rows, in the same transaction.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from orders_sync.db.backlog import SEVERAL, late_prone
from orders_sync.db.counters import BLOCK, Count, Counted, Tally
from orders_sync.db.selection import ANY, NOTE, Dimension
from orders_sync.db.texts import folded
from orders_sync.rules.projection import Projection

EXCLUSIVE = frozenset({Dimension.DELIVERY, Dimension.COUNTRY})

_UNIT = Counted.VALUE.unit
_MOST = 2**30
"""Values of so many units are counted by their rows alone (`counters.bounds`)."""


def name(dimension: Dimension, value: str) -> str:
    """The mark, as it is stored."""
    return f"{dimension.value}:{folded(value)}"


def limits(dimension: Dimension) -> tuple[str, str]:
    """All marks of a dimension are from the first of these up to, but not including, the second."""
    return f"{dimension.value}:", f"{dimension.value};"


def marks(p: Projection) -> list[str]:
    """The order's marks, sorted, each once. Each is as `name` has it: this is done for every order that is written."""
    found = [f"delivery:{p.delivery.value}", f"country:{(p.country or '').lower()}"]
    found += [f"sku:{folded(sku)}" for sku in p.skus]
    found += [f"hold:{reason.value}" for reason in p.hold_reasons]
    if p.held_at is not None:
        found.append(_HELD)
    if p.static_issue is not None:
        found += [f"issue:{p.static_issue.value}", _ISSUE]
    if len(late_prone(p)) > 1:
        found.append(SEVERAL)
    if p.note_count:
        found.append(_NOTED)
    if p.value_usd_cents is not None and -_MOST <= p.value_usd_cents // _UNIT < _MOST:
        found.append(f"{_VALUE}{p.value_usd_cents // _UNIT}")
    return sorted(set(found))


_HELD, _ISSUE, _NOTED = name(Dimension.HOLD, ANY), name(Dimension.ISSUE, ANY), name(Dimension.HAS, NOTE)
_VALUE = f"{Dimension.VALUE.value}:"


def tally(found: Iterable[str]) -> Tally:
    """What these rows add to the counters. A value counts by its unit and the block of that, any other mark by itself."""
    counted: dict[tuple[str, int], int] = Counter()
    for mark, n in Counter(found).items():
        if mark.startswith(_VALUE):
            unit = int(mark.removeprefix(_VALUE))
            counted[Counted.VALUE.value, unit] += n
            counted[Counted.VALUE.block, unit // BLOCK] += n
        else:
            counted[mark, 0] += n
    return {place: Count(n) for place, n in counted.items()}
