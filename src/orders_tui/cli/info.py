"""`keys`, `config`, `info`: what this client is set to, without opening the desk."""

from __future__ import annotations

import asyncio
import json
import platform
import sys
from argparse import Namespace
from dataclasses import fields

from orders_tui.cli.connection import configured, connect, remedy
from orders_tui.cli.output import table
from orders_tui.config import APP, default_path, load, profiles
from orders_tui.errors import ApiError
from orders_wire.version import __version__

USAGE = 2


def keys(given: Namespace) -> int:
    """`keys [--check]`: 1 when the configured keys cannot be used."""
    from orders_tui import keymap
    from orders_tui.commands import COMMANDS

    remapped = configured(given).keys
    try:
        keys_now = keymap.build(remapped)
    except keymap.KeymapError as error:
        for fault in error.faults:
            print(fault, file=sys.stderr)
        return 1
    for doubt in keymap.check(remapped):
        print(doubt, file=sys.stderr)
    if given.check:
        print("the keys are in order", file=sys.stderr)
        return 0
    rows = [(command.id, keys_now.all_keys(command.id), command.explanation) for command in COMMANDS]
    sys.stdout.write(table(("COMMAND", "KEYS", "WHAT IT DOES"), rows))
    return 0


def config(given: Namespace) -> int:
    """`config show|path|validate`. Raises ConfigError for a file that cannot be used."""
    if given.what == "path":
        print(default_path())
        return 0
    if given.what == "validate":
        return _validate(given)
    now = configured(given)
    shown = {
        field.name: getattr(now, field.name) for field in fields(now) if field.name not in ("state_dir", "unicode")
    }
    shown |= {
        "token": "set" if now.token else None,
        "path": str(now.path) if now.path else None,
        "keys": dict(now.keys),
    }
    print(json.dumps(shown, ensure_ascii=False, indent=1))
    return 0


def _validate(given: Namespace) -> int:
    """Reads the file as the desk would, once for each profile. Raises ConfigError for the first fault but of the keys."""
    from orders_tui import keymap, themes

    named = [given.profile] if given.profile else [None, *profiles()]
    for profile in named:
        now = load(server=given.server, profile=profile, name=given.name)
        themes.require(now)
    try:
        keymap.build(now.keys)
    except keymap.KeymapError as error:
        for fault in error.faults:
            print(f"{now.path}: [keys] {fault}", file=sys.stderr)
        return USAGE
    for doubt in keymap.check(now.keys):
        print(f"{now.path}: [keys] {doubt}", file=sys.stderr)
    print(f"{now.path or 'no configuration file'}: in order", file=sys.stderr)
    return 0


def info(given: Namespace) -> int:
    """`info`: 3 when the server does not answer."""
    from platformdirs import user_log_path, user_state_path

    now = configured(given)
    facts = {
        "orders-tui": __version__,
        "python": f"{platform.python_version()} on {platform.system()}",
        "configuration": str(now.path or f"{default_path()} (not there)"),
        "state": str(user_state_path(APP)),
        "log": str(user_log_path(APP)),
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
