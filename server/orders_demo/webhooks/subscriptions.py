"""Who is told what. Those made through the Admin API are dropped after eight failures in a row, the app's own are not."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

PATIENCE = 8


@dataclass(slots=True)
class Subscription:
    """One topic to one address. `topic` as the header names it; `fixed`: part of the app's configuration."""

    id: int
    topic: str
    uri: str
    created_at: datetime
    updated_at: datetime
    fixed: bool = False
    format: str = "JSON"
    filter: str | None = None
    name: str | None = None
    include_fields: list[str] = field(default_factory=list)
    metafield_namespaces: list[str] = field(default_factory=list)
    failures: int = 0

    @property
    def enum(self) -> str:
        """The topic as a WebhookSubscriptionTopic."""
        return self.topic.replace("/", "_").upper()


class Subscriptions:
    """All subscriptions of the app."""

    def __init__(self, patience: int = PATIENCE) -> None:
        self.patience = patience
        self.entries: list[Subscription] = []
        self._drawn = 0

    def add(self, topic: str, uri: str, at: datetime, *, fixed: bool = False) -> Subscription:
        """Subscribe. Raises ValueError when that address has the topic already."""
        if any(entry.topic == topic and entry.uri == uri for entry in self.entries):
            raise ValueError(topic)
        self._drawn += 1
        entry = Subscription(1_360_000_000_000 + self._drawn * 32_768, topic, uri, at, at, fixed)
        self.entries.append(entry)
        return entry

    def remove(self, entry: Subscription) -> None:
        """End one."""
        self.entries = [other for other in self.entries if other is not entry]

    def to(self, topic: str) -> list[Subscription]:
        """Who is told of a topic."""
        return [entry for entry in self.entries if entry.topic == topic]

    def outcome(self, entry: Subscription, *, delivered: bool) -> None:
        """Note how a delivery ended for good; patience runs out for those that the API made."""
        entry.failures = 0 if delivered else entry.failures + 1
        if entry.failures >= self.patience and not entry.fixed:
            self.remove(entry)
