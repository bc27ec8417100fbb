"""Every operation of the server: its method, its path, and who may ask for it (contract §5). Both sides read this table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from orders_wire.vocabulary import ActionName, Role


@dataclass(frozen=True, slots=True)
class Operation:
    """`role`: the least that may ask; None where nobody has to say who they are. `signed`: senders prove themselves instead."""

    method: str
    path: str
    role: Role | None = Role.VIEWER
    signed: bool = False


_OF_LEADS = frozenset({ActionName.RETURNS, ActionName.CANCEL})

ACTIONS: Mapping[ActionName, Operation] = {
    name: Operation("POST", f"/sync/orders/{name}", Role.LEAD if name in _OF_LEADS else Role.OPERATOR)
    for name in ActionName
}
"""The write actions of contract §3."""

LINES = Operation("POST", "/sync/orders/lines")
"""A read, though it is a POST: a URL has no room for 250 ids."""

OPERATIONS: tuple[Operation, ...] = (
    Operation("GET", "/sync/orders"),
    Operation("GET", "/sync/orders/{id}"),
    LINES,
    Operation("GET", "/sync/owners"),
    Operation("GET", "/sync/me"),
    Operation("GET", "/sync/orders/alerts"),
    Operation("GET", "/sync/alerts"),
    *ACTIONS.values(),
    Operation("DELETE", "/sync/orders/note/{id}", Role.OPERATOR),
    Operation("GET", "/sync/mentions"),
    Operation("POST", "/sync/mentions/read"),
    Operation("PUT", "/sync/presence"),
    Operation("GET", "/sync/outbox"),
    Operation("POST", "/sync/outbox/{id}/retry", Role.LEAD),
    Operation("POST", "/sync/outbox/{id}/discard", Role.LEAD),
    Operation("GET", "/sync/dead-letters"),
    Operation("POST", "/sync/dead-letters/{id}/retry", Role.LEAD),
    Operation("POST", "/sync/dead-letters/{id}/discard", Role.LEAD),
    Operation("GET", "/health", role=None),
    Operation("GET", "/health/live", role=None),
    Operation("GET", "/health/ready", role=None),
    Operation("GET", "/openapi.json", role=None),
    Operation("GET", "/prometheus"),
    Operation("POST", "/shopify/webhook", role=None, signed=True),
    Operation("POST", "/erp/webhook", role=None, signed=True),
)
