"""A server process in the foreground: its listeners, the line that says they answer, and the end that a signal brings.

Invariant: SIGTERM and SIGINT end it within seconds whatever is connected: no more requests are taken, streams end at once,
handlers get a moment and are then cancelled, and what is committed stays.
"""

from __future__ import annotations

import asyncio
import gc
import signal
from collections.abc import Callable

import structlog
from aiohttp import web

from orders_sync.app import build, webhooks_alone
from orders_sync.auth import Tokens
from orders_sync.open_files import raise_limit
from orders_sync.settings import Settings

log = structlog.get_logger(__name__)

HANDLERS_END_S = 2.0
"""How long requests under way may take when the process is told to stop."""

BACKLOG = 1024

NO_SHOP = (
    "no shop is connected: set ORDERS_SYNC_SHOP_DOMAIN, ORDERS_SYNC_SHOPIFY_ADMIN_TOKEN (reads the history) and "
    "ORDERS_SYNC_SHOPIFY_WEBHOOK_SECRET (what happens from now on), then start again; `orders-tui demo` shows a made-up shop"
)


class CannotListen(Exception):
    """An address cannot be listened on; the message says why."""


async def serve(settings: Settings, announce: Callable[[str], None]) -> None:
    """Serves until SIGTERM or SIGINT. `announce` gets `http://HOST:PORT` once it answers. Raises CannotListen."""
    tokens = Tokens.read(settings.tokens_file) if settings.tokens_file else None
    stopped = _stop_signal()
    raise_limit()
    app = build(settings, tokens=tokens)
    main = _runner(app)
    runners = [main]
    try:
        await main.setup()
        port = await _listen(main, settings.host, settings.port)
        if settings.webhook_listen is not None:
            alone = _runner(webhooks_alone(app))
            runners.insert(0, alone)
            await alone.setup()
            host, webhook_port = settings.webhook_listen
            log.info("webhooks on a listener of their own", host=host, port=await _listen(alone, host, webhook_port))
        spare_the_collector()
        announce(f"http://{_shown(settings.host)}:{port}")
        if not settings.webhook_secrets and settings.shopify_admin_token is None:
            log.warning(NO_SHOP)
        await stopped.wait()
        log.info("stopping")
    finally:
        for runner in runners:
            await runner.cleanup()


def spare_the_collector() -> None:
    """What the start made stays for good, and need not be looked at again; the rest need not be looked at as often.

    Deriving an order makes thousands of small objects and drops them without a cycle: with Python's own limits a quarter of
    the time of a bulk action goes into looking for some.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def _runner(app: web.Application) -> web.AppRunner:
    """Bodies stay as they came: signatures are over those bytes, and nobody sends a small one that unpacks to a large one."""
    return web.AppRunner(
        app, handler_cancellation=True, shutdown_timeout=HANDLERS_END_S, access_log=None, auto_decompress=False
    )


async def _listen(runner: web.AppRunner, host: str, port: int) -> int:
    """Listens, and returns the port that it got."""
    site = web.TCPSite(runner, host, port, backlog=BACKLOG)
    try:
        await site.start()
    except OSError as error:
        raise CannotListen(f"Cannot listen on {host}:{port}: {error.strerror or error}") from None
    return int(runner.addresses[0][1])


def _shown(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _stop_signal() -> asyncio.Event:
    """Set by the first SIGTERM or SIGINT; the second one ends the process on the spot."""
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()

    def stop(number: signal.Signals) -> None:
        loop.remove_signal_handler(number)
        stopped.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop, number)
    return stopped
