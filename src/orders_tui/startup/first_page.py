"""The first page: one plain GET beside the start, and its JSON as what reads like the contract's models, for showing only.

The request is made with nothing that takes long to import: `http.client` brings the whole of `email` along. It is HTTP/1.0, in
which an answer has one length and ends with the connection. What cannot be read as a page is not shown; the session says why.
"""

from __future__ import annotations

import json
import socket
from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread
from time import monotonic
from types import SimpleNamespace, UnionType
from typing import TYPE_CHECKING, Any, BinaryIO, cast
from urllib.parse import SplitResult, urlsplit

from orders_tui import paths, sanitise
from orders_tui.api.body import LARGEST, parse
from orders_tui.config import Config
from orders_wire.vocabulary import UNASSIGNED, AlertType, Channel, Delivery, Issue, Priority, Ready, ReturnState, Status

if TYPE_CHECKING:
    from orders_wire.orders import Order
    from orders_wire.page import OrdersPage

TIMEOUT_S = 3.0
READ_BYTES = 64 * 1024

PendingPage = Future[Mapping[str, Any] | None]
"""The page's JSON when it has come; None when it could not be had."""


def request(config: Config) -> PendingPage:
    """Asks for what was on show last, in a thread of its own that quitting does not wait for.

    Call it before Textual is imported, which leaves it no time afterwards.
    """
    params = remembered_ui(paths.state_file(config)).get("query") or f"tab=unfulfilled&pageSize={config.page_size}"
    pending: PendingPage = Future()

    def ask() -> None:
        page = None
        try:
            page = _page(config, params)
        finally:
            pending.set_result(page)

    Thread(target=ask, name="first page", daemon=True).start()
    return pending


