"""Screens that want to hear what the session says."""

from __future__ import annotations

from orders_tui.session.changes import Change


class Watches:
    """The app tells every open screen of this kind."""

    def session_changed(self, change: Change) -> None:
        """The session has something new."""

    def take(self, text: str) -> bool:
        """Takes text that was typed before this screen was there; False where it has no place for it."""
        return False
