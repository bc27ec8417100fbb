"""The first line: which desk this is, who works on it, how fresh it is, what is marked, on its way, or can be undone."""

from __future__ import annotations

from dataclasses import dataclass

from orders_tui.widgets.bar import Bar
from orders_tui.widgets.cells import Piece, clip, length
from orders_tui.wording import Sign, Tone

PRODUCTION = frozenset({"prod", "production", "live"})
GAP = "   "


@dataclass(frozen=True, slots=True)
class TopInfo:
    """What the line says. `synced_s` is the age of what is on show; `undo` names what can be taken back for `undo_s` seconds.

    `alerts` and `gaps` are those that nothing else on the screen shows; `alert` is the sign of the worst.
    """

    connection: Sign
    environment: str = ""
    shop: str = ""
    name: str = ""
    role: str = ""
    synced_s: float | None = None
    frozen: bool = False
    marked: int = 0
    sending: int = 0
    unconfirmed: int = 0
    undo: str = ""
    undo_s: float | None = None
    alerts: int = 0
    alert: Sign | None = None
    gaps: int = 0
    clock: str = ""


class TopBar(Bar):
    """Draws a `TopInfo`."""

    def show(self, info: TopInfo, ascii_only: bool, undo_key: str) -> None:
        """Shows how things stand now; where room is short, what matters least gives way, never which desk it is."""
        who = _who(info, self.narrow)
        groups = _state(info, self.narrow, ascii_only, undo_key)
        room = self.size.width - length(who) - len(GAP)
        for least in GIVE_WAY:
            if length(_joined(groups)) > room:
                groups.pop(least, None)
        right = _joined(groups)
        self.set_pieces(who if length(right) <= room else who[:2], right)


GIVE_WAY = ("clock", "gaps", "alerts", "unconfirmed", "sending", "frozen")
"""Parts of the right side, from what matters least on; the others always stay."""


def _joined(groups: dict[str, list[Piece]]) -> list[Piece]:
    return [piece for group in groups.values() for piece in [(GAP, Tone.PLAIN), *group]][1:]


def _who(info: TopInfo, narrow: bool) -> list[Piece]:
    pieces: list[Piece] = []
    if info.environment:
        alarming = info.environment.casefold() in PRODUCTION
        pieces += [(f" {info.environment} ", "alarm" if alarming else "badge"), (" ", Tone.PLAIN)]
    if info.shop:
        pieces.append((clip(info.shop.removesuffix(".myshopify.com"), 16 if narrow else 40, "…"), "strong"))
    if info.name:
        pieces.append((f" · {info.name}" if info.shop else info.name, Tone.PLAIN))
    if info.role and not narrow:
        pieces.append((f" ({info.role})", Tone.DIM))
    return pieces


def _state(info: TopInfo, narrow: bool, ascii_only: bool, undo_key: str) -> dict[str, list[Piece]]:
    """The right side by part, without those that have nothing to say."""
    sign = info.connection
    connection = f"{sign.mark(ascii_only)} {sign.short if narrow else sign.word}"
    synced = "" if info.synced_s is None else f" · {'' if narrow else 'synced '}{since(info.synced_s)}"
    gaps = f"{info.gaps} {'' if narrow else 'data '}gap{'s' if info.gaps > 1 else ''}"
    unconfirmed = "unconf." if narrow else "unconfirmed"
    groups: dict[str, list[Piece]] = {
        "frozen": [(f"{'=' if ascii_only else '‖'} frozen", Tone.WARN)] if info.frozen else [],
        "undo": _undo(info, narrow, undo_key),
        "sending": [(f"{info.sending} sending", Tone.ACTIVE)] if info.sending else [],
        "unconfirmed": [(f"{info.unconfirmed} {unconfirmed}", Tone.WARN)] if info.unconfirmed else [],
        "alerts": _alerts(info, narrow, ascii_only),
        "gaps": [(gaps, Tone.WARN)] if info.gaps else [],
        "marked": [(f" {info.marked} marked ", "badge")] if info.marked else [],
        "connection": [(connection, sign.tone), (synced, Tone.DIM)],
        "clock": [(info.clock, Tone.DIM)] if info.clock else [],
    }
    return {part: group for part, group in groups.items() if group}


def _undo(info: TopInfo, narrow: bool, key: str) -> list[Piece]:
    if not info.undo or info.undo_s is None:
        return []
    what = "undo" if narrow else f"undo {info.undo}"
    return [(f"{key} ", "key"), (what, Tone.PLAIN), (f" {info.undo_s:.0f} s", Tone.WARN)]


def _alerts(info: TopInfo, narrow: bool, ascii_only: bool) -> list[Piece]:
    if not info.alerts or info.alert is None:
        return []
    words = "" if narrow else " alerts" if info.alerts > 1 else " alert"
    return [(f"{info.alert.mark(ascii_only)} {info.alerts}{words}", info.alert.tone)]


def since(seconds: float) -> str:
    """How long ago, in steps that do not fidget: `now`, `10 s`, `2 min`, `3 h`."""
    if seconds < 5:
        return "now"
    if seconds < 60:
        return f"{int(seconds // 5) * 5} s"
    return f"{int(seconds // 60)} min" if seconds < 5400 else f"{round(seconds / 3600)} h"
