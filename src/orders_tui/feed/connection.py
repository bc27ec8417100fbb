"""The state of the connection to the server, always on screen: live, polling, reconnecting in n s, offline since."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from orders_tui.backoff import reconnect_delay_s
from orders_tui.errors import ApiError, Refused, SignInNeeded, VersionSkew
from orders_tui.pace import Pace, wait_for

_DECLARED_AFTER_S = 3.0
_SIGNED_OUT_RETRY_S = 30.0
_SKEWED_RETRY_S = 60.0
_LONGEST_ASKED_S = 60.0


class ConnectionState(StrEnum):
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

    state: ConnectionState = ConnectionState.CONNECTING
    since: datetime | None = None
    last_contact: datetime | None = None
    retry_at: datetime | None = None
    reason: str = ""

    @property
    def up(self) -> bool:
        """True while the server answers, by stream or by poll."""
        return self.state in {ConnectionState.LIVE, ConnectionState.POLLING}

    @property
    def acts(self) -> bool:
        """False while actions are refused (and drafts kept): declared offline, signed out, or another version."""
        return self.state not in {ConnectionState.OFFLINE, ConnectionState.SIGNED_OUT, ConnectionState.SKEWED}

    def retry_in_s(self, now: datetime) -> float | None:
        """Seconds until the next attempt, at least 0; None when none is planned."""
        return None if self.retry_at is None else max(0.0, (self.retry_at - now).total_seconds())


class ConnectionTracker:
    """`connection` is the state now; `up`, `lost` and `failed` move it on."""

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self._poked = asyncio.Event()
        self._last_contact: datetime | None = None
        self._lost_at: float | None = None
        self._attempt = 0
        self._state = Connection(since=pace.now())
        self.asked_s: float | None = None

    @property
    def connection(self) -> Connection:
        """The state with the newest contact."""
        return replace(self._state, last_contact=self._last_contact)

    def contact(self) -> None:
        """Any byte came."""
        self._last_contact = self._pace.now()

    def up(self, state: ConnectionState, reason: str = "") -> Connection:
        """The server answers, by stream or by poll."""
        self.contact()
        self._lost_at, self._attempt = None, 0
        if (self._state.state, self._state.reason) != (state, reason):
            self._state = Connection(state, self._pace.now(), reason=reason)
        return self.connection

    def lost(self, reason: str) -> Connection:
        """Contact broke off: it is tried again almost at once."""
        self._lost_at = self._pace.monotonic()
        state, retry_at = ConnectionState.RECONNECTING, self._plan(0.0)
        self._state = Connection(state, self._pace.now(), retry_at=retry_at, reason=reason)
        return self.connection

    def failed(self, error: ApiError) -> Connection:
        """An attempt brought nothing."""
        known = self._state.state in {ConnectionState.CONNECTING, ConnectionState.OFFLINE}
        if self._lost_at is None:
            self._lost_at = self._pace.monotonic()
        outage_s = self._pace.monotonic() - self._lost_at
        state = _state_after(error, declared=known or outage_s >= _DECLARED_AFTER_S)
        since = self._since(state)
        self._attempt += 1
        self._state = Connection(state, since, retry_at=self._plan(outage_s, error), reason=str(error))
        return self.connection

    async def wait(self, seconds: float | None = None) -> None:
        """Until the planned attempt (or so many seconds), or until poked."""
        if seconds is None:
            seconds = self.connection.retry_in_s(self._pace.now()) or 0.0
        try:
            await wait_for(self._poked, seconds)
        finally:
            self._poked.clear()

    def poke(self) -> None:
        """Ends a wait now."""
        self._poked.set()

    def _since(self, state: ConnectionState) -> datetime | None:
        if state is self._state.state:
            return self._state.since
        if state is ConnectionState.OFFLINE and self._last_contact is not None:
            return self._last_contact
        return self._pace.now()

    def _plan(self, outage_s: float, error: ApiError | None = None) -> datetime:
        wait_s = reconnect_delay_s(self._attempt, outage_s, self._pace.random(), self.asked_s)
        if isinstance(error, SignInNeeded):
            wait_s = _SIGNED_OUT_RETRY_S
        if isinstance(error, VersionSkew):
            wait_s = _SKEWED_RETRY_S
        if isinstance(error, Refused) and error.retry_after_s:
            wait_s = max(wait_s, min(error.retry_after_s, _LONGEST_ASKED_S))
        return self._pace.now() + timedelta(seconds=wait_s)


def _state_after(error: ApiError, *, declared: bool) -> ConnectionState:
    if isinstance(error, SignInNeeded):
        return ConnectionState.SIGNED_OUT
    if isinstance(error, VersionSkew):
        return ConnectionState.SKEWED
    return ConnectionState.OFFLINE if declared else ConnectionState.RECONNECTING
