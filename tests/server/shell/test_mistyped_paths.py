"""A path that is mistyped makes no database: contract §7, Databases."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.support.postgres import Cluster

from orders_sync.__main__ import main
from orders_sync.commands import serve
from orders_sync.settings import Settings

LOOKING = [("verify",), ("backup", "--to", "{folder}/copy.bak"), ("restore",)]
BEGINNING = [
    ("serve", "--port", "0"),
    ("poll", "once"),
    ("restore", "--from", "{folder}/kept.bak"),
]


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The databases that `serve` would have served."""
    found: list[str] = []

    def run(settings: Settings) -> int:
        found.append(settings.database_url)
        return 0

    monkeypatch.setattr(serve, "run", run)
    return found


@pytest.fixture
def folder(tmp_path: Path, sqlite_template: Path) -> Path:
    """Where a desk is, and a copy of it under a name of its own."""
    shutil.copy(sqlite_template, tmp_path / "desk.db")
    shutil.copy(sqlite_template, tmp_path / "kept.bak")
    return tmp_path


def everything(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


@pytest.mark.usefixtures("served")
@pytest.mark.parametrize("words", [*LOOKING, *BEGINNING], ids=" ".join)
@pytest.mark.parametrize("typed", ["typo/desk.db", "deks.db", "a/b/c.db"])
def test_nothing_is_made_and_the_path_is_named(
    words: tuple[str, ...], typed: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = everything(folder)
    given = [word.format(folder=folder) for word in words]
    assert main([*given, "--database", f"sqlite:///{folder}/{typed}"]) == 1
    told = capsys.readouterr()
    assert everything(folder) == before
    assert told.out == ""
    (line,) = told.err.strip().splitlines()
    assert str(folder / typed) in line


@pytest.mark.usefixtures("served")
@pytest.mark.parametrize("command", [("verify",), ("serve", "--port", "0"), ("backup", "--to", "{folder}/copy.bak")])
def test_the_way_to_a_new_desk_is_named(
    command: tuple[str, ...], folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = [word.format(folder=folder) for word in command]
    main([*given, "--database", f"sqlite:///{folder}/typo.db"])
    assert "--create" in capsys.readouterr().err


def test_a_desk_begins_where_it_is_asked_for(folder: Path, served: list[str]) -> None:
    for typed in ("typo/desk.db", "deks.db"):
        assert main(["serve", "--create", "--database", f"sqlite:///{folder}/{typed}"]) == 0
    assert len(served) == 2


def test_a_desk_begins_in_a_folder_that_has_none(tmp_path: Path, served: list[str]) -> None:
    (tmp_path / "sync.toml").touch()
    assert main(["serve", "--database", f"sqlite:///{tmp_path}/desk.db"]) == 0
    assert len(served) == 1


def test_a_desk_begins_in_the_usual_place(tmp_path: Path, served: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "never" / "made"))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("ORDERS_SYNC_DATABASE_URL", raising=False)
    assert main(["serve"]) == 0
    assert str(tmp_path) in served[0]


def test_a_desk_is_not_moved_into_a_folder_that_is_not_there(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = everything(folder)
    move = ["migrate", "--from", f"sqlite:///{folder}/desk.db", "--to", f"sqlite:///{folder}/typo/desk.db"]
    assert main(move) == 1
    assert "--create" in capsys.readouterr().err
    assert everything(folder) == before
    assert main([*move, "--create"]) == 0


@pytest.mark.parametrize("empty", ["sqlite", "postgresql"])
def test_a_database_without_a_desk_is_not_looked_at(
    empty: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], request: pytest.FixtureRequest
) -> None:
    make: dict[str, Callable[[], str]] = {
        "sqlite": lambda: _empty_file(tmp_path),
        "postgresql": lambda: _without_tables(request.getfixturevalue("postgres_cluster")),
    }
    assert main(["verify", "--database", make[empty]()]) == 1
    assert "holds no desk" in capsys.readouterr().err


def _empty_file(folder: Path) -> str:
    (folder / "desk.db").touch()
    return f"sqlite:///{folder}/desk.db"


def _without_tables(cluster: Cluster) -> str:
    cluster.create("without_tables")
    return cluster.url("without_tables")
