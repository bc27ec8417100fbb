"""A word that is none of its set is an error with the nearest right one: every set, found by looking and not by a list."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import tomlkit
from tests.tui.core.cli_desk import Call, Capture

from orders_demo import command as demo
from orders_sync import __main__ as server
from orders_sync.commands import flags
from orders_sync.http.auth import read_tokens
from orders_sync.settings import NAMES, PREFIX, Settings, SettingsError
from orders_sync.settings import load as load_settings
from orders_tui import keymap, themes
from orders_tui.cli.parser import build
from orders_tui.commands import COMMANDS
from orders_tui.config import load, own_commands
from orders_tui.config.band import COLORS
from orders_tui.config.settings import SETTINGS, VARIABLES
from orders_tui.errors import ConfigError
from orders_tui.query import TOKENS, QueryProblem, parse
from orders_wire.arguments import Parser, commands, words_of
from orders_wire.vocabulary import Role


def typo(word: str) -> str:
    """The word with its last letter twice, which no set has."""
    return word + word[-1]


def meant(word: str) -> str:
    return f"did you mean {word}?"


def parsers() -> Iterator[argparse.ArgumentParser]:
    """Of every command of both sides, and of all of them together."""
    for root in (build(), server._parser(), demo.parser(Parser)):
        yield root
        yield from commands(root).values()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "config.toml"


def refused(path: Path, written: Mapping[str, Any]) -> str:
    path.write_text(tomlkit.dumps(written))
    try:
        config = load(environ={}, path=path)
        themes.require(config)
        keymap.build(config.keys)
    except (ConfigError, keymap.KeymapError) as error:
        return str(error)
    raise AssertionError(f"{written} was taken")


def test_every_parser_is_one_that_knows_the_nearest() -> None:
    assert {type(parser) for parser in parsers() if not isinstance(parser, Parser)} == set()


def test_every_choice_of_every_command() -> None:
    seen = 0
    for parser in parsers():
        for action in parser._actions:
            for choice in map(str, action.choices or ()):
                seen += 1
                with pytest.raises(argparse.ArgumentError, match="did you mean") as caught:
                    parser._check_value(action, typo(choice))
                assert meant(choice) in str(caught.value)
    assert seen > 100


def test_every_option_of_every_command(capsys: Capture) -> None:
    for parser in parsers():
        for option in (each for each in parser._option_string_actions if each.startswith("--")):
            with pytest.raises(SystemExit, match="2"):
                parser.parse_args([typo(option)])
            said = capsys.readouterr().err
            assert meant(option) in said
            assert len(said.splitlines()) == 1


def test_no_option_hides_the_words_that_it_takes() -> None:
    """What a help lists, a parser knows as choices, or at least offers."""
    for parser in parsers():
        for action in parser._actions:
            listed = [word for word in (action.help or "").split(", ") if word.isidentifier()]
            assert len(listed) < 3 or words_of(action), action.dest


CLOSED = {
    name: token for name, token in TOKENS.items() if name != "owner" and all(map(str.isidentifier, token.values[:1]))
}


@pytest.mark.parametrize("name", [name for name, token in CLOSED.items() if token.values])
def test_every_filter_and_its_words(name: str) -> None:
    for problems, word in ((parse(f"{name}:{typo(value)}"), value) for value in TOKENS[name].values):
        assert isinstance(problems, list)
        assert "did you mean" in problems[0].message
        assert word.lstrip("-") in problems[0].message
    (problem,) = _problems(f"{typo(name)}:x")
    assert meant(name) in problem.message


def _problems(text: str) -> list[QueryProblem]:
    found = parse(text)
    assert isinstance(found, list)
    return found


def test_every_key_of_the_configuration(path: Path) -> None:
    for name in ("default_profile", "defaults", "profile", "keys", "commands"):
        assert meant(name) in refused(path, {typo(name): {}})
    for name in SETTINGS:
        assert meant(name) in refused(path, {"defaults": {typo(name): "x"}})
        assert meant(name) in refused(path, {"profile": {"prod": {typo(name): "x"}}})
    for name in own_commands.KEYS:
        assert meant(name) in refused(path, {"commands": {"label": {"argv": ["cat"], typo(name): "x"}}})
    assert meant("true") in refused(path, {"commands": {"label": {"argv": ["cat"], "dangerous": "yes"}}})


def test_every_value_of_the_configuration_that_is_one_of_a_set(path: Path) -> None:
    for theme in themes.names():
        assert meant(theme) in refused(path, {"defaults": {"theme": typo(theme)}})
    for color in COLORS:
        assert meant(color) in refused(path, {"defaults": {"band": typo(color)}})
    for name in (name for name, setting in SETTINGS.items() if setting.schema.get("type") == "boolean"):
        for word, value in (("true", "true"), ("false", "flase"), ("true", "on"), ("false", "no")):
            assert meant(word) in refused(path, {"defaults": {name: value}})
    assert meant("prod") in refused(path, {"default_profile": "prodd", "profile": {"prod": {}}})


def test_every_command_and_every_key_of_the_keyboard() -> None:
    for command in COMMANDS:
        assert meant(command.id) in keys_refused({typo(command.id): "a"})
    for key in (key for key in sorted(keymap.NAMED) if not key[1:].isdigit()):  # of f122 nobody knows
        for before in ("", "ctrl+", "alt+shift+"):
            assert meant(before + key) in keys_refused({"order.assign": before + typo(key)})
    assert meant("ctrl+enter") in keys_refused({"order.assign": "crtl+enterr"})


def keys_refused(keys: Mapping[str, str]) -> str:
    with pytest.raises(keymap.KeymapError) as caught:
        keymap.build(keys)
    return str(caught.value)


def test_every_variable(path: Path) -> None:
    for name in VARIABLES:
        with pytest.raises(ConfigError, match=f"did you mean {name}"):
            load(environ={typo(name): "x"}, path=path)
    for name in NAMES:
        variable = PREFIX + name.upper()
        with pytest.raises(SettingsError, match=f"did you mean {variable}"):
            load_settings({}, {typo(variable): "x"}, Path("/dev/null"))


def test_every_key_and_every_word_of_the_servers_settings(tmp_path: Path) -> None:
    file = tmp_path / "sync.toml"
    for name in NAMES:
        file.write_text(f"{typo(name)} = 1\n")
        with pytest.raises(SettingsError, match=f"did you mean {name}"):
            load_settings({}, {}, file)
        for word in flags.words(Settings.model_fields[name]):
            with pytest.raises(SettingsError, match=f"did you mean {word}"):
                load_settings({name: typo(word)}, {}, Path("/dev/null"))
    for word, given in (("mon", "mond"), ("Europe/Berlin", "Europe/Berlni"), ("America/New_York", "New York")):
        name = "timezone" if "/" in word else "ship_days"
        with pytest.raises(SettingsError, match=f"did you mean {word}"):
            load_settings({name: given if word != "mon" else "mnday"}, {}, Path("/dev/null"))


@pytest.mark.parametrize(
    ("line", "word"), [*((f'role = "{typo(role)}"', role.value) for role in Role), ('rolle = "lead"', "role")]
)
def test_the_tokens_file(tmp_path: Path, line: str, word: str) -> None:
    file = tmp_path / "tokens.toml"
    file.touch(mode=0o600)
    role = "" if line.startswith("role =") else 'role = "lead"\n'
    file.write_text(f'[[token]]\nname = "ana"\nsha256 = "{"0" * 64}"\n{role}{line}\n')
    with pytest.raises(SettingsError, match=f"did you mean {word}"):
        read_tokens(file)


@pytest.mark.parametrize(
    ("arguments", "stdin", "word"),
    [
        (("hold", "#1", "--reason", "fruad"), "", "fraud"),
        (("hold",), "order,reason\n#1,fruad\n", "fraud"),
        (("hold",), "order,reason,then\n#1,fraud,relase\n", "release"),
        (("returns",), "order,action\n#1,dney\n", "deny"),
        (("hold", "#1", "--reason", "fraud", "--until", "mondya 9:00"), "", "monday"),
        (("list", "--sort", "value_us"), "", "value_usd"),
        (("list", "--profile", "tset"), "", "test"),
        (("run", "lable", "1"), "", "label"),
        (("lst", "--json"), "", "list"),
        (("sevre",), "", "serve"),
        (("--colr", "never", "list"), "", "--color"),
    ],
)
def test_words_of_the_command_line(
    call: Call, path: Path, capsys: Capture, *, arguments: tuple[str, ...], stdin: str, word: str
) -> None:
    path.write_text('[profile.test]\n[commands.label]\nargv = ["cat"]\n')
    with suppress(SystemExit):
        assert call(*arguments, stdin=stdin) == 2
    assert meant(word) in capsys.readouterr().err
