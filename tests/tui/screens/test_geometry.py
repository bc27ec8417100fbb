"""Screens and dialogs of every kind at sizes that no snapshot shows: the large one, and the least on which the desk is shown."""

from __future__ import annotations

import pytest
from tests.tui.screens.desk_driver import Desk, Open
from tests.tui.screens.geometry import touching

from orders_tui.context.breakpoints import LEAST_COLUMNS, LEAST_ROWS

LARGE, LEAST = (200, 60), (LEAST_COLUMNS, LEAST_ROWS)
OPENED = (
    *(
        ("enter",),
        ("L",),
        ("p",),
        ("p", "W"),
        ("B",),
        ("question_mark",),
        ("colon",),
        ("ctrl+p",),
        ("slash",),
        ("ampersand",),
    ),
    *(("S",), ("C",), ("V",), ("W",), ("Y",), ("e",), ("a",), ("f",), ("H",), ("s",), ("8", "r"), ("7", "H"), ("i",)),
    *(("space", "space", "a"), ("space", "space", "f"), ("space", "space", "H"), ("number_sign",), ("T",), ("q",)),
    *(("tab",), ("exclamation_mark",), ("plus",), ("tab", "ampersand"), *((str(number),) for number in range(1, 10))),
)
"""Keys that lead from the desk to each."""


async def _back(desk: Desk) -> None:
    while desk.app.screen is not desk.screen:
        await desk.press("escape")
    await desk.press("U", "2")
    if not desk.screen.table.has_focus:
        desk.screen.restore_panes()
        desk.screen.table.focus()


@pytest.mark.parametrize("size", [LARGE, LEAST], ids=lambda size: f"{size[0]}x{size[1]}")
async def test_nothing_touches_an_edge_or_reaches_beyond_the_screen(open_desk: Open, size: tuple[int, int]) -> None:
    async with open_desk(size=size) as desk:
        seen, faults = set(), []
        for keys in OPENED:
            await desk.press(*keys)
            await desk.pilot.pause()
            seen.add(type(desk.app.screen).__name__)
            faults += [f"{' '.join(keys)}: {said}" for said in touching(desk.app)]
            await _back(desk)
        assert faults == []
        assert len(seen) >= 25
