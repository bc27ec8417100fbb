"""What the session tells its observers: small, typed, past tense. They say *that* something changed; the session says what."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from orders_tui.feed import Connection

if TYPE_CHECKING:
    from orders_tui.alerts import Alert
    from orders_tui.session.bulk import BulkRun
    from orders_tui.session.log import ActionEntry


class Level(StrEnum):
    """How loud a notice is."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class PageShown:
    """The rows on show, or their order, are others: read `session.view` anew."""


@dataclass(frozen=True, slots=True)
class RowsChanged:
    """These orders look different, in place."""

    order_ids: frozenset[str]


@dataclass(frozen=True, slots=True)
class ViewChanged:
    """Something around the rows changed: loading, problem, pill, freeze, position, filters."""


@dataclass(frozen=True, slots=True)
class CursorMoved:
    """The cursor stands on another order (or on none)."""

    order_id: str | None


@dataclass(frozen=True, slots=True)
class DetailChanged:
    """The detail of this order came, changed, or could not be had."""

    order_id: str


@dataclass(frozen=True, slots=True)
class SummaryChanged:
    """Metrics, panels or tab counts changed: `session.summary`."""


@dataclass(frozen=True, slots=True)
class PeopleChanged:
    """`session.me` or `session.owners` changed."""


@dataclass(frozen=True, slots=True)
class ConnectionChanged:
    """The state of the line changed."""

    connection: Connection


@dataclass(frozen=True, slots=True)
class AlertsChanged:
    """Open alerts or gaps changed; `toast` is one that needs a person now."""

    toast: Alert | None = None


@dataclass(frozen=True, slots=True)
class ActionChanged:
    """An action moved on (sent, unconfirmed, being undone)."""

    entry: ActionEntry


@dataclass(frozen=True, slots=True)
class ActionSettled:
    """An action has its outcome."""

    entry: ActionEntry


@dataclass(frozen=True, slots=True)
class BulkChanged:
    """A bulk run moved on."""

    run: BulkRun


@dataclass(frozen=True, slots=True)
class DeskLeft:
    """The orders are another desk's now: what was marked among those of the old one means nothing."""


@dataclass(frozen=True, slots=True)
class Notice:
    """A sentence for the operator."""

    level: Level
    text: str


Change = (
    PageShown
    | RowsChanged
    | ViewChanged
    | CursorMoved
    | DetailChanged
    | SummaryChanged
    | PeopleChanged
    | ConnectionChanged
    | AlertsChanged
    | ActionChanged
    | ActionSettled
    | BulkChanged
    | DeskLeft
    | Notice
)
