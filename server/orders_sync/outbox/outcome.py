"""What can become of an attempt to send something: the words that receivers and the relay share.

`Sent`     the receiver has it; `note`: what people should know of it all the same; `made`: the fulfilments that it made;
           `changes`: what the shop showed of the order then
`Refused`  the receiver will not have it, however often it is tried; `errors`: what it says against single fields
`Later`    nothing happened; it may be tried again, no earlier than `after_ms` from now where the receiver said so
`Unknown`  it may have happened: it is read back before it is tried again, where the receiver does not know repeats
"""

from __future__ import annotations

from dataclasses import dataclass, replace

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
class Unknown:
    reason: str


Outcome = Sent | Refused | Later | Unknown


def storable(outcome: Outcome) -> Outcome:
    """The same with a text that a database can hold, whatever a receiver said."""
    if isinstance(outcome, Sent):
        return outcome if outcome.note is None else replace(outcome, note=clean(outcome.note[:MOST_REASON]))
    plain = replace(outcome, reason=clean(outcome.reason[:MOST_REASON]))
    if not isinstance(plain, Refused):
        return plain
    errors = (error.model_copy(update={"message": clean(error.message[:MOST_REASON])}) for error in plain.errors)
    return replace(plain, errors=tuple(errors))
