"""The OpenAPI document describes the server that is running: every route, every answer, every refusal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests
import schemathesis
from aiohttp import web
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.schemas import BaseSchema
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    positive_data_acceptance,
    response_schema_conformance,
    status_code_conformance,
)

from orders_sync.app import ROUTES, WEBHOOK_ROUTES
from orders_sync.openapi.document import document

STATEFUL = {"X-Operator", "Idempotency-Key", "minVersion", "If-None-Match", "Last-Event-ID", "X-Client-Id"}
"""Parameters whose answer depends on what came before; other tests say how."""

RELATED = {"value_max"}
"""Parameters whose limits are those of another: `value_min` is at most this."""


def stateless() -> dict[str, Any]:
    described = document()
    for operation in (op for methods in described["paths"].values() for op in methods.values()):
        operation["parameters"] = [p for p in operation["parameters"] if p["name"] not in STATEFUL | RELATED]
    return described


@pytest.fixture
def described() -> BaseSchema:
    """What to ask is thought of when the test runs: each worker that merely looks for tests would think for seconds."""
    return schemathesis.openapi.from_dict(stateless())


CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    positive_data_acceptance,
    negative_data_rejection,
]


@pytest.fixture(scope="module")
def connection() -> Iterator[requests.Session]:
    """One for all that is asked."""
    with requests.Session() as session:
        yield session


@schemathesis.pytest.from_fixture("described").parametrize()
@settings(max_examples=4, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_answers_are_as_described(case: schemathesis.Case[Any], desk_url: str, connection: requests.Session) -> None:
    case.call_and_validate(base_url=desk_url, session=connection, checks=CHECKS)


def test_every_route_is_described_and_nothing_else() -> None:
    served = {
        (route.method.lower(), route.path.replace(":.+", ""))
        for table in (*ROUTES, *WEBHOOK_ROUTES)
        for route in table
        if isinstance(route, web.RouteDef)
    }
    described = {(method, path) for path, methods in document()["paths"].items() for method in methods}
    assert described == served


def test_what_a_stream_tells_is_described_by_the_name_of_its_events() -> None:
    alerts = document()["paths"]["/sync/orders/alerts"]["get"]
    stream = alerts["responses"]["200"]["content"]["text/event-stream"]["schema"]
    described = {name: data["$ref"].rpartition("/")[2] for name, data in stream["x-event-data"].items()}
    assert described == {"message": "Event", "presence": "PresenceEvent"}
    assert described["presence"] in document()["components"]["schemas"]
    assert "X-Operator" in [given["name"] for given in alerts["parameters"]], "whose mentions are told"
