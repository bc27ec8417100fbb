"""What a fault of our own, or of a widget that is not ours, costs the operator: the one message, never the desk.

Textual ends the whole app when any handler of any widget raises. Here that message is dropped, a report is written, one sentence
says so, and the next message is taken as if nothing had been. Three things are no such fault, and end the client as before: the
app or its desk could not be put on screen, and faults that come faster than anybody makes them, since something is broken that
does not mend itself.

A message that reaches what is being taken down, or the app while it leaves, finds nothing there any more: that is no fault.

A crash report holds the exception's type, the stack as file, line and function, and versions: no values, no messages of foreign
exceptions, no local variables, which hold orders and tokens.
"""

from __future__ import annotations

import platform
import traceback
from collections import deque
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from textual import events, messages
from textual._context import NoActiveAppError, active_message_pump
from textual.app import App, ScreenStackError
from textual.css.query import NoMatches
from textual.dom import DOMNode, NoScreen
from textual.message import Message
from textual.message_pump import MessagePump
from textual.screen import Screen
from textual.worker import WorkerFailed

from orders_tui import private_files
from orders_tui.errors import ClientError
from orders_wire.version import __version__

AT_MOST, WITHIN_S = 8, 10.0
"""So many faults in so short a time are tolerated; the next ends the client."""

_GONE = (NoMatches, NoScreen, ScreenStackError)
"""How Textual says that something is not there."""


class Faults:
    """Counts them."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._recent: deque[float] = deque(maxlen=AT_MOST + 1)
        self._known: set[tuple[str, str, int]] = set()

    def tolerate(self) -> bool:
        """Notes one; whether the client goes on."""
        self._recent.append(self._monotonic())
        return len(self._recent) <= AT_MOST or self._recent[-1] - self._recent[0] >= WITHIN_S

    def is_new(self, error: BaseException) -> bool:
        """True for the first of its kind: type and place. A report of each kind is enough."""
        frames = traceback.extract_tb(error.__traceback__)
        place = (frames[-1].filename, frames[-1].lineno or 0) if frames else ("", 0)
        kind = (type(error).__qualname__, *place)
        new = kind not in self._known
        self._known.add(kind)
        return new


class FaultTolerantApp(App[None]):
    """An app that goes on after a fault. `report_fault` tells the operator; `leaving` is True once it has been asked to end."""

    faults: Faults
    _fatal: Exception | None = None
    """What the client ends with."""

    @property
    def leaving(self) -> bool:
        return self._exit

    def report_fault(self, error: Exception) -> None:
        """A fault was tolerated: a report and a sentence."""
        raise NotImplementedError

    def tolerates(self, error: Exception, pump: MessagePump | None, message: Message | None = None) -> bool:
        """Whether the app goes on after `error` in `pump`; `report_fault` is called then, but for what only came too late."""
        if self.leaving or (isinstance(error, _GONE) and _going(pump)):
            return True
        building = isinstance(message, events.Compose | events.Mount | events.Load)
        screen = _pushed(self, pump)
        whole = building and screen is None and isinstance(pump, App | Screen)
        if whole or isinstance(error, WorkerFailed) or not self.faults.tolerate():
            self._fatal = error
            return False
        self.report_fault(error)
        if building and screen is not None:
            self.call_later(self._close, screen)
        return True

    def _close(self, screen: Screen[object]) -> None:
        """A screen that could not be built is taken away, with what stands on it."""
        while screen in self.screen_stack[1:]:
            self.pop_screen()

    def _handle_exception(self, error: Exception) -> None:
        """Timers, layout and callbacks come here, and what `_dispatch` lets through; after this Textual's own goes on or ends."""
        known = self._fatal is not None or not self._is_mounted
        if known or not self.tolerates(error, active_message_pump.get(None)):
            super()._handle_exception(error)


def _going(pump: MessagePump | None) -> bool:
    """It is being taken down, or stands on no screen any more."""
    if pump is None or isinstance(pump, App):
        return False
    if pump._closing or pump._closed or getattr(pump, "_pruning", False) or not isinstance(pump, DOMNode):
        return True
    return not any(isinstance(node, App) for node in pump.ancestors_with_self)


def _pushed(app: App[None], pump: MessagePump | None) -> Screen[object] | None:
    """The screen that the pump stands on, if it came up above another."""
    if not isinstance(pump, DOMNode) or isinstance(pump, App):
        return None
    screen = next((node for node in pump.ancestors_with_self if isinstance(node, Screen)), None)
    return screen if screen is not None and screen in app.screen_stack[1:] else None


_dispatch_of_textual = MessagePump._dispatch_message


async def _dispatch(self: MessagePump, message: Message) -> None:
    """Textual's, with the fault kept to the message: its own loop ends with the first one, and a widget without it is deaf."""
    try:
        await _dispatch_of_textual(self, message)
    except Exception as error:
        try:
            app = self.app
        except NoActiveAppError:
            raise error from None
        ending = isinstance(message, messages.Prune | messages.CloseMessages | messages.ExitApp)
        if ending or not (isinstance(app, FaultTolerantApp) and app.tolerates(error, self, message)):
            raise  # a loop that was told to end ends


MessagePump._dispatch_message = _dispatch  # type: ignore[method-assign]


def report_text(error: BaseException, at: datetime) -> str:
    """A crash report."""
    versions = f"orders-tui {__version__}, Python {platform.python_version()}, {platform.system()}"
    lines = [versions, f"at {at.isoformat(timespec='seconds')}", ""]
    seen: BaseException | None = error
    while seen is not None:
        message = f": {seen}" if isinstance(seen, ClientError) else ""
        lines.append(f"{type(seen).__module__}.{type(seen).__qualname__}{message}")
        frames = traceback.extract_tb(seen.__traceback__)
        lines += [f"  {Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames]
        seen = seen.__cause__ or (None if seen.__suppress_context__ else seen.__context__)
    return "\n".join(lines) + "\n"


def write_report(error: BaseException, at: datetime, folder: Path) -> Path | None:
    """Writes a crash report, readable by its owner only; None when that cannot be done."""
    path = folder / f"crash-{at:%Y%m%d-%H%M%S}.txt"
    try:
        private_files.write(path, report_text(error, at))
    except (OSError, UnicodeEncodeError):
        return None
    return path
