"""What the lines around the table say, read from the desk and its session."""

from __future__ import annotations

from collections.abc import Sequence

from orders_tui import wording
from orders_tui.context.outcome import changed
from orders_tui.context.screen import SessionObserver
from orders_tui.errors import NotTrusted, Unreachable
from orders_tui.query import chips
from orders_tui.registry import OWN
from orders_tui.screens.desk.layout import DeskLayout
from orders_tui.screens.key_hints import held_label, opens_parcels
from orders_tui.session.bulk import BulkRun
from orders_tui.session.log import ActionState
from orders_tui.widgets.alert_lines import MORE, is_unfolded, rest
from orders_tui.widgets.banner import share
from orders_tui.widgets.query_bar import QueryInfo
from orders_tui.widgets.top_bar import TopInfo
from orders_wire.page import Backfill
from orders_wire.vocabulary import DeskState

COUNTED = frozenset({"order.assign", "order.fulfill", "order.hold", "order.support"})
"""Commands whose hint says how many orders they would hit."""

RETRY_SHOWN_S = 60.0
"""So long the line of keys offers to try again what has failed."""


def top_info(desk: DeskLayout) -> TopInfo:
    """The first line."""
    work, session, now = desk.work, desk.work.session, desk.work.pace.now()
    view, me = desk.view, session.me
    undoables = session.actions.undoables() if session.connection.acts else ()
    until = min((entry.undo_until for entry in undoables if entry.undo_until is not None), default=None)
    waiting = session.actions.unsettled
    alerts = [] if desk.side.display else session.alerts.open(now)
    return TopInfo(
        connection=wording.connection(session.connection, now, work.zone),
        profile=work.config.profile_shown,
        read_only=work.read_only,
        shop=me.shop if me is not None else "",
        name=work.name,
        role=str(me.role) if me is not None else "",
        synced_s=(now - view.as_of).total_seconds() if view.as_of else None,
        frozen=view.frozen,
        marked=len(desk.selection),
        sending=sum(entry.state is ActionState.SENDING for entry in waiting),
        unconfirmed=sum(entry.state is ActionState.UNCONFIRMED for entry in waiting),
        undo=f"{undoables[0].draft.word} {changed(undoables) or ''}".rstrip() if undoables else "",
        undo_s=max(0.0, (until - now).total_seconds()) if until is not None else None,
        mentions=session.mentions.count,
        alerts=len(alerts) + session.alerts.missing if alerts else 0,
        alert=wording.severity(alerts[0].severity) if alerts else None,
        gaps=0 if desk.side.display else len(session.alerts.gaps(now)),
        clock=f"{now.astimezone(wording.zone(work.zone)):%H:%M}",
    )


def undo_keys(desk: DeskLayout) -> str:
    """What is pressed to take back: under a dialog that has other uses for the key, it is closed first."""
    key, top = desk.work.key("action.undo"), desk.app.screen
    return f"esc {key}" if isinstance(top, SessionObserver) and not top.UNDOES else key


def just_failed(runs: Sequence[BulkRun]) -> bool:
    """Whether the newest run has just left orders that can be tried again."""
    return any(run.retryable and run.since_end_s() < RETRY_SHOWN_S for run in runs[-1:])


def query_info(desk: DeskLayout, slow: bool) -> QueryInfo:
    """The line above the table."""
    view, glyphs, work = desk.view, desk.work.glyphs, desk.work
    sort = view.query.sort
    arrow = (glyphs.down if sort.descending else glyphs.up) if sort else ""
    return QueryInfo(
        span=view.span,
        holds=tab_holds(desk),
        chips=chips(view.query.filters),
        narrowed=desk.narrow,
        shown=len(desk.rows()),
        sort=f"{wording.sort_field(sort.by)} {arrow}" if sort else "",
        waiting=view.new_count,
        unread=view.unread,
        loading=slow,
        search_key=work.key("find.search"),
        clear_key=work.key("find.clear"),
        refresh_key=work.key("desk.refresh"),
    )


def tab_holds(desk: DeskLayout) -> str:
    """What stands in the tab, by the server's own times."""
    tab, me = desk.view.query.tab, desk.work.session.me
    return (
        wording.tab_holds(tab, me.tracking_pending_hours, me.delayed_hours)
        if me is not None
        else wording.tab_holds(tab)
    )


