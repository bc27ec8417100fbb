"""The store: base rows, cached pages, and pending patches, folded into what is shown.

Invariant: what is shown of an order is the newest row the server sent, with the operator's own actions on top as long as the
server has not said no to them and has not shown a row that already holds them. So the view converges to the server whatever
the order of pages, answers, timeouts and undo.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from orders_tui.store.marks import Mark
from orders_tui.store.pages import PageEntry

if TYPE_CHECKING:
    from orders_tui.drafts import Draft
    from orders_tui.query import OrdersQuery
    from orders_wire.actions import ActionAnswer, Failure
    from orders_wire.detail import OrderDetail
    from orders_wire.orders import Order
    from orders_wire.page import OrdersPage


class Store:
    """Knows nothing of time or transport. Methods that take something in answer with the ids of the orders that look different."""

    @property
    def desk_id(self) -> str | None:
        """The desk that everything held belongs to."""
        raise NotImplementedError

    @property
    def desk_version(self) -> int:
        """The newest version of the desk that any page or answer told of."""
        raise NotImplementedError

    def view(self, order_id: str) -> Order | None:
        """An order as it is shown: the newest row with the patches on it; None when nothing is known of it."""
        raise NotImplementedError

    def base(self, order_id: str) -> Order | None:
        """An order as the server last said it."""
        raise NotImplementedError

    def detail(self, order_id: str) -> OrderDetail | None:
        """An order's detail with the patches on it, if it was fetched."""
        raise NotImplementedError

    def mark(self, order_id: str) -> Mark | None:
        """What to say about a row's own actions; the most urgent."""
        raise NotImplementedError

    def page(self, query: OrdersQuery) -> PageEntry | None:
        """A page fetched earlier."""
        raise NotImplementedError

    def absorb_page(self, query: OrdersQuery, page: OrdersPage, fetched_at: float) -> frozenset[str]:
        """Takes a page. Another desk's page drops everything held first."""
        raise NotImplementedError

    def absorb_detail(self, detail: OrderDetail) -> frozenset[str]:
        """Takes one order's detail."""
        raise NotImplementedError

    def begin(self, key: str, draft: Draft) -> frozenset[str]:
        """An action is on its way: its patch lies on the rows from now on, marked pending."""
        raise NotImplementedError

    def unconfirmed(self, key: str) -> frozenset[str]:
        """The action's outcome is not known: its patch stays, marked so."""
        raise NotImplementedError

    def accept(self, key: str, answer: ActionAnswer) -> frozenset[str]:
        """The action was done, at least in part: per order its patch stays until a row holds it, or is dropped as failed."""
        raise NotImplementedError

    def reject(self, key: str, message: str, failures: Collection[Failure] = ()) -> frozenset[str]:
        """The action was not done: its patch is dropped, each row says why."""
        raise NotImplementedError

    def withdraw(self, key: str) -> frozenset[str]:
        """The action was never sent: its patch goes without a trace."""
        raise NotImplementedError

    def dismiss(self, order_ids: Collection[str]) -> frozenset[str]:
        """The operator has read the failures and confirmations of these rows."""
        raise NotImplementedError

    def forget_pages(self) -> None:
        """Drops cached pages (not rows that are on show): the desk has moved far."""
        raise NotImplementedError
