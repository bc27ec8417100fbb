"""What is kept of an action so that it can be taken back: which orders it named, what it changed on each, what it altered."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict

from orders_sync.actions.patch import Patch


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True)


class Remembered(_Part):
    """One order as the action named it; several spellings of one order are several of these. `patch` empty: unchanged."""

    spelling: str
    order_id: int
    patch: Patch


class Altered(_Part):
    """A queued row of an earlier action whose payload this action changed, and what it was before."""

    row_id: int
    order_id: int
    payload: dict[str, Any]


class Memory(_Part):
    """The whole action, without the orders that it failed on."""

    orders: list[Remembered]
    altered: list[Altered] = []
