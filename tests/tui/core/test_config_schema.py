"""The JSON Schema of the configuration and its reader take the same files."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest
import tomlkit
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema_rs import Draft202012Validator, meta
from tests.tui.core.cli_desk import Call, Capture

from orders_tui import registry, themes
from orders_tui.cli.main import run
from orders_tui.commands import COMMANDS
from orders_tui.config import load, profiles
from orders_tui.config.settings import SETTINGS
from orders_tui.errors import ConfigError


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    """As it is printed."""
    import contextlib
    import io

    with contextlib.redirect_stdout(io.StringIO()) as printed:
        assert run(["config", "schema"]) == 0
    found: dict[str, Any] = json.loads(printed.getvalue())
    return found


def reads(path: Path) -> bool:
    """Whether the desk takes the file with each of its profiles, as `config validate` looks."""
    try:
        for profile in [None, *profiles(path)]:
            config = load(profile=profile, environ={}, path=path)
            themes.require(config)
        registry.keymap_of(config)
    except ConfigError:
        return False
    return True


def test_it_is_a_schema_for_editors(schema: dict[str, Any]) -> None:
    assert meta.is_valid(schema)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["$id"].startswith("urn:")
    assert "http" not in schema["$id"]
    assert set(schema["$defs"]["profile"]["properties"]) == set(SETTINGS)
    assert set(schema["properties"]["keys"]["properties"]) == {command.id for command in COMMANDS}
    for described in (schema["$defs"]["profile"]["properties"], schema["properties"]["keys"]["properties"]):
        assert all(each["description"] for each in described.values())


def test_every_default_is_what_its_schema_takes(schema: dict[str, Any]) -> None:
    validator = Draft202012Validator(schema)
    defaults = {name: setting.default for name, setting in SETTINGS.items() if setting.default is not None}
    assert validator.is_valid({"defaults": defaults})
    keys = {command.id: ",".join(command.keys) or "none" for command in COMMANDS}
    assert [error.message for error in validator.iter_errors({"keys": keys})] == []


JUNK = st.sampled_from(
    [True, 0, -1, 1, 250, 251, 0.5, math.pi, "", "x", "nord", "desk-light", "red", "#b3261e", "#b3261", "redd", [], ["a"], {},
     "http://x", "https://desk.example:8443/shop", "http://x:99999", "http://", "https://a:b@desk", "ftp://x", "desk", "on",
     ["lp", "{file}", "{{}}"], ["~/bin/lp", "{text}x"], ["lp", "{x}"], ["lp", "{"], ["./lp"], [" "], ["{file}"], ["lp", 1]]
)  # fmt: skip
KEYS = st.sampled_from(
    [
        "a",
        "A,f2",
        "none",
        "",
        " ctrl+x , f6",
        "ctrl+enterr",
        "ab",
        "escape",
        "enter",
        "ctrl+q",
        "ctrl+q,f8",
        ",",
        "comma",
        "x,",
        3,
    ]
)
TABLE = st.dictionaries(st.sampled_from([*SETTINGS, "servr", "pagesize"]), JUNK, max_size=2)
OWN = st.fixed_dictionaries(
    {},
    optional={
        "argv": st.sampled_from([["/bin/cat"], ["cat", "{id}"], [], [1], "cat"]),
        "key": st.sampled_from(["f7", "", 3]),
        "dangerous": st.sampled_from([True, "true"]),
        "timeout_s": st.sampled_from([1, 60, 0, 0.5, "60"]),
        "abuot": st.just("a label"),
    },
)
FILES = st.fixed_dictionaries(
    {},
    optional={
        "defaults": TABLE | st.sampled_from([3, []]),
        "profile": st.dictionaries(st.sampled_from(["prod", "a b"]), TABLE, max_size=2) | st.just("x"),
        "keys": st.dictionaries(st.sampled_from(["order.assign", "desk.quit_now", "order.asign"]), KEYS, max_size=1),
        "commands": st.dictionaries(st.sampled_from(["label", "my-2", "Label", "2"]), OWN, max_size=1) | st.just([]),
        "default": st.just("prod"),
    },
)


@given(written=FILES)
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_schema_and_reader_agree(written: dict[str, Any], schema: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    token = tmp_path / "token"
    token.write_text("abc\n")
    for table in [
        written.get("defaults"),
        *(written["profile"].values() if isinstance(written.get("profile"), dict) else ()),
    ]:
        if isinstance(table, dict) and isinstance(
            table.get("token_file"), str
        ):  # whether it can be read, no schema knows
            table["token_file"] = table["token_file"] and str(token)
    path.write_text(tomlkit.dumps(written))
    assert Draft202012Validator(schema).is_valid(written) == reads(path), path.read_text()


def test_the_themes_that_it_takes_are_printed_too(call: Call, capsys: Capture) -> None:
    assert call("config", "themes") == 0
    assert capsys.readouterr().out.split() == themes.names()
