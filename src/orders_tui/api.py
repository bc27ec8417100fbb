"""The Sync server's endpoints as Python calls: contract §1 to §3, §5.

Every answer is sanitised, then read into the contract's models; every failure is one of `errors`. Nothing here retries. httpx and
the models are imported with the first request, so that the first screen does not wait for them.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import TYPE_CHECKING, Literal

from orders_tui.pace import Pace

if TYPE_CHECKING:
    import httpx

    from orders_tui.query import OrdersQuery
    from orders_wire.actions import (
        ActionAnswer,
        AssignBody,
        FulfillBody,
        InventoryBody,
        ReturnsBody,
        SupportBody,
        UndoBody,
    )
    from orders_wire.alerts import AlertsAnswer
    from orders_wire.detail import OrderDetail
    from orders_wire.page import OrdersPage
    from orders_wire.people import DeadLettersAnswer, Me, OutboxAnswer, Owner

OutboxVerb = Literal["retry", "discard"]


class SyncApi:
    """One server, one operator. Use as an async context manager, or call `close` at the end.

    `clock_offset` is the server's clock minus ours, learnt from its `Date` header: what an `undoUntil` must be read with.
    """

    clock_offset: timedelta

    def __init__(
        self,
        base_url: str,
        token: str | None = None,
        operator: str | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
        *,
        pace: Pace | None = None,
        timeout_s: float = 10.0,
    ) -> None: ...

    async def __aenter__(self) -> SyncApi: ...
    async def __aexit__(self, *error: object) -> None: ...
    async def close(self) -> None: ...
    def sign_in(self, token: str | None) -> None:
        """Uses another token from the next request on."""

    async def orders(self, query: OrdersQuery, min_version: int | None = None) -> OrdersPage:
        """A page. Unchanged since the last time (304): the very same object as then."""
        raise NotImplementedError

    async def order(self, order_id: str) -> OrderDetail:
        """Everything about one order; any spelling of its id."""
        raise NotImplementedError

    async def owners(self) -> list[Owner]:
        raise NotImplementedError

    async def me(self) -> Me:
        """Who the server takes us for. Raises VersionSkew when it speaks another contract."""
        raise NotImplementedError

    async def health(self) -> dict[str, object]:
        raise NotImplementedError

    async def assign(self, body: AssignBody, idempotency_key: str) -> ActionAnswer:
        raise NotImplementedError

    async def fulfill(self, body: FulfillBody, idempotency_key: str) -> ActionAnswer:
        raise NotImplementedError

    async def support(self, body: SupportBody, idempotency_key: str) -> ActionAnswer:
        raise NotImplementedError

    async def returns(self, body: ReturnsBody, idempotency_key: str) -> ActionAnswer:
        raise NotImplementedError

    async def inventory(self, body: InventoryBody, idempotency_key: str) -> ActionAnswer:
        raise NotImplementedError

    async def undo(self, body: UndoBody, idempotency_key: str) -> ActionAnswer:
        raise NotImplementedError

    async def outbox(self, state: str | None = None) -> OutboxAnswer:
        raise NotImplementedError

    async def outbox_retry(self, entry_id: str) -> None:
        raise NotImplementedError

    async def outbox_discard(self, entry_id: str) -> None:
        raise NotImplementedError

    async def dead_letters(self, state: str | None = None) -> DeadLettersAnswer:
        raise NotImplementedError

    async def dead_letter_retry(self, letter_id: str) -> None:
        raise NotImplementedError

    async def dead_letter_discard(self, letter_id: str) -> None:
        raise NotImplementedError

    async def alerts(self, since: str | None = None) -> AlertsAnswer:
        raise NotImplementedError

    def stream(self, last_event_id: str | None = None) -> AsyncIterator[object]:
        """The alerts channel as an event stream; used by the feed."""
        raise NotImplementedError
