"""What survives a restart: how each tab was left, and drafts that were not sent. Files under platformdirs' state folder, 0600.

A file that cannot be read or written is never an error for the operator: the client starts fresh, and works on.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

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
from orders_tui.query import NO_FILTERS, ParsedQuery, parse, render
from orders_wire.vocabulary import ActionName, ReturnAction, Tab

if TYPE_CHECKING:
    from orders_tui.session.view import TabMemory

MARKS = "marks"
"""The target of a draft over several orders."""

_KINDS = {
    ActionName.ASSIGN: AssignDraft,
    ActionName.FULFILL: FulfillDraft,
    ActionName.SUPPORT: SupportDraft,
    ActionName.RETURNS: ReturnsDraft,
    ActionName.INVENTORY: InventoryDraft,
}


@dataclass(frozen=True, slots=True)
class Remembered:
    """The last session: the tab on show, every tab's memory, hidden alerts (until when; None: for good), the screen's choices."""

    tab: Tab = Tab.UNFULFILLED
    tabs: Mapping[Tab, TabMemory] = field(default_factory=dict)
    hidden_alerts: Mapping[str, datetime | None] = field(default_factory=dict)
    ui: Mapping[str, str] = field(default_factory=dict)


class StateFile:
    """`state.json` of one server address."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def load(self) -> Remembered:
        """What was remembered; defaults when there is nothing readable."""
        body = _read(self.path)
        try:
            return _remembered(body)
        except (KeyError, TypeError, ValueError, AttributeError):
            return Remembered()

    def save(self, remembered: Remembered) -> bool:
        """Replaces the file as a whole. False when it could not be written."""
        tabs = {
            tab: {
                "query": render(memory.filters, memory.sort),
                "cursor": memory.cursor,
                "order_id": memory.order_id,
                "top": memory.top,
            }
            for tab, memory in remembered.tabs.items()
        }
        hidden = {alert_id: until and until.isoformat() for alert_id, until in remembered.hidden_alerts.items()}
        return _write(
            self.path, {"tab": remembered.tab, "tabs": tabs, "hidden_alerts": hidden, "ui": dict(remembered.ui)}
        )


class DraftBook:
    """Drafts by verb and target (an order, a SKU, or `MARKS`), kept in memory and, with a path, on disk."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._drafts: dict[tuple[ActionName, str], Draft] = {}
        for item in _read(path).get("drafts", ()) if path else ():
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
            _write(self._path, {"drafts": [{"verb": draft.verb, **asdict(draft)} for draft in self._drafts.values()]})


def target(draft: Draft) -> str:
    """What a draft is about."""
    if isinstance(draft, InventoryDraft):
        return draft.sku
    return draft.order_ids[0] if len(draft.order_ids) == 1 else MARKS


def _remembered(body: Mapping[str, Any]) -> Remembered:
    return Remembered(
        tab=Tab(body.get("tab", Tab.UNFULFILLED)),
        tabs={Tab(tab): _memory(item) for tab, item in body.get("tabs", {}).items()},
        hidden_alerts={
            str(alert_id): None if until is None else datetime.fromisoformat(until)
            for alert_id, until in body.get("hidden_alerts", {}).items()
        },
        ui={str(name): str(value) for name, value in body.get("ui", {}).items()},
    )


def _memory(item: Mapping[str, Any]) -> TabMemory:
    from orders_tui.session.view import TabMemory

    parsed = parse(item["query"])
    known = parsed if isinstance(parsed, ParsedQuery) else ParsedQuery(NO_FILTERS)
    return TabMemory(known.filters, known.sort, item.get("cursor"), item.get("order_id"), bool(item.get("top", True)))


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


def _read(path: Path) -> dict[str, Any]:
    try:
        body = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return body if isinstance(body, dict) else {}


def _write(path: Path, body: Mapping[str, Any]) -> bool:
    """Whole or not at all: a client that is killed meanwhile leaves the old file."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        private_files.write(beside, json.dumps(body, ensure_ascii=False, indent=1))
        beside.replace(path)
    except (OSError, UnicodeEncodeError):
        with suppress(OSError):
            beside.unlink(missing_ok=True)
        return False
    return True
