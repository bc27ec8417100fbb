"""Every command that README and docs name is run: it exists, takes these options, and ends well."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from tests.architecture.command_bench import STDIN, Bench, shop
from tests.architecture.pages import PAGES, Said, mentions, pipelines, shell_lines

from orders_demo import command as demo
from orders_sync.app import build
from orders_sync.commands import serve
from orders_sync.commands.init import run as init
from orders_sync.db.location import parse
from orders_sync.db.migrate import migrate
from orders_sync.settings import Settings
from orders_tui.cli import main, output
from orders_tui.cli.connection import configured

SYNOPSIS = re.compile(r"\[(--[^\]]+)\]")
"""An option that may be left out, in a line that says how a command is written."""
ANOTHER = re.compile(r"\$\([^)]+\)")
"""What another program prints."""


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty database."""
    path = tmp_path_factory.mktemp("pages") / "empty.db"
    migrate(parse(f"sqlite:///{path}"))
    return path


@pytest.fixture
async def bench(tmp_path: Path, empty: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Bench]:
    for name in ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    monkeypatch.chdir(tmp_path)
    _with_a_profile(tmp_path)
    (tmp_path / "scans.txt").write_text(STDIN["scans.txt"], encoding="utf-8")
    _at_its_border(monkeypatch)
    async with shop() as url:
        yield Bench(tmp_path, empty, url)


def _with_a_profile(folder: Path) -> None:
    (folder / "orders-tui").mkdir()
    profiles = "".join(f'[profile.{name}]\nname = "ana"\n' for name in ("shop", "prod", "test"))
    command = '[commands.label]\nargv = ["cat"]\n'
    (folder / "orders-tui" / "config.toml").write_text(profiles + command, encoding="utf-8")
    (folder / "orders-tui" / "views").mkdir()
    (folder / "orders-tui" / "views" / "late.toml").write_text('name = "mine, late"\ntab = "unfulfilled"\n')


def _at_its_border(monkeypatch: pytest.MonkeyPatch) -> None:
    """What would take the terminal, or serve until it is ended, is set up and then left."""

    async def served(settings: Settings, announce: Callable[[str], None]) -> None:
        build(settings)
        announce("http://127.0.0.1:8765")

    def opened(given: Any) -> int:
        configured(given)
        return 0

    monkeypatch.setattr(init, "signal", SimpleNamespace(signal=lambda *_: None, SIGTERM=15))  # of the main thread alone
    monkeypatch.setattr(serve, "serve", served)
    monkeypatch.setattr(main, "_desk", opened)
    monkeypatch.setattr(output, "close_stdout", lambda: None)
    for name in ("run_demo", "run_shop"):
        monkeypatch.setattr(demo, name, lambda *_given, **_options: 0)


async def _amiss(bench: Bench, said: Said, *, mentioned: bool) -> list[str]:
    """What of a line does not end well. A command of which no more than its name is mentioned is asked for its help."""
    found = []
    for pipeline in pipelines(ANOTHER.sub("today", SYNOPSIS.sub(r"\1", said.text))):
        if mentioned and len(pipeline[0].ours or ()) == 1:
            pipeline[0].words.append("--help")
        ended = await bench.pipe(pipeline)
        if ended.status != 0:
            found.append(f"{said} ended with {ended.status}: {ended.err.strip()}")
    return found


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
async def test_every_command_in_a_page_does_what_it_should(page: Path, bench: Bench) -> None:
    amiss = [each for said in shell_lines(page) for each in await _amiss(bench, said, mentioned=False)]
    amiss += [each for said in mentions(page) for each in await _amiss(bench, said, mentioned=True)]
    assert not amiss, "\n".join(amiss)
