"""What of the session's news pops up: its notices, and alerts that need a person now."""

from __future__ import annotations

from collections.abc import Callable

from textual.notifications import SeverityLevel

from orders_tui.session.changes import AlertsChanged, Change, Level, Notice

_SEVERITY: dict[Level, SeverityLevel] = {Level.INFO: "information", Level.WARNING: "warning", Level.ERROR: "error"}


class Notices:
    """Says it through `toast`; rings where a `bell` was asked for. `dated` writes the times in a sentence as the client does."""

    def __init__(
        self,
        toast: Callable[[SeverityLevel, str], None],
        bell: Callable[[], None] | None,
        dated: Callable[[str], str] = str,
    ) -> None:
        self._toast = toast
        self._bell = bell
        self._dated = dated

    def session_changed(self, change: Change) -> None:
        """The session has something new."""
        match change:
            case Notice(level=level, text=text):
                self._toast(_SEVERITY[level], text)
            case AlertsChanged(toast=alert) if alert is not None:
                self._toast("warning", self._dated(alert.message))
                if self._bell is not None:
                    self._bell()
