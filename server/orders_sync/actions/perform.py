"""One action, one transaction: the key it is asked under, what it does, what undo needs, its event, and its recorded response.

Invariant: a response with status 200, 404 or 409, or 400 for what only the order can tell, is recorded in the transaction that it
is about, so that the same request asked again, of this process or another, after a crash or not, gets the same bytes and does
nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import orjson

from orders_sync.actions import responses
from orders_sync.actions.context import ActionContext, ActionSettings, Actor
from orders_sync.actions.decision import Refusal
from orders_sync.actions.definition import ActionDefinition
from orders_sync.actions.execute import Execution
from orders_sync.actions.responses import Envelope
from orders_sync.actions.undo_record import AlteredRow, OrderPatch, UndoRecord, diff
from orders_sync.db import audit, events, idempotency, shops
from orders_sync.db.audit import ActionRow
from orders_sync.db.idempotency import Asked
from orders_sync.db.tx import Tx
from orders_sync.instants import SECOND
from orders_wire.actions import Action
from orders_wire.vocabulary import ActionName, ErrorCode

_RECORDED = frozenset({200, 400, 404, 409})


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked for, by whom, under which idempotency key. `action_id` is new, and the action's if it is done.

    `kind`: what audit and undo know it as.
    """

    kind: ActionName
    definition: ActionDefinition[Any]
    body: Action
    actor: Actor
    action_id: str
    asked: Asked | None = None


@dataclass(frozen=True, slots=True)
class Response:
    """Its bytes. `event_row`: the event whose number is to be its desk version; None when it has one."""

    status: int
    body: bytes
    event_row: int | None


def perform(tx: Tx, request: Request, settings: ActionSettings) -> Response:
    """Does it, unless it was done under the same key before."""
    if request.asked is not None:
        known = idempotency.claim(tx, request.asked, settings.keep_ms)
        if known is not None:
            return _again(tx, known)
    envelope = _act(tx, request, settings)
    response = _announced(tx, envelope) if envelope.ok else _unannounced(tx, envelope)
    if request.asked is not None:
        if response.status in _RECORDED:
            idempotency.record(tx, request.asked, response.status, response.body, response.event_row)
        else:
            idempotency.release(tx, request.asked)
    return response


def _again(tx: Tx, known: idempotency.Answered) -> Response:
    if known.same_request:
        return Response(known.status, known.body, known.event_row)
    message = "This Idempotency-Key was used for another request"
    return _unannounced(tx, responses.refused(Refusal(ErrorCode.IDEMPOTENCY_MISMATCH, message)))


def _act(tx: Tx, request: Request, settings: ActionSettings) -> Envelope:
    delay_s = request.body.delay_seconds
    delay_ms = settings.switches.delay_ms if delay_s is None else round(delay_s * SECOND)
    context = ActionContext(request.kind, request.action_id, request.actor, tx.now, delay_ms, settings)
    definition = request.definition
    result = definition.run(tx, context, request.body)
    if isinstance(result, Refusal):
        audit.record(tx, [context.audited(result.code, result.message)])
        return responses.refused(result)
    if result.done and result.undone is None:
        audit.record_action(tx, _row(request, result))
    message = definition.message(request.body, result) if result.done else ""
    return responses.executed(result, message, request.action_id)


def _row(request: Request, execution: Execution) -> ActionRow:
    """What undo needs to know."""
    patches = {
        done.order.order_id: diff(done.order.operator, done.decision.operator, done.moved) for done in execution.done
    }
    orders = [
        OrderPatch(spelling=named.spelling, order_id=named.target, patch=patches[named.target])
        for named in execution.named
        if isinstance(named.target, int) and named.target in patches
    ]
    altered = [
        AlteredRow(row_id=row_id, order_id=done.order.order_id, payload=before)
        for done in execution.done
        for row_id, before, _ in done.decision.altered
    ]
    altered += [
        AlteredRow(row_id=row.id, order_id=row.order_id, payload=row.payload, state=row.state)
        for done in execution.done
        for row in done.decision.withdrawn
    ]
    record = UndoRecord(orders=orders, altered=altered)
    return ActionRow(request.action_id, request.kind, request.actor.name, record.model_dump_json())


def _announced(tx: Tx, envelope: Envelope) -> Response:
    """Done: the one refresh event of this action, whose number is the response's desk version."""
    row = events.append(tx, events.refresh(tx.touched))
    tx.touched.clear()
    tx.pinged = False
    return Response(envelope.status, orjson.dumps(envelope.body), row)


def _unannounced(tx: Tx, envelope: Envelope) -> Response:
    """Nothing changed: the desk is what this transaction saw."""
    mark = shops.mark(tx.conn, tx.shop_id)
    body = envelope.body | {"desk": {"id": mark.id, "version": mark.version}}
    return Response(envelope.status, orjson.dumps(body), None)
