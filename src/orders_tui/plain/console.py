"""What is said and what is asked, line by line. What comes meanwhile is said before the next question, never into one.

Everything that is written is made safe here, and put into lines of 79 cells.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from typing import TypeVar

from orders_tui import sanitise
from orders_tui.words.matching import BEGINS, likeness

T = TypeVar("T")
WIDTH = 79
LEAVES = frozenset({"cancel", "esc", "escape"})
"""Words that leave a question, whichever."""


class Left(Exception):
    """A question was left: what it was for is not done."""


class Interrupted(Left):
    """It was left by ctrl+c."""


class Ended(Exception):
    """No line comes any more."""


class Console:
    """`read` gives the next line (raises Left, Ended); `news` what is said before it; `echo`: no terminal shows what is typed."""

    def __init__(self, read: Callable[[], Awaitable[str]], write: Callable[[str], None], *, echo: bool = False) -> None:
        self._read, self._write, self._echo = read, write, echo
        self.news: Callable[[], Iterable[str]] = tuple

    def say(self, *texts: str) -> None:
        """Lines of text; one that is too long goes on in the next, further in."""
        for text in texts:
            for line in text.split("\n"):
                self._write("".join(f"{part}\n" for part in wrapped(sanitise.text(line))))

    def tell_news(self) -> None:
        """What has come since."""
        self.say(*self.news())

    def numbered(self, texts: Iterable[str]) -> None:
        """Lines with numbers from 1."""
        self.say(*(f"{number}. {text}" for number, text in enumerate(texts, start=1)))

    async def ask(self, question: str, default: str = "") -> str:
        """One line, without blanks around it; a blank one is `default`. Raises Left, Ended."""
        self.tell_news()
        kept = f" [{default}]" if default else ""
        *before, last = list(wrapped(sanitise.text(f"{question}{kept}:"))) or [""]
        self._write("".join(f"{line}\n" for line in before) + f"{last} ")
        try:
            given = sanitise.trimmed(sanitise.text(await self._read()))
        except (Left, Ended):
            self._write("\n")
            raise
        if self._echo:
            self._write(f"{given}\n")
        if given.casefold() in LEAVES:
            raise Left
        return given or default

    async def choose(self, question: str, options: Sequence[tuple[T, str]], default: int = 0) -> T:
        """One of these, by its number or by how a word of it begins; `default`: the number that a blank line means, 0: none."""
        self.say(f"{question}:")
        self.numbered(text for _, text in options)
        while True:
            given = await self.ask(f"number, 1 to {len(options)}, or cancel", str(default) if default else "")
            if given.isdecimal() and 1 <= int(given) <= len(options):
                return options[int(given) - 1][0]
            like = [] if given.isdecimal() else [each for each, text in options if likeness(given, text) >= BEGINS]
            if given and len(like) == 1:
                return like[0]
            self.say(f"{given or 'nothing'} is none of these")

    async def yes(self, question: str) -> bool:
        """Whether `yes` was typed, whole: it is for what cannot be taken for granted."""
        given = await self.ask(f"{question} type yes, or anything else to leave it")
        return given.casefold() == "yes"


def cells(text: str) -> int:
    """How wide a text is."""
    if text.isascii():
        return len(text)
    return sum(2 if unicodedata.east_asian_width(each) in "WF" else not unicodedata.combining(each) for each in text)


def wrapped(text: str, width: int = WIDTH) -> Iterator[str]:
    """The text in lines of so many cells, parted at blanks where there are some; what follows stands two cells further in."""
    if cells(text) <= width:
        yield text
        return
    indent = text[: len(text) - len(text.lstrip())]
    line, begins = "", indent
    for word in text.split():
        for piece in _pieces(word, width - len(indent) - 2):
            longer = f"{line} {piece}" if line else f"{begins}{piece}"
            if cells(longer) <= width:
                line = longer
            else:
                yield line
                begins = f"{indent}  "
                line = f"{begins}{piece}"
    yield line


def _pieces(word: str, width: int) -> Iterator[str]:
    while cells(word) > width:
        cut = next(at for at in range(len(word), 0, -1) if cells(word[:at]) <= width)
        yield word[:cut]
        word = word[cut:]
    yield word
