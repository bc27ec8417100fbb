"""`serve`: the Sync server in the foreground (contract §6)."""

from __future__ import annotations

import asyncio

from orders_sync.serving import serve
from orders_sync.settings import Settings


def run(settings: Settings) -> int:
    """Serves until it is told to stop. The first line on stdout says where it answers."""
    asyncio.run(serve(settings, _announce))
    return 0


def _announce(address: str) -> None:
    print(f"Sync server listening on {address}", flush=True)
