"""The end of the first back-fill: one `refresh` with `reset`, before which no event id counts any more (contract §2)."""

from __future__ import annotations

from orders_sync.db import events
from orders_sync.db.tx import Tx


def finish(tx: Tx) -> None:
    """Tells every stream to start over; ids from before this event are from now on older than what is kept."""
    events.append(tx, events.refresh(reset=True))
