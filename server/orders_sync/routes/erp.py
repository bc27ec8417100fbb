"""`POST /erp/webhook`: what the ERP tells of returns and stock, signed in the Standard Webhooks form (contract §4)."""

from __future__ import annotations

import re
from collections.abc import Mapping

import orjson
import structlog
from aiohttp import web
from standardwebhooks import Webhook, WebhookVerificationError

from orders_sync.evidence.changes import Change, Delivery
from orders_sync.evidence.json_fields import Unreadable, read_json
from orders_sync.http.app_keys import CLOCK, DATABASE, SETTINGS, THRESHOLDS
from orders_sync.http.body import read_body, without_body
from orders_sync.ingest import dead_letters
from orders_sync.ingest.apply import apply
from orders_sync.ingest.normalise import erp
from orders_sync.instants import MINUTE, SECOND, Ms, system_clock
from orders_sync.settings import secret_text

log = structlog.get_logger(__name__)

routes = web.RouteTableDef()

MAX_ID = 255
"""Characters of a message's id."""

TOLERATED_MS = 5 * MINUTE
"""Standard Webhooks: what is older, or newer, may be a message that somebody kept."""

_ID = "webhook-id"
_TIME = re.compile(r"[0-9]{1,12}(?:\.[0-9]{1,9})?")
_SIGNATURES = re.compile(r"(?:.* )?v1,[A-Za-z0-9+/]{43}=(?: .*)?")


@routes.post("/erp/webhook")
async def erp_webhook(request: web.Request) -> web.Response:
    """200 `{"ok", "type", "id"}`; 401 and 503 `{"detail"}`. A message id that came before changes nothing."""
    secret = secret_text(request.app[SETTINGS].erp_secret)
    if not secret:
        return without_body(request, _json(503, {"detail": "Messages of the ERP are refused: set ERP_SECRET"}))
    refused = _json(401, {"detail": "Invalid webhook signature"})
    if not well_formed(request.headers):
        return without_body(request, refused)
    body = await read_body(request)
    if not genuine(body, request.headers, secret):
        return refused
    message_id, arrived = request.headers[_ID], request.app[CLOCK]()
    message_type, changes, problem = _read(body, arrived)
    delivery = Delivery("erp", message_id, message_type, arrived, changes)
    database, thresholds = request.app[DATABASE], request.app[THRESHOLDS]
    if problem is None:
        await database.write(lambda tx: apply(tx, delivery, thresholds))
    else:
        log.warning("a message of the ERP could not be read", type=message_type, reason=problem)
        await database.write(lambda tx: dead_letters.store(tx, delivery, {}, body, problem, seen=arrived))
    return _json(200, {"ok": True, "type": message_type, "id": message_id})


def well_formed(headers: Mapping[str, str]) -> bool:
    """False for what can be the signature of no body: no id, a time too far from now, or no SHA-256 in base64."""
    return (
        0 < len(headers.get(_ID, "")) <= MAX_ID
        and headers[_ID].isprintable()
        and _TIME.fullmatch(headers.get("webhook-timestamp", "")) is not None
        and abs(float(headers["webhook-timestamp"]) * SECOND - system_clock()) <= TOLERATED_MS
        and _SIGNATURES.fullmatch(headers.get("webhook-signature", "")) is not None
    )


def genuine(body: bytes, headers: Mapping[str, str], secret: str) -> bool:
    """True when the signature fits these bytes, the id and a time within five minutes of now."""
    try:
        Webhook(secret).verify(body, dict(headers), json_parse=False)
    except (WebhookVerificationError, ValueError, OverflowError):
        return False
    return True


def _read(body: bytes, arrived: Ms) -> tuple[str, tuple[Change, ...], str | None]:
    """Type, changes, and why it could not be read."""
    message_type = "unknown"
    try:
        message = read_json(body)
        message_type = message.text("type", most=200) or message_type
        return message_type, erp.read(message_type, message, arrived), None
    except Unreadable as error:
        return message_type, (), str(error)


def _json(status: int, body: dict[str, object]) -> web.Response:
    headers = {"Retry-After": "60"} if status == 503 else None
    return web.Response(body=orjson.dumps(body), status=status, content_type="application/json", headers=headers)
