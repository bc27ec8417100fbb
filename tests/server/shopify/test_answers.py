"""Answers told apart: data, data with holes, refusals; against recorded exchanges and the shapes that the docs give."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from tests.support.shopify import AS_OF, throttled

from orders_sync.external.shopify.answers import UNKNOWN_WAIT_S, read, throttle_status
from orders_sync.external.shopify.errors import BadRequest, Denied, NoAnswer, ShopifyError, Throttled, TooCostly


def failure(message: str, code: str | None = None, **extra: Any) -> dict[str, Any]:
    return {"errors": [{"message": message, "extensions": {"code": code} | extra}]}


def test_a_throttled_answer_says_how_long_to_wait() -> None:
    with pytest.raises(Throttled) as caught:
        read(throttled(requested=500, available=100), AS_OF)
    assert (caught.value.retry_after_s, caught.value.requested) == (4.0, 500)
    with pytest.raises(Throttled) as caught:
        read({"errors": [{"message": "Throttled"}]}, AS_OF)
    assert caught.value.retry_after_s == UNKNOWN_WAIT_S


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (failure("Query cost is 1200", "MAX_COST_EXCEEDED"), TooCostly),
        (failure("Access denied for orders field", "ACCESS_DENIED", requiredAccess="`read_orders`"), Denied),
        (failure("Field 'x' doesn't exist", "undefinedField"), BadRequest),
        (failure("invalid id", "RESOURCE_NOT_FOUND") | {"data": None}, BadRequest),
        (failure("Internal error", "INTERNAL_SERVER_ERROR"), NoAnswer),
        ({}, NoAnswer),
        ([], NoAnswer),
        ({"data": 7}, NoAnswer),
        ({"data": None}, NoAnswer),
    ],
)
def test_a_refusal_is_of_its_kind(body: object, kind: type[ShopifyError]) -> None:
    with pytest.raises(kind):
        read(body, AS_OF)


def test_a_partial_failure_that_is_no_missing_scope_is_a_failure() -> None:
    body = {"data": {"orders": {"nodes": []}}} | failure("Timeout", "INTERNAL_SERVER_ERROR")
    with pytest.raises(NoAnswer):
        read(body, AS_OF)


def test_a_search_term_that_the_shop_drops_is_a_failure() -> None:
    warnings = [{"field": "updatd_at", "message": "Invalid search field for this query.", "code": "invalid_field"}]
    body = {
        "data": {"orders": {}},
        "extensions": {"search": [{"path": ["orders"], "query": "x", "warnings": warnings}]},
    }
    with pytest.raises(BadRequest, match="updatd_at"):
        read(body, AS_OF)


def exchanges(value: object) -> list[dict[str, Any]]:
    """Every answer in a recording, wherever it stands."""
    found: list[dict[str, Any]] = []
    if isinstance(value, dict):
        body = value.get("response")
        body = body.get("payload", body) if isinstance(body, dict) else None
        if isinstance(body, dict) and ("data" in body or "errors" in body):
            found.append(body)
        found += (answer for part in value.values() for answer in exchanges(part))
    elif isinstance(value, list):
        found += (answer for part in value for answer in exchanges(part))
    return found


def recording(shared_dir: Path, name: str) -> dict[str, Any]:
    told: dict[str, Any] = json.loads((shared_dir / "shopify" / "graphql" / f"{name}.json").read_text())
    return told


@pytest.mark.shared
def test_every_recorded_answer_is_understood(shared_dir: Path) -> None:
    bodies = [
        body
        for path in sorted((shared_dir / "shopify" / "graphql").glob("*.json"))
        for body in exchanges(json.loads(path.read_text()))
    ]
    kinds = Counter(kind_of(body) for body in bodies)
    assert kinds[None] > 200
    assert set(kinds) <= {None, BadRequest, Denied, NoAnswer}
    failed = [body for body in bodies if kind_of(body) is NoAnswer]
    assert {error["extensions"]["code"] for body in failed for error in body["errors"]} == {"INTERNAL_SERVER_ERROR"}
    with pytest.raises(NoAnswer, match=r"^Shopify failed: Internal error\. [^\n]* Request ID: [-0-9a-f]+"):
        read(failed[0], AS_OF)


@pytest.mark.shared
def test_a_recorded_answer_with_a_field_denied_is_data_with_a_hole(shared_dir: Path) -> None:
    told = recording(shared_dir, "fulfillment-order-hold-validation-2026-04")
    body = told["workflows"]["validation"]["firstHold"]["response"]["payload"]
    answer = read(body, AS_OF)
    (hole,) = answer.denied
    assert hole.path == ("fulfillmentOrderHold", "fulfillmentOrder", "fulfillmentHolds", 0, "heldByApp")
    assert hole.name == "fulfillmentOrderHold.fulfillmentOrder.fulfillmentHolds.heldByApp"
    assert "read_apps" in hole.needs
    assert answer.data["fulfillmentOrderHold"]["userErrors"] == []


@pytest.mark.shared
def test_recorded_costs_are_read(shared_dir: Path) -> None:
    body = recording(shared_dir, "order-catalog-count-read-2026-04")["response"]
    answer = read(body, AS_OF)
    assert answer.requested == 69
    assert answer.throttle is not None
    assert (answer.throttle.maximum, answer.throttle.available, answer.throttle.restore_rate) == (2000, 1928, 100)
    assert throttle_status(body) == answer.throttle


@pytest.mark.shared
def test_recorded_refusals_of_a_wrong_request_are_misread(shared_dir: Path) -> None:
    cases = recording(shared_dir, "graphql-base-validation-unhappy-paths-2025-01")["cases"]
    assert {name: kind_of(case["response"]["payload"]) for name, case in cases.items()} == dict.fromkeys(
        cases, BadRequest
    )


def kind_of(body: object) -> type[ShopifyError] | None:
    try:
        read(body, AS_OF)
    except ShopifyError as error:
        return type(error)
    return None
