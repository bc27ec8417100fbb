"""The orders that a request names, in whatever spelling: contract §1, order id. Ids are echoed as they were sent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from orders_sync.actions.decision import Refusal
from orders_sync.db import order_ids
from orders_sync.db.tx import Tx
from orders_wire.vocabulary import ErrorCode


@dataclass(frozen=True, slots=True)
class Named:
    """One id as it was sent, and the order that it means, or why it means none."""

    spelling: str
    target: int | Refusal


def name(tx: Tx, spellings: Sequence[str]) -> list[Named]:
    """Each id with its order, in the same order."""
    found = order_ids.find(tx.conn, tx.shop_id, set(spellings))
    return [Named(spelling, _target(spelling, found[spelling])) for spelling in spellings]


def foreseen(spellings: Iterable[str]) -> list[int] | None:
    """The orders that are meant, as far as the spellings alone tell; null when one may be a name."""
    known: list[int] = []
    for spelling in spellings:
        order_id = order_ids.of_gid(spelling)
        if order_id is None:
            return None
        known.append(order_id)
    return known


def distinct(named: Iterable[Named]) -> list[int]:
    """The orders that are named, each once, in the order of naming."""
    return list(dict.fromkeys(one.target for one in named if isinstance(one.target, int)))


def expected(tx: Tx, named: Iterable[Named], versions: Mapping[str, int] | None) -> dict[int, set[int]]:
    """The versions that the operator saw, by order; ids that mean no order count for nothing."""
    if not versions:
        return {}
    known = {one.spelling: one.target for one in named}
    others = [spelling for spelling in versions if spelling not in known]
    known |= {one.spelling: one.target for one in name(tx, others)} if others else {}
    seen: dict[int, set[int]] = {}
    for spelling, version in versions.items():
        target = known[spelling]
        if isinstance(target, int):
            seen.setdefault(target, set()).add(version)
    return seen


def _target(spelling: str, found: Sequence[int]) -> int | Refusal:
    if not found:
        return Refusal(ErrorCode.NOT_FOUND, f"There is no order {spelling}")
    if len(found) > 1:
        return Refusal(ErrorCode.AMBIGUOUS, f"{len(found)} orders are called {spelling}; name one by its id")
    return found[0]
