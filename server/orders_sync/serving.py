"""A server process in the foreground: its listeners, the line that says they answer, and the end that a signal brings.

Invariant: SIGTERM and SIGINT end it within seconds whatever is connected: no more requests are taken, streams end at once,
handlers get a moment and are then cancelled, and what is committed stays.
"""

from __future__ import annotations

import asyncio
import gc
import resource
import signal
import sys
from collections.abc import Callable

import structlog
from aiohttp import web

from orders_sync.app import build, webhooks_alone
from orders_sync.http.auth import Tokens
from orders_sync.http.listener import Listener
from orders_sync.http.token_watch import TOKEN_WATCH
from orders_sync.settings import Settings

log = structlog.get_logger(__name__)

HANDLERS_END_S = 2.0
"""How long requests under way may take when the process is told to stop."""

BACKLOG = 1024
SILENT_S = 3630.0
"""Longer than any proxy keeps a connection to us, so that it is never one of ours that ends under a request of its."""

WEBHOOK_CONNECTIONS = 512
"""Many more than Shopify uses at once. Where few files are allowed, a quarter of them: the others are the operators'."""

WEBHOOK_BACKLOG = 64
"""Also how many are accepted at a time, before any of them can be turned away."""

WEBHOOK_SILENT_S = 15.0
"""How long a stranger's connection may say nothing, or take to say what it wants."""

NO_SHOP = (
    "no shop is connected: `orders-tui init` connects one (or set ORDERS_SYNC_SHOP_DOMAIN, ORDERS_SYNC_SHOPIFY_ADMIN_TOKEN and "
    "ORDERS_SYNC_SHOPIFY_WEBHOOK_SECRET); then start again; `orders-tui demo` shows a made-up shop"
)


class CannotListen(Exception):
    """An address cannot be listened on; the message says why."""


async def serve(settings: Settings, announce: Callable[[str], None]) -> None:
    """Serves until SIGTERM or SIGINT. `announce` gets `http://HOST:PORT` once it answers. Raises CannotListen."""
    tokens = Tokens.read(settings.tokens_file) if settings.tokens_file else None
    stopped = _stop_signal()
    files = raise_file_limit()
    app = build(settings, tokens=tokens)
    main = Listener(app, ends_s=HANDLERS_END_S, silent_s=SILENT_S)
    listeners = [main]
    try:
        await main.setup()
        port = await _listen(main, settings.host, settings.port, BACKLOG)
        if settings.webhook_listen is not None:
            most = min(WEBHOOK_CONNECTIONS, files // 4)
            alone = Listener(webhooks_alone(app), ends_s=HANDLERS_END_S, most=most, silent_s=WEBHOOK_SILENT_S)
            listeners.insert(0, alone)
            await alone.setup()
            host, webhook_port = settings.webhook_listen
            got = await _listen(alone, host, webhook_port, WEBHOOK_BACKLOG)
            log.info("webhooks on a listener of their own", host=host, port=got)
        _reload_on_hangup(app)
        tune_garbage_collector()
        announce(f"http://{_shown(settings.host)}:{port}")
        if not settings.webhook_secrets and not settings.asks_shop:
            log.warning(NO_SHOP)
        await stopped.wait()
        log.info("stopping")
    finally:
        for listener in listeners:
            await listener.cleanup()


def tune_garbage_collector() -> None:
    """What the start made stays for good, and need not be looked at again; the rest need not be looked at as often.

    Deriving an order makes thousands of small objects and drops them without a cycle: with Python's own limits a quarter of
    the time of a bulk action goes into looking for some.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


async def _listen(listener: Listener, host: str, port: int, backlog: int) -> int:
    try:
        return await listener.listen(host, port, backlog)
    except OSError as error:
        raise CannotListen(f"Cannot listen on {host}:{port}: {error.strerror or error}") from None


def _shown(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _reload_on_hangup(app: web.Application) -> None:
    """SIGHUP reads the tokens file again. On a terminal it goes on to mean that the terminal is gone."""
    watch = app.get(TOKEN_WATCH)
    if watch is not None and not sys.stdin.isatty():
        asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, watch.reload)


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


WANTED = 65_536
FEW = 6_000
"""Fewer than this do not hold 5,000 streams beside the database's and the webhooks' own connections."""


def raise_file_limit(wanted: int = WANTED) -> int:
    """Raises the soft limit towards `wanted`, as far as the user may; returns it. What is few afterwards is logged."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY:
        return wanted
    target = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if target > soft:
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (target, hard))
            soft = target
        except (OSError, ValueError) as error:
            log.warning("the limit of open files cannot be raised", limit=soft, wanted=target, error=str(error))
            return soft
    if soft < FEW:
        log.warning("few open files are allowed: each client takes one; raise the hard limit (LimitNOFILE)", limit=soft)
    return soft
