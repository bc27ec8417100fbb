"""Text for a manual page: the few macros of man(7) that ours needs, and nothing in a text that troff would obey."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator


def plain(text: str) -> str:
    """A text as one line of troff: no request, no escape, no character that a terminal of 1985 lacks."""
    safe = text.replace("\\", "\\e").replace("-", "\\-").replace("'", "\\(aq").replace("`", "\\(ga")
    safe = "".join(char if char.isascii() else f"\\[u{ord(char):04X}]" for char in " ".join(safe.split()))
    return f"\\&{safe}" if safe.startswith(".") else safe


def bold(text: str) -> str:
    """What is typed as it stands."""
    return f"\\fB{plain(text)}\\fR"


def section(title: str, lines: Iterable[str]) -> Iterator[str]:
    """A part of the page."""
    yield f'.SH "{plain(title.upper())}"'
    yield from lines


def item(term: str, text: str) -> Iterator[str]:
    """A term, which is troff already, with its explanation below it."""
    yield from (".TP", term, plain(text) or "\\&")


def items(pairs: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Words, each with its explanation."""
    for term, text in pairs:
        yield from item(bold(term), text)


def example(command: str) -> Iterator[str]:
    """A command line by itself, as it is typed."""
    yield from (".RS 4", ".nf", bold(command), ".fi", ".RE")


def usage(parts: Iterable[str]) -> str:
    """A usage of argparse, in which what is in capitals is something else."""
    return re.sub(r"[A-Z_]{2,}(=N)?|\bN\b", lambda found: f"\\fI{found[0]}\\fR", plain(" ".join(parts)))
