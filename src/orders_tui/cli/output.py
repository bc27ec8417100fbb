"""What stands on stdout and stderr: the encodings of both, messages, and colour for people where they want it.

Colours are the tones of the desk in the terminal's own sixteen, never in JSON or CSV. `--color` says; with `auto` it is the
environment (NO_COLOR, FORCE_COLOR, CLICOLOR_FORCE, CLICOLOR), and then whether the stream is a terminal.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Mapping, MutableMapping, Sequence
from contextvars import ContextVar
from itertools import pairwise
from typing import TextIO

from orders_tui.sanitise import lines

WHEN = ("auto", "always", "never")
SGR = {"dim": "2", "good": "32", "active": "36", "warn": "33", "bad": "31", "dire": "35"}
"""What each tone but the plain one is, as a terminal takes it."""

_OPTION = "--color"
_when = ContextVar("when", default="auto")


def choose_color(arguments: Sequence[str]) -> None:
    """Sets what holds for this command line, before anything of it is read: also its errors are coloured, or not."""
    given = [value for option, value in pairwise(arguments) if option == _OPTION]
    given += [each.partition("=")[2] for each in arguments if each.startswith(f"{_OPTION}=")]
    _when.set(given[-1] if given and given[-1] in WHEN else "auto")


def colored(stream: TextIO, when: str | None = None, environ: Mapping[str, str] | None = None) -> bool:
    """Whether what is written to this stream is coloured."""
    when, environ = when or _when.get(), os.environ if environ is None else environ
    if when != "auto":
        return when == "always"
    if environ.get("NO_COLOR"):
        return False
    if any(environ.get(name, "0") not in ("", "0") for name in ("FORCE_COLOR", "CLICOLOR_FORCE")):
        return True
    return stream.isatty() and environ.get("TERM") != "dumb" and environ.get("CLICOLOR") != "0"


def painted(text: str, tone: str, stream: TextIO) -> str:
    """The text in a tone, for this stream."""
    sgr = SGR.get(tone)
    return f"\x1b[{sgr}m{text}\x1b[0m" if sgr and text and colored(stream) else text


def on_screen(environ: MutableMapping[str, str]) -> None:
    """Tells Textual, by the environment that it reads: a screen in grey, or in colour whatever the terminal says of itself."""
    if _when.get() == "never":
        environ["NO_COLOR"] = "1"
    elif _when.get() == "always":
        environ.pop("NO_COLOR", None)
        if environ.get("TERM", "dumb") in ("dumb", "unknown"):
            environ.setdefault("TEXTUAL_COLOR_SYSTEM", "standard")


def write_what_can_be_shown() -> None:
    """What is for people takes the encoding of the terminal, and loses what that does not know."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def write_utf8() -> None:
    """JSON and CSV are UTF-8 wherever they go."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", errors="replace")


def close_stdout() -> None:
    """Whoever read us has gone: nothing more is written, also not by the interpreter at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def say(message: str, tone: str = "plain") -> None:
    """A message beside the output, without what a terminal would obey."""
    print(painted(lines(message), tone, sys.stderr), file=sys.stderr)


def complain(message: str) -> None:
    """What went wrong."""
    say(message, "bad")
