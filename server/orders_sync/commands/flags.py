"""Every setting as a flag, made from the settings themselves, so that help and settings cannot differ."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from pydantic.fields import FieldInfo

from orders_sync.settings import CONFIG, PREFIX, SECRETS, Settings, SettingsError
from orders_wire.arguments import suggesting

NO_OPTION = "; not as an option, which all would see: a variable, or the file"
_SHORT = {"database_url": ["--database"], "shop_domain": ["--shop"]}


def add_settings(parser: argparse.ArgumentParser) -> None:
    """Adds `--config` and a flag per setting; a flag that is not given leaves the variable or the file to decide."""
    group = parser.add_argument_group("settings", f"also variables {PREFIX}<NAME>, and keys of the TOML file")
    group.add_argument("--config", type=Path, metavar="FILE", help=f"the TOML file (variable {CONFIG})")
    for name, field in Settings.model_fields.items():
        spellings = [*_SHORT.get(name, []), f"--{name.replace('_', '-')}"]
        text = (field.description or "").replace("%", "%%") + NO_OPTION * (name in SECRETS)
        default = field.default
        shown = (
            f" (default {default})" if isinstance(default, int | float | str) and not isinstance(default, bool) else ""
        )
        what = "FILE" if field.annotation == Path | None else "VALUE"
        option = group.add_argument(*spellings, dest=name, default=argparse.SUPPRESS, metavar=what, help=text + shown)
        suggesting(option, words(field))


def words(field: FieldInfo) -> tuple[str, ...]:
    """What a shell offers for a setting that is one of a few words."""
    if field.annotation is bool:
        return ("on", "off")
    return get_args(field.annotation) if get_origin(field.annotation) is Literal else ()


def given(arguments: argparse.Namespace) -> dict[str, Any]:
    """The settings that were given as flags."""
    return {name: value for name, value in vars(arguments).items() if name in Settings.model_fields}


def refuse_secrets(flags: Mapping[str, Any]) -> None:
    """Raises SettingsError when a secret is among the flags: everyone on the machine sees them (contract §6)."""
    for name in SECRETS:
        if name in flags:
            spelled = f"--{name.replace('_', '-')}"
            raise SettingsError(
                f"{spelled} would show a secret to everyone who lists the processes: set {PREFIX}{name.upper()}, or "
                f"{name} in the configuration file"
            )
