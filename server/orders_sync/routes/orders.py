"""`GET /sync/orders`, `GET /sync/orders/{id}` and `GET /sync/owners`: contract §1 and §3."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import lru_cache, partial
from zoneinfo import ZoneInfo

from aiohttp import web
from pydantic import TypeAdapter
from yarl import URL

from orders_sync.db import order_lookup
from orders_sync.db.tx import Reading
from orders_sync.desk import query
from orders_sync.desk.detail import Ambiguous, detail, find
from orders_sync.desk.owners import owners
from orders_sync.desk.page import View
from orders_sync.desk.page_cache import PageCache, VersionNotReached, entity_tag
from orders_sync.desk.parameter import BadParameter
from orders_sync.desk.query import PageQuery
from orders_sync.desk.state import ShopConnection
from orders_sync.http.app_keys import DATABASE, SETTINGS, THRESHOLDS
from orders_sync.http.auth import TOKENS
from orders_sync.http.entity_tags import held_or_sent
from orders_sync.http.order_ids import found_one
from orders_sync.http.problems import Refused
from orders_sync.instants import to_datetime
from orders_sync.live.attendance import ATTENDANCE
from orders_sync.live.presence import Place
from orders_wire.detail import OrderDetail, Present
from orders_wire.people import Owner
from orders_wire.vocabulary import ErrorCode

PAGE_CACHE: web.AppKey[PageCache] = web.AppKey("pages", PageCache)

_OWNERS = TypeAdapter(list[Owner])

routes = web.RouteTableDef()


async def reading(app: web.Application) -> AsyncIterator[None]:
    """The life of the page answers: after the database, before the first request."""
    settings = app[SETTINGS]
    connected = ShopConnection(bool(settings.webhook_secrets), settings.asks_shop)
    app[PAGE_CACHE] = PageCache(app[DATABASE], app[THRESHOLDS], connected)
    yield
    await app[PAGE_CACHE].close()


@routes.get("/sync/orders")
async def orders(request: web.Request) -> web.StreamResponse:
    """A page with its metrics and panels; 304 when the client has this very body."""
    app = request.app
    pages = app[PAGE_CACHE]
    try:
        wanted = _query(request.rel_url.raw_query_string, app[THRESHOLDS].zone)
        held = pages.cached(wanted) or await pages.get(wanted)
    except BadParameter as error:
        raise Refused(ErrorCode.INVALID_REQUEST, str(error)) from error
    except VersionNotReached as error:
        raise Refused(ErrorCode.UNAVAILABLE, "the desk has not reached minVersion yet", retry_after_s=1) from error
    return held_or_sent(request, held.body, held.etag)


@routes.get("/sync/owners")
async def all_owners(request: web.Request) -> web.StreamResponse:
    """Who owns orders, with the number of open ones, and who else has a token."""
    view, tokens = view_of(request), request.app.get(TOKENS)
    names = () if tokens is None else tokens.names
    found = await request.app[DATABASE].read(partial(owners, view=view, token_names=names))
    return web.Response(body=_OWNERS.dump_json(found), content_type="application/json")


@routes.get("/sync/orders/{id:.+}")
async def one_order(request: web.Request) -> web.StreamResponse:
    """One order, by its GID, `#name` or number, with who has it open; 304 when the client has this very body."""
    spelling = request.match_info["id"]
    reading = partial(_read_one, view=view_of(request), spelling=spelling, shop=request.app[SETTINGS].shop)
    found = await request.app[DATABASE].read(reading)
    order = found_one(found, spelling)
    present = [_present(place) for place in request.app[ATTENDANCE].at(order_lookup.number(order.id) or 0)]
    body = order.model_copy(update={"present": present}).model_dump_json(by_alias=True).encode()
    return held_or_sent(request, body, entity_tag(body))


def _read_one(conn: Reading, view: View, spelling: str, shop: str) -> OrderDetail | Ambiguous | None:
    found = find(conn, view.shop_id, spelling)
    return detail(conn, view, found, shop) if isinstance(found, int) else found


def _present(place: Place) -> Present:
    return Present(name=place.name, doing=place.doing, since=to_datetime(place.since))


def view_of(request: web.Request) -> View:
    """The desk as this request looks at it."""
    database = request.app[DATABASE]
    return View(database.shop_id, database.clock(), request.app[THRESHOLDS])


@lru_cache(maxsize=1024)
def _query(raw: str, zone: ZoneInfo) -> PageQuery:
    return query.read(URL.build(query_string=raw, encoded=True).query.items(), zone)
