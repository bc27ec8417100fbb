"""`demo`: a Sync server on an embedded database in a throw-away folder, on a simulated shop, with the client on top.

Contract §6: with `--headless` the first line on stdout is the server's address, once the shop's history is in and the simulated
colleagues have shared out what is open. Whatever was started ends with this process, and the folder goes with it.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import shlex
import shutil
import signal
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import aiohttp
import orjson

from orders_demo.colleagues import Colleagues, others_than
from orders_demo.dashboard import Dashboard
from orders_demo.identity import CLIENT_ID, DOMAIN, Secrets, operator_name
from orders_demo.processes import Child, ChildFailed, foreground, quiet, start
from orders_demo.visits import Visits

LISTENING = "Sync server listening on "
P = TypeVar("P", bound=argparse.ArgumentParser)

API = "/admin/api/2026-07/graphql.json"
SHOP_ALONE = """\
A simulated shop with {orders:,} orders. It lives until ctrl+c; all of it is made up, its token and its secret too.

  shop              {domain}
  Admin API         {url}
  Admin token       {secrets.admin_token}
  webhook secret    {secrets.webhook}
  client ID         {client_id}   (only to try an app that has no token)

Connect a desk to it from another terminal, and paste token and secret there when they are asked for:

  {program} init --shop {domain} --shopify-api-url {url} --shopify-writes on
"""
_OF_A_REAL_DESK = {"ORDERS_TUI_TOKEN", "ORDERS_TUI_SERVER"}
"""Said in the environment of a server that is not this one."""

START_S = 60.0
LOOK_S = 0.15
USAGE = 2
INTERRUPTED = 130


@dataclass(frozen=True, slots=True)
class Commands:
    """What is started; tests put others in their place. The client gets the server's URL and `--as=NAME` behind it."""

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
    shop_alone: bool = False


def main(arguments: Sequence[str], parse_with: type[argparse.ArgumentParser] = argparse.ArgumentParser) -> int:
    """`demo [--orders N] [--seed S] [--headless | --shop] [--port P] [--still]`."""
    given = parser(parse_with).parse_args(arguments)
    if given.shop:
        return run_shop(given.orders, given.seed, port=given.port, still=given.still)
    if not given.headless and not (sys.stdin.isatty() and sys.stdout.isatty()):
        print("The demo's client needs a terminal; without one use: orders-tui demo --headless", file=sys.stderr)
        return USAGE
    return run_demo(given.orders, given.seed, headless=given.headless, port=given.port, still=given.still)


def parser(parse_with: type[P]) -> P:
    """The arguments of the demo."""
    parser = parse_with(prog="orders-tui demo", description="A living order desk on a simulated shop.")
    parser.add_argument("--orders", type=_count, default=2000, metavar="N", help="orders in the shop's past (2000)")
    parser.add_argument("--seed", type=int, default=7, metavar="S", help="the same seed gives the same shop (7)")
    alone = parser.add_mutually_exclusive_group()
    alone.add_argument("--headless", action="store_true", help="no client: print the server's address and stay")
    alone.add_argument("--shop", action="store_true", help="the shop alone, to try `orders-tui init` on")
    port = "the server's port, of --shop the shop's; 0, the default, picks one"
    parser.add_argument("--port", type=int, default=0, metavar="P", help=port)
    parser.add_argument("--still", action="store_true", help="nothing happens by itself")
    return parser


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


def run_shop(orders: int = 2000, seed: int = 7, *, port: int = 0, still: bool = False) -> int:
    """Run a simulated shop alone until SIGTERM or SIGINT; returns the exit status."""
    return asyncio.run(_until_ended(Demo(orders, seed, port=port, still=still, shop_alone=True)))


def _count(text: str) -> int:
    value = int(text)
    if not 0 <= value <= 1_000_000:
        raise argparse.ArgumentTypeError("between 0 and 1000000")
    return value


async def _until_ended(demo: Demo) -> int:
    """The demo under the signals that end it."""
    task = asyncio.create_task(_run_shop(demo) if demo.shop_alone else _run(demo))
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        loop.add_signal_handler(number, task.cancel)
    try:
        return await task
    except asyncio.CancelledError:
        return 0 if demo.headless or demo.shop_alone else INTERRUPTED
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
            login = "" if demo.headless else operator_name()
            colleagues = Colleagues(Dashboard(session, url), demo.seed, operator=login)
            await colleagues.share_out()
            await colleagues.leave_notes()
            if not demo.still:
                await stack.enter_async_context(colleagues.working())
                await stack.enter_async_context(
                    Visits(colleagues.dashboard, demo.seed, [*others_than(login)]).going_on()
                )
            return await (_stay(announced, shop, server) if demo.headless else _client(demo, url, login))


async def _run_shop(demo: Demo) -> int:
    with tempfile.TemporaryDirectory(prefix="orders-shop-", ignore_cleanup_errors=True) as name:
        secrets = Secrets.fresh()
        shop, url = await _open_shop(demo, secrets, Path(name), "--alone", "--port", str(demo.port))
        words = SHOP_ALONE.format(
            orders=demo.orders, domain=DOMAIN, url=url, secrets=secrets, client_id=CLIENT_ID, program=_program()
        )
        try:
            return await _stay(words, shop)
        finally:
            await shop.end()


def _program() -> str:
    """This program as it can be called from here: by its name where that finds it, else by its path."""
    ours, found = Path(sys.executable).with_name("orders-tui"), shutil.which("orders-tui")
    if not ours.exists() or (found is not None and Path(found).resolve() == ours.resolve()):
        return "orders-tui"
    here = Path.cwd()
    return shlex.quote(str(ours.relative_to(here) if ours.is_relative_to(here) else ours))


async def _end(children: Sequence[Child]) -> None:
    """Both at once: who leaves the desk should not wait for one after the other."""
    await asyncio.gather(*(child.end() for child in children))


async def _open_shop(demo: Demo, secrets: Secrets, folder: Path, *more: str) -> tuple[Child, str]:
    """The shop, and its URL."""
    options = ["--orders", str(demo.orders), "--seed", str(demo.seed), "--ends-with-parent", "--cleans", str(folder)]
    options += ["--still"] * demo.still + list(more)
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


async def _stay(announced: str, *children: Child) -> int:
    """Say what there is, and stay until a child ends or a signal comes."""
    print(announced, flush=True)
    ends = {asyncio.create_task(quiet(child)): child for child in children}
    try:
        done, _ = await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in ends:
            task.cancel()
    child = ends[done.pop()]
    await child.process.wait()
    raise child.failed(f"ended with status {child.process.returncode}")


async def _client(demo: Demo, url: str, name: str) -> int:
    """The client in the foreground, which takes the terminal's interrupts itself; it calls whoever sits there by login name."""
    asyncio.get_running_loop().add_signal_handler(signal.SIGINT, lambda: None)
    environment = {each: value for each, value in _inherited().items() if each not in _OF_A_REAL_DESK}
    client = await foreground([*demo.commands.client, url, f"--as={name}"], environment | {"ORDERS_TUI_DESK": "demo"})
    try:
        return await client.wait()
    finally:
        if client.returncode is None:
            client.terminate()
            await client.wait()


def _inherited() -> dict[str, str]:
    """The environment without any setting of a real server."""
    return {name: value for name, value in os.environ.items() if not name.upper().startswith("ORDERS_SYNC_")}
