"""The server's commands as a person types them: what they print, and how they end."""

from __future__ import annotations

from pathlib import Path

import pytest

from orders_sync.__main__ import main
from orders_sync.commands.catalogue import COMMANDS
from orders_tui.cli.parser import SERVER_COMMANDS


def test_the_client_names_every_command_of_the_server() -> None:
    assert set(SERVER_COMMANDS) == {*COMMANDS, "demo"}


def test_migrate_tells_each_table_and_the_new_desk(
    sqlite_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["verify", "--database", sqlite_url, "--shop-domain", "acme.myshopify.com"]) == 0
    capsys.readouterr()
    target = f"sqlite:///{tmp_path / 'moved.db'}"
    assert main(["migrate", "--from", sqlite_url, "--to", target]) == 0
    *tables, desk, total = capsys.readouterr().out.splitlines()
    assert "           1  shops" in tables
    assert desk.startswith("acme.myshopify.com is now desk ")
    assert total == f"2 rows in {len(tables)} tables, counted and compared."


@pytest.mark.parametrize(
    ("urls", "ending"),
    [
        (("sqlite:///{0}/none.db", "sqlite:///{0}/new.db"), (1, "There is no database at")),
        (("sqlite:///{0}/desk.db", "sqlite:///{0}/desk.db"), (1, "the same")),
        (("mysql://there", "sqlite:///{0}/new.db"), (2, "a database URL is")),
        (("sqlite:///{0}/desk.db", "postgresql://nobody@127.0.0.1:1/desk"), (1, "cannot be opened")),
    ],
)
@pytest.mark.usefixtures("sqlite_url")
def test_what_cannot_be_migrated_ends_with_one_line(
    urls: tuple[str, str], ending: tuple[int, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source, target = (url.format(tmp_path) for url in urls)
    status, told = ending
    assert main(["migrate", "--from", source, "--to", target]) == status
    written = capsys.readouterr()
    assert (written.out, len(written.err.splitlines())) == ("", 1)
    assert told in written.err
