"""The orders that a request names, in whatever spelling: contract §1, order id. Ids are echoed as they were sent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from orders_sync.actions.decision import Refusal
from orders_sync.db import order_lookup
from orders_sync.db.tx import Reading, Tx
from orders_wire.vocabulary import ErrorCode


@dataclass(frozen=True, slots=True)
class NamedOrder:
    """One id as it was sent, and the order that it means, or why it means none."""

    spelling: str
    target: int | Refusal


def find(conn: Reading, shop_id: int, spellings: Sequence[str]) -> list[NamedOrder]:
    """Each id with its order, in the same order."""
    found = order_lookup.find(conn, shop_id, set(spellings))
    return [NamedOrder(spelling, _target(spelling, found[spelling])) for spelling in spellings]


def without_asking(spellings: Iterable[str]) -> list[int] | None:
    """The orders that are meant, as far as the spellings alone say; None when one may be a name."""
    found = [order_lookup.of_gid(spelling) for spelling in spellings]
    known = [order_id for order_id in found if order_id is not None]
    return known if len(known) == len(found) else None


def distinct(named: Iterable[NamedOrder]) -> list[int]:
    """The orders that are named, each once, in the order of naming."""
    return list(dict.fromkeys(one.target for one in named if isinstance(one.target, int)))


def several(named: Iterable[NamedOrder]) -> bool:
    """Whether more than one order is named, as far as is known."""
    return len({one.target if isinstance(one.target, int) else one.spelling for one in named}) > 1


def seen_versions(tx: Tx, named: Iterable[NamedOrder], versions: Mapping[str, int] | None) -> dict[int, set[int]]:
    """The versions that the operator saw, by order; ids that mean no order count for nothing."""
    if not versions:
        return {}
    targets = {one.spelling: one.target for one in named}
    others = [spelling for spelling in versions if spelling not in targets]
    targets |= {one.spelling: one.target for one in find(tx.conn, tx.shop_id, others)} if others else {}
    seen: dict[int, set[int]] = {}
    for spelling, version in versions.items():
        target = targets[spelling]
        if isinstance(target, int):
            seen.setdefault(target, set()).add(version)
    return seen


def _target(spelling: str, found: Sequence[int]) -> int | Refusal:
    if not found:
        return Refusal(ErrorCode.NOT_FOUND, f"There is no order {spelling}")
    if len(found) > 1:
        return Refusal(ErrorCode.AMBIGUOUS, f"{len(found)} orders are called {spelling}; name one by its id")
    return found[0]
