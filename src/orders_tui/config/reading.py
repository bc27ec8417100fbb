"""The configuration file: TOML under platformdirs' config folder, with profiles. Small, and every key is checked.

    default_profile = "prod"       # which profile holds when none is named

    [defaults]                     # and [profile.NAME], which is laid over it
    server = "http://127.0.0.1:8765"
    token_file = "~/.config/orders-tui/token"
    name = "ana"                   # X-Operator on loopback
    theme = "textual-dark"
    page_size = 50                 # 1 to 250
    ascii = false                  # no glyph outside ASCII; names stay as they are
    bell = false
    mouse = true
    environment = "PROD"           # the word that stands first on every screen; production, live and PROD are red
    band = "teal"                  # the colour of the first line: #rrggbb or a name
    read_only = false              # true: nothing can be changed from here
    typed_amount_above = 100.0     # a refund above this is typed to confirm
    print_command = ["lp", "{text}"]  # prints pick lists and slips: a list, no shell

    [keys]
    "order.assign" = "a"           # command id = keys, comma separated; "none" unbinds

    [commands.label]               # a command of your own: see own_commands.py
    argv = ["/usr/local/bin/label", "{number}"]

    [templates]                    # texts for notes: see templates.py
    split = "{customer} asks for two parcels"

Order of precedence: command line, environment (`VARIABLES`), profile, defaults. An unknown key is an error that names the file,
the key and the nearest known one; so is a value of the wrong kind, and a variable `ORDERS_TUI_…` that is none.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from orders_tui.config.config import APP, Config
from orders_tui.config.settings import FLAGS, PREFIX, SETTINGS, VARIABLES, not_a_server
from orders_tui.errors import ConfigError

if TYPE_CHECKING:
    from orders_tui.config.own_commands import OwnCommand

_TOP = ["default_profile", "defaults", "profile", "keys", "commands", "templates"]

_OF_ITS_SERVER = {"token_file", "environment", "band"}
"""What the file says of the server that it names, and of no other: above all its token, which goes nowhere else."""

Origin = str | tuple[str, ...]
"""Where a value comes from: a variable or an option by name, or the path of a key in the file."""


@dataclass(frozen=True, slots=True)
class Settled:
    """The value that holds, and where it comes from."""

    value: Any
    origin: Origin


def default_path() -> Path:
    """Where the file is looked for."""
    from platformdirs import user_config_path

    return user_config_path(APP) / "config.toml"


def load(
    *,
    profile: str | None = None,
    environ: Mapping[str, str] | None = None,
    path: Path | None = None,
    **flags: Any,
) -> Config:
    """The configuration in force; `flags` are the options of `FLAGS` that were given. Raises ConfigError."""
    path = path or default_path()
    body = read(path)
    chosen, settled = settle(path, body, profile, os.environ if environ is None else environ, flags)
    given = {key: each.value for key, each in settled.items() if key != "token_file"}
    if "token" not in given and "token_file" in settled:
        given["token"] = _token(path, settled["token_file"].value)
    if "server" in given:
        given["server"] = given["server"].rstrip("/")
    if "print_command" in given:
        given["print_command"] = tuple(given["print_command"])
    given["commands"] = _own_commands(path, body)
    given["templates"] = _templates(path, body)
    return Config(**given, profile=chosen, keys=_keys(path, body), path=path if path.exists() else None)


def settle(
    path: Path, body: Mapping[str, Any], profile: str | None, environ: Mapping[str, str], flags: Mapping[str, Any]
) -> tuple[str | None, dict[str, Settled]]:
    """The profile that holds, and every key that is set anywhere with what won. Raises ConfigError."""
    _known(path, body, _TOP, "")
    default = body.get("default_profile")
    if not profile and not isinstance(default, str | None):
        raise ConfigError(f"{path}: default_profile is the name of a profile")
    chosen = profile or default
    named = _profile(path, body, chosen, named=profile is not None)
    settled = {key: Settled(value, ("defaults", key)) for key, value in _section(path, body, "defaults").items()}
    settled |= {key: Settled(value, ("profile", str(chosen), key)) for key, value in named.items()}
    settled |= _from_environment(environ)
    settled |= {key: Settled(value, FLAGS[key]) for key, value in flags.items() if value}
    _require_server(path, settled.get("server"))
    if _elsewhere(settled.get("server"), named.get("server") or _section(path, body, "defaults").get("server")):
        settled = {
            key: each for key, each in settled.items() if key not in _OF_ITS_SERVER or isinstance(each.origin, str)
        }
        chosen = profile
    return chosen, settled


def _elsewhere(server: Settled | None, written: str | None) -> bool:
    """Whether option or variable name another server than the file does."""
    return server is not None and written is not None and server.value.rstrip("/") != written.rstrip("/")


def _from_environment(environ: Mapping[str, str]) -> dict[str, Settled]:
    for name in environ:
        if name.startswith(PREFIX) and name not in VARIABLES:
            raise ConfigError(f"there is no variable {name}{_meant(name, VARIABLES)}; known: {', '.join(VARIABLES)}")
    return {each.key: Settled(environ[name], name) for name, each in VARIABLES.items() if environ.get(name)}


def _require_server(path: Path, server: Settled | None) -> None:
    if server is not None and (problem := not_a_server(server.value)):
        where = server.origin if isinstance(server.origin, str) else path
        raise ConfigError(f"server {problem}, not {_shown(server.value)} (set by {where})")


def _shown(value: Any) -> str:
    """A wrong value as a message may show it: an address without name and password."""
    return re.sub(r"//[^/]*@", "//…@", repr(value))


def another(started: Config, profile: str, *, name: str | None = None, read_only: bool = False) -> Config:
    """The configuration of another profile than the client was started with. Raises ConfigError.

    What the environment says of a server is about the one that it was started on: its token goes to no other.
    """
    config = load(profile=profile, name=name, read_only=read_only, environ={})
    token = config.token or (started.token if config.server == started.server else None)
    ascii_only = config.ascii or not started.unicode
    return replace(config, token=token, ascii=ascii_only, unicode=started.unicode, state_dir=started.state_dir)


def profiles(path: Path | None = None) -> list[str]:
    """The names of the profiles in the file. Raises ConfigError."""
    profile = read(path or default_path()).get("profile", {})
    return list(profile) if isinstance(profile, dict) else []


def read(path: Path) -> dict[str, Any]:
    """What the file holds, unchecked; nothing where there is none. Raises ConfigError, naming the line that is no TOML."""
    try:
        written = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: cannot be read ({_reason(error)})") from error
    import tomllib

    try:
        return tomllib.loads(written)
    except RecursionError as error:
        raise ConfigError(f"{path}: is nested too deep") from error
    except ValueError as error:  # no TOML, or a number without end
        raise ConfigError(f"{path}: {error}") from error


def _profile(path: Path, body: Mapping[str, Any], name: str | None, *, named: bool) -> dict[str, Any]:
    known = body.get("profile", {})
    if not isinstance(known, dict):
        raise ConfigError(f"{path}: profiles are written [profile.NAME]")
    sections = {each: _section(path, known, each, f"profile.{each}") for each in known}
    if name is None:
        return {}
    if name not in known:
        where = "" if named else " (default_profile)"
        names = ", ".join(known) or "none"
        raise ConfigError(f"{path}: there is no profile {name}{where}{_meant(name, known)}; profiles: {names}")
    return sections[name]


def _section(path: Path, body: Mapping[str, Any], name: str, title: str = "") -> dict[str, Any]:
    title = title or name
    section = body.get(name, {})
    if not isinstance(section, dict):
        raise ConfigError(f"{path}: {title} is a table, written [{title}]")
    _known(path, section, list(SETTINGS), f"{title}.")
    for key, value in section.items():
        problem = SETTINGS[key].problem(value)
        if problem is not None:
            raise ConfigError(f"{path}: {title}.{key} {problem}, not {_shown(value)}")
    return dict(section)


def _known(path: Path, section: Mapping[str, Any], known: list[str], prefix: str) -> None:
    for key in section:
        if key not in known and not prefix and key in SETTINGS:
            raise ConfigError(f"{path}: {key} stands in [defaults] or in a [profile.NAME], not above them")
        if key not in known:
            raise ConfigError(f"{path}: there is no key {prefix}{key}{_meant(key, known)}; known: {', '.join(known)}")


def _meant(word: str, known: Iterable[str]) -> str:
    """A guess, which a right word does not import."""
    from orders_wire.spelling import meant

    return meant(word, known)


def _keys(path: Path, body: Mapping[str, Any]) -> dict[str, str]:
    keys = body.get("keys", {})
    if not isinstance(keys, dict) or not all(isinstance(value, str) for value in keys.values()):
        raise ConfigError(f'{path}: [keys] holds lines such as "order.assign" = "a"')
    return dict(keys)


def _own_commands(path: Path, body: Mapping[str, Any]) -> tuple[OwnCommand, ...]:
    if "commands" not in body:
        return ()
    from orders_tui.config import own_commands

    return own_commands.read(path, body["commands"])


def _templates(path: Path, body: Mapping[str, Any]) -> Mapping[str, str]:
    if "templates" not in body:
        return {}
    from orders_tui.config import templates

    return templates.read(path, body["templates"])


def _token(path: Path, token_file: str) -> str:
    try:
        token = Path(token_file).expanduser().read_text(encoding="utf-8").strip()
    except (OSError, ValueError, RuntimeError) as error:
        raise ConfigError(f"{path}: token_file {token_file} cannot be read ({_reason(error)})") from error
    if not token or not token.isascii() or not token.isprintable() or " " in token:
        raise ConfigError(f"{path}: token_file {token_file} does not hold one token")
    return token


def _reason(error: Exception) -> str:
    if isinstance(error, OSError):
        return error.strerror or ""
    return "it is not UTF-8" if isinstance(error, UnicodeDecodeError) else "there can be no such path"
