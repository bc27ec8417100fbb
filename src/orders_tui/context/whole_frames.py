"""A frame is whole: what one change does to the screen reaches the terminal in one update.

Textual paints what it has just laid out before the widgets have heard of their new sizes, and again when they have drawn
themselves for these; a screen that comes up again twice, before the one above is gone and after. Here a frame is put together
when nobody who is in it has anything to do any more, and after a few periods at the latest, so that nobody holds it up.
"""

from __future__ import annotations

from typing import Any

from textual.app import App
from textual.geometry import Size
from textual.screen import Screen, ScreenResultType

MOST_PERIODS = 8
"""So many periods of the screen's timer (`TEXTUAL_FPS`) a frame waits."""


class WholeFrames(Screen[ScreenResultType]):
    """A screen that paints once for each change. It stands on how Textual's own screen paints."""

    _just_laid_out = False
    """Since the last period."""
    _frame_held = False
    """Whether there is something to paint."""
    _periods_waited = 0

    def _on_timer_update(self) -> None:
        self._just_laid_out = False
        self._periods_waited += self._frame_held
        super()._on_timer_update()
        if self._frame_held:
            self._compositor_refresh()

    def _refresh_layout(self, size: Size | None = None, scroll: bool = False) -> None:
        self._just_laid_out = True
        super()._refresh_layout(size, scroll)

    def _screen_resized(self, size: Size) -> None:
        if size != self._size:  # a screen that comes up is told its size three times
            super()._screen_resized(size)

    def _compositor_refresh(self) -> None:
        self._frame_held = (self._just_laid_out or self._at_work) and self._periods_waited < MOST_PERIODS
        if self._frame_held:
            self._update_timer.resume()
            return
        self._periods_waited = 0
        if self in self.app._background_screens:
            self._show_through()
        else:
            super()._compositor_refresh()

    @property
    def _at_work(self) -> bool:
        """Whether anybody in the next frame has something to do still."""
        replacing = isinstance(self.app, WholeFramesApp) and self.app.replacing > 0
        return replacing or any(not widget._message_queue.empty() for widget in self._compositor.visible_widgets)

    def _show_through(self) -> None:
        """What has changed is painted by the screen on top, there and nowhere else. Textual's own keeps it, and has it painted
        again with every message that comes.
        """
        changed = self._compositor._dirty_regions
        if changed:
            self.app.screen.refresh(*changed)
        changed.clear()
        self._dirty_widgets.clear()


class WholeFramesApp(App[None]):
    """An app that knows of a screen that is being taken away."""

    replacing = 0
    """How many are."""

    async def _replace_screen(self, screen: Screen[Any]) -> Screen[Any]:
        self.replacing += 1
        try:
            return await super()._replace_screen(screen)
        finally:
            self.replacing -= 1
