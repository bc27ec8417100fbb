"""What the app knows of its screens: some hear what the session says, some can be asked to quit."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from orders_tui.session.changes import Change


class Watches:
    """The app tells every open screen of this kind."""

    def session_changed(self, change: Change) -> None:
        """The session has something new."""

    def take(self, text: str) -> bool:
        """Takes text that was typed before this screen was there; False where it has no place for it."""
        return False


class Hears:
    """A screen that answers for the whole client: it can be spoken through, and asked to quit."""

    def say(self, text: str) -> None:
        """A sentence for the operator, for a moment."""
        raise NotImplementedError

    def asked_to_quit(self) -> None:
        """Quits, or asks first."""
        raise NotImplementedError
