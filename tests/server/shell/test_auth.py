"""Who may come in and do what: contract §5."""

from __future__ import annotations

import gzip
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from orders_sync.app import build
from orders_sync.http.app_keys import CALLER, SETTINGS, Caller
from orders_sync.http.auth import TOKENS, Tokens, authentication, digest
from orders_sync.http.problems import problems
from orders_sync.settings import SettingsError, load
from orders_wire.operations import OPERATIONS
from orders_wire.vocabulary import Role

Client = TestClient[web.Request, web.Application]
JSON = {"Content-Type": "application/json"}


async def _who(request: web.Request) -> web.Response:
    caller = request[CALLER]
    return web.json_response({"name": caller.name, "role": caller.role})


async def _signed(request: web.Request) -> web.Response:
    return web.json_response({"authenticated": CALLER in request})


@asynccontextmanager
async def serving(tokens: Tokens | None = None, shop: str = "desk.myshopify.com") -> AsyncIterator[Client]:
    app = web.Application(middlewares=[problems, authentication])
    app[SETTINGS] = load({"shop_domain": shop}, {}, Path("/dev/null"))
    app[TOKENS] = tokens
    for path in ("/sync/orders", "/sync/me", "/health", "/openapi.json", "/prometheus"):
        app.router.add_get(path, _who)
    for path in ("/sync/orders/assign", "/sync/orders/returns", "/sync/outbox/{id}/retry"):
        app.router.add_post(path, _who)
    app.router.add_put("/sync/presence", _who)
    app.router.add_delete("/sync/orders/note/{id}", _who)
    app.router.add_post("/shopify/webhook", _signed)
    async with TestClient(TestServer(app)) as client:
        yield client


@pytest.mark.parametrize("host", ["localhost", "localhost:8765", "127.0.0.1:1", "[::1]", "[::1]:8765", "LOCALHOST"])
async def test_loopback_names_are_let_in(host: str) -> None:
    async with serving() as client:
        answer = await client.get("/sync/me", headers={"Host": host})
        assert await answer.json() == {"name": "dashboard", "role": "lead"}


@pytest.mark.parametrize(
    "host", ["desk.example", "localhost.evil.example", "127.0.0.1.evil.example:80", "::1", "evil:localhost"]
)
async def test_another_host_is_forbidden_whatever_the_path(host: str) -> None:
    async with serving() as client:
        for path in ("/sync/me", "/health", "/nowhere"):
            answer = await client.get(path, headers={"Host": host})
            body = await answer.json()
            assert (answer.status, body["code"], body["success"]) == (403, "forbidden", False)
            assert "updatedOrders" not in body


async def test_the_operator_names_itself_over_loopback() -> None:
    async with serving() as client:
        answer = await client.get("/sync/me", headers={"X-Operator": "  Zoë "})
        assert (await answer.json())["name"] == "Zoë"


@pytest.mark.parametrize("name", ["x" * 121, "a\u202eb", "a\u200b"])
async def test_a_name_that_is_none_is_refused(name: str) -> None:
    async with serving() as client:
        answer = await client.get("/sync/me", headers={"X-Operator": name})
        assert (answer.status, (await answer.json())["code"]) == (400, "invalid_request")


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"])
async def test_a_form_of_a_foreign_page_is_refused(kind: str) -> None:
    async with serving() as client:
        answer = await client.post("/sync/orders/assign", data=b"{}", headers={"Content-Type": kind})
        body = await answer.json()
        assert (answer.status, body["code"], body["updatedOrders"]) == (400, "invalid_request", [])


async def test_a_post_without_a_body_is_taken_unless_a_page_sent_it() -> None:
    async with serving() as client:
        assert (await client.post("/sync/outbox/1/retry")).status == 200
        from_page = await client.post("/sync/outbox/1/retry", headers={"Origin": "https://evil.example"})
        assert from_page.status == 400
        json = await client.post("/sync/orders/assign", data=b"{}", headers=JSON | {"Origin": "https://desk.example"})
        assert json.status == 200


@pytest.mark.parametrize(("method", "path"), [("PUT", "/sync/presence"), ("DELETE", "/sync/orders/note/n1")])
async def test_every_method_that_changes_something_is_under_the_same_rules(method: str, path: str) -> None:
    evil = {"Origin": "https://evil.example"}
    async with serving() as client:
        for headers, status in (
            (JSON, 200),
            (JSON | {"Host": "evil.example"}, 403),
            ({"Content-Type": "text/plain"} | evil, 400),
        ):
            answer = await client.request(method, path, data=b"{}", headers=headers)
            assert (answer.status, method, headers) == (status, method, headers)
        assert (await client.request(method, path, headers=evil)).status == 400
        packed = JSON | {"Content-Encoding": "gzip"}
        assert (await client.request(method, path, data=gzip.compress(b"{}"), headers=packed)).status == 400
        asked = await client.options(path, headers=evil | {"Access-Control-Request-Method": method})
        assert asked.status == 405
        assert not [name for name in asked.headers if name.lower().startswith("access-control")]


@pytest.mark.parametrize("coding", ["gzip", "GZIP", "deflate"])
async def test_a_packed_body_is_refused_before_it_is_read(coding: str) -> None:
    async with serving() as client:
        headers = JSON | {"Content-Encoding": coding}
        answer = await client.post("/sync/orders/assign", data=b"not packed at all", headers=headers)
        body = await answer.json()
        assert (answer.status, body["code"]) == (400, "invalid_request")
        assert "Content-Encoding" in body["message"]


