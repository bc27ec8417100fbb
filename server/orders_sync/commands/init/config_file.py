"""The server's configuration file as `init` leaves it: whole or not at all, its owner's alone, and never lost.

What `init` does not ask about stays as it stands, comments included; what is replaced is kept beside it.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError

from orders_sync.commands.init.prompt import Ended
from orders_sync.db.location import without_password
from orders_sync.settings import NAMES, SECRETS

_HEADER = "Settings of the Sync server; docs/operations.md tells of them all. Secrets stand here: keep it to yourself."
_HIDDEN = "(not shown)"


@dataclass(frozen=True, slots=True)
class ConfigFile:
    """A file that is there or not yet. `problem`: why what it holds cannot be kept."""

    path: Path
    document: tomlkit.TOMLDocument
    there: bool
    problem: str | None = None

    @classmethod
    def at(cls, path: Path) -> ConfigFile:
        """What stands there. Raises Ended when that cannot be read."""
        try:
            document = tomlkit.parse(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return cls(path, tomlkit.document(), there=False)
        except OSError as error:
            raise Ended(f"{path} cannot be read: {error.strerror}") from None
        except (TOMLKitError, ValueError, RecursionError):
            return cls(path, tomlkit.document(), there=True, problem="it is not TOML")
        unknown = [name for name in document if name not in NAMES]
        for name in unknown:
            del document[name]
        return cls(
            path,
            document,
            there=True,
            problem=f"it has no settings of that name: {', '.join(unknown)}" if unknown else None,
        )

    @property
    def settings(self) -> dict[str, Any]:
        """What it sets, by name, as TOML has it."""
        return dict(self.document.unwrap())

    def summary(self) -> str:
        """What it sets, without a secret."""
        return ", ".join(f"{name} = {shown(name, value)}" for name, value in self.settings.items()) or "nothing"

    def changes(self, wanted: Mapping[str, Any]) -> list[str]:
        """What writing `wanted` would change, a line each."""
        before = self.settings
        differing = [name for name, value in wanted.items() if as_text(before.get(name)) != as_text(value)]
        return [f"{name}: {shown(name, before.get(name))} → {shown(name, wanted[name])}" for name in differing]

    def write(self, wanted: Mapping[str, Any]) -> Path | None:
        """Puts it there with these settings over those that it has; where a copy of the old one is. Raises Ended."""
        if not self.there:
            self.document.add(tomlkit.comment(_HEADER))
            self.document.add(tomlkit.nl())
        for name, value in wanted.items():
            if value is None:
                self.document.pop(name, None)
            else:
                self.document[name] = value
        try:
            return self._replace(tomlkit.dumps(self.document))
        except OSError as error:
            raise Ended(f"{error.filename or self.path} cannot be written: {error.strerror or error}") from None

    def _replace(self, text: str) -> Path | None:
        target = self.path.resolve()
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        kept = _copy(target) if self.there else None
        fresh = target.with_name(f".{target.name}.{os.getpid()}")
        try:
            with os.fdopen(_private(fresh), "w", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            os.replace(fresh, target)
        finally:
            fresh.unlink(missing_ok=True)
        return kept


def shown(name: str, value: Any) -> str:
    """A setting's value for a person's eyes."""
    if value is None:
        return "not set"
    text = as_text(value)
    if name in SECRETS:
        return _HIDDEN
    if name == "database_url":
        return without_password(text)
    return re.sub(r"//[^/]*@", "//…@", text)


def as_text(value: Any) -> str:
    """A setting as a flag or a variable would spell it; nothing for none."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "on" if value else "off"
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)


def _copy(path: Path) -> Path:
    kept = path.with_name(f"{path.name}.{datetime.now().astimezone():%Y%m%d-%H%M%S}")
    with os.fdopen(_private(kept), "wb") as copy, path.open("rb") as file:
        shutil.copyfileobj(file, copy)
    return kept


def _private(path: Path) -> int:
    """A new file that its owner alone may read."""
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
