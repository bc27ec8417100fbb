"""The bytes of a request's body, as they came: within a time, so that who sends slowly holds nothing for long."""

from __future__ import annotations

import asyncio

from aiohttp import web

from orders_sync.routes.problems import Refused
from orders_wire.vocabulary import ErrorCode

ARRIVES_S = 30.0
"""How long a body may take to come; the largest one comes in a second on a slow line."""


async def whole(request: web.Request) -> bytes:
    """The whole body. Raises Refused when it does not come, and what aiohttp raises when it is too large."""
    try:
        async with asyncio.timeout(ARRIVES_S):
            return await request.read()
    except TimeoutError:
        raise Refused(ErrorCode.INVALID_REQUEST, f"The body did not arrive within {ARRIVES_S:.0f} s") from None
