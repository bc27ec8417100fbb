"""`keys`, `info`: what this client is set to, without opening the desk."""

from __future__ import annotations

import asyncio
import platform
import sys
from argparse import Namespace
from typing import TYPE_CHECKING

from orders_tui.cli.connection import configured, connect, remedy
from orders_tui.cli.output import complain, say
from orders_tui.cli.table import table
from orders_tui.config import default_path
from orders_tui.errors import ApiError, ConfigError
from orders_wire.version import __version__

if TYPE_CHECKING:
    from orders_tui.config import Config
    from orders_tui.keymap import Keymap


def keys(given: Namespace) -> int:
    """`keys [--check]`: 1 when the configured keys cannot be used."""
    keymap = built(configured(given))
    if keymap is None:
        return 1
    if given.check:
        say("the keys are in order", "good")
        return 0
    rows = [(command.id, keymap.all_keys(command.id), command.explanation) for command in keymap.commands]
    sys.stdout.write(table(("COMMAND", "KEYS", "WHAT IT DOES"), rows))
    return 0


def built(config: Config, prefix: str = "") -> Keymap | None:
    """The key map, or None; every fault and doubt about it is a line on stderr."""
    from orders_tui import registry

    for sentence in registry.doubts(config):
        complain(prefix + sentence)
    try:
        return registry.keymap_of(config)
    except ConfigError:
        return None


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
