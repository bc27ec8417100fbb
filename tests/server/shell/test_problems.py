"""The one shape of refusals, and what never gets out of a failing handler: contract §3, Codes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from pydantic import ValidationError

from orders_sync.db.failures import Unavailable
from orders_sync.http.body import read_body
from orders_sync.http.problems import Refused, invalid_body, problems
from orders_wire.actions import AssignBody
from orders_wire.vocabulary import ErrorCode

Handler = Callable[[web.Request], Coroutine[Any, Any, web.StreamResponse]]


def raising(error: Exception) -> Handler:
    async def handler(_request: web.Request) -> web.StreamResponse:
        raise error

    return handler


async def ask(error: Exception, method: str = "GET", path: str = "/x") -> tuple[int, dict[str, Any], dict[str, str]]:
    app = web.Application(middlewares=[problems])
    app.router.add_route(method, "/x", raising(error))
    async with TestClient(TestServer(app)) as client:
        answer = await client.request(method, path)
        return answer.status, await answer.json(), dict(answer.headers)


@pytest.mark.parametrize("code", list(ErrorCode))
async def test_every_code_has_its_status(code: ErrorCode) -> None:
    status, body, headers = await ask(Refused(code, "no"))
    assert (status, body) == (code.http_status, {"success": False, "message": "no", "code": code.value})
    assert ("Retry-After" in headers) == (code in (ErrorCode.RATE_LIMITED, ErrorCode.UNAVAILABLE))


async def test_only_a_post_answers_with_updated_orders() -> None:
    _, body, _ = await ask(Refused(ErrorCode.ILLEGAL_TRANSITION, "no", allowed_actions=[]), "POST")
    assert body["updatedOrders"] == []
    assert body["allowed_actions"] == []


async def test_retry_after_is_whole_seconds_and_at_least_one() -> None:
    for wait_s, told in ((0.2, "1"), (3.1, "4")):
        _, _, headers = await ask(Refused(ErrorCode.RATE_LIMITED, "slow down", retry_after_s=wait_s))
        assert headers["Retry-After"] == told


async def test_a_database_out_of_reach_is_unavailable() -> None:
    status, body, headers = await ask(Unavailable("secret details"))
    assert (status, body["code"]) == (503, "unavailable")
    assert "secret" not in body["message"]
    assert headers["Retry-After"]


async def test_a_fault_of_ours_tells_no_details() -> None:
    status, body, _ = await ask(RuntimeError("customer bo@example.org"), "POST")
    assert (status, body["code"], body["updatedOrders"]) == (500, "unavailable", [])
    assert "bo@example.org" not in str(body)


async def test_paths_and_methods_that_are_none_have_the_same_shape() -> None:
    status, body, _ = await ask(RuntimeError(), path="/nowhere")
    assert (status, body["code"]) == (404, "not_found")
    app = web.Application(middlewares=[problems])
    app.router.add_get("/x", raising(RuntimeError()))
    async with TestClient(TestServer(app)) as client:
        answer = await client.delete("/x")
        body = await answer.json()
        assert (answer.status, body["success"], body["code"]) == (405, False, "invalid_request")
        assert body["message"] == "/x does not take DELETE; it takes GET, HEAD"
        assert "GET" in answer.headers["Allow"]


async def test_a_body_beyond_the_limit_is_too_large() -> None:
    async def reading(request: web.Request) -> web.StreamResponse:
        await request.read()
        return web.Response()

    app = web.Application(middlewares=[problems], client_max_size=10)
    app.router.add_post("/x", reading)
    async with TestClient(TestServer(app)) as client:
        answer = await client.post("/x", data=b"0" * 11)
        body = await answer.json()
        assert (answer.status, body["code"]) == (413, "too_large")
        assert "10" in body["message"]


async def test_a_body_that_does_not_come_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("orders_sync.http.body.ARRIVES_S", 0)

    async def reading(request: web.Request) -> web.StreamResponse:
        return web.Response(body=await read_body(request))

    app = web.Application(middlewares=[problems])
    app.router.add_post("/x", reading)
    async with TestClient(TestServer(app)) as client:
        assert client.port is not None
        reader, writer = await asyncio.open_connection("127.0.0.1", client.port)
        writer.write(b"POST /x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{")
        assert (await reader.readline()).startswith(b"HTTP/1.1 400 ")
        writer.close()


def test_an_invalid_body_names_its_fields_and_not_their_values() -> None:
    with pytest.raises(ValidationError) as caught:
        AssignBody.model_validate({"orderIds": [], "assignee": "x" * 121})
    told = invalid_body(caught.value)
    assert told.code is ErrorCode.INVALID_REQUEST
    assert "orderIds" in told.message
    assert "assignee" in told.message
    assert "xxx" not in told.message
