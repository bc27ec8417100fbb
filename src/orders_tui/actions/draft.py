"""A draft: what an operator means to do, before it is sent. Dialogs and the command line make drafts, the session sends them.

Each action is a subclass of `Draft` in the file beside this one that is called as it is; `registry.py` lists them. All that the
store, the session, the drafts' book, the dialogs and the command line have to know of an action, they ask its draft.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, Self

from orders_tui.errors import Refused
from orders_wire.vocabulary import ErrorCode, Status

if TYPE_CHECKING:
    from orders_tui.actions.field_changes import Changes, Earlier
    from orders_wire.actions import Action, ActionAnswer
    from orders_wire.detail import OrderDetail
    from orders_wire.orders import Order
    from orders_wire.vocabulary import ActionName

MOST_ORDERS = 250
"""More ids in one request are `too_large`."""

MANY = 20
"""With more orders than these, progress is shown."""

MARKS = "marks"
"""The subject of a draft over several orders."""

WRITES_OFF = "writes to Shopify are off, so it waits on the desk until they are on and it was reviewed"

_CLOSED = {Status.CANCELLED, Status.REFUNDED}


class Server(Protocol):
    """What carries actions out. Raises ApiError."""

    async def act(self, action: ActionName, body: Action, idempotency_key: str) -> ActionAnswer:
        """By the action's own request."""

    async def delete_note(self, note_id: str, idempotency_key: str) -> ActionAnswer:
        """By taking a note away."""


@dataclass(frozen=True, slots=True)
class Draft(ABC):
    """One action on some orders, a plain value over their GIDs.

    `versions` are the versions that the operator saw: where given, an order that has changed since fails with `version_conflict`
    instead of being changed unseen (contract §3, `expectedVersions`).
    """

    order_ids: tuple[str, ...]
    versions: Mapping[str, int] = field(default_factory=dict, kw_only=True)

    action: ClassVar[ActionName]
    word: ClassVar[str]
    """What is asked for, in a word: `assign`."""
    doing: ClassVar[str] = ""
    """What is said of somebody who has begun it: `ana is here, assigning`. Empty: its name says it."""
    orders_per_request: ClassVar[int] = MOST_ORDERS
    in_book: ClassVar[bool] = True
    """Whether one that was not sent is kept for the next time."""
    on_disk: ClassVar[bool] = True
    """Whether what is kept of it outlives the client."""
    in_detail: ClassVar[bool] = False
    """Whether it changes what only an order's detail shows: `on_detail`."""
    undo_for: ClassVar[timedelta | None] = None
    """How long it can be taken back where the server names no end of that; None: nobody knows."""
    unsent: ClassVar[str] = ""
    """What to add once it was done, when the server leaves no time to take it back."""

    @property
    @abstractmethod
    def done(self) -> str:
        """What it does, in the past tense: `assigned to ana`."""

    @abstractmethod
    def effect(self, order_id: str, row: Order | None, earlier: Earlier) -> Changes:
        """What it makes of an order at once. Of an order that is not known (None), only what is firm can be said."""

    @abstractmethod
    def body(self, expected: dict[str, int] | None) -> Action:
        """The body of its request, one of `requests`. Raises pydantic's ValidationError."""

    @property
    def undoes(self) -> str | None:
        """The server's id of the action that it takes back; None for every action but undo."""
        return None

    @property
    def subject(self) -> str:
        """What it is about: an order, or `MARKS`; what has no orders says what it is about instead."""
        return self.order_ids[0] if len(self.order_ids) == 1 else MARKS

    @property
    def many(self) -> bool:
        """Whether it takes so long that progress is shown."""
        return len(self.order_ids) > MANY

    @property
    def final(self) -> str:
        """What of it is money or an end, in words: it is asked about first, and never repeated. Empty for all else."""
        return ""

    @property
    def repeated(self) -> str | None:
        """What its dialog is filled in with when it is repeated; None: it never is."""
        return ""

    def obstacle(self, order: Order) -> str | None:
        """Why the server would refuse it for this order, in words; None when nothing speaks against it."""
        return None

    def requests(self) -> Iterator[Draft]:
        """The draft as one draft per request; what it does to some orders may be another action's."""
        unique = tuple(dict.fromkeys(self.order_ids))
        for start in range(0, len(unique), self.orders_per_request):
            yield replace(self, order_ids=unique[start : start + self.orders_per_request])

    def on_detail(self, detail: OrderDetail) -> OrderDetail:
        """An order's detail with it on, where that was read before: what no row shows of it."""
        return detail

    async def send(self, server: Server, versions: Mapping[str, int], key: str) -> ActionAnswer:
        """Has it done; the same key again brings the first answer again. Raises ApiError."""
        return await server.act(self.action, self.request(versions), key)

    def request(self, versions: Mapping[str, int]) -> Action:
        """The body of its request; the orders must still have these `versions`. Raises Refused for what is not allowed in one."""
        from pydantic import ValidationError

        try:
            return self.body(dict(versions) or None)
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(map(str, first["loc"]))
            raise Refused(ErrorCode.INVALID_REQUEST, f"{where}: {first['msg']}") from error

    def eligibility(self, view: Callable[[str], Order | None]) -> Eligibility:
        """Its orders as those to send and those to skip; `view` gives what is known of an order."""
        by_reason: dict[str | None, list[str]] = {}
        for order_id in self.order_ids:
            order = view(order_id)
            reason = self.obstacle(order) if order is not None else None
            by_reason.setdefault(reason, []).append(order_id)
        sendable = tuple(by_reason.pop(None, ()))
        return Eligibility(sendable, {str(reason): tuple(ids) for reason, ids in by_reason.items()})

    def to_book(self) -> dict[str, Any]:
        """What is kept of it, as JSON."""
        return {"verb": self.action, **asdict(self)}

    @classmethod
    def from_book(cls, item: Mapping[str, Any]) -> Self:
        """The draft of which this was kept. Raises KeyError, TypeError or ValueError where it cannot be read."""
        given = {f.name: item[f.name] for f in fields(cls) if f.name in item}
        return cls(**{**given, "order_ids": tuple(item["order_ids"])})


@dataclass(frozen=True, slots=True)
class Eligibility:
    """Ids to send, also of orders that nothing is known of here, and ids to skip by reason.

    The server decides; this is contract §3's rules read forwards.
    """

    sendable: tuple[str, ...]
    skipped: Mapping[str, tuple[str, ...]]


def closed(order: Order) -> str | None:
    """That an order has ended, in a word."""
    return str(order.status) if order.status in _CLOSED else None


def ending(order: Order) -> str | None:
    """That an order has ended or is being cancelled, so that nothing is sent, held or corrected of it any more (contract §3a)."""
    ordered = order.cancelling
    return closed(order) or (f"being cancelled, ordered by {ordered.by}" if ordered is not None else None)
