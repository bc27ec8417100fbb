"""The instants that the rules compare with: membership that the clock changes is never stored.

A read takes one `Cutoffs` and uses it throughout, so that its counts and its rows agree.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from orders_sync.instants import HOUR, Ms
from orders_sync.rules.thresholds import Thresholds

DUE_SOON = 2 * HOUR


@dataclass(frozen=True)
class Cutoffs:
    """`now`, and what lies a threshold before it, or soon after it (contract §1, table of tabs; §6).

    An order is open when `live_at > quiet`; overdue when `due_at < now`, in breach when `due_at <= breach`; its tracking is
    pending when `unnumbered_at < pending`; a parcel is late when `quiet < last_update <= late`. An order is due soon when
    `now <= due_at < soon`.
    """

    now: Ms
    quiet: Ms
    pending: Ms
    late: Ms
    breach: Ms
    soon: Ms

    @classmethod
    def at(cls, now: Ms, thresholds: Thresholds) -> Self:
        """The cutoffs of the instant `now` under these thresholds."""
        return cls(
            now=now,
            quiet=Ms(now - thresholds.quiet),
            pending=Ms(now - thresholds.tracking_pending),
            late=Ms(now - thresholds.delayed),
            breach=Ms(now - thresholds.breach),
            soon=Ms(now + DUE_SOON),
        )

    @property
    def parameters(self) -> dict[str, Ms]:
        """The values of `tabs`' parameters."""
        return vars(self)
