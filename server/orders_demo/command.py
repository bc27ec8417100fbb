"""`demo`: a Sync server on an embedded database in a throw-away folder, on a simulated shop, with the client on top.

Contract §6: with `--headless` the first line on stdout is the server's address, once the shop's history is in and the simulated
colleagues have shared out what is open. Whatever was started ends with this process, and the folder goes with it.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import orjson

from orders_demo.colleagues import Colleagues
from orders_demo.dashboard import Dashboard
from orders_demo.identity import DOMAIN, Secrets
from orders_demo.processes import Child, ChildFailed, foreground, quiet, start

LISTENING = "Sync server listening on "
API = "/admin/api/2026-07/graphql.json"
START_S = 60.0
LOOK_S = 0.15
USAGE = 2
INTERRUPTED = 130


@dataclass(frozen=True, slots=True)
class Commands:
    """What is started; tests put others in their place. The client gets the server's URL as its last argument."""

    shop: Sequence[str] = (sys.executable, "-m", "orders_demo.shop")
    server: Sequence[str] = (sys.executable, "-m", "orders_sync", "serve")
    client: Sequence[str] = (sys.executable, "-m", "orders_tui", "--server")


@dataclass(frozen=True, slots=True)
class Demo:
    """One demo, as asked for on the command line."""

    orders: int = 2000
    seed: int = 7
    headless: bool = False
    port: int = 0
    still: bool = False
    commands: Commands = field(default_factory=Commands)


def main(arguments: Sequence[str]) -> int:
    """`demo [--orders N] [--seed S] [--headless] [--port P] [--still]`."""
    parser = argparse.ArgumentParser(prog="orders-tui demo", description="A living order desk on a simulated shop.")
    parser.add_argument("--orders", type=_count, default=2000, metavar="N", help="orders in the shop's past (2000)")
    parser.add_argument("--seed", type=int, default=7, metavar="S", help="the same seed gives the same shop (7)")
    parser.add_argument("--headless", action="store_true", help="no client: print the server's address and stay")
    parser.add_argument("--port", type=int, default=0, metavar="P", help="the server's port; 0, the default, picks one")
    parser.add_argument("--still", action="store_true", help="nothing happens by itself")
    given = parser.parse_args(arguments)
    if not given.headless and not (sys.stdin.isatty() and sys.stdout.isatty()):
        print("The demo's client needs a terminal; without one use: orders-tui demo --headless", file=sys.stderr)
        return USAGE
    return run_demo(given.orders, given.seed, headless=given.headless, port=given.port, still=given.still)


def run_demo(
    orders: int = 2000,
    seed: int = 7,
    *,
    headless: bool = False,
    port: int = 0,
    still: bool = False,
    commands: Commands | None = None,
) -> int:
    """Run a demo until the client is left, or until SIGTERM or SIGINT; returns the exit status."""
    demo = Demo(orders, seed, headless, port, still, commands or Commands())
    return asyncio.run(_until_ended(demo))


def _count(text: str) -> int:
    value = int(text)
    if not 0 <= value <= 1_000_000:
        raise argparse.ArgumentTypeError("between 0 and 1000000")
    return value


async def _until_ended(demo: Demo) -> int:
    """The demo under the signals that end it."""
    task = asyncio.create_task(_run(demo))
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        loop.add_signal_handler(number, task.cancel)
    try:
        return await task
    except asyncio.CancelledError:
        return 0 if demo.headless else INTERRUPTED
    except ChildFailed as failure:
        print(f"\n{failure}", file=sys.stderr)
        return 1


async def _run(demo: Demo) -> int:
    with tempfile.TemporaryDirectory(prefix="orders-desk-", ignore_cleanup_errors=True) as name:
        async with AsyncExitStack() as stack:
            folder, secrets = Path(name), Secrets.fresh()
            session = await stack.enter_async_context(aiohttp.ClientSession())
            children: list[Child] = []
            stack.push_async_callback(_end, children)
            shop, shop_url = await _open_shop(demo, secrets, folder)
            children.append(shop)
            server, announced = await _open_server(demo, secrets, folder, shop_url)
            children.append(server)
            url = announced.removeprefix(LISTENING)
            async with session.post(f"{shop_url}/control/target", json={"url": url}) as answer:
                answer.raise_for_status()
            await _history(demo, session, url, shop_url, server)
            colleagues = Colleagues(Dashboard(session, url), demo.seed)
            await colleagues.share_out()
            if not demo.still:
                await stack.enter_async_context(colleagues.working())
            return await (_stay(announced, shop, server) if demo.headless else _client(demo, url))


async def _end(children: Sequence[Child]) -> None:
    """Both at once: who leaves the desk should not wait for one after the other."""
    await asyncio.gather(*(child.end() for child in children))


