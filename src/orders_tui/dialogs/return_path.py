"""The return machine of contract §3 as a picture: the way, its ends, where a return is, and what can be done next. Pure.

Two lines and a note: the way from left to right; below it the branch that leads from each of the first five states to the
refusal. The present state is in brackets, the states that an allowed action leads to are lit.
"""

from __future__ import annotations

from collections.abc import Sequence

from orders_tui import wording
from orders_tui.glyphs import Glyphs
from orders_tui.widgets.cells import Piece, text_of, width
from orders_tui.wording import Tone
from orders_wire.return_machine import PATH, after
from orders_wire.vocabulary import ReturnAction, ReturnState


def way(at: ReturnState, allowed: Sequence[ReturnAction], glyphs: Glyphs, *, requested: bool = False) -> list[Piece]:
    """The first line. `requested`: a customer asks for it, and nobody has answered."""
    lit = {state for action in allowed if (state := after(at, action)) is not None}
    pieces: list[Piece] = []
    for number, state in enumerate(PATH):
        if number:
            pieces.append((f" {glyphs.arrow} ", Tone.DIM))
        pieces.append(_state(state, at, lit, glyphs, requested=requested))
    return pieces


def branch(at: ReturnState, allowed: Sequence[ReturnAction], glyphs: Glyphs, *, requested: bool = False) -> list[Piece]:
    """The second line: a stem under each state that can be denied, the present one's lit while it is allowed."""
    pieces: list[Piece] = []
    x = drawn = 0
    for number, piece in enumerate(way(at, allowed, glyphs, requested=requested)):
        stem = x + width(text_of([piece])) // 2
        x += width(text_of([piece]))
        state = PATH[number // 2]
        if number % 2 or state is ReturnState.COMPLETED:
            continue
        pieces.append(((glyphs.line if number else " ") * (stem - drawn), "faint"))
        lit = state is at and ReturnAction.DENY in allowed
        pieces.append((glyphs.tee if number else glyphs.corner, Tone.ACTIVE if lit else "faint"))
        drawn = stem + 1
    possible = {ReturnState.DENIED} if ReturnAction.DENY in allowed else set()
    return [*pieces, (f"{glyphs.line}{glyphs.arrow} ", "faint"), _state(ReturnState.DENIED, at, possible, glyphs)]


def note(at: ReturnState, glyphs: Glyphs) -> list[Piece]:
    """The third line: the end that no action here leads to."""
    return [_state(ReturnState.CANCELLED, at, set(), glyphs), ("  only in the shop itself", "faint")]


def _state(
    state: ReturnState, at: ReturnState, lit: set[ReturnState], glyphs: Glyphs, *, requested: bool = False
) -> Piece:
    sign = wording.return_state(state, requested=requested and state is at)
    text = f"{sign.mark(glyphs.ascii_only)} {sign.short}"
    if state is at:
        return f"[{text}]", "badge"
    return text, Tone.ACTIVE if state in lit else Tone.DIM
