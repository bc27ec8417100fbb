"""The endpoints as calls: what is sent, what an answer means, and what the absence of one means."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from datetime import timedelta

import httpx
import pytest
from tests.tui.core.cli_desk import ME
from tests.tui.core.samples import NOON, gid, order, page

from orders_tui.actions.hold import HoldDraft
from orders_tui.api.client import SyncApi
from orders_tui.api.page_reader import SLICE
from orders_tui.errors import ApiError, Refused, SignInNeeded, TimedOut, Unreachable, VersionSkew
from orders_tui.pace import Pace
from orders_tui.query import OrdersQuery
from orders_wire.actions import AssignBody
from orders_wire.orders import Order
from orders_wire.page import OrdersPage
from orders_wire.vocabulary import ActionName, ErrorCode, HoldReason, ReturnAction, Tab

Handler = Callable[[httpx.Request], httpx.Response]
ASSIGN = AssignBody(order_ids=[gid(1)], assignee="ana")


def api(handler: Handler, token: str | None = None, operator: str | None = None) -> SyncApi:
    return SyncApi("http://desk", token, operator, httpx.MockTransport(handler), pace=Pace(now=lambda: NOON))


def wire(model: OrdersPage | Order) -> dict[str, object]:
    body = model.model_dump(mode="json", by_alias=True)
    assert isinstance(body, dict)
    return body


async def test_every_request_says_who_asks() -> None:
    seen: list[httpx.Request] = []

    def handler(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json=[])

    await api(handler, token="secret", operator="Zoë").owners()
    (request,) = seen
    assert request.headers["authorization"] == "Bearer secret"
    assert dict(request.headers.raw)[b"X-Operator"] == "Zoë".encode()


async def test_two_clients_of_one_operator_are_told_apart_and_each_is_one() -> None:
    seen: list[str] = []

    def handler(request: httpx.Request) -> httpx.Response:
        seen.append(request.headers["x-client-id"])
        return httpx.Response(204) if request.method == "PUT" else httpx.Response(200, json=[])

    for client in (api(handler), api(handler)):
        await client.presence(gid(1), "fulfill")
        await client.owners()
    assert seen[0] == seen[1] != seen[2] == seen[3]


async def test_what_is_said_of_presence_and_mentions() -> None:
    asked: list[tuple[str, str, object]] = []

    def handler(request: httpx.Request) -> httpx.Response:
        asked.append((request.method, str(request.url.raw_path, "ascii"), json.loads(request.content or b"null")))
        return httpx.Response(204) if request.method == "PUT" else httpx.Response(200, json={"mentions": []})

    client = api(handler)
    await client.presence(gid(1), "fulfill")
    await client.presence(None)
    await client.mentions(unread=True)
    await client.mentions()
    await client.read_mentions(("7", "8"))
    assert asked == [
        ("PUT", "/sync/presence", {"orderId": gid(1), "doing": "fulfill"}),
        ("PUT", "/sync/presence", {"orderId": None, "doing": None}),
        ("GET", "/sync/mentions?state=unread", None),
        ("GET", "/sync/mentions", None),
        ("POST", "/sync/mentions/read", {"ids": ["7", "8"]}),
    ]


async def test_lines_are_asked_for_by_id_and_read() -> None:
    asked: list[object] = []
    line = {"lineId": "gid://shopify/LineItem/5", "title": "Mug \x1b[31m", "quantity": 3, "owed": 2, "sendable": 1}

    def handler(request: httpx.Request) -> httpx.Response:
        asked.append((request.method, request.url.path, json.loads(request.content)))
        missing = {"id": "#9", "code": "not_found", "message": "There is no order #9"}
        told = {"orders": [{"id": gid(1), "version": 4, "lines": [line]}], "failures": [missing, {"code": "new"}]}
        return httpx.Response(200, json=told)

    got = await api(handler).lines((gid(1), "#9"))
    assert asked == [("POST", "/sync/orders/lines", {"orderIds": [gid(1), "#9"]})]
    (read,) = got.orders
    assert (read.id, read.version, read.lines[0].line_id, read.lines[0].sendable) == (gid(1), 4, line["lineId"], 1)
    assert "\x1b" not in read.lines[0].title
    assert [failure.id for failure in got.failures] == ["#9"], "what does not read hides no other"


async def test_more_lines_than_one_answer_holds_are_asked_for_by_halves() -> None:
    asked: list[int] = []

    def handler(request: httpx.Request) -> httpx.Response:
        ids = json.loads(request.content)["orderIds"]
        asked.append(len(ids))
        if len(ids) > 2 or "#big" in ids:
            return httpx.Response(413, json={"success": False, "code": "too_large", "message": "too many"})
        return httpx.Response(200, json={"orders": [{"id": of, "version": 1, "lines": []} for of in ids]})

    got = await api(handler).lines(("1", "2", "3", "4", "5"))
    assert [order.id for order in got.orders] == ["1", "2", "3", "4", "5"]
    assert asked == [5, 2, 3, 1, 2]
    with pytest.raises(Refused, match="too many"):
        await api(handler).lines(("1", "#big"))


async def test_a_page_is_asked_for_with_its_parameters_and_read() -> None:
    asked: dict[str, str] = {}

    def handler(request: httpx.Request) -> httpx.Response:
        asked.update(request.url.params)
        return httpx.Response(200, json=wire(page([order(1)], 7)))

    got = await api(handler).orders(OrdersQuery(tab=Tab.OVERDUE, page_size=36, cursor="ofs:10"), min_version=7)
    assert asked == {"tab": "overdue", "pageSize": "36", "cursor": "ofs:10", "direction": "after", "minVersion": "7"}
    assert got.orders.items == [order(1)]


async def test_an_unchanged_page_is_the_very_same_object() -> None:
    def handler(request: httpx.Request) -> httpx.Response:
        if request.headers.get("if-none-match") == '"7"':
            return httpx.Response(304)
        return httpx.Response(200, json=wire(page([order(1)], 7)), headers={"ETag": '"7"'})

    client = api(handler)
    first = await client.orders(OrdersQuery())
    assert await client.orders(OrdersQuery(), min_version=7) is first


async def test_a_row_that_comes_as_it_came_before_is_the_very_same_object() -> None:
    pages = iter([page([order(1), order(2)], 7), page([order(2), order(1, version=9)], 8)])
    client = api(lambda _: httpx.Response(200, json=wire(next(pages))))
    one, two = (await client.orders(OrdersQuery())).orders.items
    same, other = (await client.orders(OrdersQuery(tab=Tab.OVERDUE))).orders.items
    assert same is two
    assert (other.id, other.version, one.version) == (one.id, 9, 1)


async def test_a_long_page_lets_others_have_their_turn() -> None:
    pages = iter([page(), page(), page([order(number) for number in range(250)])])
    client = api(lambda _: httpx.Response(200, json=wire(next(pages))))
    turns = [0, 0]

    async def count(at: int) -> None:
        while True:
            await asyncio.sleep(0)
            turns[at] += 1

    await client.orders(OrdersQuery())  # loads what requests need, which takes turns of its own
    for at, tab in enumerate((Tab.OVERDUE, Tab.ALL)):
        counting = asyncio.create_task(count(at))
        await client.orders(OrdersQuery(tab=tab))
        counting.cancel()
    assert turns[1] - turns[0] >= 250 // SLICE - 1  # it begins with the second


@pytest.mark.parametrize(
    "items", [[{"id": "1"}], [{"id": 1}], ["text"], [None], [[]], "text", {"id": 1}, None, [{"id": {}}]]
)
async def test_rows_that_do_not_read_are_another_contract(items: object) -> None:
    body = wire(page([order(1)]))
    body["orders"] = {"items": items, "page_info": {}}
    with pytest.raises(VersionSkew, match="does not read as this contract"):
        await api(lambda _: httpx.Response(200, json=body)).orders(OrdersQuery())


async def test_hostile_text_is_harmless_once_decoded() -> None:
    body = wire(page([order(1)]))
    text = json.dumps(body).replace("Customer 1", "\\u001b]52;c;eA==\\u0007")
    got = await api(lambda _: httpx.Response(200, text=text)).orders(OrdersQuery())
    assert got.orders.items[0].customer_name == "\ufffd]52;c;eA==\ufffd"


@pytest.mark.parametrize(
    ("given", "path"),
    [(gid(12), b"/sync/orders/12"), ("#1001", b"/sync/orders/%231001"), ("a/b", b"/sync/orders/a%2Fb")],
)
async def test_any_spelling_of_an_order_id_fits_the_path(given: str, path: bytes) -> None:
    seen: list[bytes] = []

    def handler(request: httpx.Request) -> httpx.Response:
        seen.append(request.url.raw_path)
        return httpx.Response(200, json=wire(order(12)))

    await api(handler).order(given)
    assert seen == [path]


async def test_an_action_carries_its_key_and_camel_case_fields() -> None:
    seen: list[httpx.Request] = []

    def handler(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(
            200, json={"success": True, "message": "Assigned 1", "updatedOrders": [], "actionId": "a"}
        )

    answer = await api(handler).act(ActionName.ASSIGN, ASSIGN, "key-1")
    assert answer.action_id == "a"
    assert seen[0].headers["idempotency-key"] == "key-1"
    assert json.loads(seen[0].content) == {"orderIds": [gid(1)], "assignee": "ana"}


async def test_what_is_emptied_travels_as_null_and_what_stays_does_not_travel() -> None:
    seen: list[bytes] = []

    def handler(request: httpx.Request) -> httpx.Response:
        seen.append(request.content)
        return httpx.Response(200, json={"success": True, "message": "Held 1", "updatedOrders": [], "actionId": "a"})

    draft = HoldDraft((gid(1),), HoldReason.CUSTOMER, clears=("until",))
    await api(handler).act(ActionName.HOLD, draft.body(None), "key-1")
    assert json.loads(seen[0]) == {"orderIds": [gid(1)], "reason": "customer", "until": None}


async def test_a_refusal_keeps_code_failures_and_what_is_allowed() -> None:
    body = {
        "success": False,
        "message": "inspect it first",
        "updatedOrders": [],
        "code": "illegal_transition",
        "allowed_actions": ["deny"],
        "failures": [{"id": gid(1), "code": "illegal_transition", "message": "inspect it first"}],
    }
    with pytest.raises(Refused) as caught:
        await api(lambda _: httpx.Response(409, json=body)).act(ActionName.ASSIGN, ASSIGN, "k")
    assert caught.value.code is ErrorCode.ILLEGAL_TRANSITION
    assert caught.value.allowed_actions == (ReturnAction.DENY,)
    assert caught.value.failures[0].id == gid(1)


async def test_unavailable_says_when_to_come_back() -> None:
    body = {"success": False, "message": "busy", "code": "unavailable"}
    with pytest.raises(Refused) as caught:
        await api(lambda _: httpx.Response(503, json=body, headers={"Retry-After": "3"})).owners()
    assert caught.value.passing
    assert caught.value.retry_after_s == 3.0


@pytest.mark.parametrize(
    ("raised", "read_as", "write_as"),
    [
        (httpx.ConnectError, Unreachable, Unreachable),
        (httpx.ConnectTimeout, Unreachable, Unreachable),
        (httpx.ReadTimeout, TimedOut, TimedOut),
        (httpx.ReadError, Unreachable, TimedOut),
        (httpx.RemoteProtocolError, Unreachable, TimedOut),
    ],
)
async def test_only_what_was_surely_not_sent_is_unreachable(
    raised: type[httpx.HTTPError], read_as: type[ApiError], write_as: type[ApiError]
) -> None:
    def handler(request: httpx.Request) -> httpx.Response:
        raise raised("x")

    with pytest.raises(read_as):
        await api(handler).owners()
    with pytest.raises(write_as):
        await api(handler).act(ActionName.ASSIGN, ASSIGN, "k")


@pytest.mark.parametrize(
    ("response", "error"),
    [
        (httpx.Response(401, json={"success": False, "message": "who?", "code": "unauthorized"}), SignInNeeded),
        (httpx.Response(401, text="Unauthorized"), SignInNeeded),
        (httpx.Response(502, text="<html>"), TimedOut),
        (httpx.Response(404, text="nginx"), VersionSkew),
        (httpx.Response(302, headers={"Location": "/login"}), VersionSkew),
        (httpx.Response(200, text="<html>"), VersionSkew),
        (httpx.Response(200, json={"success": "perhaps"}), VersionSkew),
    ],
)
async def test_answers_of_others_than_a_sync_server(response: httpx.Response, error: type[ApiError]) -> None:
    with pytest.raises(error):
        await api(lambda _: response).act(ActionName.ASSIGN, ASSIGN, "k")


async def test_another_contract_is_told_by_me() -> None:
    me = ME | {"server_version": "9", "contract_version": "2.0"}
    with pytest.raises(VersionSkew, match=r"contract 2\.0"):
        await api(lambda _: httpx.Response(200, json=me)).me()


async def test_the_servers_clock_is_learnt() -> None:
    headers = {"Date": "Sun, 09 Nov 2025 12:01:00 GMT"}
    client = api(lambda _: httpx.Response(200, json=[], headers=headers))
    await client.owners()
    assert client.clock_offset == timedelta(seconds=60.5)


async def test_an_address_that_is_none() -> None:
    with pytest.raises(Unreachable, match="address"):
        await SyncApi("http://[bad").owners()
