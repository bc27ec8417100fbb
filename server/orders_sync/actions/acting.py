"""One action under way: who acts, as what, when, and what their outbound work waits for."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from orders_sync.instants import SECOND, Ms
from orders_sync.outbox.switches import Switches
from orders_sync.rules.figures import Figures


class ActionKind(StrEnum):
    """The actions of contract §3, as audit and undo name them."""

    ASSIGN = "assign"
    FULFILL = "fulfill"
    SUPPORT = "support"
    RETURNS = "returns"
    INVENTORY = "inventory"
    UNDO = "undo"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts; `client` is what the audit says of where it came from."""

    name: str
    lead: bool = False
    client: str | None = None


@dataclass(frozen=True, slots=True)
class Acting:
    """What every step of an action needs. `delay_ms`: how long its outbound work waits."""

    kind: ActionKind
    action_id: str
    actor: Actor
    now: Ms
    figures: Figures
    switches: Switches
    delay_ms: int

    @property
    def second(self) -> Ms:
        """Now in whole seconds, as timeline entries have it."""
        return Ms(self.now // SECOND * SECOND)
