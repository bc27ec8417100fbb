"""The site of the docs: it is built without a word of warning, and whoever reads it asks nobody else for anything."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest
from tests.conftest import ROOT

from orders_sync.openapi.document import document
from orders_sync.settings import NAMES
from orders_tui.cli.parser import build
from orders_tui.commands import COMMANDS
from orders_tui.config.settings import SETTINGS
from orders_tui.query.tokens import TOKENS
from orders_wire.arguments import commands

ELSEWHERE = re.compile(r"(?:https?:)?//")
LOADED = {"link": "href", "script": "src", "img": "src", "iframe": "src", "source": "src", "object": "data"}


class Loads(HTMLParser):
    """What a page loads from other machines."""

    def __init__(self) -> None:
        super().__init__()
        self.elsewhere: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        address = dict(attrs).get(LOADED.get(tag, "")) or ""
        if ELSEWHERE.match(address):
            self.elsewhere.append(address)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)]
    env = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "WARNING" not in done.stderr
    return folder


def test_no_page_loads_anything_from_elsewhere(site: Path) -> None:
    found: dict[str, list[str]] = {}
    for page in site.rglob("*.html"):
        loads = Loads()
        loads.feed(page.read_text(encoding="utf-8"))
        found[page.name] = loads.elsewhere
    assert [address for addresses in found.values() for address in addresses] == []
    written = [path for kind in ("css", "svg") for path in site.rglob(f"*.{kind}")]
    assert not [
        path.name for path in written if re.search(r"url\([\"']?(https?:)?//|@import", path.read_text(encoding="utf-8"))
    ]


def test_the_openapi_document_is_published_and_linked(site: Path) -> None:
    assert json.loads((site / "openapi.json").read_text(encoding="utf-8")) == json.loads(json.dumps(document()))
    assert 'href="../openapi.json"' in (site / "contract" / "index.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("page", "words"),
    [
        ("keys", [command.explanation for command in COMMANDS]),
        ("filters", [f"{name}:" for name in TOKENS]),
        ("configuration", [*SETTINGS, *(f"ORDERS_SYNC_{name.upper()}" for name in NAMES)]),
        ("command-line", [f'id="{name}"' for name in commands(build())]),
    ],
)
def test_a_page_that_is_drawn_has_everything(site: Path, page: str, words: list[str]) -> None:
    text = (site / page / "index.html").read_text(encoding="utf-8").replace("&#x27;", "'").replace("&amp;", "&")
    assert not [word for word in words if word not in text]
