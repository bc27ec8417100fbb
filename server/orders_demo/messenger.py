"""Says things to the desk in the Standard Webhooks form, each until it is taken; an address that does not exist is given up.

What is said before anybody listens waits until then.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random

import aiohttp
from standardwebhooks import Webhook

log = logging.getLogger(__name__)

AT_ONCE = 16
ABSENT = frozenset({404, 405})
REFUSED = frozenset({400, 401, 403, 422})


@dataclass(frozen=True, slots=True)
class Message:
    """One thing to say. The same message keeps its id at every attempt. `past`: it tells of what was long ago."""

    id: str
    body: bytes
    after_s: float = 0
    past: bool = False


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to insist: waits double up to the longest; an absent address is tried so many times in all."""

    first_wait_s: float = 0.25
    longest_wait_s: float = 15.0
    absent_tries: int = 4


@dataclass(slots=True)
class Messenger:
    """The sending side of one party. Nothing is sent before `open` and before `url` is known."""

    secret: str
    rng: Random
    sleep: Callable[[float], Awaitable[None]]
    patience: Patience = field(default_factory=Patience)
    url: str | None = None
    sent: int = 0
    given_up: int = 0
    _waiting: list[Message] = field(default_factory=list)
    _flying: dict[asyncio.Task[None], Message] = field(default_factory=dict)
    _session: aiohttp.ClientSession | None = None
    _gate: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))

    async def open(self) -> None:
        """Begin to talk."""
        self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10))
        self._launch()

    def listen_at(self, url: str) -> None:
        """Somebody listens at this address."""
        self.url = url
        self._launch()

    async def close(self) -> None:
        """Stop talking; what was not taken is lost."""
        for task in self._flying:
            task.cancel()
        await asyncio.gather(*self._flying, return_exceptions=True)
        if self._session:
            await self._session.close()

    async def idle(self) -> None:
        """Wait until all that is on its way was taken or given up."""
        while self._flying:
            await asyncio.wait(self._flying)

    def unsaid(self, *, past: bool = False) -> int:
        """Messages not yet taken; with `past`, only those that tell of the past."""
        messages = [*self._waiting, *self._flying.values()]
        return sum(message.past or not past for message in messages)

    def say(self, message: Message) -> None:
        """Say one thing until it is taken."""
        self._waiting.append(message)
        self._launch()

    def _launch(self) -> None:
        if self._session is None or self.url is None:
            return
        waiting, self._waiting = self._waiting, []
        for message in waiting:
            task = asyncio.create_task(self._insist(message))
            self._flying[task] = message
            task.add_done_callback(self._flying.pop)

    async def _insist(self, message: Message) -> None:
        await self.sleep(message.after_s)
        wait, absent = self.patience.first_wait_s, 0
        while True:
            status = await self._post(message)
            if 200 <= status < 300:
                self.sent += 1
                return
            absent += status in ABSENT
            if absent >= self.patience.absent_tries or status in REFUSED:
                self.given_up += 1
                log.info("the desk does not take %s (%d)", message.id, status)
                return
            await self.sleep(wait * self.rng.uniform(0.8, 1.2))
            wait = min(wait * 2, self.patience.longest_wait_s)

    async def _post(self, message: Message) -> int:
        """One attempt: the HTTP status, 0 when nobody answered."""
        assert self._session is not None
        assert self.url is not None
        now = datetime.now(UTC)
        headers = {
            "Content-Type": "application/json",
            "webhook-id": message.id,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": Webhook(self.secret).sign(message.id, now, message.body.decode()),
        }
        try:
            async with self._gate, self._session.post(self.url, data=message.body, headers=headers) as answer:
                return answer.status
        except (aiohttp.ClientError, TimeoutError):
            return 0
