"""`[commands.NAME]`: commands of the operator's own, which run a program beside the desk.

    [commands.label]
    argv = ["/usr/local/bin/label", "{number}"]   # the program and its arguments: a list, no shell
    key = "f6"                                    # keys as in [keys]; without one it is `:label`
    about = "Print the label"                     # what the help says
    dangerous = true                              # asks before it runs
    timeout_s = 60                                # then it is ended

Nothing but the order's id and number may stand in an argument: everybody on the machine can read those of every process.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from orders_tui.config import argv
from orders_tui.config.settings import no_switch
from orders_tui.errors import ConfigError
from orders_wire.spelling import meant

PLACEHOLDERS = ("id", "number")
LONGEST_NAME, LONGEST_TIME_S = 24, 3600
_NAME = re.compile(rf"(?=.{{1,{LONGEST_NAME}}}$)[a-z][a-z0-9]*(-[a-z0-9]+)*")
_ALLOWED = " and ".join(f"{{{name}}}" for name in PLACEHOLDERS)
_NOTHING_ELSE = (
    "all else of the order comes as JSON on standard input, because arguments can be read by everybody on this machine"
)


@dataclass(frozen=True, slots=True)
class OwnCommand:
    """`argv` is run without a shell, with the order as JSON on its standard input. `dangerous`: it asks before it runs."""

    name: str
    argv: tuple[str, ...]
    key: str = ""
    about: str = ""
    dangerous: bool = False
    timeout_s: int = 60


@dataclass(frozen=True, slots=True)
class Key:
    """One key of a command's table. `problem`: what is wrong with a value, as the rest of a sentence that begins with the key."""

    meaning: str
    problem: Callable[[Any], str]
    schema: Mapping[str, Any]


def _argv_problem(value: Any) -> str:
    return argv.problem(value, PLACEHOLDERS, '["/usr/local/bin/label", "{number}"]', _NOTHING_ELSE)


def _text_problem(value: Any) -> str:
    return "" if isinstance(value, str) and value.isprintable() else "is one line of text"


def _time_problem(value: Any) -> str:
    fits = isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= LONGEST_TIME_S
    return "" if fits else f"is a whole number of seconds from 1 to {LONGEST_TIME_S}"


def _flag_problem(value: Any) -> str:
    return no_switch(value) or ""


KEYS: Mapping[str, Key] = {
    "argv": Key(
        f"the program and its arguments, in which {_ALLOWED} may stand",
        _argv_problem,
        {"type": "array", "items": {"type": "string"}, "minItems": 1},
    ),
    "key": Key("its keys, comma separated", _text_problem, {"type": "string"}),
    "about": Key("what the help says of it", _text_problem, {"type": "string"}),
    "dangerous": Key("it asks before it runs", _flag_problem, {"type": "boolean"}),
    "timeout_s": Key(
        "it is ended after so many seconds",
        _time_problem,
        {"type": "integer", "minimum": 1, "maximum": LONGEST_TIME_S},
    ),
}
"""What may stand in the table of a command, in the order in which it is explained."""

SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "propertyNames": {"pattern": f"^{_NAME.pattern}$"},
    "additionalProperties": {
        "type": "object",
        "properties": {name: {**key.schema, "description": key.meaning} for name, key in KEYS.items()},
        "required": ["argv"],
        "additionalProperties": False,
    },
}
"""The section `commands` as JSON Schema."""


def read(path: Path, section: Any) -> tuple[OwnCommand, ...]:
    """The commands of the section. Raises ConfigError naming the file, the key and what is allowed."""
    if not isinstance(section, dict) or not all(isinstance(table, dict) for table in section.values()):
        raise ConfigError(f"{path}: commands are written [commands.NAME]")
    return tuple(_command(path, name, table) for name, table in section.items())


def _command(path: Path, name: str, table: Mapping[str, Any]) -> OwnCommand:
    if not _NAME.fullmatch(name):
        plain = re.sub(r"[^a-z0-9]+", "-", name.casefold()).strip("-0123456789")[:LONGEST_NAME].strip("-")
        guess = f" (did you mean {plain}?)" if plain else ""
        allowed = f"small letters, digits and dashes, at most {LONGEST_NAME}, a letter first"
        raise ConfigError(f"{path}: commands.{name!r} is no name for a command{guess}: {allowed}")
    for key, value in table.items():
        if key not in KEYS:
            raise ConfigError(
                f"{path}: there is no key commands.{name}.{key}{meant(key, KEYS)}; known: {', '.join(KEYS)}"
            )
        if problem := KEYS[key].problem(value):
            raise ConfigError(f"{path}: commands.{name}.{key} {problem}")
    if "argv" not in table:
        raise ConfigError(f"{path}: commands.{name} needs argv, the program and its arguments")
    return OwnCommand(name, **{**table, "argv": tuple(table["argv"])})
