"""The configuration file: profiles, precedence, and errors that name file, key and the nearest known one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from orders_tui.config import DEFAULT_SERVER, another, load, profiles
from orders_tui.config.origins import held
from orders_tui.config.settings import SETTINGS
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


def test_a_token_of_the_environment_goes_to_no_other_server_than_the_one_of_the_start(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "token").write_text("own\n")
    path.write_text(
        f'[defaults]\nserver = "http://a"\n[profile.b]\nserver = "http://b"\n[profile.same]\n'
        f'[profile.own]\ntoken_file = "{tmp_path / "token"}"\n'
    )
    monkeypatch.setattr("orders_tui.config.reading.default_path", lambda: path)
    monkeypatch.setenv("ORDERS_TUI_TOKEN", "secret")
    monkeypatch.setenv("ORDERS_TUI_SERVER", "http://a")
    monkeypatch.setenv("ORDERS_TUI_DESK", "demo")
    started = load(profile="same")
    found = {name: another(started, name) for name in ("b", "same", "own")}
    assert {name: config.token for name, config in found.items()} == {"b": None, "same": "secret", "own": "own"}
    assert found["b"].server == "http://b"
    assert {config.desk for config in found.values()} == {None}


def test_what_the_file_says_of_its_server_is_said_of_no_other(path: Path, tmp_path: Path) -> None:
    (tmp_path / "token").write_text("own\n")
    path.write_text(
        f'[defaults]\ntheme = "desk-light"\n[profile.prod]\nserver = "http://a/"\nenvironment = "PROD"\n'
        f'token_file = "{tmp_path / "token"}"\nread_only = true\n'
    )
    same = load(profile="prod", server="http://a", environ={}, path=path)
    assert (same.token, same.environment) == ("own", "PROD")
    for flags, environ in (({"server": "http://b"}, {}), ({}, {"ORDERS_TUI_SERVER": "http://b"})):
        other = load(profile="prod", environ=environ, path=path, **flags)
        assert (other.token, other.environment, other.band_color) == (None, None, None)
        assert (other.theme, other.read_only) == ("desk-light", True)
    path.write_text(f'default_profile = "prod"\n{path.read_text()}')
    assert load(server="http://b", environ={}, path=path).profile is None


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
        ('[defaults]\nviews = "views"\n', "defaults.views is the path of a folder, from / or ~/, not 'views'"),
        ('[defaults]\nascii = "yes"\n', "ascii is true or false"),
        ('[defaults]\nserver = "desk"\n', "server is an address such as"),
        ('[defaults]\nserver = "https://ana:pw@desk"\n', "use a token"),
        ("[defaults]\ntyped_amount_above = -1\n", "typed_amount_above"),
        ('default_profile = "prodd"\n[profile.prod]\n', "no profile prodd .default_profile. .did you mean prod"),
        ('[defaults]\nband = "redd"\n', "band is #rrggbb or one of red, orange, .* .did you mean red.*, not 'redd'"),
        ('[defaults]\nband = "#12345"\n', "band is #rrggbb"),
        ("[keys]\nx = 1\n", "order.assign"),
        ("profile = 3\n", "profile"),
        ('[defaults]\ntoken_file = "/nowhere/token"\n', "token_file /nowhere/token cannot be read"),
        ('[defaults]\ntoken_file = "/a\\u0000b"\n', "there can be no such path"),
        ('[defaults]\ntoken_file = "~nobody-of-this-name/t"\n', "there can be no such path"),
        ('[defaults]\nviews = "/a\\u0000b"\n', "defaults.views is the path of a folder"),
        ("a = \n", "config.toml"),
        pytest.param(f"a = {'[' * 3000}", "nested too deep", id="deep"),
        pytest.param(f"[defaults]\npage_size = {'9' * 5000}", "limit", id="without end"),
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


def test_no_password_of_an_address_is_repeated(path: Path) -> None:
    path.write_text('[defaults]\nserver = "https://ana:s3cret@desk"\n')
    for environ in ({}, {"ORDERS_TUI_SERVER": "https://ana:s3cret@desk"}):
        with pytest.raises(ConfigError, match="use a token") as caught:
            load(environ=environ, path=path)
        assert "s3cret" not in str(caught.value)


def origins(path: Path, **given: Any) -> dict[str, tuple[Any, str]]:
    return {each.key: (each.value, each.origin.replace(str(path), "FILE")) for each in held(path=path, **given)}


def test_every_key_says_what_it_is_and_who_said_so(path: Path) -> None:
    said = origins(path, environ={"ORDERS_TUI_TOKEN": "s3cret"}, name="cy")
    assert said == {
        **{name: (setting.default, "default") for name, setting in SETTINGS.items()},
        "desk": (None, "default"),
        "profile": ("prod", "FILE:2"),
        "server": ("https://desk.example", "FILE:11 [profile.prod]"),
        "name": ("cy", "--as"),
        "page_size": (36, "FILE:7 [defaults]"),
        "ascii": (True, "FILE:8 [defaults]"),
        "environment": ("PROD", "FILE:12 [profile.prod]"),
        "token": ("set", "ORDERS_TUI_TOKEN"),
        "keys.order.assign": ("A,f2", "FILE:18 [keys]"),
    }


def test_a_named_profile_and_a_token_file_are_origins_too(path: Path, tmp_path: Path) -> None:
    token = tmp_path / "token"
    token.write_text("abc\n")
    path.write_text(f'[defaults]\ntoken_file = "{token}"\n[profile.x]\n')
    said = origins(path, environ={"ORDERS_TUI_DESK": "demo"}, profile="x", server="http://line:2")
    assert said["profile"] == ("x", "--profile")
    assert said["token"] == ("set", "FILE:2 [defaults]")
    assert said["token_file"] == (str(token), "FILE:2 [defaults]")
    assert said["server"] == ("http://line:2", "--server")
    assert said["desk"] == ("demo", "ORDERS_TUI_DESK")


def test_without_a_file_everything_is_as_it_comes(tmp_path: Path) -> None:
    assert {origin for _, origin in origins(tmp_path / "none.toml", environ={}).values()} == {"default"}


def test_what_holds_is_what_is_said_to_hold(path: Path) -> None:
    config, said = load(environ={}, path=path), origins(path, environ={})
    assert {name: getattr(config, name) for name in SETTINGS if name != "token_file"} == {
        name: said[name][0] for name in SETTINGS if name != "token_file"
    }


def test_a_line_that_is_no_toml_is_named(path: Path) -> None:
    path.write_text('[defaults]\nname = "ana\n')
    with pytest.raises(ConfigError, match=r"config\.toml: .*line 2"):
        load(environ={}, path=path)
