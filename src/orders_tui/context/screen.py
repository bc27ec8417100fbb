"""What screens and dialogs of every kind keep to: how they hear of the session, how they are left, how keys are bound."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar, Generic

from textual.await_complete import AwaitComplete
from textual.binding import Binding, BindingType
from textual.screen import ScreenResultType

from orders_tui.context.whole_frames import WholeFrames

if TYPE_CHECKING:
    from orders_tui.session.changes import Change


def hidden_bindings(actions: Mapping[str, str]) -> list[BindingType]:
    """Textual's bindings from keys (with commas between them) to actions. The line of keys is a screen's own affair."""
    return [Binding(keys, action, show=False) for keys, action in actions.items()]


class SessionObserver:
    """The app tells every open screen of this kind what the session reports."""

    UNDOES: ClassVar[bool] = True
    """Whether the undo key takes back here; False where it may be a letter."""

    def session_changed(self, change: Change) -> None:
        """The session has something new."""

    @property
    def open_order(self) -> tuple[str, str | None] | None:
        """The order that is open here, and the action that is begun on it; None: whatever is open below."""
        return None

    def take(self, text: str) -> bool:
        """Takes text that was typed before this screen was there; False where it has no place for it."""
        return False


class MainScreen:
    """A screen that answers for the whole client: it can be spoken through, and asked to quit."""

    def say(self, text: str) -> None:
        """A sentence for the operator, for a moment."""
        raise NotImplementedError

    def request_quit(self) -> None:
        """Quits, or asks first."""
        raise NotImplementedError


class SafeDismiss(WholeFrames[ScreenResultType], Generic[ScreenResultType]):
    """A screen that is left once, and takes no other with it. As a second base it comes last: styles follow the first.

    Textual's `dismiss` answers whoever opened the screen and then takes away whichever is on top: with a second Enter that was
    on its way already, the answer goes out twice and the screen below closes too; a task that ends under another screen closes
    that one. So it is left when it is on top: at once, or when it comes up again.
    """

    _pending_result: tuple[ScreenResultType | None] | None = None

    @property
    def has_widgets(self) -> bool:
        """Not before it was mounted, and not after it was left."""
        return self.is_mounted and self.is_attached

    def dismiss(self, result: ScreenResultType | None = None) -> AwaitComplete:
        """Leaves with a result, once; it waits for what stands above it to be left."""
        if self.is_active:
            return super().dismiss(result)
        if self in self.app.screen_stack:
            self._pending_result = self._pending_result or (result,)
        return AwaitComplete()

    def on_screen_resume(self) -> None:
        if self._pending_result is not None:
            (result,), self._pending_result = self._pending_result, None
            self.dismiss(result)
