"""Views as files: what stands in one, what is wrong with one, whose they are, and how those of earlier releases come over."""

from __future__ import annotations

import errno
import os
import stat
import threading
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orders_tui import sanitise
from orders_tui.config import Config
from orders_tui.context.preferences import Preferences
from orders_tui.errors import UsageError
from orders_tui.paths import views_folder
from orders_tui.query import Filters, OrdersQuery, Sort
from orders_tui.views import folder as folders
from orders_tui.views import view_file
from orders_tui.views.folder import NotSaved, ViewFolder
from orders_tui.views.saved_view import SavedView
from orders_tui.views.view_file import ViewFault
from orders_wire.vocabulary import SortField, Tab

QUERY = OrdersQuery(Tab.RETURNS, Filters(owner="bo", words="berlin"), Sort(SortField.PLACED_AT, descending=True))
COLUMNS = ("number", "return", "owner")
KNOWN = ("number", "return", "owner", "age", "customer")
VIEW = SavedView(Tab.RETURNS, "owner:bo berlin", "-placed_at", COLUMNS, pinned=True)
FILE = """name = "late, in Berlin"
tab = "returns"
filter = "owner:bo berlin"
sort = "-placed_at"
columns = ["number", "return", "owner"]
pinned = true
"""


@pytest.fixture
def views(tmp_path: Path) -> ViewFolder:
    return ViewFolder(tmp_path / "views", KNOWN)


def test_a_view_is_what_is_on_show_and_opens_as_that() -> None:
    view = SavedView.of(QUERY, COLUMNS)
    assert view == SavedView(Tab.RETURNS, "owner:bo berlin", "-placed_at", COLUMNS)
    assert view.query(50) == OrdersQuery(QUERY.tab, QUERY.filters, QUERY.sort, 50)


def test_the_orders_of_whoever_saves_it_are_those_of_whoever_opens_it() -> None:
    view = SavedView.of(QUERY, COLUMNS, me="bo")
    assert view.filter == "owner:me berlin"
    assert view.query(50, "ana").filters.owner == "ana"
    with pytest.raises(UsageError, match="has not said yet who you are"):
        view.query(50)
    spaced = SavedView.of(OrdersQuery(filters=Filters(owner="van der Berg", tag="owner:x")), (), me="van der Berg")
    assert spaced.filter.startswith("owner:me ")


def test_a_view_is_a_small_file_that_reads_back() -> None:
    assert view_file.write("late, in Berlin", VIEW) == FILE
    assert view_file.read(FILE, "x", KNOWN) == ("late, in Berlin", VIEW)


def test_a_name_is_the_files_own_where_none_is_given() -> None:
    assert view_file.read('tab = "all"', "from-ana", KNOWN) == ("from-ana", SavedView(Tab.ALL))


NAMES = st.text(min_size=1, max_size=40).map(lambda text: sanitise.text(text).strip()).filter(bool)


