"""CONTRIBUTING.md holds to the code: every file that a walk names is there, and what a walk follows is known nowhere else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.conftest import ROOT

MOST_FILES = 12
"""A change that touches more is too hard to make."""

WAYS = {"A webhook": 24, "An action from key to Shopify": 28, "A page": 16}
"""How many files may lie on each way through the code."""

FOLLOWED = {
    "A column of the table": r"\b_usd\b",
    "A tab": r"\bTab\.REFUNDED\b",
    "A filter": r"\bf(ilters)?\.priority\b|\(Priority, \"priority\"|one_of\(Priority\)|\bpriority: Priority \|",
    "An action": r"\bSupport(Draft|Body|Dialog)\b|\bActionName\.SUPPORT\b",
    "A kind of outbound write": r"\bKind\.ESCALATION\b",
    "A setting": r"\bship_within_hours\b",
    "A table of the database": r"(?<!`)\border_assignments\b(?!`)",
}
"""What of each walk's example must be known by the files of the walk alone."""


def sections(level: str) -> Iterator[tuple[str, str]]:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    for part in re.split(rf"^{level} ", text, flags=re.MULTILINE)[1:]:
        title, _, body = part.partition("\n")
        yield title, re.split(r"^##", body, maxsplit=1, flags=re.MULTILINE)[0]


def files(body: str) -> list[str]:
    """Those of the numbered list."""
    steps = "".join(re.findall(r"^(?:\d+\.| {3,}).*\n", body, re.MULTILINE))
    return re.findall(r"`((?:src|server|tests|docs)/[\w./-]+\.\w+)`", steps)


WALKS = {title: files(body) for title, body in sections("###")}


@pytest.mark.parametrize("title", WALKS)
def test_a_walk_is_short_and_its_files_are_there(title: str) -> None:
    assert 0 < len(WALKS[title]) <= MOST_FILES or title in WAYS
    assert not [name for name in WALKS[title] if not (ROOT / name).is_file()]


@pytest.mark.parametrize("title", FOLLOWED)
def test_what_a_walk_follows_is_known_to_its_files_alone(title: str) -> None:
    sources = [*ROOT.glob("src/**/*.py"), *ROOT.glob("server/orders_sync/**/*.py")]
    known = {str(path.relative_to(ROOT)) for path in sources if re.search(FOLLOWED[title], path.read_text("utf-8"))}
    assert known, "the example of the walk is gone"
    assert known <= set(WALKS[title])


@pytest.mark.parametrize("title", WAYS)
def test_a_way_through_the_code_is_short(title: str) -> None:
    assert 0 < len(WALKS[title]) <= WAYS[title]
    assert len(set(WALKS[title])) == len(WALKS[title])


def test_the_page_names_the_commands_that_judge_a_change() -> None:
    page = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    assert re.search(r"pytest -n \d --dist worksteal", page)
    hooks = Path(ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8")
    judged = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert all(tool in hooks and tool in judged for tool in ("ruff check", "ruff format", "mypy"))
