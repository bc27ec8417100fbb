"""The terminal client: wires session, screens and terminal together; a failure of its own never reaches the operator raw.

Invariants: whatever fails, the terminal is restored, no traceback with values is printed, and what the operator had on show and
half written is on disk. The first frame waits for nothing that it does not show (docs/design.md, Client).
"""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
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
from textual.scrollbar import ScrollBar, ScrollBarRender
from textual.worker import Worker, WorkerFailed, WorkerState

from orders_tui import themes
from orders_tui.context.keyboard import Keyboard
from orders_tui.context.screen import MainScreen, SessionObserver
from orders_tui.context.whole_frames import WholeFramesApp
from orders_tui.faults import Faults, FaultTolerantApp, write_report
from orders_tui.garbage_collection import CHECK_EVERY_S, IdleCollector
from orders_tui.pace import Pace
from orders_tui.terminal.output_filter import AsciiOnly, FilterChain, NoControlCharacters

if TYPE_CHECKING:
    from orders_tui.context.context import Context
    from orders_tui.programs.runner import Runner
    from orders_tui.session.changes import Change
    from orders_tui.session.protocols import SessionProtocol
    from orders_tui.widgets.hint_bar import KeyBar

SETTLED_AFTER_S = 3.0
BORDERS = {"frame": "round", "edge": "vkey", "line": "solid", "flank": "outer"}
ASCII_BORDERS = dict.fromkeys(BORDERS, "ascii")
"""What the style sheet draws borders with, by the names that it has for them."""
CLICK_AFTER_FOCUS_S = 0.3
"""The click that gives a window the focus goes to the client as well."""
MOST_TOASTS, TOAST_S = 3, 6.0


class BlockScrollBar(ScrollBarRender):
    """A scrollbar of whole cells, which is drawn with colours alone."""

    VERTICAL_BARS = HORIZONTAL_BARS = [" "] * 8


class DeskApp(FaultTolerantApp, WholeFramesApp):
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
        self._ascii_only = ascii_only
        super().__init__()
        self.keyboard = Keyboard()
        self.then: Sequence[str] = ()
        """The command of `orders-tui` that takes this one's place."""
        self._first_screen, self._begin, self._reports = first_screen, begin, reports
        self._pace = pace or Pace()
        self.faults = Faults(self._pace.monotonic)
        self._filters_of_ours: list[LineFilter] = []
        self._filter = FilterChain(())
        self._collector = IdleCollector(self._pace.monotonic)
        self._toasts = Toasts(self._pace.monotonic)
        self._runners: list[Runner] = []
        self._session: SessionProtocol | None = None
        self._shown = 0
        for each in themes.THEMES:
            self.register_theme(each)
        self.dress(theme, ascii_only=ascii_only, unicode=unicode)

    def dress(self, theme: str, *, ascii_only: bool, unicode: bool) -> None:
        """The looks that a profile asks for."""
        self._filters_of_ours = [NoControlCharacters()]
        if not unicode:
            self._filters_of_ours.append(AsciiOnly())
        self._ascii_only = ascii_only
        ScrollBar.renderer = BlockScrollBar if ascii_only else ScrollBarRender
        if self.is_running:
            self.refresh_css(animate=False)
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

    def take_mouse(self, wanted: bool) -> None:
        """Whether the mouse is the desk's, where the terminal's driver can change that."""
        take = getattr(self._driver, "take_mouse", None)
        if take is not None:
            take(wanted)

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Textual's own, and after them the last line of defence."""
        filters = (*super().get_line_filters(), *self._filters_of_ours)
        if filters != self._filter.filters:
            self._filter = FilterChain(filters)
        return (self._filter,)

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return themes.fill_in(self.current_theme) | (ASCII_BORDERS if self._ascii_only else BORDERS)

    def on_mount(self) -> None:
        self.set_timer(SETTLED_AFTER_S, self._collector.start)
        self.set_interval(CHECK_EVERY_S, self._collector.collect_if_idle)
        self.screen_change_signal.subscribe(self, self._announce_presence)
        if self._begin is not None:
            self.run_worker(partial(self._begin, self), name="opening", exit_on_error=True)

    def _announce_presence(self, _: object) -> None:
        """Which order is open here: that of the uppermost screen or dialog that is about one."""
        if self._session is not None:
            screens = (screen for screen in self.screen_stack[::-1] if isinstance(screen, SessionObserver))
            place = next((place for screen in screens if (place := screen.open_order) is not None), None)
            self._session.be_at(*(place or (None, None)))

    def kill_programs(self) -> None:
        """At once; for an end that waits for nothing."""
        for runner in self._runners:
            runner.kill()

    async def on_unmount(self) -> None:
        """No program outlives the desk."""
        for runner in self._runners:
            await runner.close()

    async def show_instead(self, screen: Callable[[], Screen[None]]) -> None:
        """Puts a screen in the place of all that are open. A mode of its own: Textual cannot switch an app's first screen."""
        before, self._shown = self.current_mode, self._shown + 1
        self.add_mode(f"shown {self._shown}", screen)
        await self.switch_mode(f"shown {self._shown}")
        if before.startswith("shown"):
            await self.remove_mode(before)

    def run_session(self, work: Context, close: Callable[[], Awaitable[None]] | None = None) -> RunningSession:
        """Runs the session for as long as the app runs, and passes its changes on to the screens."""
        from orders_tui.screens.notices import Notices
        from orders_tui.session.changes import ProgramChanged
        from orders_tui.wording import dated

        async def run() -> None:
            try:
                await work.session.run()
            finally:
                if close is not None:
                    await close()

        self._session = work.session
        bell = self.bell if work.config.bell else None
        notices = Notices(self.toast, bell, lambda text: dated(text, work.pace.now(), work.zone))
        observers = self.session_changed, notices.session_changed
        unsubscribe = [*(work.session.subscribe(observer) for observer in observers), work.programs.leave]
        work.programs.tell = lambda run: self.session_changed(ProgramChanged(run))
        self._runners.append(work.programs)
        worker: Worker[None] = self.run_worker(run, name="session", exit_on_error=False)
        return RunningSession(worker, unsubscribe)

    def forget_toasts(self) -> None:
        """What has popped up is of another shop."""
        self.clear_notifications()
        self._toasts = Toasts(self._pace.monotonic)

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

    def on_key_bar_pressed(self, message: KeyBar.Pressed) -> None:
        """A click on a hint is its key, unless it was meant for the terminal's window."""
        if self._pace.monotonic() - self.keyboard.focused_at < CLICK_AFTER_FOCUS_S:
            self.toast("information", "the window has just got the focus; click again")
        else:
            self.post_message(message.key)

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


@dataclass(frozen=True, slots=True)
class RunningSession:
    """A session at work."""

    worker: Worker[None]
    unsubscribe: Sequence[Callable[[], None]]

    def silence(self) -> None:
        """The screens hear of it no more."""
        for each in self.unsubscribe:
            each()

    def stop(self) -> None:
        """It ends, and its connections are closed."""
        self.worker.cancel()


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
