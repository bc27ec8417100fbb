"""The session: what is on show, kept true; what is sent, kept from being lost. Pure asyncio, no screen."""

from orders_tui.session.bulk import BulkRun, Outcome, OutcomeKind
from orders_tui.session.changes import (
    ActionChanged,
    ActionSettled,
    AlertsChanged,
    BulkChanged,
    Change,
    ConnectionChanged,
    CursorMoved,
    DeskLeft,
    DetailChanged,
    Level,
    Notice,
    PageShown,
    PeopleChanged,
    RowsChanged,
    SummaryChanged,
    ViewChanged,
)
from orders_tui.session.log import ActionEntry, ActionState, OrderFailure
from orders_tui.session.session import Session
from orders_tui.session.view import Ghost, PageSpan, RowView, TableView

__all__ = [
    "ActionChanged",
    "ActionEntry",
    "ActionSettled",
    "ActionState",
    "AlertsChanged",
    "BulkChanged",
    "BulkRun",
    "Change",
    "ConnectionChanged",
    "CursorMoved",
    "DeskLeft",
    "DetailChanged",
    "Ghost",
    "Level",
    "Notice",
    "OrderFailure",
    "Outcome",
    "OutcomeKind",
    "PageShown",
    "PageSpan",
    "PeopleChanged",
    "RowView",
    "RowsChanged",
    "Session",
    "SummaryChanged",
    "TableView",
    "ViewChanged",
]
