"""A simulated ERP: takes signed orders from the desk, and tells it what only a warehouse knows.

What it knows of the past (where returned parcels were when) it tells as soon as somebody listens.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import orjson

from orders_demo.history.script import Evidence
from orders_demo.live_shop import LiveShop
from orders_demo.messenger import Message, Messenger
from orders_demo.world.ids import gid
from orders_demo.world.returns import Return

STEPS = ("in_transit", "received", "inspected")
"""How a returned parcel proceeds, in the words of the messages."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How long the ERP takes, in seconds: to answer, and to inspect after that."""

    answer_s: tuple[float, float] = (4.0, 12.0)
    inspection_s: tuple[float, float] = (20.0, 45.0)


@dataclass(slots=True)
class Erp:
    """The ERP's side. `known` is how far it has seen each return come, as an index into STEPS."""

    stage: LiveShop
    messenger: Messenger
    rng: Random
    pace: Pace = field(default_factory=Pace)
    known: dict[int, int] = field(default_factory=dict)
    escalated: list[str] = field(default_factory=list)

    def recount(self, evidence: Sequence[Evidence]) -> None:
        """Tell the past, with the times at which it happened."""
        for entry in evidence:
            if entry.owner:
                step = entry.type.removeprefix("return.")
                if step in STEPS:
                    self.known[entry.owner.id] = max(self.known.get(entry.owner.id, -1), STEPS.index(step))
                message_id, data = f"msg_{entry.owner.id}_{entry.type}", _return_data(entry.owner)
            else:
                message_id = f"msg_{entry.sku}_{int(entry.at.timestamp())}"
                data = {"sku": entry.sku, "eta": _text(entry.eta) if entry.eta else None}
            self.messenger.say(Message(message_id, _body(entry.type, data, entry.at), past=True))

    def proceed(self, entry: Return) -> str | None:
        """A returned parcel makes its next step; null when it was inspected already."""
        step = self.known.get(entry.id, -1) + 1
        if step >= len(STEPS):
            return None
        self.known[entry.id] = step
        kind = f"return.{STEPS[step]}"
        body = _body(kind, _return_data(entry), self.stage.now())
        self.messenger.say(Message(f"msg_{entry.id}_{kind}", body))
        return kind

    def react(self, body: dict[str, Any], message_id: str) -> None:
        """Do what the desk asked for, after a while. Called once per message id; what is not understood is let be."""
        data = body.get("data") or {}
        owner = self.stage.shop.returns.get(_number(data.get("return_id")))
        kind = body.get("type")
        soon = self.rng.uniform(*self.pace.answer_s)
        if kind == "return.inspection_requested" and owner:
            self.known[owner.id] = len(STEPS) - 1
            self._answer("return.received", _return_data(owner), message_id, soon)
            later = soon + self.rng.uniform(*self.pace.inspection_s)
            self._answer("return.inspected", _return_data(owner), message_id, later)
        elif kind == "return.refund_ordered" and owner:
            self._answer("return.refunded", _return_data(owner), message_id, soon)
        elif kind == "inventory.escalated" and data.get("sku"):
            day = self.stage.now() + timedelta(days=self.rng.randint(3, 9))
            self.escalated.append(str(data["sku"]))
            eta = _text(day.replace(hour=9, minute=0, second=0))
            self._answer("inventory.expected", {"sku": data["sku"], "eta": eta}, message_id, soon)

    def _answer(self, kind: str, data: dict[str, Any], asked: str, after_s: float) -> None:
        at = self.stage.now() + timedelta(seconds=int(after_s))
        self.messenger.say(Message(f"re_{asked}_{kind}", _body(kind, data, at), after_s))


def _body(kind: str, data: dict[str, Any], at: datetime) -> bytes:
    return orjson.dumps({"type": kind, "timestamp": _text(at), "data": data})


def _return_data(entry: Return) -> dict[str, Any]:
    order = entry.order
    return {"return_id": gid("Return", entry.id), "order_id": gid("Order", order.id), "order_number": order.name}


def _number(text: object) -> int:
    tail = str(text).rsplit("/", 1)[-1]
    return int(tail) if tail.isdigit() else 0


def _text(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
