"""What can become of an attempt to send something: the words that receivers and the relay share.

`Sent`     the receiver has it; `note`: what people should know of it all the same; `made`: the fulfilments that it made;
           `changes`: what the shop showed of the order then
`Refused`  the receiver will not have it, however often it is tried; `errors`: what it says against single fields
`Later`    nothing happened; it may be tried again, no earlier than `after_ms` from now where the receiver said so
`Begun`    the receiver is at it, or may be: it is looked at again after `after_ms`, never sent again by itself; `kept`: what its
           payload has of that from then on
`Undecided`  what became of it cannot be found out: somebody has to decide
`Unknown`  it may have happened: it is read back before it is tried again, where the receiver does not know repeats
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from orders_sync.db.outbox import Payload
from orders_sync.db.texts import clean
from orders_sync.evidence.changes import OrderChange
from orders_wire.detail import FieldError

MOST_REASON = 2000
"""Characters that are kept of why; a receiver may answer anything."""


@dataclass(frozen=True, slots=True)
class Sent:
    note: str | None = None
    made: tuple[int, ...] = ()
    changes: tuple[OrderChange, ...] = ()


@dataclass(frozen=True, slots=True)
class Refused:
    reason: str
    errors: tuple[FieldError, ...] = ()


@dataclass(frozen=True, slots=True)
class Later:
    reason: str
    after_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Begun:
    reason: str
    after_ms: int
    kept: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Undecided:
    reason: str


@dataclass(frozen=True, slots=True)
class Unknown:
    reason: str


Outcome = Sent | Refused | Later | Begun | Undecided | Unknown


_SHORTEST_CUT = 3
"""Characters from which on an operator's note that a receiver repeats is cut out of what it says."""


def storable(outcome: Outcome, sent: Payload) -> Outcome:
    """The same with a text that a database can hold, whatever a receiver said, and without the operator's note that was `sent`:
    what it says goes into alerts, events and logs, from which nothing is erased."""
    note = _note(sent)
    if isinstance(outcome, Sent):
        return outcome if outcome.note is None else replace(outcome, note=_text(outcome.note, note))
    plain = replace(outcome, reason=_text(outcome.reason, note))
    if not isinstance(plain, Refused):
        return plain
    errors = (error.model_copy(update={"message": _text(error.message, note)}) for error in plain.errors)
    return replace(plain, errors=tuple(errors))


def _note(sent: Payload) -> str | None:
    data = sent.get("data", sent)
    note = data.get("note") if isinstance(data, dict) else None
    return note if isinstance(note, str) and len(note) >= _SHORTEST_CUT else None


def _text(said: str, note: str | None) -> str:
    return clean((said if note is None else said.replace(note, "…"))[:MOST_REASON])