async def _open_shop(demo: Demo, secrets: Secrets, folder: Path) -> tuple[Child, str]:
    """The shop, and its URL."""
    options = ["--orders", str(demo.orders), "--seed", str(demo.seed), "--ends-with-parent", "--cleans", str(folder)]
    if demo.still:
        options.append("--still")
    environment = _inherited() | {
        "ORDERS_DEMO_WEBHOOK_SECRET": secrets.webhook,
        "ORDERS_DEMO_ADMIN_TOKEN": secrets.admin_token,
        "ORDERS_DEMO_ERP_SECRET": secrets.erp,
        "ORDERS_DEMO_SUPPORT_SECRET": secrets.support,
    }
    shop = await start("simulated shop", [*demo.commands.shop, *options], environment, folder)
    url: str = orjson.loads(await shop.line(START_S))["url"]
    return shop, url


async def _open_server(demo: Demo, secrets: Secrets, folder: Path, shop_url: str) -> tuple[Child, str]:
    """The Sync server, and the line with which it says where it listens."""
    config = folder / "sync.toml"
    config.touch()
    settings = {
        "CONFIG": str(config),
        "DATABASE_URL": f"sqlite:///{folder / 'desk.sqlite'}",
        "HOST": "127.0.0.1",
        "PORT": str(demo.port),
        "SHOP_DOMAIN": DOMAIN,
        "SHOPIFY_WEBHOOK_SECRET": secrets.webhook,
        "SHOPIFY_ADMIN_TOKEN": secrets.admin_token,
        "SHOPIFY_API_URL": f"{shop_url}{API}",
        "SHOPIFY_WRITES": "on",
        "ERP_URL": f"{shop_url}/erp",
        "ERP_SECRET": secrets.erp,
        "SUPPORT_URL": f"{shop_url}/support",
        "SUPPORT_SECRET": secrets.support,
        "USD_RATES": "EUR=1.08,GBP=1.27",
    }
    environment = _inherited() | {f"ORDERS_SYNC_{name}": value for name, value in settings.items()}
    server = await start("Sync server", demo.commands.server, environment, folder)
    line = await server.line(START_S)
    if not line.startswith(LISTENING):
        raise server.failed(f"said {line!r} instead of where it listens")
    return server, line


async def _history(demo: Demo, session: aiohttp.ClientSession, url: str, shop_url: str, server: Child) -> None:
    """Wait until the back-fill is done and the ERP has told its part, with one calm line of progress."""
    shown = not demo.headless and sys.stderr.isatty()
    while True:
        health = await _json(session, f"{url}/health", server)
        backfill = health.get("backfill") or {}
        if shown:
            done, total = backfill.get("done", 0), backfill.get("total") or demo.orders
            print(f"\rReading the shop's history: {done:,} of {total:,} orders", end="", file=sys.stderr, flush=True)
        if backfill.get("state") == "done":
            told = await _json(session, f"{shop_url}/control/status", server)
            if not told.get("erp", {}).get("past_unsaid", 1):
                break
        await asyncio.sleep(LOOK_S)
    if shown:
        print("\r\033[K", end="", file=sys.stderr, flush=True)


async def _json(session: aiohttp.ClientSession, url: str, server: Child) -> Mapping[str, dict[str, int | str]]:
    """A JSON answer; nothing while the server is busy. Raises ChildFailed when it has ended."""
    if server.process.returncode is not None:
        raise server.failed(f"ended with status {server.process.returncode}")
    with suppress(aiohttp.ClientError, TimeoutError):
        async with session.get(url, timeout=aiohttp.ClientTimeout(total=10)) as answer:
            found: Mapping[str, dict[str, int | str]] = orjson.loads(await answer.read())
            return found
    return {}


async def _stay(announced: str, shop: Child, server: Child) -> int:
    """Say where the server is, and stay until a child ends or a signal comes."""
    print(announced, flush=True)
    ends = {asyncio.create_task(quiet(child)): child for child in (shop, server)}
    try:
        done, _ = await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in ends:
            task.cancel()
    child = ends[done.pop()]
    await child.process.wait()
    raise child.failed(f"ended with status {child.process.returncode}")


async def _client(demo: Demo, url: str) -> int:
    """The client in the foreground, which takes the terminal's interrupts itself."""
    asyncio.get_running_loop().add_signal_handler(signal.SIGINT, lambda: None)
    client = await foreground([*demo.commands.client, url], _inherited() | {"ORDERS_TUI_DESK": "demo"})
    try:
        return await client.wait()
    finally:
        if client.returncode is None:
            client.terminate()
            await client.wait()


def _inherited() -> dict[str, str]:
    """The environment without any setting of a real server."""
    return {name: value for name, value in os.environ.items() if not name.upper().startswith("ORDERS_SYNC_")}
