"""What is printed lies where nobody else can read it, is given to a program without a shell, and goes with its session."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.tui.core.test_programs import script

from orders_tui.config import load
from orders_tui.errors import ConfigError
from orders_tui.programs import printer, prints
from orders_tui.programs.prints import NotPrinted, Prints

SHELL = "$(touch pwned); `id` --\u202e\x1b[2J"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "prints"


@pytest.fixture
def session(root: Path) -> Prints:
    return Prints(lambda: root)


def modes(root: Path) -> set[int]:
    return {stat.S_IMODE(each.stat().st_mode) for each in (root, *root.rglob("*")) if each.is_dir()}


def gone(path: Path, within_s: float = 5.0) -> bool:
    end = time.monotonic() + within_s
    while path.exists() and time.monotonic() < end:
        time.sleep(0.02)
    return not path.exists()


def test_a_file_is_its_operators_alone_whatever_the_umask(root: Path, session: Prints) -> None:
    before = os.umask(0)
    try:
        one, two = session.write("slips.html", "a"), session.write("slips.html", "b")
    finally:
        os.umask(before)
    assert (one.read_text(), two.read_text()) == ("a", "b")
    assert modes(root) == {0o700}
    assert {stat.S_IMODE(each.stat().st_mode) for each in (one, two)} == {0o600}


def test_an_end_waits_until_a_browser_has_read_and_then_nothing_is_left(
    root: Path, session: Prints, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(prints, "READING_S", 0.6)
    path = session.write("slips.html", "a")
    session.close()
    session.close()
    assert path.exists(), "somebody may be reading it"
    Prints(lambda: root).sweep()
    assert path.exists(), "it is being seen to"
    assert gone(path.parent)


def test_what_a_killed_session_left_goes_with_the_next_start_and_a_living_ones_stays(
    root: Path, session: Prints, monkeypatch: pytest.MonkeyPatch
) -> None:
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, str(root)], capture_output=True, text=True, check=False, timeout=20
    )
    left = Path(killed.stdout.strip())
    assert killed.returncode == -9
    assert left.exists()
    ours = session.write("slips.html", "a")
    monkeypatch.setattr(prints, "READING_S", 0.0)
    Prints(lambda: root).sweep()
    assert not left.parent.exists()
    assert ours.exists()
    session.close()
    assert not ours.parent.exists()


KILLED = """
import os, signal, sys
from pathlib import Path
from orders_tui.programs.prints import Prints
print(Prints(lambda: Path(sys.argv[1])).write("slips.html", "a"), flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(NotPrinted, match=r"cannot be written in .*/file/prints"):
        Prints(lambda: tmp_path / "file" / "prints").write("a.html", "a")


async def test_a_print_command_gets_the_file_as_an_argument_and_no_shell(tmp_path: Path, session: Prints) -> None:
    told = tmp_path / "told"
    program = script(tmp_path / "my printer", f'#!/bin/sh\nprintf "%s\\n" "$@" > {told}; cat "$2" - >> {told}\n')
    await printer.send((program, f"-o{SHELL}{{{{}}}}", "{file}"), "slips.html", "<p>page", session)
    option, path, rest = told.read_text().split("\n", 2)
    assert option == f"-o{SHELL}{{}}"
    assert Path(path).name == "slips.html"
    assert rest == "<p>page"
    assert not (tmp_path / "pwned").exists()


async def test_without_a_placeholder_the_text_comes_on_standard_input_and_no_file_is_made(
    tmp_path: Path, root: Path, session: Prints
) -> None:
    told = tmp_path / "told"
    await printer.send((script(tmp_path / "lp", f"#!/bin/sh\ncat > {told}\n"),), "slips.txt", "Ünits", session)
    assert told.read_text() == "Ünits"
    assert not modes(root)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("#!/bin/sh\necho no paper; exit 3\n", "lp did not print: exit status 3: no paper"),
        ("#!/bin/sh\nsleep 9\n", "lp did not print: ended after 0.2 s, its time limit"),
        ("#!/nothing/there\n", "nothing was printed: .*/lp cannot be run"),
    ],
)
async def test_a_printer_that_does_not_print_says_why(
    text: str, says: str, tmp_path: Path, session: Prints, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(printer, "LIMIT_S", 0.2)
    with pytest.raises(NotPrinted, match=says):
        await printer.send((script(tmp_path / "lp", text), "{file}"), "slips.html", "x", session)
    with pytest.raises(NotPrinted, match="there is no program lpx on PATH"):
        await printer.send(("lpx",), "slips.txt", "x", session)


@pytest.mark.parametrize(
    ("environ", "platform", "seen"),
    [
        ({"DISPLAY": ":0"}, "linux", True),
        ({"WAYLAND_DISPLAY": "w"}, "linux", True),
        ({"SSH_CONNECTION": "x", "BROWSER": "lynx"}, "linux", False),
        ({}, "darwin", True),
        ({"SSH_CONNECTION": "x"}, "darwin", False),
    ],
)
def test_a_browser_is_opened_only_where_it_is_seen(environ: dict[str, str], platform: str, seen: bool) -> None:
    assert printer.has_display(environ, platform) is seen


async def test_a_browser_gets_the_page_and_neither_the_terminal_nor_a_secret(tmp_path: Path, session: Prints) -> None:
    told = tmp_path / "told"
    text = f'#!/bin/sh\n(echo "$1"; tty; env | grep -c ORDERS_TUI_) > {told} 2>&1\n'
    environ = {
        **os.environ,
        "DISPLAY": ":0",
        "ORDERS_TUI_TOKEN": "s3cret",
        "BROWSER": script(tmp_path / "browser", text),
    }
    page = session.write("slips.html", "x")
    assert await printer.show(page, environ)
    assert told.read_text().splitlines() == [page.as_uri(), "not a tty", "0"]
    assert not await printer.show(
        page, {**environ, "BROWSER": script(tmp_path / "none", "#!/bin/sh\nexit 1\n"), "PATH": "/nowhere"}
    )


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ('"lp"', "is a list of texts, the program first"),
        ('["lp", "{fil}"]', "takes {file} and {text} alone, not '{fil}' .did you mean {file}"),
        ('["lp", "{"]', "takes {file} and {text}, and a brace that is meant as one is written twice"),
        ('["lp", "{file}", "-{text}"]', "takes {file} or {text}, not both"),
        ('["{file}"]', "takes no placeholder in the program itself"),
        ('["./lp"]', "begins with a program"),
    ],
)
def test_a_print_command_that_cannot_be_one_stops_with_its_key(value: str, says: str, tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(f"[defaults]\nprint_command = {value}\n")
    with pytest.raises(ConfigError, match=f"defaults.print_command {says}"):
        load(path=path, environ={})


def test_a_print_command_is_of_its_profile(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text('[defaults]\nprint_command = ["lp"]\n[profile.eu]\nprint_command = ["~/bin/label", "{text}"]\n')
    assert load(path=path, environ={}).print_command == ("lp",)
    assert load(path=path, environ={}, profile="eu").print_command == ("~/bin/label", "{text}")
