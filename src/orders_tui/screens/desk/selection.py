"""Marked orders, by id. Pure.

Marks survive refreshing, filtering and paging; they leave when their order's action is done, or when the operator says so, and
that can be taken back.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence


class Selection:
    """An ordered set of order ids with a running range."""

    def __init__(self) -> None:
        self._ids: dict[str, None] = {}
        self._before_clear: dict[str, None] | None = None
        self._range_from: str | None = None
        self._before_range: dict[str, None] = {}

    def __len__(self) -> int:
        return len(self._ids)

    def __contains__(self, order_id: str) -> bool:
        return order_id in self._ids

    @property
    def ids(self) -> tuple[str, ...]:
        """In the order of marking."""
        return tuple(self._ids)

    @property
    def ranging(self) -> bool:
        """True while a range follows the cursor."""
        return self._range_from is not None

    def toggle(self, order_id: str) -> None:
        """Marks, or unmarks."""
        self._before_clear = None
        if order_id in self._ids:
            del self._ids[order_id]
        else:
            self._ids[order_id] = None

    def add(self, order_ids: Iterable[str]) -> None:
        """Marks these as well."""
        self._before_clear = None
        self._ids.update(dict.fromkeys(order_ids))

    def remove(self, order_ids: Iterable[str]) -> None:
        """Unmarks those that are done."""
        for order_id in order_ids:
            self._ids.pop(order_id, None)

    def clear(self) -> None:
        """Unmarks all; `restore` brings them back."""
        if self._ids:
            self._before_clear, self._ids = self._ids, {}
        self._range_from = None

    def forget(self) -> None:
        """Unmarks all for good."""
        self.clear()
        self._before_clear = None

    def restore(self) -> bool:
        """Takes back a `clear` if nothing was marked since."""
        if self._before_clear is None:
            return False
        self._ids, self._before_clear = self._before_clear, None
        return True

    def begin_range(self, order_id: str) -> None:
        """From this order on, everything between it and the cursor is marked."""
        self._range_from, self._before_range = order_id, dict(self._ids)
        self.add([order_id])

    def end_range(self) -> None:
        """What the range has marked stays."""
        self._range_from = None

    def stretch(self, cursor_id: str, rows: Sequence[str]) -> None:
        """The cursor has moved within `rows`: the range reaches it now."""
        if self._range_from is None or cursor_id not in rows:
            return
        if self._range_from not in rows:
            self.add([cursor_id])
            return
        one, two = sorted((rows.index(self._range_from), rows.index(cursor_id)))
        self._ids = {**self._before_range, **dict.fromkeys(rows[one : two + 1])}
