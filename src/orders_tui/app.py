"""The terminal client: wires session, screens and terminal together; a failure of its own never reaches the operator raw.

Invariants: whatever fails, the terminal is restored, no traceback with values is printed, and what the operator had on show and
half written is on disk.
"""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import ClassVar

from rich.text import Text
from textual import events
from textual.app import App
from textual.binding import Binding, BindingType
from textual.filter import LineFilter
from textual.notifications import SeverityLevel
from textual.screen import Screen
from textual.worker import Worker, WorkerState

from orders_tui import crash, themes
from orders_tui.config import Config
from orders_tui.line_filter import AsciiOnly, Harmless
from orders_tui.screens.desk import DeskScreen
from orders_tui.screens.stage import Stage
from orders_tui.screens.watches import Watches
from orders_tui.screens.workplace import Workplace
from orders_tui.session import changes
from orders_tui.session.changes import Level
from orders_tui.toasts import SHOWN_S, Toasts

_SEVERITY: dict[Level, SeverityLevel] = {Level.INFO: "information", Level.WARNING: "warning", Level.ERROR: "error"}


async def _nothing() -> None:
    """Where there is nothing to close."""


class DeskApp(App[None]):
    """See the module."""

    CSS_PATH = "orders.tcss"
    TITLE = "orders"
    ENABLE_COMMAND_PALETTE = False
    NOTIFICATION_TIMEOUT = SHOWN_S
    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+q", "quit", show=False, priority=True, system=True)]

    def __init__(self, work: Workplace, reports: Path, close: Callable[[], Awaitable[None]] | None = None) -> None:
        super().__init__()
        self.work = work
        self._filters_of_ours: list[LineFilter] = [Harmless(), *([AsciiOnly()] if work.config.ascii else [])]
        self._reports = reports
        self._close = close or _nothing
        self._toasts = Toasts(work.pace.monotonic)
        work.notice = self.toast
        for theme in themes.THEMES:
            self.register_theme(theme)
        wanted = work.preferences.theme or work.config.theme or themes.DARK.name
        self.theme = wanted if wanted in self.available_themes else themes.DARK.name

    def get_default_screen(self) -> Screen[None]:
        return DeskScreen(self.work)

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Textual's own, and after them the last line of defence."""
        return [*super().get_line_filters(), *self._filters_of_ours]

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return themes.fill_in(self.current_theme)

    def on_mount(self) -> None:
        """The session lives as long as the screen does."""
        self.work.session.subscribe(self.session_changed)
        self.run_worker(self._session(), name="session", exit_on_error=False)

    async def _session(self) -> None:
        try:
            await self.work.session.run()
        finally:
            await self._close()

    def session_changed(self, change: changes.Change) -> None:
        """Tells every screen that is open; pops up what needs a person."""
        match change:
            case changes.Notice(level=level, text=text):
                self.toast(level, text)
            case changes.AlertsChanged(toast=alert) if alert is not None:
                self.toast(Level.WARNING, alert.message)
                if self.work.config.bell:
                    self.bell()
        for screen in self.screen_stack:
            if isinstance(screen, Watches) and screen.is_mounted:
                screen.session_changed(change)

    def toast(self, level: Level, text: str) -> None:
        """Pops a sentence up, unless three are up already or this one is."""
        if self._toasts.admit(text):
            self.notify(text, severity=_SEVERITY[level], markup=False)

    async def on_event(self, event: events.Event) -> None:
        """Keys that were typed ahead wait for the field they were meant for."""
        if self.work.typed_ahead.holding and isinstance(event, events.Key | events.Paste):
            self.work.typed_ahead.keep(event)
            return
        if isinstance(event, events.Key) and event.key == "enter" and not event.is_forwarded:
            self.work.enter_pressed(event.time)
        await super().on_event(event)

    def on_app_focus(self) -> None:
        self.work.focused_at = self.work.pace.monotonic()

    async def action_quit(self) -> None:
        """From anywhere; asks while something is without an answer."""
        stage = next((screen for screen in reversed(self.screen_stack) if isinstance(screen, Stage)), None)
        if stage is not None:
            stage.perform("desk.quit_now")

    def action_help_quit(self) -> None:
        """ctrl+c never acts."""
        key = self.work.key("desk.quit_now")
        if isinstance(self.screen, Stage):
            self.screen.say(f"ctrl+c does nothing here; {key} quits")
        else:
            self.toast(Level.INFO, f"ctrl+c does nothing here; esc closes, {key} quits")

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """A task that failed is reported; the screen goes on."""
        if event.state is WorkerState.ERROR and event.worker.error is not None:
            path = crash.write(event.worker.error, self.work.pace.now(), self._reports)
            self.toast(
                Level.ERROR, f"something failed in the background ({event.worker.name}); report: {path or 'none'}"
            )

    def _fatal_error(self) -> None:
        """Textual prints a traceback with every local variable here: customers and tokens. A report and one line instead."""
        error = self._exception or sys.exception()
        path = crash.write(error, self.work.pace.now(), self._reports) if error is not None else None
        where = f"; a report without customer data is in {path}" if path is not None else ""
        self.panic(Text(f"orders-tui had to stop: {type(error).__name__}{where}"))


def run(config: Config) -> int:
    """Opens the desk in this terminal until the operator leaves; the process's exit status. Raises ConfigError."""
    from orders_tui.opening import open_workplace

    opened = open_workplace(config)
    app = DeskApp(opened.work, opened.reports, opened.api.close)
    try:
        app.run(mouse=config.mouse)
    finally:
        opened.put_away()
    return app.return_code or 0
