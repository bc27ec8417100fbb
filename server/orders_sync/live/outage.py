"""The gap of a lost database: while it lasts nothing can be stored, so this process tells its own streams.

They stay open: a browser's stream that is once refused does not come back by itself. A database that is back within moments
(a restart, a failover) is no gap.

Afterwards opening and end are recorded as events, once for the whole fleet, under the same `alert_id`: so every client hears
the end, whichever process announced the beginning.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

from orders_sync.db import events, leases
from orders_sync.db.engine import Database
from orders_sync.db.events import EventDraft, Numbered
from orders_sync.db.tx import Tx
from orders_sync.instants import Ms
from orders_sync.live.hub import Hub
from orders_wire.vocabulary import EventType, Gap, OpenClosed, Severity

MESSAGE = (
    "The database cannot be reached or written: the desk shows what it last knew, and takes nothing. "
    "It goes on by itself as soon as it can; if it lasts, look at /health/ready and the server's log."
)
GRACE_S = 2.0

_NAME = "outage"


class Outage:
    """`failed` and `recovered`, as reading the events, or writing, fails and works. `owner` is drawn anew by each start."""

    def __init__(self, database: Database, hub: Hub, owner: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._database = database
        self._hub = hub
        self._owner = owner
        self._clock = clock
        self._failing_since: float | None = None
        self._began_at: Ms | None = None

    async def failed(self) -> None:
        """Once it has lasted, every live stream of this process gets the gap, and none begins until it is over."""
        if self._failing_since is None:
            self._failing_since = self._clock()
        if self._began_at is None and self._clock() - self._failing_since >= GRACE_S:
            self._began_at = now = self._database.clock()
            self._hub.cut_from_database = True
            body = events.body(self._draft(OpenClosed.OPEN), now)
            await self._hub.send_unnumbered(Numbered(self._hub.position, body))

    async def recovered(self) -> None:
        """Records the gap, unless another process has. Raises DatabaseError when it is not over after all."""
        if self._failing_since is None:
            return
        if self._began_at is not None:
            began_at = self._began_at
            await self._database.write(lambda tx: self._record(tx, began_at))
        self._failing_since = self._began_at = None
        self._hub.cut_from_database = False

    def _record(self, tx: Tx, began_at: Ms) -> None:
        fence = leases.take(tx, _NAME, self._owner, 0)
        recorded_at = leases.load(tx.conn, tx.shop_id, _NAME)
        if fence is None or (recorded_at is not None and int(recorded_at) >= began_at):
            return
        events.append_all(tx, [self._draft(OpenClosed.OPEN), self._draft(OpenClosed.CLEARED)])
        leases.store(tx, _NAME, fence, str(tx.now))

    def _draft(self, status: OpenClosed) -> EventDraft:
        draft = EventDraft(
            EventType.DATA_GAP,
            status=status,
            severity=Severity.CRITICAL,
            alert_id=f"{self._database.desk_id}-{_NAME}",
            gap=Gap.DATABASE_LOST,
        )
        return replace(draft, message=MESSAGE) if status is OpenClosed.OPEN else draft
