"""`settings`: what each is and where that was said, and the JSON Schema of `sync.toml`. A secret is `set` or `not set`."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import time
from pathlib import Path
from typing import Any

from orders_sync.commands.init.prompt import plain
from orders_sync.db.location import without_password
from orders_sync.setting_values import WEEKDAYS
from orders_sync.settings import NAMES, PREFIX, SECRETS, Settings, config_path, from_environment, load
from orders_wire.toml_lines import key_lines

DIALECT = "https://json-schema.org/draft/2020-12/schema"
ID = "urn:orders-tui:sync"
NOTHING = "–"


@dataclass(frozen=True, slots=True)
class Asked:
    """`what` is to be told, of the settings by flag and of this file; `origin`: and where each was said."""

    what: str
    flags: Mapping[str, Any]
    config: Path | None = None
    origin: bool = False


def tell(asked: Asked) -> int:
    """Prints it. Raises SettingsError for a setting that is unknown or malformed."""
    for line in _TOLD[asked.what](asked):
        print(plain(line))
    return 0


def _show(asked: Asked) -> Iterator[str]:
    settings = load(asked.flags, os.environ, asked.config)
    values = {name: shown(name, settings) for name in NAMES}
    if not asked.origin:
        yield json.dumps(values, ensure_ascii=False, indent=1)
        return
    said = origins(asked.flags, os.environ, asked.config)
    wide, wider = (max(map(len, texts)) for texts in (values, values.values()))
    yield f"{'SETTING':<{wide}}  {'VALUE':<{wider}}  FROM"
    yield from (f"{name:<{wide}}  {value:<{wider}}  {said.get(name, 'default')}" for name, value in values.items())


def origins(flags: Mapping[str, Any], environ: Mapping[str, str], config: Path | None) -> dict[str, str]:
    """Where each setting that is not as it comes was said: an option, a variable, or the file and its line."""
    path = config_path(config, environ)
    lines = key_lines(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return {
        **{name: f"{path}:{lines[(name,)]}" for name in NAMES if (name,) in lines},
        **{name: PREFIX + name.upper() for name in from_environment(environ)},
        **{name: f"--{name.replace('_', '-')}" for name in flags},
    }


def shown(name: str, settings: Settings) -> str:
    """A setting as it is written on the command line; of a secret only whether there is one."""
    value = getattr(settings, name)
    if name in SECRETS:
        return "set" if value else "not set"
    if value is None or value in ((), frozenset()):
        return NOTHING
    if name == "database_url":
        return without_password(value)
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, frozenset):
        return ",".join(WEEKDAYS[day - 1] if isinstance(day, int) else day.isoformat() for day in sorted(value))
    if isinstance(value, time):
        return value.isoformat("minutes")
    if isinstance(value, Mapping):
        return ",".join(f"{key}={each:g}" for key, each in value.items()) or NOTHING
    if isinstance(value, tuple):
        return (":" if name == "webhook_listen" else ",").join(map(str, value))
    if isinstance(value, float):
        return f"{value:g}"
    return re.sub(r"//[^/]*@", "//…@", str(value))


def schema() -> dict[str, Any]:
    """The JSON Schema of `sync.toml`. What settings need of each other it cannot say."""
    made = Settings.model_json_schema()
    properties = {name: _in_toml(name, each) for name, each in made["properties"].items()}
    head = {"$schema": DIALECT, "$id": ID, "title": "orders-tui: sync.toml"}
    return {**head, "type": "object", "additionalProperties": False, "properties": properties}


def _in_toml(name: str, made: Mapping[str, Any]) -> dict[str, Any]:
    """TOML has no null: what may be left out is."""
    value = {key: each for key, each in made.items() if key not in ("title", "anyOf", "default")}
    kinds = [kind for kind in made.get("anyOf", ()) if kind != {"type": "null"}]
    default = made.get("default")
    return {
        **value,
        **(kinds[0] if len(kinds) == 1 else {"anyOf": kinds} if kinds else {}),
        **({"default": default} if default not in (None, [], {}) and name not in SECRETS else {}),
    }


def _path(asked: Asked) -> Iterator[str]:
    yield str(config_path(asked.config, os.environ))


def _validate(asked: Asked) -> Iterator[str]:
    load(asked.flags, os.environ, asked.config)
    yield f"{config_path(asked.config, os.environ)}: in order"


_TOLD: Mapping[str, Callable[[Asked], Iterator[str]]] = {
    "show": _show,
    "path": _path,
    "validate": _validate,
    "schema": lambda _: iter([json.dumps(schema(), indent=2)]),
}
