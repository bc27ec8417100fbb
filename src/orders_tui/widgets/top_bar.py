"""The first line: which desk this is, who works on it, how fresh it is, what is marked, on its way, or can be undone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from orders_tui.widgets.bar import Bar
from orders_tui.widgets.cells import Piece, clip, width
from orders_tui.wording import Sign, Tone

PRODUCTION = frozenset({"prod", "production", "live"})
NARROW = 100
GAP = "   "


@dataclass(frozen=True, slots=True)
class TopInfo:
    """What the line says. `synced_s` is the age of what is on show; `undo` names what can be taken back for `undo_s` seconds.

    `alerts` and `gaps` are those that nothing else on the screen shows; `alert` is the sign of the worst.
    """

    line: Sign
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
        narrow = self.size.width < NARROW
        who = _who(info, narrow)
        groups = _state(info, narrow, ascii_only, undo_key)
        room = self.size.width - sum(width(text) for text, _ in who) - len(GAP)
        for least in GIVE_WAY:
            if _cells(groups) > room:
                groups.pop(least, None)
        if _cells(groups) > room:
            who = who[:2]
        self.set_pieces(who, [piece for at, group in enumerate(groups.values()) for piece in _apart(group, at)])


class Part(Enum):
    """What the right side consists of."""

    FROZEN = "frozen"
    UNDO = "undo"
    SENDING = "sending"
    UNCONFIRMED = "unconfirmed"
    ALERTS = "alerts"
    GAPS = "gaps"
    MARKED = "marked"
    LINE = "line"
    CLOCK = "clock"


GIVE_WAY = (Part.CLOCK, Part.GAPS, Part.ALERTS, Part.UNCONFIRMED, Part.SENDING, Part.FROZEN)


def _cells(groups: Mapping[Part, Sequence[Piece]]) -> int:
    return sum(width(text) for group in groups.values() for text, _ in group) + len(GAP) * max(0, len(groups) - 1)


def _apart(group: Sequence[Piece], at: int) -> Sequence[Piece]:
    return [(GAP, Tone.PLAIN), *group] if at else group


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


def _state(info: TopInfo, narrow: bool, ascii_only: bool, undo_key: str) -> dict[Part, list[Piece]]:
    line = f"{info.line.mark(ascii_only)} {info.line.short if narrow else info.line.word}"
    synced = "" if info.synced_s is None else f" · {'' if narrow else 'synced '}{since(info.synced_s)}"
    unconfirmed = "unconf." if narrow else "unconfirmed"
    groups: dict[Part, list[Piece]] = {
        Part.FROZEN: [(f"{'=' if ascii_only else '‖'} frozen", Tone.WARN)] if info.frozen else [],
        Part.UNDO: _undo(info, narrow, undo_key),
        Part.SENDING: [(f"{info.sending} sending", Tone.ACTIVE)] if info.sending else [],
        Part.UNCONFIRMED: [(f"{info.unconfirmed} {unconfirmed}", Tone.WARN)] if info.unconfirmed else [],
        Part.ALERTS: _alerts(info, narrow, ascii_only),
        Part.GAPS: [(_gaps(info.gaps, narrow), Tone.WARN)] if info.gaps else [],
        Part.MARKED: [(f" {info.marked} marked ", "badge")] if info.marked else [],
        Part.LINE: [(line, info.line.tone), (synced, Tone.DIM)],
        Part.CLOCK: [(info.clock, Tone.DIM)] if info.clock else [],
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


def _gaps(count: int, narrow: bool) -> str:
    return f"{count} {'' if narrow else 'data '}gap{'s' if count > 1 else ''}"


def since(seconds: float) -> str:
    """How long ago, in steps that do not fidget: `now`, `10 s`, `2 min`, `3 h`."""
    if seconds < 5:
        return "now"
    if seconds < 60:
        return f"{int(seconds // 5) * 5} s"
    return f"{int(seconds // 60)} min" if seconds < 5400 else f"{round(seconds / 3600)} h"
