"""`PUT /sync/presence`: where the caller is (contract §3a, Presence)."""

from __future__ import annotations

import hashlib
from functools import partial

from aiohttp import web
from pydantic import ValidationError

from orders_sync.db import order_lookup
from orders_sync.desk.detail import find
from orders_sync.http.app_keys import CALLER, CLOCK, DATABASE, SETTINGS
from orders_sync.http.auth import require_shop
from orders_sync.http.body import read_body
from orders_sync.http.order_ids import found_one
from orders_sync.http.problems import Refused, invalid_body
from orders_sync.live import frames
from orders_sync.live.attendance import ATTENDANCE
from orders_sync.live.presence import Connection, Place
from orders_wire.presence import PresenceBody
from orders_wire.texts import trimmed
from orders_wire.vocabulary import ErrorCode

MAX_CLIENT_ID = 200
"""Characters of an `X-Client-Id`."""

routes = web.RouteTableDef()


@routes.put("/sync/presence")
async def presence(request: web.Request) -> web.Response:
    """204, and the others hear of it. To say the same again is cheap."""
    body = _read(await read_body(request))
    require_shop(request.app[SETTINGS], body.shop_domain)
    name, attendance = request[CALLER].name, request.app[ATTENDANCE]
    connection = Connection(frames.reader(name), _client(request))
    if body.order_id is None:
        attendance.say(connection, None)
        return web.Response(status=204)
    order_id = order_lookup.number(body.order_id)
    if order_id is None or not attendance.knows(order_id):
        order_id = await _order(request, body.order_id)
    attendance.say(connection, Place(name, order_id, _doing(body.doing), request.app[CLOCK]()))
    return web.Response(status=204)


def _read(raw: bytes) -> PresenceBody:
    try:
        return PresenceBody.model_validate_json(raw, strict=True)
    except ValidationError as error:
        raise invalid_body(error) from None


def _doing(said: str | None) -> str | None:
    """What everybody's terminal may show: any short word, since a newer client may know more actions than this server."""
    return trimmed("".join(char for char in said or "" if char.isprintable()))


def _client(request: web.Request) -> str:
    """Which of the caller's terminals asks: of bounded length, and nothing that tells the others anything. Raises Refused."""
    text = request.headers.get("X-Client-Id", "").strip()
    if len(text) > MAX_CLIENT_ID or not text.isprintable():
        raise Refused(ErrorCode.INVALID_REQUEST, f"X-Client-Id: at most {MAX_CLIENT_ID} printable characters")
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()


async def _order(request: web.Request, spelling: str) -> int:
    """The order that is meant. Raises Refused."""
    database = request.app[DATABASE]
    found = await database.read(partial(find, shop_id=database.shop_id, spelling=spelling), short=True)
    return found_one(found, spelling)
