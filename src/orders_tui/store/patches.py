"""Patches: what the operator did that the rows may not show yet, one per action, with what is known of its outcome.

Per order a patch is *waiting* (unanswered) or *accepted* (answered with a version). It ends when the server refuses the order, or
when a row at or past the answer's version, or of a page at or past the answer's desk version, takes its place.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from orders_tui.actions.draft import Draft
from orders_tui.actions.field_changes import Changes, fold

if TYPE_CHECKING:
    from orders_wire.orders import Order
    from orders_wire.vocabulary import ActionName


class MarkKind(StrEnum):
    """In the order in which one hides another: a failure is shown before anything on its way."""

    FAILED = "failed"
    UNCONFIRMED = "unconfirmed"
    PENDING = "pending"
    UNDONE = "undone"
    CONFIRMED = "confirmed"


@dataclass(frozen=True, slots=True)
class Mark:
    """What is said about a row beside its facts: an action on its way, one that failed and why, one just undone.

    `key` is the action's idempotency key; `reason` the server's words for a failure, else empty.
    """

    kind: MarkKind
    action: ActionName
    key: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Accepted:
    """The server's word on one order: the version that holds the action (None: the answer names none), and the desk's."""

    version: int | None
    desk_version: int

    def held_by(self, row_version: int, desk_version: int) -> bool:
        """True when such a row, or a row of such a page, already holds the action."""
        return (self.version is not None and row_version >= self.version) or desk_version >= self.desk_version


@dataclass(slots=True)
class Patch:
    """One action. `changes` by order; `accepted` grows as answers come; `order` is the sequence of begun actions."""

    key: str
    draft: Draft
    order: int
    changes: dict[str, Changes]
    known: bool = True
    accepted: dict[str, Accepted] = field(default_factory=dict)

    def mark(self, order_id: str) -> Mark | None:
        """What to say of a waiting order; an accepted one has its own mark."""
        if order_id in self.accepted:
            return None
        return Mark(MarkKind.PENDING if self.known else MarkKind.UNCONFIRMED, self.draft.action, self.key)

    def rank(self, order_id: str) -> tuple[int, int, int]:
        """Accepted ones in the server's order, then waiting ones in the operator's."""
        accepted = self.accepted.get(order_id)
        return (1, 0, self.order) if accepted is None else (0, accepted.version or 0, self.order)


class Patches:
    """All patches, by key and by order."""

    def __init__(self) -> None:
        self._by_key: dict[str, Patch] = {}
        self._keys_of: dict[str, list[str]] = {}
        self._begun = 0

    def __contains__(self, order_id: object) -> bool:
        return order_id in self._keys_of

    def add(self, key: str, draft: Draft, changes: Mapping[str, Changes]) -> Patch:
        """A waiting patch over these orders."""
        self._begun += 1
        patch = Patch(key, draft, self._begun, dict(changes))
        self._by_key[key] = patch
        for order_id in changes:
            self._keys_of.setdefault(order_id, []).append(key)
        return patch

    def get(self, key: str) -> Patch | None:
        """The patch of an action, while any order of it is waiting or not yet held by a row."""
        return self._by_key.get(key)

    def on(self, order_id: str) -> list[Patch]:
        """The patches on an order, in the order in which they apply."""
        patches = [self._by_key[key] for key in self._keys_of.get(order_id, ())]
        return sorted(patches, key=lambda patch: patch.rank(order_id)) if len(patches) > 1 else patches

    def fold(self, row: Order, *, answered_only: bool = False) -> Order:
        """The row as the operator means it; or only as the server is known to have it."""
        for patch in self.on(row.id):
            if not answered_only or row.id in patch.accepted:
                row = fold(row, patch.changes[row.id])
        return row

    def drop(self, key: str, order_ids: Iterable[str]) -> None:
        """Takes an action off these orders."""
        patch = self._by_key.get(key)
        for order_id in list(order_ids):
            if patch is None or patch.changes.pop(order_id, None) is None:
                continue
            patch.accepted.pop(order_id, None)
            self._keys_of[order_id].remove(key)
            if not self._keys_of[order_id]:
                del self._keys_of[order_id]
        if patch is not None and not patch.changes:
            del self._by_key[key]

    def settle(self, order_id: str, row_version: int, desk_version: int) -> None:
        """A row of the server came: what it holds is no patch any more."""
        for patch in self.on(order_id):
            accepted = patch.accepted.get(order_id)
            if accepted is not None and accepted.held_by(row_version, desk_version):
                self.drop(patch.key, [order_id])

    def forget_accepted(self, order_id: str) -> None:
        """The row is no longer held: neither need its accepted patches be."""
        for patch in self.on(order_id):
            if order_id in patch.accepted:
                self.drop(patch.key, [order_id])

    def waiting(self, order_id: str) -> bool:
        """True while an action on this order is unanswered."""
        return any(order_id not in patch.accepted for patch in self.on(order_id))
