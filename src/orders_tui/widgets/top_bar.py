"""The first line: which desk this is, who works on it, how fresh it is, what is marked, on its way, or can be undone."""

from __future__ import annotations

from dataclasses import dataclass

from orders_tui import wording
from orders_tui.widgets.cells import Piece, clip, length
from orders_tui.widgets.first_line import FirstLine
from orders_tui.wording import Sign, Tone

GAP = "   "
FROZEN = Sign("‖", "=", "frozen", "frozen", Tone.WARN)
SINCE = 5
"""Cells of how long ago, so that the clock stays where it is."""


@dataclass(frozen=True, slots=True)
class TopInfo:
    """What the line says. `synced_s` is the age of what is on show; `undo` names what can be taken back for `undo_s` seconds.

    `mentions` are the unread ones; `alerts` and `gaps` those that nothing else on the screen shows; `alert` is the sign of
    the worst.
    """

    connection: Sign
    profile: str = ""
    shop: str = ""
    name: str = ""
    role: str = ""
    synced_s: float | None = None
    read_only: bool = False
    frozen: bool = False
    marked: int = 0
    sending: int = 0
    unconfirmed: int = 0
    undo: str = ""
    undo_s: float | None = None
    mentions: int = 0
    alerts: int = 0
    alert: Sign | None = None
    gaps: int = 0
    clock: str = ""


class TopBar(FirstLine):
    """Draws a `TopInfo` behind the word of the band."""

    def show(self, info: TopInfo, ascii_only: bool, undo_key: str) -> None:
        """Shows how things stand now; where room is short, what matters least gives way, never which desk it is."""
        who = _who(info, self.narrow, self.glyphs.dot, self.ellipsis)
        groups = _state(info, self.narrow, ascii_only, undo_key, self.glyphs.dot)
        room = self.size.width - length(self.band.pieces) - length(who) - len(GAP)
        for least in GIVE_WAY:
            if length(_joined(groups)) > room:
                groups.pop(least, None)
        right = _joined(groups)
        self.set_pieces(who if length(right) <= room else [], right)


GIVE_WAY = ("clock", "gaps", "alerts", "mentions", "unconfirmed", "sending", "frozen")
"""Parts of the right side, from what matters least on; the others always stay."""


def _joined(groups: dict[str, list[Piece]]) -> list[Piece]:
    return [piece for group in groups.values() for piece in [(GAP, Tone.PLAIN), *group]][1:]


def _who(info: TopInfo, narrow: bool, dot: str, ellipsis: str) -> list[Piece]:
    pieces: list[Piece] = [(f"{info.profile}: ", Tone.PLAIN)] if info.profile else []
    if info.shop:
        pieces.append((clip(info.shop.removesuffix(".myshopify.com"), 16 if narrow else 40, ellipsis), "strong"))
    if info.name:
        pieces.append((f" {dot} {info.name}" if info.shop else info.name, Tone.PLAIN))
    if info.role and not narrow:
        pieces.append((f" ({info.role})", Tone.DIM))
    return pieces


def _state(info: TopInfo, narrow: bool, ascii_only: bool, undo_key: str, dot: str) -> dict[str, list[Piece]]:
    """The right side by part, without those that have nothing to say."""
    groups: dict[str, list[Piece]] = {}
    if info.read_only:
        groups["read only"] = [("read only", Tone.WARN)]
    if info.frozen:
        groups["frozen"] = [(f"{FROZEN.mark(ascii_only)} {FROZEN.word}", FROZEN.tone)]
    if info.undo and info.undo_s is not None:
        what = "undo" if narrow else f"undo {info.undo}"
        groups["undo"] = [(f"{undo_key} ", "key"), (what, Tone.PLAIN), (f" {wording.left(info.undo_s)}", Tone.WARN)]
    if info.sending:
        groups["sending"] = [(f"{info.sending} sending", Tone.ACTIVE)]
    if info.unconfirmed:
        groups["unconfirmed"] = [(f"{info.unconfirmed} {'unconf.' if narrow else 'unconfirmed'}", Tone.WARN)]
    if info.mentions:
        groups["mentions"] = [("@me", "strong"), (f" {info.mentions}", Tone.ACTIVE)]
    if info.alerts and info.alert is not None:
        words = "" if narrow else " alerts" if info.alerts > 1 else " alert"
        groups["alerts"] = [(f"{info.alert.mark(ascii_only)} {info.alerts}{words}", info.alert.tone)]
    if info.gaps:
        groups["gaps"] = [(f"{info.gaps} {'' if narrow else 'data '}gap{'s' if info.gaps > 1 else ''}", Tone.WARN)]
    if info.marked:
        groups["marked"] = [(f" {info.marked} marked ", "badge")]
    sign = info.connection
    synced = "" if info.synced_s is None else f" {dot} {'' if narrow else 'synced '}{since(info.synced_s):<{SINCE}}"
    word = f"{sign.mark(ascii_only)} {sign.short if narrow else sign.word}"
    groups["connection"] = [(word, sign.tone), (synced, Tone.DIM)]
    if info.clock:
        groups["clock"] = [(info.clock, Tone.DIM)]
    return groups


def since(seconds: float) -> str:
    """How long ago, in steps that do not fidget: `now`, `10 s`, `2 min`, `3 h`."""
    if seconds < 5:
        return "now"
    if seconds < 60:
        return f"{int(seconds // 5) * 5} s"
    return f"{int(seconds // 60)} min" if seconds < 5400 else f"{round(seconds / 3600)} h"
