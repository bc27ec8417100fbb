"""Templates of notes: what can be said, and errors that name file, key, what is allowed and the nearest."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.tui.core.cli_desk import Call, Capture

from orders_tui.config import Config, load
from orders_tui.config.placeholders import names
from orders_tui.config.templates import filled
from orders_tui.errors import ConfigError

FILE = '[templates]\nsplit = "{customer} wants {number} in {{two}}"\n"carrier claim" = """\nClaim\n- number:\n"""\n'


def read(path: Path, text: str) -> Config:
    path.write_text(text)
    return load(environ={}, path=path)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "config.toml"


def test_templates_are_texts_by_name(path: Path) -> None:
    config = read(path, FILE)
    assert list(config.templates) == ["split", "carrier claim"]
    assert names(config.templates["split"]) == {"customer", "number"}
    said = filled(config.templates["split"], {"customer": "{me} Müller", "number": "#1"})
    assert said == "{me} Müller wants #1 in {two}"
    assert filled(config.templates["carrier claim"], {}) == "Claim\n- number:"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("templates = 1\n", "[templates] holds lines such as"),
        ("[templates]\nx = 1\n", "templates.x is a text"),
        ('[templates]\nx = " "\n', "templates.x is a text"),
        ('[templates]\nx = "{custmer}"\n', "did you mean {customer}?"),
        ('[templates]\nx = "{number!r}"\n', "takes {number}, {customer}, {owner}, {me}"),
        ('[templates]\nx = "{number.x}"\n', "not {number.x}"),
        ('[templates]\nx = "{"\n', "a brace that is meant as one is written twice"),
        (f'[templates]\nx = "{"x" * 5001}"\n', "at most 5000 characters, not 5001"),
        ('[templates]\n"" = "x"\n', "is no name"),
        (f'[templates]\n{"n" * 41} = "x"\n', "1 to 40 characters"),
        ("[template]\n", "did you mean templates?"),
    ],
)
def test_what_cannot_be_used_is_named(path: Path, text: str, says: str) -> None:
    with pytest.raises(ConfigError) as error:
        read(path, text)
    assert says in str(error.value)
    assert str(path) in str(error.value)


def test_config_shows_them_with_their_place(
    call: Call, capsys: Capture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "config.toml"
    path.write_text(FILE)
    monkeypatch.setattr("orders_tui.config.reading.default_path", lambda: path)
    monkeypatch.setattr("orders_tui.config.origins.default_path", lambda: path)
    assert call("config", "show", "--origin") == 0
    assert "templates.split" in capsys.readouterr().out
    assert call("config", "schema") == 0
    assert json.loads(capsys.readouterr().out)["properties"]["templates"]["type"] == "object"
