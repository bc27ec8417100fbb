"""What a page says of keys, commands, filters and settings, drawn from where the program itself has it.

A page says where: `<!-- drawn: NAME -->`, with a name of `DRAWN`.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Iterable
from dataclasses import fields
from itertools import chain
from typing import Any

from orders_sync.settings import PREFIX, SECRETS, Settings
from orders_tui.cli.server_parsers import every
from orders_tui.commands import COMMANDS, Command, Group, Place
from orders_tui.config import Config
from orders_tui.config.settings import SETTINGS
from orders_tui.keymap import shown
from orders_tui.query.tokens import TOKENS
from orders_wire.arguments import command_help, commands, groups, words_of
from orders_wire.vocabulary import Role, Tab

_MARKER = re.compile(r"<!-- drawn: (?P<name>.+?) -->")
_SPECIAL = str.maketrans({char: f"&#{ord(char)};" for char in r"*_<>&[]\`|"})
OF_ALL = ("which desk", "colour")
OF_THE_SERVER = "settings"
"""Groups of options that every command of a side has."""


def on_page_markdown(markdown: str, **_: Any) -> str:
    """The page with everything drawn. Raises KeyError for a name that is none."""
    return _MARKER.sub(lambda found: DRAWN[found["name"]](), markdown)


def kbd(key: str) -> str:
    """A key, as a page names it."""
    return f"<kbd>{(key if '+' in key[1:] else shown(key)).translate(_SPECIAL)}</kbd>"


def keys_on_one_screen() -> str:
    """A line for each group: its keys and their words. The tabs are one."""
    rows = []
    for group, found in _by_group().items():
        words = [
            f"{kbd(each.keys[0])} {each.label.translate(_SPECIAL)}{_where(each)}"
            for each in found
            if each.keys and not _tab(each)
        ]
        if group is Group.MOVE:
            words.insert(0, f"{kbd('1')} … {kbd(str(len(Tab)))} a tab")
        rows.append((f"**{group}**", " · ".join(words)))
    return _table(("", ""), rows)


def keys() -> str:
    """Every command by group: its keys, its words after `:`, what it does, and the role it needs."""
    titles = ("key", "after <kbd>:</kbd>", "what it does")
    parts = (f"### {group}\n\n{_table(titles, map(_key_row, found))}" for group, found in _by_group().items())
    return "\n\n".join(parts)


def command_line() -> str:
    """Every command: what it does, how it is written, and its options. What all commands of one side have is told once."""
    parser = every()
    told_once = {title: actions for title, actions in groups(parser) if title in OF_ALL}
    parts = [f"### For every command of the client\n\n{_options(chain.from_iterable(told_once.values()))}"]
    explained = command_help(parser)
    return "\n\n".join([*parts, *(_command(name, explained[name], each) for name, each in commands(parser).items())])


def filters() -> str:
    """The tokens of the `/` language."""
    rows = [
        (_code(f"{name}:"), token.about.translate(_SPECIAL), ", ".join(map(_code, token.values)), _yes(token.opposite))
        for name, token in TOKENS.items()
    ]
    return _table(("token", "value", "such as", "`-` before it"), rows)


def client_settings() -> str:
    """The keys of a profile."""
    defaults = {field.name: field.default for field in fields(Config)}
    rows = [
        (_code(name), setting.allowed.translate(_SPECIAL), _default(defaults.get(name)), setting.meaning)
        for name, setting in SETTINGS.items()
    ]
    return _table(("key", "a value is", "without it", "meaning"), rows)


def server_settings() -> str:
    """Every setting of the server, with the names it has in the environment and in the file."""
    rows = [
        (
            _code(PREFIX + name.upper()),
            _code(name),
            "never" if name in SECRETS else _code(f"--{name.replace('_', '-')}"),
            "" if name in SECRETS else _default(field.default),
            (field.description or "").translate(_SPECIAL),
        )
        for name, field in Settings.model_fields.items()
    ]
    return _table(("variable", "key of the file", "flag", "without it", "meaning"), rows)


DRAWN: dict[str, Callable[[], str]] = {
    "keys on one screen": keys_on_one_screen,
    "keys": keys,
    "command line": command_line,
    "filters": filters,
    "client settings": client_settings,
    "server settings": server_settings,
}


def _by_group() -> dict[Group, list[Command]]:
    """The commands under each heading that has some."""
    found = {group: [command for command in COMMANDS if command.group is group] for group in Group}
    return {group: inside for group, inside in found.items() if inside}


def _where(command: Command) -> str:
    """Where it works, if not on the desk."""
    return "" if Place.DESK in command.places else " (in an order)"


def _tab(command: Command) -> bool:
    return command.id in {f"tab.{tab}" for tab in Tab}


def _key_row(command: Command) -> tuple[str, str, str]:
    argument = f" *{command.argument}*" if command.argument else ""
    needs = f" (needs the role {command.role})" if command.role is not Role.VIEWER else ""
    return " ".join(map(kbd, command.keys)), _code(command.word) + argument, command.explanation + needs


def _command(name: str, text: str, parser: argparse.ArgumentParser) -> str:
    found = dict(groups(parser))
    own = chain.from_iterable(actions for title, actions in found.items() if title not in {*OF_ALL, OF_THE_SERVER})
    settings = "And a flag for every [setting of the server](configuration.md#the-server)."
    sentence = f"{text[:1].upper()}{text[1:]}.".translate(_SPECIAL)
    return "\n\n".join(
        filter(None, [f"### {name}", sentence, _options(own), settings if OF_THE_SERVER in found else ""])
    )


def _options(actions: Iterable[argparse.Action]) -> str:
    rows = [(_written(action), _help(action)) for action in actions]
    return _table(("", ""), rows) if rows else ""


def _written(action: argparse.Action) -> str:
    value = "" if action.nargs == 0 else str(action.metavar or _choices(action) or action.dest.upper())
    many = " …" if action.nargs in ("*", "+") else ""
    return ", ".join(_code(f"{name} {value}".strip() + many) for name in action.option_strings or [""])


def _choices(action: argparse.Action) -> str:
    return " or ".join(words_of(action))


def _help(action: argparse.Action) -> str:
    return (action.help or "").replace("%%", "%").translate(_SPECIAL)


def _default(value: object) -> str:
    shown_value = {True: "true", False: "false"}.get(value, value) if isinstance(value, bool) else value
    return _code(str(shown_value)) if isinstance(shown_value, str | int | float) else ""


def _yes(opposite: object) -> str:
    return "yes" if opposite is not None else ""


def _code(text: str) -> str:
    return f"`{text.replace('|', '&#124;')}`" if text else ""


def _table(titles: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    lines = [tuple(titles)]
    lines += [tuple("---" for _ in lines[0]), *map(tuple, rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
