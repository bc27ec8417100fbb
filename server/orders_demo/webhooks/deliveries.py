"""Sends what the shop announces to whoever is subscribed: signed, retried with the original bytes, sometimes twice."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from random import Random

import aiohttp

from orders_demo.live_shop import Announcement
from orders_demo.webhooks.manners import Manners
from orders_demo.webhooks.signing import headers
from orders_demo.webhooks.subscriptions import Subscription, Subscriptions

log = logging.getLogger(__name__)

AT_ONCE = 16
"""Deliveries on the wire at the same time."""

Sleep = Callable[[float], Awaitable[None]]
NewId = Callable[[], str]


@dataclass(frozen=True, slots=True)
class Envelope:
    """One delivery: who gets it, its bytes and its headers, the same at every attempt."""

    subscription: Subscription
    topic: str
    body: bytes
    headers: dict[str, str]


@dataclass(slots=True)
class Counts:
    """What became of deliveries so far."""

    delivered: int = 0
    attempts: int = 0
    given_up: int = 0
    unheard: int = 0


@dataclass(slots=True)
class Deliveries:
    """The sending side. While `on` is false, announcements are lost, as when a subscription is gone."""

    subscriptions: Subscriptions
    secret: str
    domain: str
    rng: Random
    new_id: NewId
    sleep: Sleep
    manners: Manners = field(default_factory=Manners)
    at_once: int = AT_ONCE
    on: bool = True
    counts: Counts = field(default_factory=Counts)
    _waiting: list[Envelope] = field(default_factory=list)
    _flying: set[asyncio.Task[None]] = field(default_factory=set)
    _session: aiohttp.ClientSession | None = None
    _gate: asyncio.Semaphore = field(init=False)

    def __post_init__(self) -> None:
        self._gate = asyncio.Semaphore(self.at_once)

    async def open(self) -> None:
        """Begin to send; what was announced before sets out now."""
        timeout = aiohttp.ClientTimeout(total=self.manners.total_s, sock_connect=self.manners.connect_s)
        self._session = aiohttp.ClientSession(timeout=timeout, connector=aiohttp.TCPConnector(limit=self.at_once))
        waiting, self._waiting = self._waiting, []
        for envelope in waiting:
            self._launch(envelope)

    async def close(self) -> None:
        """Stop sending; what is still on its way is lost."""
        for task in self._flying:
            task.cancel()
        await asyncio.gather(*self._flying, return_exceptions=True)
        if self._session:
            await self._session.close()

    async def idle(self) -> None:
        """Wait until everything announced so far was delivered or given up."""
        while self._flying:
            await asyncio.wait(self._flying)

    @property
    def in_flight(self) -> int:
        """Deliveries not yet settled."""
        return len(self._flying) + len(self._waiting)

    def announce(self, batch: Sequence[Announcement], at: datetime) -> None:
        """Send the announcements of one happening: siblings share an event id and may overtake each other."""
        if not self.on:
            self.counts.unheard += len(batch)
            return
        event_id = self.new_id()
        envelopes = [
            self._seal(subscription, entry, event_id, at)
            for entry in batch
            for subscription in self.subscriptions.to(entry.topic)
        ]
        if self.rng.random() < self.manners.swapped:
            self.rng.shuffle(envelopes)
        for envelope in envelopes:
            self._launch(envelope)

    def _seal(self, subscription: Subscription, entry: Announcement, event_id: str, at: datetime) -> Envelope:
        head = headers(
            self.secret, self.domain, entry.topic, entry.body, webhook_id=self.new_id(), event_id=event_id, at=at
        )
        return Envelope(subscription, entry.topic, entry.body, head)

    def _launch(self, envelope: Envelope) -> None:
        if self._session is None:
            self._waiting.append(envelope)
            return
        copies = 2 if self.rng.random() < self.manners.twice else 1
        for _ in range(copies):
            task = asyncio.create_task(self._deliver(envelope, self.manners.delay(self.rng)))
            self._flying.add(task)
            task.add_done_callback(self._flying.discard)

    async def _deliver(self, envelope: Envelope, delay: float) -> None:
        await self.sleep(delay)
        for attempt in range(self.manners.tries):
            if await self._post(envelope):
                self.counts.delivered += 1
                self.subscriptions.outcome(envelope.subscription, delivered=True)
                return
            self.subscriptions.outcome(envelope.subscription, delivered=False)
            if attempt + 1 < self.manners.tries:
                await self.sleep(self.manners.wait(attempt, self.rng))
        self.counts.given_up += 1
        log.warning("webhook %s given up", envelope.topic)

    async def _post(self, envelope: Envelope) -> bool:
        """One attempt. Only a 2xx is a success."""
        assert self._session is not None
        self.counts.attempts += 1
        try:
            async with (
                self._gate,
                self._session.post(envelope.subscription.uri, data=envelope.body, headers=envelope.headers) as answer,
            ):
                return 200 <= answer.status < 300
        except (aiohttp.ClientError, TimeoutError) as error:
            log.info("webhook %s failed: %s", envelope.topic, error)
            return False
