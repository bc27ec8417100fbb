"""The terminal client: wires session, screens and terminal together; a failure of its own never reaches the operator raw.

Invariants: whatever fails, the terminal is restored, no traceback with values is printed, and what the operator had on show and
half written is on disk. The first frame waits for nothing that it does not show (docs/design.md, Client).
"""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual import events
from textual.binding import Binding, BindingType
from textual.driver import Driver
from textual.filter import LineFilter
from textual.notifications import SeverityLevel
from textual.screen import Screen
from textual.worker import Worker, WorkerFailed, WorkerState

from orders_tui import themes
from orders_tui.context.keyboard import Keyboard
from orders_tui.context.screen import MainScreen, SessionObserver
from orders_tui.faults import Faults, FaultTolerantApp, write_report
from orders_tui.garbage_collection import CHECK_EVERY_S, IdleCollector
from orders_tui.pace import Pace
from orders_tui.terminal.output_filter import AsciiGlyphs, AsciiOnly, FilterChain, NoControlCharacters

if TYPE_CHECKING:
    from orders_tui.context.context import Context
    from orders_tui.session.changes import Change

SETTLED_AFTER_S = 3.0
MOST_TOASTS, TOAST_S = 3, 6.0


class DeskApp(FaultTolerantApp):
    """The terminal. It opens on the screen that `first_screen` makes; `begin` then puts the desk in its place."""

    CSS_PATH = "orders.tcss"
    TITLE = "orders"
    ENABLE_COMMAND_PALETTE = False
    NOTIFICATION_TIMEOUT = TOAST_S
    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+q", "quit", show=False, priority=True, system=True)]

    def __init__(
        self,
        first_screen: Callable[[], Screen[None]],
        reports: Path,
        *,
        pace: Pace | None = None,
        theme: str = "",
        ascii_only: bool = False,
        unicode: bool = True,
        begin: Callable[[DeskApp], Awaitable[None]] | None = None,
    ) -> None:
        super().__init__()
        self.keyboard = Keyboard()
        self._first_screen, self._begin, self._reports = first_screen, begin, reports
        self._pace = pace or Pace()
        self.faults = Faults(self._pace.monotonic)
        self._filters_of_ours: list[LineFilter] = [NoControlCharacters()]
        if ascii_only:
            self._filters_of_ours.append(AsciiGlyphs() if unicode else AsciiOnly())
        self._filter = FilterChain(self._filters_of_ours)
        self._collector = IdleCollector(self._pace.monotonic)
        self._toasts = Toasts(self._pace.monotonic)
        for each in themes.THEMES:
            self.register_theme(each)
        self.theme = theme if theme in self.available_themes else themes.DARK.name

    def get_default_screen(self) -> Screen[None]:
        return self._first_screen()

    def get_driver_class(self) -> type[Driver]:
        """One that takes whatever the terminal sends, where there is one."""
        chosen = super().get_driver_class()
        if chosen.__name__ != "LinuxDriver":
            return chosen
        from orders_tui.terminal.driver import TolerantDriver

        return TolerantDriver

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Textual's own, and after them the last line of defence."""
        filters = (*super().get_line_filters(), *self._filters_of_ours)
        if filters != self._filter.filters:
            self._filter = FilterChain(filters)
        return (self._filter,)

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return themes.fill_in(self.current_theme)

    def on_mount(self) -> None:
        self.set_timer(SETTLED_AFTER_S, self._collector.start)
        self.set_interval(CHECK_EVERY_S, self._collector.collect_if_idle)
        if self._begin is not None:
            self.run_worker(partial(self._begin, self), name="opening", exit_on_error=True)

    async def show_desk(self, desk: Callable[[], Screen[None]]) -> None:
        """Puts the desk in the place of the first frame. A mode of its own: Textual cannot switch an app's first screen."""
        self.add_mode("desk", desk)
        await self.switch_mode("desk")

    def run_session(self, work: Context, close: Callable[[], Awaitable[None]] | None = None) -> None:
        """Runs the session for as long as the app runs, and passes its changes on to the screens."""
        from orders_tui.screens.notices import Notices

        async def run() -> None:
            try:
                await work.session.run()
            finally:
                if close is not None:
                    await close()

        work.session.subscribe(self.session_changed)
        work.session.subscribe(Notices(self.toast, self.bell if work.config.bell else None).session_changed)
        self.run_worker(run, name="session", exit_on_error=False)  # type: ignore[arg-type]

    def session_changed(self, change: Change) -> None:
        """Passes a change on to every screen that is open."""
        for screen in self.screen_stack:
            if isinstance(screen, SessionObserver) and screen.is_mounted:
                try:
                    screen.session_changed(change)
                except Exception as error:  # costs neither the session nor the other screens anything
                    if not self.tolerates(error, screen):
                        raise

    def toast(self, severity: SeverityLevel, text: str) -> None:
        """Pops a sentence up, unless three are up already or this one is."""
        if self._toasts.admit(text):
            self.notify(text, severity=severity, markup=False)

    async def on_event(self, event: events.Event) -> None:
        """Keys that were typed ahead wait for the field they were meant for."""
        if isinstance(event, events.InputEvent):
            self._collector.active(event.time)
        if self.keyboard.holding and isinstance(event, events.Key | events.Paste):
            self.keyboard.keep(event)
            return
        if isinstance(event, events.Key) and event.key == "enter" and not event.is_forwarded:
            self.keyboard.enter_pressed(event.time)
        await super().on_event(event)

    def on_app_focus(self) -> None:
        self.keyboard.focused_at = self._pace.monotonic()

    async def action_quit(self) -> None:
        """From anywhere, at any moment; while no screen is there that could ask, there is nothing to ask about."""
        for screen in self.screen_stack[::-1]:
            if isinstance(screen, MainScreen) and screen.is_mounted:
                screen.request_quit()
                return
        self.exit()

    def action_help_quit(self) -> None:
        """ctrl+c never acts."""
        if isinstance(self.screen, MainScreen):
            self.screen.say("ctrl+c does nothing here; ctrl+q quits")
        else:
            self.toast("information", "ctrl+c does nothing here; esc closes, ctrl+q quits")

    def report_fault(self, error: Exception) -> None:
        """Reports a fault that was tolerated; keys that were waiting for what failed wait no longer."""
        self.keyboard.release()
        if self._exception is None:
            self._exception = error  # a test that drives the app fails with it
            self._exception_event.set()
        where = self._reported(error) if self.faults.is_new(error) else ""
        self.toast("error", f"something went wrong here ({type(error).__name__}), the desk goes on{where}")

    def _reported(self, error: BaseException) -> str:
        """Writes a crash report; where it is, to stand behind a sentence."""
        path = write_report(error, self._pace.now(), self._reports)
        return f"; a report without customer data is in {path}" if path is not None else ""

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """A task that failed is reported; the screen goes on."""
        if event.state is WorkerState.ERROR and event.worker.error is not None:
            path = write_report(event.worker.error, self._pace.now(), self._reports)
            self.toast("error", f"something failed in the background ({event.worker.name}); report: {path or 'none'}")

    def _fatal_error(self) -> None:
        """Textual prints a traceback with every local variable here: customers and tokens. A report and one line instead."""
        error = sys.exception() or self._exception
        error = error.error if isinstance(error, WorkerFailed) else error
        where = self._reported(error) if error is not None else ""
        self.panic(Text(f"orders-tui had to stop: {type(error).__name__}{where}"))


class Toasts:
    """Which notices pop up: at most three at a time, the same sentence once; the action log keeps them all."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._up: dict[str, float] = {}
        self.held_back = 0

    def admit(self, text: str) -> bool:
        """True when the sentence may pop up now."""
        now = self._monotonic()
        self._up = {shown: until for shown, until in self._up.items() if until > now}
        if text in self._up:
            return False
        if len(self._up) >= MOST_TOASTS:
            self.held_back += 1
            return False
        self._up[text] = now + TOAST_S
        return True
