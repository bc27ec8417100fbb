"""Own commands in the configuration: what can be said, and errors that name file, key, what is allowed and the nearest."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.tui.core.cli_desk import Call, Capture

from orders_tui.commands import Place
from orders_tui.config import Config, load
from orders_tui.config.own_commands import KEYS, SCHEMA, OwnCommand
from orders_tui.errors import ConfigError
from orders_tui.registry import doubts, keymap_of

FILE = """
[commands.label]
argv = ["/bin/echo", "{number}", "--id={id}", "{{as it is}}"]
key = "f6, ctrl+t"
about = "Print the label"
dangerous = true
timeout_s = 5

[commands.look-up]
argv = ["cat"]
"""


def read(path: Path, text: str) -> Config:
    path.write_text(text)
    return load(environ={}, path=path)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "config.toml"


def test_commands_are_of_the_one_registry(path: Path) -> None:
    config = read(path, FILE)
    argv = ("/bin/echo", "{number}", "--id={id}", "{{as it is}}")
    label = OwnCommand("label", argv, "f6, ctrl+t", "Print the label", dangerous=True, timeout_s=5)
    assert config.commands == (label, OwnCommand("look-up", ("cat",)))
    keymap = keymap_of(config)
    command = keymap.find(Place.ORDER, "f6")
    assert command is keymap.find(Place.DESK, "ctrl+t") is keymap.commands.by_word("label")
    assert command is not None
    assert (command.id, command.explanation, command.acts_on_target) == ("own.label", "Print the label", True)
    assert keymap.commands.parse_line("look-up")[0] is keymap.commands["own.look-up"]
    assert doubts(config) == []


def test_keys_of_the_configuration_move_them_like_any_other(path: Path) -> None:
    keymap = keymap_of(read(path, FILE + '[keys]\n"own.label" = "f7"\n'))
    assert keymap.find(Place.DESK, "f6") is None
    assert keymap.find(Place.DESK, "f7") is keymap.commands["own.label"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("commands = 3", r"commands are written \[commands.NAME\]"),
        ("[commands]\nlabel = 3", r"commands are written \[commands.NAME\]"),
        ('[commands."Print Label"]\nargv = ["x"]', r"did you mean print-label\?\): small letters"),
        ('[commands."\\u001b[31m"]\nargv = ["x"]', r"'\\x1b\[31m' is no name"),
        (f'[commands.{"a" * 25}]\nargv = ["x"]', "at most 24"),
        ("[commands.label]\n", "commands.label needs argv"),
        ('[commands.label]\nargv = "label {number}"', "commands.label.argv is a list of texts"),
        ("[commands.label]\nargv = []", "is a list of texts"),
        ('[commands.label]\nargv = ["x", 3]', "is a list of texts"),
        ('[commands.label]\nargv = ["x", "a\\u0000b"]', "cannot hold the character 0"),
        ('[commands.label]\nargv = [" "]', "begins with a program"),
        ('[commands.label]\nargv = ["./label"]', r"a path from / or ~/, or a name that is on PATH, not './label'"),
        ('[commands.label]\nargv = ["{number}"]', "no placeholder in the program itself"),
        ('[commands.label]\nargv = ["x", "{customer_name}"]', r"takes {id} and {number} alone, not '{customer_name}'"),
        ('[commands.label]\nargv = ["x", "{numbr}"]', r"did you mean {number}\?"),
        ('[commands.label]\nargv = ["x", "{number.__class__}"]', "alone, not"),
        ('[commands.label]\nargv = ["x", "{number!r}"]', "alone, not"),
        ('[commands.label]\nargv = ["x", "{id:>99999999}"]', "alone, not"),
        ('[commands.label]\nargv = ["x", "{}"]', "alone, not"),
        ('[commands.label]\nargv = ["x", "awk {"]', "a brace that is meant as one is written twice"),
        (
            '[commands.label]\nargv = ["x"]\nkeys = "f6"',
            r"no key commands.label.keys \(did you mean key\?\); known: argv",
        ),
        ('[commands.label]\nargv = ["x"]\ndangerous = "yes"', "commands.label.dangerous is true or false"),
        ('[commands.label]\nargv = ["x"]\ntimeout_s = 0', "timeout_s is a whole number of seconds from 1 to 3600"),
        ('[commands.label]\nargv = ["x"]\nabout = "a\\nb"', "about is one line of text"),
        ('[commands.sort]\nargv = ["x"]', "sort is a word of find.sort; another name, such as my-sort"),
        ('[commands.tab]\nargv = ["x"]', "tab is a word of tab"),
        ('[commands.label]\nargv = ["x"]\nkey = "f5"', "f5 is both desk.refresh and own.label; free are f2"),
        ('[commands.label]\nargv = ["x"]\nkey = "F6"', r"own.label: there is no key 'F6' \(did you mean f6\?"),
        ('[commands.label]\nargv = ["x"]\nkey = "enter"', "own.label: enter is fixed"),
        (
            '[commands.a]\nargv = ["x"]\nkey = "f6"\n[commands.b]\nargv = ["x"]\nkey = "f6"',
            "f6 is both own.a and own.b",
        ),
        ('[keys]\n"own.labl" = "f6"\n[commands.label]\nargv = ["x"]', r"no such command \(did you mean own.label\?"),
    ],
)
def test_what_cannot_be_is_named_with_file_and_what_is_allowed(path: Path, text: str, says: str) -> None:
    with pytest.raises(ConfigError, match=says) as error:
        keymap_of(read(path, text))
    assert str(path) in str(error.value)
    assert str(error.value).isprintable()


def test_the_schema_has_every_key() -> None:
    table = SCHEMA["additionalProperties"]
    assert list(table["properties"]) == list(KEYS)


def test_validate_says_what_could_not_be_run(call: Call, capsys: Capture, path: Path) -> None:
    path.write_text(FILE)
    assert call("config", "validate") == 0
    assert call("keys") == 0
    assert "own.look-up" in capsys.readouterr().out
    path.write_text('[commands.label]\nargv = ["/no/such/label"]\n')
    assert call("config", "validate") == 2
    assert "commands.label: there is no program /no/such/label" in capsys.readouterr().err
