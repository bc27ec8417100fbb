"""Bodies that cannot be read: kept as dead letters with a data gap, and read again when somebody asks (contract §3, §4)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import orjson

from orders_sync.alerts import data_gaps
from orders_sync.db import dead_letters, idempotency
from orders_sync.db.dead_letters import DeadLetterRow, Letter
from orders_sync.db.tx import Tx
from orders_sync.evidence.changes import Change, Delivery
from orders_sync.evidence.json_fields import Unreadable, read_json
from orders_sync.ingest.apply import Applied, apply
from orders_sync.ingest.normalise import erp, topics
from orders_sync.instants import Ms
from orders_sync.rules.thresholds import Thresholds
from orders_wire.vocabulary import DeadLetterState, Gap, Severity

Read = Callable[[DeadLetterRow], tuple[Change, ...]]
"""What a dead letter says, if it can be read by now. Raises Unreadable."""

_SOURCES = {"webhook": "A Shopify webhook", "erp": "A message from the ERP", "poll": "An order from Shopify"}


def store(
    tx: Tx,
    delivery: Delivery,
    headers: dict[str, str],
    body: bytes,
    reason: str,
    *,
    seen: Ms | None = None,
    replaces: bool = False,
) -> bool:
    """Keeps a delivery that cannot be read, once; False when it came before.

    `headers`: those worth keeping; `seen`: when it was triggered, which its changes will be stamped with (None: on arrival);
    `replaces`: it says all that those which wait under its topic say, and these are given up; it comes anew at each reading,
    so that after one that went well it is no repeat.
    """
    letter = Letter(
        source=delivery.source,
        topic=delivery.topic,
        delivery_id=delivery.delivery_id or "",
        headers=orjson.dumps({**headers, "seen": delivery.received_at if seen is None else seen}).decode(),
        body=body,
    )
    if not idempotency.is_new(tx, delivery) and not (replaces and dead_letters.was_read(tx, letter)):
        return False
    if replaces:
        dead_letters.end(tx, delivery.source, [delivery.topic], DeadLetterState.DISCARDED)
    dead_letters.add(tx, letter, reason)
    what = _SOURCES.get(delivery.source, "Something that came in")
    message = f"{what} could not be read and is kept: retry or discard it among the dead letters"
    data_gaps.open_gap(tx, Gap.DEAD_LETTER, delivery.source, message, Severity.WARNING)
    tx.ping()
    return True


def read_since(tx: Tx, source: str, topics: Sequence[str]) -> None:
    """What waits under these topics is over: the same came anew and could be read."""
    if dead_letters.end(tx, source, topics, DeadLetterState.RETRIED):
        data_gaps.clear_read(tx, [source])
        tx.ping()


def read_body(letter: DeadLetterRow) -> tuple[Change, ...]:
    """What the body that came says. Raises Unreadable."""
    seen = Ms(int(orjson.loads(letter.headers).get("seen", letter.received_at)))
    reader = erp.read if letter.source == "erp" else topics.read
    return reader(letter.topic, read_json(letter.body), seen)


def retry(tx: Tx, letter_id: int, thresholds: Thresholds, read: Read = read_body) -> Applied | str | None:
    """Reads a dead letter again. None when there is none to retry; the reason as text when it is still unreadable."""
    letter = _dead(tx, letter_id)
    if letter is None:
        return None
    try:
        changes = read(letter)
    except Unreadable as error:
        dead_letters.set_state(tx, letter_id, DeadLetterState.DEAD, str(error))
        return str(error)
    applied = apply(tx, Delivery("webhook", None, letter.topic, letter.received_at, changes), thresholds)
    _close(tx, letter, DeadLetterState.RETRIED)
    return applied


def discard(tx: Tx, letter_id: int) -> bool:
    """Gives a dead letter up; False when there is none to give up."""
    letter = _dead(tx, letter_id)
    if letter is not None:
        _close(tx, letter, DeadLetterState.DISCARDED)
    return letter is not None


def _dead(tx: Tx, letter_id: int) -> DeadLetterRow | None:
    letter = dead_letters.lock(tx, letter_id)
    return letter if letter is not None and letter.state is DeadLetterState.DEAD else None


def _close(tx: Tx, letter: DeadLetterRow, state: DeadLetterState) -> None:
    dead_letters.set_state(tx, letter.id, state)
    data_gaps.clear_read(tx, [letter.source])
    tx.ping()
