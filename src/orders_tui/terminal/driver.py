"""The terminal's bytes, whatever they are, as keys: bytes that are no text and numbers that no key has are dropped, one by one.

Textual ends the app at the first of them: an `é` from a Latin-1 terminal, a meta key that sets the eighth bit, a key code beyond
Unicode. And a paste whose end was lost would take every key from then on.
"""

from __future__ import annotations

import selectors
import termios
from codecs import getincrementaldecoder
from collections.abc import Generator, Iterator
from contextlib import suppress
from os import read
from time import monotonic

from textual import events
from textual._xterm_parser import BRACKETED_PASTE_END, BRACKETED_PASTE_START, XTermParser
from textual.drivers.linux_driver import LinuxDriver
from textual.message import Message

LARGEST = 1000
"""Columns and rows at most: a terminal that reports more is wrong, and its screen would not fit the memory."""

LULL_S = 1.0
"""A paste does not pause so long; an Esc after it is a person's, who waits for the paste to end."""

TICK_S = 0.1


class InputDecoder:
    """Bytes in, messages out. What is pasted is text to its end: Textual would take what follows an Esc in it as keys."""

    def __init__(self) -> None:
        self._decode = getincrementaldecoder("utf-8")("ignore").decode
        self._parser = XTermParser()
        self._last = ""
        self._pasted: str | None = None
        self._fed_at = 0.0

    def feed(self, data: bytes, now: float) -> Iterator[Message]:
        """What the bytes mean, as far as they mean anything. `now` is monotonic, in seconds."""
        text = self._decode(data)
        lull, self._fed_at = now - self._fed_at > LULL_S, now
        if text == "\x1b" and lull and self._pasted is not None:
            text = BRACKETED_PASTE_END
        while text:
            if self._pasted is not None:
                text = yield from self._paste(text)
            else:
                yield from self._messages(text[0])
                text = text[1:]

    def _paste(self, text: str) -> Generator[Message, None, str]:
        """Part of what is pasted; what comes after its end is given back."""
        pasted, end, rest = ((self._pasted or "") + text).partition(BRACKETED_PASTE_END)
        self._pasted = None if end else pasted
        if end:
            for char in pasted.replace("\x1b", "") + end:
                yield from self._messages(char)
        return rest

    def _messages(self, char: str) -> Iterator[Message]:
        """What is complete with one more character. A sequence that means nothing is dropped."""
        self._last = (self._last + char)[-len(BRACKETED_PASTE_START) :]
        if self._last == BRACKETED_PASTE_START:
            self._pasted = ""
        try:
            messages = list(self._parser.feed(char))
        except (ArithmeticError, ValueError):
            self._parser = XTermParser()
            return
        yield from filter(_possible, messages)

    def tick(self) -> Iterator[Message]:
        """What is due because nothing followed: an Esc by itself."""
        yield from self._parser.tick()


def _possible(message: Message) -> bool:
    """A size that a terminal can have; every other message."""
    if not isinstance(message, events.Resize):
        return True
    return 0 < message.size.width <= LARGEST and 0 < message.size.height <= LARGEST


class TolerantDriver(LinuxDriver):
    """Textual's driver, reading through `InputDecoder`."""

    def take_mouse(self, wanted: bool) -> None:
        """Takes the mouse from now on, or gives it back to the terminal."""
        if wanted != self._mouse:
            self._disable_mouse_support()
            self._mouse = wanted
            self._enable_mouse_support()

    _lent = False
    """Whether another program has the terminal."""

    def suspend_application_mode(self) -> None:
        """Gives the terminal away for a while: nothing is written to it meanwhile."""
        super().suspend_application_mode()
        self._lent = True

    def resume_application_mode(self) -> None:
        """Takes it again."""
        self._lent = False
        super().resume_application_mode()

    def write(self, data: str) -> None:
        if not self._lent:
            super().write(data)

    def stop_application_mode(self) -> None:
        """Gives the terminal back but for its flow control: a ctrl+s typed now would hold up what is still to be written."""
        before = self.attrs_before
        if before is not None:
            self.attrs_before = [before[0] & ~termios.IXON, *before[1:]]
        super().stop_application_mode()
        self.attrs_before = before

    def close(self) -> None:
        """All is written: the terminal is as it was."""
        super().close()
        if self.attrs_before is not None:
            with suppress(termios.error):
                termios.tcsetattr(self.fileno, termios.TCSANOW, self.attrs_before)

    def run_input_thread(self) -> None:
        """Reads until the app ends. Raises OSError when the terminal is gone."""
        decoder = InputDecoder()
        with selectors.SelectSelector() as selector:
            selector.register(self.fileno, selectors.EVENT_READ)
            while not self.exit_event.is_set():
                if selector.select(TICK_S):
                    for message in decoder.feed(read(self.fileno, 1 << 12), monotonic()):
                        self.process_message(message)
                for message in decoder.tick():
                    self.process_message(message)

    def _run_input_thread(self) -> None:
        """A fault in it is the app's; Textual would print it with every value."""
        try:
            self.run_input_thread()
        except Exception as error:  # noqa: BLE001  the thread's outermost frame
            self._app.call_later(self._app._handle_exception, error)

    def _get_terminal_size(self) -> tuple[int, int]:
        """A terminal that says 0 × 0 is taken as 80 × 25, one that is larger than any as large as one can be."""
        width, height = super()._get_terminal_size()
        return min(width, LARGEST), min(height, LARGEST)
