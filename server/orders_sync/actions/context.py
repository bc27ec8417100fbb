"""One action under way: who acts, as what, when, and by which settings of the server."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from orders_sync.db.audit import Audited
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
class ActionSettings:
    """What this server does by. `keep_ms`: how long responses are kept for their idempotency keys; `random_hex`: eight random
    hexadecimal digits; `notify`: customers are mailed where the action does not say; `placeholders`: numbers that never leave;
    `token_names`: of everybody who has a token."""

    thresholds: Thresholds
    switches: Switches
    keep_ms: int
    random_hex: Callable[[], str]
    notify: bool = False
    placeholders: Placeholders = field(default_factory=Placeholders)
    token_names: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class ActionContext:
    """What every step of an action needs. `delay_ms`: how long its outbound work waits."""

    kind: ActionName
    action_id: str
    actor: Actor
    now: Ms
    delay_ms: int
    settings: ActionSettings

    def mails(self, notify: bool | None) -> bool:
        """Whether the customer is mailed, given what the request says (contract §3a, `notify`)."""
        return self.settings.notify if notify is None else notify

    @property
    def second(self) -> Ms:
        """Now in whole seconds, as timeline entries have it."""
        return Ms(self.now // SECOND * SECOND)

    def audited(self, result: str, details: str, order_id: int | None = None) -> Audited:
        """A row of the audit for this action."""
        by = self.actor
        return Audited(by.name, self.kind, order_id, result, details, client=by.client, action_id=self.action_id)
