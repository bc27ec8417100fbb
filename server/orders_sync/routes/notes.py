"""`DELETE /sync/orders/note/{id}`: contract §3a. Answered as every action is."""

from __future__ import annotations

from aiohttp import web

from orders_sync.actions.note_deletion import NOTE_DELETION, NoteDeletion
from orders_sync.http.body import read_body
from orders_sync.http.problems import Refused
from orders_sync.routes.actions import act, read_action
from orders_sync.rules.notes import order_of
from orders_wire.actions import Action
from orders_wire.vocabulary import ActionName, ErrorCode

routes = web.RouteTableDef()


@routes.delete("/sync/orders/note/{id}")
async def delete_note(request: web.Request) -> web.Response:
    """Takes an own note away; a body may say what the order was seen as (`expectedVersions`)."""
    given, digest = read_action(await read_body(request) or b"{}", Action)
    note_id = request.match_info["id"]
    order_id = order_of(note_id)
    if order_id is None:
        raise Refused(ErrorCode.NOT_FOUND, f"There is no note {note_id}")
    body = NoteDeletion(note_id=note_id, order_id=order_id, **dict(given))
    return await act(request, ActionName.NOTE, NOTE_DELETION, body, digest)
