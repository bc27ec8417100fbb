"""What had an effect, once each: mutations, and messages to the ERP and the support queue. Tests prove exactly-once by it."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any


@dataclass(slots=True)
class Entry:
    """One effect. `kind` is `mutation`, `refund`, `mail`, `erp` or `support`; `name` the mutation or the message's type. A
    `refund` is money that went back by what was done later than it was asked for.

    `subject` is the gid acted on, or the message id; `effect` what came of it; `repeats` how often the same message came
    again without effect.
    """

    number: int
    at: datetime
    kind: str
    name: str
    subject: str
    effect: dict[str, Any] = field(default_factory=dict)
    repeats: int = 0


class Ledger:
    """Append-only; a message id is entered once."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self._messages: dict[tuple[str, str], Entry] = {}

    def mutation(self, at: datetime, name: str, subject: str, effect: dict[str, Any]) -> None:
        """A mutation changed the shop."""
        self.entries.append(Entry(len(self.entries) + 1, at, "mutation", name, subject, effect))

    def refund(self, at: datetime, name: str, subject: str, effect: dict[str, Any]) -> None:
        """Money went back."""
        self.entries.append(Entry(len(self.entries) + 1, at, "refund", name, subject, effect))

    def mail(self, at: datetime, name: str, subject: str) -> None:
        """The customer was mailed of something, once."""
        self.entries.append(Entry(len(self.entries) + 1, at, "mail", name, subject))

    def message(self, at: datetime, kind: str, message_id: str, body: dict[str, Any]) -> bool:
        """A signed message came. False when the same id came before: it has no further effect."""
        known = self._messages.get((kind, message_id))
        if known:
            known.repeats += 1
            return False
        entry = Entry(len(self.entries) + 1, at, kind, str(body.get("type")), message_id, dict(body))
        self.entries.append(entry)
        self._messages[kind, message_id] = entry
        return True

    def report(self) -> list[dict[str, Any]]:
        """All entries, oldest first, ready for JSON."""
        return [{**asdict(entry), "at": entry.at.isoformat()} for entry in self.entries]
