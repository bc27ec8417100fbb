"""One GET, with nothing that takes long to import: `http.client` brings the whole of `email` along.

It is HTTP/1.0, in which an answer has one length and ends with the connection. What does not read as one is as none.
"""

from __future__ import annotations

import json
import socket
from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from time import monotonic
from typing import Any, BinaryIO
from urllib.parse import SplitResult, urlsplit

from orders_tui import places
from orders_tui.api.body import LARGEST, parse
from orders_tui.config import Config

TIMEOUT_S = 3.0
READ_BYTES = 64 * 1024

Found = Future[Mapping[str, Any] | None]


def first(config: Config) -> Found:
    """Looks at what was on show last, beside what goes on: before Textual is imported, which leaves it no time afterwards."""
    params = _last(places.state_file(config)) or f"tab=unfulfilled&pageSize={config.page_size}"
    return Look(config.server, config.token, config.name, params).start()


def _last(state: Path) -> str:
    try:
        return str(json.loads(state.read_text(encoding="utf-8"))["ui"].get("query", ""))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return ""


@dataclass(frozen=True, slots=True)
class Look:
    """Where to look, as whom, and at what (a query string of `GET /sync/orders`)."""

    server: str
    token: str | None = field(default=None, repr=False)
    name: str | None = None
    params: str = ""

    def start(self) -> Found:
        """Looks beside what goes on. Quitting does not wait for it."""
        found: Found = Future()
        Thread(target=self._look, args=(found,), name="look", daemon=True).start()
        return found

    def _look(self, found: Found) -> None:
        page = None
        try:
            page = self.page()
        finally:
            found.set_result(page)

    def page(self) -> Mapping[str, Any] | None:
        """The page's JSON; None when it cannot be had. The session will say why."""
        server = urlsplit(self.server)
        try:
            with _line(server) as line, line.makefile("rb") as answer:
                line.sendall(self._request(server).encode())
                head, _, body = _whole(line, answer).partition(b"\r\n\r\n")
            page = parse(body) if head.split(maxsplit=2)[1:2] == [b"200"] else None
        except (OSError, ValueError, RecursionError):
            return None
        return page if isinstance(page, dict) else None

    def _request(self, server: SplitResult) -> str:
        headers = {"Host": server.netloc, "Accept": "application/json"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        if self.name:
            headers["X-Operator"] = self.name
        if any(not value.isprintable() for value in (self.params, *headers.values())):
            raise ValueError("a line break would begin another header")
        lines = [f"GET {server.path.rstrip('/')}/sync/orders?{self.params} HTTP/1.0"]
        return "\r\n".join([*lines, *(f"{name}: {value}" for name, value in headers.items()), "", ""])


def _whole(line: socket.socket, answer: BinaryIO) -> bytes:
    """All that comes, within the time and size that an answer may have. Raises OSError, ValueError."""
    ends_s = monotonic() + TIMEOUT_S
    told = bytearray()
    while chunk := answer.read1(READ_BYTES):  # type: ignore[attr-defined]
        told += chunk
        left_s = ends_s - monotonic()
        if len(told) > LARGEST or left_s <= 0:
            raise ValueError("too much, or too slow")
        line.settimeout(left_s)
    return bytes(told)


def _line(server: SplitResult) -> socket.socket:
    """Connected to the server, encrypted where its address says so. Raises OSError."""
    secure = server.scheme == "https"
    line = socket.create_connection((server.hostname or "", server.port or (443 if secure else 80)), TIMEOUT_S)
    if not secure:
        return line
    import ssl

    return ssl.create_default_context().wrap_socket(line, server_hostname=server.hostname)
