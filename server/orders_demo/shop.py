"""The simulated world as a process: `python -m orders_demo.shop`.

Prints one JSON line, `{"url", "port"}`, once it answers, and ends with SIGTERM, SIGINT or the end of its standard input
(`--ends-with-parent`). Secrets come from the environment (`ORDERS_DEMO_WEBHOOK_SECRET`, `_ADMIN_TOKEN`, `_ERP_SECRET`,
`_SUPPORT_SECRET`), so that no list of processes shows them; without them new ones are drawn and printed in that line.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import shutil
import signal
import sys
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from aiohttp import web

from orders_demo.identity import DOMAIN, Secrets
from orders_demo.live_shop import Clock, system_clock
from orders_demo.simulation import Plan, simulate
from orders_demo.site import application
from orders_demo.webhooks.deliveries import AT_ONCE

PREFIX = "ORDERS_DEMO_"
OTHERS_END_S = 4.0
"""How long the other children of a dead parent may take to end."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Simulate until told to end."""
    options = _parser().parse_args(arguments)
    given, fresh = _secrets(os.environ)
    plan = Plan(
        options.orders,
        options.seed,
        given,
        options.still,
        60 / options.rate,
        options.domain,
        at_once=options.at_once,
        alone=options.alone,
    )
    parent = os.getppid()
    asyncio.run(_serve(plan, options, fresh=fresh))
    if options.cleans and os.getppid() != parent:
        time.sleep(OTHERS_END_S)
        shutil.rmtree(options.cleans, ignore_errors=True)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m orders_demo.shop", description="A simulated Shopify shop.")
    parser.add_argument("--orders", type=int, default=2000, help="orders in its past")
    parser.add_argument("--seed", type=int, default=7, help="the same seed gives the same shop")
    parser.add_argument("--still", action="store_true", help="nothing happens by itself")
    parser.add_argument("--rate", type=_rate, default=20.0, help="how many things happen a minute, on average")
    parser.add_argument("--at-once", type=int, default=AT_ONCE, help="webhooks on the wire at the same time")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--target", help="base URL of the Sync server; may be set later by POST /control/target")
    parser.add_argument("--alone", action="store_true", help="it lives from the start, whether or not anybody listens")
    parser.add_argument("--domain", default=DOMAIN, help="the myshopify domain")
    parser.add_argument("--now", type=datetime.fromisoformat, help="the end of its past, RFC 3339; default: now")
    parser.add_argument("--ends-with-parent", action="store_true", help="end when standard input ends")
    parser.add_argument("--cleans", type=Path, help="a folder to remove if the parent dies before it could")
    return parser


def _rate(text: str) -> float:
    value = float(text)
    if not 0 < value <= 60_000:
        raise argparse.ArgumentTypeError("above 0, at most 60000")
    return value


def _secrets(environment: Mapping[str, str]) -> tuple[Secrets, bool]:
    names = ("WEBHOOK_SECRET", "ADMIN_TOKEN", "ERP_SECRET", "SUPPORT_SECRET")
    values = [environment.get(PREFIX + name) for name in names]
    if all(values):
        return Secrets(*(value or "" for value in values)), False
    return Secrets.fresh(), True


async def _serve(plan: Plan, options: argparse.Namespace, *, fresh: bool) -> None:
    simulation = simulate(plan, clock=_clock(options.now))
    runner = web.AppRunner(application(simulation), access_log=None, shutdown_timeout=2)
    await runner.setup()
    try:
        await web.TCPSite(runner, options.host, options.port).start()
        port = runner.addresses[0][1]
        if options.target:
            simulation.listen_at(options.target)
        ready = {"url": f"http://{options.host}:{port}", "port": port}
        if fresh:
            ready |= {name: getattr(plan.secrets, name) for name in ("webhook", "admin_token", "erp", "support")}
        print(json.dumps(ready), flush=True)
        await _until_told(ends_with_parent=options.ends_with_parent)
    finally:
        await runner.cleanup()


def _clock(now: datetime | None) -> Clock:
    if now is None:
        return system_clock
    ahead = (now if now.tzinfo else now.replace(tzinfo=UTC)) - system_clock()
    return lambda: system_clock() + ahead


async def _until_told(*, ends_with_parent: bool) -> None:
    """Until a signal or the end of standard input; a file (which cannot be waited for) counts as ended."""
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, told.set)
    if ends_with_parent:
        try:
            loop.add_reader(sys.stdin.fileno(), _watch, told)
        except PermissionError:
            told.set()
    await told.wait()


def _watch(told: asyncio.Event) -> None:
    if not os.read(sys.stdin.fileno(), 4096):
        asyncio.get_running_loop().remove_reader(sys.stdin.fileno())
        told.set()


if __name__ == "__main__":
    sys.exit(main())
