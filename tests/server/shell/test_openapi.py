"""The OpenAPI document describes the server that is running: every route, every answer, every refusal."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from aiohttp import web
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    positive_data_acceptance,
    response_schema_conformance,
    status_code_conformance,
)

from orders_sync.app import ROUTES, WEBHOOK_ROUTES, build
from orders_sync.openapi.document import document
from orders_sync.settings import load

STATEFUL = {"X-Operator", "Idempotency-Key", "minVersion"}
"""Parameters whose answer depends on what came before; other tests say how."""


def stateless() -> dict[str, Any]:
    described = document()
    for operation in (op for methods in described["paths"].values() for op in methods.values()):
        operation["parameters"] = [p for p in operation["parameters"] if p["name"] not in STATEFUL]
    return described


schema = schemathesis.openapi.from_dict(stateless())

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    positive_data_acceptance,
    negative_data_rejection,
]


@pytest.fixture(scope="module")
def server_url(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server on an empty database, on a loop of its own beside the test."""
    path = tmp_path_factory.mktemp("openapi") / "desk.db"
    path.write_bytes(sqlite_template.read_bytes())
    given = {"database_url": f"sqlite:///{path}", "shopify_webhook_secret": "hush", "erp_secret": "whsec_aHVzaA=="}
    loop = asyncio.new_event_loop()
    runner = web.AppRunner(build(load(given, {}, Path("/dev/null"))))

    async def start() -> int:
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        return int(runner.addresses[0][1])

    port = loop.run_until_complete(start())
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    yield f"http://127.0.0.1:{port}"
    asyncio.run_coroutine_threadsafe(runner.cleanup(), loop).result(10)
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


@schema.exclude(path="/sync/orders/alerts").parametrize()
@settings(max_examples=4, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_answers_are_as_described(case: schemathesis.Case[Any], server_url: str) -> None:
    case.call_and_validate(base_url=server_url, checks=CHECKS)


def test_every_route_is_described_and_nothing_else() -> None:
    served = {
        (route.method.lower(), route.path.replace(":.+", ""))
        for table in (*ROUTES, *WEBHOOK_ROUTES)
        for route in table
        if isinstance(route, web.RouteDef)
    }
    described = {(method, path) for path, methods in document()["paths"].items() for method in methods}
    assert described == served
