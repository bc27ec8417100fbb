"""The tokens file while the server runs: read again when it has changed, and when SIGHUP says so (contract §5).

Invariant: a token that is gone from the file opens nothing more, and its streams end. A file that cannot be read leaves the
tokens as they were, and is complained of once for each state that it is in.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path

import structlog
from aiohttp import web

from orders_sync.http.app_keys import HUB, SETTINGS
from orders_sync.http.auth import TOKENS, Tokens, read_tokens
from orders_sync.live.hub import Hub
from orders_sync.loops import running
from orders_sync.settings import SettingsError

log = structlog.get_logger(__name__)

LOOK_EVERY_S = 5.0

TOKEN_WATCH: web.AppKey[TokenWatch] = web.AppKey("token_watch")


class TokenWatch:
    """Compares the file with what it was: one `stat` each time."""

    def __init__(self, path: Path, tokens: Tokens, hub: Hub) -> None:
        self._path = path
        self._tokens = tokens
        self._hub = hub
        self._seen = _state(path)

    def look(self) -> None:
        """Reads the file when it is another than before."""
        if _state(self._path) != self._seen:
            self.reload()

    def reload(self) -> None:
        """Reads the file now."""
        self._seen = _state(self._path)
        try:
            callers = read_tokens(self._path)
        except SettingsError as error:
            log.error("the tokens stay as they were", reason=str(error))
            return
        gone = self._tokens.replace(callers)
        self._hub.revoke(gone)
        log.info("tokens read", tokens=len(callers), gone=len(gone))

    async def run(self) -> None:
        """Looks for ever."""
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            self.look()


async def watching(app: web.Application) -> AsyncIterator[None]:
    """A cleanup context, after the hub's: sets TOKEN_WATCH where there is a file to watch."""
    tokens, path = app[TOKENS], app[SETTINGS].tokens_file
    if tokens is None or path is None:
        yield
        return
    app[TOKEN_WATCH] = watch = TokenWatch(path, tokens, app[HUB])
    async with running({"tokens": watch.run}):
        yield


def _state(path: Path) -> tuple[int, int, int, int] | None:
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size, found.st_mode
