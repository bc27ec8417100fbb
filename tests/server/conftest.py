"""Both databases for every storage test: a migrated template made once per run, a copy of it per test.

PostgreSQL comes from the machine's binaries, else from the pip-installed ones; without either its tests are skipped, or fail
when `ORDERS_REQUIRE_POSTGRES=1`.
"""

from __future__ import annotations

import itertools
import logging
import os
import shutil
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import structlog
from sqlalchemy import URL, Engine, create_engine
from tests.support.postgres import Cluster, NoPostgres, binaries, cluster
from tests.support.warm_connections import WarmConnections

from orders_sync.db.engine import Database
from orders_sync.db.location import parse
from orders_sync.db.migrate import migrate
from orders_sync.instants import Ms, parse_instant
from orders_sync.logs import StderrHandler

SHOP = "desk-test.myshopify.com"
NOON = parse_instant("2026-03-10T12:00:00Z")
"""Where a test's clock stands at first: a Tuesday."""

_TEMPLATE = "desk_template"
_names = (f"desk_{n}" for n in itertools.count(1))


@dataclass(slots=True)
class SettableClock:
    """A clock that stands still until it is moved: `clock.now = …`, or `clock.advance(ms)`."""

    now: Ms = NOON

    def __call__(self) -> Ms:
        return self.now

    def advance(self, ms: int) -> Ms:
        self.now = Ms(self.now + ms)
        return self.now


@pytest.fixture(autouse=True)
def plain_tracebacks() -> None:
    """Tracebacks as Python writes them: structlog's own way, with every local value, takes seconds for each."""
    plain = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(processors=[structlog.processors.add_log_level, plain])


@pytest.fixture(scope="session")
def warm_connections() -> WarmConnections:
    """Connections to PostgreSQL from one test to the next."""
    return WarmConnections()


@pytest.fixture(autouse=True, scope="session")
def _statements_are_compiled_once(warm_connections: WarmConnections) -> Iterator[None]:
    """For all databases of a test process: each engine would ask its database what it is, and compile every statement anew."""
    first: dict[str, Engine] = {}

    def creating(url: URL, **given: Any) -> Engine:
        engine = create_engine(url, query_cache_size=4000, **given)
        if url.get_backend_name() == "postgresql":
            warm_connections.serve(engine, url)
        known = first.get(url.drivername)
        if known is None or getattr(known.dialect, "server_version_info", None) is None:
            first[url.drivername] = engine
            return engine
        vars(engine.dialect)["initialize"] = lambda _conn: None
        engine.dialect = engine.pool._dialect = known.dialect
        engine._compiled_cache = known._compiled_cache
        return engine

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("orders_sync.db.connections.create_engine", creating)
        yield


@pytest.fixture
def clock() -> SettableClock:
    return SettableClock()


@pytest.fixture(autouse=True)
def _logs_as_they_were() -> Iterator[None]:
    """A command that a test runs sends the logs of the whole process to that test's stderr, which ends with it."""
    root = logging.getLogger()
    level = root.level
    yield
    ours = [handler for handler in root.handlers if isinstance(handler, StderrHandler)]
    if ours or root.level != level:
        root.handlers[:] = [handler for handler in root.handlers if handler not in ours]
        root.setLevel(level)
        structlog.reset_defaults()


@pytest.fixture(scope="session")
def postgres_cluster() -> Iterator[Cluster]:
    """One running cluster per test process."""
    try:
        binaries()
    except NoPostgres as reason:
        if os.environ.get("ORDERS_REQUIRE_POSTGRES") == "1":
            pytest.fail(str(reason))
        pytest.skip(str(reason))
    with cluster() as running:
        yield running


@pytest.fixture(scope="session")
def postgres_template(postgres_cluster: Cluster) -> str:
    """The name of a migrated, empty database."""
    postgres_cluster.create(_TEMPLATE)
    migrate(parse(postgres_cluster.url(_TEMPLATE)))
    return _TEMPLATE


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty database file."""
    path = tmp_path_factory.mktemp("template") / "desk.db"
    migrate(parse(f"sqlite:///{path}"))
    return path


@pytest.fixture(scope="session")
def idle_databases() -> list[str]:
    """Migrated, empty PostgreSQL databases that no test is using."""
    return []


@pytest.fixture
def postgres_url(
    postgres_cluster: Cluster, postgres_template: str, idle_databases: list[str], warm_connections: WarmConnections
) -> Iterator[str]:
    """A migrated, empty PostgreSQL database that no other test uses meanwhile."""
    if not idle_databases:
        name = next(_names)
        postgres_cluster.create(name, postgres_template)
        idle_databases.append(name)
    name = idle_databases.pop()
    yield postgres_cluster.url(name)
    postgres_cluster.empty(name, warm_connections.pids())
    idle_databases.append(name)


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """A migrated, empty SQLite database of this test's own."""
    return f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'desk.db')}"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """Runs the test once per database."""
    url: str = request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url")
    return url


@pytest.fixture
async def db(database_url: str, clock: SettableClock) -> AsyncIterator[Database]:
    """An open database whose shop is `SHOP` and whose clock is `clock`; the test runs once per database."""
    database = await Database.open(database_url, SHOP, clock, migrating=False)
    yield database
    await database.close()