async def test_webhooks_need_no_caller_and_no_json_type() -> None:
    async with serving(tokens()) as client:
        answer = await client.post("/shopify/webhook", data=b"x")
        assert await answer.json() == {"authenticated": False}


async def test_another_shop_is_unknown() -> None:
    async with serving() as client:
        for named, status in (
            ("desk.myshopify.com", 200),
            ("DESK.MYSHOPIFY.COM", 200),
            ("", 200),
            ("b.myshopify.com", 403),
        ):
            answer = await client.get("/sync/me", headers={"X-Shop-Domain": named})
            assert answer.status == status
        assert (await answer.json())["code"] == "unknown_shop"


def tokens() -> Tokens:
    return Tokens(
        {
            digest("view-1"): Caller("vi", Role.VIEWER),
            digest("op-1"): Caller("bo", Role.OPERATOR),
            digest("lead-1"): Caller("ada", Role.LEAD),
        }
    )


def bearer(token: str) -> dict[str, str]:
    return {**JSON, "Authorization": f"Bearer {token}"}


async def test_a_token_tells_name_and_role_from_any_host() -> None:
    async with serving(tokens()) as client:
        headers = bearer("op-1") | {"Host": "desk.example", "X-Operator": "mallory"}
        answer = await client.get("/sync/me", headers=headers)
        assert await answer.json() == {"name": "bo", "role": "operator"}


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer ", "Basic op-1", "Bearer nobody", "op-1"])
async def test_without_a_known_token_nothing_is_told(header: str | None) -> None:
    async with serving(tokens()) as client:
        answer = await client.get("/sync/me", headers={} if header is None else {"Authorization": header})
        assert (answer.status, (await answer.json())["code"]) == (401, "unauthorized")
        assert answer.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize(
    ("method", "path", "token", "status"),
    [
        ("GET", "/sync/orders", "view-1", 200),
        ("POST", "/sync/orders/assign", "view-1", 403),
        ("POST", "/sync/orders/assign", "op-1", 200),
        ("POST", "/sync/orders/returns", "op-1", 403),
        ("POST", "/sync/orders/returns", "lead-1", 200),
        ("POST", "/sync/outbox/7/retry", "op-1", 403),
        ("POST", "/sync/outbox/7/retry", "lead-1", 200),
        ("PUT", "/sync/presence", "view-1", 200),
        ("DELETE", "/sync/orders/note/n1", "view-1", 403),
        ("DELETE", "/sync/orders/note/n1", "op-1", 200),
        ("GET", "/prometheus", "view-1", 200),
    ],
)
async def test_roles_allow_what_the_contract_says(method: str, path: str, token: str, status: int) -> None:
    async with serving(tokens()) as client:
        answer = await client.request(method, path, headers=bearer(token), data=None if method == "GET" else b"{}")
        assert answer.status == status


async def test_health_and_the_description_are_open_and_metrics_are_not() -> None:
    async with serving(tokens()) as client:
        statuses = [(await client.get(path)).status for path in ("/health", "/openapi.json", "/prometheus")]
        assert statuses == [200, 200, 401]


def test_what_leads_alone_may_do() -> None:
    leads = {(operation.method, operation.path) for operation in OPERATIONS if operation.role is Role.LEAD}
    rows = {f"/sync/{rows}/{{id}}/{verb}" for rows in ("outbox", "dead-letters") for verb in ("retry", "discard")}
    assert leads == {("POST", path) for path in {"/sync/orders/cancel", "/sync/orders/returns", *rows}}


def test_every_route_is_an_operation_and_every_operation_a_route(tmp_path: Path) -> None:
    """So nobody's role is a matter of what a path begins with."""
    app = build(load({"database_url": f"sqlite:///{tmp_path}/desk.sqlite"}, {}, Path("/dev/null")))
    routes = {(route.method, route.resource.canonical) for route in app.router.routes() if route.resource is not None}
    assert {(method, path) for method, path in routes if method != "HEAD"} == {
        (operation.method, operation.path) for operation in OPERATIONS
    }


def test_a_tokens_file_holds_digests_only(tmp_path: Path) -> None:
    file = tmp_path / "tokens.toml"
    file.write_text(f'[[token]]\nname = "bo"\nrole = "operator"\nsha256 = "{digest("s3cret")}"\n')
    assert Tokens.read(file).caller("bearer s3cret") == Caller("bo", Role.OPERATOR)
    assert "s3cret" not in file.read_text()


ENTRY = '[[token]]\nname = "bo"\nrole = "operator"\nsha256 = "{}"\n'


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[[token]]\nname = 1",
        ENTRY.format("short"),
        ENTRY.format(digest("a")).replace("operator", "boss"),
        ENTRY.format(digest("a")) * 2,
        ENTRY.format(digest("a")) + 'token = "a"\n',
        "not toml",
    ],
)
def test_a_tokens_file_that_is_wrong_stops_the_start(tmp_path: Path, content: str) -> None:
    file = tmp_path / "tokens.toml"
    file.write_text(content)
    with pytest.raises(SettingsError, match="TOKENS_FILE"):
        Tokens.read(file)


def test_a_tokens_file_that_is_missing_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"TOKENS_FILE.*cannot be read"):
        Tokens.read(tmp_path / "none")


@pytest.mark.parametrize("blank", ["", "  ", "\u00a0", "\u200b\ufeff"])
async def test_a_blank_name_is_none(blank: str) -> None:
    async with serving() as client:
        answer = await client.get("/sync/me", headers={"X-Operator": blank})
        assert (await answer.json())["name"] == "dashboard"
