"""The state of the line to the server, always on screen: live, polling, reconnecting in n s, offline since."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class LineState(StrEnum):
    """`connecting`: never been there yet. `reconnecting`: just lost, trying. `offline`: tried and failed; declared."""

    CONNECTING = "connecting"
    LIVE = "live"
    POLLING = "polling"
    RECONNECTING = "reconnecting"
    OFFLINE = "offline"
    SIGNED_OUT = "signed_out"
    SKEWED = "skewed"


@dataclass(frozen=True, slots=True)
class Connection:
    """`since` is when this state began (offline: when the last contact was lost); `retry_at` when the next attempt starts;
    `reason` a short sentence for people (why it polls, why it is offline).
    """

    state: LineState = LineState.CONNECTING
    since: datetime | None = None
    last_contact: datetime | None = None
    retry_at: datetime | None = None
    reason: str = ""

    @property
    def up(self) -> bool:
        """True while the server is heard, by stream or by poll."""
        return self.state in {LineState.LIVE, LineState.POLLING}

    @property
    def acts(self) -> bool:
        """False while actions are refused (and drafts kept): declared offline, signed out, or another version."""
        return self.state not in {LineState.OFFLINE, LineState.SIGNED_OUT, LineState.SKEWED}

    def retry_in_s(self, now: datetime) -> float | None:
        """Seconds until the next attempt, at least 0; None when none is planned."""
        return None if self.retry_at is None else max(0.0, (self.retry_at - now).total_seconds())
