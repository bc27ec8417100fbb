"""The drafts' book: what was meant to be done and not sent is kept, over a restart too, until it was sent or given up."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from orders_tui import private_files
from orders_tui.actions.registry import ACTIONS
from orders_wire.vocabulary import ActionName

if TYPE_CHECKING:
    from orders_tui.actions.draft import Draft

D = TypeVar("D", bound="Draft")


class DraftBook:
    """Drafts by action and subject, kept in memory and, with a path, on disk."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._drafts: dict[tuple[ActionName, str], Draft] = {}
        for item in private_files.read_json(path).get("drafts", ()) if path else ():
            draft = _read(item)
            if draft is not None:
                self._drafts[draft.action, draft.subject] = draft

    def keep(self, draft: Draft) -> None:
        """Remembers a draft in place of an earlier one with the same subject."""
        if draft.in_book:
            self._drafts[draft.action, draft.subject] = draft
            self._save()

    def find(self, kind: type[D], subject: str) -> D | None:
        """The draft of this kind for an order, a SKU, or `MARKS`."""
        draft = self._drafts.get((kind.action, subject))
        return draft if isinstance(draft, kind) else None

    def drop(self, draft: Draft) -> None:
        """The draft was sent, or given up."""
        if self._drafts.pop((draft.action, draft.subject), None) is not None:
            self._save()

    def all(self) -> list[Draft]:
        """Every draft, oldest first."""
        return list(self._drafts.values())

    def _save(self) -> None:
        if self._path is not None:
            kept = [draft.to_book() for draft in self._drafts.values() if draft.on_disk]
            private_files.write_json(self._path, {"drafts": kept})


def _read(item: Mapping[str, Any]) -> Draft | None:
    try:
        return ACTIONS[ActionName(item["verb"])].from_book(item)
    except (KeyError, TypeError, ValueError, AttributeError):
        return None
