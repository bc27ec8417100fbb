"""One action under way: who acts, as what, when, and what their outbound work waits for."""

from __future__ import annotations

from dataclasses import dataclass, field

from orders_sync.instants import SECOND, Ms
from orders_sync.outbox.queue import Switches
from orders_sync.rules.thresholds import Thresholds
from orders_sync.rules.tracking_numbers import Placeholders
from orders_wire.vocabulary import ActionName


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts; `client` is what the audit says of where it came from."""

    name: str
    lead: bool = False
    client: str | None = None


@dataclass(frozen=True, slots=True)
class Acting:
    """What every step of an action needs. `delay_ms`: how long its outbound work waits. `notify`: customers are mailed where
    the action does not say; `placeholders`: numbers that never leave.
    """

    kind: ActionName
    action_id: str
    actor: Actor
    now: Ms
    thresholds: Thresholds
    switches: Switches
    delay_ms: int
    notify: bool = False
    placeholders: Placeholders = field(default_factory=Placeholders)

    def mails(self, given: bool | None) -> bool:
        """Whether the customer is mailed, of what was asked for (contract §3a, `notify`)."""
        return self.notify if given is None else given

    @property
    def second(self) -> Ms:
        """Now in whole seconds, as timeline entries have it."""
        return Ms(self.now // SECOND * SECOND)
