"""Which receivers are on, and how long their rows wait. A row queued for one that is off waits until it is reviewed."""

from __future__ import annotations

from dataclasses import dataclass

from orders_sync.instants import FOREVER, SECOND, Ms
from orders_sync.outbox.kinds import Target
from orders_sync.settings import Settings


@dataclass(frozen=True, slots=True)
class Switches:
    """`on`: receivers that this process sends to. `delay_ms`: how long outbound work waits, so that undo is real."""

    on: frozenset[Target]
    delay_ms: int

    @classmethod
    def of(cls, settings: Settings) -> Switches:
        """The ERP and the support queue are on when they have an address, Shopify when its writes are switched on."""
        configured = {
            Target.SHOPIFY: settings.shopify_writes,
            Target.ERP: settings.erp_url is not None,
            Target.SUPPORT: settings.support_url is not None,
        }
        return cls(frozenset(target for target, on in configured.items() if on), round(settings.undo_seconds * SECOND))

    @property
    def off(self) -> frozenset[Target]:
        return frozenset(Target) - self.on

    def due(self, target: Target, now: Ms, delay_ms: int) -> Ms:
        """When a row may be claimed: FOREVER while its receiver is off."""
        return Ms(now + delay_ms) if target in self.on else FOREVER
