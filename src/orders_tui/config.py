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
    environment = "PROD"           # the word of the coloured badge
    typed_amount_above = 100.0     # a refund above this is typed to confirm

    [keys]
    "order.assign" = "a"           # command id = keys, comma separated; "none" unbinds

Order of precedence: command line, environment (`ORDERS_TUI_SERVER`, `ORDERS_TUI_TOKEN`), profile, defaults. `ORDERS_TUI_DESK` is
the name under which the desk is remembered, where its address is another one each time (the demo's). An unknown key is an
error that names the file, the key and the nearest known one; so is a value of the wrong kind.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from ipaddress import ip_address
from pathlib import Path
from types import UnionType
from typing import Any
from urllib.parse import urlsplit

from orders_tui.errors import ConfigError

APP = "orders-tui"
DEFAULT_SERVER = "http://127.0.0.1:8765"
TOKEN_VARIABLE = "ORDERS_TUI_TOKEN"  # noqa: S105 - its name
_TOP = ["default_profile", "defaults", "profile", "keys"]


@dataclass(frozen=True, slots=True)
class Config:
    """Everything that the client needs to start. The token never shows in `repr`. `unicode`: the terminal's encoding has it."""

    server: str = DEFAULT_SERVER
    token: str | None = field(default=None, repr=False)
    name: str | None = None
    profile: str | None = None
    theme: str | None = None
    page_size: int = 50
    ascii: bool = False
    unicode: bool = True
    bell: bool = False
    mouse: bool = True
    environment: str | None = None
    typed_amount_above: float = 100.0
    keys: Mapping[str, str] = field(default_factory=dict)
    path: Path | None = None
    state_dir: Path | None = None
    desk: str | None = None

    @property
    def security_warning(self) -> str:
        """What is unsafe about the way to the server, as a sentence; empty when nothing is."""
        url = urlsplit(self.server)
        if not self.token or url.scheme != "http" or _is_this_machine(url.hostname or ""):
            return ""
        return f"the token goes to {url.hostname} unencrypted, where others on the way can read it; use https://"


def _is_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def default_path() -> Path:
    """Where the file is looked for."""
    from platformdirs import user_config_path

    return user_config_path(APP) / "config.toml"


def load(
    *,
    server: str | None = None,
    profile: str | None = None,
    name: str | None = None,
    environ: Mapping[str, str] | None = None,
    path: Path | None = None,
) -> Config:
    """The configuration in force. Raises ConfigError."""
    environ = os.environ if environ is None else environ
    path = path or default_path()
    body = _read(path)
    _known(path, body, _TOP, "")
    default = body.get("default_profile")
    if not profile and not isinstance(default, str | None):
        raise ConfigError(f"{path}: default_profile is the name of a profile")
    chosen = profile or default
    given = _section(path, body, "defaults") | _profile(path, body, chosen, named=profile is not None)
    token_file = given.pop("token_file", None)
    url = server or environ.get("ORDERS_TUI_SERVER") or given.get("server", DEFAULT_SERVER)
    if problem := _not_a_server(url):
        raise ConfigError(f"server {problem}, not {url!r} (set by --server, ORDERS_TUI_SERVER or {path})")
    given["server"] = url.rstrip("/")
    given["token"] = environ.get(TOKEN_VARIABLE) or (_token(path, token_file) if token_file else None)
    given["name"] = name or given.get("name")
    given["desk"] = environ.get("ORDERS_TUI_DESK") or None
    return Config(**given, profile=chosen, keys=_keys(path, body), path=path if path.exists() else None)


def profiles(path: Path | None = None) -> list[str]:
    """The names of the profiles in the file. Raises ConfigError."""
    profile = _read(path or default_path()).get("profile", {})
    return list(profile) if isinstance(profile, dict) else []


def _read(path: Path) -> dict[str, Any]:
    try:
        written = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: cannot be read ({_reason(error)})") from error
    import tomllib

    try:
        return tomllib.loads(written)
    except tomllib.TOMLDecodeError as error:
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
        raise ConfigError(f"{path}: there is no profile {name}{where}{nearest(name, known)}; profiles: {names}")
    return sections[name]


def _section(path: Path, body: Mapping[str, Any], name: str, title: str = "") -> dict[str, Any]:
    title = title or name
    section = body.get(name, {})
    if not isinstance(section, dict):
        raise ConfigError(f"{path}: {title} is a table, written [{title}]")
    _known(path, section, list(_CHECKS), f"{title}.")
    for key, value in section.items():
        problem = _CHECKS[key](value)
        if problem is not None:
            raise ConfigError(f"{path}: {title}.{key} {problem}, not {value!r}")
    return dict(section)


def _known(path: Path, section: Mapping[str, Any], known: list[str], prefix: str) -> None:
    for key in section:
        if key not in known:
            raise ConfigError(f"{path}: there is no key {prefix}{key}{nearest(key, known)}; known: {', '.join(known)}")


def nearest(word: str, known: Iterable[str]) -> str:
    """` (did you mean …?)` with the known word that is most like this one; empty where none is."""
    near = get_close_matches(word, list(known), n=1)
    return f" (did you mean {near[0]}?)" if near else ""


def _keys(path: Path, body: Mapping[str, Any]) -> dict[str, str]:
    keys = body.get("keys", {})
    if not isinstance(keys, dict) or not all(isinstance(value, str) for value in keys.values()):
        raise ConfigError(f'{path}: [keys] holds lines such as "order.assign" = "a"')
    return dict(keys)


def _token(path: Path, token_file: str) -> str:
    try:
        token = Path(token_file).expanduser().read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: token_file {token_file} cannot be read ({_reason(error)})") from error
    if not token or not token.isascii() or not token.isprintable() or " " in token:
        raise ConfigError(f"{path}: token_file {token_file} does not hold one token")
    return token


def _reason(error: OSError | UnicodeDecodeError) -> str:
    return (error.strerror or "") if isinstance(error, OSError) else "it is not UTF-8"


def _not_a_server(value: Any) -> str | None:
    wanted = f"is an address such as {DEFAULT_SERVER}"
    try:
        url = urlsplit(value if isinstance(value, str) else "")
        fits = url.scheme in {"http", "https"} and bool(url.hostname) and url.port != 0
    except ValueError:
        return wanted
    if url.username or url.password:
        return "carries no name or password (use a token)"
    return None if fits else wanted


def _is(words: str, fits: Callable[[Any], bool]) -> Callable[[Any], str | None]:
    return lambda value: None if fits(value) else f"is {words}"


def _text(words: str) -> Callable[[Any], str | None]:
    return _is(words, lambda value: isinstance(value, str) and value != "")


def _number(value: Any, kind: type | UnionType) -> bool:
    return isinstance(value, kind) and not isinstance(value, bool)


_FLAG = _is("true or false", lambda value: isinstance(value, bool))
_CHECKS: dict[str, Callable[[Any], str | None]] = {
    "server": _not_a_server,
    "token_file": _text("the path of a file"),
    "name": _text("a name"),
    "theme": _text("the name of a theme"),
    "page_size": _is("a whole number from 1 to 250", lambda value: _number(value, int) and 1 <= value <= 250),
    "ascii": _FLAG,
    "bell": _FLAG,
    "mouse": _FLAG,
    "environment": _text("a word"),
    "typed_amount_above": _is("an amount, 0 or more", lambda value: _number(value, int | float) and value >= 0),
}
"""What is wrong with a value, as the rest of a sentence that begins with its key; None where nothing is."""
