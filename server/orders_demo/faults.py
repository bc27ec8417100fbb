"""Trouble on request: answers that are late, refused, or lost after their work was done."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from aiohttp import web

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(slots=True)
class Trouble:
    """For one target. `status` 0 cuts the connection; `after`: the work is done first, only the answer suffers."""

    latency_s: float = 0
    failures: int = 0
    status: int = 503
    after: bool = False


@dataclass(slots=True)
class Faults:
    """The trouble of each target (`graphql`, `erp`, `support`)."""

    by_target: dict[str, Trouble] = field(default_factory=dict)

    def of(self, target: str) -> Trouble:
        """What is set for a target."""
        return self.by_target.setdefault(target, Trouble())

    async def through(self, target: str, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Handle a request with the target's trouble in the way."""
        trouble = self.of(target)
        if trouble.latency_s and not trouble.after:
            await asyncio.sleep(trouble.latency_s)
        fails = trouble.failures > 0
        trouble.failures -= fails
        if fails and not trouble.after:
            return _refuse(request, trouble.status)
        answer = await handler(request)
        if trouble.latency_s and trouble.after:
            await asyncio.sleep(trouble.latency_s)
        return _refuse(request, trouble.status) if fails else answer


def _refuse(request: web.Request, status: int) -> web.StreamResponse:
    if status == 0 and request.transport is not None:
        request.transport.abort()
    headers = {"Retry-After": "1"} if status in (429, 503) else {}
    return web.json_response({"errors": "made to fail"}, status=status or 500, headers=headers)
