"""`POST /sync/orders/lines`: a read of many orders' lines (contract §3a, Packing)."""

from __future__ import annotations

from functools import partial

import orjson
from aiohttp import web

from orders_sync.desk.lines import lines_of
from orders_sync.http.app_keys import DATABASE, SETTINGS
from orders_sync.http.auth import require_shop
from orders_sync.http.body import read_body
from orders_sync.http.problems import Refused
from orders_sync.routes.actions import read_action
from orders_sync.routes.orders import view_of
from orders_wire.lines import LinesBody
from orders_wire.operations import LINES
from orders_wire.vocabulary import ErrorCode

LARGEST_BYTES = 2 * 1024 * 1024
"""Of an answer about several orders; a client takes no answer of more than 8 MiB or 100,000 objects. One order always fits."""

routes = web.RouteTableDef()


@routes.post(LINES.path)
async def lines(request: web.Request) -> web.Response:
    """200 also where no id names an order: nothing was asked to be done that could have failed. Raises Refused."""
    body, _ = read_action(await read_body(request), LinesBody)
    require_shop(request.app[SETTINGS], body.shop_domain)
    found = await request.app[DATABASE].read(partial(lines_of, view=view_of(request), spellings=body.order_ids))
    content = orjson.dumps(
        {
            "orders": [order.model_dump(mode="json", by_alias=True) for order in found.orders],
            "failures": [
                failure.model_dump(mode="json", by_alias=True, exclude_none=True) for failure in found.failures
            ],
        }
    )
    if len(content) > LARGEST_BYTES and len(found.orders) > 1:
        what = f"the lines of these {len(found.orders)} orders are more than one answer holds"
        raise Refused(ErrorCode.TOO_LARGE, f"orderIds: {what}; ask for fewer orders at once")
    return web.Response(body=content, content_type="application/json")
