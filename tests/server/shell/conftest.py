"""A whole server on a socket, with work on its desk, on a loop of its own beside the tests."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest
from tests.support import shop_bodies as shop

from orders_sync.app import build
from orders_sync.http.listener import Listener
from orders_sync.settings import load

SECRET = "hush"
UNREADABLE = b"{"

_TOLD: tuple[tuple[str, dict[str, Any]], ...] = (
    *(("orders/create", shop.order(n, line_items=[shop.line(10 + n, sku="TEE-M")])) for n in (1, 2, 3, 4)),
    ("fulfillments/create", shop.fulfillment(21, 2)),
    ("returns/request", shop.shop_return(31, 3)),
    ("refunds/create", shop.refund(41, "10:00", order_id=4)),
    ("inventory_items/update", {"id": 9, "sku": "TEE-M", "updated_at": shop.clock("08:00")}),
)


def tell(url: str, topic: str, body: bytes) -> httpx.Response:
    """A webhook of the shop, signed."""
    signature = base64.b64encode(hmac.digest(SECRET.encode(), body, hashlib.sha256)).decode()
    headers = {"X-Shopify-Topic": topic, "X-Shopify-Hmac-Sha256": signature}
    return httpx.post(f"{url}/shopify/webhook", content=body, headers=headers, verify=False)


@pytest.fixture(scope="module")
def desk_url(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server with four orders, a parcel, a return, a refund, and a dead letter."""
    path = shutil.copy(sqlite_template, tmp_path_factory.mktemp("shell") / "desk.db")
    given = {
        "database_url": f"sqlite:///{path}",
        "shopify_webhook_secret": SECRET,
        "erp_secret": "whsec_aHVzaCwgaHVzaCwgaHVzaA==",
    }
    loop = asyncio.new_event_loop()
    listener = Listener(build(load(given, {}, Path("/dev/null"))), ends_s=1, silent_s=60)

    async def start() -> int:
        await listener.setup()
        return await listener.listen("127.0.0.1", 0, 16)

    port = loop.run_until_complete(start())
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    url = f"http://127.0.0.1:{port}"
    for topic, told in _TOLD:
        assert tell(url, topic, orjson.dumps(told)).status_code == 200
    tell(url, "orders/create", UNREADABLE)
    yield url
    asyncio.run_coroutine_threadsafe(listener.cleanup(), loop).result(30)
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()
