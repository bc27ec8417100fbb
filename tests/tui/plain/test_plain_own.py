"""What is the operator's own at a plain prompt: commands that run programs, and views of files."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.tui.plain.talk import talk
from tests.tui.screens.fake_session import FakeSession

from orders_tui.config import Config
from orders_tui.config.own_commands import OwnCommand
from orders_tui.plain.listing import views_of
from orders_tui.views.folder import ViewFolder
from orders_tui.views.saved_view import SavedView
from orders_wire.vocabulary import Tab

COUNT = OwnCommand("count", ("wc", "-l"), about="Count the lines of its JSON")
NUMBER = OwnCommand("number", ("sh", "-c", "echo $0; exit 3", "{number}"), dangerous=True)


@pytest.fixture
def session() -> FakeSession:
    return FakeSession(page_size=5)


async def test_a_command_of_ones_own_runs_on_what_is_meant_and_says_what_it_wrote(session: FakeSession) -> None:
    said = await talk(session, "help", "mark 1 2", "count", commands=(COUNT, NUMBER))
    assert "count: Count the lines of its JSON" in said
    assert said.count("exit status 0") == 2


async def test_a_dangerous_one_asks_for_yes_and_none_runs_in_read_only(session: FakeSession) -> None:
    said = await talk(session, "1", "number", "no", "number", "yes", commands=(COUNT, NUMBER))
    assert "number runs sh -c echo $0; exit 3 {number} on #104233. type yes" in " ".join(said.split())
    assert "nothing was run" in said
    assert said.count("exit status 3") == 1
    assert "read only" in await talk(session, "1", "count", commands=(COUNT,), read_only=True)


async def test_tabs_and_pinned_views_are_named_alike(session: FakeSession) -> None:
    said = await talk(session, "tab late")
    assert "\nlate: 1 to 5 of 23," in said
    assert "\nlate 23: " in said
    assert (session.table.view.query.tab, session.table.view.query.filters.owner) == (Tab.OVERDUE, "unassigned")
    await talk(session, "tab overdue")
    assert (session.table.view.place, session.table.view.query.filters.owner) == ("overdue", None)
    await talk(session, "pinned view")
    assert (session.table.view.pinned, session.table.view.query.tab) == ("late", Tab.OVERDUE)


def test_views_are_those_of_files_and_what_no_file_has_yet(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text('tab = "all"\n')
    (tmp_path / "bad.toml").write_text("tab = 3\n")
    views, faults = views_of(Config(views=str(tmp_path)), {"view.late": "overdue -"})
    assert views == {"mine": SavedView(Tab.ALL), "late": SavedView(Tab.OVERDUE)}
    assert faults[0].startswith("bad.toml: line 1: tab is one of")
    assert list(views_of(Config(views=str(tmp_path)), {"view.late": "overdue -", "views": "files"})[0]) == ["mine"]


async def test_what_is_listed_is_saved_as_a_view_and_replaced_only_for_a_yes(
    session: FakeSession, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("orders_tui.paths.views_folder", lambda _: tmp_path)
    said = await talk(session, "tab returns", "filter owner:bo", "save-view bo's", "tab all", "views bo's")
    assert "saved; views bo's opens it" in said
    assert session.table.view.query.tab is Tab.RETURNS
    said = await talk(session, "tab all", "save-view bo's", "no", "save-view " + "x" * 41)
    assert "it replaces bo's: returns owner:bo. Save it?" in " ".join(said.split())
    assert "not saved" in said
    assert "at most 40 characters" in said
    folder = ViewFolder(tmp_path)
    folder.read()
    assert list(folder.views) == ["bo's"]
    assert folder.views["bo's"].tab is Tab.RETURNS
