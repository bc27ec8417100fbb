"""How far the desk has come: contract §1, `desk.state`. From the settings, and from where the poller has stored that it is."""

from __future__ import annotations

from dataclasses import dataclass

from orders_sync.db.tx import Reading
from orders_sync.poller import progress as poller_state
from orders_wire.page import Backfill
from orders_wire.vocabulary import DeskState


@dataclass(frozen=True, slots=True)
class ShopConnection:
    """By what the shop is connected: webhooks that are signed, and the Admin API that is polled."""

    webhooks: bool
    polls: bool


WEBHOOKS_ALONE = ShopConnection(webhooks=True, polls=False)


@dataclass(frozen=True, slots=True)
class Progress:
    """`backfill` is None in every other state."""

    state: DeskState
    backfill: Backfill | None = None

    def as_json(self) -> dict[str, object]:
        """As in the page."""
        return {"state": self.state, "backfill": self.backfill.model_dump() if self.backfill else None}


def read(conn: Reading, shop_id: int, connected: ShopConnection) -> Progress:
    """The state at this moment. Without an Admin token nothing is read back, so that webhooks alone are `live`."""
    if not connected.polls:
        return Progress(DeskState.LIVE if connected.webhooks else DeskState.NO_SHOP)
    poller = poller_state.load(conn, shop_id)
    if poller.complete:
        return Progress(DeskState.LIVE)
    done, total = (poller.backfill.done, poller.backfill.total) if poller.backfill else (0, 0)
    return Progress(DeskState.BACKFILL, Backfill(done=done, total=max(done, total)))
