"""What every screen and dialog works with: the session, and how this operator's terminal shows things."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from orders_tui.config import Config
from orders_tui.glyphs import Glyphs, glyphs
from orders_tui.keymap import Keymap, build
from orders_tui.pace import Pace
from orders_tui.screens.keyboard import Keyboard
from orders_tui.screens.preferences import Preferences
from orders_tui.screens.trend import Trend
from orders_tui.session import Session
from orders_tui.widgets.formatter import Formatter
from orders_wire.vocabulary import Role

if TYPE_CHECKING:
    from orders_tui.screens.outbox import Outgoing


@dataclass(slots=True)
class Workplace:
    """One operator at one terminal."""

    session: Session
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
