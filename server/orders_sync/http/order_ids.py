"""The order that a request names, or the refusal of it: contract §1, order id."""

from __future__ import annotations

from typing import TypeVar

from orders_sync.desk.detail import Ambiguous
from orders_sync.http.problems import Refused
from orders_wire.vocabulary import ErrorCode

T = TypeVar("T")


def found_one(found: T | Ambiguous | None, spelling: str) -> T:
    """What was found under this spelling. Raises Refused where it is none, or several."""
    if found is None:
        raise Refused(ErrorCode.NOT_FOUND, f"there is no order {spelling}")
    if isinstance(found, Ambiguous):
        ids = ", ".join(map(str, found.order_ids))
        raise Refused(ErrorCode.AMBIGUOUS, f"several orders are called {spelling}; ask for one by its id: {ids}")
    return found
