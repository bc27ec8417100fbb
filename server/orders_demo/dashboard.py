"""A dashboard on the desk: the part of the Sync server's public API that somebody who owns orders needs (contract §1 and §3)."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import aiohttp
import orjson

UNASSIGNED = "unassigned"
OPEN_TABS = ("unfulfilled", "awaiting_tracking", "delayed", "holds", "returns")
"""Where every open order stands at least once."""

AT_ONCE = 250
"""As many rows to a page, and orders to an action, as the contract allows."""

PATIENCE = aiohttp.ClientTimeout(total=10)


@dataclass(frozen=True, slots=True)
class Row:
    """An order as a page shows it. `version` is what an action expects it still to have."""

    id: str
    age_hours: float
    version: int


@dataclass(frozen=True, slots=True)
class Dashboard:
    """Reads and acts at the server's base URL. What is refused, or meets nobody, is let be: nothing is asked twice."""

    session: aiohttp.ClientSession
    url: str

    async def rows(self, tab: str, owner: str | None, most: int = AT_ONCE) -> list[Row]:
        """The first rows of a tab that this owner has (None: whoever); none when the server does not answer."""
        asked = {"tab": tab, "pageSize": str(most)} | ({} if owner is None else {"assigned_to": owner})
        page: dict[str, Any] = {}
        with suppress(aiohttp.ClientError, TimeoutError):
            async with self.session.get(f"{self.url}/sync/orders", params=asked, timeout=PATIENCE) as answer:
                page = orjson.loads(await answer.read()) if answer.ok else {}
        items = page.get("orders", {}).get("items", [])
        return [Row(item["id"], item["age_hours"], item["version"]) for item in items]

    async def assign(self, by: str, rows: Sequence[Row], to: str) -> None:
        """Give orders an owner, unless something happened to them since they were read."""
        for start in range(0, len(rows), AT_ONCE):
            share = rows[start : start + AT_ONCE]
            await self._act("assign", by, share, {"orderIds": [row.id for row in share], "assignee": to})

    async def escalate(self, by: str, row: Row, note: str) -> None:
        """Ask the support queue for help with an order, unless something happened to it since it was read."""
        await self._act("support", by, [row], {"orderId": row.id, "note": note})

    async def note(self, by: str, row: Row, text: str) -> None:
        """Write something about an order for whoever works on it, unless something happened to it since it was read."""
        await self._act("note", by, [row], {"orderIds": [row.id], "note": text})

    async def be_at(self, name: str, order_id: str | None, doing: str | None = None) -> None:
        """Say where somebody is, for half a minute; None: nowhere."""
        sent = {"orderId": order_id, "doing": doing}
        with suppress(aiohttp.ClientError, TimeoutError):
            async with self.session.put(
                f"{self.url}/sync/presence", json=sent, headers={"X-Operator": name}, timeout=PATIENCE
            ):
                pass

    async def _act(self, action: str, by: str, rows: Sequence[Row], body: dict[str, Any]) -> None:
        sent = body | {"expectedVersions": {row.id: row.version for row in rows}}
        url, name = f"{self.url}/sync/orders/{action}", {"X-Operator": by}
        with suppress(aiohttp.ClientError, TimeoutError):
            async with self.session.post(url, json=sent, headers=name, timeout=PATIENCE):
                pass