@settings(max_examples=60, deadline=None)
@given(NAMES, st.sampled_from(Tab), st.text(max_size=30), st.booleans())
def test_whatever_is_saved_reads_back(name: str, tab: Tab, words: str, pinned: bool) -> None:
    from orders_tui.query import ParsedQuery, parse

    parsed = parse(sanitise.text(words), "me")
    if isinstance(parsed, ParsedQuery):
        view = SavedView.of(OrdersQuery(tab, parsed.filters, parsed.sort), ("age",))
        text = view_file.write(name, view)
        assert view_file.read(text, "x") == (name, view)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "tab is missing, one of all, unfulfilled"),
        ("tab = \nx", 'line 1: is not TOML (Invalid value); a view is a few lines such as tab = "overdue"'),
        ('tab = "all"\ntab = "all"', "line 2: is not TOML"),
        ("\0", "line 1: is not TOML"),
        ("a = " + "[" * 4000, "is nested too deep"),
        ("a = " + "9" * 5000, "is not TOML"),
        ('tab = "all"\ntabb = 3', "line 2: there is no key tabb (did you mean tab?); known are name, tab, filter"),
        ('tab = "all"\n[commands]', "line 2: there is no key commands (did you mean columns?); known are"),
        ('\ntab = "overdu"', "line 2: tab is one of all, unfulfilled, overdue"),
        ('\ntab = "overdu"', "(did you mean overdue?)"),
        ("tab = 3", "line 1: tab is one of"),
        ('tab = "all"\nname = ""', "line 2: name is a text of 1 to 40 characters"),
        ('tab = "all"\nname = "\\u001b[31m"', "name is a text"),
        (f'tab = "all"\nname = "{"x" * 41}"', "name is a text"),
        (
            'tab = "all"\n\nfilter = "ownr:me"',
            "line 3: filter is not understood: there is no ownr: (did you mean owner?)",
        ),
        ('tab = "all"\nfilter = ["x"]', "line 2: filter is one line of text"),
        ('tab = "all"\nfilter = "sort:placed_at"', "has a sort: in it, which stands in a line of its own"),
        ('tab = "all"\nsort = "-placedat"', "line 2: sort is one of"),
        ('tab = "all"\ncolumns = "age"', "columns is a list of columns, of number, return"),
        ('tab = "all"\ncolumns = ["agee"]', "columns knows no 'agee' (did you mean age?); columns are number"),
        ('tab = "all"\npinned = "yes"', "line 2: pinned is true or false"),
    ],
)
def test_what_is_no_view_is_named_with_line_and_what_is_allowed(text: str, says: str) -> None:
    with pytest.raises(ViewFault) as fault:
        view_file.read(text, "x", KNOWN)
    assert says in str(fault.value)
    assert str(fault.value).isprintable()
    assert len(str(fault.value)) < 500


def test_a_file_that_is_no_view_costs_nothing_else(views: ViewFolder) -> None:
    assert views.path is not None
    views.save("good", VIEW)
    folder = views.path
    (folder / "from-a-colleague.toml").write_text('tab = "overdue"\n')
    (folder / "broken.toml").write_text('tab = "overdoo"\n')
    (folder / "bytes.toml").write_bytes(b"\xff\xfe")
    (folder / "large.toml").write_text('tab = "all"\n' + "#" * 20_000)
    (folder / "folder.toml").mkdir()
    (folder / "gone.toml").symlink_to(folder / "nothing")
    (folder / "twin.toml").write_text('name = "good"\ntab = "all"\n')
    (folder / "\x1b[31mred.toml").write_text("x")
    (folder / ".hidden.toml").write_text("x")
    (folder / "notes.txt").write_text("x")
    os.mkfifo(folder / "pipe.toml")
    views.read()
    assert views.views == {"from-a-colleague": SavedView(Tab.OVERDUE), "good": VIEW}
    assert [fault.split(":")[0] for fault in views.faults] == [
        "\ufffd[31mred.toml", "broken.toml", "bytes.toml", "folder.toml", "gone.toml", "large.toml", "pipe.toml", "twin.toml",
    ]  # fmt: skip
    assert views.faults[1].startswith("broken.toml: line 1: tab is one of all")
    assert views.faults[-1] == "twin.toml: its name 'good' is that of good.toml; each view has a name of its own"


def test_so_many_are_read_and_no_more(views: ViewFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folders, "MOST", 2)
    for name in ("a", "b", "c"):
        views.save(name, VIEW)
    views.read()
    assert list(views.views) == ["a", "b"]
    assert "3 views; the first 2" in views.faults[0]


def test_what_is_saved_is_as_readable_as_its_folder(views: ViewFolder) -> None:
    assert views.path is not None
    views.save("mine", VIEW)
    assert stat.S_IMODE(views.path.stat().st_mode) == 0o700
    assert stat.S_IMODE((views.path / "mine.toml").stat().st_mode) == 0o600
    views.path.chmod(0o755)
    views.save("mine", VIEW)
    assert stat.S_IMODE((views.path / "mine.toml").stat().st_mode) == 0o644
    assert [path.name for path in views.path.iterdir()] == ["mine.toml"]


def test_a_view_is_saved_over_the_file_that_has_its_name_and_over_no_other(views: ViewFolder) -> None:
    assert views.path is not None
    views.path.mkdir()
    (views.path / "from-ana.toml").write_text('name = "mine"\ntab = "all"\n')
    (views.path / "late.toml").write_text("broken")
    views.save("mine", VIEW)
    views.save("late", VIEW)
    views.save("Late!", VIEW)
    files = {path.name: path.read_text().partition("\n")[0] for path in views.path.iterdir()}
    assert files == {
        "from-ana.toml": 'name = "mine"',
        "late.toml": "broken",
        "late-2.toml": 'name = "late"',
        "late-3.toml": 'name = "Late!"',
    }
    views.delete("late")
    assert sorted(views.views) == ["Late!", "mine"]
    views.delete("late")


