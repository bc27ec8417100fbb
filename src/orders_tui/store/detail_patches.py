"""What the operator's actions make of what only a detail shows: they lie on details that were read before them.

A row that holds an action comes before the detail that does, so an action stays here until a detail of its version has come.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from orders_tui.actions.draft import Draft
    from orders_wire.detail import OrderDetail


@dataclass(slots=True)
class _Lying:
    """`accepted`: the server has it; `version`: of the order since then, None where the answer names none."""

    draft: Draft
    accepted: bool = False
    version: int | None = None


class DetailPatches:
    """By order and by the action's key, in the order in which they were begun."""

    def __init__(self) -> None:
        self._on: dict[str, dict[str, _Lying]] = {}

    def add(self, key: str, draft: Draft) -> None:
        """An action begins."""
        if draft.in_detail:
            for order_id in draft.order_ids:
                self._on.setdefault(order_id, {})[key] = _Lying(draft)

    def accept(self, key: str, order_id: str, version: int | None, *, shown: bool) -> None:
        """The server has done it on this order; `shown`: a detail from before is held."""
        lying = self._on.get(order_id, {}).get(key)
        if lying is not None:
            lying.accepted, lying.version = True, version
            if not shown:
                self.drop(key, [order_id])

    def drop(self, key: str, order_ids: Iterable[str]) -> None:
        """It was not done on these orders."""
        for order_id in order_ids:
            lying = self._on.get(order_id, {})
            lying.pop(key, None)
            if not lying:
                self._on.pop(order_id, None)

    def came(self, detail: OrderDetail) -> None:
        """What a detail holds needs not lie on it."""
        for key, lying in list(self._on.get(detail.id, {}).items()):
            if lying.accepted and detail.version >= (lying.version or 0):
                self.drop(key, [detail.id])

    def fold(self, detail: OrderDetail) -> OrderDetail:
        """The detail as the operator means it."""
        for lying in self._on.get(detail.id, {}).values():
            detail = lying.draft.on_detail(detail)
        return detail
