"""What may be set in `[defaults]` and in each `[profile.NAME]`: one table, for reading, for errors and for the documentation."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from types import UnionType
from typing import Any
from urllib.parse import urlsplit

from orders_tui.config import band
from orders_tui.config.config import DEFAULT_SERVER, Config


@dataclass(frozen=True, slots=True)
class Setting:
    """One key. `allowed` completes the sentence `KEY is …`; `problem` is what is wrong with a value, as the rest of a sentence
    that begins with the key, or None. `schema` is the value's JSON Schema.
    """

    name: str
    allowed: str
    meaning: str
    problem: Callable[[Any], str | None]
    schema: Mapping[str, Any]

    @property
    def default(self) -> Any:
        """What holds where nothing is said."""
        return _DEFAULTS.get(self.name)


_DEFAULTS = {each.name: each.default for each in fields(Config)}


PAGE, PLAIN = "file", "text"
"""The placeholders of `print_command`: the page, or plain text, as a file."""

_PROGRAM = {"type": "string", "pattern": r"^(?=.*\S)(?=~?/|[^/]*$)([^{}\x00]|\{\{|\}\})*$"}
_ARGUMENT = {"type": "string", "pattern": rf"^([^{{}}\x00]|\{{\{{|\}}\}}|\{{({PAGE}|{PLAIN})\}})*$"}
"""A program and one of its arguments, as the schema knows them."""

_PORT = r"0*(?:[1-9]\d{0,3}|[1-5]\d{4}|6[0-4]\d{3}|65[0-4]\d{2}|655[0-2]\d|6553[0-5])"
SERVER = rf"[Hh][Tt][Tt][Pp][Ss]?://(?:\[[0-9A-Fa-f:.]+\]|[^\s/?#@:\[\]\\]+)(?::{_PORT})?(?:[/?#][^\s]*)?"
"""An address as the schema knows it: a host, perhaps a port, and neither name nor password."""


def not_a_server(value: Any) -> str | None:
    """What is wrong with an address of a server."""
    wanted = f"is an address such as {DEFAULT_SERVER}"
    try:
        url = urlsplit(value if isinstance(value, str) else "")
    except ValueError:
        return wanted
    if "@" in url.netloc:
        return "carries no name or password (use a token)"
    return None if isinstance(value, str) and re.fullmatch(SERVER, value, re.ASCII) else wanted


def _setting(name: str, allowed: str, meaning: str, fits: Callable[[Any], bool], **schema: Any) -> Setting:
    return Setting(name, allowed, meaning, lambda value: None if fits(value) else f"is {allowed}", schema)


def _text(name: str, allowed: str, meaning: str) -> Setting:
    return _setting(
        name, allowed, meaning, lambda value: isinstance(value, str) and value != "", type="string", minLength=1
    )


def _flag(name: str, meaning: str) -> Setting:
    return Setting(name, _SWITCH, meaning, no_switch, {"type": "boolean"})


_SWITCH = "true or false"
_SAID = {"true": "true", "on": "true", "yes": "true", "false": "false", "off": "false", "no": "false"}
"""How a switch may be written elsewhere, and how it is here."""


def no_switch(value: Any) -> str | None:
    """What is wrong with what should be true or false."""
    if isinstance(value, bool):
        return None
    from orders_wire.spelling import nearest

    near = _SAID.get(nearest(value, _SAID) or "") if isinstance(value, str) else None
    return f"is {_SWITCH}{f' (did you mean {near}?)' if near else ''}"


def _no_print_command(value: Any) -> str | None:
    from orders_tui.config import argv, placeholders

    wrong = argv.problem(value, (PAGE, PLAIN), f'["lp", "{{{PLAIN}}}"]', "they stand for the file that is printed")
    both = not wrong and {PAGE, PLAIN} <= frozenset().union(*map(placeholders.names, value))
    return wrong or (f"takes {{{PAGE}}} or {{{PLAIN}}}, not both" if both else None)


def _number(value: Any, kind: type | UnionType) -> bool:
    return isinstance(value, kind) and not isinstance(value, bool)


SETTINGS: dict[str, Setting] = {
    setting.name: setting
    for setting in (
        Setting(
            "server",
            f"an address such as {DEFAULT_SERVER}",
            "the Sync server",
            not_a_server,
            {"type": "string", "format": "uri", "pattern": f"^{SERVER}$"},
        ),
        _text("token_file", "the path of a file", "holds the bearer token; a name that begins with ~ is of your home"),
        _text("name", "a name", "who you are, where the server has no tokens (X-Operator, loopback only)"),
        _text("theme", "the name of a theme", "the colours; T walks through the desk's own"),
        _setting(
            "page_size",
            "a whole number from 1 to 250",
            "orders that are asked for at once",
            lambda value: _number(value, int) and 1 <= value <= 250,
            type="integer",
            minimum=1,
            maximum=250,
        ),
        _flag("ascii", "no glyph outside ASCII; names stay as they are"),
        _flag("bell", "the terminal's bell for a critical alert"),
        _flag("mouse", "takes the mouse"),
        _text("environment", "a word", "the word of the coloured band: PROD, TEST …"),
        Setting(
            "band",
            band.ALLOWED,
            "the colour of the band over the whole width; PROD, production and live are red by themselves",
            band.band_problem,
            {"type": "string", "pattern": band.PATTERN},
        ),
        _setting(
            "views",
            "the path of a folder, from / or ~/",
            "where saved views lie, such as a folder that a team shares",
            lambda value: isinstance(value, str) and value.startswith(("/", "~/")) and "\0" not in value,
            type="string",
            pattern=r"^~?/[^\x00]*$",
        ),
        Setting(
            "print_command",
            f"a list of a program and its arguments, no shell: {{{PAGE}}} is a page (HTML), {{{PLAIN}}} plain text as a file; "
            "without either the text comes on standard input",
            "prints pick lists and slips",
            _no_print_command,
            {"type": "array", "minItems": 1, "prefixItems": [_PROGRAM], "items": _ARGUMENT},
        ),
        _flag("read_only", "nothing can be changed from here"),
        _flag("plain", "numbered prompts and plain lines instead of a screen"),
        _setting(
            "typed_amount_above",
            "an amount, 0 or more",
            "a refund above it is typed to confirm",
            lambda value: _number(value, int | float) and value >= 0,
            type="number",
            minimum=0,
        ),
    )
}
"""By name, in the order in which they are explained."""


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable of the environment: the key that it sets, and what for."""

    key: str
    meaning: str


PREFIX = "ORDERS_TUI_"
TOKEN_VARIABLE = f"{PREFIX}TOKEN"
VARIABLES = {
    f"{PREFIX}SERVER": Variable("server", "the Sync server"),
    TOKEN_VARIABLE: Variable("token", "the bearer token; rather here or in token_file than where others can read it"),
    f"{PREFIX}DESK": Variable(
        "desk", "the name under which the desk is remembered, where its address is another each time"
    ),
}
FLAGS = {"server": "--server", "name": "--as", "read_only": "--read-only", "plain": "--plain"}
"""The option that beats everything else, by key."""


def flags(given: object) -> dict[str, Any]:
    """What a command line says of keys, by key; None where it says nothing."""
    return {key: getattr(given, key, None) for key in FLAGS}
