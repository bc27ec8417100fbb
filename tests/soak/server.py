"""`orders-tui serve` with time squeezed: `python -m tests.soak.server serve …`. Nothing else is different.

Leases, pauses and time limits that a day has room for last seconds, so that their ends come about within a soak.
"""

from __future__ import annotations

import sys

from orders_sync import backoff
from orders_sync.__main__ import main
from orders_sync.external import signed_post
from orders_sync.external.shopify import sender
from orders_sync.instants import SECOND
from orders_sync.poller import progress, schedule
from orders_sync.relay import relay


def squeeze() -> None:
    """A lease stays longer than any call under it, and a call longer than its receiver's time limit."""
    relay.LEASE_MS, relay.CALL_MS = 8 * SECOND, 7 * SECOND
    sender.CALL_LIMIT_S = 5.0
    signed_post.TIMEOUT_S = 5.0
    backoff.FIRST_MS, backoff.CAP_MS = SECOND // 4, 4 * SECOND
    progress.LEASE_MS = 5 * SECOND
    schedule.LOOK_S = 1.0


if __name__ == "__main__":
    squeeze()
    raise SystemExit(main(sys.argv[1:]))
