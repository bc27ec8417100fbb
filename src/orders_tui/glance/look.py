"""One GET, with nothing that takes long to import."""

from __future__ import annotations

import json
from collections.abc import Mapping
from concurrent.futures import Future
from contextlib import closing
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

TIMEOUT_S = 3.0


@dataclass(frozen=True, slots=True)
class Look:
    """Where to look, as whom, and at what (a query string of `GET /sync/orders`)."""

    server: str
    token: str | None = field(default=None, repr=False)
    name: str | None = None
    params: str = ""

    def start(self) -> Future[Mapping[str, Any] | None]:
        """Looks beside what goes on. Quitting does not wait for it."""
        found: Future[Mapping[str, Any] | None] = Future()
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
