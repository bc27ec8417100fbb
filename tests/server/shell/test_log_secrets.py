"""No log line holds a secret, a token or a customer, in either format, at any level, whatever fails and wherever."""

from __future__ import annotations

import asyncio
import base64
import gc
import hashlib
import hmac
import io
import json
import logging
import sqlite3
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aiohttp
import orjson
import pytest
import structlog
from aiohttp import web
from pydantic import BaseModel, ValidationError
from sqlalchemy.exc import IntegrityError
from tests.server.conftest import NOON, SHOP
from tests.support import shop_bodies as shop
from tests.support.relaying import Ledger, relay_to

from orders_sync import logs
from orders_sync.app import build
from orders_sync.db.engine import Database
from orders_sync.db.outbox import OutboxRow
from orders_sync.db.writer import Writer
from orders_sync.desk.page_cache import PageCache
from orders_sync.http.app_keys import Caller
from orders_sync.http.auth import Tokens, digest
from orders_sync.ingest.apply import WebhookJob
from orders_sync.live.history import History
from orders_sync.loops import supervised
from orders_sync.outbox.kinds import Target
from orders_sync.settings import load
from orders_wire.vocabulary import OutboundState, Role

TOKEN = "Tk-9f3Kq_zzYx81LmNoPq"
WEBHOOK_SECRET = "whs-11/aa+bb\"quoted'=="
ADMIN_TOKEN = "shpat_00ff00ff00ff00ff"
ERP_SECRET = "whsec_" + base64.b64encode(b"the desk and its erp, together").decode()
NAME = "Zoë Vandermeulen"
EMAIL = "zoe.vandermeulen@example.org"
STREET = "Kerkstraat 1187"
NEVER = (
    TOKEN,
    WEBHOOK_SECRET,
    ADMIN_TOKEN,
    ERP_SECRET,
    ERP_SECRET[6:],
    "Vandermeulen",
    "vandermeulen",
    "Kerkstraat",
)

Fault = Callable[[str], BaseException]


class Strict(BaseModel):
    number: int


def _invalid(text: str) -> BaseException:
    try:
        Strict.model_validate({"number": text})
    except ValidationError as error:
        return error
    raise AssertionError


def _caused(text: str) -> BaseException:
    error = RuntimeError("it broke")
    error.__cause__ = LookupError(f"no {text}")
    error.add_note(f"while at {text}")
    return error


def _nameless(_text: str) -> BaseException:
    class Silent(Exception):
        def __str__(self) -> str:
            raise RuntimeError(TOKEN)

    return Silent()


FAULTS: tuple[Fault, ...] = (
    lambda text: RuntimeError(f"cannot handle {text}"),
    KeyError,
    lambda text: ValueError(f"bad value {text!r} for body={text}"),
    RecursionError,
    lambda text: UnicodeEncodeError("latin-1", text, 0, 1, "ordinal not in range"),
    lambda text: json.JSONDecodeError(f"Extra data {text}", text, 3),
    lambda text: IntegrityError(f"INSERT {text}", {"name": text}, sqlite3.IntegrityError(f"UNIQUE failed: {text}")),
    lambda text: OSError(5, "Input/output error", text),
    lambda text: ExceptionGroup(f"several {text}", [ValueError(text), TypeError(f"of {text}")]),
    _invalid,
    _caused,
    _nameless,
)

TEXT = f"{NAME} <{EMAIL}> {STREET}, Bearer {TOKEN}, {WEBHOOK_SECRET} {ADMIN_TOKEN} {ERP_SECRET}"
BODY = orjson.dumps(
    shop.order(
        7,
        customer={"id": 5, "first_name": "Zoë", "last_name": "Vandermeulen", "email": EMAIL},
        shipping_address={"first_name": "Zoë", "last_name": "Vandermeulen", "address1": STREET},
    )
)


def fails(fault: Fault) -> Callable[..., Any]:
    """Something that fails with everything among its locals, as real code does."""

    def failing(*arguments: object, **_more: object) -> Any:
        customer, header = TEXT, f"Authorization: Bearer {TOKEN}"
        if customer and header and arguments is not None:
            raise fault(TEXT)

    return failing


def clean(written: str, said: str) -> None:
    """Nothing that must not be there, and yet a word of what failed."""
    assert said in written
    assert [line for line in written.splitlines() if any(secret in line for secret in NEVER)] == []


