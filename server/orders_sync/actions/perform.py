"""One action, one transaction: the key it is asked under, what it does, what undo needs, its news, and its recorded answer.

Invariant: an answer with status 200, 404 or 409 is recorded in the transaction that it is about, so that the same request
asked again, of this process or another, after a crash or not, gets the same bytes and does nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import orjson

from orders_sync.actions import answers, commands
from orders_sync.actions.acting import Acting, Actor
from orders_sync.actions.answers import Answer
from orders_sync.actions.commands import Draw
from orders_sync.actions.decision import Refusal
from orders_sync.actions.execute import Carried
from orders_sync.actions.undo_record import Altered, Memory, Remembered
from orders_sync.db import audit, events, idempotency, shops
from orders_sync.db.audit import ActionRow, Audited
from orders_sync.db.idempotency import Asked
from orders_sync.db.tx import Tx
from orders_sync.instants import SECOND
from orders_sync.outbox.queue import Switches
from orders_sync.rules.thresholds import Thresholds
from orders_sync.rules.tracking_numbers import Placeholders
from orders_wire.actions import Action
from orders_wire.vocabulary import ActionName, ErrorCode

_RECORDED = frozenset({200, 404, 409})


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked for, by whom, under which idempotency key. `action_id` is new, and the action's if it is done."""

    kind: ActionName
    body: Action
    actor: Actor
    action_id: str
    asked: Asked | None = None


@dataclass(frozen=True, slots=True)
class Rules:
    """What this server does by: thresholds, switched receivers, how long answers are kept, where random digits come from, whether
    customers are mailed unless asked otherwise, and which numbers are placeholders."""

    thresholds: Thresholds
    switches: Switches
    keep_ms: int
    draw: Draw
    notify: bool = False
    placeholders: Placeholders = field(default_factory=Placeholders)


@dataclass(frozen=True, slots=True)
class Answered:
    """The answer's bytes. `event_row`: the event whose number is to be its desk version; null when it has one."""

    status: int
    body: bytes
    event_row: int | None


def perform(tx: Tx, request: Request, rules: Rules) -> Answered:
    """Does it, unless it was done under the same key before."""
    if request.asked is not None:
        known = idempotency.claim(tx, request.asked, rules.keep_ms)
        if known is not None:
            return _again(tx, known)
    answer, result = _act(tx, request, rules)
    if isinstance(result, Carried) and answer.ok:
        audit.record_action(tx, _row(request, result))
    answered = _announced(tx, answer) if answer.ok else _unannounced(tx, answer)
    _keep(tx, request.asked, answered)
    return answered


def _again(tx: Tx, known: idempotency.Answered) -> Answered:
    if known.same_request:
        return Answered(known.status, known.body, known.event_row)
    told = "This Idempotency-Key was used for another request"
    return _unannounced(tx, answers.refused(Refusal(ErrorCode.IDEMPOTENCY_MISMATCH, told)))


def _act(tx: Tx, request: Request, rules: Rules) -> tuple[Answer, object]:
    given = request.body.delay_seconds
    acting = Acting(
        kind=request.kind,
        action_id=request.action_id,
        actor=request.actor,
        now=tx.now,
        thresholds=rules.thresholds,
        switches=rules.switches,
        delay_ms=rules.switches.delay_ms if given is None else round(given * SECOND),
        notify=rules.notify,
        placeholders=rules.placeholders,
    )
    result = commands.run(tx, acting, request.body, rules.draw)
    if isinstance(result, Refusal):
        audit.record(tx, [_refused(acting, result)])
        return answers.refused(result), result
    return answers.answer(request.kind, request.body, result, request.action_id), result


def _refused(acting: Acting, refusal: Refusal) -> Audited:
    actor = acting.actor
    return Audited(
        actor.name, acting.kind, None, refusal.code, refusal.message, client=actor.client, action_id=acting.action_id
    )


def _row(request: Request, carried: Carried) -> ActionRow:
    """What undo needs to know."""
    done = {outcome.view.order_id: outcome for outcome in carried.done}
    orders = [
        Remembered(spelling=named.spelling, order_id=named.target, patch=done[named.target].patch)
        for named in carried.named
        if isinstance(named.target, int) and named.target in done
    ]
    altered = [
        Altered(row_id=row_id, order_id=outcome.view.order_id, payload=before)
        for outcome in carried.done
        for row_id, before, _ in outcome.decision.altered
    ]
    memory = Memory(orders=orders, altered=altered)
    return ActionRow(request.action_id, request.kind, request.actor.name, memory.model_dump_json())


def _announced(tx: Tx, answer: Answer) -> Answered:
    """Done: the one refresh of this action, whose number is the answer's desk version."""
    row = events.append(tx, events.refresh(tx.touched))
    tx.touched.clear()
    tx.pinged = False
    return Answered(answer.status, orjson.dumps(answer.body), row)


def _unannounced(tx: Tx, answer: Answer) -> Answered:
    """Nothing changed: the desk is what this transaction saw."""
    mark = shops.mark(tx.conn, tx.shop_id)
    body = answer.body | {"desk": {"id": mark.id, "version": mark.version}}
    return Answered(answer.status, orjson.dumps(body), None)


def _keep(tx: Tx, asked: Asked | None, answered: Answered) -> None:
    if asked is None:
        return
    if answered.status in _RECORDED:
        idempotency.record(tx, asked, answered.status, answered.body, answered.event_row)
    else:
        idempotency.release(tx, asked)
