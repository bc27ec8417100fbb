"""What every screen and dialog works with: the session, and how this operator's terminal shows things."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from orders_tui.config import Config
from orders_tui.context.keyboard import Keyboard
from orders_tui.context.preferences import Preferences
from orders_tui.context.trend import Trend
from orders_tui.glyphs import Glyphs, glyphs
from orders_tui.keymap import Keymap, build
from orders_tui.pace import Pace
from orders_tui.session.protocols import SessionProtocol
from orders_tui.widgets.formatter import Formatter
from orders_wire.vocabulary import Role

if TYPE_CHECKING:
    from orders_wire.people import DeadLettersAnswer, OutboxAnswer


class Outgoing(Protocol):
    """What can be asked of the server about its outbox, and about what it could not read."""

    async def outbox(self) -> OutboxAnswer: ...
    async def outbox_retry(self, entry_id: str) -> None: ...
    async def outbox_discard(self, entry_id: str) -> None: ...
    async def dead_letters(self) -> DeadLettersAnswer: ...
    async def dead_letter_retry(self, letter_id: str) -> None: ...
    async def dead_letter_discard(self, letter_id: str) -> None: ...


@dataclass(slots=True)
class Context:
    """One operator at one terminal."""

    session: SessionProtocol
    config: Config = field(default_factory=Config)
    pace: Pace = field(default_factory=Pace)
    keymap: Keymap = field(default_factory=build)
    preferences: Preferences = field(default_factory=Preferences)
    keyboard: Keyboard = field(default_factory=Keyboard)
    outgoing: Outgoing | None = None
    trend: Trend = field(default_factory=Trend)
    handover: str = ""
    """The note of a handover that was begun."""

    @property
    def glyphs(self) -> Glyphs:
        """The set that this terminal can show."""
        return glyphs(self.config.ascii)

    @property
    def zone(self) -> str:
        """The desk's time zone; UTC until the server has said it."""
        return self.session.me.time_zone if self.session.me is not None else "UTC"

    @property
    def name(self) -> str:
        """The operator's name as the server knows it."""
        return self.session.me.name if self.session.me is not None else self.config.name or ""

    @property
    def role(self) -> Role:
        """What the operator may do; the server has the last word, so until it has spoken nothing is refused here."""
        return self.session.me.role if self.session.me is not None else Role.LEAD

    def formatter(self) -> Formatter:
        """How values read at this moment."""
        return Formatter(self.pace.now(), self.zone, self.glyphs, self.name)

    def reading_only(self) -> str:
        """Why nothing can be sent now: `offline: reading only`."""
        return f"{self.session.connection.state.replace('_', ' ')}: reading only"

    def key(self, command_id: str) -> str:
        """The key that is shown for a command."""
        return self.keymap.key(command_id)
