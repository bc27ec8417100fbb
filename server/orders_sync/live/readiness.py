"""Whether the desk can take what comes: looked at by a write now and then, since reading tells nothing of writing (contract §5).

The broadcaster tells the streams (`live/outage.py`), `/health/ready` its supervisor.
"""

from __future__ import annotations

import asyncio

import structlog
from aiohttp import web

from orders_sync.db.engine import Database
from orders_sync.db.failures import DatabaseError, Unavailable

log = structlog.get_logger(__name__)

PROBE_S = 4.0
ANSWERS_S = 8.0
"""With a probe every four seconds a database that hangs is noticed within 12 s, one that refuses within 4 s."""


class Readiness:
    """`run` looks until it is cancelled. `problem`: why the desk cannot take anything; None while it can."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.problem: str | None = None

    async def run(self) -> None:
        while True:
            await self.look()
            await asyncio.sleep(PROBE_S)

    async def look(self) -> None:
        """One look. Logs when it begins to fail and when it goes well again, not each time."""
        before = self.problem
        self.problem = await self._found()
        if self.problem is not None and before is None:
            log.warning("the database takes no writes", reason=self.problem)
        elif self.problem is None and before is not None:
            log.info("the database takes writes again")

    async def _found(self) -> str | None:
        try:
            async with asyncio.timeout(ANSWERS_S):
                await self._database.probe()
        except TimeoutError:
            return "the database does not answer"
        except DatabaseError as error:
            return str(error) or type(error).__name__
        return None

    def require(self) -> None:
        """Raises Unavailable while there is a problem."""
        if self.problem is not None:
            raise Unavailable(self.problem)


READINESS: web.AppKey[Readiness] = web.AppKey("readiness", Readiness)
