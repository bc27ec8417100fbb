"""What survives a restart: how each tab was left, and drafts that were not sent. Files under platformdirs' state folder, 0600.

A file that cannot be read or written is never an error for the operator: the client starts fresh, and says so once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from orders_wire.vocabulary import Tab

if TYPE_CHECKING:
    from orders_tui.drafts import Draft, Verb
    from orders_tui.session.view import TabMemory


@dataclass(frozen=True, slots=True)
class Remembered:
    """The last session: the tab on show, every tab's memory, hidden alerts (until when; None: for good), free-form UI choices."""

    tab: Tab = Tab.UNFULFILLED
    tabs: Mapping[Tab, TabMemory] = field(default_factory=dict)
    hidden_alerts: Mapping[str, datetime | None] = field(default_factory=dict)
    ui: Mapping[str, str] = field(default_factory=dict)


class StateFile:
    """`state.json` of one server address."""

    def __init__(self, path: Path) -> None: ...
    def load(self) -> Remembered:
        """What was remembered; defaults when there is nothing readable."""
        raise NotImplementedError

    def save(self, remembered: Remembered) -> bool:
        """Replaces the file as a whole. False when it could not be written."""
        raise NotImplementedError


class DraftBook:
    """Drafts by verb and target, kept in memory and, with a path, on disk."""

    def __init__(self, path: Path | None = None) -> None: ...
    def keep(self, draft: Draft) -> None: ...
    def find(self, verb: Verb, target: str) -> Draft | None:
        """The draft for an order (or SKU)."""
        raise NotImplementedError

    def drop(self, draft: Draft) -> None: ...
    def all(self) -> list[Draft]:
        raise NotImplementedError