@pytest.fixture(params=["console", "json"])
def written(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    """What the log has so far, in each format, at the lowest level."""
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    logs.configure(request.param, [WEBHOOK_SECRET, ADMIN_TOKEN, ERP_SECRET], logging.DEBUG)
    return stream


@pytest.fixture
async def address(sqlite_url: str, tmp_path: Path) -> Any:
    """A server with tokens, on a database of its own."""
    file = tmp_path / "tokens.toml"
    file.write_text(f'[[token]]\nname = "ana"\nrole = "lead"\nsha256 = "{digest(TOKEN)}"\n')
    file.chmod(0o600)
    given = {
        "database_url": sqlite_url,
        "shop_domain": SHOP,
        "shopify_webhook_secret": [WEBHOOK_SECRET],
        "erp_secret": ERP_SECRET,
        "tokens_file": str(file),
    }
    app = build(load(given, {}, Path("/dev/null")), tokens=Tokens({digest(TOKEN): Caller("ana", Role.LEAD)}))
    runner = web.AppRunner(app, auto_decompress=False)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


async def ask(url: str, path: str, body: object = None) -> int:
    headers = {"Authorization": f"Bearer {TOKEN}", "X-Operator": NAME.encode().decode("latin-1")}
    async with aiohttp.ClientSession(headers=headers) as session:
        method = "GET" if body is None else "POST"
        async with session.request(method, url + path, json=body) as answer:
            await answer.read()
            return answer.status


async def deliver(url: str, body: bytes) -> int:
    signature = base64.b64encode(hmac.digest(WEBHOOK_SECRET.encode(), body, hashlib.sha256)).decode()
    headers = {"X-Shopify-Topic": "orders/create", "X-Shopify-Hmac-Sha256": signature}
    async with (
        aiohttp.ClientSession(headers=headers) as session,
        session.post(f"{url}/shopify/webhook", data=body) as answer,
    ):
        return answer.status


@pytest.mark.parametrize("fault", FAULTS)
async def test_a_failure_of_any_layer_of_the_server_tells_nothing(
    fault: Fault, written: io.StringIO, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for owner, name in ((PageCache, "cached"), (Database, "read"), (History, "poll")):
        with monkeypatch.context() as patched:
            patched.setattr(owner, name, fails(fault))
            await ask(address, f"/sync/orders/alerts?since={EMAIL}" if owner is History else f"/sync/orders?q={EMAIL}")
            await ask(address, f"/sync/orders/{EMAIL}")
    for target, name in ((WebhookJob, "__call__"), (Writer, "commit")):
        with monkeypatch.context() as patched:
            patched.setattr(target, name, fails(fault))
            assert await deliver(address, BODY) >= 500
            await ask(address, "/sync/orders/support", {"orderId": "7", "note": f"call {NAME} at {EMAIL}"})
    assert await deliver(address, BODY.replace(b'"line_items"', b'"line_items":"Kerkstraat 1187","x"')) == 200
    clean(written.getvalue(), "a request failed")


@pytest.mark.parametrize("fault", FAULTS)
async def test_a_failure_of_what_runs_beside_requests_tells_nothing(
    fault: Fault, written: io.StringIO, sqlite_url: str
) -> None:
    db = await Database.open(sqlite_url, SHOP, lambda: NOON)
    failure = fault(TEXT)
    if isinstance(failure, Exception):
        relay = relay_to(db, Ledger(fault=failure), [Target.ERP])
        await relay._send([_row()])

    async def sleep(_seconds: float) -> None:
        raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await supervised("poller", fails(fault), sleep)

    async def lonely() -> None:
        fails(fault)()

    task = asyncio.create_task(lonely())
    await asyncio.wait([task])
    del task
    gc.collect(1)  # what is young: looking through all that is loaded takes long
    await asyncio.sleep(0)
    log = structlog.get_logger("orders_sync.test")
    log.debug("a field", error=failure, reason=TEXT, shown=failure)
    logging.getLogger("orders_sync.db").warning("numbering failed: %s", failure)
    logging.getLogger("aiohttp.server").error("Error handling request %s", TEXT, exc_info=failure)
    logging.getLogger("sqlalchemy.engine").debug("Row %r", (NAME, EMAIL))
    await db.close()
    clean(written.getvalue(), "a loop failed")


async def test_raw_headers_that_cannot_be_read_are_not_repeated(written: io.StringIO, address: str) -> None:
    logging.getLogger("aiohttp.server").setLevel(logging.DEBUG)
    port = int(address.rpartition(":")[2])
    for broken in (
        f"GET /sync/orders HTTP/1.1\r\nAuthorization Bearer {TOKEN}\r\n\r\n",
        f"GET /sync/orders?{EMAIL} HTTP/9.9 {TOKEN}\r\n\r\n",
        f"GET /sync/orders HTTP/1.1\r\nHost: x\r\nX-Token: {TOKEN}\x01\r\n\r\n",
        f"{TOKEN}\r\n\r\n",
    ):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(broken.encode())
        await reader.read(4096)
        writer.close()
    clean("done " + written.getvalue(), "done")


def test_what_nobody_caught_is_logged_like_the_rest(written: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> None:
    for module, name in (("sys", "excepthook"), ("sys", "unraisablehook"), ("threading", "excepthook")):
        monkeypatch.setattr(f"{module}.{name}", getattr(__import__(module), name))
    logs.catch_uncaught()
    thread = threading.Thread(target=fails(FAULTS[0]))
    thread.start()
    thread.join()
    clean(written.getvalue(), "a thread failed")


def test_a_secret_is_hidden_however_it_is_spelled(written: io.StringIO) -> None:
    log = structlog.get_logger("orders_sync.test")
    log.info(f"asked {WEBHOOK_SECRET}", body={"secret": [WEBHOOK_SECRET]}, bare=ERP_SECRET[6:])
    with logs.hiding(TOKEN):
        log.warning(f"asked by {TOKEN}")
    clean(written.getvalue(), "asked")


def _row() -> OutboxRow:
    payload: dict[str, object] = {"note": TEXT}
    return OutboxRow(1, "erp", "return", 7, None, "a", payload, OutboundState.QUEUED, NOON, 0, claimed_before=False)
