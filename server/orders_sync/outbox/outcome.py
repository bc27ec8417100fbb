"""What can become of an attempt to send something: the words that receivers and the relay share.

`Sent`     the receiver has it; `note`: what people should know of it all the same
`Refused`  the receiver will not have it, however often it is tried
`Later`    nothing happened; it may be tried again, no earlier than `after_ms` from now where the receiver said so
`Unknown`  it may have happened: it is read back before it is tried again, where the receiver cannot tell repeats
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sent:
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    reason: str


@dataclass(frozen=True, slots=True)
class Later:
    reason: str
    after_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Unknown:
    reason: str


Outcome = Sent | Refused | Later | Unknown
