"""What holds of every screen and dialog at every size: all of it is on the screen, and no text touches an edge or a frame."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.cells import cell_len
from textual._compositor import LayoutUpdate
from textual.app import App
from textual.geometry import Region

DRAWN = frozenset(" ▸>●*+-|▏▎▌▐│─╭╮╰╯┃█▁▂▃▄▅▆▇▔")
"""What may stand at an edge: frames, scroll bars, the cursor's and the marks' own column."""


class Watched:
    """What was touching when the screen was drawn whole for the last time: as a picture is taken of it."""

    def __init__(self, app: App[None]) -> None:
        self._app = app
        self._draw = app.screen._compositor.render_full_update
        self.faults: list[str] | None = None
        app.screen._compositor.render_full_update = self._drawn  # type: ignore[method-assign]

    def _drawn(self, simplify: bool = False) -> LayoutUpdate:
        update = self._draw(simplify)
        self.faults = _touching(self._app, update)
        return update


def touching(app: App[None]) -> list[str]:
    """What is not so, as sentences: lines in which a text touches an edge, and dialogs that reach beyond the screen."""
    update = app.screen._compositor.render_update(full=True, screen_stack=app._background_screens)
    assert isinstance(update, LayoutUpdate)
    return _touching(app, update)


def _touching(app: App[None], update: LayoutUpdate) -> list[str]:
    screen = app.screen
    lines = ["".join(strip.text for strip in line) for line in update.strips]
    frames = [widget.region for widget in screen.query("#dialog") if widget.display]
    whole = Region(0, 0, *app.size)
    edges = frames or [whole]
    beyond = [f"{frame} is not within {whole}" for frame in frames if not whole.contains_region(frame)]
    return beyond + [said for edge in edges for said in _along(lines, edge, inset=int(edge is not whole))]


def _along(lines: Sequence[str], region: Region, inset: int) -> Iterator[str]:
    for y in range(region.y, min(region.bottom, len(lines))):
        cells = _cells(lines[y])
        for x in (region.x + inset, region.right - 1 - inset):
            if 0 <= x < len(cells) and cells[x] not in DRAWN:
                yield f"{cells[x]!r} at ({x}, {y}): {lines[y][region.x : region.right]!r}"


def _cells(line: str) -> list[str]:
    """The line by cells; a wide character has two."""
    return [character for character in line for _ in range(max(0, cell_len(character)))]
