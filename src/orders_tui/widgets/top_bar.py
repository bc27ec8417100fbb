"""The first line: which desk this is, who works on it, how fresh it is, what is marked, on its way, or can be undone."""

from __future__ import annotations

from dataclasses import dataclass

from orders_tui.widgets.bar import Bar
from orders_tui.widgets.cells import Piece, clip
from orders_tui.wording import Sign, Tone

PRODUCTION = frozenset({"prod", "production", "live"})
NARROW = 100


@dataclass(frozen=True, slots=True)
class TopInfo:
    """What the line says. `synced_s` is the age of what is on show; `undo` names what can be taken back for `undo_s` seconds."""

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
    clock: str = ""


class TopBar(Bar):
    """Draws a `TopInfo`."""

    def show(self, info: TopInfo, ascii_only: bool, undo_key: str) -> None:
        """Shows how things stand now."""
        narrow = self.size.width < NARROW
        self.set_pieces(_who(info, narrow), _state(info, narrow, ascii_only, undo_key))


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


def _state(info: TopInfo, narrow: bool, ascii_only: bool, undo_key: str) -> list[Piece]:
    pieces: list[Piece] = []
    if info.frozen:
        pieces += [("frozen", Tone.WARN), ("   ", Tone.PLAIN)]
    if info.undo and info.undo_s is not None:
        what = "undo" if narrow else f"undo {info.undo}"
        pieces += [
            (f"{undo_key} ", "key"),
            (what, Tone.PLAIN),
            (f" {info.undo_s:.0f} s", Tone.WARN),
            ("   ", Tone.PLAIN),
        ]
    if info.sending:
        pieces += [(f"{info.sending} sending", Tone.ACTIVE), ("   ", Tone.PLAIN)]
    if info.unconfirmed:
        pieces += [(f"{info.unconfirmed} unconfirmed", Tone.WARN), ("   ", Tone.PLAIN)]
    if info.marked:
        pieces += [(f"{info.marked} marked", "badge"), ("   ", Tone.PLAIN)]
    pieces.append((f"{info.line.mark(ascii_only)} {info.line.short if narrow else info.line.word}", info.line.tone))
    if info.synced_s is not None:
        pieces.append((f" · {'' if narrow else 'synced '}{since(info.synced_s)}", Tone.DIM))
    return [*pieces, (f"   {info.clock}", Tone.DIM)]


def since(seconds: float) -> str:
    """How long ago, in steps that do not fidget: `now`, `10 s`, `2 min`, `3 h`."""
    if seconds < 5:
        return "now"
    if seconds < 60:
        return f"{int(seconds // 5) * 5} s"
    return f"{int(seconds // 60)} min" if seconds < 5400 else f"{round(seconds / 3600)} h"