def no_rows(desk: DeskLayout) -> tuple[str, ...]:
    """What stands instead of rows."""
    view, key, page = desk.view, desk.work.key, desk.work.session.table.summary
    title = wording.tab(view.query.tab)[0]
    if isinstance(view.problem, Unreachable):
        return _no_server(view.problem, key("desk.refresh"))
    if view.problem is not None:
        return "These orders could not be loaded", str(view.problem), f"{key('desk.refresh')} tries again"
    if desk.narrow and view.rows:
        return f'None of the {len(view.rows)} loaded rows contains "{desk.narrow}"', f"{key('find.clear')} clears it"
    if view.query.filters:
        hint = f"{key('find.clear')} clears it, {key('find.search')} changes it"
        return f"Nothing in {title} matches the filter", hint
    if page is not None and page.desk is not None:
        if page.desk.state is DeskState.NO_SHOP and not any(page.tabs.values()):
            return NO_SHOP
        if page.desk.backfill is not None:
            return _backfill(page.desk.backfill, title)
    holds = tab_holds(desk)
    return f"{title} is empty", f"Its orders: {holds}", "All done here. New orders appear by themselves."


NO_SHOP = (
    "No shop is connected to this server",
    "To connect one, where the server runs: orders-tui init",
    "To look around first: orders-tui demo",
)


def _backfill(backfill: Backfill, title: str) -> tuple[str, ...]:
    count = f"{backfill.done:,} of {backfill.total:,} orders" if backfill.total else "The first orders are on their way"
    return (
        f"The shop's history is being read: {share(backfill) or 'just begun'}",
        count,
        f"{title} fills by itself, newest orders first",
        "orders-tui info says how far it is",
    )


def _no_server(problem: Unreachable, refresh_key: str) -> tuple[str, ...]:
    """Nobody answers: where it was looked for, and what can be done about it."""
    again = f"{refresh_key} tries again; it is tried by itself as well"
    if isinstance(problem, NotTrusted):
        return "The server is not trusted", str(problem), again
    return (
        "No server is in reach",
        str(problem),
        "Start one: orders-tui serve   Name another: orders-tui --server URL",
        "To look around without a shop: orders-tui demo",
        again,
    )


def pane_note(desk: DeskLayout) -> str:
    """The whole text of the alert or gap under the side bar's cursor."""
    if not desk.side.has_focus:
        return ""
    kind, _, alert_id = desk.side.current.partition(":")
    if kind == MORE:
        return rest(desk.alerts_shown(), desk.work.key("desk.refresh"))
    alert = desk.work.session.alerts.find(alert_id) if kind in {"alert", "gap"} else None
    if alert is not None:
        return wording.dated(alert.message, desk.work.pace.now(), desk.work.zone)
    return f"{desk.work.key('go.open')} opens the order" if desk.current_id() and desk.current() is None else ""


def label(desk: DeskLayout, command_id: str) -> str:
    """A hint's word, where it is not the command's own: with the number of orders it would hit, or what it does here."""
    commands = desk.work.keymap.commands
    if (command_id in COUNTED or command_id.startswith(OWN)) and (marked := len(desk.selection)):
        return f"{commands[command_id].label} {marked}"
    if command_id == "order.hold":
        return held_label(desk.current())
    if command_id == "order.fulfill" and opens_parcels(desk.current()):
        return commands["order.tracking"].label
    if command_id == "desk.refresh" and (new := desk.view.new_count):
        return f"show {new} new"
    if command_id == "view.freeze" and desk.view.frozen:
        return "thaw"
    if not desk.side.has_focus:
        return ""
    if command_id == "go.open":
        wanted = desk.work.session.open_alerts.filter
        fold = "fold" if is_unfolded(desk.side.current, desk.side.unfolded, wanted) else "unfold"
        return {"kind": fold, "sku": "hold", "owner": "show all", MORE: "load"}.get(
            desk.side.current.partition(":")[0], "open"
        )
    return {"find.narrow": "which alerts", "go.next_pane": "table", "view.sidebar": "hide"}.get(command_id, "")