def test_clients_that_save_at_once_lose_nothing(views: ViewFolder) -> None:
    def save(number: int) -> None:
        client = ViewFolder(views.path, KNOWN)
        for name in (f"mine {number}", f"mine!{number}", "shared"):
            client.save(name, VIEW)

    clients = [threading.Thread(target=save, args=(number,)) for number in range(6)]
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    views.read()
    assert views.faults == []
    assert set(views.views) == {"shared", *(f"mine{sign}{n}" for n in range(6) for sign in " !")}


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    views = ViewFolder(tmp_path / "file")
    with pytest.raises(NotSaved, match="mine cannot be saved in"):
        views.save("mine", VIEW)
    views.read()
    assert (views.views, views.faults) == ({}, [])


async def test_reading_beside_the_desk_undoes_nothing(views: ViewFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    views.save("old", VIEW)
    find = folders._found

    def slow(*given: object) -> object:
        found = find(*given)  # type: ignore[arg-type]
        monkeypatch.undo()
        views.delete("old")
        return found

    monkeypatch.setattr(folders, "_found", slow)
    await views.refresh()
    assert views.views == {}
    await views.refresh()
    assert views.views == {}


BEFORE = {"view.late": "returns number,return owner:bo sort:-placed_at", "view.mine": "unfulfilled - owner:ana"}


def test_views_of_an_earlier_release_become_files_once(views: ViewFolder) -> None:
    views.adopt(Preferences.read(BEFORE).lines)
    assert views.views == {
        "late": SavedView(Tab.RETURNS, "owner:bo", "-placed_at", ("number", "return")),
        "mine": SavedView(Tab.UNFULFILLED, "owner:ana"),
    }
    kept = Preferences().write({name: view.line("ana") for name, view in views.views.items()})
    assert {name: kept[name] for name in BEFORE} == BEFORE  # as that release reads them
    assert Preferences.read(kept).lines == {}
    views.delete("late")
    views.adopt(Preferences.read(kept).lines)
    assert list(views.views) == ["mine"]


def test_what_that_release_saves_meanwhile_comes_over_too_and_nothing_twice(views: ViewFolder) -> None:
    views.save("mine", SavedView(Tab.UNFULFILLED, "owner:me", pinned=True))
    views.save("other", SavedView(Tab.ALL))
    lines = {"mine": views.views["mine"].line("ana"), "other": "overdue - owner:bo", "new": "all -"}
    views.adopt(lines)
    views.adopt(lines)
    assert {name: view.tokens for name, view in views.views.items()} == {
        "mine": "owner:me",
        "new": "",
        "other": "",
        "other 2": "owner:bo",
    }


def test_a_view_that_cannot_come_over_stays_where_it_is(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    views = ViewFolder(tmp_path / "file")
    lines = Preferences.read({**BEFORE, "view.odd": "all - colour:blue", "view.worse": "nowhere"}).lines
    views.adopt(lines)
    assert views.left == lines
    assert Preferences.read(Preferences(lines=views.left).write()).lines == lines
    assert any("colour" in fault for fault in views.faults)


def test_where_views_lie(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert views_folder(Config()) == tmp_path / "orders-tui" / "views"
    assert views_folder(Config(views="~/team")) == Path.home() / "team"


def test_a_share_without_links_keeps_views_as_well(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_links(*_: object) -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr("os.link", no_links)
    monkeypatch.setattr("os.fchmod", no_links)
    (tmp_path / "late.toml").write_text('tab = "returns"\nname = "another"\n')
    views = ViewFolder(tmp_path)
    for tab in (Tab.ALL, Tab.OVERDUE):
        views.save("late", SavedView(tab))
    fresh = ViewFolder(tmp_path)
    fresh.read()
    assert {name: view.tab for name, view in fresh.views.items()} == {"another": Tab.RETURNS, "late": Tab.OVERDUE}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["late-2.toml", "late.toml"]
