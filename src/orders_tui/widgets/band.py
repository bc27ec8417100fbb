"""The calm banner: what is wrong with the line or the data, since when, and what can be done. Takes the place of the metrics."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from orders_tui import wording
from orders_tui.config import TOKEN_VARIABLE
from orders_tui.feed import Connection, ConnectionState
from orders_tui.widgets.bar import Bar
from orders_tui.widgets.cells import Piece, width

if TYPE_CHECKING:
    from orders_tui.session.view import TableView
    from orders_wire.page import Backfill, Desk

STALE_AFTER_S = 60.0


class Band(Bar):
    """Shown while there is something to say."""

    def show(self, sentences: list[str]) -> None:
        """Shows the sentences, the first one stressed, as many as there is room for; or goes."""
        self.display = bool(sentences)
        pieces: list[Piece] = []
        room = max(self.size.width, self.screen.size.width - 2)
        for number, text in enumerate(sentences):
            piece = f" · {text}" if number else text
            room -= width(piece)
            if room < 0:
                break
            pieces.append((piece, "band" if number else "band-strong"))
        self.set_pieces(pieces)


def sentences(line: Connection, view: TableView, now: datetime, zone: str, refresh_key: str) -> list[str]:
    """What the band says, most important first; nothing while all is well."""
    data = f"data of {wording.instant(view.as_of, now, zone)}" if view.as_of else "no data yet"
    retry = line.retry_in_s(now)
    again = f"next try in {retry:.0f} s, {refresh_key} now" if retry is not None else f"{refresh_key} tries now"
    match line.state:
        case ConnectionState.OFFLINE:
            since = f" since {wording.instant(line.since, now, zone)}" if line.since else ""
            untrusted = [line.reason] if "certificate" in line.reason else []
            return [f"OFFLINE{since}", *untrusted, data, again, "reading only", "drafts are kept"]
        case ConnectionState.RECONNECTING:
            return ["RECONNECTING", data, again]
        case ConnectionState.SIGNED_OUT:
            if line.last_contact is None and view.as_of is None:
                return [
                    "SIGN IN",
                    "this server wants a token that it knows",
                    "enter takes one",
                    f"or set {TOKEN_VARIABLE}",
                ]
            return ["SESSION EXPIRED", "enter signs in again", "nothing is lost"]
        case ConnectionState.SKEWED:
            return [
                "OTHER VERSION",
                line.reason or "client and server do not match",
                data,
                "reading only",
                "drafts are kept",
            ]
    if view.problem is not None and view.rows:
        return ["NOT REFRESHED", str(view.problem), data, f"{refresh_key} tries now"]
    if line.up and view.as_of and (now - view.as_of).total_seconds() > STALE_AFTER_S and not view.frozen:
        return ["STALE", data, f"{refresh_key} asks now"]
    return []


def history(desk: Desk | None) -> list[str]:
    """What the band says while the shop's history is being read: every figure still grows."""
    backfill = desk.backfill if desk is not None else None
    if backfill is None:
        return []
    read = f"{backfill.done:,} of {backfill.total:,} orders" if backfill.total else "the first orders are on their way"
    return [f"READING THE SHOP'S HISTORY {share(backfill)}".rstrip(), read, "counts grow until it is done"]


def share(backfill: Backfill) -> str:
    """`52 %`, rounded down: 100 % is when it has ended; empty while nothing is known."""
    return f"{min(99, 100 * backfill.done // backfill.total)} %" if backfill.total > 0 else ""
