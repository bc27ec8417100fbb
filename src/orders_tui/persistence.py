"""Drafts that were not sent, kept over a restart in a file of the operator alone.

A file that cannot be read or written is never an error for the operator: the client starts fresh, and works on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

from orders_tui import private_files
from orders_tui.drafts import (
    AssignDraft,
    Draft,
    FulfillDraft,
    InventoryDraft,
    Parcel,
    ReturnsDraft,
    SupportDraft,
    UndoDraft,
)
from orders_wire.vocabulary import ActionName, ReturnAction

MARKS = "marks"
"""The target of a draft over several orders."""

_KINDS = {
    ActionName.ASSIGN: AssignDraft,
    ActionName.FULFILL: FulfillDraft,
    ActionName.SUPPORT: SupportDraft,
    ActionName.RETURNS: ReturnsDraft,
    ActionName.INVENTORY: InventoryDraft,
}


class DraftBook:
    """Drafts by verb and target (an order, a SKU, or `MARKS`), kept in memory and, with a path, on disk."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._drafts: dict[tuple[ActionName, str], Draft] = {}
        for item in private_files.read_json(path).get("drafts", ()) if path else ():
            draft = _draft(item)
            if draft is not None:
                self._drafts[draft.verb, target(draft)] = draft

    def keep(self, draft: Draft) -> None:
        """Remembers a draft in place of an earlier one for the same target."""
        if not isinstance(draft, UndoDraft):
            self._drafts[draft.verb, target(draft)] = draft
            self._save()

    def find(self, verb: ActionName, about: str) -> Draft | None:
        """The draft for an order, a SKU, or `MARKS`."""
        return self._drafts.get((verb, about))

    def drop(self, draft: Draft) -> None:
        """The draft was sent, or given up."""
        if self._drafts.pop((draft.verb, target(draft)), None) is not None:
            self._save()

    def all(self) -> list[Draft]:
        """Every draft, oldest first."""
        return list(self._drafts.values())

    def _save(self) -> None:
        if self._path is not None:
            drafts = [{"verb": draft.verb, **asdict(draft)} for draft in self._drafts.values()]
            private_files.write_json(self._path, {"drafts": drafts})


def target(draft: Draft) -> str:
    """What a draft is about."""
    if isinstance(draft, InventoryDraft):
        return draft.sku
    return draft.order_ids[0] if len(draft.order_ids) == 1 else MARKS


def _draft(item: Mapping[str, Any]) -> Draft | None:
    try:
        kind = _KINDS[ActionName(item["verb"])]
        given = {f.name: item[f.name] for f in fields(kind) if f.name in item}
        given["order_ids"] = tuple(given.get("order_ids", ()))
        if "parcels" in given:
            given["parcels"] = {o: Parcel(**parcel) for o, parcel in given["parcels"].items()}
        if "action" in given:
            given["action"] = ReturnAction(given["action"])
        draft: Draft = kind(**given)
    except (KeyError, TypeError, ValueError, AttributeError):
        return None
    return draft
