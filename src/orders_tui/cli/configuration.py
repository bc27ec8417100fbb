"""`config`: what this client is set to and by what, and what may be set."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from collections.abc import Callable, Iterable
from dataclasses import asdict, fields

from orders_tui.cli.connection import configured
from orders_tui.cli.info import built
from orders_tui.cli.output import complain, say
from orders_tui.cli.table import table
from orders_tui.config import Config, default_path, load, profiles
from orders_tui.config.settings import flags
from orders_tui.sanitise import lines, text

USAGE = 2


def config(given: Namespace) -> int:
    """`config [WHAT]`. Raises ConfigError for a file that cannot be used."""
    return _KINDS[given.what](given)


def _show(given: Namespace) -> int:
    if given.origin:
        return _origins(given)
    now = configured(given)
    shown = {each.name: getattr(now, each.name) for each in fields(now) if each.name not in ("state_dir", "unicode")}
    path = str(now.path) if now.path else None
    shown |= {"token": "set" if now.token else None, "path": path, "keys": dict(now.keys)}
    shown["commands"] = {command.name: asdict(command) for command in now.commands}
    print(lines(json.dumps(shown, ensure_ascii=False, indent=1)))
    return 0


def _origins(given: Namespace) -> int:
    """Every key of the profile in force with its value and where it was said."""
    from orders_tui.config.origins import held

    rows = ((each.key, _value(each.value), each.origin) for each in held(profile=given.profile, **flags(given)))
    sys.stdout.write(table(("KEY", "VALUE", "FROM"), rows))
    return 0


def _value(value: object) -> str:
    return "–" if value is None else value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _schema(_given: Namespace) -> int:
    from orders_tui import keymap, themes
    from orders_tui.commands import COMMANDS
    from orders_tui.config.schema import schema

    keys = {command.id: keymap.schema(command) for command in COMMANDS}
    print(json.dumps(schema(themes.names(), keys, keymap.LINE), ensure_ascii=False, indent=2))
    return 0


def _themes(_given: Namespace) -> int:
    from orders_tui import themes

    return _lines(themes.names())


def _validate(given: Namespace) -> int:
    """Reads the file as the desk would, once for each profile. Raises ConfigError for the first fault but of the keys."""
    from orders_tui import themes

    named = [given.profile] if given.profile else [None, *profiles()]
    for profile in named:
        now = load(profile=profile, **flags(given))
        themes.require(now)
    if built(now, f"{now.path}: ") is None or _not_run(now):
        return USAGE
    say(f"{now.path or 'no configuration file'}: in order", "good")
    return 0


def _not_run(config: Config) -> bool:
    """Whether there is a program that could not be run; each is a line on stderr."""
    from orders_tui.programs.argv import NotRun, found

    programs = {f"commands.{command.name}": command.argv for command in config.commands}
    programs |= {"print_command": config.print_command} if config.print_command else {}
    missing = False
    for key, argv in programs.items():
        try:
            found(argv[0])
        except NotRun as error:
            missing = True
            complain(f"{config.path}: {key}: {error}")
    return missing


def _lines(texts: Iterable[object]) -> int:
    for each in texts:
        print(text(str(each)))
    return 0


_KINDS: dict[str, Callable[[Namespace], int]] = {
    "show": _show,
    "path": lambda _: _lines([default_path()]),
    "profiles": lambda _: _lines(profiles()),
    "themes": _themes,
    "validate": _validate,
    "schema": _schema,
}
