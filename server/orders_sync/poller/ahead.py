"""Reading one page ahead: the next page is on its way while this one is written."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine
from typing import Any, TypeVar

P = TypeVar("P")


async def ahead(
    fetch: Callable[[str | None], Coroutine[Any, Any, P]],
    cursor: str | None,
    following: Callable[[P], str | None],
) -> AsyncGenerator[P, None]:
    """Every page from `cursor` on. `following` gives the next page's cursor, null after the last. Raises what `fetch` does."""
    coming: asyncio.Task[P] | None = asyncio.create_task(fetch(cursor))
    try:
        while coming is not None:
            page = await coming
            after = following(page)
            coming = None if after is None else asyncio.create_task(fetch(after))
            yield page
    finally:
        if coming is not None:
            coming.cancel()
            await asyncio.gather(coming, return_exceptions=True)
