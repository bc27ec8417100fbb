"""Which open alerts are asked for: contract §3a, All open alerts.

The server narrows by one type and one severity; of several the client leaves the others out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from orders_wire.vocabulary import AlertType, EventType, Severity


class Narrowed(Protocol):
    """What is known of an alert, as an event or as it is kept."""

    @property
    def type(self) -> EventType: ...
    @property
    def severity(self) -> Severity | None: ...


@dataclass(frozen=True, slots=True)
class AlertFilter:
    """Empty sets take every type, every severity; without an owner (`unassigned` is one) it is whoever's order."""

    types: frozenset[EventType] = frozenset()
    severities: frozenset[Severity] = frozenset()
    owner: str = ""

    def __bool__(self) -> bool:
        """True when anything is narrowed."""
        return self != ALL_ALERTS

    def params(self) -> dict[str, str]:
        """As request parameters."""
        given = {"type": _only(self.types), "severity": _only(self.severities), "assigned_to": self.owner}
        return {name: value for name, value in given.items() if value}

    def takes(self, alert: Narrowed) -> bool:
        """Whether its types and severities are the alert's; whose the order is, the server alone knows."""
        of_type = not self.types or alert.type in self.types
        return of_type and (not self.severities or alert.severity in self.severities)


ALL_ALERTS = AlertFilter()


WORDS = ("all", "mine", *reversed(Severity), *(kind.replace("_", "-") for kind in AlertType))
"""What a filter is called where one word names it."""


def named(word: str, me: str) -> AlertFilter:
    """The filter of one of `WORDS`; all alerts for any other."""
    if word == "mine":
        return AlertFilter(owner=me)
    if word in list(Severity):
        return AlertFilter(severities=frozenset({Severity(word)}))
    kind = word.replace("-", "_")
    return AlertFilter(frozenset({EventType(kind)})) if kind in list(AlertType) else ALL_ALERTS


def _only(words: frozenset[EventType] | frozenset[Severity]) -> str:
    return str(next(iter(words))) if len(words) == 1 else ""
