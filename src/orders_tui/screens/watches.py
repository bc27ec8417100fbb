"""Screens that want to hear what the session says."""

from __future__ import annotations

from orders_tui.session.changes import Change


class Watches:
    """The app tells every open screen of this kind."""

    def session_changed(self, change: Change) -> None:
        """The session has something new."""
