"""One GET, with nothing that takes long to import."""

from __future__ import annotations

import json
from collections.abc import Mapping
from concurrent.futures import Future
from contextlib import closing
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

from orders_tui import places
from orders_tui.config import Config

TIMEOUT_S = 3.0

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
        Thread(target=lambda: found.set_result(self.page()), name="look", daemon=True).start()
        return found

    def page(self) -> Mapping[str, Any] | None:
        """The page's JSON; None when it cannot be had. The session will say why."""
        parts = urlsplit(self.server)
        kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
        try:
            with closing(kind(parts.netloc, timeout=TIMEOUT_S)) as line:
                line.request("GET", f"{parts.path.rstrip('/')}/sync/orders?{self.params}", headers=self._headers())
                answer = line.getresponse()
                body = json.loads(answer.read()) if answer.status == 200 else None
        except (OSError, HTTPException, ValueError):
            return None
        return body if isinstance(body, dict) else None

    def _headers(self) -> dict[str, str]:
        headers = {"Accept": "application/json"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        if self.name:
            headers["X-Operator"] = self.name
        return headers
