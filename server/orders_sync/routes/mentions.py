"""`GET /sync/mentions`, `POST /sync/mentions/read`: notes that name the caller (contract §3a), who is known by name alone."""

from __future__ import annotations

from functools import partial

from aiohttp import web

from orders_sync.db import events, mentions
from orders_sync.db.events import EventDraft
from orders_sync.db.tx import Tx
from orders_sync.desk.mentions import mentions_of
from orders_sync.http.app_keys import CALLER, DATABASE, SETTINGS
from orders_sync.http.auth import require_shop
from orders_sync.http.body import read_body
from orders_sync.http.problems import Refused
from orders_sync.routes.actions import read_action
from orders_sync.routes.outbox import done, state_asked
from orders_wire.mentions import MOST_READ, MentionState, ReadMentions
from orders_wire.vocabulary import ErrorCode, EventType

routes = web.RouteTableDef()


@routes.get("/sync/mentions")
async def listed(request: web.Request) -> web.Response:
    """The caller's mentions, newest first: all that are kept, or the unread ones."""
    unread = state_asked(request, MentionState) is MentionState.UNREAD
    database, name = request.app[DATABASE], request[CALLER].name
    found = await database.read(partial(mentions_of, shop_id=database.shop_id, name=name, unread=unread))
    return web.Response(body=found.model_dump_json(), content_type="application/json")


@routes.post("/sync/mentions/read")
async def read(request: web.Request) -> web.Response:
    """The caller has read these. Ids that are none of the caller's mentions count for nothing."""
    body, _ = read_action(await read_body(request), ReadMentions)
    require_shop(request.app[SETTINGS], body.shop_domain)
    if len(body.ids) > MOST_READ:
        raise Refused(ErrorCode.TOO_LARGE, f"ids: at most {MOST_READ} at once")
    ids = {int(text) for text in body.ids if text.isascii() and text.isdigit() and len(text) < 19}
    count = await request.app[DATABASE].write(partial(_read, name=request[CALLER].name, ids=ids))
    return done("Read: 1 mention" if count == 1 else f"Read: {count} mentions")


def _read(tx: Tx, name: str, ids: set[int]) -> int:
    """The caller's other clients are told to look again."""
    count = mentions.read(tx, name.casefold(), ids)
    if count:
        events.append(tx, EventDraft(EventType.REFRESH, addressee=name.casefold()))
    return count
