"""The shop's answers, told apart: data, data with holes where a scope is missing, or a refusal. Pure.

An `errors` list is neither ignored nor taken for a failure: ACCESS_DENIED on one field is a partial result.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic.alias_generators import to_camel

from orders_sync.external.shopify.bucket import ThrottleStatus
from orders_sync.external.shopify.errors import Denied, Misread, NoAnswer, ShopifyError, Throttled, TooCostly
from orders_sync.instants import Ms

UNKNOWN_WAIT_S = 2.0
"""How long to wait when the shop throttles and does not say what it costs."""

_INTERNAL = frozenset({"INTERNAL_SERVER_ERROR", "TIMEOUT", "SERVICE_UNAVAILABLE"})


class _Part(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, extra="ignore")


class _Status(_Part):
    maximum_available: float
    currently_available: float
    restore_rate: float


class _Cost(_Part):
    requested_query_cost: float | None = None
    throttle_status: _Status | None = None


class _SearchWarning(_Part):
    field: str = ""
    message: str = ""


class _Search(_Part):
    query: str | None = None
    warnings: list[_SearchWarning] = []


class _Extensions(_Part):
    cost: _Cost | None = None
    search: list[_Search] = []


class _Details(_Part):
    code: str | None = None
    required_access: str | None = None


class _Error(_Part):
    message: str = ""
    path: list[str | int] = []
    extensions: _Details = _Details()

    @property
    def code(self) -> str:
        return self.extensions.code or ("THROTTLED" if self.message == "Throttled" else "")


class _Body(_Part):
    data: dict[str, Any] | None = None
    errors: list[_Error] = []
    extensions: _Extensions = _Extensions()


@dataclass(frozen=True, slots=True)
class DeniedField:
    """A field that is null because a scope is missing, not because there is nothing."""

    path: tuple[str | int, ...]
    needs: str

    @property
    def name(self) -> str:
        """The path without positions, for people."""
        return ".".join(str(part) for part in self.path if isinstance(part, str))


@dataclass(frozen=True, slots=True)
class Answer:
    """`as_of`: the shop's own clock when the request went out: what is told was so then or later."""

    data: Mapping[str, Any]
    as_of: Ms
    denied: tuple[DeniedField, ...] = ()
    requested: float | None = None
    throttle: ThrottleStatus | None = None


def read(body: object, as_of: Ms) -> Answer:
    """The answer in a decoded body. Raises the ShopifyError that it comes to."""
    try:
        parsed = _Body.model_validate(body)
    except ValidationError as error:
        raise NoAnswer("Shopify's answer is not a GraphQL result") from error
    _raise_misread(parsed)
    partial = parsed.data is not None and any(value is not None for value in parsed.data.values())
    if parsed.errors and not (partial and all(error.code == "ACCESS_DENIED" for error in parsed.errors)):
        raise _failure(parsed)
    if parsed.data is None:
        raise NoAnswer("Shopify's answer holds neither data nor errors")
    cost = parsed.extensions.cost
    return Answer(
        data=parsed.data,
        as_of=as_of,
        denied=tuple(DeniedField(tuple(e.path), e.extensions.required_access or e.message) for e in parsed.errors),
        requested=cost.requested_query_cost if cost else None,
        throttle=throttle_status(body),
    )


def throttle_status(body: object) -> ThrottleStatus | None:
    """What a decoded body says of the cost bucket, refusal or not."""
    try:
        cost = _Body.model_validate(body).extensions.cost
    except ValidationError:
        return None
    status = cost.throttle_status if cost else None
    if status is None:
        return None
    return ThrottleStatus(status.maximum_available, status.currently_available, status.restore_rate)


def _raise_misread(body: _Body) -> None:
    """A search term that the shop does not know is dropped by it, and the rest may match every order."""
    told = [w for search in body.extensions.search for w in search.warnings]
    if told:
        raise Misread(
            "Shopify did not understand a search: " + "; ".join(f"{w.field} {w.message}".strip() for w in told)
        )


def _failure(body: _Body) -> ShopifyError:
    errors = body.errors
    codes = {error.code for error in errors}
    told = _messages(errors)
    if "THROTTLED" in codes:
        return _throttled(body)
    if "MAX_COST_EXCEEDED" in codes:
        return TooCostly(told)
    if codes <= {"ACCESS_DENIED"}:
        needs = sorted({error.extensions.required_access or error.message for error in errors})
        return Denied("The Admin token may not read this: " + "; ".join(needs))
    if codes & _INTERNAL:
        return NoAnswer(f"Shopify failed: {told}")
    return Misread(f"Shopify does not take the request: {told}")


def _throttled(body: _Body) -> Throttled:
    cost = body.extensions.cost
    if cost is None or cost.throttle_status is None or cost.requested_query_cost is None:
        return Throttled(UNKNOWN_WAIT_S)
    missing = cost.requested_query_cost - cost.throttle_status.currently_available
    wait_s = missing / cost.throttle_status.restore_rate if cost.throttle_status.restore_rate > 0 else UNKNOWN_WAIT_S
    return Throttled(max(0.0, wait_s), cost.requested_query_cost)


def _messages(errors: Sequence[_Error]) -> str:
    return "; ".join(dict.fromkeys(" ".join(error.message.split())[:300] for error in errors))
