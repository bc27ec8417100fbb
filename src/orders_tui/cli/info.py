"""`keys`, `config`, `info`: what this client is set to, without opening the desk."""

from __future__ import annotations

import asyncio
import json
import platform
import sys
from argparse import Namespace
from dataclasses import fields
from typing import TYPE_CHECKING

from orders_tui.cli.connection import configured, connect, remedy
from orders_tui.cli.output import table
from orders_tui.config import default_path, load, profiles
from orders_tui.errors import ApiError
from orders_wire.version import __version__

if TYPE_CHECKING:
    from orders_tui.config import Config
    from orders_tui.keymap import Keymap

USAGE = 2


def keys(given: Namespace) -> int:
    """`keys [--check]`: 1 when the configured keys cannot be used."""
    from orders_tui.commands import COMMANDS

    keymap = _built(configured(given))
    if keymap is None:
        return 1
    if given.check:
        print("the keys are in order", file=sys.stderr)
        return 0
    rows = [(command.id, keymap.all_keys(command.id), command.explanation) for command in COMMANDS]
    sys.stdout.write(table(("COMMAND", "KEYS", "WHAT IT DOES"), rows))
    return 0


def _built(config: Config, prefix: str = "") -> Keymap | None:
    """The key map, or None; every fault and doubt about it is a line on stderr."""
    from orders_tui import keymap

    for sentence in keymap.check(config.keys):
        print(prefix + sentence, file=sys.stderr)
    try:
        return keymap.build(config.keys)
    except keymap.KeymapError:
        return None


def config(given: Namespace) -> int:
    """`config show|path|validate`. Raises ConfigError for a file that cannot be used."""
    if given.what == "path":
        print(default_path())
        return 0
    if given.what == "validate":
        return _validate(given)
    now = configured(given)
    shown = {each.name: getattr(now, each.name) for each in fields(now) if each.name not in ("state_dir", "unicode")}
    path = str(now.path) if now.path else None
    shown |= {"token": "set" if now.token else None, "path": path, "keys": dict(now.keys)}
    print(json.dumps(shown, ensure_ascii=False, indent=1))
    return 0


def _validate(given: Namespace) -> int:
    """Reads the file as the desk would, once for each profile. Raises ConfigError for the first fault but of the keys."""
    from orders_tui import themes

    named = [given.profile] if given.profile else [None, *profiles()]
    for profile in named:
        now = load(server=given.server, profile=profile, name=given.name)
        themes.require(now)
    if _built(now, f"{now.path}: [keys] ") is None:
        return USAGE
    print(f"{now.path or 'no configuration file'}: in order", file=sys.stderr)
    return 0


def info(given: Namespace) -> int:
    """`info`: 3 when the server does not answer."""
    from orders_tui import paths

    now = configured(given)
    facts = {
        "orders-tui": __version__,
        "python": f"{platform.python_version()} on {platform.system()}",
        "configuration": str(now.path or f"{default_path()} (not there)"),
        "state": str(paths.state_folder(now)),
        "log": str(paths.reports(now)),
        "server": now.server,
    }
    status = asyncio.run(_ask(given, facts))
    sys.stdout.write("".join(f"{name:<14} {value}\n" for name, value in facts.items()))
    return status


async def _ask(given: Namespace, facts: dict[str, str]) -> int:
    async with connect(given) as api:
        try:
            health, me = await api.health(), await api.me()
        except ApiError as error:
            facts["answers"] = f"{error}{remedy(error)}"
            return 3
    facts["answers"] = str(health.get("status", "yes"))
    backfill = health.get("backfill")
    if isinstance(backfill, dict) and backfill.get("state") in {"waiting", "running"}:
        facts["history"] = f"{backfill.get('done')} of {backfill.get('total')} orders are read"
    facts["you"] = f"{me.name} ({me.role}) at {me.shop}"
    facts["contract"] = f"{me.contract_version}, server {me.server_version}"
    return 0
