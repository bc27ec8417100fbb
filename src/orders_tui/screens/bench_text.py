"""What the bench says: the parcel line by line, what was begun, what is scanned next. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from orders_tui import wording
from orders_tui.glyphs import Glyphs
from orders_tui.packing.bench import Bench, Stage
from orders_tui.packing.folder import Begun
from orders_tui.packing.lines import PackLine
from orders_tui.packing.parcel import OpenParcel
from orders_tui.packing.words import WORDS
from orders_tui.widgets.cells import Piece, column
from orders_tui.widgets.line_list import Line
from orders_tui.wording import Tone

NAME, TITLE = 20, 36
"""Cells for a SKU and a title, at most."""
MOST_CHANGES = 4
NEXT = {
    Stage.SLIP: "scan the slip",
    Stage.OPENING: "reading the order",
    Stage.ITEMS: "scan the items",
    Stage.LABEL: "complete: scan the label",
    Stage.SENDING: "sending",
}


def count(parcel: OpenParcel | None) -> str:
    """`3 / 5`; empty where nothing is open."""
    return f"{parcel.count} / {parcel.total}" if parcel is not None else ""


def next_step(bench: Bench) -> list[Piece]:
    """What is to be done now."""
    parcel, waiting = bench.parcel, len(bench.waiting)
    words, tone = NEXT[bench.stage], Tone.GOOD if bench.stage is Stage.LABEL else Tone.ACTIVE
    if parcel is not None and bench.stage is Stage.ITEMS and not parcel.packable:
        words, tone = "nothing of it can be packed now: esc puts it aside", Tone.BAD
    elif parcel is not None and bench.stage is Stage.ITEMS and not parcel.total:
        words, tone = "all is left owed: nothing is to be sent; - takes it back, esc puts it aside", Tone.WARN
    elif parcel is not None and parcel.changes:
        words, tone = "read what changed, enter confirms it", Tone.WARN
    elif parcel is not None and parcel.number and bench.stage is Stage.LABEL:
        words, tone = f"label {parcel.number} waits to be sent", Tone.WARN
    wait = f"  {waiting} scan{'s wait' if waiting > 1 else ' waits'}" if waiting else ""
    return [(words, tone), (wait, Tone.WARN)]


def alarm(bench: Bench, sign: str) -> str:
    """What is wrong, and what came meanwhile."""
    missed = bench.missed
    came = (
        f"; {missed} scan{'s' if missed > 1 else ''} came meanwhile and {'were' if missed > 1 else 'was'} not counted"
    )
    return f"{sign} {bench.alarm}\nesc goes on{came if missed else ''}"


def changes(parcel: OpenParcel | None) -> str:
    """What has changed since the parcel was opened, and how that is confirmed."""
    if parcel is None or not parcel.changes:
        return ""
    confirm = "enter confirms it, then the label" if parcel.packable else "nothing can be packed now"
    shown, more = parcel.changes[:MOST_CHANGES], len(parcel.changes) - MOST_CHANGES
    rest = (f"and {more} more: the lines below say how it is now",) if more > 0 else ()
    return "\n".join((f"{parcel.order_number} changed: {confirm}", *shown, *rest))


def first_by_hand(parcel: OpenParcel) -> str | None:
    """The first line that no scanner can count."""
    return next((line.id for line in parcel.lines if not line.barcode and parcel.room(line) > 0), None)


def lines_of(parcel: OpenParcel, glyphs: Glyphs) -> list[Line]:
    """The lines that owe something: those that miss something, those that are packed, those of which nothing is."""
    lines = sorted(parcel.lines, key=lambda line: (parcel.room(line) == 0, not parcel.packed(line)))
    names = column((line.sku or glyphs.nothing for line in lines), NAME)
    titles = column((line.title for line in lines), TITLE)
    made: list[Line] = []
    for line, name, title in zip(lines, names, titles, strict=True):
        made.append(Line(line.id, tuple(_line(parcel, line, name, title, glyphs))))
        if line.details:
            made.append(
                Line(f"{line.id} details", ((f"{'':12}{line.details}", Tone.PLAIN),), choosable=False, below=True)
            )
    return made


def _line(parcel: OpenParcel, line: PackLine, name: str, title: str, glyphs: Glyphs) -> Iterator[Piece]:
    packed, short, room = parcel.packed(line), parcel.short(line), parcel.room(line)
    full = room == 0
    tone = Tone.DIM if full and not packed else Tone.GOOD if full else Tone.BAD if room < 0 else Tone.ACTIVE
    yield f"{glyphs.done if full and packed else glyphs.failed if room < 0 else ' '} ", tone
    yield f"{packed:>3} / {line.sendable - short:<3} ", tone
    yield f"{name}  ", Tone.DIM if full else "strong"
    yield title, Tone.DIM if full else Tone.PLAIN
    if not line.barcode and room > 0:
        yield "  no barcode: enter", Tone.WARN
    if short:
        yield f"  {short} left owed", Tone.WARN
    if line.held:
        yield f"  {line.held} held", Tone.WARN
    if (other := line.owed - line.held - line.sendable) > 0:
        yield f"  {other} not covered", Tone.WARN
    if room < 0:
        yield f"  take {-room} out", Tone.BAD


def begun(found: Sequence[Begun], now: datetime, zone: str, glyphs: Glyphs) -> list[Line]:
    """Parcels that were begun and not sent, to be gone on with."""
    if not found:
        return []
    numbers = column((each.parcel.order_number for each in found), NAME)
    lines = (_begun(each, number, now, zone, glyphs) for each, number in zip(found, numbers, strict=True))
    return [_heading("BEGUN"), *lines, Line("below", (), choosable=False)]


def _begun(each: Begun, number: str, now: datetime, zone: str, glyphs: Glyphs) -> Line:
    parcel = each.parcel
    left = (
        (f"{number}  ", "strong"),
        (f"{parcel.count} / {parcel.total}", Tone.ACTIVE),
        (f"  {glyphs.dot} {', '.join(line.name for line in parcel.lines)}", Tone.DIM),
    )
    return Line(parcel.order_id, left, ((wording.instant(each.at, now, zone), Tone.DIM),))


def words() -> list[Line]:
    """What can be typed, and what it is for."""
    made = [("-", "take back what was counted last; -SKU: of this line"), *WORDS.items()]
    names = column((name for name, _ in made), NAME)
    return [
        _heading("TYPED, WITH ENTER"),
        *(
            Line(name, ((f"{name}  ", "key"), (about, Tone.DIM)), choosable=False)
            for name, (_, about) in zip(names, made, strict=True)
        ),
    ]


def _heading(title: str) -> Line:
    return Line(title, ((title, "strong"),), choosable=False)
