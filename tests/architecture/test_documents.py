"""The pages are true about the code: the tree, the endpoints, the settings, the commands."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.architecture.pages import examples
from tests.conftest import ROOT

from orders_sync.openapi.operations import OPERATIONS
from orders_sync.settings import NAMES
from orders_tui.config import load, profiles
from orders_tui.themes import require
from orders_wire.vocabulary import ErrorCode, EventType, Gap

PAGES = (ROOT / "README.md", ROOT / "CHANGELOG.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md")))


def text(page: str) -> str:
    return (ROOT / page).read_text(encoding="utf-8")


def tree() -> str:
    """The block under "The house"."""
    return text("docs/design.md").split("## The house")[1].split("```")[1]


@pytest.mark.parametrize("folder", ["src/orders_tui", "server/orders_sync", "tests"])
def test_the_tree_names_every_package(folder: str) -> None:
    inside = {path.name for path in (ROOT / folder).iterdir() if path.is_dir() and any(path.glob("*.py"))}
    hidden = {"support", "__pycache__"}
    assert not {name for name in inside - hidden if not re.search(rf"\b{name}\b", tree())}


def test_what_the_tree_names_is_there() -> None:
    named = set(re.findall(r"\b([a-z_]+\.py)\b", tree()))
    there = {path.name for folder in ("src", "server") for path in (ROOT / folder).rglob("*.py")}
    assert named <= there


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_file_that_a_page_names_is_there(page: Path) -> None:
    files = [str(path) for folder in ("src", "server", "tests") for path in (ROOT / folder).rglob("*.py")]
    named = set(re.findall(r"`([\w/]+\.py)`", page.read_text(encoding="utf-8")))
    assert not {name for name in named if not any(path.endswith(f"/{name}") for path in files)}


def test_the_contract_page_names_every_endpoint_code_event_and_gap() -> None:
    page = text("docs/contract.md")
    paths = {operation.path.partition("/{")[0] for operation in OPERATIONS}
    assert not {path for path in paths if path not in page and path.rpartition("/")[2] not in page}
    assert not {word.value for word in (*ErrorCode, *EventType, *Gap) if word.value not in page}


def test_the_operations_page_names_every_setting() -> None:
    page = text("docs/operations.md")
    assert not {name.upper() for name in NAMES if f"`{name.upper()}`" not in page}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_to_a_file_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\((?!https?://|#)([^)#]+)", page.read_text("utf-8"))
    assert not [link for link in links if not (page.parent / link).exists()]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_configuration_in_a_page_can_be_used(page: Path, tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    for example in examples(page, "toml"):
        if "[[token]]" in example or "\ntab = " in example:  # the server's people; a saved view
            continue
        file.write_text(re.sub(r"^token_file.*", "", example, flags=re.MULTILINE), encoding="utf-8")
        for profile in [None, *profiles(file)]:
            require(load(profile=profile, path=file, environ={}))
