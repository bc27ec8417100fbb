"""Whether the server could listen there, and where else."""

from __future__ import annotations

import asyncio
import errno
import socket

import aiohttp

_USUAL = 8765
_TRIED = 200
_LOOK_S = 1.0


def problem(host: str, port: int) -> str | None:
    """Why nothing can listen there; None where it can."""
    try:
        with socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET):
            return None
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            return f"Port {port} is taken by another program"
        return f"{host}:{port} cannot be listened on: {error.strerror or error}"


def free(host: str) -> int:
    """One that is free, near the usual one."""
    found = (port for port in range(_USUAL, _USUAL + _TRIED) if problem(host, port) is None)
    return next(found, _USUAL)


def served(host: str, port: int) -> bool:
    """Whether a Sync server answers there."""
    return asyncio.run(_served(f"http://{f'[{host}]' if ':' in host else host}:{port}"))


async def _served(address: str) -> bool:
    try:
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=_LOOK_S)) as session,
            session.get(f"{address}/health/live") as answer,
        ):
            return answer.status == 200 and (await answer.json()).get("status") == "ok"
    except (aiohttp.ClientError, TimeoutError, ValueError, AttributeError):
        return False
