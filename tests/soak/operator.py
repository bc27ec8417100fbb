"""An operator at work: a page kept true by pings, and actions that are repeated under their keys until they are answered."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import orjson
from tests.soak.listener import Listener
from tests.soak.processes import Fleet, Server

ANSWER_S = 12.0
REFETCH_S = 3.0
FINAL = frozenset({200, 404, 409})
"""Statuses that come out of a transaction (contract §3): the same key brings them again."""

TABS = ("unfulfilled", "overdue", "awaiting_tracking", "holds", "returns", "all", "delayed", "refunded")
NAMES = ("maya", "bo", "ines", "tom", "unassigned")
_WENT_WRONG = (aiohttp.ClientError, TimeoutError, OSError)

Json = dict[str, Any]


@dataclass(slots=True)
class Attempt:
    """One action: what was asked under which key, and every final answer to it (more than one when it was repeated).

    `took_s`: until the first of them, over all that went wrong before it.
    """

    key: str
    path: str
    body: Json
    sent: int = 0
    took_s: float = 0.0
    answers: list[tuple[int, bytes]] = field(default_factory=list)

    @property
    def action_id(self) -> str | None:
        """Null when it was refused."""
        found: Json = orjson.loads(self.answers[0][1]) if self.answers else {}
        return found.get("actionId")


@dataclass(eq=False)
class Operator:
    """`page`: the newest body of its tab, as the server sent it. `attempts`: all it did."""

    name: str
    fleet: Fleet
    session: aiohttp.ClientSession
    dice: random.Random
    back: Callable[[float], None]
    tab: str = "all"
    page: Json = field(default_factory=dict)
    attempts: list[Attempt] = field(default_factory=list)
    strange: list[str] = field(default_factory=list)
    refetched: int = 0
    _etag: str | None = None
    _stale: asyncio.Event = field(default_factory=asyncio.Event)
    _undoable: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.listener = Listener(self.fleet, random.Random(self.dice.random()), self._stale.set, self.back)
        self._stale.set()

    @property
    def query(self) -> dict[str, str]:
        return {"tab": self.tab, "pageSize": "25"}

    async def keep_page(self) -> None:
        """Fetches again whenever something was heard, at most every third second; a failure is tried again."""
        while True:
            await self._stale.wait()
            self._stale.clear()
            if not await self._fetch():
                self._stale.set()
            await asyncio.sleep(REFETCH_S * self.dice.uniform(0.8, 1.2))

    async def act(self, pause_s: float) -> None:
        """Acts now and then until cancelled; an action under way is answered all the same, later, by `settle`."""
        while True:
            await asyncio.sleep(self.dice.expovariate(1 / pause_s))
            wish = self._wish()
            if wish is not None:
                attempt = Attempt(f"{self.name}-{len(self.attempts)}", *wish)
                self.attempts.append(attempt)
                await self._ask(attempt)

    async def settle(self) -> None:
        """Repeats what has no answer, and, to see that it is kept, the last that has one."""
        for attempt in self.attempts:
            if not attempt.answers or attempt is self.attempts[-1]:
                await self._ask(attempt)

    async def fetch_from(self, server: Server) -> Json:
        """The page as this process answers it now."""
        async with self.session.get(f"{server.url}/sync/orders", params=self.query) as answer:
            answer.raise_for_status()
            found: Json = orjson.loads(await answer.read())
            return found

    async def _fetch(self) -> bool:
        """Never older than the newest event heard of: that is what a ping promises (`minVersion`)."""
        server = self.fleet.pick(self.dice)
        headers = {"If-None-Match": self._etag} if self._etag else {}
        params = {**self.query, "minVersion": str(self.listener.position)}
        try:
            async with self.session.get(f"{server.url}/sync/orders", params=params, headers=headers) as answer:
                body = await answer.read()
                if answer.status == 200:
                    self.page, self._etag = orjson.loads(body), answer.headers["ETag"]
                    self.refetched += 1
                elif answer.status != 304:
                    self._note(answer, "GET")
                    return False
        except _WENT_WRONG:
            return False
        return True

    async def _ask(self, attempt: Attempt) -> None:
        """Until there is a final answer. The same key may go to another process each time."""
        began = time.monotonic()
        while True:
            attempt.sent += 1
            server = self.fleet.pick(self.dice)
            try:
                status, body = await self._post(server, attempt)
            except _WENT_WRONG:
                await asyncio.sleep(self.dice.uniform(0.1, 0.5))
                continue
            if status in FINAL:
                attempt.took_s = attempt.took_s or time.monotonic() - began
                attempt.answers.append((status, body))
                if attempt.path != "undo" and attempt.action_id:
                    self._undoable.append(attempt.action_id)
                return
            await asyncio.sleep(self.dice.uniform(0.1, 0.5))

    async def _post(self, server: Server, attempt: Attempt) -> tuple[int, bytes]:
        headers = {"X-Operator": self.name, "Idempotency-Key": attempt.key}
        url = f"{server.url}/sync/orders/{attempt.path}"
        async with self.session.post(url, json=attempt.body, headers=headers) as answer:
            body = await answer.read()
            if answer.status not in FINAL:
                self._note(answer, attempt.path)
            return answer.status, body

    def _note(self, answer: aiohttp.ClientResponse, what: str) -> None:
        """A process may be out of its database's reach: 503, with Retry-After. Anything else is a fault of the server's."""
        if answer.status != 503 or "Retry-After" not in answer.headers:
            self.strange.append(f"{what}: {answer.status} with Retry-After {answer.headers.get('Retry-After')}")

    def _wish(self) -> tuple[str, Json] | None:
        rows = self.page.get("orders", {}).get("items", [])
        if not rows:
            return None
        soon = {"delaySeconds": self.dice.choice([0, 0, 1])}
        row = self.dice.choice(rows)
        if row["return"] and row["return"]["allowed_actions"] and self.dice.random() < 0.3:
            action = self.dice.choice(row["return"]["allowed_actions"])
            return "returns", {"orderId": row["id"], "action": action, **soon}
        return self._any_wish(row, [other["id"] for other in self.dice.sample(rows, min(3, len(rows)))], soon)

    def _any_wish(self, row: Json, some: list[str], soon: Json) -> tuple[str, Json]:
        draw = self.dice.random()
        if draw < 0.15:
            return "fulfill", {"orderIds": [row["id"]], **soon}
        if draw < 0.25:
            return "support", {"orderId": row["order_number"], "note": "soaked", **soon}
        if draw < 0.35 and self._undoable:
            return "undo", {"actionId": self._undoable.pop()}
        return "assign", {"orderIds": some, "assignee": self.dice.choice(NAMES), **soon}


def crew(
    count: int, fleet: Fleet, session: aiohttp.ClientSession, seed: int, back: Callable[[float], None]
) -> list[Operator]:
    """Operators, each on its tab."""

    def members() -> Iterator[Operator]:
        for n in range(count):
            dice = random.Random(f"{seed}/operator/{n}")
            yield Operator(f"operator-{n}", fleet, session, dice, back, TABS[n % len(TABS)])

    return list(members())
