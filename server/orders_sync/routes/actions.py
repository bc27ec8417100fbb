"""The write actions: contract §3. Parses, asks for one transaction, responds in the version 1.2 envelope."""

from __future__ import annotations

import hashlib
import secrets
import uuid
from collections.abc import Awaitable, Callable, Iterator, Mapping
from typing import Any, TypeVar

import orjson
from aiohttp import web
from pydantic import BaseModel, ValidationError

from orders_sync.actions.context import ActionSettings, Actor
from orders_sync.actions.definition import ActionDefinition
from orders_sync.actions.perform import Request, Response, perform
from orders_sync.actions.registry import ACTIONS, orders_locked
from orders_sync.db import idempotency
from orders_sync.db.engine import Database
from orders_sync.db.idempotency import Asked
from orders_sync.http.app_keys import CALLER, DATABASE, SETTINGS, THRESHOLDS
from orders_sync.http.auth import TOKENS, require_shop
from orders_sync.http.body import read_body
from orders_sync.http.problems import RETRY_AFTER_S, Refused, invalid_body
from orders_sync.instants import HOUR
from orders_sync.outbox.queue import Switches
from orders_wire import operations
from orders_wire.actions import MAX_ORDER_IDS, Action
from orders_wire.vocabulary import ActionName, ErrorCode, Role

A = TypeVar("A", bound=BaseModel)

MAX_KEY = 255
"""Characters of an `Idempotency-Key`."""

MAX_CLIENT = 200
"""Characters of what the audit keeps of a client's name."""

_NUL = b"\\u0000"
"""The one way in which JSON can spell it."""

routes = web.RouteTableDef()


def actor(request: web.Request) -> Actor:
    """The caller as the audit and undo know them."""
    caller = request[CALLER]
    agent = "".join(c for c in request.headers.get("User-Agent", "") if c.isprintable())
    client = f"{request.remote or ''} {agent}".strip()[:MAX_CLIENT]
    return Actor(caller.name, lead=caller.role.includes(Role.LEAD), client=client or None)


def action_settings(app: web.Application) -> ActionSettings:
    """What this server does by."""
    settings, tokens = app[SETTINGS], app[TOKENS]
    return ActionSettings(
        thresholds=app[THRESHOLDS],
        switches=Switches.of(settings),
        keep_ms=round(settings.idempotency_keep_hours * HOUR),
        random_hex=lambda: secrets.token_hex(4),
        notify=settings.notify_customer,
        placeholders=settings.placeholders,
        token_names=() if tokens is None else tokens.names,
    )


def _handler(kind: ActionName) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def handle(request: web.Request) -> web.Response:
        return await _act(request, kind)

    return handle


for _kind, _operation in operations.ACTIONS.items():
    routes.route(_operation.method, _operation.path)(_handler(_kind))


async def _act(request: web.Request, kind: ActionName) -> web.Response:
    definition = ACTIONS[kind]
    body, digest = read_action(await read_body(request), definition.body)
    return await act(request, kind, definition, body, digest)


async def act(
    request: web.Request, kind: ActionName, definition: ActionDefinition[Any], body: Action, digest: str
) -> web.Response:
    """Does what was asked for, once for its idempotency key. `digest`: of the body as it was sent."""
    require_shop(request.app[SETTINGS], body.shop_domain)
    key = _key(request)
    wanted = Request(
        kind=kind,
        definition=definition,
        body=body,
        actor=actor(request),
        action_id=uuid.uuid4().hex,
        asked=None if key is None else Asked(request[CALLER].name, key, request.path, digest),
    )
    settings, database = action_settings(request.app), request.app[DATABASE]
    response = await database.write(lambda tx: perform(tx, wanted, settings), orders_locked(definition, body))
    return await _respond(database, response, keyed=key is not None)


def _key(request: web.Request) -> str | None:
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return None
    if not key.strip() or len(key) > MAX_KEY or not key.isprintable():
        raise Refused(ErrorCode.INVALID_REQUEST, f"Idempotency-Key: 1 to {MAX_KEY} printable characters")
    return key


async def _respond(db: Database, response: Response, *, keyed: bool) -> web.Response:
    """The recorded response with its desk version: under a key always the same one, else the newest that is known."""
    body = response.body
    if response.event_row is not None:
        version = db.version
        if keyed:
            row = response.event_row
            recorded = await db.read(lambda conn: idempotency.desk_version(conn, db.shop_id, row), short=True)
            version = version if recorded is None else recorded
        body = orjson.dumps(orjson.loads(body) | {"desk": {"id": db.desk_id, "version": version}})
    later = {"Retry-After": str(RETRY_AFTER_S)} if response.status == ErrorCode.UNAVAILABLE.http_status else None
    return web.Response(body=body, status=response.status, content_type="application/json", headers=later)


def read_action(raw: bytes, model: type[A]) -> tuple[A, str]:
    """The body, and a digest of it as a JSON value (contract §3, Idempotency-Key). Raises Refused.

    Types are taken strictly: a number in quotes is none. NUL is refused, since PostgreSQL holds none.
    """
    value = _json_object(raw)
    try:
        body = model.model_validate_json(raw, strict=True)
    except ValidationError as error:
        raise invalid_body(error) from None
    for path, text in _texts("", body.model_dump(mode="json", by_alias=True)) if _NUL in raw else ():
        if "\0" in text:
            raise Refused(ErrorCode.INVALID_REQUEST, f"{path}: a NUL character is not allowed")
    for name, field in (("order_ids", "orderIds"), ("items", "items")):
        if len(getattr(body, name, None) or ()) > MAX_ORDER_IDS:
            raise Refused(ErrorCode.TOO_LARGE, f"{field}: at most {MAX_ORDER_IDS} at once")
    return body, _digest(value)


def _json_object(raw: bytes) -> dict[str, Any]:
    try:
        value = orjson.loads(raw)
    except orjson.JSONDecodeError:
        raise Refused(ErrorCode.INVALID_REQUEST, "The body is not JSON") from None
    if not isinstance(value, dict):
        raise Refused(ErrorCode.INVALID_REQUEST, "The body must be a JSON object")
    return value


def _digest(value: Mapping[str, Any]) -> str:
    """The same for equal values: the order of names counts for nothing, and 5.0 is 5."""
    plain = {
        name: int(v) if isinstance(v, float) and v.is_integer() and abs(v) < 2**53 else v for name, v in value.items()
    }
    return hashlib.blake2b(orjson.dumps(plain, option=orjson.OPT_SORT_KEYS), digest_size=16).hexdigest()


def _texts(path: str, value: object) -> Iterator[tuple[str, str]]:
    """Every text in a value, with where it stands."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for name, part in value.items():
            yield from _texts(f"{path}.{name}".lstrip("."), name)
            yield from _texts(f"{path}.{name}".lstrip("."), part)
    elif isinstance(value, list):
        for n, part in enumerate(value):
            yield from _texts(f"{path}[{n}]", part)
