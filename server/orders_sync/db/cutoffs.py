"""One instant, and the instants before it that the rules compare with: membership that the clock changes is never stored.

A read takes one `Moment` and uses it throughout, so that its counts and its rows agree.
"""

from __future__ import annotations

from dataclasses import dataclass

from orders_sync.instants import Ms
from orders_sync.rules.thresholds import Thresholds


@dataclass(frozen=True, slots=True)
class Moment:
    """`now`, and what lies a figure before it (contract §1, table of tabs; §6).

    An order is open when `live_at > quiet`; overdue when `due_at < now`, in breach when `due_at <= breach`; its tracking is
    pending when `unnumbered_at < pending`; a parcel is late when `quiet < last_update <= late`.
    """

    now: Ms
    quiet: Ms
    pending: Ms
    late: Ms
    breach: Ms

    @property
    def parameters(self) -> dict[str, int]:
        """The values of `tabs`' parameters."""
        return {
            "now": self.now,
            "quiet": self.quiet,
            "pending": self.pending,
            "late": self.late,
            "breach": self.breach,
        }


def moment(now: Ms, thresholds: Thresholds) -> Moment:
    """The moment `now` under these thresholds."""
    return Moment(
        now=now,
        quiet=Ms(now - thresholds.quiet),
        pending=Ms(now - thresholds.tracking_pending),
        late=Ms(now - thresholds.delayed),
        breach=Ms(now - thresholds.breach),
    )
