"""Which orders an action could work on, as far as the client knows: contract §3's rules read forwards. Pure.

The server decides; this is the preview that a bulk dialog shows and what dims a key.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from orders_tui.drafts import Draft, Verb
    from orders_wire.orders import Order
    from orders_wire.vocabulary import ReturnAction, Role


@dataclass(frozen=True, slots=True)
class Eligibility:
    """`eligible` ids; `skipped` ids by reason; `unknown` ids that nothing is known of here (they are sent)."""

    eligible: tuple[str, ...] = ()
    skipped: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    unknown: tuple[str, ...] = ()

    @property
    def sendable(self) -> tuple[str, ...]:
        """What would be sent."""
        return self.eligible + self.unknown


def role_needed(verb: Verb) -> Role:
    """Contract §5: `operator` assigns, fulfils, escalates, undoes; `lead` also moves returns."""
    raise NotImplementedError


def obstacle(verb: Verb, order: Order, action: ReturnAction | None = None) -> str | None:
    """Why this action would be refused for this order, in words; None when nothing speaks against it."""
    raise NotImplementedError


def preview(draft: Draft, orders: Iterable[tuple[str, Order | None]]) -> Eligibility:
    """Sorts a draft's orders into those to send and those to skip."""
    raise NotImplementedError
