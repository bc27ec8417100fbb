"""One job's view of the transaction it runs in."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import Connection

from orders_sync.db.counters import Count, Tally, add
from orders_sync.instants import Ms


@dataclass(slots=True)
class Tx:
    """What a write job gets. A job that changed something for the desk says so by `touch` or `ping`.

    When the job is done, the engine appends one `refresh` event for it if anything was touched (with the order ids when they are
    few) or pinged. `outbound`: rows of the outbox may be due sooner than before. `silent`: the first back-fill, whose events are
    numbered but never sent (contract §2).
    """

    conn: Connection
    shop_id: int
    now: Ms
    silent: bool = False
    outbound: bool = False
    pinged: bool = False
    touched: set[int] = field(default_factory=set)
    counted: dict[tuple[str, int], Count] = field(default_factory=dict)
    allotted: dict[str, bool] = field(default_factory=dict)

    def touch(self, order_id: int) -> None:
        """An order's row changed: clients refetch it."""
        self.touched.add(order_id)

    def ping(self) -> None:
        """Something that is on no order row changed (stock, a poller's tick): clients refetch."""
        self.pinged = True

    def count(self, moved: Tally) -> None:
        """Day counters move: the engine writes that last in the transaction, for all jobs of the group together."""
        add(self.counted, moved)

    def allot(self, sku: str, *, level: bool = False) -> None:
        """What orders owe of a SKU changed, or, `level`, what is available of it: the engine allots it anew at the end."""
        self.allotted[sku] = level or self.allotted.get(sku, False)


Reading = Connection
"""Opaque outside `db`: SQL stays here."""
