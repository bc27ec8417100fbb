"""A simulated ERP: takes signed orders from the desk, and tells it what only a warehouse knows.

What it knows of the past (where returned parcels were when) it tells as soon as somebody listens, each message until it is
taken; an address that does not exist (404) is given up after a while, quietly.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import aiohttp
import orjson
from standardwebhooks import Webhook

from orders_sync.demo.history.script import Evidence
from orders_sync.demo.stage import Stage
from orders_sync.demo.world.ids import gid
from orders_sync.demo.world.returns import Return

log = logging.getLogger(__name__)

AT_ONCE = 4
STEPS = ("in_transit", "received", "inspected")
"""How a returned parcel proceeds, in the words of the messages."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How the ERP insists. An absent address (404) is tried `absent_tries` times in all."""

    first_wait_s: float = 0.25
    longest_wait_s: float = 15.0
    absent_tries: int = 6
    answer_s: tuple[float, float] = (4.0, 12.0)
    inspection_s: tuple[float, float] = (20.0, 45.0)


@dataclass(slots=True)
class Erp:
    """The ERP's side. `known` is how far it has seen each return come, as an index into STEPS."""

    stage: Stage
    secret: str
    rng: Random
    sleep: Callable[[float], Awaitable[None]]
    patience: Patience = field(default_factory=Patience)
    url: str | None = None
    known: dict[int, int] = field(default_factory=dict)
    escalated: list[str] = field(default_factory=list)
    sent: int = 0
    given_up: int = 0
    _session: aiohttp.ClientSession | None = None
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)
    _past: set[asyncio.Task[None]] = field(default_factory=set)
    _gate: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))

    async def open(self) -> None:
        """Begin to talk."""
        self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10))

    async def close(self) -> None:
        """Stop talking; what was not taken is lost."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._session:
            await self._session.close()

    async def idle(self) -> None:
        """Wait until everything was said or given up."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    @property
    def unsaid(self) -> int:
        """Messages not yet taken."""
        return len(self._tasks)

    @property
    def past_unsaid(self) -> int:
        """Messages about the past not yet taken."""
        return len(self._past & self._tasks)

    def remember(self, evidence: Sequence[Evidence]) -> None:
        """Know how far the past has brought each return, without telling it."""
        for entry in evidence:
            step = entry.type.removeprefix("return.")
            if entry.owner and step in STEPS:
                self.known[entry.owner.id] = max(self.known.get(entry.owner.id, -1), STEPS.index(step))

    def recount(self, evidence: Sequence[Evidence]) -> None:
        """Tell the past, with the times at which it happened."""
        for entry in evidence:
            if entry.owner:
                data, message_id = _return_data(entry.owner), f"msg_{entry.owner.id}_{entry.type}"
            else:
                data = {"sku": entry.sku, "eta": _text(entry.eta) if entry.eta else None}
                message_id = f"msg_{entry.sku}_{int(entry.at.timestamp())}"
            self._past.add(self.tell(entry.type, data, entry.at, message_id))

    def proceed(self, entry: Return) -> str | None:
        """A returned parcel makes its next step; null when it was inspected already."""
        step = self.known.get(entry.id, -1) + 1
        if step >= len(STEPS):
            return None
        self.known[entry.id] = step
        kind = f"return.{STEPS[step]}"
        self.tell(kind, _return_data(entry), self.stage.now(), f"msg_{entry.id}_{kind}")
        return kind

    def tell(
        self, kind: str, data: dict[str, Any], at: datetime, message_id: str, *, after_s: float = 0
    ) -> asyncio.Task[None]:
        """Say one thing until it is taken. The same message keeps its id."""
        body = orjson.dumps({"type": kind, "timestamp": _text(at), "data": data})
        task = asyncio.create_task(self._insist(message_id, body, after_s))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def react(self, body: dict[str, Any], message_id: str) -> None:
        """Do what the desk asked for, after a while. Called once per message id."""
        data = body.get("data") or {}
        owner = self.stage.shop.returns.get(_number(data.get("return_id")))
        kind = body.get("type")
        soon = self.rng.uniform(*self.patience.answer_s)
        if kind == "return.inspection_requested" and owner:
            later = soon + self.rng.uniform(*self.patience.inspection_s)
            self.known[owner.id] = len(STEPS) - 1
            self._answer("return.received", _return_data(owner), message_id, soon)
            self._answer("return.inspected", _return_data(owner), message_id, later)
        elif kind == "return.refund_ordered" and owner:
            self._answer("return.refunded", _return_data(owner), message_id, soon)
        elif kind == "inventory.escalated" and data.get("sku"):
            eta = (self.stage.now() + timedelta(days=self.rng.randint(3, 9))).replace(hour=9, minute=0, second=0)
            self.escalated.append(str(data["sku"]))
            self._answer("inventory.expected", {"sku": data["sku"], "eta": _text(eta)}, message_id, soon)

    def _answer(self, kind: str, data: dict[str, Any], asked: str, after_s: float) -> None:
        at = self.stage.now() + timedelta(seconds=int(after_s))
        self.tell(kind, data, at, f"re_{asked}_{kind}", after_s=after_s)

    async def _insist(self, message_id: str, body: bytes, after_s: float) -> None:
        await self.sleep(after_s)
        wait, absent = self.patience.first_wait_s, 0
        while True:
            status = await self._post(message_id, body)
            if 200 <= status < 300:
                self.sent += 1
                return
            absent += status in (404, 405)
            if absent >= self.patience.absent_tries or status in (400, 401, 403):
                self.given_up += 1
                log.info("the desk does not take ERP messages (%d)", status)
                return
            await self.sleep(wait * self.rng.uniform(0.8, 1.2))
            wait = min(wait * 2, self.patience.longest_wait_s)

    async def _post(self, message_id: str, body: bytes) -> int:
        """One attempt: the HTTP status, 0 when nobody answered."""
        if self.url is None or self._session is None:
            return 0
        now = datetime.now(UTC)
        head = {
            "Content-Type": "application/json",
            "webhook-id": message_id,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": Webhook(self.secret).sign(message_id, now, body.decode()),
        }
        try:
            async with self._gate, self._session.post(self.url, data=body, headers=head) as answer:
                return answer.status
        except (aiohttp.ClientError, TimeoutError):
            return 0


def _return_data(entry: Return) -> dict[str, Any]:
    order = entry.order
    return {"return_id": gid("Return", entry.id), "order_id": gid("Order", order.id), "order_number": order.name}


def _number(text: object) -> int:
    tail = str(text).rsplit("/", 1)[-1]
    return int(tail) if tail.isdigit() else 0


def _text(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
