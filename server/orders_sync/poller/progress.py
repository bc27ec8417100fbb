"""Where the poller has got to: one document in `progress`, moved under the poller's lease in the transaction of the rows."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

from orders_sync.db import leases
from orders_sync.db.tx import Reading, Tx
from orders_sync.instants import Ms

NAME = "poller"
"""The lease and the progress row."""


class Backfill(BaseModel):
    """The first reading of everything. Orders newest first, then stock; `cursor` is the next page of the part under way;
    `lost_stock`: the shop failed to tell some of it, so that all of it is asked for again."""

    model_config = ConfigDict(frozen=True)

    began_at: Ms
    part: Literal["orders", "stock"] = "orders"
    cursor: str | None = None
    location: int | None = None
    done: int = 0
    total: int = 0
    lost_stock: bool = False
    ended_at: Ms | None = None


class PollerState(BaseModel):
    """Instants are by this server's clock, but for `orders_until` and `stock_until`: the shop's, up to which all is read.

    `due_at`: when the next tick should begin; `error`: what ended the last tick, null when it went well; `untold_at`: when a
    tick last brought a change that no webhook had told; `limited`: the shop showed 60 days only; `unsubscribed`: topics that no
    webhook subscription covers, null while that is not known.
    """

    model_config = ConfigDict(frozen=True)

    backfill: Backfill | None = None
    orders_until: Ms | None = None
    stock_until: Ms | None = None
    began_at: Ms | None = None
    ended_at: Ms | None = None
    due_at: Ms | None = None
    error: str | None = None
    untold_at: Ms | None = None
    limited: bool = False
    unsubscribed: tuple[str, ...] | None = None

    @property
    def complete(self) -> bool:
        """True once the back-fill has ended: only then does a tick ask for changes."""
        return self.backfill is not None and self.backfill.ended_at is not None


def load(conn: Reading, shop_id: int) -> PollerState:
    """The stored state; that of a poller which never ran when there is none."""
    body = leases.load(conn, shop_id, NAME)
    return PollerState() if body is None else PollerState.model_validate_json(body)


def store(tx: Tx, fence: int, state: PollerState) -> None:
    """Replaces it; the caller holds the lease in this transaction."""
    leases.store(tx, NAME, fence, state.model_dump_json())
