"""The calm banner: what is wrong with the line or the data, since when, and what can be done. Takes the place of the metrics."""

from __future__ import annotations

from datetime import datetime

from orders_tui import wording
from orders_tui.feed import Connection, LineState
from orders_tui.session.view import View
from orders_tui.widgets.bar import Bar
from orders_tui.widgets.cells import Piece
from orders_tui.wording import Tone

STALE_AFTER_S = 60.0


class Band(Bar):
    """Shown while there is something to say."""

    def show(self, pieces: list[Piece]) -> None:
        """Shows the sentence, or goes."""
        self.display = bool(pieces)
        self.set_pieces(pieces)


def sentence(line: Connection, view: View, now: datetime, zone: str, refresh_key: str) -> list[Piece]:
    """What the band says; nothing while all is well."""
    data = f"data of {wording.instant(view.as_of, now, zone)}" if view.as_of else "no data yet"
    retry = line.retry_in_s(now)
    again = f"next try in {retry:.0f} s, {refresh_key} now" if retry is not None else f"{refresh_key} tries now"
    because = f" · {line.reason}" if line.reason else ""
    match line.state:
        case LineState.OFFLINE:
            since = f" since {wording.instant(line.since, now, zone)}" if line.since else ""
            return [("OFFLINE", "strong"), (f"{since} · {data} · {again} · reading only, drafts are kept", Tone.PLAIN)]
        case LineState.RECONNECTING:
            return [("RECONNECTING", "strong"), (f" · {data} · {again}", Tone.PLAIN)]
        case LineState.SIGNED_OUT:
            return [("SESSION EXPIRED", "strong"), (" · enter signs in again · nothing is lost", Tone.PLAIN)]
        case LineState.SKEWED:
            return [("OTHER VERSION", "strong"), (f"{because} · {data} · reading only, drafts are kept", Tone.PLAIN)]
    if view.problem is not None and view.rows:
        return [("NOT REFRESHED", "strong"), (f" · {view.problem} · {data} · {refresh_key} tries now", Tone.PLAIN)]
    if line.up and view.as_of and (now - view.as_of).total_seconds() > STALE_AFTER_S and not view.frozen:
        return [("STALE", "strong"), (f" · {data} · {refresh_key} asks now", Tone.PLAIN)]
    return []
