"""What every operation takes, what it answers, and with which codes it refuses, for the OpenAPI document."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from orders_sync.actions.definition import ActionDefinition
from orders_sync.actions.note_deletion import NOTE_DELETION
from orders_sync.actions.registry import ACTIONS
from orders_sync.openapi import parameters as given
from orders_wire import operations
from orders_wire.actions import Action, ActionAnswer
from orders_wire.alerts import AlertsAnswer, Event, OpenAlerts
from orders_wire.detail import OrderDetail
from orders_wire.lines import LinesAnswer, LinesBody
from orders_wire.mentions import Mentions, ReadMentions
from orders_wire.page import OrdersPage
from orders_wire.people import DeadLettersAnswer, Me, OutboxAnswer, Owner
from orders_wire.presence import PresenceBody, PresenceEvent
from orders_wire.vocabulary import ErrorCode

Schema = type[BaseModel] | dict[str, Any]

_OF = {(operation.method, operation.path): operation for operation in operations.OPERATIONS}


@dataclass(frozen=True, slots=True)
class Operation:
    """`answer`: a model, or a schema; None: text of `content`. `many`: a list of the model. `refusals`: beyond the usual ones.

    `held`: 304 for who has the present body. `streams`: Server-Sent Events for who accepts them: their names and their data.
    `silent`: 204.
    """

    method: str
    path: str
    text: str
    answer: Schema | None = None
    many: bool = False
    body: type[BaseModel] | None = None
    parameters: tuple[dict[str, Any], ...] = ()
    refusals: tuple[ErrorCode, ...] = ()
    content: str = "application/json"
    held: bool = False
    streams: tuple[tuple[str, type[BaseModel]], ...] = ()
    silent: bool = False

    @property
    def open(self) -> bool:
        """Whether it is answered without a token."""
        return _OF[self.method.upper(), self.path].role is None


_C = ErrorCode
_OF_ACTIONS = (_C.NOT_FOUND, _C.AMBIGUOUS, _C.VERSION_CONFLICT, _C.TOO_LARGE, _C.IDEMPOTENCY_MISMATCH)
_STATE: dict[str, Any] = {"type": "object", "properties": {"status": {"type": "string"}}, "required": ["status"]}
_HEALTH: dict[str, Any] = {
    "type": "object",
    "properties": {
        "status": {"type": "string", "enum": ["ok", "degraded"]},
        "service": {"const": "sync"},
        "timestamp": {"type": "string", "format": "date-time"},
    },
    "required": ["status", "service", "timestamp"],
}
_TAKEN: dict[str, Any] = {"type": "object", "properties": {"ok": {"const": True}}, "required": ["ok"]}


def _action(path: str, action: ActionDefinition[Any]) -> Operation:
    return Operation(
        "post",
        path,
        action.text,
        ActionAnswer,
        body=action.body,
        parameters=(given.IDEMPOTENCY_KEY, given.OPERATOR),
        refusals=(*_OF_ACTIONS, *action.refusals),
    )


def _row(rows: str, verb: str, text: str, *more: ErrorCode) -> Operation:
    refusals = (_C.NOT_FOUND, _C.ALREADY_SENT, _C.ILLEGAL_TRANSITION, *more)
    return Operation(
        "post", f"/sync/{rows}/{{id}}/{verb}", text, ActionAnswer, parameters=(given.ROW_ID,), refusals=refusals
    )


OPERATIONS: tuple[Operation, ...] = (
    Operation(
        "get",
        "/sync/orders",
        "A page of a tab with metrics and panels",
        OrdersPage,
        parameters=(*given.ORDERS, given.IF_NONE_MATCH),
        held=True,
    ),
    Operation(
        "get",
        "/sync/orders/{id}",
        "One order, whole",
        OrderDetail,
        parameters=(given.ORDER_ID, given.IF_NONE_MATCH),
        refusals=(_C.NOT_FOUND, _C.AMBIGUOUS),
        held=True,
    ),
    Operation(
        "post",
        operations.LINES.path,
        "The lines of many orders, for picking and packing; a read",
        LinesAnswer,
        body=LinesBody,
        refusals=(_C.TOO_LARGE,),
    ),
    Operation("get", "/sync/owners", "Who owns orders, or has a token", Owner, many=True),
    Operation("get", "/sync/me", "Who the caller is, and what it needs to know", Me, parameters=(given.OPERATOR,)),
    Operation(
        "get",
        "/sync/orders/alerts",
        "Alerts, data gaps, mentions and refresh pings; a stream for Accept: text/event-stream, which tells who is where as well",
        AlertsAnswer,
        parameters=(given.SINCE, given.LAST_EVENT_ID, given.OPERATOR),
        streams=(("message", Event), ("presence", PresenceEvent)),
    ),
    Operation(
        "get",
        "/sync/alerts",
        "The alerts that stand, most severe and newest first",
        OpenAlerts,
        parameters=given.OPEN_ALERTS,
    ),
    *(_action(operations.ACTIONS[name].path, action) for name, action in ACTIONS.items()),
    Operation(
        "delete",
        "/sync/orders/note/{id}",
        NOTE_DELETION.text,
        ActionAnswer,
        body=Action,
        parameters=(given.NOTE_ID, given.IDEMPOTENCY_KEY, given.OPERATOR),
        refusals=(*_OF_ACTIONS, *NOTE_DELETION.refusals),
    ),
    Operation(
        "put",
        "/sync/presence",
        "Where the caller is, to be said again every 20 s",
        body=PresenceBody,
        parameters=(given.CLIENT_ID, given.OPERATOR),
        refusals=(_C.NOT_FOUND, _C.AMBIGUOUS, _C.TOO_LARGE),
        silent=True,
    ),
    Operation(
        "get",
        "/sync/mentions",
        "Notes that name the caller, newest first",
        Mentions,
        parameters=(given.MENTION_STATE, given.OPERATOR),
    ),
    Operation(
        "post",
        "/sync/mentions/read",
        "The caller has read these",
        ActionAnswer,
        body=ReadMentions,
        parameters=(given.OPERATOR,),
        refusals=(_C.TOO_LARGE,),
    ),
    Operation("get", "/sync/outbox", "Outbound writes, newest first", OutboxAnswer, parameters=(given.OUTBOX_STATE,)),
    _row("outbox", "retry", "Send a row off again"),
    _row("outbox", "discard", "Keep a row from leaving"),
    Operation(
        "get",
        "/sync/dead-letters",
        "What came in and could not be read",
        DeadLettersAnswer,
        parameters=(given.LETTER_STATE,),
    ),
    _row("dead-letters", "retry", "Read a dead letter again", _C.UNAVAILABLE),
    _row("dead-letters", "discard", "Give a dead letter up"),
    Operation("get", "/health", "How the server is", _HEALTH),
    Operation("get", "/health/live", "The process answers", _STATE),
    Operation("get", "/health/ready", "Requests can be answered", _STATE, refusals=(_C.UNAVAILABLE,)),
    Operation("get", "/openapi.json", "This document", {"type": "object"}),
    Operation("get", "/prometheus", "What to watch", content="text/plain"),
    Operation("post", "/shopify/webhook", "Shopify's webhooks, signed", _TAKEN),
    Operation("post", "/erp/webhook", "The ERP's messages, signed", _TAKEN),
)
