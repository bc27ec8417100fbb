"""The Sync server's endpoints as Python calls: contract §1 to §3, §5.

Every answer is sanitised, then read into the contract's models; every failure is one of `errors`. Nothing here retries. httpx and
the models are imported with the first request, so that the first screen does not wait for them.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from orders_tui.api.answer import read, read_event
from orders_tui.api.body import LARGEST_DETAIL, MOST_KEPT
from orders_tui.api.exchange import Exchange
from orders_tui.api.page_reader import PageReader
from orders_tui.errors import ApiError, NotKnownHere, Refused, Unread, VersionSkew
from orders_tui.pace import Pace
from orders_tui.query.alerts import ALL_ALERTS, AlertFilter
from orders_tui.query.filters import MAX_PAGE_SIZE
from orders_wire.operations import ACTIONS, LINES
from orders_wire.vocabulary import ErrorCode

if TYPE_CHECKING:
    import httpx

    from orders_tui.query import OrdersQuery
    from orders_wire.actions import Action, ActionAnswer
    from orders_wire.alerts import AlertsAnswer, OpenAlerts
    from orders_wire.detail import OrderDetail
    from orders_wire.lines import LinesAnswer
    from orders_wire.mentions import Mention
    from orders_wire.page import OrdersPage
    from orders_wire.people import DeadLettersAnswer, Me, OutboxAnswer, Owner
    from orders_wire.vocabulary import ActionName

_ORDERS = "/sync/orders"
_ALERTS = "/sync/orders/alerts"
_PAGES_KEPT = 60
_CONTRACT_MAJOR = "1"
_GID = "gid://shopify/Order/"


class SyncApi:
    """One server, one operator. Use as an async context manager, or call `close` at the end."""

    def __init__(
        self,
        base_url: str,
        token: str | None = None,
        operator: str | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
        *,
        pace: Pace | None = None,
        read_only: bool = False,
    ) -> None:
        self._pace = pace or Pace()
        self._exchange = Exchange(base_url, token, operator, transport, self._pace, read_only=read_only)
        self._reader = PageReader()
        self._pages: OrderedDict[tuple[tuple[str, str], ...], tuple[str, OrdersPage]] = OrderedDict()

    async def __aenter__(self) -> SyncApi:
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Closes all connections."""
        await self._exchange.close()

    @property
    def clock_offset(self) -> timedelta:
        """The server's clock minus ours, as of its last answer: what an `undoUntil` must be read with."""
        return self._exchange.clock_offset

    async def try_token(self, token: str) -> ApiError | None:
        """Uses another token from now on if the server knows it; else says why not, and goes on with the old one."""
        before, self._exchange.token = self._exchange.token, token
        self._pages.clear()
        try:
            await self.me()
        except ApiError as error:
            self._exchange.token = before
            return error
        return None

    async def orders(self, query: OrdersQuery, min_version: int | None = None) -> OrdersPage:
        """A page. Unchanged since the last time (304): the very same object as then.

        Raises NotKnownHere where the server ignored a filter.
        With `min_version` it is at least that new, or the server refuses with `unavailable` after 2 s (contract §1).
        """
        params = query.params(self._pace.now())
        key = tuple(sorted(params.items()))
        held = self._pages.get(key)
        if min_version is not None:
            params["minVersion"] = str(min_version)
        headers = {"If-None-Match": held[0]} if held else {}
        response = await self._exchange.send("GET", _ORDERS, params=params, headers=headers)
        if response.status_code == 304 and held:
            self._pages.move_to_end(key)
            return held[1]
        page = await self._reader.read(response)
        if query.filters.ready is not None and page.metrics.ready is None:
            raise NotKnownHere("ready:")
        self._remember(key, response.headers.get("etag"), page)
        return page

    async def order(self, order_id: str) -> OrderDetail:
        """Everything about one order; any spelling of its id."""
        path = f"{_ORDERS}/{quote(order_id.removeprefix(_GID), safe='')}"
        response = await self._exchange.send("GET", path, limit=LARGEST_DETAIL)
        from orders_wire.detail import OrderDetail

        return read(response, OrderDetail.model_validate)

    async def lines(self, order_ids: Sequence[str]) -> LinesAnswer:
        """The lines of these orders; what names no order is among its `failures`. Of more than one answer holds, half at a time:
        each order is as of its `version`.
        """
        body = {"orderIds": list(order_ids)}
        try:
            response = await self._exchange.send(LINES.method, LINES.path, body=body, writes=False)
        except Refused as error:
            if error.code is not ErrorCode.TOO_LARGE or len(order_ids) < 2:
                raise
            half = len(order_ids) // 2
            first, second = await self.lines(order_ids[:half]), await self.lines(order_ids[half:])
            both = {"orders": first.orders + second.orders, "failures": first.failures + second.failures}
            return first.model_copy(update=both)
        from orders_wire.lines import LinesAnswer

        return read(response, LinesAnswer.model_validate)

    async def owners(self) -> list[Owner]:
        """Everybody who owns open orders, and how many."""
        response = await self._exchange.send("GET", "/sync/owners")
        from pydantic import TypeAdapter

        from orders_wire.people import Owner

        return read(response, TypeAdapter(list[Owner]).validate_python)

    async def me(self) -> Me:
        """Who the server takes us for. Raises VersionSkew when it speaks another contract."""
        response = await self._exchange.send("GET", "/sync/me")
        from orders_wire.people import Me

        me = read(response, Me.model_validate)
        if me.contract_version.partition(".")[0] != _CONTRACT_MAJOR:
            raise VersionSkew(
                f"the server speaks contract {me.contract_version}, this client {_CONTRACT_MAJOR}.x; update the older of the two"
            )
        return me

    async def health(self) -> dict[str, object]:
        """`GET /health` as it is."""
        return read(await self._exchange.send("GET", "/health"), lambda body: body if isinstance(body, dict) else {})

    async def act(self, action: ActionName, body: Action, idempotency_key: str) -> ActionAnswer:
        """Carries out an action (contract §3). The same key again brings the first answer again."""
        fields = body.model_dump(mode="json", by_alias=True, exclude_none=True, exclude_unset=True)
        fields |= dict.fromkeys(body.cleared)
        return _done(await self._post(ACTIONS[action].path, fields, {"Idempotency-Key": idempotency_key}))

    async def delete_note(self, note_id: str, idempotency_key: str) -> ActionAnswer:
        """Takes an own note away again (contract §3a). The same key again brings the first answer again."""
        path, headers = f"{_ORDERS}/note/{quote(note_id, safe='')}", {"Idempotency-Key": idempotency_key}
        return _done(await self._exchange.send("DELETE", path, body={}, headers=headers))

    async def mentions(self, *, unread: bool = False) -> list[Mention]:
        """Notes that name who asks, newest first; with `unread` just those that were not read yet."""
        response = await self._exchange.send("GET", "/sync/mentions", params={"state": "unread"} if unread else None)
        from orders_wire.mentions import Mentions

        return read(response, Mentions.model_validate).mentions

    async def read_mentions(self, ids: Sequence[str]) -> None:
        """These are read. At most `MOST_READ` at a time."""
        await self._post("/sync/mentions/read", {"ids": list(ids)})

    async def presence(self, order_id: str | None, doing: str | None = None) -> None:
        """Which order is open here (None: none), and the action that is begun on it: contract §3a, Presence."""
        await self._exchange.send("PUT", "/sync/presence", body={"orderId": order_id, "doing": doing})

    async def outbox(self) -> OutboxAnswer:
        """Queued outbound writes, newest first."""
        response = await self._exchange.send("GET", "/sync/outbox")
        from orders_wire.people import OutboxAnswer

        return read(response, OutboxAnswer.model_validate)

    async def outbox_retry(self, entry_id: str) -> None:
        """Queues a dead or waiting write again (lead)."""
        await self._post(f"/sync/outbox/{quote(entry_id, safe='')}/retry")

    async def outbox_discard(self, entry_id: str) -> None:
        """Gives a write up (lead)."""
        await self._post(f"/sync/outbox/{quote(entry_id, safe='')}/discard")

    async def dead_letters(self) -> DeadLettersAnswer:
        """What came in and could not be read."""
        response = await self._exchange.send("GET", "/sync/dead-letters")
        from orders_wire.people import DeadLettersAnswer

        return read(response, DeadLettersAnswer.model_validate)

    async def dead_letter_retry(self, letter_id: str) -> None:
        """Reads a dead letter again (lead)."""
        await self._post(f"/sync/dead-letters/{quote(letter_id, safe='')}/retry")

    async def dead_letter_discard(self, letter_id: str) -> None:
        """Gives a dead letter up (lead)."""
        await self._post(f"/sync/dead-letters/{quote(letter_id, safe='')}/discard")

    async def alerts(self, since: str | None = None) -> AlertsAnswer:
        """The alerts channel by polling: events after a cursor, or what a stream would send first."""
        response = await self._exchange.send("GET", _ALERTS, params={"since": since} if since else None)
        return read(response, _alerts)

    async def open_alerts(self, wanted: AlertFilter = ALL_ALERTS, cursor: str | None = None) -> OpenAlerts:
        """A page of the open alerts, most severe and newest first; `cursor` is `next` of the page before. Where several types or
        severities are wanted, alerts of others are among them (`AlertFilter.params`).
        """
        params = {**wanted.params(), "pageSize": str(MAX_PAGE_SIZE)} | ({"cursor": cursor} if cursor else {})
        response = await self._exchange.send("GET", "/sync/alerts", params=params)
        return read(response, _open_alerts)

    def stream(self, last_event_id: str | None = None) -> AbstractAsyncContextManager[httpx.Response]:
        """The alerts channel as an open event stream, right after an event where one is named. Used by the feed."""
        headers = {"Accept": "text/event-stream", "Cache-Control": "no-store"}
        if last_event_id is not None:
            headers["Last-Event-ID"] = last_event_id
        return self._exchange.stream(_ALERTS, headers)

    async def _post(
        self, path: str, body: Mapping[str, Any] | None = None, headers: Mapping[str, str] | None = None
    ) -> httpx.Response:
        return await self._exchange.send("POST", path, body=body or {}, headers=headers)

    def _remember(self, key: tuple[tuple[str, str], ...], etag: str | None, page: OrdersPage) -> None:
        if etag is None:
            return
        self._pages[key] = (etag, page)
        self._pages.move_to_end(key)
        size = sum(kept.size_bytes for _, kept in self._pages.values())
        while len(self._pages) > _PAGES_KEPT or size > MOST_KEPT:
            size -= self._pages.popitem(last=False)[1][1].size_bytes


def _done(response: httpx.Response) -> ActionAnswer:
    """What an action's success says. Raises Unread: it may have been done."""
    from orders_wire.actions import ActionAnswer

    try:
        return read(response, ActionAnswer.model_validate)
    except VersionSkew as error:
        raise Unread(str(error)) from error


def _alerts(body: Any) -> AlertsAnswer:
    from orders_wire.alerts import AlertsAnswer

    return AlertsAnswer.model_validate(_with_events_read(body))


def _open_alerts(body: Any) -> OpenAlerts:
    from orders_wire.alerts import OpenAlerts

    return OpenAlerts.model_validate(_with_events_read(body))


def _with_events_read(body: Any) -> Any:
    """The answer with the events that can be read: a strange one hides no other."""
    items = body.get("alerts") if isinstance(body, dict) else None
    if not isinstance(items, list):
        return body
    return {**body, "alerts": [event for item in items if (event := read_event(item)) is not None]}
