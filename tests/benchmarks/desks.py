"""Desks of several sizes on both databases, built for one run and gone after it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.dataset import build
from tests.support.postgres import Cluster, cluster

from orders_sync.instants import Ms, system_clock

DATABASES = ("sqlite", "postgresql")
SMALL, LARGE = 10_000, 1_000_000

SETTINGS = (
    "fsync=off",
    "full_page_writes=off",
    "shared_buffers=1GB",
    "maintenance_work_mem=256MB",
    "max_wal_size=8GB",
)
"""Writing is not what is measured here."""


@dataclass(frozen=True, slots=True)
class Desk:
    """A database full of orders; `now`: when its history ends."""

    database: str
    orders: int
    url: str
    now: Ms


@contextmanager
def desks(databases: Sequence[str], sizes: Sequence[int]) -> Iterator[dict[str, list[Desk]]]:
    """For each database a desk of each size, all of them over the same three years."""
    now = system_clock()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="desks-")))
        postgres = stack.enter_context(cluster(SETTINGS)) if "postgresql" in databases else None
        found: dict[str, list[Desk]] = {}
        for database in databases:
            urls = {orders: _place(database, orders, folder, postgres) for orders in sizes}
            for orders, url in urls.items():
                print(f"building {orders:,} orders on {database} …", flush=True)
                build(url, orders, now)
            found[database] = [Desk(database, orders, url, now) for orders, url in urls.items()]
        yield found


def _place(database: str, orders: int, folder: Path, postgres: Cluster | None) -> str:
    if postgres is None or database == "sqlite":
        return f"sqlite:///{folder / f'{orders}.db'}"
    postgres.create(f"desk_{orders}")
    return postgres.url(f"desk_{orders}")
