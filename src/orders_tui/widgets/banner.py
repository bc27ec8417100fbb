"""The calm banner: what is wrong with connection or data, since when, and what can be done. Takes the place of the metrics."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from orders_tui import wording
from orders_tui.config import TOKEN_VARIABLE
from orders_tui.feed import Connection, ConnectionState
from orders_tui.widgets.bar import Bar
from orders_tui.widgets.cells import fitting

if TYPE_CHECKING:
    from orders_tui.session.view import TableView
    from orders_wire.page import Backfill, Desk

STALE_AFTER_S = 60.0


class Banner(Bar):
    """Shown while there is something to say."""

    def show(self, sentences: list[str]) -> None:
        """Shows the sentences, the first one stressed, as many as there is room for; or goes."""
        self.display = bool(sentences)
        pieces = (
            (f" {self.glyphs.dot} {text}", "banner") if at else (text, "banner-strong")
            for at, text in enumerate(sentences)
        )
        self.set_pieces(fitting(([piece] for piece in pieces), max(self.size.width, self.screen.size.width - 2)))


def sentences(connection: Connection, view: TableView, now: datetime, zone: str, refresh_key: str) -> list[str]:
    """What the banner says, most important first; nothing while all is well."""
    data = f"data of {wording.instant(view.as_of, now, zone)}" if view.as_of else "no data yet"
    retry = connection.retry_in_s(now)
    again = f"next try in {retry:.0f} s, {refresh_key} now" if retry is not None else f"{refresh_key} tries now"
    match connection.state:
        case ConnectionState.OFFLINE:
            since = f" since {wording.instant(connection.since, now, zone)}" if connection.since else ""
            untrusted = [connection.reason] if "certificate" in connection.reason else []
            return [f"OFFLINE{since}", *untrusted, data, again, "reading only", "drafts are kept"]
        case ConnectionState.RECONNECTING:
            return ["RECONNECTING", data, again]
        case ConnectionState.SIGNED_OUT:
            if connection.last_contact is None and view.as_of is None:
                wants = "this server wants a token that it knows"
                return ["SIGN IN", wants, "enter takes one", f"or set {TOKEN_VARIABLE}"]
            return ["SESSION EXPIRED", "enter signs in again", "nothing is lost"]
        case ConnectionState.SKEWED:
            reason = connection.reason or "client and server do not match"
            return ["OTHER VERSION", reason, data, "reading only", "drafts are kept"]
    if view.problem is not None and view.rows:
        return ["NOT REFRESHED", str(view.problem), data, f"{refresh_key} tries now"]
    if connection.up and view.as_of and (now - view.as_of).total_seconds() > STALE_AFTER_S and not view.frozen:
        return ["STALE", data, f"{refresh_key} asks now"]
    return []


def history(desk: Desk | None) -> list[str]:
    """What the banner says while the shop's history is being read: every figure still grows."""
    backfill = desk.backfill if desk is not None else None
    if backfill is None:
        return []
    read = f"{backfill.done:,} of {backfill.total:,} orders" if backfill.total else "the first orders are on their way"
    return [f"READING THE SHOP'S HISTORY {share(backfill)}".rstrip(), read, "counts grow until it is done"]


def share(backfill: Backfill) -> str:
    """`52 %`, rounded down: 100 % is when it has ended; empty while nothing is known."""
    return f"{min(99, 100 * backfill.done // backfill.total)} %" if backfill.total > 0 else ""
