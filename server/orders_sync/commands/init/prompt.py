"""How `init` speaks with a person: on a terminal with questions, elsewhere by plain lines and without any."""

from __future__ import annotations

import getpass
import shutil
import sys
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, TypeVar

from orders_sync.commands.init.answers import NotTaken, Wrong

T = TypeVar("T")

COMMAND = "    "
"""What a line with a command to copy begins with."""

DONE, REFUSED, USAGE, INTERRUPTED = 0, 1, 2, 130


class Ended(Exception):
    """`init` ends here; the message says why, `status` how."""

    def __init__(self, message: str, status: int = REFUSED) -> None:
        super().__init__(message)
        self.status = status


class Left(Exception):
    """The person left: ctrl+c or ctrl+d."""


class OutOfReach(Exception):
    """An answer could not be checked because of the network; the message says what happened."""


class Prompt(Protocol):
    """`asks`: whether there is anybody to ask."""

    asks: bool

    def say(self, text: str = "") -> None:
        """A line, without what a terminal would obey."""

    def progress(self, text: str) -> None:
        """What is going on, in the place of what was said so last; empty: nothing any more."""

    def ask(self, question: str, *, hidden: bool = False) -> str:
        """Raises Left."""


class Terminal:
    """A person at a terminal."""

    asks = True
    _shown = 0

    def say(self, text: str = "") -> None:
        width = max(shutil.get_terminal_size().columns - 1, 40)
        print("\n".join(_wrapped(line, width) for line in plain(text).split("\n")), flush=True)

    def progress(self, text: str) -> None:
        blank = " " * self._shown
        print(f"\r{blank}\r{plain(text)}", end="", flush=True)
        self._shown = len(text)

    def ask(self, question: str, *, hidden: bool = False) -> str:
        try:
            return getpass.getpass(plain(question)) if hidden else input(plain(question))
        except (KeyboardInterrupt, EOFError):
            print(flush=True)
            raise Left from None
        except UnicodeDecodeError:  # what was typed is not in the terminal's encoding
            return ""


class Plain:
    """Nobody to ask: what is said are lines, progress among them."""

    asks = False

    def say(self, text: str = "") -> None:
        print(plain(text), flush=True)

    def progress(self, text: str) -> None:
        if text:
            self.say(text)

    def ask(self, question: str, *, hidden: bool = False) -> str:
        raise Ended(f"Nobody can be asked: {question}", USAGE)


def here() -> Prompt:
    """By what this process's input and output are."""
    return Terminal() if sys.stdin.isatty() and sys.stdout.isatty() else Plain()


def plain(text: str) -> str:
    """The text without what a terminal would obey."""
    return "".join(char if char.isprintable() or char == "\n" else "\ufffd" for char in text)


def _wrapped(line: str, width: int) -> str:
    """A line as the terminal shows it best: broken between words, which a command never is, under its own beginning."""
    if line.startswith(COMMAND):
        return line
    indent = " " * (len(line) - len(line.lstrip()))
    words = textwrap.wrap(line, width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)
    return "\n".join(words)


def yes(prompt: Prompt, question: str, *, default: bool) -> bool:
    """Asked until the answer is one. Raises Left."""
    while True:
        answer = prompt.ask(f"{question} [{'Y/n' if default else 'y/N'}] ").strip().lower()
        if answer in ("", "y", "yes", "n", "no"):
            return answer[:1] == "y" if answer else default
        prompt.say("Answer y or n.")


@dataclass(frozen=True, slots=True)
class Given:
    """An answer that was there before the question, and where it came from."""

    value: str
    source: str


@dataclass(frozen=True, slots=True)
class Question:
    """`hint`: what else may be answered; `kept`: what an empty answer means, and how that is shown (a secret is not)."""

    text: str
    hint: str = ""
    hidden: bool = False
    kept: str | None = None
    shown: str = ""

    @property
    def line(self) -> str:
        """As it is asked."""
        return f"{self.text}{self.hint}{f' [{self.shown}]' if self.shown else ''}: "


def settled(prompt: Prompt, question: Question, given: Given | None, check: Callable[[str], T]) -> T:
    """What `check` makes of the answer that was given or is asked for, again and again until it takes one. Raises Left, Ended."""
    answer = given.value if given else None
    if given:
        prompt.say(f"{question.text}: from {given.source}.")
    while True:
        if answer is None:
            answer = prompt.ask(question.line, hidden=question.hidden).strip() or question.kept or ""
        try:
            return check(answer)
        except Wrong as error:
            _tell(prompt, str(error), REFUSED if isinstance(error, NotTaken) else USAGE)
            answer = None
        except OutOfReach as error:
            _tell(prompt, str(error), REFUSED)
            if not yes(prompt, "Try again?", default=True):
                answer = None


def _tell(prompt: Prompt, problem: str, status: int) -> None:
    if not prompt.asks:
        raise Ended(problem, status)
    prompt.say(f"  ✗ {problem}" + ("" if problem.endswith((".", "?")) else "."))
