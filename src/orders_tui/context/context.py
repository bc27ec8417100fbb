"""What every screen and dialog works with: the session, and how this operator's terminal shows things."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from orders_tui import paths
from orders_tui.config import Config
from orders_tui.context.keyboard import Keyboard
from orders_tui.context.preferences import Preferences
from orders_tui.context.shops import Shops
from orders_tui.context.trend import Trend
from orders_tui.glyphs import Glyphs, glyphs
from orders_tui.keymap import Keymap, build
from orders_tui.pace import Pace
from orders_tui.programs.runner import Runner
from orders_tui.session.protocols import Outgoing, SessionProtocol
from orders_tui.views.folder import ViewFolder
from orders_tui.widgets.first_line import Band
from orders_tui.widgets.formatter import Formatter
from orders_tui.wording.lateness import BREACH_HOURS
from orders_tui.wording.readiness import with_others
from orders_wire.vocabulary import Role

if TYPE_CHECKING:
    from orders_tui.context.customer_orders import Left
    from orders_tui.session.log import ActionEntry
    from orders_wire.orders import Order


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
    shops: Shops | None = None
    trend: Trend = field(default_factory=Trend)
    views: ViewFolder = field(default_factory=ViewFolder)
    packing: Path | None = None
    """Where parcels are kept that were begun; None: nowhere."""
    handover: str = ""
    """The note of a handover that was begun."""
    left: Left | None = None
    """What was in the table before one customer's orders."""
    programs: Runner = field(init=False)
    """Commands of the operator's own, their editor, and what is printed."""

    def __post_init__(self) -> None:
        self.programs = Runner(self.session.read_details, self.pace, partial(paths.prints_folder, self.config))

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

    @property
    def band(self) -> Band:
        """What colours the first line of every screen."""
        return Band.of(self.config)

    @property
    def read_only(self) -> bool:
        """Whether nothing can be changed from here: by `--read-only`, or by the profile."""
        return self.config.read_only

    @property
    def unsettled(self) -> Sequence[ActionEntry]:
        """Actions without an outcome, here and at shops that were left: what quitting now would leave behind."""
        return [*self.session.actions.unsettled, *(self.shops.unsettled if self.shops is not None else ())]

    def formatter(self) -> Formatter:
        """How values read at this moment."""
        me = self.session.me
        breach_hours = me.breach_hours if me is not None else BREACH_HOURS
        present, zone = self.session.present, self.zone
        return Formatter(
            self.pace.now(), zone, self.glyphs, self.name, frozenset(), breach_hours, present, self.together
        )

    def together(self, order: Order) -> str:
        """With which others an order is to be shipped: by their numbers, as far as they are known here."""
        return with_others(order, self.session.table.together(order), self.key("go.customer"))

    def reading_only(self) -> str:
        """Why nothing can be sent now: `offline: reading only`."""
        return f"{self.session.connection.state.replace('_', ' ')}: reading only"

    def key(self, command_id: str) -> str:
        """The key that is shown for a command."""
        return self.glyphs.spell(self.keymap.key(command_id))