def remembered_ui(state_file: Path) -> Mapping[str, str]:
    """How the desk looked when it was left; empty where that cannot be read."""
    try:
        ui = json.loads(state_file.read_text(encoding="utf-8"))["ui"]
        return {str(name): str(value) for name, value in ui.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return {}


def _page(config: Config, params: str) -> Mapping[str, Any] | None:
    """The answer of `GET /sync/orders`; None when it cannot be had. The session will say why."""
    server = urlsplit(config.server)
    try:
        with _connected(server) as connection, connection.makefile("rb") as answer:
            connection.sendall(_request(server, config, params).encode())
            head, _, body = _read(connection, answer).partition(b"\r\n\r\n")
        page = parse(body) if head.split(maxsplit=2)[1:2] == [b"200"] else None
    except (OSError, ValueError, RecursionError):
        return None
    return page if isinstance(page, dict) else None


def _request(server: SplitResult, config: Config, params: str) -> str:
    """Raises ValueError where a line break would begin another header."""
    headers = {"Host": server.netloc, "Accept": "application/json"}
    if config.token:
        headers["Authorization"] = f"Bearer {config.token}"
    if config.name:
        headers["X-Operator"] = config.name
    if any(not value.isprintable() for value in (params, *headers.values())):
        raise ValueError("a line break would begin another header")
    lines = [f"GET {server.path.rstrip('/')}/sync/orders?{params} HTTP/1.0"]
    return "\r\n".join([*lines, *(f"{name}: {value}" for name, value in headers.items()), "", ""])


def _read(connection: socket.socket, answer: BinaryIO) -> bytes:
    """All that comes, within the time and size that an answer may have. Raises OSError, ValueError."""
    ends_s = monotonic() + TIMEOUT_S
    received = bytearray()
    while chunk := answer.read1(READ_BYTES):  # type: ignore[attr-defined]
        received += chunk
        left_s = ends_s - monotonic()
        if len(received) > LARGEST or left_s <= 0:
            raise ValueError("too much, or too slow")
        connection.settimeout(left_s)
    return bytes(received)


def _connected(server: SplitResult) -> socket.socket:
    """Connected to the server, encrypted where its address says so. Raises OSError."""
    secure = server.scheme == "https"
    connection = socket.create_connection((server.hostname or "", server.port or (443 if secure else 80)), TIMEOUT_S)
    if not secure:
        return connection
    import ssl

    return ssl.create_default_context().wrap_socket(connection, server_hostname=server.hostname)


class Loose(SimpleNamespace):
    """Reads like a model of the contract; an attribute that is not there reads as None."""

    def __getattr__(self, name: str) -> None:
        return None


@dataclass(frozen=True, slots=True)
class LooseRow:
    """Reads like a `RowView`."""

    order: Order
    mark: None = None
    ghost: None = None
    changed: bool = False


EARLIEST, LATEST = datetime(1900, 1, 1, tzinfo=UTC), datetime(2999, 12, 31, tzinfo=UTC)
_ORDER_KINDS: Mapping[str, type | UnionType] = {
    **dict.fromkeys(("id", "order_number", "assigned_to"), str),
    **dict.fromkeys(("timeline", "tags", "tracking", "blockers"), list),
    "placed_at": datetime,
    "version": int,
    **dict.fromkeys(("customer_name", "support_thread", "together"), str | None),
    **dict.fromkeys(("value_usd", "age_hours"), int | float | None),
    "ship_by": datetime | None,
    **dict.fromkeys(("total", "refunded", "hold", "return", "outbound"), Loose | None),
}
_INSTANTS = frozenset({"placed_at", "ship_by", "ts", "updated_at", "since", "until", "start", "end"})


def read(body: Mapping[str, Any]) -> OrdersPage:
    """The page in an answer's JSON, cleaned like every answer. Raises ValueError where it does not fit."""
    try:
        clean = sanitise.sanitise(body)
        slice_ = clean["orders"]
        made = _value("", {**clean, "orders": None})
        figures = {**vars(made.metrics), "ready": made.metrics.ready or 0}
        if not all(isinstance(figure, int | float) for figure in figures.values()):
            raise ValueError("not the figures of a desk")
        _require_figures(made.work)
        made.orders = Loose(items=[_order(each) for each in slice_["items"]], page_info=_value("", slice_["page_info"]))
    except (KeyError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise ValueError("not a page of orders") from error
    made.tabs = clean.get("tabs") or {}
    if not isinstance(made.tabs, dict) or not all(isinstance(count, int) for count in made.tabs.values()):
        raise ValueError("not the sizes of tabs")
    return cast("OrdersPage", made)


def _require_figures(work: Loose | None) -> None:
    """Raises ValueError where a figure of the panel `work` is none: it would be painted."""
    if work is not None:
        figures = (work.due_today, work.unowned_total, *(owner.total for owner in work.owners or ()))
        if not all(isinstance(figure, int) for figure in figures):
            raise ValueError("not the figures of a desk")


def rows(page: OrdersPage) -> tuple[LooseRow, ...]:
    """Its orders as rows."""
    return tuple(LooseRow(order) for order in page.orders.items)


def _order(body: Mapping[str, Any]) -> Order:
    """Raises TypeError where a part is of another kind than the contract's: it would be painted."""
    usual: dict[str, Any] = {
        "timeline": [],
        "tags": [],
        "tracking": [],
        "blockers": [],
        "assigned_to": UNASSIGNED,
        "version": 0,
    }
    made = _value("", {**usual, **body})
    made.status = Status(body["status"])
    made.priority = Priority(body["priority"])
    made.channel = Channel(body.get("channel", Channel.ONLINE))
    made.delivery = Delivery(body.get("delivery", Delivery.SHIPPING))
    made.issue = Issue(body["issue"]) if body.get("issue") else None
    made.ready = Ready(body["ready"]) if body.get("ready") else None
    made.alerts = [AlertType(each) for each in body.get("alerts", ())]
    made.outbound = made.outbound or Loose()
    if made.hold is not None:
        made.hold.reason = Issue(made.hold.reason)
        if not isinstance(made.hold.until, datetime | None) or not isinstance(made.hold.by, str | None):
            raise TypeError("hold")
    for name, kind in _ORDER_KINDS.items():
        if not isinstance(getattr(made, name), kind):
            raise TypeError(name)
    made.return_ = getattr(made, "return")
    if made.return_ is not None:
        made.return_.state = ReturnState(made.return_.state)
    return cast("Order", made)


def _value(name: str, value: Any) -> Any:
    """A value of JSON as a model has it: an object by attribute; an instant aware, in a year that others precede and follow."""
    if isinstance(value, dict):
        return Loose(**{key: _value(key, each) for key, each in value.items()})
    if isinstance(value, list):
        return [_value(name, each) for each in value]
    if name not in _INSTANTS or not isinstance(value, str):
        return value
    instant = datetime.fromisoformat(value)
    return max(EARLIEST, min(instant if instant.tzinfo is not None else instant.replace(tzinfo=UTC), LATEST))
