"""What the session publishes to its observers, past tense. A change says *that* something is different; the session says what."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from orders_tui.feed import Connection

if TYPE_CHECKING:
    from orders_tui.alerts import Alert
    from orders_tui.programs.runner import Run
    from orders_tui.session.bulk import BulkRun
    from orders_tui.session.log import ActionEntry
    from orders_tui.session.slip import Slip


class Level(StrEnum):
    """How loud a notice is."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class Change:
    """Something changed."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class PageShown(Change):
    """The rows on show, or their order, are others: read `session.table.view` anew."""


@dataclass(frozen=True, slots=True)
class RowsChanged(Change):
    """These orders look different, in place."""

    order_ids: frozenset[str]


@dataclass(frozen=True, slots=True)
class ViewChanged(Change):
    """Something around the rows changed: loading, problem, pill, freeze, position, filters."""


@dataclass(frozen=True, slots=True)
class CursorMoved(Change):
    """The cursor stands on another order (or on none)."""

    order_id: str | None


@dataclass(frozen=True, slots=True)
class DetailChanged(Change):
    """The detail of this order came, changed, or could not be had."""

    order_id: str


@dataclass(frozen=True, slots=True)
class SummaryChanged(Change):
    """Metrics, panels or tab counts changed: `session.table.summary`."""


@dataclass(frozen=True, slots=True)
class PeopleChanged(Change):
    """`session.me` or `session.owners` changed."""


@dataclass(frozen=True, slots=True)
class MentionsChanged(Change):
    """Other mentions than before are unread: `session.mentions`."""


@dataclass(frozen=True, slots=True)
class PresenceChanged(Change):
    """Somebody else came to these orders, left them, or does something else there: `session.present`."""

    order_ids: frozenset[str]


@dataclass(frozen=True, slots=True)
class ConnectionChanged(Change):
    """The state of the connection changed. `page_follows`: a page is being fetched because of it."""

    connection: Connection
    page_follows: bool = False


@dataclass(frozen=True, slots=True)
class AlertsChanged(Change):
    """Open alerts or gaps changed; `toast` is one that needs a person now. `page_follows`: a page is fetched because of it."""

    toast: Alert | None = None
    page_follows: bool = False


@dataclass(frozen=True, slots=True)
class ActionChanged(Change):
    """An action moved on (sent, unconfirmed, being undone)."""

    entry: ActionEntry


@dataclass(frozen=True, slots=True)
class ActionSettled(Change):
    """An action has its outcome."""

    entry: ActionEntry


@dataclass(frozen=True, slots=True)
class BulkChanged(Change):
    """A bulk run moved on."""

    run: BulkRun


@dataclass(frozen=True, slots=True)
class SlipRead(Change):
    """The order of the open parcel was read again; without a `slip` the server has it no more, and says why."""

    order_id: str
    slip: Slip | None
    why: str = ""


@dataclass(frozen=True, slots=True)
class ProgramChanged(Change):
    """A command of the operator's own moved on."""

    run: Run


@dataclass(frozen=True, slots=True)
class DeskLeft(Change):
    """The orders are another desk's now: what was marked among those of the old one means nothing."""


@dataclass(frozen=True, slots=True)
class Notice(Change):
    """A sentence for the operator."""

    level: Level
    text: str
