"""A screen that is left once, and takes no other with it.

Textual's `dismiss` answers whoever opened the screen and then takes away whichever is on top: with a second Enter that was on
its way already, the answer goes out twice and the screen below closes too; a task that ends under another screen closes that one.
"""

from __future__ import annotations

from typing import Generic

from textual.await_complete import AwaitComplete
from textual.screen import Screen, ScreenResultType


class Leaving(Screen[ScreenResultType], Generic[ScreenResultType]):
    """Left when it is on top: at once, or when it comes up again. As a second base it comes last: styles follow the first."""

    _owed: tuple[ScreenResultType | None] | None = None

    @property
    def there(self) -> bool:
        """It has its widgets: not before it was mounted, and not after it was left."""
        return self.is_mounted and self.is_attached

    def dismiss(self, result: ScreenResultType | None = None) -> AwaitComplete:
        """Leaves with a result, once; it waits for what stands above it to be left."""
        if self.is_active:
            return super().dismiss(result)
        if self in self.app.screen_stack:
            self._owed = self._owed or (result,)
        return AwaitComplete()

    def on_screen_resume(self) -> None:
        """It is on top again."""
        if self._owed is not None:
            (result,), self._owed = self._owed, None
            self.dismiss(result)
