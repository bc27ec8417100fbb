"""The shop's answers, told apart: data, data with holes where a scope is missing, or a refusal. Pure.

An `errors` list is neither ignored nor taken for a failure of all. Each error concerns what its `path` names: a field that is
denied is a hole in data that stands; what failed inside one object of a list leaves the others as they were told.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic.alias_generators import to_camel

from orders_sync.external.shopify.errors import (
    BadRequest,
    Denied,
    NoAnswer,
    PartFailed,
    ShopifyError,
    Throttled,
    TooCostly,
)
from orders_sync.instants import Ms

UNKNOWN_WAIT_S = 2.0
"""How long to wait when the shop throttles and does not say what it costs."""

_INTERNAL = frozenset({"INTERNAL_SERVER_ERROR", "TIMEOUT", "SERVICE_UNAVAILABLE"})
_OF_ALL = frozenset({"THROTTLED", "MAX_COST_EXCEEDED"})
_DENIED = "ACCESS_DENIED"

Path = tuple[str | int, ...]


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
class ThrottleStatus:
    """What an answer says of the bucket, in points and points per second."""

    maximum: float
    available: float
    restore_rate: float


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
    """`as_of`: the shop's own clock when the request went out: what is told was so then or later. `broken`: what failed inside
    the objects of the document's list, by their place in it."""

    data: Mapping[str, Any]
    as_of: Ms
    denied: tuple[DeniedField, ...] = ()
    requested: float | None = None
    throttle: ThrottleStatus | None = None
    broken: Mapping[int, str] = field(default_factory=dict)


def read(body: object, as_of: Ms, at: Sequence[str] = ()) -> Answer:
    """The answer in a decoded body; `at`: the document's. Raises the ShopifyError that it comes to."""
    try:
        parsed = _Body.model_validate(body)
    except ValidationError as error:
        raise NoAnswer("Shopify's answer is not a GraphQL result") from error
    _raise_misread(parsed)
    if parsed.errors and not _stands(parsed, at):
        raise _failure(parsed, at)
    if parsed.data is None:
        raise NoAnswer("Shopify's answer holds neither data nor errors")
    cost = parsed.extensions.cost
    return Answer(
        data=parsed.data,
        as_of=as_of,
        denied=tuple(
            DeniedField(tuple(e.path), e.extensions.required_access or e.message)
            for e in parsed.errors
            if e.code == _DENIED
        ),
        requested=cost.requested_query_cost if cost else None,
        throttle=throttle_status(body),
        broken=_broken([error for error in parsed.errors if error.code != _DENIED], at),
    )


def _stands(body: _Body, at: Sequence[str]) -> bool:
    """True when there is data, and every error concerns a part of it that can be told from the rest."""
    if body.data is None or all(value is None for value in body.data.values()):
        return False
    return all(error.code not in _OF_ALL and _is_of_part(error, at) for error in body.errors)


def _is_of_part(error: _Error, at: Sequence[str]) -> bool:
    if _place(error.path, at) is not None:
        return True
    names_the_list = bool(at) and at[-1] == _NODES and list(at[: len(error.path)]) == error.path
    return error.code == _DENIED and bool(error.path) and not names_the_list


_NODES = "nodes"


def _place(path: Sequence[str | int], at: Sequence[str]) -> int | None:
    """Which object of the document's list a path leads into."""
    if not at or at[-1] != _NODES or list(path[: len(at)]) != list(at) or len(path) == len(at):
        return None
    place = path[len(at)]
    return place if isinstance(place, int) and place >= 0 else None


def _broken(errors: Iterable[_Error], at: Sequence[str]) -> dict[int, str]:
    """What failed inside each object of the document's list, with the path from there."""
    broken: dict[int, list[str]] = {}
    for error in errors:
        place = _place(error.path, at)
        if place is not None:
            inside = ".".join(str(part) for part in error.path[len(at) + 1 :]) or "all of it"
            broken.setdefault(place, []).append(f"{inside}: {error.message[:300]}")
    return {place: "Shopify failed to tell " + "; ".join(told) for place, told in broken.items()}


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
        raise BadRequest(
            "Shopify did not understand a search: " + "; ".join(f"{w.field} {w.message}".strip() for w in told)
        )


def _failure(body: _Body, at: Sequence[str]) -> ShopifyError:
    errors = body.errors
    codes = {error.code for error in errors}
    told = _messages(errors)
    if "THROTTLED" in codes:
        return _throttled(body)
    if "MAX_COST_EXCEEDED" in codes:
        return TooCostly(told)
    if all(_place(error.path, at) is not None for error in errors):
        return PartFailed(f"Shopify failed: {told}", _broken(errors, at))
    if codes <= {_DENIED}:
        needs = sorted({error.extensions.required_access or error.message for error in errors})
        return Denied("The Admin token may not read this: " + "; ".join(needs))
    if codes & _INTERNAL:
        named = all(error.path for error in errors)
        return PartFailed(f"Shopify failed: {told}") if named else NoAnswer(f"Shopify failed: {told}")
    return BadRequest(f"Shopify does not take the request: {told}")


def _throttled(body: _Body) -> Throttled:
    cost = body.extensions.cost
    if cost is None or cost.throttle_status is None or cost.requested_query_cost is None:
        return Throttled(UNKNOWN_WAIT_S)
    missing = cost.requested_query_cost - cost.throttle_status.currently_available
    wait_s = missing / cost.throttle_status.restore_rate if cost.throttle_status.restore_rate > 0 else UNKNOWN_WAIT_S
    return Throttled(max(0.0, wait_s), cost.requested_query_cost)


def _messages(errors: Sequence[_Error]) -> str:
    return "; ".join(dict.fromkeys(" ".join(error.message.split())[:300] for error in errors))
