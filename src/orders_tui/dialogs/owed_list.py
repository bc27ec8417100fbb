"""The lines that an order owes, as a list to choose from: how many of each are sent, and what speaks against the rest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from orders_tui.actions.owed_lines import OwedLine
from orders_tui.glyphs import Glyphs
from orders_tui.widgets.cells import column
from orders_tui.widgets.line_list import Line
from orders_tui.wording import Tone

TITLE, SKU = 30, 16
"""Most cells that titles and SKUs are padded to."""


def as_lines(lines: Sequence[OwedLine], quantities: Mapping[str, int], glyphs: Glyphs) -> list[Line]:
    """A line each: `■ 2 of 3  T-shirt  TEE-BLK-M        short by 1`."""
    sent = [quantities[line.id] for line in lines]
    digits = max((len(str(line.owed)) for line in lines), default=1)
    titles = column((line.title for line in lines), TITLE)
    skus = column((line.sku for line in lines), SKU)
    return [
        Line(
            line.id,
            (
                (f"{_box(line, count, glyphs)} ", Tone.ACTIVE if count else Tone.DIM),
                (f"{count:>{digits}} of {line.owed:<{digits}}  ", "strong" if count else Tone.DIM),
                (title, Tone.PLAIN if line.open else Tone.DIM),
                (f"  {sku}", Tone.DIM),
            ),
            ((line.reason, Tone.WARN),),
        )
        for line, count, title, sku in zip(lines, sent, titles, skus, strict=True)
    ]


def _box(line: OwedLine, count: int, glyphs: Glyphs) -> str:
    if not count:
        return glyphs.box
    return glyphs.box_full if count == line.owed else glyphs.box_part
