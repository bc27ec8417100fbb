"""The OpenAPI document, put together from the operations and the models they name. Pure."""

from __future__ import annotations

from collections import defaultdict
from typing import Any, Literal

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from orders_sync.openapi.operations import OPERATIONS, Operation
from orders_wire.actions import ActionAnswer, Problem
from orders_wire.version import __version__
from orders_wire.vocabulary import ErrorCode

Json = dict[str, Any]
_Mode = Literal["validation", "serialization"]

_REF = "#/components/schemas/{model}"
_DETAIL: Json = {"type": "object", "properties": {"detail": {"type": "string"}}, "required": ["detail"]}
_USUAL = (
    ErrorCode.INVALID_REQUEST,
    ErrorCode.UNAUTHORIZED,
    ErrorCode.FORBIDDEN,
    ErrorCode.UNKNOWN_SHOP,
    ErrorCode.RATE_LIMITED,
    ErrorCode.UNAVAILABLE,
)


def document(operations: tuple[Operation, ...] = OPERATIONS) -> Json:
    """The whole document as JSON values."""
    refs, definitions = models_json_schema(_models(operations), ref_template=_REF)
    named = {model: schema for (model, _), schema in refs.items() if issubclass(model, BaseModel)}
    paths: dict[str, Json] = defaultdict(dict)
    for operation in operations:
        paths[operation.path][operation.method] = _operation(operation, named)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Orders Sync",
            "version": __version__,
            "description": "The contract between the Sync server and its clients, version 1.2 with extensions.",
        },
        "paths": dict(paths),
        "components": {
            "schemas": definitions.get("$defs", {}),
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _models(operations: tuple[Operation, ...]) -> list[tuple[type[BaseModel], _Mode]]:
    modes: dict[type[BaseModel], _Mode] = {Problem: "serialization"}
    for operation in operations:
        if isinstance(operation.answer, type):
            modes[operation.answer] = "serialization"
        modes.update(dict.fromkeys((model for _, model in operation.streams), "serialization"))
        if operation.body is not None:
            modes[operation.body] = "validation"
    return list(modes.items())


def _operation(operation: Operation, named: dict[type[BaseModel], Json]) -> Json:
    described: Json = {
        "summary": operation.text,
        "operationId": f"{operation.method}{operation.path.replace('/', '_').replace('{', '').replace('}', '')}",
        "parameters": list(operation.parameters),
        "responses": _answers(operation, named) | _refusals(operation, named),
        "security": [{}] if operation.open else [{}, {"token": []}],
    }
    if operation.body is not None:
        described["requestBody"] = {
            "required": operation.method != "delete",
            "content": {"application/json": {"schema": named[operation.body]}},
        }
    return described


def _answers(operation: Operation, named: dict[type[BaseModel], Json]) -> Json:
    """200, and 304 where a client may hold the body; 204 where there is none."""
    if operation.silent:
        return {"204": {"description": operation.text}}
    answers = {"200": _answer(operation, named)}
    if operation.held:
        answers["304"] = {"description": "The client has the present body"}
    return answers


def _answer(operation: Operation, named: dict[type[BaseModel], Json]) -> Json:
    schema: Json = {"type": "string"}
    if isinstance(operation.answer, dict):
        schema = operation.answer
    elif operation.answer is not None:
        schema = named[operation.answer]
    if operation.many:
        schema = {"type": "array", "items": schema}
    content = {operation.content: {"schema": schema}}
    if operation.streams:
        data = {name: named[model] for name, model in operation.streams}
        content["text/event-stream"] = {"schema": {"type": "string", "x-event-data": data}}
    return {"description": operation.text, "content": content}


def _refusals(operation: Operation, named: dict[type[BaseModel], Json]) -> Json:
    """The error answers by status, each with the codes that come with it."""
    if operation.path.endswith("/webhook"):
        return {status: _refusal("Not taken", _DETAIL) for status in ("401", "503")}
    shape = named[Problem if operation.method == "get" else ActionAnswer]
    if operation.path == "/health/ready":
        shape = {"type": "object"}
    by_status: dict[str, list[str]] = defaultdict(list)
    for code in (*_USUAL, *operation.refusals):
        by_status[str(code.http_status)].append(code.value)
    return {status: _refusal(", ".join(dict.fromkeys(codes)), shape) for status, codes in sorted(by_status.items())}


def _refusal(text: str, schema: Json) -> Json:
    return {"description": text, "content": {"application/json": {"schema": schema}}}
