"""The configuration file: profiles, precedence, and errors that name file, key and the nearest known one."""

from __future__ import annotations

from pathlib import Path

import pytest

from orders_tui.config import DEFAULT_SERVER, load, profiles
from orders_tui.errors import ConfigError

FILE = """
default_profile = "prod"

[defaults]
server = "http://127.0.0.1:9000/"
name = "ana"
page_size = 36
ascii = true

[profile.prod]
server = "https://desk.example"
environment = "PROD"

[profile.test]
name = "bo"

[keys]
"order.assign" = "A,f2"
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "config.toml"
    path.write_text(FILE)
    return path


def test_without_a_file_there_are_defaults(tmp_path: Path) -> None:
    config = load(environ={}, path=tmp_path / "none.toml")
    assert (config.server, config.token, config.page_size, config.path) == (DEFAULT_SERVER, None, 50, None)


def test_the_default_profile_is_laid_over_the_defaults(path: Path) -> None:
    config = load(environ={}, path=path)
    assert (config.profile, config.server, config.environment) == ("prod", "https://desk.example", "PROD")
    assert (config.name, config.page_size, config.ascii) == ("ana", 36, True)
    assert config.keys == {"order.assign": "A,f2"}
    assert config.path == path


def test_a_named_profile(path: Path) -> None:
    config = load(profile="test", environ={}, path=path)
    assert (config.name, config.server) == ("bo", "http://127.0.0.1:9000")
    assert profiles(path) == ["prod", "test"]


def test_the_command_line_beats_the_environment_beats_the_profile(path: Path) -> None:
    environ = {"ORDERS_TUI_SERVER": "http://env:1", "ORDERS_TUI_TOKEN": "secret"}
    assert load(environ=environ, path=path).server == "http://env:1"
    config = load(server="http://line:2", name="cy", environ=environ, path=path)
    assert (config.server, config.name, config.token) == ("http://line:2", "cy", "secret")
    assert "secret" not in repr(config)


def test_a_token_file(path: Path, tmp_path: Path) -> None:
    (tmp_path / "token").write_text("abc\n")
    path.write_text(f'[defaults]\ntoken_file = "{tmp_path / "token"}"\n')
    assert load(environ={}, path=path).token == "abc"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[default]\n", "did you mean defaults"),
        ('[defaults]\nservr = "http://x"\n', "no key defaults.servr .did you mean server"),
        ("[profile.prod]\npagesize = 3\n", "profile.prod.pagesize .did you mean page_size"),
        ("[defaults]\npage_size = 0\n", "page_size is a whole number from 1 to 250, not 0"),
        ("[defaults]\npage_size = true\n", "page_size"),
        ('[defaults]\nascii = "yes"\n', "ascii is true or false"),
        ('[defaults]\nserver = "desk"\n', "server is an address such as"),
        ('[defaults]\nserver = "https://ana:pw@desk"\n', "use a token"),
        ("[defaults]\ntyped_amount_above = -1\n", "typed_amount_above"),
        ('default_profile = "prodd"\n[profile.prod]\n', "no profile prodd .default_profile. .did you mean prod"),
        ("[keys]\nx = 1\n", "order.assign"),
        ("profile = 3\n", "profile"),
        ('[defaults]\ntoken_file = "/nowhere/token"\n', "token_file /nowhere/token cannot be read"),
        ("a = \n", "config.toml"),
    ],
)
def test_what_cannot_be_used_is_named(path: Path, text: str, says: str) -> None:
    path.write_text(text)
    with pytest.raises(ConfigError, match=says) as caught:
        load(environ={}, path=path)
    assert str(path) in str(caught.value)


def test_a_profile_that_is_not_there(path: Path) -> None:
    with pytest.raises(ConfigError, match=r"no profile tset .did you mean test"):
        load(profile="tset", environ={}, path=path)


def test_an_address_on_the_command_line_that_is_none(path: Path) -> None:
    with pytest.raises(ConfigError, match="--server"):
        load(server="nonsense", environ={}, path=path)
