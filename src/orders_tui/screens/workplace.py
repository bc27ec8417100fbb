"""What every screen and dialog works with: the session, and how this operator's terminal shows things."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from math import inf
from typing import TYPE_CHECKING

from orders_tui.config import Config
from orders_tui.glyphs import Glyphs, glyphs
from orders_tui.keymap import Keymap, build
from orders_tui.pace import Pace
from orders_tui.screens.preferences import Preferences
from orders_tui.screens.typed_ahead import TypedAhead
from orders_tui.session import Level, Session
from orders_tui.widgets.order_table.columns import Seen
from orders_wire.vocabulary import Role

if TYPE_CHECKING:
    from orders_tui.screens.outbox import Outgoing


def _no_notice(level: Level, text: str) -> None:
    """Where nobody listens."""


@dataclass(slots=True)
class Workplace:
    """One operator at one terminal. `focused_at`: when the terminal's window was last chosen, in monotonic seconds;
    `enter_gap_s`: between the last two presses of Enter.
    """

    session: Session
    config: Config = field(default_factory=Config)
    pace: Pace = field(default_factory=Pace)
    keymap: Keymap = field(default_factory=build)
    preferences: Preferences = field(default_factory=Preferences)
    typed_ahead: TypedAhead = field(default_factory=TypedAhead)
    outgoing: Outgoing | None = None
    notice: Callable[[Level, str], None] = _no_notice
    focused_at: float = -inf
    enter_gap_s: float = inf
    _enter_at: float = -inf

    def enter_pressed(self, at: float) -> None:
        """Notes an Enter, so that key repeat can be told from a decision."""
        self.enter_gap_s, self._enter_at = at - self._enter_at, at

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

    def seen(self) -> Seen:
        """How values read at this moment."""
        return Seen(self.pace.now(), self.zone, self.glyphs, self.name)

    def key(self, command_id: str) -> str:
        """The key that is shown for a command."""
        return self.keymap.key(command_id)
