"""What README and docs tell a reader to type: the commands in their code, and the keys, which they write as `<kbd>`."""

from __future__ import annotations

import html
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import dropwhile
from pathlib import Path

from tests.conftest import ROOT

PAGES = (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md")))

_FENCE = re.compile(r"^```(?P<kind>\w*)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)
_SPAN = re.compile(r"(?<!`)`(?P<text>[^`]+)`(?!`)")
_KEY = re.compile(r"<kbd>(?P<key>.+?)</kbd>")
_OURS = re.compile(r"(?:\S*/|(?:uvx|pipx run)(?: --(?:from|spec) \.)? )?orders-tui(?P<rest>\s.*|)", re.DOTALL)
_ENDS = {"&&", "||", ";", "&", "(", ")"}
_SET = re.compile(r"[A-Z_]+=.*", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Said:
    """Something that a page says, and where."""

    page: str
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.page}:{self.line}: {self.text}"


@dataclass(slots=True)
class Call:
    """One program of a pipeline: its words, and the files that it reads and writes."""

    words: list[str] = field(default_factory=list)
    reads: str = ""
    writes: str = ""

    @property
    def ours(self) -> list[str] | None:
        """What stands behind `orders-tui`, however that is started; None where it is another program."""
        words = list(dropwhile(_SET.fullmatch, self.words))
        found = _OURS.fullmatch(shlex.join(words))
        return shlex.split(found["rest"]) if found else None


def shell_lines(page: Path) -> Iterator[Said]:
    """The lines of every block of shell."""
    text = page.read_text(encoding="utf-8")
    for found in _FENCE.finditer(text):
        if found["kind"] == "sh":
            yield from _lines(page, text.count("\n", 0, found.start("body")) + 1, found["body"])


def examples(page: Path, kind: str) -> list[str]:
    """The blocks of this language."""
    return [found["body"] for found in _FENCE.finditer(page.read_text(encoding="utf-8")) if found["kind"] == kind]


def mentions(page: Path) -> Iterator[Said]:
    """Every command within the text."""
    return (said for said in spans(page) if _OURS.fullmatch(said.text))


def pipelines(text: str) -> list[list[Call]]:
    """The programs of a line of shell, by what is piped together."""
    lexer = shlex.shlex(text, posix=True, punctuation_chars=True)
    lexer.whitespace_split = True
    found = [[Call()]]
    words = iter(lexer)
    for word in words:
        call = found[-1][-1]
        if word in _ENDS:
            found.append([Call()])
        elif word == "|":
            found[-1].append(Call())
        elif word == "<":
            call.reads = next(words)
        elif word in {">", ">>"}:
            call.writes = next(words)
            if call.words[-1] == "2":
                call.words.pop()
        else:
            call.words.append(word)
    return [pipeline for pipeline in found if pipeline[0].words]


def keys(page: Path) -> list[Said]:
    """Every key that a page names."""
    text = page.read_text(encoding="utf-8")
    return [
        Said(page.name, text.count("\n", 0, found.start()) + 1, html.unescape(found["key"]))
        for found in _KEY.finditer(text)
    ]


def spans(page: Path) -> Iterator[Said]:
    """All that stands in the text as code."""
    text = page.read_text(encoding="utf-8")
    prose = _FENCE.sub(lambda fence: "\n" * fence[0].count("\n"), text)
    for span in _SPAN.finditer(prose):
        yield Said(page.name, prose.count("\n", 0, span.start()) + 1, " ".join(span["text"].split()))


def _lines(page: Path, first: int, body: str) -> Iterator[Said]:
    """The lines of shell, those that go on behind a backslash joined."""
    joined, begun = "", first
    for number, line in enumerate(body.splitlines(), start=first):
        begun = begun if joined else number
        joined += line.removesuffix("\\") + " "
        if not line.endswith("\\"):
            yield Said(page.name, begun, joined.strip())
            joined = ""
