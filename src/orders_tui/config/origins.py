"""Every key of the configuration with the value that holds and where it was said; the token is never shown."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from orders_tui.config.reading import Origin, default_path, load, read, settle
from orders_tui.config.settings import SETTINGS
from orders_wire.toml_lines import key_lines

DEFAULT = "default"


@dataclass(frozen=True, slots=True)
class Held:
    """`origin` is `default`, a variable, an option, or the file with line and table."""

    key: str
    value: Any
    origin: str


def held(
    *,
    profile: str | None = None,
    environ: Mapping[str, str] | None = None,
    path: Path | None = None,
    **flags: Any,
) -> Iterator[Held]:
    """Every key, in the order in which they are explained. Raises ConfigError, as `load` does."""
    path, environ = path or default_path(), os.environ if environ is None else environ
    config = load(profile=profile, environ=environ, path=path, **flags)
    body = read(path)
    chosen, settled = settle(path, body, profile, environ, flags)
    lines = key_lines(path.read_text(encoding="utf-8")) if config.path else {}

    def place(origin: Origin) -> str:
        if isinstance(origin, str):
            return origin
        table = f" [{'.'.join(origin[:-1])}]" if origin[1:] else ""
        return f"{path}:{lines[origin]}{table}"

    yield Held(
        "profile", chosen, DEFAULT if chosen is None else "--profile" if profile else place(("default_profile",))
    )
    for key, setting in SETTINGS.items():
        found = settled.get(key)
        yield Held(key, found.value, place(found.origin)) if found else Held(key, setting.default, DEFAULT)
    token = settled.get("token") or settled.get("token_file")
    yield Held("token", "set" if config.token else None, place(token.origin) if token else DEFAULT)
    desk = settled.get("desk")
    yield Held("desk", config.desk, place(desk.origin) if desk else DEFAULT)
    for section in ("keys", "commands", "templates"):
        for name, value in body.get(section, {}).items():
            yield Held(f"{section}.{name}", value, place((section, name)))
